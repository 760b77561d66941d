//! Rows that stand for what is left out, so that nothing disappears without a trace: one for each
//! span that has lost children, where the first of them was.

use crate::model::Trace;

use super::{Rows, What};

/// Children of one span that are left out with all below them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// The first of them.
    pub first: usize,
    /// How many spans that are, those below them included.
    pub spans: usize,
    /// How many of these failed.
    pub errors: usize,
    /// Whether they are of several services.
    pub mixed: bool,
}

impl Hidden {
    /// The row of a span that is left out, and of what follows it.
    pub(super) fn at(trace: &Trace, span: usize) -> Self {
        let mut hidden = Self {
            first: span,
            spans: 0,
            errors: 0,
            mixed: false,
        };
        hidden.add(trace, span);
        hidden
    }

    pub(super) fn add(&mut self, trace: &Trace, span: usize) {
        let below = trace.subtree(span);
        self.mixed |= trace.span(span).service() != trace.span(self.first).service();
        self.spans += below.len();
        self.errors += trace.errors_in(below);
    }
}

impl Rows {
    /// What the row that begins with a span hides.
    pub(super) fn hidden_at(&self, first: usize) -> Option<Hidden> {
        let at = self.hidden.binary_search_by_key(&first, |row| row.first);
        self.hidden.get(at.ok()?).copied()
    }

    /// Whether no span at all is left to be seen.
    pub fn is_bare(&self) -> bool {
        self.entries.iter().all(|row| row.what() == What::Hidden)
    }
}
