//! How an open trace takes what comes later: more spans, other clocks, what stands out, what is
//! alike. Whoever reads in it keeps the place: what is there stays until what comes is explained,
//! and then all of it changes at once.

use std::sync::Arc;

use crate::analysis;
use crate::model::{Nanos, Notes, Trace};
use crate::tui::answer::Held;
use crate::tui::screen::trace::explain::Explained;
use crate::tui::screen::trace::find::Hits;
use crate::tui::screen::trace::links::BackLinks;
use crate::tui::screen::trace::view::View;
use crate::tui::widget::waterfall::{Bundles, Rows, Squeeze};

use super::{LARGE, Moves, Open, rows};

/// Another form of the trace, shown once enough is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Coming {
    trace: Held<Trace>,
    /// As it was received, if its clocks are corrected.
    received: Option<Held<Trace>>,
    explained: Option<Held<Explained>>,
    bundles: Option<Held<Bundles>>,
}

impl Coming {
    fn new(trace: Held<Trace>, received: Option<Held<Trace>>) -> Self {
        Self {
            trace,
            received,
            explained: None,
            bundles: None,
        }
    }

    fn is_known(&self) -> bool {
        self.explained.is_some() && (self.bundles.is_some() || self.trace.len() <= LARGE)
    }
}

/// A trace with its clocks corrected by Jaeger's rule, and how many spans that moves; none if it
/// moves none.
fn corrected(trace: &Held<Trace>) -> Option<(Held<Trace>, usize)> {
    let skew = analysis::skew(trace, Nanos(u64::MAX));
    let moved = skew.offsets.iter().filter(|&&offset| offset != 0).count();
    (moved > 0).then(|| (Held(Arc::new(trace.shifted(&skew.offsets))), moved))
}

/// What was done with the clocks of a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clocks {
    /// They are as they were received.
    AsReceived,
    /// They contradict one another, and so many spans were moved.
    Corrected(usize),
    /// So many spans were moved into their callers, though no clock is proven wrong.
    Doubted(usize),
}

impl Open {
    /// The same trace, which may have more spans. Returns what is to be explained.
    pub fn grow(&mut self, trace: Held<Trace>) -> Option<Held<Trace>> {
        let size = |trace: &Trace| (trace.len(), trace.logs().len());
        let known = self.received.as_ref().unwrap_or(&self.trace);
        if size(&trace) == size(known) && Notes::of(&trace) == self.notes {
            // How its like fare may be new, which is not worth the work in a large one.
            let renews = self.coming.is_none() && trace.len() <= LARGE;
            return renews.then(|| self.trace.clone());
        }
        let coming = match corrected(&trace).filter(|_| self.received.is_some()) {
            Some((corrected, _)) => Coming::new(corrected, Some(trace)),
            None => Coming::new(trace, None),
        };
        Some(self.expect(coming))
    }

    /// Corrects clocks by the parents' intervals, or shows times as received again. Returns what
    /// is to be explained, and what was done; none if no clock needs it.
    pub fn turn_clocks(&mut self) -> Option<(Held<Trace>, Clocks)> {
        let (now, received) = match &self.coming {
            Some(coming) => (&coming.trace, &coming.received),
            None => (&self.trace, &self.received),
        };
        if let Some(received) = received {
            let coming = Coming::new(received.clone(), None);
            return Some((self.expect(coming), Clocks::AsReceived));
        }
        let (corrected, moved) = corrected(now)?;
        let coming = Coming::new(corrected, Some(now.clone()));
        self.clocks = match analysis::clock_verdict(now, self.charset) {
            Some(_) => Clocks::Corrected(moved),
            None => Clocks::Doubted(moved),
        };
        Some((self.expect(coming), self.clocks))
    }

    /// Shows another form of the trace once that is explained; at once if nothing is explained
    /// that would be lost. Returns what is to be explained.
    fn expect(&mut self, coming: Coming) -> Held<Trace> {
        let trace = coming.trace.clone();
        if self.explained.is_some() {
            self.coming = Some(coming);
        } else {
            self.replace(coming);
        }
        trace
    }

    /// Shows what has come as far as it is known.
    pub fn hurry(&mut self) {
        if let Some(coming) = self.coming.take() {
            self.replace(coming);
        }
    }

