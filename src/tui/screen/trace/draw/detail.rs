//! The second pane: what is told of the span under the cursor.

use ratatui::layout::Rect;

use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::detail::{GAP, Line, Lines, Room, Tone};
use super::super::{Focus, Open, external};

/// From so many rows on a pane can have a title of several.
const HIGH: u16 = 14;

/// On a small terminal: the span under the cursor in a row of its own.
pub fn brief(open: &Open, canvas: &mut Canvas<'_>, row: Rect) {
    canvas.clear(row, Token::Ground);
    title(open, canvas, row);
}

/// A rule with the span's name and figures in it.
fn title(open: &Open, canvas: &mut Canvas<'_>, area: Rect) {
    let parts = open.detail.title.iter().enumerate();
    let mut phrase = Phrase::of(Token::Text, " ");
    for (at, part) in parts {
        push(&mut phrase, canvas, at, part);
    }
    phrase.push(Token::Text, " ");
    rule(canvas, area, &phrase);
}

/// A phrase in a rule over the pane.
fn rule(canvas: &mut Canvas<'_>, area: Rect, phrase: &Phrase) {
    let edge = canvas.glyphs.edge;
    canvas.repeat(area.x, area.y, area.width, edge, Token::Border);
    canvas.phrase(area.x + 2, area.y, area.width.saturating_sub(4), phrase);
}

