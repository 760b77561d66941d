//! Spans that are left out of a tree's rows: with all below them, or alone, so that their
//! children stand in their place.

use crate::model::{Bits, Trace};

/// What is left out. By default nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sieve {
    /// Left out with their subtrees, by span; empty for none.
    pruned: Vec<bool>,
    /// Left out alone, by span; empty for none.
    spliced: Vec<bool>,
    /// Of the rest, only these stay, by span; empty for all.
    kept: Vec<bool>,
}

impl Sieve {
    /// Leaves out the spans that satisfy the predicate, with all below them.
    #[must_use]
    pub fn without(mut self, trace: &Trace, left_out: impl Fn(usize) -> bool) -> Self {
        self.pruned.resize(trace.len(), false);
        for (span, pruned) in self.pruned.iter_mut().enumerate() {
            *pruned |= left_out(span);
        }
        self
    }

    /// Leaves out the spans that satisfy the predicate; their children stand in their place.
    #[must_use]
    pub fn around(mut self, trace: &Trace, left_out: impl Fn(usize) -> bool) -> Self {
        self.spliced.resize(trace.len(), false);
        for (span, spliced) in self.spliced.iter_mut().enumerate() {
            *spliced |= left_out(span);
        }
        self
    }

    /// Leaves out all but these spans and their ancestors.
    #[must_use]
    pub fn only(mut self, trace: &Trace, spans: impl Iterator<Item = usize>) -> Self {
        self.kept = vec![false; trace.len()];
        for span in spans {
            let mut next = Some(span);
            while let Some(span) = next.filter(|&span| !self.kept[span]) {
                self.kept[span] = true;
                next = trace.parent(span);
            }
        }
        self
    }

    /// Whether nothing is left out.
    pub(super) fn is_empty(&self) -> bool {
        self.pruned.is_empty() && self.spliced.is_empty() && self.kept.is_empty()
    }

    /// Whether a span is left out with all below it.
    pub(super) fn prunes(&self, span: usize) -> bool {
        self.hides(span) || self.kept.get(span).is_some_and(|&kept| !kept)
    }

    /// Whether a span is left out with all below it because somebody hid it, not because others are
    /// looked at.
    pub(super) fn hides(&self, span: usize) -> bool {
        self.pruned.get(span).is_some_and(|&pruned| pruned)
    }

    /// Whether a span is left out alone.
    pub(super) fn splices(&self, span: usize) -> bool {
        self.spliced.get(span).is_some_and(|&spliced| spliced)
    }

    /// Whether bundles still stand for all of their spans.
    pub(super) fn keeps_bundles(&self) -> bool {
        self.kept.is_empty()
    }

    /// The spans that are not left out. Looks at every span.
    pub fn shown(&self, trace: &Trace) -> Bits {
        let mut shown = Bits::none(trace.len());
        let mut span = 0;
        while span < trace.len() {
            if self.prunes(span) {
                span = trace.subtree(span).end;
                continue;
            }
            if !self.splices(span) {
                shown.insert(span);
            }
            span += 1;
        }
        shown
    }

    /// How many spans are left out. Looks at every span.
    pub fn count(&self, trace: &Trace) -> usize {
        trace.len() - self.shown(trace).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;
    use crate::tui::widget::waterfall::Rows;

    #[test]
    fn with_the_subtree_alone_and_all_but_hits() {
        let trace = scenario::trace("a: r 0..9\n  b: x 1..5\n    c: y 2..3\n  b: w 6..7\n");
        let mut rows = Rows::new(&trace);
        let shown = |rows: &Rows| {
            (0..rows.len())
                .filter_map(|r| rows.span(r))
                .collect::<Vec<_>>()
        };
        rows.sift(&trace, Sieve::default().without(&trace, |span| span == 1));
        assert_eq!((shown(&rows), rows.sieve().count(&trace)), (vec![0, 3], 2));
        rows.sift(&trace, Sieve::default().around(&trace, |span| span == 1));
        assert_eq!((shown(&rows), rows.level(&trace, 1)), (vec![0, 2, 3], 1));
        assert_eq!(rows.len(), 3, "what stands in the place of a span tells it");
        rows.sift(&trace, Sieve::default().only(&trace, std::iter::once(2)));
        assert_eq!(shown(&rows), [0, 1, 2]);
        rows.sift(&trace, Sieve::default());
        assert_eq!(rows.len(), 4);
    }
}
