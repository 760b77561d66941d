//! The rows of a trace that has other spans than before, as far as they can be as they were.

use std::sync::Arc;

use crate::model::Trace;

use super::{Row, Rows};

impl Rows {
    /// Folds and opens what was folded and open in another form of the trace, whose spans stand
    /// here now where `to` says. Of spans that had no children there, folds those that are `new`.
    pub fn fold_like(
        &mut self,
        trace: &Trace,
        (before, old): (&Self, &Trace),
        to: impl Fn(usize) -> Option<usize>,
        new: impl Fn(usize) -> bool,
    ) {
        let mut known = vec![None; trace.len()];
        for span in (0..old.len()).filter(|&span| old.subtree(span).len() > 1) {
            if let Some(known) = to(span).and_then(|span| known.get_mut(span)) {
                *known = Some(before.is_folded(span));
            }
        }
        if before.is_all_open() {
            Arc::make_mut(&mut self.bundles).set_within(&(0..trace.len()), true);
        }
        for bundle in before.bundles().iter().filter(|bundle| bundle.is_open()) {
            // Others of its like may have come before them.
            for span in [bundle.first, bundle.last].into_iter().filter_map(&to) {
                let mut around = self.bundles.around(trace, span);
                let same = around.find(|now| now.likeness == bundle.likeness);
                drop(around);
                if let Some(now) = same {
                    Arc::make_mut(&mut self.bundles).set(now.first, now.likeness, true);
                }
            }
        }
        self.fold_where(trace, |span| known[span].unwrap_or_else(|| new(span)));
    }

    /// Whether all that has children is folded.
    pub fn is_all_folded(&self, trace: &Trace) -> bool {
        let mut parents = (0..trace.len()).filter(|&span| trace.subtree(span).len() > 1);
        self.folded.contains(&true) && parents.all(|span| self.folded[span])
    }

    /// Whether all is open, what is alike too.
    fn is_all_open(&self) -> bool {
        let bundles = self.bundles();
        !bundles.is_empty()
            && bundles.iter().all(super::Bundle::is_open)
            && !self.folded.contains(&true)
    }

    /// The row of a span that is of the sort of another row: its own, or one above it that begins
    /// with it.
    pub fn row_like(&self, trace: &Trace, span: usize, other: Row) -> usize {
        let own = self.row_of(span);
        let is_like = |&row: &usize| {
            let kind = std::mem::discriminant::<Row>;
            let here = self.get(row).filter(|_| self.number(row) == Some(span));
            here.is_some_and(|here| kind(&here) == kind(&other))
        };
        let header = || match other {
            Row::Bundle(bundle) if bundle.is_open() => self.header_of(trace, span),
            _ => None,
        };
        let near = own.saturating_sub(3)..=own;
        near.rev().find(is_like).or_else(header).unwrap_or(own)
    }
}
