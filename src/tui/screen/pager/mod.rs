//! One value, whole: wrapped or scrolled sideways, its folds, searched, laid out or as it came.
//!
//! Whoever opens it hands the text over; the page knows nothing of traces.

mod draw;
mod find;
mod fold;
mod page;
mod rows;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::text::Shown;
use crate::tui::canvas::memo::Memo;
use crate::tui::screen::Screen;
use crate::tui::value::{self, Form, Ink, Piece};
use crate::tui::widget::list::List;

use find::Find;
use rows::Row;

/// Columns that one step sideways scrolls by.
const STEP: usize = 16;

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it is called: an attribute's key.
    pub title: Shown<'static>,
    /// Whose it is.
    pub of: Shown<'static>,
    /// The text, or bytes as hexadecimal digits.
    pub text: String,
    /// How it is laid out; `None` as it came.
    pub form: Option<Form>,
    /// The text as it came, where that is another: bytes in base64.
    pub raw: Option<String>,
}

/// A value, and where the reader stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pager {
    reading: Reading,
    pieces: Vec<Piece>,
    /// Lines that hide what is below them.
    folded: BTreeSet<usize>,
    /// Shown as it came.
    raw: bool,
    /// Rows go on below, or end where the screen does.
    wrap: bool,
    /// Columns scrolled away at the left while nothing wraps.
    left: usize,
    list: List,
    find: Find,
    /// Rows by the width of the screen.
    rows: Memo<u16, Vec<Row>>,
}

impl Pager {
    /// A page on that value, laid out as it is best read.
    pub fn new(reading: Reading) -> Self {
        let mut pager = Self {
            reading,
            pieces: Vec::new(),
            folded: BTreeSet::new(),
            raw: false,
            wrap: true,
            left: 0,
            list: List::default(),
            find: Find::default(),
            rows: Memo::default(),
        };
        pager.lay();
        pager
    }

    /// The text that is shown.
    fn text(&self) -> &str {
        match &self.reading.raw {
            Some(raw) if self.raw => raw,
            _ => &self.reading.text,
        }
    }

    fn form(&self) -> Form {
        self.reading
            .form
            .filter(|_| !self.raw)
            .unwrap_or(Form::Text)
    }

    /// Lays the text out anew, frames of libraries folded.
    fn lay(&mut self) {
        self.pieces = value::lay(self.text(), self.form());
        let of_library = |(_, piece): &(usize, &Piece)| piece.ink == Ink::Aside && piece.below > 0;
        let pieces = self.pieces.iter().enumerate();
        self.folded = pieces.filter(of_library).map(|(at, _)| at).collect();
        self.list = List::default();
        self.rows.clear();
        self.find.run(
            self.reading
                .raw
                .as_ref()
                .filter(|_| self.raw)
                .unwrap_or(&self.reading.text),
        );
    }

    /// The rows on a screen of that width.
    fn rows(&self, width: u16) -> std::sync::Arc<Vec<Row>> {
        self.rows.get(width, || {
            let room = self.wrap.then_some(usize::from(width).max(8));
            let seen = value::visible(&self.pieces, |at| self.folded.contains(&at));
            rows::rows(self.text(), &self.pieces, &seen, room)
        })
    }

    /// The line under the cursor.
    fn piece(&self, width: u16) -> Option<usize> {
        let rows = self.rows(width);
        rows.get(self.list.cursor()).map(|row| row.piece as usize)
    }

    /// Opens a string of JSON as the text that it stands for, which may be laid out in turn.
    fn open(&self, width: u16) -> Option<Screen> {
        let piece = self.pieces.get(self.piece(width)?)?;
        let text = self.text().get(piece.text.clone())?.trim_end_matches(',');
        let inner: String = serde_json::from_str(text)
            .ok()
            .filter(|_| self.form() == Form::Json)?;
        let key = self.text().get(piece.key.clone())?;
        let title = Shown::from_owned(
            key.trim_end_matches([':', ' '])
                .trim_matches('"')
                .to_owned(),
        );
        let form = value::form_of(title.as_str(), &inner);
        Some(Screen::Pager(Box::new(Self::new(Reading {
            title,
            of: self.reading.title.clone(),
            text: inner,
            form,
            raw: None,
        }))))
    }
}
