//! The trace screen as cells: header, minimap and ruler, the tree with its bars, the detail.

use ratatui::layout::Rect;

use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::job::Purpose;
use crate::tui::page::{Look, Page};
use crate::tui::phrase::Phrase;
use crate::tui::theme::Token;
use crate::tui::widget::frame::{self, Areas, Chrome, Fact, QUIET};
use crate::tui::widget::waterfall::{Axis, Minimap};

use super::detail::{Line, Tone};
use super::{Focus, Open, Stage, TraceScreen, tree};

/// Columns behind the bars, so that even one over the whole width has its duration beside it.
const LABEL: u16 = 9;

/// Columns from tick to tick of the ruler at the least: a label and a gap.
const TICK: u16 = 10;

/// What fits: three classes of size, as the three terminals that people have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    fn of(width: u16, height: u16) -> Self {
        match (width, height) {
            (180.., 45..) => Self::Large,
            (100.., 30..) => Self::Medium,
            _ => Self::Small,
        }
    }

    fn minimap(self) -> u16 {
        match self {
            Self::Small => 1,
            Self::Medium => 2,
            Self::Large => 4,
        }
    }
}

/// Where the parts of the body are.
struct Panes {
    tree: Rect,
    /// Where bars begin within the tree.
    bars: u16,
    detail: Option<Rect>,
}

impl Panes {
    fn of(open: &Open, body: Rect, size: Size) -> Self {
        let (mut tree, mut detail) = (body, None);
        match size {
            Size::Large if open.detail.shown && body.width * 3 / 10 >= 56 => {
                let width = body.width * 3 / 10;
                tree.width -= width + 1;
                detail = Some(Rect {
                    x: tree.right() + 1,
                    width,
                    ..body
                });
            }
            Size::Large | Size::Medium if open.detail.shown => {
                let height = 9.min(body.height / 2);
                tree.height -= height;
                detail = Some(Rect {
                    y: tree.bottom(),
                    height,
                    ..body
                });
            }
            Size::Small if open.focus == Focus::Detail => {
                let height = body.height * 6 / 10;
                tree.height -= height;
                detail = Some(Rect {
                    y: tree.bottom(),
                    height,
                    ..body
                });
            }
            _ => {}
        }
        let share = match size {
            Size::Small => 45,
            Size::Medium => 40,
            Size::Large => 43,
        };
        let bars = (u32::from(tree.width) * share / 100) as u16;
        Self {
            tree,
            bars: bars.max(24).min(tree.width),
            detail,
        }
    }
}

pub fn draw(screen: &TraceScreen, look: &Look<'_>, canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    let size = Size::of(area.width, area.height);
    let chrome = chrome(screen, look, canvas, size);
    let areas = frame::draw(look, canvas, screen.context(), &chrome);
    match &screen.stage {
        Stage::Open(open) => opened(open, look, canvas, &areas, size),
        Stage::Loading => loading(look, canvas, areas.body),
        Stage::Absent => {
            let text = format!("{} has no trace {}", look.shared.source.name(), screen.id);
            say(canvas, areas.body, 0, &Phrase::text(text));
            say(
                canvas,
                areas.body,
                1,
                &Phrase::of(Token::Muted, "r asks again, q goes back"),
            );
        }
        Stage::Failed(why) => say(
            canvas,
            areas.body,
            0,
            &Phrase::of(Token::Error, why.clone()),
        ),
    }
}

fn say(canvas: &mut Canvas<'_>, body: Rect, row: u16, phrase: &Phrase) {
    canvas.phrase(
        body.x + 2,
        body.y + 1 + row,
        body.width.saturating_sub(4),
        phrase,
    );
}

fn loading(look: &Look<'_>, canvas: &mut Canvas<'_>, body: Rect) {
    let Some(job) = look.job(Purpose::Trace) else {
        return;
    };
    let elapsed = look.shared.now.saturating_sub(job.since);
    if elapsed < QUIET {
        canvas.wake_at(job.since + QUIET);
        return;
    }
    say(
        canvas,
        body,
        0,
        &Phrase::of(Token::Muted, job.label.clone()),
    );
}

fn chrome(screen: &TraceScreen, look: &Look<'_>, canvas: &Canvas<'_>, size: Size) -> Chrome {
    let Stage::Open(open) = &screen.stage else {
        let why = Phrase::of(Token::Muted, "not known yet");
        return Chrome {
            why,
            hints: screen.hints(),
            ..Chrome::default()
        };
    };
    let (trace, charset) = (&open.trace, canvas.charset());
    let id = Shown::from(trace.id().to_string());
    let id = if size == Size::Large {
        id
    } else {
        id.cut_middle(9, charset)
    };
    let start = look
        .shared
        .clock
        .time(trace.start().0, look.shared.time_style);
    let mut facts = vec![
        Phrase::of(Token::Muted, id),
        Phrase::of(Token::Muted, start),
        Phrase::text(text::duration(trace.duration().0, charset)),
        Phrase::of(Token::Muted, text::plural(trace.len() as u64, "span")),
    ];
    if trace.errors() > 0 {
        facts.push(Phrase::of(
            Token::Error,
            format!(
                "{} {}",
                canvas.glyphs.failed,
                text::count(trace.errors() as u64)
            ),
        ));
    }
    if size == Size::Small {
        facts.drain(..2);
    }
    let why = match &open.explained {
        Some(explained) => explained.why.clone(),
        None => Phrase::of(Token::Muted, "looking for the critical path"),
    };
    let position = format!("{}/{}", open.list.cursor() + 1, open.rows.len());
    Chrome {
        facts: Fact::least_first(facts),
        why,
        strip: size.minimap() + 1,
        position: Phrase::of(Token::Muted, position),
        hints: screen.hints(),
    }
}

