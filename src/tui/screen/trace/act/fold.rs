//! Folding and opening: by row, by level, to a depth, by what is telling.

use crate::tui::answer::Held;
use crate::tui::keymap::Action;
use crate::tui::page::Act;
use crate::tui::widget::waterfall::Row;

use super::super::Open;

impl Open {
    pub(super) fn act_fold(&mut self, act: Act, height: usize) -> bool {
        let Some(span) = self.span() else {
            return false;
        };
        if self.act_bundle(act, height) || self.act_hidden(act, height) {
            return true;
        }
        let trace = Held::clone(&self.trace);
        match act.action {
            Action::Fold => self.rows.set(&trace, span, !self.rows.is_folded(span)),
            Action::OpenFold => self.rows.set(&trace, span, false),
            Action::CloseFold => self.rows.set(&trace, span, true),
            Action::OpenSubtree => self.rows.set_subtree(&trace, span, false),
            Action::CloseSubtree => self.rows.set_subtree(&trace, span, true),
            Action::OpenAll => self.rows.open_all(&trace),
            Action::CloseAll => self.rows.close_all(&trace),
            Action::OpenLevel => (0..act.times()).for_each(|_| self.rows.open_level(&trace)),
            Action::CloseLevel => (0..act.times()).for_each(|_| self.rows.fold_level(&trace)),
            Action::ToDepth => {
                let depth = act.letter.and_then(|digit| digit.to_digit(10)).unwrap_or(1);
                self.rows.open_to(&trace, depth as usize);
            }
            Action::FoldSiblings => self.fold_siblings(span),
            Action::FoldService => self.fold_service(span),
            Action::OnlyTelling => self.only_telling(),
            _ => return false,
        }
        self.folded = false;
        self.list
            .go(self.rows.row_of(span), height, self.rows.len());
        self.describe();
        true
    }

    /// Folds a span and its siblings, or opens them all if it is folded.
    fn fold_siblings(&mut self, span: usize) {
        let trace = &self.trace;
        let folded = !self.rows.is_folded(span);
        let parent = trace.parent(span);
        let beside = |other: usize| trace.parent(other) == parent;
        self.rows.set_where(trace, folded, beside);
    }

    /// Folds every span of a span's service, or opens them all if it is folded.
    fn fold_service(&mut self, span: usize) {
        let trace = &self.trace;
        let service = trace.span(span).service();
        let folded = !self.rows.is_folded(span);
        let same = |span: usize| trace.span(span).service() == service;
        self.rows.set_where(trace, folded, same);
    }

    /// Opens or closes the bundle under the cursor, which stays on its row.
    fn act_bundle(&mut self, act: Act, height: usize) -> bool {
        let row = self.list.cursor();
        let Some(Row::Bundle(bundle)) = self.rows.get(row) else {
            return false;
        };
        let open = match act.action {
            Action::Fold => !bundle.is_open(),
            Action::OpenFold => true,
            Action::CloseFold => false,
            _ => return false,
        };
        self.rows.set_bundle(&self.trace, &bundle, open);
        self.list.go(row, height, self.rows.len());
        self.describe();
        true
    }

    /// Folds what has neither a failure nor a part of the critical path in it.
    fn only_telling(&mut self) {
        let is_dull = self.is_dull();
        self.rows.fold_where(&self.trace, is_dull);
    }

    /// Folds an open span or bundle; from a folded one or a leaf, to the row above it in the tree.
    pub(super) fn left(&mut self, height: usize) {
        let row = self.list.cursor();
        let Some(span) = self.rows.number(row) else {
            return;
        };
        let header = || self.rows.header_of(&self.trace, span);
        match self.rows.get(row) {
            Some(Row::Bundle(bundle)) if bundle.is_open() => {
                self.act_bundle(Act::of(Action::CloseFold), height);
            }
            Some(Row::Span(_))
                if self.trace.subtree(span).len() > 1 && !self.rows.is_folded(span) =>
            {
                let trace = Held::clone(&self.trace);
                self.rows.set(&trace, span, true);
            }
            Some(Row::Span(_)) if header().is_some() => {
                let header = header().unwrap_or(row);
                self.list.go(header, height, self.rows.len());
                self.describe();
            }
            _ => {
                if let Some(parent) = self.trace.parent(span) {
                    self.go(parent, height);
                }
            }
        }
    }

    /// Opens a folded span or bundle; from an open one, to the first row below it.
    pub(super) fn right(&mut self, height: usize) {
        let row = self.list.cursor();
        let Some(span) = self.rows.number(row) else {
            return;
        };
        match self.rows.get(row) {
            Some(Row::Bundle(bundle)) if !bundle.is_open() => {
                self.act_bundle(Act::of(Action::OpenFold), height);
            }
            Some(Row::Bundle(_)) => self.list.go(row + 1, height, self.rows.len()),
            Some(Row::Hidden(_)) => {
                self.act_hidden(Act::of(Action::OpenFold), height);
            }
            Some(Row::Span(_)) if self.rows.is_folded(span) => {
                let trace = Held::clone(&self.trace);
                self.rows.set(&trace, span, false);
            }
            _ if self.trace.subtree(span).len() > 1 => {
                self.list.go(row + 1, height, self.rows.len());
            }
            _ => {}
        }
        self.describe();
    }
}
