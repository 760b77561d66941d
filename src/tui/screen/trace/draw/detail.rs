//! The second pane: what is told of the span under the cursor.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::phrase::Phrase;
use crate::tui::theme::Token;

use super::super::detail::{Line, Tone};
use super::super::{Focus, Open};

/// On a small terminal: the span under the cursor in a row of its own.
pub fn brief(open: &Open, canvas: &mut Canvas<'_>, row: Rect) {
    canvas.clear(row, Token::Ground);
    title(open, canvas, row);
}

/// A rule with the span's name and figures in it.
fn title(open: &Open, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.repeat(
        area.x,
        area.y,
        area.width,
        canvas.glyphs.edge,
        Token::Border,
    );
    let mut phrase = Phrase::of(Token::Text, " ");
    for (at, part) in open.detail.title.iter().enumerate() {
        match at {
            0 => phrase.push(Token::Strong, part.clone()),
            1 => {
                phrase.push(Token::Border, format!(" {0}{0} ", canvas.glyphs.edge));
                phrase.push(Token::Text, part.clone());
            }
            _ => {
                phrase.push(Token::Muted, format!(" {} ", canvas.glyphs.between));
                phrase.push(Token::Text, part.clone());
            }
        }
    }
    phrase.push(Token::Text, " ");
    canvas.phrase(area.x + 2, area.y, area.width.saturating_sub(4), &phrase);
}

pub fn detail(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.clear(area, Token::Ground);
    if area.x > 0 {
        for y in area.top()..area.bottom() {
            canvas.put(area.x - 1, y, canvas.glyphs.vertical, Token::Border);
        }
    }
    title(open, canvas, Rect { height: 1, ..area });
    let lines = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    canvas.pane(Pane::Detail, lines);
    let detail = &open.detail;
    let keys = detail
        .lines
        .iter()
        .map(|line| line.key.width())
        .max()
        .unwrap_or(0)
        .clamp(8, 28) as u16;
    let window = detail.list.window(lines.height.into(), detail.lines.len());
    for (y, row) in (lines.y..).zip(window) {
        let line = &detail.lines[row];
        let here = row == detail.list.cursor() && open.focus == Focus::Detail;
        canvas.hit(
            Rect {
                y,
                height: 1,
                ..lines
            },
            Target::Row(Pane::Detail, row),
        );
        draw_line(
            open,
            canvas,
            Rect {
                y,
                height: 1,
                ..lines
            },
            line,
            keys,
        );
        if here && look.focused {
            let row = Rect {
                y,
                height: 1,
                ..lines
            };
            canvas.cursor(row, canvas.first_words(row), true);
        }
    }
    edge(canvas, area);
}

/// The border that the mouse can take hold of: at the left of a pane beside the tree, else its
/// heading.
fn edge(canvas: &mut Canvas<'_>, area: Rect) {
    let edge = if area.x > 0 {
        Rect {
            x: area.x - 1,
            width: 1,
            ..area
        }
    } else {
        Rect { height: 1, ..area }
    };
    canvas.hit(edge, Target::Spot(Pane::DetailEdge));
}

fn draw_line(open: &Open, canvas: &mut Canvas<'_>, area: Rect, line: &Line, keys: u16) {
    let folded = open.detail.is_folded(line.section);
    if let Some((title, entries)) = line.heading {
        let glyph = if folded {
            canvas.glyphs.folded
        } else {
            canvas.glyphs.open
        };
        canvas.put(area.x + 3, area.y, glyph, Token::Muted);
        let heading = Shown::from(format!("{title} {entries}"));
        canvas.text(area.x + 5, area.y, 14, &heading, Token::Strong);
    }
    let x = area.x + 20;
    let room = area.right().saturating_sub(x + 1);
    if folded && line.heading.is_some() {
        canvas.text(x, area.y, room, &line.value, Token::Muted);
        return;
    }
    let token = match line.tone {
        Tone::Plain => Token::SyntaxString,
        Tone::Number => Token::SyntaxNumber,
        Tone::Failed => Token::Error,
        Tone::Doubt => Token::Doubt,
    };
    let has_key = !line.key.as_str().is_empty();
    let value_x = if has_key {
        canvas.text(x, area.y, keys.min(room), &line.key, Token::SyntaxKey);
        x + keys + 2
    } else {
        x
    };
    canvas.text(
        value_x,
        area.y,
        area.right().saturating_sub(value_x + 1),
        &line.value,
        token,
    );
}
