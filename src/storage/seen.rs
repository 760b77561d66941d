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

/// Positions of spans by what identifies them.
#[derive(Debug, Default)]
pub(super) struct Seen {
    table: HashTable<(u32, Position)>,
}

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
    /// Whether a span with this print is there for which `same` holds.
    pub(super) fn contains(&self, print: u32, mut same: impl FnMut(Position) -> bool) -> bool {
        self.table
            .find(spread(print), |&(known, position)| {
                known == print && same(position)
            })
            .is_some()
    }

    /// Notes a span.
    pub(super) fn insert(&mut self, print: u32, position: Position) {
        self.table
            .insert_unique(spread(print), (print, position), |&(print, _)| {
                spread(print)
            });
    }

    /// Bytes that `more` spans will add, by which the table grows in leaps.
    pub(super) fn growth(&self, more: usize) -> usize {
        growth(
            self.table.len() + more,
            self.table.capacity(),
            size_of::<(u32, Position)>(),
            self.bytes(),
        )
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.table.allocation_size()
    }
}
