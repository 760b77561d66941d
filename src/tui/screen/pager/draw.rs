//! A value as cells: what it is on top, then its rows.

use ratatui::layout::Rect;

use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::{Look, Page};
use crate::tui::theme::Token;
use crate::tui::value::{Ink, Piece};
use crate::tui::widget::frame::{self, Chrome, Fact};

use super::Pager;
use super::find::MOST;
use super::rows::{INDENT, Row, indent, key_width};

/// Columns before the rows: the cursor's, and a blank on each side.
const GUTTER: u16 = 3;

pub fn draw(pager: &Pager, look: &Look<'_>, canvas: &mut Canvas<'_>) {
    let screen = canvas.area();
    let inner = |area: Rect| Rect {
        x: area.x + GUTTER,
        width: area.width.saturating_sub(GUTTER + 1),
        ..area
    };
    let rows = pager.rows(inner(screen).width);
    let at = (pager.list.cursor() + 1).min(rows.len());
    let chrome = Chrome {
        facts: Fact::least_first(facts(pager)),
        position: Phrase::of(
            Token::Muted,
            format!(
                "{}/{}",
                text::count(at as u64),
                text::count(rows.len() as u64)
            ),
        ),
        hints: pager.hints(),
        ..Chrome::default()
    };
    let areas = frame::draw(look, canvas, pager.context(), &chrome);
    bar(pager, look, canvas, areas.bar);
    let body = inner(Rect {
        y: areas.bar.bottom(),
        height: areas.body.bottom().saturating_sub(areas.bar.bottom()),
        ..areas.body
    });
    canvas.pane(Pane::Body, body);
    let window = pager.list.window(body.height.into(), rows.len());
    for (y, number) in (body.y..).zip(window) {
        let Some(row) = rows.get(number) else {
            continue;
        };
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        canvas.hit(
            Rect {
                x: 0,
                width: screen.width,
                ..line
            },
            Target::Row(Pane::Body, number),
        );
        draw_row(pager, canvas, line, *row);
        if number == pager.list.cursor() {
            canvas.put(body.x - 2, y, canvas.glyphs.cursor, Token::Accent);
            canvas.cursor_at(y);
        }
    }
}

/// What of the value matters beside its name, least first.
fn facts(pager: &Pager) -> Vec<Phrase> {
    let mut facts = vec![Phrase::of(Token::Muted, pager.reading.of.clone())];
    if !pager.wrap {
        facts.push(Phrase::of(Token::Accent, "not wrapped"));
    }
    let form = if pager.raw {
        "as it came"
    } else {
        pager.form().name()
    };
    facts.push(Phrase::of(Token::Muted, form));
    facts.push(Phrase::text(text::bytes(pager.text().len() as u64)));
    facts
}

/// The find line, or how many lines there are.
fn bar(pager: &Pager, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    if !pager.find.typing && !pager.find.is_on() {
        let rule = Rect::new(area.x + 1, area.y, area.width.saturating_sub(2), 1);
        canvas.repeat(
            rule.x,
            rule.y,
            rule.width,
            canvas.glyphs.edge,
            Token::Border,
        );
        return;
    }
    let hits = match pager.find.hits.len() {
        0 => "nothing".to_owned(),
        MOST => format!("{} and more", text::plural(MOST as u64, "hit")),
        hits => text::plural(hits as u64, "hit"),
    };
    let hits = Shown::from(hits);
    let end = area.right().saturating_sub(1);
    canvas.right(end, area.y, area.width, &hits, Token::Muted);
    let x = canvas.text(area.x + 1, area.y, 2, &"/ ".into(), Token::Accent);
    let room = end.saturating_sub(x + hits.width() as u16 + 2);
    let typing = pager.find.typing && look.focused;
    pager.find.input.draw(canvas, (x, area.y), room, "", typing);
}

fn draw_row(pager: &Pager, canvas: &mut Canvas<'_>, area: Rect, row: Row) {
    let Some(piece) = pager.pieces.get(row.piece as usize) else {
        return;
    };
    let text = pager.text();
    let indent = indent(piece, area.width.into()) + if row.first { 0 } else { INDENT };
    if !pager.wrap {
        return sideways(pager, canvas, area, (piece, row));
    }
    let mut x = area.x + indent as u16;
    let folded = pager.folded.contains(&(row.piece as usize));
    if row.first {
        let mark = if indent < INDENT {
            x - 1
        } else {
            x - INDENT as u16
        };
        fold_mark(canvas, (mark, area.y), piece, folded);
        x = key(canvas, (x, area.y), area.right(), text, piece);
    }
    let part = text.get(row.from..row.to).unwrap_or_default();
    let start = x;
    let room = area.right().saturating_sub(x);
    let shown = Shown::start_of(part, room.into());
    x = canvas.text(x, area.y, room, &shown, token(piece.ink));
    marks(pager, canvas, area, (start, row));
    if folded && row.to == piece.text.end {
        hidden(canvas, (x, area.y), area.right(), pager, piece);
    }
}

