//! The flame graph as cells: frames on their service's ground, and who has the most own time.

use ratatui::layout::Rect;
use ratatui::style::Modifier;

use crate::analysis::Sum;
use crate::text::{self, Charset, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::Open;
use super::super::view::flame::{Cells, FlameView};

/// A frame narrower than this has no text.
const TEXT: u16 = 4;
/// More frames above the zoomed one than a screen has rows are not told.
const MOST_PINNED: usize = 100;

pub fn draw(open: &Open, flame: &FlameView, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let table = if area.height >= 24 { 8 } else { 0 };
    let graph = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        height: area.height.saturating_sub(table + 1),
        ..area
    };
    canvas.pane(Pane::Body, graph);
    let above = ancestors(flame);
    let pinned = above.len().min(usize::from(graph.height / 3));
    let rows = usize::from(graph.height).saturating_sub(pinned);
    // The cursor's row stays in view however deep it is.
    let depth = |frame: usize| flame.depth(frame, &open.trace);
    let at = depth(flame.cursor).saturating_sub(flame.zoom.map_or(0, depth));
    let first = (at + 1).saturating_sub(rows);
    let place = |row: usize| {
        let row = row as u16;
        if flame.upside_down {
            graph.bottom().saturating_sub(row + 1)
        } else {
            graph.y + row
        }
    };
    for (row, &frame) in above[above.len() - pinned..].iter().enumerate() {
        let whole = Rect::new(graph.x, place(row), graph.width, 1);
        paint(open, flame, look, canvas, whole, frame);
        canvas.over(whole, Token::Pinned);
    }
    for cells in &flame.layout(graph.width, first..first + rows) {
        let at = (graph.x, place(cells.row - first + pinned));
        frame(open, flame, look, canvas, at, cells);
    }
    let rule = Rect::new(area.x, graph.bottom(), area.width, 1);
    told(open, flame, canvas, rule);
    if table > 0 {
        most_own(
            open,
            flame,
            look,
            canvas,
            Rect::new(area.x, rule.y + 1, area.width, table),
        );
    }
}

/// The frames above the zoomed one, outermost first.
fn ancestors(flame: &FlameView) -> Vec<usize> {
    let parent = |at: usize| flame.parent(at);
    let up = std::iter::successors(flame.zoom.and_then(parent), |&at| parent(at));
    let mut above: Vec<usize> = up.take(MOST_PINNED).collect();
    above.reverse();
    above
}

fn frame(
    open: &Open,
    flame: &FlameView,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    (left, y): (u16, u16),
    cells: &Cells,
) {
    // A blank column parts frames that have one to spare.
    let width = cells.to - cells.from;
    let drawn = if width >= TEXT { width - 1 } else { width };
    let area = Rect::new(left + cells.from, y, drawn, 1);
    paint(open, flame, look, canvas, area, cells.frame);
    canvas.hit(Rect { width, ..area }, Target::Row(Pane::Body, cells.frame));
    if cells.frame == flame.cursor {
        let style = canvas.style(Token::Accent);
        canvas.restyle(
            area,
            style.add_modifier(Modifier::REVERSED | Modifier::BOLD),
        );
        canvas.cursor_at(y);
    }
}

fn paint(
    open: &Open,
    flame: &FlameView,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    area: Rect,
    at: usize,
) {
    let Some(one) = open.frame(flame, at) else {
        return;
    };
    let span = open.trace.span(one.longest);
    let token = if one.sum.errors > 0 {
        Token::Error
    } else {
        look.shared.colours.token(span.service())
    };
    let mut style = canvas.style(token).add_modifier(Modifier::REVERSED);
    if open.find.is_hit(one.longest) {
        style = style.add_modifier(Modifier::UNDERLINED | Modifier::BOLD);
    }
    if area.width < TEXT {
        // A screen may be full of them: they cost no allocation, and their left edge parts them.
        let edge = match canvas.charset() {
            Charset::Unicode => '▏',
            Charset::Ascii => '|',
        };
        canvas.sign(area.x, area.y, edge, token);
        return canvas.restyle(area, style);
    }
    let many = if one.sum.spans > 1 {
        format!(" {}{}", canvas.glyphs.times, text::count(one.sum.spans))
    } else {
        String::new()
    };
    let share = text::share(flame.widths()[at], flame.whole());
    let words = format!(" {}  {}{many}  {share}", span.service(), span.operation());
    let shown = Shown::start_of(&words, area.width.into()).cut(area.width.into(), canvas.charset());
    let shown = shown.pad_end(area.width.into());
    canvas.styled(area.x, area.y, area.width, &shown, style);
}

