//! A value of any kind as lines that fold: JSON as a tree, stack traces by frames, SQL by clauses,
//! URLs by parameters, bytes as hexadecimal digits, other text by its own lines.
//!
//! Lines are places in the text, not copies of it, so that ten megabytes can be laid out. Nothing
//! recurses: how deep a value nests is for its sender to say.

mod hex;
mod json;
mod kind;
mod sql;
mod stack;
mod url;

use std::ops::Range;

pub use hex::hex;
pub use kind::{Form, form_of};

/// One line of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// How far it is indented.
    pub depth: u16,
    /// What it looks like.
    pub ink: Ink,
    /// The key, keyword or parameter that it begins with; empty if it has none.
    pub key: Range<usize>,
    /// The rest of it.
    pub text: Range<usize>,
    /// How many of the lines below a fold of it hides; 0 if it does not fold.
    pub below: u32,
    /// How many things that are: items of a container, frames.
    pub items: u32,
}

/// What the rest of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Words.
    Text,
    /// A number, or one of JSON's words.
    Number,
    /// Brackets.
    Bracket,
    /// The head of a stack trace: what was thrown.
    Head,
    /// What matters less: frames of libraries.
    Aside,
}

impl Piece {
    fn plain(text: Range<usize>) -> Self {
        Self {
            depth: 0,
            ink: Ink::Text,
            key: 0..0,
            text,
            below: 0,
            items: 0,
        }
    }
}

/// The lines of a text as that form has them.
pub fn lay(text: &str, form: Form) -> Vec<Piece> {
    let laid = match form {
        Form::Json => json::lines(text),
        Form::Sql => Some(sql::lines(text)),
        Form::Url => url::lines(text),
        Form::Stack => Some(stack::lines(text)),
        Form::Text => None,
    };
    laid.unwrap_or_else(|| own_lines(text))
}

/// The lines that a text has of its own.
fn own_lines(text: &str) -> Vec<Piece> {
    ranges(text).map(Piece::plain).collect()
}

/// Where the lines of a text are, their line breaks left out.
fn ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let from = at;
        at += line.len();
        let line = line.strip_suffix('\n').unwrap_or(line);
        let line = line.strip_suffix('\r').unwrap_or(line);
        from..from + line.len()
    })
}

/// Which lines are seen while those of `folded` hide what is below them.
pub fn visible(pieces: &[Piece], folded: impl Fn(usize) -> bool) -> Vec<usize> {
    let (mut seen, mut at) = (Vec::new(), 0);
    while let Some(piece) = pieces.get(at) {
        seen.push(at);
        let hides = piece.below > 0 && folded(at);
        at += 1 + if hides { piece.below as usize } else { 0 };
    }
    seen
}

/// The line that folds a line away, if one does: the innermost above it.
pub fn owner(pieces: &[Piece], line: usize) -> Option<usize> {
    let above = pieces.get(..line)?.iter().enumerate().rev();
    above
        .filter(|(at, piece)| at + piece.below as usize >= line)
        .map(|(at, _)| at)
        .next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_hide_what_is_below_them() {
        let text = r#"{"a":[1,2],"b":{"c":null}}"#;
        let pieces = lay(text, Form::Json);
        assert_eq!(pieces.len(), 9);
        assert_eq!(visible(&pieces, |_| false).len(), 9);
        assert_eq!(visible(&pieces, |at| at == 1), [0, 1, 5, 6, 7, 8]);
        assert_eq!(visible(&pieces, |_| true), [0]);
        assert_eq!(owner(&pieces, 3), Some(1));
        assert_eq!(owner(&pieces, 5), Some(0));
        assert_eq!(owner(&pieces, 0), None);
    }

    #[test]
    fn line_breaks_of_all_systems_end_lines() {
        let text = "one\r\ntwo\n\nthree";
        let lines: Vec<&str> = lay(text, Form::Text)
            .into_iter()
            .map(|piece| &text[piece.text])
            .collect();
        assert_eq!(lines, ["one", "two", "", "three"]);
    }
}