    /// Another form of the same trace, spans known by their ids.
    fn replace(&mut self, coming: Coming) {
        let trace = coming.trace;
        let moves = Moves::between(&self.trace, &trace);
        let left = self.leave(&moves);
        let told = self.finding.and_then(|at| {
            let finding = self.explained.as_ref()?.findings.get(at)?;
            moves.to(*finding.spans.first()?)
        });
        let row = self.list.cursor();
        let here = self.rows.get(row);
        let span = self.rows.number(row).and_then(|span| moves.to(span));
        self.view = View::Waterfall;
        self.stop_building();
        self.forget();
        self.anchor = None;
        self.range.grow(&trace);
        self.history.forget_folds();
        self.back = BackLinks::of(&trace);
        self.notes = Notes::of(&trace);
        self.find.moved(&moves);
        self.detail.moved(&moves);
        self.longest = self.longest.and_then(|span| moves.to(span));
        let squeezed = self.squeeze.take().map(|_| Squeeze::of(&trace));
        self.squeeze = squeezed.filter(|squeeze| !squeeze.is_empty());
        let before = std::mem::replace(&mut self.trace, trace);
        self.explained = coming.explained;
        self.received = coming.received;
        let now = match coming.bundles {
            Some(bundles) => Rows::grouped(&self.trace, Arc::unwrap_or_clone(bundles.0)),
            None => rows(&self.trace),
        };
        let rows = std::mem::replace(&mut self.rows, now);
        self.seek_on();
        self.fold_again(&rows, &before, &moves);
        let list = self.list;
        if self.without.is_some() || self.find.hits_as == Hits::Only {
            self.sift(usize::MAX);
        }
        self.list = list;
        // A reader who has not moved yet stays at the top, where the root may have come since.
        if let Some((span, here)) = span.zip(here).filter(|_| row > 0) {
            let row = self.rows.row_like(&self.trace, span, here);
            self.list.follow(row);
        }
        if self.explained.is_some() {
            self.fold_as_wanted();
        }
        if let Some(explained) = self.explained.as_ref().filter(|e| !e.findings.is_empty()) {
            let mut findings = explained.findings.iter();
            let same = findings.position(|finding| finding.spans.first().copied() == told);
            self.finding = same.filter(|_| told.is_some()).or(self.finding);
        }
        if self.explained.is_some() {
            self.turn_back(left);
        } else {
            // The other views are drawn again once all of it is explained.
            self.wanted_view = Some(left.0)
                .filter(|&view| view != View::Waterfall)
                .or(self.wanted_view);
            self.describe();
        }
    }

    /// Folds what was folded before, and of what is new what would have been, had it been there.
    fn fold_again(&mut self, before: &Rows, old: &Trace, moves: &Moves) {
        let is_dull = self.is_dull();
        let opened_folded = self.folded;
        if opened_folded && self.list.cursor() == 0 {
            return self.rows.fold_where(&self.trace, is_dull);
        }
        let (trace, find) = (&self.trace, &self.find);
        let all = before.is_all_folded(old);
        let new = |span: usize| match find.hits_as {
            Hits::Unfolded => !find.hits_within(span + 1..trace.subtree(span).end),
            _ => all || opened_folded && is_dull(span),
        };
        let to = |span: usize| moves.to(span);
        self.rows.fold_like(trace, (before, old), to, new);
    }

    /// Looks for the same among the spans that there are now.
    fn seek_on(&mut self) {
        let eager = self.find.eager;
        self.seek();
        self.find.eager = eager && self.find.seeking;
    }

    pub fn explained(&mut self, explained: Held<Explained>) {
        if let Some(mut coming) = self.coming.take() {
            coming.explained = Some(explained);
            return self.come(coming);
        }
        if self.explained.replace(explained).is_some() {
            // Nothing but what stands out is new.
            self.slow.clear();
            self.renew_findings();
            return self.describe();
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
        self.go_to_wanted_line();
    }

    /// What is alike in a large trace shares a row from now on, the cursor stays on its span.
    pub fn grouped(&mut self, bundles: Held<Bundles>) {
        if let Some(mut coming) = self.coming.take() {
            coming.bundles = Some(bundles);
            return self.come(coming);
        }
        let span = self.rows.number(self.list.cursor());
        self.rows
            .group(&self.trace, Arc::unwrap_or_clone(bundles.0));
        self.history.forget_folds();
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

    fn come(&mut self, coming: Coming) {
        if coming.is_known() {
            self.replace(coming);
        } else {
            self.coming = Some(coming);
        }
    }

    /// What was worked out for drawing no longer holds.
    fn forget(&mut self) {
        self.minimap.clear();
        self.bars.clear();
        self.together.clear();
        self.slow.clear();
        self.columns.clear();
    }
}
