//! Folding and opening: by row, by level, to a depth, by what is telling.

use crate::tui::answer::Held;
use crate::tui::keymap::Action;
use crate::tui::page::Act;

use super::super::Open;

impl Open {
    pub(super) fn act_fold(&mut self, act: Act, height: usize) -> bool {
        let Some(span) = self.span() else {
            return false;
        };
        let trace = Held::clone(&self.trace);
        match act.action {
            Action::Fold => self.rows.set(&trace, span, !self.rows.is_folded(span)),
            Action::OpenFold => self.rows.set(&trace, span, false),
            Action::CloseFold => self.rows.set(&trace, span, true),
            Action::OpenSubtree => self.rows.set_subtree(&trace, span, false),
            Action::CloseSubtree => self.rows.set_subtree(&trace, span, true),
            Action::OpenAll => self.rows.open_all(&trace),
            Action::CloseAll => self.rows.open_to(&trace, 1),
            Action::OpenLevel => (0..act.times()).for_each(|_| self.rows.open_level(&trace)),
            Action::CloseLevel => (0..act.times()).for_each(|_| self.rows.fold_level(&trace)),
            Action::ToDepth => {
                let depth = act.letter.and_then(|digit| digit.to_digit(10)).unwrap_or(1);
                self.rows.open_to(&trace, depth as usize);
            }
            Action::OnlyTelling => self.only_telling(),
            _ => return false,
        }
        self.folded = false;
        self.list
            .go(self.rows.row_of(span), height, self.rows.len());
        self.describe();
        true
    }

    /// Folds what has neither a failure nor a part of the critical path in it.
    fn only_telling(&mut self) {
        let (trace, explained) = (&self.trace, self.explained.as_ref());
        self.rows.fold_where(trace, |span| {
            let below = span + 1..trace.subtree(span).end;
            trace.errors_in(below.clone()) == 0 && !explained.is_some_and(|e| e.touches(below))
        });
    }

    /// Folds an open span; from a folded one or a leaf, to the parent.
    pub(super) fn left(&mut self, height: usize) {
        let Some(span) = self.rows.span(self.list.cursor()) else {
            return;
        };
        if self.trace.subtree(span).len() > 1 && !self.rows.is_folded(span) {
            let trace = Held::clone(&self.trace);
            self.rows.set(&trace, span, true);
        } else if let Some(parent) = self.trace.parent(span) {
            self.go(parent, height);
        }
    }

    /// Opens a folded span; from an open one, to its first child.
    pub(super) fn right(&mut self, height: usize) {
        let Some(span) = self.rows.span(self.list.cursor()) else {
            return;
        };
        if self.rows.is_folded(span) {
            let trace = Held::clone(&self.trace);
            self.rows.set(&trace, span, false);
        } else if self.trace.subtree(span).len() > 1 {
            self.go(span + 1, height);
        }
    }
}
