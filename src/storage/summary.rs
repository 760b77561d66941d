//! Who wants to be told of every new span: dependencies, rates and errors, tenants.
//!
//! A summary keeps what it needs by generation, and drops a generation's share when the store
//! evicts it, so that its figures are those of the spans that are stored.

use std::sync::{Arc, Mutex, PoisonError};

use crate::model::{Block, Row, SpanRef};

/// What a commit stored: spans of one generation, none of them a duplicate.
#[derive(Debug, Clone, Copy)]
pub struct NewSpans<'a> {
    /// The generation they joined; numbers are never used twice.
    pub generation: u32,
    /// The position of row 0 in its generation.
    pub first: u32,
    /// The spans.
    pub block: &'a Block,
    /// Spans that came with a trace evicted from another generation, to be kept longer: they
    /// were told of before, and their old generation is told of next.
    pub moved: bool,
}

impl<'a> NewSpans<'a> {
    /// The spans with their rows.
    pub fn spans(self) -> impl ExactSizeIterator<Item = (Row, SpanRef<'a>)> {
        self.block
            .spans()
            .enumerate()
            .map(|(row, span)| (row as Row, span))
    }
}

/// A view of the spans that is kept up to date as they come and go.
///
/// It is told in the order in which commits happen, while the store is locked: it does little,
/// and never asks the store.
pub trait Summary: Send {
    /// Spans were stored.
    fn on_commit(&mut self, new: NewSpans<'_>);

    /// All spans of a generation are gone, but for those told of again as moved.
    fn on_evict(&mut self, generation: u32);

    /// Heap bytes held for all generations, which count in the store's budget. Asked several
    /// times for each commit: it is kept, not worked out.
    fn bytes(&self) -> usize;
}

/// A summary that its owner reads beside the store.
impl<S: Summary> Summary for Arc<Mutex<S>> {
    fn on_commit(&mut self, new: NewSpans<'_>) {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .on_commit(new);
    }

    fn on_evict(&mut self, generation: u32) {
        self.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .on_evict(generation);
    }

    fn bytes(&self) -> usize {
        self.lock().unwrap_or_else(PoisonError::into_inner).bytes()
    }
}
