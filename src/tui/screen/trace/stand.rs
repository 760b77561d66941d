//! Where the reader stands, told in words and found again from them.

use std::collections::HashSet;

use crate::analysis::GroupBy;
use crate::model::{SpanId, Trace};
use crate::tui::standing::{Folds, MOST_FOLDS, Most, Standing};
use crate::tui::widget::waterfall::{Likeness, Rows, Squeeze};

use super::Open;
use super::find::Hits;
use super::view::View;
use super::view::stance::Stance;

/// Where one stands, and how many folds could not be told because they were too many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    pub standing: Standing,
    pub left_out: usize,
}

impl Open {
    /// Where the reader stands. Looks at every span's fold.
    pub fn stands(&self) -> Told {
        let (folds, left_out) = self.folds_told();
        let start = self.trace.start();
        let (from, to) = self.range.shown();
        let range = (!self.range.is_whole()).then(|| (from.since(start), to.since(start)));
        // On the first row of the waterfall one stands anyway.
        let moved = self.view != View::Waterfall || self.list.cursor() > 0;
        let span = self.span().filter(|_| moved);
        let stance = self.stance(self.view);
        let standing = Standing {
            view: Some(self.view).filter(|&view| view != View::Waterfall),
            span: span.map(|span| self.trace.span(span).span_id()),
            // The rows of the table tell by their span which they are.
            row: stance.row.filter(|_| self.view != View::Table),
            by: stance.by.iter().map(|by| by.word().to_owned()).collect(),
            sort: stance.sort,
            weight: stance.weight,
            upside_down: stance.upside_down,
            range,
            folds,
            find: self.find.input.text().to_owned(),
            hits: self.find.hits_as,
            without: self.without.services.clone(),
            around: self.without.around.clone(),
            operations: self.without.operations.clone(),
            shorter: self.without.shorter,
            critical: self.critical_only,
            squeeze: self.squeeze.is_some(),
            skew: self.received.is_some(),
        };
        Told { standing, left_out }
    }

    /// Goes where somebody stood. What the critical path decides follows once it is known.
    pub fn stand(&mut self, standing: &Standing, height: usize) {
        let start = self.trace.start();
        if let Some((from, to)) = standing.range {
            self.range.set(start + from, start + to);
        }
        self.critical_only = standing.critical;
        self.squeeze = standing.squeeze.then(|| Squeeze::of(&self.trace));
        self.squeeze = self.squeeze.take().filter(|squeeze| !squeeze.is_empty());
        self.find
            .input
            .set(standing.find.clone(), standing.find.len());
        self.seek();
        self.find.hits_as = standing.hits;
        self.without.services.clone_from(&standing.without);
        self.without.around.clone_from(&standing.around);
        self.without.operations.clone_from(&standing.operations);
        self.without.shorter = standing.shorter;
        if standing.folds.is_some() {
            self.wanted_folds.clone_from(&standing.folds);
            self.fold_as_wanted();
        }
        if self.without.is_some() || standing.hits == Hits::Only {
            self.sift(height);
        }
        if let Some(span) = standing.span.and_then(|id| self.trace.find(id)) {
            self.go(span, height);
        }
        self.wanted_view = standing.view.filter(|&view| view != View::Waterfall);
        if let Some(view) = self.wanted_view {
            let by = standing.by.iter().map(|word| GroupBy::of_word(word));
            let stance = Stance {
                by: by.collect(),
                sort: standing.sort.clone(),
                weight: standing.weight,
                upside_down: standing.upside_down,
                row: standing.row,
                ..Stance::default()
            };
            self.stances.insert(view, stance);
        }
        self.describe();
    }

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
            let row = self.rows.row_of(span);
            self.list.go(row, usize::MAX, self.rows.len());
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
    fn folds_told(&self) -> (Option<Folds>, usize) {
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
        if count == 0 && most == Most::Open && trace.len() <= super::open::LARGE {
            return (None, 0);
        }
        let differs = |span: &usize| match most {
            Most::Open | Most::All => rows.is_folded(*span),
            Most::Closed => !rows.is_folded(*span),
            Most::Telling => rows.is_folded(*span) != is_dull(*span),
        };
        let id = |span: usize| trace.span(span).span_id();
        let bundle_differs = |likeness| {
            let those = bundles.iter().filter(move |bundle| {
                bundle.likeness == likeness && bundle.is_open() != (most == Most::All)
            });
            those
                .map(|bundle| id(bundle.first))
                .take(MOST_FOLDS)
                .collect()
        };
        let folds = Folds {
            most,
            spans: parents().filter(differs).map(id).take(MOST_FOLDS).collect(),
            runs: bundle_differs(Likeness::Alike),
            chains: bundle_differs(Likeness::Chain),
        };
        let told = folds.spans.len() + folds.runs.len() + folds.chains.len();
        (Some(folds), count.saturating_sub(told))
    }
}

/// Turns over what differs from the rest.
fn turn_over(rows: &mut Rows, trace: &Trace, folds: &Folds) {
    let ids = |list: &[SpanId]| list.iter().copied().collect::<HashSet<_>>();
    let (spans, runs, chains) = (ids(&folds.spans), ids(&folds.runs), ids(&folds.chains));
    if !spans.is_empty() {
        let folded: Vec<bool> = (0..trace.len()).map(|span| rows.is_folded(span)).collect();
        rows.fold_where(trace, |span| {
            folded[span] != spans.contains(&trace.span(span).span_id())
        });
    }
    if !runs.is_empty() || !chains.is_empty() {
        rows.set_bundles(trace, |bundle| {
            let id = trace.span(bundle.first).span_id();
            let differs = match bundle.likeness {
                Likeness::Alike => runs.contains(&id),
                Likeness::Chain => chains.contains(&id),
            };
            bundle.is_open() != differs
        });
    }
}
