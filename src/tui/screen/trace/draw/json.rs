//! The spans as JSON, as cells.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::theme::Token;

use super::super::Open;
use super::super::view::json::{JsonView, Line};

pub fn draw(open: &Open, json: &JsonView, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.pane(Pane::Body, area);
    let spans = open.trace.len();
    let window = json.list.window(area.height.into(), json.len(spans));
    for (y, row) in (area.y..).zip(window) {
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        canvas.hit(line, Target::Row(Pane::Body, row));
        match json.row(row, spans) {
            Some((_, Some(text))) => pair(open, canvas, line, text),
            Some((span, None)) => head(open, json, canvas, line, span),
            None => {}
        }
        if row == json.list.cursor() {
            canvas.over(line, Token::Cursor);
            canvas.put(area.x + 1, y, canvas.glyphs.cursor, Token::Accent);
            canvas.cursor_at(y);
        }
    }
}

/// A span on one line.
fn head(open: &Open, json: &JsonView, canvas: &mut Canvas<'_>, area: Rect, span: usize) {
    let glyph = if json.is_open(span) {
        canvas.glyphs.open
    } else {
        canvas.glyphs.folded
    };
    canvas.put(area.x + 3, area.y, glyph, Token::Muted);
    let s = open.trace.span(span);
    let token = if open.find.is_hit(span) {
        Token::Match
    } else if s.is_error() {
        Token::Error
    } else {
        Token::Text
    };
    let text = format!(
        "{{ \"span_id\": \"{}\", \"service\": {:?}, \"operation\": {:?}, {} }}",
        s.span_id(),
        s.service(),
        s.operation(),
        canvas.glyphs.ellipsis,
    );
    let shown = Shown::start_of(&text, area.width.into());
    canvas.text(
        area.x + 5,
        area.y,
        area.width.saturating_sub(6),
        &shown,
        token,
    );
}

/// A line of an opened span: key, then value.
fn pair(open: &Open, canvas: &mut Canvas<'_>, area: Rect, line: &Line) {
    let text = line.text.as_str();
    let sought = open.find.text().trim().to_lowercase();
    let found = !sought.is_empty() && text.to_lowercase().contains(&sought);
    let (x, room) = (area.x + 7, area.width.saturating_sub(8));
    let split = text.find("\": ").map(|at| at + 2);
    let (key, value) = text.split_at(split.unwrap_or(0));
    let x2 = canvas.text(
        x,
        area.y,
        room,
        &Shown::start_of(key, room.into()),
        Token::SyntaxKey,
    );
    let is_text = value.trim_start().starts_with('"');
    let token = match (split, is_text) {
        _ if found => Token::Match,
        (None, false) => Token::SyntaxOperator,
        (_, true) => Token::SyntaxString,
        (_, false) => Token::SyntaxNumber,
    };
    let left = room.saturating_sub(x2 - x);
    let x3 = canvas.text(
        x2,
        area.y,
        left,
        &Shown::start_of(value, left.into()),
        token,
    );
    if line.hides() > 0 {
        let hidden = format!(" {} {} lines", canvas.glyphs.ellipsis, line.hides());
        let left = area.right().saturating_sub(x3 + 1);
        canvas.text(x3, area.y, left, &hidden.into(), Token::Muted);
    }
}