/// The frame under the cursor in one line.
fn told(open: &Open, flame: &FlameView, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.repeat(
        area.x,
        area.y,
        area.width,
        canvas.glyphs.edge,
        Token::Border,
    );
    let Some(here) = open.frame(flame, flame.cursor) else {
        return;
    };
    let span = open.trace.span(here.longest);
    let name = format!(" {} {} ", span.service(), span.operation());
    let edge = canvas.glyphs.edge;
    let mut phrase = Phrase::of(Token::Strong, Shown::from_owned(name))
        .and(Token::Border, format!("{edge}{edge} "));
    phrase.push(Token::Text, figures(open, here.sum));
    if here.sum.errors > 0 {
        let failed = format!("{} {} ", canvas.glyphs.failed, text::count(here.sum.errors));
        phrase.push(Token::Error, failed);
    }
    canvas.phrase(area.x + 2, area.y, area.width.saturating_sub(4), &phrase);
}

fn figures(open: &Open, sum: Sum) -> String {
    let called = match sum.spans {
        1 => "called once".to_owned(),
        many => format!("called {} times", text::count(many)),
    };
    let between = crate::analysis::between(open.charset);
    let own = text::share(sum.own.0, sum.total.0);
    let critical = text::share(sum.critical.0, open.trace.duration().0);
    let total = text::duration(sum.total.0, open.charset);
    [
        called,
        total,
        format!("own {own}"),
        format!("{critical} of the critical path "),
    ]
    .join(between)
}

/// The frames of most own time, with bars.
fn most_own(open: &Open, flame: &FlameView, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let frames = || {
        let most = flame.most_own.iter();
        most.filter_map(|&at| Some((at, open.frame(flame, at)?)))
    };
    canvas.text(
        area.x + 3,
        area.y,
        area.width,
        &"most own time".into(),
        Token::Muted,
    );
    let most = frames().next();
    let most = most.map_or(1, |(_, frame)| frame.sum.own.0.max(1));
    let names = area.width / 2;
    for (y, (at, frame)) in (area.y + 1..area.bottom()).zip(frames()) {
        let row = Rect {
            y,
            height: 1,
            ..area
        };
        canvas.hit(row, Target::Row(Pane::Body, at));
        if at == flame.cursor {
            canvas.put(area.x + 1, y, canvas.glyphs.cursor, Token::Accent);
        }
        let span = open.trace.span(frame.longest);
        let token = look.shared.colours.token(span.service());
        let service = Shown::from_owned(span.service().to_owned());
        let x = canvas.text(area.x + 3, y, names, &service, token) + 2;
        let room = (area.x + names).saturating_sub(x);
        canvas.text(
            x,
            y,
            room,
            &Shown::start_of(span.operation(), room.into()),
            Token::Text,
        );
        let own = text::duration(frame.sum.own.0, canvas.charset());
        let x = area.x + names;
        canvas.right(x + 10, y, 10, &own.into(), Token::Text);
        let room = area.right().saturating_sub(x + 14);
        let width = (u128::from(frame.sum.own.0) * u128::from(room) / u128::from(most)) as u16;
        canvas.repeat(x + 12, y, width.max(1), canvas.glyphs.own_critical, token);
    }
}
