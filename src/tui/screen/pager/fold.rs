//! Where the reader goes in a value, and the folds on the way.

use crate::tui::value;

use super::Pager;

impl Pager {
    /// Puts the cursor on the first row of a line, or on the last before it.
    pub(super) fn go(&mut self, piece: usize, width: u16, height: usize) {
        let rows = self.rows(width);
        let row = rows.partition_point(|row| (row.piece as usize) < piece);
        let row = row.min(rows.len().saturating_sub(1));
        self.list.go(row, height, rows.len());
    }

    /// Folds, opens or turns the line under the cursor, or the one that holds it.
    pub(super) fn fold(&mut self, fold: Option<bool>, (width, height): (u16, usize)) {
        let Some(here) = self.piece(width) else {
            return;
        };
        let folds = |at: &usize| self.pieces.get(*at).is_some_and(|piece| piece.below > 0);
        let owner = || value::owner(&self.pieces, here);
        let at = match fold {
            Some(true) if self.folded.contains(&here) => owner(),
            _ => Some(here).filter(folds).or_else(owner),
        };
        let Some(at) = at else { return };
        if fold.unwrap_or(!self.folded.contains(&at)) {
            self.folded.insert(at);
        } else {
            self.folded.remove(&at);
        }
        self.rows.clear();
        self.go(at, width, height);
    }

    pub(super) fn fold_all(&mut self, fold: bool, (width, height): (u16, usize)) {
        let here = self.piece(width).unwrap_or(0);
        let pieces = self.pieces.iter().enumerate();
        // The outermost line stays open: folded, it would hide all there is.
        let folds = pieces.filter(|(at, piece)| fold && *at > 0 && piece.below > 0);
        self.folded = folds.map(|(at, _)| at).collect();
        self.rows.clear();
        let here = (0..=here).rev().find(|at| {
            let owner = value::owner(&self.pieces, *at);
            owner.is_none_or(|owner| !self.folded.contains(&owner))
        });
        self.go(here.unwrap_or(0), width, height);
    }

    /// Goes to the next or previous hit, opening the folds over it.
    pub(super) fn hunt(&mut self, forward: bool, (width, height): (u16, usize)) -> bool {
        let rows = self.rows(width);
        let here = rows.get(self.list.cursor()).map_or(0, |row| row.from);
        let Some(hit) = self.find.step(here, forward) else {
            return false;
        };
        let piece = self.pieces.partition_point(|piece| piece.text.end < hit);
        let above = std::iter::successors(value::owner(&self.pieces, piece), |at| {
            value::owner(&self.pieces, *at)
        });
        let above: Vec<usize> = above.collect();
        for at in above {
            self.folded.remove(&at);
        }
        self.rows.clear();
        let rows = self.rows(width);
        let row = rows
            .partition_point(|row| row.to <= hit)
            .min(rows.len().saturating_sub(1));
        self.list.go(row, height, rows.len());
        true
    }
}
