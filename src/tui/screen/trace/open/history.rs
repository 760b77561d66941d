//! What the reader made of the waterfall, step by step: zoom and pan, folds, what is left out. Each
//! step is undone and done again.
//!
//! A step keeps no more than it changes, so that zooming, or folding a row, costs the same in a
//! trace of any size. Hunts open what hides their span: that is no step.

use crate::model::Time;
use crate::tui::keymap::Action;
use crate::tui::screen::trace::find::Hits;
use crate::tui::screen::trace::without::Without;
use crate::tui::widget::waterfall::{Folds, Likeness, Row};

use super::Open;

/// So many steps can be undone.
const STEPS: usize = 100;
/// Steps that change all folds take as many bytes as there are spans: so many are kept together.
const SPANS: usize = 8_000_000;
/// That many steps are kept of any trace.
const LEAST: usize = 4;

/// How something was before it was changed.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// The time that was shown.
    Time((Time, Time)),
    /// Whether a span was folded.
    Fold(usize, bool),
    /// Whether what is alike was open.
    Bundle(usize, Likeness, bool),
    /// All folds, and what was left out.
    Rows(Box<Shape>),
}

/// Which rows the waterfall has.
#[derive(Debug, Clone, PartialEq)]
struct Shape {
    folds: Folds,
    without: Without,
    hits_as: Hits,
}

/// The steps so far, and those that were undone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    before: Vec<Step>,
    after: Vec<Step>,
}

impl History {
    /// The spans have moved: of folds nothing is known any more.
    pub fn forget_folds(&mut self) {
        let is_time = |step: &Step| matches!(step, Step::Time(_));
        self.before.retain(is_time);
        self.after.retain(is_time);
    }

    fn push(&mut self, step: Step, spans: usize) {
        self.after.clear();
        self.before.push(step);
        let most = (SPANS / spans.max(1)).clamp(LEAST, STEPS);
        let excess = self.before.len().saturating_sub(most);
        self.before.drain(..excess);
    }
}

impl Open {
    /// Does what an action stands for, so that it can be undone.
    pub fn remembering<T>(&mut self, action: Action, act: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.step_of(action);
        let done = act(self);
        if let Some(before) = before.filter(|before| self.as_now(before) != *before) {
            self.history.push(before, self.trace.len());
        }
        done
    }

    /// What an action may change, as it is now.
    fn step_of(&self, action: Action) -> Option<Step> {
        match action {
            Action::ZoomIn
            | Action::ZoomOut
            | Action::PanLeft
            | Action::PanRight
            | Action::Whole
            | Action::Fit => Some(Step::Time(self.range.shown())),
            Action::Fold | Action::OpenFold | Action::CloseFold | Action::Left | Action::Right => {
                self.step_of_row()
            }
            Action::OpenSubtree
            | Action::CloseSubtree
            | Action::OpenAll
            | Action::CloseAll
            | Action::OpenLevel
            | Action::CloseLevel
            | Action::ToDepth
            | Action::FoldSiblings
            | Action::FoldService
            | Action::OnlyTelling
            | Action::WithoutService
            | Action::AroundService
            | Action::WithoutOperation
            | Action::WithoutShorter
            | Action::ShowAll
            | Action::HitsAs => Some(Step::Rows(Box::new(self.shape()))),
            _ => None,
        }
    }

    fn step_of_row(&self) -> Option<Step> {
        Some(match self.rows.get(self.list.cursor())? {
            Row::Span(span) | Row::MissingParent(span) => {
                Step::Fold(span, self.rows.is_folded(span))
            }
            Row::Bundle(bundle) => Step::Bundle(bundle.first, bundle.likeness, bundle.is_open()),
            Row::Hidden(_) => Step::Rows(Box::new(self.shape())),
        })
    }

    fn shape(&self) -> Shape {
        Shape {
            folds: self.rows.folds(),
            without: self.without.clone(),
            hits_as: self.find.hits_as,
        }
    }

    /// What a step changes, as it is now.
    fn as_now(&self, step: &Step) -> Step {
        match *step {
            Step::Time(_) => Step::Time(self.range.shown()),
            Step::Fold(span, _) => Step::Fold(span, self.rows.is_folded(span)),
            Step::Bundle(first, likeness, _) => {
                Step::Bundle(first, likeness, self.rows.is_open(first, likeness))
            }
            Step::Rows(_) => Step::Rows(Box::new(self.shape())),
        }
    }

    /// Undoes the last step, or does again what was undone. False if there is nothing to do.
    pub fn step_back(&mut self, undo: bool, height: usize) -> bool {
        let History { before, after } = &mut self.history;
        let from = if undo { before } else { after };
        let Some(step) = from.pop() else {
            return false;
        };
        let now = self.as_now(&step);
        let History { before, after } = &mut self.history;
        let to = if undo { after } else { before };
        to.push(now);
        self.restore(step, height);
        true
    }

    fn restore(&mut self, step: Step, height: usize) {
        let span = self.rows.number(self.list.cursor());
        match step {
            Step::Time((from, to)) => return self.range.set(from, to),
            Step::Fold(span, folded) => self.rows.set(&self.trace, span, folded),
            Step::Bundle(first, likeness, open) => {
                self.rows.set_open(&self.trace, (first, likeness), open);
            }
            Step::Rows(shape) => {
                self.rows.set_folds(&self.trace, shape.folds);
                self.without = shape.without;
                // Without hits all would be out of sight.
                let hits = Some(shape.hits_as).filter(|_| !self.find.hits.is_empty());
                self.find.hits_as = hits.unwrap_or_default();
                self.sift(height);
            }
        }
        let row = span.map_or(0, |span| self.rows.row_of(span));
        self.list.go(row, height, self.rows.len());
    }
}
