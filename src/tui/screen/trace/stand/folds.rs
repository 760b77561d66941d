//! What is folded, told in the fewest words and folded again.

use std::collections::HashSet;

use crate::model::Trace;
use crate::tui::screen::trace::Open;
use crate::tui::screen::trace::open::LARGE;
use crate::tui::session::standing::name::{SpanName, names, spans};
use crate::tui::session::standing::{Folds, MOST_FOLDS, Most};
use crate::tui::widget::waterfall::{Likeness, Rows};

impl Open {
    /// Folds as they were told. Once the critical path is known that is for good.
    pub fn fold_as_wanted(&mut self) {
        let Some(folds) = self.wanted_folds.take() else {
            return;
        };
        self.folded = false;
        let span = self.span();
        match folds.most {
            Most::Open => self.rows.fold_where(&self.trace, |_| false),
            Most::All => self.rows.open_all(&self.trace),
            Most::Closed => self.rows.fold_where(&self.trace, |_| true),
            Most::Telling => {
                let is_dull = self.is_dull();
                self.rows.fold_where(&self.trace, is_dull);
            }
        }
        turn_over(&mut self.rows, &self.trace, &folds);
        // Of a large trace what is alike is still looked for.
        let alike = !folds.runs.is_empty() || !folds.chains.is_empty() || folds.most == Most::All;
        let ungrouped = alike && self.rows.bundles().is_empty();
        if folds.most == Most::Telling && self.explained.is_none() || ungrouped {
            self.wanted_folds = Some(folds);
        }
        if let Some(span) = span {
            let above = self.list.above().unwrap_or(usize::MAX);
            let row = self.rows.row_of(span);
            self.list.go(row, usize::MAX, self.rows.len());
            self.list.leave_above(above);
        }
        self.describe();
    }

    /// Whether a span hides neither a failure nor a part of the critical path.
    pub fn is_dull(&self) -> impl Fn(usize) -> bool + use<> {
        let (trace, explained) = (self.trace.clone(), self.explained.clone());
        move |span| {
            let below = span + 1..trace.subtree(span).end;
            let critical = || explained.as_ref().is_some_and(|e| e.touches(below.clone()));
            trace.errors_in(below.clone()) == 0 && !critical()
        }
    }

    /// The folds in the fewest words; none if they are as they were opened. With how many of them
    /// were too many to be told.
    pub(super) fn folds_told(&self) -> (Option<Folds>, usize) {
        let (trace, rows) = (&self.trace, &self.rows);
        let parents = || (0..trace.len()).filter(|&span| trace.subtree(span).len() > 1);
        let is_dull = self.is_dull();
        let (mut open, mut closed, mut telling, mut all) = (0, 0, 0, 0);
        for span in parents() {
            let folded = rows.is_folded(span);
            open += usize::from(folded);
            closed += usize::from(!folded);
            telling += usize::from(folded != is_dull(span));
        }
        let bundles = rows.bundles();
        let opened = bundles.iter().filter(|bundle| bundle.is_open()).count();
        all += open + bundles.len() - opened;
        open += opened;
        let most = [
            (open, Most::Open),
            (all, Most::All),
            (closed + opened, Most::Closed),
            (telling + opened, Most::Telling),
        ];
        let (count, most) = most
            .into_iter()
            .min_by_key(|(count, _)| *count)
            .unwrap_or_default();
        if count == 0 && most == Most::Open && trace.len() <= LARGE {
            return (None, 0);
        }
        let differs = |span: &usize| match most {
            Most::Open | Most::All => rows.is_folded(*span),
            Most::Closed => !rows.is_folded(*span),
            Most::Telling => rows.is_folded(*span) != is_dull(*span),
        };
        let bundle_differs = |likeness| {
            let those = bundles.iter().filter(move |bundle| {
                bundle.likeness == likeness && bundle.is_open() != (most == Most::All)
            });
            let first: Vec<usize> = those.map(|bundle| bundle.first).take(MOST_FOLDS).collect();
            names(trace, &first)
        };
        let differ: Vec<usize> = parents().filter(differs).take(MOST_FOLDS).collect();
        let folds = Folds {
            most,
            spans: names(trace, &differ),
            runs: bundle_differs(Likeness::Alike),
            chains: bundle_differs(Likeness::Chain),
        };
        let told = folds.spans.len() + folds.runs.len() + folds.chains.len();
        (Some(folds), count.saturating_sub(told))
    }
}

/// Turns over what differs from the rest.
fn turn_over(rows: &mut Rows, trace: &Trace, folds: &Folds) {
    let named = |list: &[SpanName]| spans(trace, list).into_iter().collect::<HashSet<_>>();
    let (differ, runs) = (named(&folds.spans), named(&folds.runs));
    let chains = named(&folds.chains);
    if !differ.is_empty() {
        let folded: Vec<bool> = (0..trace.len()).map(|span| rows.is_folded(span)).collect();
        rows.fold_where(trace, |span| folded[span] != differ.contains(&span));
    }
    if !runs.is_empty() || !chains.is_empty() {
        rows.set_bundles(trace, |bundle| {
            let differs = match bundle.likeness {
                Likeness::Alike => runs.contains(&bundle.first),
                Likeness::Chain => chains.contains(&bundle.first),
            };
            bundle.is_open() != differs
        });
    }
}
