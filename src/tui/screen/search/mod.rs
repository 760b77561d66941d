//! The search screen.

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::keymap::Context;
use crate::tui::page::{Look, Page};
use crate::tui::phrase::Phrase;
use crate::tui::shared::Shared;
use crate::tui::widget::frame::{self, Chrome};

/// Traces found by a query.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Search {}

impl Search {
    /// The screen with that query.
    pub fn new(_query: &str, _shared: &Shared) -> Self {
        Self::default()
    }
}

impl Page for Search {
    fn context(&self) -> Context {
        Context::SearchList
    }

    fn crumb(&self) -> Shown<'static> {
        "search".into()
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let chrome = Chrome {
            why: Phrase::text("nothing yet"),
            ..Chrome::default()
        };
        frame::draw(look, canvas, self.context(), &chrome);
    }
}
