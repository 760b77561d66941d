//! From lines of a value to rows of a screen: what does not fit goes on below.

use unicode_segmentation::UnicodeSegmentation;

use crate::text::Shown;
use crate::tui::value::Piece;

/// Columns of a level.
pub const INDENT: usize = 2;
/// Columns that a row keeps, however deep its line stands.
const LEAST: usize = 16;

/// One row of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The line.
    pub piece: u32,
    /// Whether the line begins here, with its key.
    pub first: bool,
    /// The part of the text, in bytes.
    pub from: usize,
    pub to: usize,
}

/// The column where a line begins on a screen of that width.
pub fn indent(piece: &Piece, width: usize) -> usize {
    (usize::from(piece.depth) * INDENT).min(width.saturating_sub(LEAST))
}

/// The rows of some lines. With `room`, rows are no wider.
pub fn rows(text: &str, pieces: &[Piece], seen: &[usize], room: Option<usize>) -> Vec<Row> {
    let mut rows = Vec::with_capacity(seen.len());
    for &at in seen {
        let Some(piece) = pieces.get(at) else {
            continue;
        };
        let (mut from, end) = (piece.text.start, piece.text.end);
        let mut first = true;
        while first || from < end {
            let key = if first { key_width(text, piece) } else { 0 };
            let room = room.map(|room| {
                let indent = indent(piece, room) + if first { 0 } else { INDENT };
                room.saturating_sub(indent + key).max(LEAST / 2)
            });
            let rest = text.get(from..end).unwrap_or_default();
            let to = from + room.map_or(rest.len(), |room| fitting(rest, room));
            rows.push(Row {
                piece: at as u32,
                first,
                from,
                to,
            });
            (from, first) = (to, false);
        }
    }
    rows
}

/// The columns of a line's key with the blank behind it.
pub fn key_width(text: &str, piece: &Piece) -> usize {
    let key = text.get(piece.key.clone()).unwrap_or_default();
    if key.is_empty() {
        return 0;
    }
    Shown::new(key).width() + usize::from(!key.ends_with('='))
}

/// The bytes of the longest beginning that fits into `room` columns, at least a character; broken
/// behind a blank where one is near.
fn fitting(text: &str, room: usize) -> usize {
    let plain = |byte: &u8| (0x20..0x7f).contains(byte);
    let head = text.as_bytes().get(..room + 1);
    let end = match head {
        Some(head) if head.iter().all(plain) => room,
        None if text.bytes().all(|byte| plain(&byte)) => return text.len(),
        _ => measured(text, room),
    };
    if end >= text.len() {
        return text.len();
    }
    let blank = text[..end].rfind(' ').map(|at| at + 1);
    blank.filter(|at| at * 3 >= end * 2).unwrap_or(end)
}

fn measured(text: &str, room: usize) -> usize {
    let mut used = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        used += Shown::new(cluster).width();
        if used > room {
            return if at == 0 { cluster.len() } else { at };
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::value::{Form, lay, visible};
    use proptest::prelude::*;

    fn told(text: &str, form: Form, room: usize) -> Vec<String> {
        let pieces = lay(text, form);
        let seen = visible(&pieces, |_| false);
        let rows = rows(text, &pieces, &seen, Some(room));
        rows.iter()
            .map(|row| text[row.from..row.to].to_owned())
            .collect()
    }

    #[test]
    fn long_lines_go_on_below() {
        let rows = told("Waiting for the lock behind three others", Form::Text, 16);
        assert_eq!(rows, ["Waiting for the ", "lock behind ", "three others"]);
        let rows = told(r#"{"key":"0123456789012345678901234567"}"#, Form::Json, 24);
        assert_eq!(rows, ["{", "\"01234567890123", "45678901234567\"", "}"]);
        assert_eq!(told("", Form::Text, 16), Vec::<String>::new());
        assert_eq!(told("\n", Form::Text, 16), [""]);
    }

    proptest! {
        #[test]
        fn rows_hold_all_of_the_text(text in "[^\n\r]{0,80}", room in 8_usize..40) {
            let rows = told(&text, Form::Text, room);
            prop_assert_eq!(rows.concat(), text);
        }
    }
}
