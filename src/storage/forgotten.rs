//! The ids of evicted traces, in bounded memory: a span that comes after its trace was evicted
//! is counted as late instead of starting a fragment of a trace.

use std::mem;

use hashbrown::HashSet;

use crate::model::TraceId;

/// A bounded set of trace ids. It remembers at least the last `capacity` ids put into it, and
/// at most twice as many: when one half is full, the older half goes.
#[derive(Debug)]
pub(super) struct Forgotten {
    newer: HashSet<TraceId, foldhash::fast::RandomState>,
    older: HashSet<TraceId, foldhash::fast::RandomState>,
    capacity: usize,
}

impl Forgotten {
    /// A set that takes at most about `bytes` of memory.
    pub(super) fn within(bytes: usize) -> Self {
        // Two halves; a hash table of n ids takes up to 16/7 of the room of the ids themselves.
        let each = (size_of::<TraceId>() + 1) * 16 / 7;
        Self {
            newer: HashSet::default(),
            older: HashSet::default(),
            capacity: (bytes / 2 / each).max(64),
        }
    }

    /// Remembers an evicted trace.
    pub(super) fn insert(&mut self, id: TraceId) {
        if self.newer.len() >= self.capacity {
            self.older = mem::take(&mut self.newer);
        }
        self.newer.insert(id);
    }

    /// Whether the trace was evicted, as far as is remembered.
    pub(super) fn contains(&self, id: TraceId) -> bool {
        self.newer.contains(&id) || self.older.contains(&id)
    }

    /// Forgets all of it.
    pub(super) fn clear(&mut self) {
        self.newer = HashSet::default();
        self.older = HashSet::default();
    }

    /// Bytes taken.
    pub(super) fn bytes(&self) -> usize {
        self.newer.allocation_size() + self.older.allocation_size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_are_remembered_within_the_bound() {
        let mut forgotten = Forgotten::within(64 * 1024);
        for id in 0..100_000 {
            forgotten.insert(TraceId(id));
        }
        assert!(forgotten.contains(TraceId(99_999)) && forgotten.contains(TraceId(99_500)));
        assert!(!forgotten.contains(TraceId(0)));
        assert!(forgotten.bytes() <= 64 * 1024, "{}", forgotten.bytes());
    }
}