/// Adds a part of the title: the name, how long it took, other figures.
fn push(phrase: &mut Phrase, canvas: &Canvas<'_>, at: usize, part: &Shown<'static>) {
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

/// The title over the pane; where it is too long for one row and the pane is high, figures stand in
/// rows of their own. Returns the rows that it took.
fn heading(open: &Open, canvas: &mut Canvas<'_>, area: Rect) -> u16 {
    let parts = &open.detail.title;
    let between = format!(" {} ", canvas.glyphs.between);
    let widths = parts.iter().map(|part| part.width() + between.len());
    if area.height < HIGH || widths.sum::<usize>() <= usize::from(area.width) {
        title(open, canvas, area);
        return 1;
    }
    let mut name = Phrase::of(Token::Text, " ");
    if let Some(part) = parts.first() {
        push(&mut name, canvas, 0, part);
    }
    name.push(Token::Text, " ");
    rule(canvas, area, &name);
    let (left, end) = (area.x + 3, area.right().saturating_sub(1));
    let (mut x, mut y) = (left, area.y + 1);
    for part in parts.iter().skip(1) {
        if x > left && x + between.len() as u16 + part.width() as u16 > end {
            (x, y) = (left, y + 1);
        }
        if x > left {
            x = canvas.text(x, y, end - x, &Shown::from(between.clone()), Token::Muted);
        }
        x = canvas.text(x, y, end.saturating_sub(x), part, Token::Text);
    }
    y + 1 - area.y
}

pub fn detail(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.clear(area, Token::Ground);
    if area.x > 0 {
        for y in area.top()..area.bottom() {
            canvas.put(area.x - 1, y, canvas.glyphs.vertical, Token::Border);
        }
    }
    let rows = heading(open, canvas, area).min(area.height);
    let mut body = Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    };
    let detail = &open.detail;
    let room = Room {
        width: body.width,
        height: body.height,
    };
    let lines = detail.lines(&open.trace, room);
    if open.focus == Focus::Filter || !detail.filter.text().is_empty() {
        filter(open, look, canvas, Rect { height: 1, ..body }, &lines);
        body.y += 1;
        body.height = body.height.saturating_sub(1);
    }
    canvas.pane(Pane::Detail, body);
    let window = detail.list.window(body.height.into(), lines.list.len());
    for (y, row) in (body.y..body.bottom()).zip(window) {
        let area = Rect {
            y,
            height: 1,
            ..body
        };
        canvas.hit(area, Target::Row(Pane::Detail, row));
        if let Some(line) = lines.list.get(row) {
            draw_line(open, look, canvas, area, (line, &lines));
        }
        if row == detail.list.cursor() && open.focus == Focus::Detail && look.focused {
            canvas.cursor(area, canvas.first_words(area), true);
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

/// What the detail is narrowed by.
fn filter(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect, lines: &Lines) {
    let said = match lines.list.len() {
        0 => "nothing has this".to_owned(),
        many => text::plural(many as u64, "line"),
    };
    let end = area.right().saturating_sub(1);
    canvas.right(
        end,
        area.y,
        area.width,
        &Shown::from(said.clone()),
        Token::Muted,
    );
    let x = canvas.text(area.x + 3, area.y, area.width, &"/ ".into(), Token::Accent);
    let room = end.saturating_sub(x + said.len() as u16 + 2);
    let typing = open.focus == Focus::Filter && look.focused;
    open.detail
        .filter
        .draw(canvas, (x, area.y), room, "", typing);
}

fn draw_line(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    (line, lines): (&Line, &Lines),
) {
    let folded = lines.folded.contains(&line.section);
    let mut x = area.x + lines.x;
    if let Some((title, entries)) = line.heading {
        let glyph = if folded {
            canvas.glyphs.folded
        } else {
            canvas.glyphs.open
        };
        canvas.put(area.x + 3, area.y, glyph, Token::Muted);
        let heading = Shown::from(format!("{title} {}", text::count_short(entries as u64)));
        let room = if lines.x > 14 {
            lines.x - 6
        } else {
            area.width.saturating_sub(6)
        };
        let end = canvas.text(area.x + 5, area.y, room, &heading, Token::Strong);
        x = x.max(if lines.x > 14 { x } else { end + 2 });
    }
    if folded && line.heading.is_some() {
        let room = area.right().saturating_sub(x + 1);
        canvas.text(x, area.y, room, &line.value, Token::Muted);
        return;
    }
    if !line.key.as_str().is_empty() {
        let indent = line.indent.min(lines.keys / 2);
        let room = lines.keys.saturating_sub(indent);
        // What tells keys of one kind apart is at their ends.
        let key = line.key.clone().cut_middle(room.into(), canvas.charset());
        canvas.text(x + indent, area.y, room, &key, Token::SyntaxKey);
    }
    let x = if line.keyed {
        x + lines.keys + GAP
    } else {
        x + 2
    };
    let indent = if line.key.as_str().is_empty() {
        line.indent
    } else {
        0
    };
    value(
        open,
        look,
        canvas,
        Rect {
            x,
            width: area.right().saturating_sub(x + 1),
            ..area
        },
        (line, indent),
    );
}

/// A fold's mark, the value, and behind it what leads elsewhere.
fn value(
    open: &Open,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    (line, indent): (&Line, u16),
) {
    let indent = indent.min(area.width / 2);
    let (mut x, mut end) = (area.x + indent, area.right());
    if let Some(folded) = line.fold {
        let glyph = if folded {
            canvas.glyphs.folded
        } else {
            canvas.glyphs.open
        };
        canvas.put(x.saturating_sub(2), area.y, glyph, Token::Muted);
    }
    for (said, token, url) in tails(open, look, canvas, line) {
        let width = said.width() as u16;
        if width + 12 < end.saturating_sub(x) {
            canvas.right(end, area.y, width, &said, token);
            if let Some(url) = url {
                canvas.link(Rect::new(end - width, area.y, width, 1), url);
            }
            end -= width + 2;
        }
    }
    if !line.word.as_str().is_empty() {
        x = canvas.text(
            x,
            area.y,
            end.saturating_sub(x),
            &line.word,
            Token::SyntaxKey,
        );
        x += u16::from(!line.word.as_str().ends_with('='));
    }
    let token = match line.tone {
        Tone::Plain => Token::SyntaxString,
        Tone::Number => Token::SyntaxNumber,
        Tone::Failed => Token::Error,
        Tone::Doubt => Token::Doubt,
        Tone::Muted => Token::Muted,
    };
    let room = end.saturating_sub(x);
    if line.bytes.is_some() {
        let cut = format!("{}{}", line.value, canvas.glyphs.ellipsis);
        canvas.text(x, area.y, room, &Shown::from(cut), token);
    } else {
        canvas.text(x, area.y, room, &line.value, token);
    }
}

/// What stands at the end of a line: how long the whole value is, where the line leads, with the
/// address if that is a page.
fn tails(
    open: &Open,
    look: &Look<'_>,
    canvas: &Canvas<'_>,
    line: &Line,
) -> Vec<(Shown<'static>, Token, Option<String>)> {
    let mut tails = Vec::new();
    if let Some(bytes) = line.bytes {
        let size = format!("{} {}", text::bytes(bytes as u64), canvas.glyphs.enter);
        tails.push((Shown::from(size), Token::Doubt, None));
    }
    if line.piece > 0 || line.is_head() {
        return tails;
    }
    let entry = open.detail.entry(line);
    let aside = entry.map(|entry| &entry.aside);
    if let Some(aside) = aside.filter(|aside| !aside.as_str().is_empty()) {
        tails.push((aside.clone(), Token::Muted, None));
    }
    if entry.is_some_and(|entry| entry.link.is_some()) {
        let out = line.section != super::super::detail::Section::LinkedFrom;
        let glyph = if out {
            canvas.glyphs.link_out
        } else {
            canvas.glyphs.link_in
        };
        tails.push((Shown::new(glyph), Token::Link, None));
    }
    let patterns = &look.shared.links;
    if let Some(page) = external::of_line(open, line, patterns).into_iter().next() {
        let said = format!("{} {}", canvas.glyphs.link_out, page.text);
        tails.push((Shown::from(said), Token::Link, Some(page.url)));
    }
    tails
}
