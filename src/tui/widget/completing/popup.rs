//! The completions of a line, below it.

use ratatui::layout::Rect;

use crate::text::{Shown, count_short};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::Token;

use super::{Completing, Proposal};

/// Completions shown at once.
const SHOWN: usize = 8;

/// Draws what may be typed next from row `y` on, where there is room for it.
pub fn popup(line: &Completing, canvas: &mut Canvas<'_>, bar: Rect, y: u16) {
    if line.proposals.is_empty() || y + 3 > canvas.area().bottom() {
        return;
    }
    let from = line.chosen.saturating_sub(SHOWN - 1);
    let shown: Vec<_> = line
        .proposals
        .iter()
        .enumerate()
        .skip(from)
        .take(SHOWN)
        .collect();
    let widest = shown
        .iter()
        .map(|(_, p)| Shown::new(&p.label).width())
        .max()
        .unwrap_or(0) as u16;
    let width = (widest + 40).clamp(44, 90).min(bar.width.saturating_sub(4));
    let foot = Phrase::of(Token::Accent, "Tab")
        .and(Token::Muted, " takes   ")
        .and(
            Token::Accent,
            format!("{}{}", canvas.glyphs.up, canvas.glyphs.down),
        )
        .and(Token::Muted, " choose");
    let inside = canvas.popup(
        Rect::new(bar.x + 3, y, width, shown.len() as u16 + 2),
        &Phrase::default(),
        &foot,
    );
    for (y, (place, proposal)) in (inside.y..inside.bottom()).zip(shown) {
        let row = Rect::new(inside.x, y, inside.width, 1);
        let aside = seen(proposal);
        let class = Shown::new(&proposal.class);
        canvas.right(row.right() - 1, y, 17, &Shown::from(aside), Token::Muted);
        canvas.right(row.right().saturating_sub(20), y, 16, &class, Token::Muted);
        canvas.text(
            row.x + 1,
            y,
            row.width.saturating_sub(37),
            &Shown::new(&proposal.label),
            Token::Text,
        );
        if place == line.chosen {
            canvas.put(row.x, y, canvas.glyphs.cursor, Token::Accent);
            canvas.over(row, Token::Cursor);
        }
    }
}

/// `7 values   812`: distinct values and spans, where that says something.
fn seen(proposal: &Proposal) -> String {
    let values = match proposal.values {
        0 => String::new(),
        n => crate::text::plural(n, "value"),
    };
    let spans = if proposal.spans == 0 {
        String::new()
    } else {
        count_short(proposal.spans)
    };
    format!("{values} {spans:>6}").trim_end().to_owned()
}
