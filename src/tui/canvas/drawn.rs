//! What a frame showed where, kept for the next key or click.

use std::time::Duration;

use ratatui::layout::{Position, Rect};

use crate::tui::canvas::hit::{Pane, Target};

/// What a frame showed where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drawn {
    pub(super) hits: Vec<(Rect, Target)>,
    pub(super) panes: Vec<(Pane, Rect)>,
    /// Where text is typed; the terminal's cursor stands there.
    pub caret: Option<Position>,
    /// Text that leads to a page, and its address.
    pub links: Vec<(Rect, String)>,
    /// When the frame will look different although nothing happens: a spinner, a toast's end.
    pub wake: Option<Duration>,
}

impl Drawn {
    /// Every area that something is known of, with the caret's cell.
    #[cfg(test)]
    pub fn areas(&self) -> impl Iterator<Item = Rect> {
        let caret = self.caret.map(|at| Rect::new(at.x, at.y, 1, 1));
        let hits = self.hits.iter().map(|(area, _)| *area);
        let all = hits
            .chain(self.panes.iter().map(|(_, area)| *area))
            .chain(caret);
        all.filter(|area| !area.is_empty())
    }

    /// What is under a cell, the topmost first.
    pub fn target(&self, x: u16, y: u16) -> Option<(Rect, &Target)> {
        let under = |(area, _): &&(Rect, Target)| area.contains(Position::new(x, y));
        self.hits
            .iter()
            .rev()
            .find(under)
            .map(|(area, target)| (*area, target))
    }

    /// Where a pane was drawn. Empty if it was not.
    pub fn pane(&self, pane: Pane) -> Rect {
        self.panes
            .iter()
            .rev()
            .find(|(p, _)| *p == pane)
            .map_or(Rect::ZERO, |(_, area)| *area)
    }

    /// The rows of a pane, at least one.
    pub fn rows(&self, pane: Pane) -> usize {
        usize::from(self.pane(pane).height).max(1)
    }
}