fn opened(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, areas: &Areas, size: Size) {
    bar(open, look, canvas, areas.bar);
    let panes = Panes::of(open, areas.body, size);
    canvas.pane(Pane::Body, panes.tree);
    let names = panes.bars;
    let (from, to) = open.range.shown();
    let axis = Axis::new(from, to, panes.tree.width.saturating_sub(names + 1 + LABEL));
    strip(open, canvas, areas.strip, names, &axis);
    tree::draw(open, look, canvas, panes.tree, names, &axis);
    if let Some(area) = panes.detail {
        detail(open, look, canvas, area);
    } else if size == Size::Small {
        brief(open, canvas, panes.tree);
    }
}

/// The tab of the view, what of the trace is shown, and the find line.
fn bar(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let x = canvas.text(1, area.y, area.width, &"waterfall".into(), Token::Accent) + 3;
    let charset = canvas.charset();
    let mut facts = Phrase::default();
    if open.received.is_some() {
        facts.push(Token::Doubt, "clocks corrected   ");
    }
    if open.critical_only {
        facts.push(Token::Accent, "critical path only   ");
    }
    if open.folded {
        facts.push(Token::Doubt, "opened folded, zR opens all   ");
    }
    let (from, to) = open.range.shown();
    let shown = if open.range.is_whole() {
        "all of it".to_owned()
    } else {
        let offset = text::duration(from.since(open.trace.start()).0, charset);
        format!(
            "{} from +{offset}",
            text::duration(to.since(from).0, charset)
        )
    };
    facts.push(Token::Muted, shown);
    let width = facts.width().min(area.width / 2);
    canvas.phrase(
        area.right().saturating_sub(width + 1),
        area.y,
        width,
        &facts,
    );
    let room = area.width.saturating_sub(x + width + 3);
    if open.focus != Focus::Find && open.find.input.text().is_empty() {
        return;
    }
    let x = canvas.text(x, area.y, room, &"/ ".into(), Token::Accent);
    open.find.input.draw(
        canvas,
        (x, area.y),
        room.saturating_sub(18),
        "",
        open.focus == Focus::Find && look.focused,
    );
    let said = match &open.find.error {
        Some(why) => Phrase::of(Token::Error, why.clone()),
        None => Phrase::of(Token::Muted, hits(open)),
    };
    let at = (x + open.find.input.width() as u16 + 2).min(x + room.saturating_sub(16));
    canvas.phrase(at, area.y, (x + room).saturating_sub(at), &said);
}

fn hits(open: &Open) -> String {
    let cursor = open.span();
    match cursor.and_then(|span| open.find.hits.binary_search(&span).ok()) {
        Some(at) => format!("{} of {}", at + 1, open.find.hits.len()),
        None if open.find.hits.is_empty() => "no span".to_owned(),
        None => text::plural(open.find.hits.len() as u64, "span"),
    }
}

/// The minimap over the whole width, with the shown range marked, and the ruler over the bars.
fn strip(open: &Open, canvas: &mut Canvas<'_>, area: Rect, names: u16, axis: &Axis) {
    if area.height == 0 {
        return;
    }
    let rows = area.height.saturating_sub(1).max(1);
    let map_area = Rect {
        x: area.x + 1,
        width: area.width.saturating_sub(2),
        height: rows,
        ..area
    };
    canvas.pane(Pane::Strip, map_area);
    canvas.hit(map_area, Target::Spot(Pane::Strip));
    minimap(open, canvas, map_area);
    if area.height > 1 {
        ruler(open, canvas, area.bottom() - 1, names, axis);
    }
}

fn minimap(open: &Open, canvas: &mut Canvas<'_>, area: Rect) {
    let map = open.minimap.get((area.height, area.width), || {
        Minimap::new(&open.trace, area.height, area.width)
    });
    let (from, to) = open.range.all();
    let whole = Axis::new(from, to, area.width);
    let (first, last) = (
        whole.column(open.range.shown().0),
        whole.column(open.range.shown().1),
    );
    for row in 0..area.height {
        for (column, cell) in map.row(row.into()).iter().enumerate() {
            let column = column as u16;
            let inside = first <= column && column <= last;
            let token = match (cell.error, inside) {
                (true, _) => Token::Error,
                (false, true) => Token::Muted,
                (false, false) => Token::Faint,
            };
            if cell.dots != 0 {
                canvas.braille(area.x + column, area.y + row, cell.dots, token);
            }
        }
    }
}

fn ruler(open: &Open, canvas: &mut Canvas<'_>, y: u16, names: u16, axis: &Axis) {
    for tick in axis.ticks(open.trace.start(), TICK) {
        let label = Shown::from(text::duration(tick.offset.0, canvas.charset()));
        canvas.text(
            names + 1 + tick.column,
            y,
            axis.columns() - tick.column,
            &label,
            Token::Muted,
        );
    }
}

/// On a small terminal: the span under the cursor in the last row of the tree.
fn brief(open: &Open, canvas: &mut Canvas<'_>, tree: Rect) {
    if tree.height < 4 {
        return;
    }
    let y = tree.bottom() - 1;
    canvas.clear(
        Rect {
            y,
            height: 1,
            ..tree
        },
        Token::Ground,
    );
    title(
        open,
        canvas,
        Rect {
            y,
            height: 1,
            ..tree
        },
    );
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

fn detail(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
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
            canvas.over(
                Rect {
                    y,
                    height: 1,
                    ..lines
                },
                Token::Cursor,
            );
            canvas.put(lines.x + 1, y, canvas.glyphs.cursor, Token::Accent);
            canvas.cursor_at(y);
        }
    }
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
