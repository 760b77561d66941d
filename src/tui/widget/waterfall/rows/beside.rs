//! From a row to those beside it.

use crate::model::Trace;

use super::{Likeness, Row, Rows, What};

impl Rows {
    /// The row of the next sibling of what a row shows; a bundle counts as one.
    pub fn next_sibling(&self, trace: &Trace, row: usize) -> Option<usize> {
        let after = match self.get(row)? {
            Row::Span(span) => trace.subtree(span).end,
            Row::MissingParent(_) => return None,
            // It stands where the first of them was: what comes behind it follows.
            Row::Hidden(hidden) => trace.subtree(hidden.first).end,
            Row::Bundle(bundle) if bundle.likeness == Likeness::Chain => {
                trace.subtree(bundle.first).end
            }
            Row::Bundle(bundle) => bundle.after(trace),
        };
        let next = self
            .entries
            .partition_point(|row| (row.span as usize) < after);
        (self.level(trace, next) == self.level(trace, row) && next < self.len()).then_some(next)
    }

    /// The row of the previous sibling of what a row shows.
    pub fn previous_sibling(&self, trace: &Trace, row: usize) -> Option<usize> {
        let (here, above) = (self.number(row)?, self.number(row.checked_sub(1)?)?);
        let is_beside = |&at: &usize| trace.parent(at) == trace.parent(here);
        let mut up = std::iter::successors(Some(above), |&at| trace.parent(at));
        let sibling = up.find(is_beside).filter(|&at| at != here)?;
        let previous = self.row_of(sibling);
        (self.level(trace, previous) == self.level(trace, row)).then_some(previous)
    }

    /// The opened run that a span stands in, as its row.
    pub fn header_of(&self, trace: &Trace, span: usize) -> Option<usize> {
        let run = self.bundles.run_of(trace, span)?;
        let first = self
            .entries
            .partition_point(|row| (row.span as usize) < run.first);
        let is_header = |&row: &usize| {
            let here = self
                .entries
                .get(row)
                .map(|row| (row.span as usize, row.what()));
            here == Some((run.first, What::Bundle(Likeness::Alike)))
        };
        (first..self.len()).take(3).find(is_header)
    }
}
