//! The spans of a part of a join, found by trace and id.

use crate::graph::service::calls::Name;
use crate::model::SpanId;

/// A table in which each trace has a stretch to itself.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// For each trace of the part the end of its stretch of slots.
    ends: Vec<u32>,
    slots: Vec<Slot>,
}

/// A place for a span in the stretch of its trace.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    id: SpanId,
    pub service: Name,
    /// Somebody wants to know of a span with this id.
    taken: bool,
    /// It is there, and its service is known.
    pub there: bool,
    /// A child of it is there.
    pub answered: bool,
}

impl Slot {
    /// Whether somebody wants to know of its span.
    pub fn is_taken(&self) -> bool {
        self.taken
    }

    /// Keeps it for a span.
    pub fn take(&mut self, id: SpanId) {
        (self.id, self.taken) = (id, true);
    }
}

impl Table {
    /// Empties it for traces of so many ids each.
    pub fn make_room(&mut self, ids: Vec<u32>) {
        self.ends = ids;
        let mut end = 0;
        for ids in &mut self.ends {
            // Half stay free, so that a search for what is not there ends soon.
            end += 2 * *ids + u32::from(*ids > 0);
            *ids = end;
        }
        self.slots.clear();
        self.slots.resize(end as usize, Slot::default());
    }

    /// The slot of a span in the stretch of its trace, or the free one that it would have.
    pub fn slot(&mut self, trace: u32, id: SpanId, hash: u64) -> Option<&mut Slot> {
        let trace = trace as usize;
        let end = *self.ends.get(trace)? as usize;
        let begin = trace
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let begin = begin.map_or(0, |&begin| begin as usize);
        let length = end.checked_sub(begin).filter(|&length| length > 0)?;
        let mut at = begin + ((u128::from(hash) * length as u128) >> 64) as usize;
        // There is always a free one.
        while self
            .slots
            .get(at)
            .is_some_and(|slot| slot.taken && slot.id != id)
        {
            at = if at + 1 == end { begin } else { at + 1 };
        }
        self.slots.get_mut(at)
    }
}
