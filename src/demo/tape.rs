//! Spans that have been told, in the order in which they end.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::record::Record;
use crate::model::Time;

/// Spans with their ends, some of them still to come.
#[derive(Debug, Default)]
pub struct Tape {
    spans: BinaryHeap<Reverse<Told>>,
    count: u64,
}

#[derive(Debug)]
struct Told {
    at: (Time, u64),
    record: Record,
}

impl Tape {
    /// Puts a span where it ends.
    pub fn put(&mut self, record: Record) {
        self.count += 1;
        self.spans.push(Reverse(Told {
            at: (record.end(), self.count),
            record,
        }));
    }

    /// Takes the spans that have ended by `now`.
    pub fn take(&mut self, now: Time) -> Vec<Record> {
        let mut taken = Vec::new();
        while self
            .spans
            .peek()
            .is_some_and(|Reverse(told)| told.at.0 <= now)
        {
            taken.extend(self.spans.pop().map(|Reverse(told)| told.record));
        }
        taken
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }
}

impl PartialEq for Told {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Told {}

impl PartialOrd for Told {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Told {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.cmp(&other.at)
    }
}
