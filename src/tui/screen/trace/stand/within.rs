//! How a view other than the waterfall stands in itself, in words: spans by their ids.

use crate::analysis::GroupBy;
use crate::model::Trace;
use crate::tui::screen::trace::Open;
use crate::tui::screen::trace::view::View;
use crate::tui::screen::trace::view::stance::Stance;
use crate::tui::session::standing::name::{name, names, span, spans};
use crate::tui::session::standing::{MOST_FOLDS, Within};
use crate::tui::widget::waterfall::Row;

impl Open {
    /// How many rows stand above the cursor's, where its list is scrolled.
    pub(super) fn above(&self) -> Option<usize> {
        match self.view {
            View::Waterfall => self.list.above(),
            view => self.stance(view).place?.1.above(),
        }
    }

    /// How the view stands in itself, and how many of its open spans are too many to be told.
    pub(super) fn within(&self) -> (Within, usize) {
        let stance = self.stance(self.view);
        let opened = stance.opened.len();
        let cursor = self.list.cursor();
        let row = match self.view {
            // So do those of the waterfall that are a span's own.
            View::Waterfall => {
                let is_own = matches!(self.rows.get(cursor), Some(Row::Span(_)));
                Some(cursor).filter(|&row| row > 0 && !is_own)
            }
            // The rows of the table tell by their span which they are.
            View::Table => None,
            View::Json if opened > 0 => stance.place.map(|(_, list)| list.cursor()),
            _ => stance.row,
        };
        let told = stance.opened.get(..MOST_FOLDS);
        let within = Within {
            row,
            by: stance.by.iter().map(|by| by.word().to_owned()).collect(),
            sort: stance.sort,
            weight: stance.weight,
            upside_down: stance.upside_down,
            zoom: stance.zoom.map(|span| name(&self.trace, span)),
            colouring: stance.colouring,
            form: stance.form,
            opened: names(&self.trace, told.unwrap_or(&stance.opened)),
        };
        (within, opened.saturating_sub(MOST_FOLDS))
    }
}

/// The same for a trace that is there, but for how far one has scrolled.
pub(super) fn stance(within: &Within, trace: &Trace) -> Stance {
    let by = within.by.iter().map(|word| GroupBy::of_word(word));
    Stance {
        by: by.collect(),
        sort: within.sort.clone(),
        weight: within.weight,
        upside_down: within.upside_down,
        zoom: within.zoom.and_then(|name| span(trace, name)),
        colouring: within.colouring,
        form: within.form,
        opened: spans(trace, &within.opened),
        row: within.row,
        above: None,
        place: None,
    }
}
