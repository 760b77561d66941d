//! How an open trace takes what comes later: more spans, other clocks, what stands out, what is
//! alike.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{Notes, SpanId, Trace};
use crate::tui::answer::Held;
use crate::tui::screen::trace::explain::Explained;
use crate::tui::screen::trace::links::BackLinks;
use crate::tui::screen::trace::view::View;
use crate::tui::widget::waterfall::Bundles;

use super::{Open, rows};

impl Open {
    /// The same trace with more spans: cursor, folds and range stay where they were.
    pub fn grow(&mut self, trace: Held<Trace>) {
        let size = |trace: &Trace| (trace.len(), trace.logs().len());
        if size(&trace) != size(&self.trace) || Notes::of(&trace) != self.notes {
            self.received = None;
            self.replace(trace);
        }
    }

    /// Another form of the same trace, spans known by their ids.
    pub fn replace(&mut self, trace: Held<Trace>) {
        let id = |span: usize| self.trace.span(span).span_id();
        let folded: HashSet<SpanId> = (0..self.trace.len())
            .filter(|&span| self.rows.is_folded(span))
            .map(id)
            .collect();
        let cursor = self.span().map(id);
        let mut matched: Vec<SpanId> = self.find.matched().iter().map(id).collect();
        matched.sort_unstable();
        self.explained = None;
        self.anchor = None;
        // The other views are drawn again once all of it is explained.
        let view = std::mem::replace(&mut self.view, View::Waterfall);
        self.squeeze = None;
        self.minimap.clear();
        self.forget();
        self.range.grow(&trace);
        self.back = BackLinks::of(&trace);
        self.notes = Notes::of(&trace);
        self.trace = trace;
        self.rows = rows(&self.trace);
        self.rows.fold_where(&self.trace, |span| {
            folded.contains(&self.trace.span(span).span_id())
        });
        self.match_ids(&matched);
        self.stop_building();
        self.find.renew();
        self.seek();
        if self.left_out > 0 {
            self.sift(usize::MAX);
        }
        // A reader who has not moved yet stays at the top, where the root may have come since.
        let moved = cursor.filter(|_| self.list.cursor() > 0);
        if let Some(span) = moved.and_then(|id| self.trace.find(id)) {
            self.list.follow(self.rows.row_of(span));
        }
        let turned = Some(view).filter(|&view| view != View::Waterfall);
        self.wanted_view = turned.or(self.wanted_view);
        self.describe();
    }

    pub fn explained(&mut self, explained: Held<Explained>) {
        let known = self.explained.replace(explained);
        let known = known.zip(self.explained.as_ref());
        if known.is_some_and(|(known, now)| known.is_of(now)) {
            // Nothing but what stands out is new.
            if self.bodies.remove(&View::Findings).is_some() && self.view == View::Findings {
                self.turn(View::Findings, usize::MAX);
            }
            self.describe();
            return;
        }
        self.forget();
        if self.folded && self.list.cursor() == 0 {
            let is_dull = self.is_dull();
            self.rows.fold_where(&self.trace, is_dull);
        }
        self.fold_as_wanted();
        match self.wanted_view.take().unwrap_or(self.view) {
            View::Waterfall => self.describe(),
            view => _ = self.turn(view, usize::MAX),
        }
        self.row_as_wanted();
    }

    /// What is alike in a large trace shares a row from now on, the cursor stays on its span.
    pub fn grouped(&mut self, bundles: Held<Bundles>) {
        let span = self.rows.number(self.list.cursor());
        self.rows
            .group(&self.trace, Arc::unwrap_or_clone(bundles.0));
        if let Some(span) = span {
            self.list.follow(self.rows.row_of(span));
        }
        // Before the critical path is known, folds would hide what it passes through.
        if self.explained.is_some() {
            self.fold_as_wanted();
            self.wanted_folds = None;
        }
        self.describe();
    }

    /// What was worked out for drawing no longer holds.
    fn forget(&mut self) {
        self.bodies.clear();
        self.own.clear();
        self.critical.clear();
        self.together.clear();
        self.slow.clear();
        self.columns.clear();
    }
}