/// Where something can be folded, and what is.
fn fold_mark(canvas: &mut Canvas<'_>, (x, y): (u16, u16), piece: &Piece, folded: bool) {
    if piece.below > 0 && folded {
        canvas.put(x, y, canvas.glyphs.folded, Token::Accent);
    }
}

fn key(canvas: &mut Canvas<'_>, (x, y): (u16, u16), end: u16, text: &str, piece: &Piece) -> u16 {
    let key = text.get(piece.key.clone()).unwrap_or_default();
    let room = end.saturating_sub(x);
    canvas.text(
        x,
        y,
        room,
        &Shown::start_of(key, room.into()),
        Token::SyntaxKey,
    );
    x + (key_width(text, piece) as u16).min(room)
}

/// How many things a fold hides, and how it ends.
fn hidden(canvas: &mut Canvas<'_>, (x, y): (u16, u16), end: u16, pager: &Pager, piece: &Piece) {
    let word = if pager.form() == crate::tui::value::Form::Stack {
        "frame"
    } else {
        "item"
    };
    let items = text::plural(piece.items.into(), word);
    let more = if word == "frame" { "+ " } else { "" };
    let said = format!(" {} {more}{items}", canvas.glyphs.ellipsis);
    let x = canvas.text(x, y, end.saturating_sub(x), &said.into(), Token::Muted);
    let open = pager.text().get(piece.text.clone()).unwrap_or_default();
    let close = match open.as_bytes().last() {
        Some(b'{') => " }",
        Some(b'[') => " ]",
        _ => "",
    };
    canvas.text(x, y, end.saturating_sub(x), &close.into(), Token::Muted);
}

/// A line that is not wrapped, from the column that is scrolled to.
fn sideways(pager: &Pager, canvas: &mut Canvas<'_>, area: Rect, (piece, row): (&Piece, Row)) {
    let text = pager.text();
    let (key, rest) = (text.get(piece.key.clone()), text.get(row.from..row.to));
    let (key, rest) = (key.unwrap_or_default(), rest.unwrap_or_default());
    let room = usize::from(area.width);
    let reach = pager.left + room;
    let gap = if key.is_empty() || key.ends_with('=') {
        ""
    } else {
        " "
    };
    let line = format!(
        "{:indent$}{key}{gap}{}",
        "",
        Shown::start_of(rest, reach),
        indent = indent(piece, room)
    );
    let whole = Shown::from_owned(line);
    canvas.text(
        area.x,
        area.y,
        area.width,
        &whole.columns(pager.left, room),
        token(piece.ink),
    );
    if whole.width() > reach {
        canvas.put(
            area.right() - 1,
            area.y,
            canvas.glyphs.goes_right,
            Token::Accent,
        );
    }
    if pager.left > 0 {
        canvas.put(area.x, area.y, canvas.glyphs.goes_left, Token::Accent);
    }
    let folded = pager.folded.contains(&(row.piece as usize));
    fold_mark(canvas, (area.x - 1, area.y), piece, folded);
}

/// Hits in a row.
fn marks(pager: &Pager, canvas: &mut Canvas<'_>, area: Rect, (x, row): (u16, Row)) {
    let length = pager.find.input.text().len();
    let hits = &pager.find.hits;
    let first = hits.partition_point(|&hit| hit + length <= row.from);
    for &hit in hits[first..].iter().take_while(|&&hit| hit < row.to) {
        let (from, to) = (hit.max(row.from), (hit + length).min(row.to));
        let text = pager.text();
        let (Some(before), Some(found)) = (text.get(row.from..from), text.get(from..to)) else {
            continue;
        };
        let column = x + Shown::new(before).width() as u16;
        let width = (Shown::new(found).width() as u16).min(area.right().saturating_sub(column));
        canvas.over(Rect::new(column, area.y, width, 1), Token::MatchHere);
    }
}

fn token(ink: Ink) -> Token {
    match ink {
        Ink::Text => Token::SyntaxString,
        Ink::Number => Token::SyntaxNumber,
        Ink::Bracket => Token::SyntaxOperator,
        Ink::Head => Token::Error,
        Ink::Aside => Token::Muted,
    }
}
