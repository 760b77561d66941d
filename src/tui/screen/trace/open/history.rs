//! What the reader made of the waterfall, step by step: zoom and pan, folds, what is left out. Each
//! step is undone and done again.

use crate::model::Time;
use crate::tui::screen::trace::find::Hits;
use crate::tui::screen::trace::without::Without;
use crate::tui::widget::waterfall::Folds;

use super::Open;

/// So many steps can be undone.
const STEPS: usize = 100;
/// Steps of a large trace take as many bytes as it has spans: so many of them are kept together.
const SPANS: usize = 8_000_000;
/// That many steps are kept of any trace.
const LEAST: usize = 4;

/// How the waterfall looks: what of it can be undone.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    range: (Time, Time),
    /// None if the trace has grown since, and folds are as they are.
    folds: Option<Folds>,
    without: Without,
    hits_as: Hits,
}

/// How it looked before, and after what was undone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    before: Vec<Look>,
    after: Vec<Look>,
}

impl History {
    /// The trace has grown: folds are told of other spans.
    pub fn forget_folds(&mut self) {
        for look in self.before.iter_mut().chain(&mut self.after) {
            look.folds = None;
        }
    }

    fn push(&mut self, look: Look, spans: usize) {
        self.after.clear();
        self.before.push(look);
        let most = (SPANS / spans.max(1)).clamp(LEAST, STEPS);
        let excess = self.before.len().saturating_sub(most);
        self.before.drain(..excess);
    }
}

impl Open {
    /// How the waterfall looks.
    pub fn look(&self) -> Look {
        Look {
            range: self.range.shown(),
            folds: Some(self.rows.folds()),
            without: self.without.clone(),
            hits_as: self.find.hits_as,
        }
    }

    /// Something was done that may have changed how it looks.
    pub fn changed_from(&mut self, before: Look) {
        if before != self.look() {
            self.history.push(before, self.trace.len());
        }
    }

    /// Undoes the last step, or does again what was undone. False if there is nothing to do.
    pub fn step_back(&mut self, undo: bool, height: usize) -> bool {
        let now = self.look();
        let History { before, after } = &mut self.history;
        let (from, to) = if undo {
            (before, after)
        } else {
            (after, before)
        };
        let Some(look) = from.pop() else {
            return false;
        };
        to.push(now);
        self.restore(look, height);
        true
    }

    fn restore(&mut self, look: Look, height: usize) {
        let (from, to) = look.range;
        self.range.set(from, to);
        let span = self.rows.number(self.list.cursor());
        let sifted = (&look.without, look.hits_as) != (&self.without, self.find.hits_as);
        if let Some(folds) = look.folds.filter(|folds| *folds != self.rows.folds()) {
            self.rows.set_folds(&self.trace, folds);
            let row = span.map_or(0, |span| self.rows.row_of(span));
            self.list.go(row, height, self.rows.len());
        }
        if sifted {
            self.without = look.without;
            // Without hits all would be out of sight.
            let hits = Some(look.hits_as).filter(|_| !self.find.hits.is_empty());
            self.find.hits_as = hits.unwrap_or_default();
            self.sift(height);
        }
        self.describe();
    }
}
