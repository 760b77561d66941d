//! Where the reader stands, told in words and found again from them.

mod folds;
mod within;

use crate::tui::session::standing::{Standing, name};
use crate::tui::widget::waterfall::Squeeze;

use super::find::Hits;
use super::view::View;
use super::view::stance::Stance;
use super::{Focus, Open};

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
        let (within, shut) = self.within();
        let focused = matches!(self.focus, Focus::Detail | Focus::Filter);
        let standing = Standing {
            view: Some(self.view).filter(|&view| view != View::Waterfall),
            span: span.map(|span| name::name(&self.trace, span)),
            above: self.above(),
            within,
            pane: self.detail.stands(focused),
            range,
            folds,
            find: self.find.text().to_owned(),
            hits: self.find.hits_as,
            without: self.without.services.clone(),
            around: self.without.around.clone(),
            operations: self.without.operations.clone(),
            shorter: self.without.shorter,
            critical: self.critical_only,
            squeeze: self.squeeze.is_some(),
            skew: self.received.is_some(),
        };
        Told {
            standing,
            left_out: left_out + shut,
        }
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
        self.find.typing.set(&standing.find);
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
        let span = standing.span.and_then(|name| name::span(&self.trace, name));
        let row = standing.within.row.filter(|_| standing.view.is_none());
        match (row, span) {
            // A row that is no span's own: of alike ones, of a missing parent, of what is hidden.
            (Some(row), span) if row < self.rows.len() && self.rows.number(row) == span => {
                self.list.go(row, height, self.rows.len());
            }
            (_, Some(span)) => self.go(span, height),
            _ => {}
        }
        let above = standing.above.filter(|_| standing.view.is_none());
        self.list.leave_above(above.unwrap_or(usize::MAX));
        self.wanted_view = standing.view.filter(|&view| view != View::Waterfall);
        if let Some(view) = self.wanted_view {
            let stance = within::stance(&standing.within, &self.trace);
            let above = standing.above;
            self.stances.insert(view, Stance { above, ..stance });
        }
        self.detail.stand(&standing.pane);
        self.wanted_line = standing.pane.line;
        if standing.pane.focused {
            self.focus = Focus::Detail;
        }
        self.describe();
    }

    /// To the line of the detail that was told.
    pub fn go_to_wanted_line(&mut self) {
        if let Some(line) = self.wanted_line.take() {
            self.detail.list.go(line, usize::MAX, usize::MAX);
        }
    }
}
