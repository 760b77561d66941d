//! Which spans a generation holds already: the look-up by which duplicates are found.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

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
    let names = NameHashes::new(block, hasher);
    let print = |span: SpanRef<'_>| {
        let ids = (span.trace_id(), span.span_id(), span.parent_id());
        let times = (span.start(), span.duration());
        hasher.hash_one((ids, times, span.kind(), names.of(span))) as u32
    };
    block.spans().map(print).collect()
}

/// Spans from which on a stretch of them is settled: fewer stay where they are.
const SETTLED: Position = 16 * 1024;

/// Positions of spans by what identifies them.
///
/// Spans are looked for mostly while their trace is young, so the latest stand in a hash table,
/// which is small and warm. Earlier ones are settled, stretch by stretch, in half the bytes, and
/// are asked only for traces that reach back to them.
#[derive(Debug, Default)]
pub(super) struct Seen {
    recent: HashTable<(u32, Position)>,
    /// In order of position.
    settled: Vec<Settled>,
}

/// A look-up that nothing is added to: spans in buckets by the high bits of their prints.
#[derive(Debug)]
struct Settled {
    /// The position that offsets count from.
    first: Position,
    /// The position after the last.
    end: Position,
    /// Where each bucket ends among the spans.
    ends: Box<[u32]>,
    /// Of each span the offset, and above it as many low bits of its print as there is room for.
    spans: Box<[u32]>,
    /// Bits of an offset.
    width: u32,
}

/// Spans of a bucket, on average.
const BUCKET: usize = 8;

impl Settled {
    fn of(prints: &[(u32, Position)]) -> Option<Self> {
        let first = prints.iter().map(|&(_, position)| position).min()?;
        let last = prints.iter().map(|&(_, position)| position).max()?;
        let mut settled = Self {
            first,
            end: last + 1,
            ends: vec![0; prints.len().div_ceil(BUCKET)].into_boxed_slice(),
            spans: vec![0; prints.len()].into_boxed_slice(),
            width: u32::BITS - (last - first).leading_zeros(),
        };
        // Counted, then begun where the one before ends; what is placed moves the begin on, and
        // at last it is the end.
        for &(print, _) in prints {
            let bucket = settled.bucket(print);
            settled.ends[bucket] += 1;
        }
        let mut before = 0;
        for end in &mut settled.ends {
            before += std::mem::replace(end, before);
        }
        for &(print, position) in prints {
            let (bucket, tag) = (settled.bucket(print), settled.tag(print));
            let place = &mut settled.ends[bucket];
            settled.spans[*place as usize] = tag | (position - first);
            *place += 1;
        }
        Some(settled)
    }

    fn bucket(&self, print: u32) -> usize {
        ((u64::from(print) * self.ends.len() as u64) >> u32::BITS) as usize
    }

    /// The bits of a print that stand above an offset.
    fn tag(&self, print: u32) -> u32 {
        print.checked_shl(self.width).unwrap_or(0)
    }

    fn contains(&self, print: u32, mut same: impl FnMut(Position) -> bool) -> bool {
        let bucket = self.bucket(print);
        let from = bucket.checked_sub(1).map_or(0, |before| self.ends[before]);
        let spans = &self.spans[from as usize..self.ends[bucket] as usize];
        let tag = self.tag(print);
        let offsets = 1_u32
            .checked_shl(self.width)
            .map_or(u32::MAX, |bit| bit - 1);
        spans
            .iter()
            .any(|&span| span & !offsets == tag && same(self.first + (span & offsets)))
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(&*self.ends) + size_of_val(&*self.spans)
    }
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
    /// Whether a span with this print is there for which `same` holds. Its trace began at
    /// position `since`.
    pub(super) fn contains(
        &self,
        print: u32,
        since: Position,
        mut same: impl FnMut(Position) -> bool,
    ) -> bool {
        let equal = |&(known, position): &(u32, Position)| known == print && same(position);
        self.recent.find(spread(print), equal).is_some() || self.is_settled(print, since, same)
    }

    /// Notes a span at a position, unless one is there for which `same` holds; whether it did.
    pub(super) fn note(
        &mut self,
        print: u32,
        position: Position,
        since: Position,
        mut same: impl FnMut(Position) -> bool,
    ) -> bool {
        if self.is_settled(print, since, &mut same) {
            return false;
        }
        let equal = |&(known, position): &(u32, Position)| known == print && same(position);
        let hash = |&(print, _): &(u32, Position)| spread(print);
        match self.recent.entry(spread(print), equal, hash) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert((print, position));
                true
            }
        }
    }

    fn is_settled(
        &self,
        print: u32,
        since: Position,
        mut same: impl FnMut(Position) -> bool,
    ) -> bool {
        let latest = self.settled.iter().rev();
        latest
            .take_while(|settled| settled.end > since)
            .any(|settled| settled.contains(print, &mut same))
    }

    /// Settles the spans before a position, if they are many: they are sealed.
    pub(super) fn settle(&mut self, before: Position) {
        let begin = self.settled.last().map_or(0, |settled| settled.end);
        if before.saturating_sub(begin) < SETTLED {
            return;
        }
        let (old, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.recent)
            .into_iter()
            .partition(|&(_, position)| position < before);
        self.settled.extend(Settled::of(&old));
        let hash = |&(print, _): &(u32, Position)| spread(print);
        self.recent.reserve(rest.len(), hash);
        for (print, position) in rest {
            self.recent
                .insert_unique(spread(print), (print, position), hash);
        }
    }

    /// Bytes that `more` spans will add, by which the table grows in leaps.
    pub(super) fn growth(&self, more: usize) -> usize {
        growth(
            self.recent.len() + more,
            self.recent.capacity(),
            size_of::<(u32, Position)>(),
            self.recent.allocation_size(),
        )
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        let settled: usize = self.settled.iter().map(Settled::bytes).sum();
        self.recent.allocation_size() + settled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_settled_is_found_where_it_was() {
        let print = |position: Position| position.wrapping_mul(0x9e37_79b9);
        let mut seen = Seen::default();
        for position in 0..50_000 {
            assert!(seen.note(print(position), position, position, |_| true));
            if position % 20_000 == 0 {
                seen.settle(position);
            }
        }
        assert_eq!((seen.settled.len(), seen.recent.len()), (2, 10_000));
        for position in 0..50_000 {
            let found = |since| seen.contains(print(position), since, |at| at == position);
            assert!(found(0) && found(position), "{position}");
            assert!(!seen.contains(print(position), 0, |_| false));
        }
        assert!(
            !seen.contains(print(1), 20_000, |_| true),
            "not so far back"
        );
        assert!(!seen.note(print(1), 50_000, 0, |at| at == 1));
        assert!(
            seen.note(print(1), 50_000, 0, |_| false),
            "a twin in print only"
        );
        let each = |settled: &Settled| settled.bytes() as f64 / settled.spans.len() as f64;
        assert!(seen.settled.iter().all(|settled| each(settled) < 4.6));
    }
}
