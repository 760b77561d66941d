//! Which rows a tree shows when parts of it are folded, bundled or left out.

use std::sync::Arc;

use crate::model::Trace;

use super::bundle::{Bundle, Bundles, Likeness};
use super::sieve::Sieve;

mod again;
mod beside;
mod build;
mod fold;
mod hidden;
#[cfg(test)]
mod tests;

pub use hidden::Hidden;

/// One row of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A span.
    Span(usize),
    /// A parent that is not in the trace; the orphans that name it stand below, this one first.
    MissingParent(usize),
    /// Spans that share the row, or stand below it if they were opened.
    Bundle(Bundle),
    /// Children of one span that are left out with all below them.
    Hidden(Hidden),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Span,
    MissingParent,
    Bundle(Likeness),
    Hidden,
}

/// A row as it is kept: 8 bytes, since there may be as many as spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// The span of the row, or the first below it: never decreases from row to row.
    span: u32,
    /// What it is, and above these three bits the shift.
    what: i32,
}

impl Entry {
    /// A row that stands `shift` levels deeper than in the trace: below an opened run one, below
    /// what is left out or chained fewer.
    fn new(span: usize, what: What, shift: i32) -> Self {
        let what = match what {
            What::Span => 0,
            What::MissingParent => 1,
            What::Bundle(Likeness::Alike) => 2,
            What::Bundle(Likeness::Chain) => 3,
            What::Hidden => 4,
        };
        Self {
            span: span as u32,
            what: shift << 3 | what,
        }
    }

    fn what(self) -> What {
        match self.what & 7 {
            0 => What::Span,
            1 => What::MissingParent,
            2 => What::Bundle(Likeness::Alike),
            3 => What::Bundle(Likeness::Chain),
            _ => What::Hidden,
        }
    }

    fn shift(self) -> i32 {
        self.what >> 3
    }
}

/// What is folded and what is bundled, to be gone back to. Costs nothing until one of the two changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    folded: Arc<Vec<bool>>,
    bundles: Arc<Bundles>,
}

/// The visible rows of a trace and the folds that made them.
///
/// A fold change rebuilds the rows by jumping over folded subtrees: the cost is the number of
/// visible rows, not of spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    folded: Arc<Vec<bool>>,
    bundles: Arc<Bundles>,
    sieve: Sieve,
    entries: Vec<Entry>,
    /// What the rows of hidden spans hide, by first span.
    hidden: Vec<Hidden>,
}

impl Rows {
    /// Everything open but the bundles.
    pub fn new(trace: &Trace) -> Self {
        Self::grouped(trace, Bundles::of(trace))
    }

    /// Everything open, but for these bundles.
    pub fn grouped(trace: &Trace, bundles: Bundles) -> Self {
        let mut rows = Self {
            folded: Arc::new(vec![false; trace.len()]),
            bundles: Arc::new(bundles),
            ..Self::default()
        };
        rows.rebuild(trace);
        rows
    }

    /// The number of visible rows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// A visible row.
    pub fn get(&self, row: usize) -> Option<Row> {
        let entry = self.entries.get(row)?;
        let span = entry.span as usize;
        match entry.what() {
            What::Span => Some(Row::Span(span)),
            What::MissingParent => Some(Row::MissingParent(span)),
            What::Bundle(likeness) => self.bundles.get(span, likeness).map(Row::Bundle),
            What::Hidden => self.hidden_at(span).map(Row::Hidden),
        }
    }

    /// The span of a row, if it is one.
    pub fn span(&self, row: usize) -> Option<usize> {
        let entry = self.entries.get(row)?;
        (entry.what() == What::Span).then_some(entry.span as usize)
    }

    /// The span of a row, or the first below it.
    pub fn number(&self, row: usize) -> Option<usize> {
        self.entries.get(row).map(|entry| entry.span as usize)
    }

    /// At which level a row is shown.
    pub fn level(&self, trace: &Trace, row: usize) -> usize {
        let level = |entry: &Entry| {
            trace
                .depth(entry.span as usize)
                .saturating_add_signed(entry.shift() as isize)
        };
        self.entries.get(row).map_or(0, level)
    }

    /// The row in which a span stands for itself, if it does.
    pub fn own_row(&self, span: usize) -> Option<usize> {
        let row = self.row_of(span);
        (self.number(row) == Some(span)).then_some(row)
    }

    /// Whether a span's children are hidden.
    pub fn is_folded(&self, span: usize) -> bool {
        self.folded.get(span).copied().unwrap_or(false)
    }

    /// The row of a span, or of the folded ancestor or bundle that hides it.
    pub fn row_of(&self, span: usize) -> usize {
        self.entries
            .partition_point(|row| row.span as usize <= span)
            .saturating_sub(1)
    }

    /// All runs and chains, open or not.
    pub fn bundles(&self) -> &[Bundle] {
        self.bundles.all()
    }

    /// What is left out of the rows.
    pub fn sieve(&self) -> &Sieve {
        &self.sieve
    }
}
