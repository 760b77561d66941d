//! Which spans a generation holds already: the look-up by which duplicates are found.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::generation::Position;
use super::names::NameHashes;
use crate::model::{Block, SpanRef};

/// Whether two spans are the same one sent twice: identical in trace, id, parent, kind,
/// service, operation, start and end.
pub(super) fn is_same(a: SpanRef<'_>, b: SpanRef<'_>) -> bool {
    a.span_id() == b.span_id()
        && a.start() == b.start()
        && a.duration() == b.duration()
        && a.is_unfinished() == b.is_unfinished()
        && a.parent_id() == b.parent_id()
        && a.kind() == b.kind()
        && a.trace_id() == b.trace_id()
        && a.operation() == b.operation()
        && a.service() == b.service()
}

/// A hash for each row of a block, equal for spans that are the same; seeded, for whoever
/// sends spans chooses what is hashed.
pub(super) fn prints(block: &Block, hasher: &RandomState) -> Vec<u32> {
    let mut names = NameHashes::new(block, hasher);
    let print = |span: SpanRef<'_>| {
        let ids = (span.trace_id(), span.span_id(), span.parent_id());
        let times = (span.start(), span.duration());
        hasher.hash_one((ids, times, span.kind(), names.of(span))) as u32
    };
    block.spans().map(print).collect()
}

/// Tables that the prints are parted into.
const TABLES: usize = 16;

/// Positions of spans by what identifies them.
///
/// A hash table doubles, and is half empty then. These are sixteen of unequal shares, each by a
/// sixteenth of an octave larger than the one before, so that they double one after the other:
/// together they are never far from well filled, and no commit waits for all of it to move.
#[derive(Debug, Default)]
pub(super) struct Seen {
    tables: [HashTable<(u32, Position)>; TABLES],
}

/// The first print of each table but the first: `2^(n/16) - 1` of all there are.
const BOUNDS: [u32; TABLES - 1] = [
    0x0b55_86cf,
    0x172b_83c8,
    0x2387_a6e7,
    0x306f_e0a3,
    0x3dea_64c1,
    0x4bfd_ad53,
    0x5ab0_7dd5,
    0x6a09_e668,
    0x7a11_473f,
    0x8ace_5423,
    0x9c49_182a,
    0xae89_f996,
    0xc199_bdd8,
    0xd581_8dcf,
    0xea4a_fa2a,
];

/// Spreads the 32 bits kept of a hash over the 64 that the table wants.
fn spread(print: u32) -> u64 {
    u64::from(print).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Bytes by which a hash table of `bytes` grows to take `len` items of `size`: it keeps an
/// eighth of a power of two free, and a byte of control for each item.
pub(super) fn growth(len: usize, capacity: usize, size: usize, bytes: usize) -> usize {
    let buckets = (len * 8 / 7 + 1).next_power_of_two();
    if len <= capacity {
        0
    } else {
        (buckets * (size + 1) + 64).saturating_sub(bytes)
    }
}

impl Seen {
    fn table(print: u32) -> usize {
        BOUNDS.partition_point(|&bound| bound <= print)
    }

    /// Whether a span with this print is there for which `same` holds.
    pub(super) fn contains(&self, print: u32, mut same: impl FnMut(Position) -> bool) -> bool {
        let equal = |&(known, position): &(u32, Position)| known == print && same(position);
        let table = self.tables.get(Self::table(print));
        table.is_some_and(|table| table.find(spread(print), equal).is_some())
    }

    /// Notes a span.
    pub(super) fn insert(&mut self, print: u32, position: Position) {
        if let Some(table) = self.tables.get_mut(Self::table(print)) {
            table.insert_unique(spread(print), (print, position), |&(print, _)| {
                spread(print)
            });
        }
    }

    /// Bytes that `more` spans will add, evenly spread, by which the tables grow in leaps.
    pub(super) fn growth(&self, more: usize) -> usize {
        let each = more.div_ceil(TABLES / 2);
        let grown = |table: &HashTable<(u32, Position)>| {
            growth(
                table.len() + each,
                table.capacity(),
                size_of::<(u32, Position)>(),
                table.allocation_size(),
            )
        };
        self.tables.iter().map(grown).sum()
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.tables.iter().map(HashTable::allocation_size).sum()
    }
}
