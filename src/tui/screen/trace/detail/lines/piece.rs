//! One line of a value that is laid out.

use crate::text::Shown;
use crate::tui::value::{Form, Ink, Piece};

use super::super::Detail;
use super::super::entry::{Tone, head};

/// A value of no more lines is not folded at first.
const FEW: usize = 12;

/// Large containers and frames of libraries are folded at first.
pub fn folded_at_first(pieces: &[Piece], at: usize) -> bool {
    let Some(piece) = pieces.get(at) else {
        return false;
    };
    match piece.ink {
        Ink::Aside => true,
        Ink::Bracket if pieces.len() <= FEW => false,
        Ink::Bracket => at > 0 || piece.items > 10,
        _ => false,
    }
}

/// The text of a line, and how much a fold hides.
pub fn told(
    text: &str,
    form: Form,
    piece: &Piece,
    hidden: bool,
    detail: &Detail,
) -> Shown<'static> {
    let own = head(text.get(piece.text.clone()).unwrap_or_default());
    if !hidden {
        return own;
    }
    let dots = detail.charset.ellipsis();
    let close = match own.as_str() {
        "{" => " }",
        "[" => " ]",
        _ => "",
    };
    let word = if form == Form::Stack { "frame" } else { "item" };
    let items = crate::text::plural(piece.items.into(), word);
    Shown::from(format!("{own} {dots} {items}{close}"))
}

/// How a line of a value looks.
pub fn tone(entry: Tone, ink: Ink) -> Tone {
    match ink {
        Ink::Text => entry,
        Ink::Number => Tone::Number,
        Ink::Head => Tone::Failed,
        Ink::Bracket | Ink::Aside => Tone::Muted,
    }
}
