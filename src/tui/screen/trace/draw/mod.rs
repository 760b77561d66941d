//! The trace screen as cells: header, minimap and ruler, the tree with its bars, the detail.

mod bar;
mod bars;
mod columns;
mod detail;
mod flame;
mod graph;
mod json;
mod name;
mod overview;
mod panes;
mod ruler;
mod sheet;
mod stand_in;
mod strip;
mod tree;

use ratatui::layout::Rect;

use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::Pane;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Purpose;
use crate::tui::page::{Look, Page};
use crate::tui::theme::Token;
use crate::tui::widget::completing;
use crate::tui::widget::frame::{self, Areas, Chrome, Fact, QUIET};
use crate::tui::widget::waterfall::Axis;

use super::view::{Body, View};
use super::{Focus, Open, Stage, TraceScreen};
pub use bars::Bars;
pub use panes::{Border, Panes, Size};

/// Columns behind the bars, so that even one over the whole width has its duration beside it.
const LABEL: u16 = 9;

pub fn draw(screen: &TraceScreen, look: &Look<'_>, canvas: &mut Canvas<'_>) {
    let area = canvas.area();
    let size = Size::of(area.width, area.height);
    let chrome = chrome(screen, look, canvas, size);
    let areas = frame::draw(look, canvas, screen.context(), &chrome);
    match &screen.stage {
        Stage::Open(open) => opened(open, look, canvas, &areas, size),
        Stage::Loading => waiting(look, canvas, areas.body, Purpose::Trace),
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

/// What is waited for, if it is not there at once.
fn waiting(look: &Look<'_>, canvas: &mut Canvas<'_>, body: Rect, purpose: Purpose) {
    let Some(job) = look.job(purpose) else {
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
    let spans = text::plural(trace.len() as u64, "span");
    let mut facts = vec![
        Fact::new(4, Phrase::of(Token::Muted, id)),
        Fact::new(3, Phrase::of(Token::Muted, start)),
        Fact::new(1, Phrase::text(text::duration(trace.duration().0, charset))),
        Fact::new(2, Phrase::of(Token::Muted, spans)),
    ];
    if trace.errors() > 0 {
        let errors = text::count(trace.errors() as u64);
        let errors = format!("{} {errors}", canvas.glyphs.failed);
        facts.push(Fact::new(0, Phrase::of(Token::Error, errors)));
    }
    if size == Size::Small {
        facts.drain(..2);
    }
    let why = match &open.explained {
        Some(explained) => explained.why.clone(),
        None => Phrase::of(Token::Muted, "looking for the critical path"),
    };
    let (at, of) = match open.focus {
        Focus::Detail | Focus::Filter => {
            let pane = look.shared.drawn.pane(Pane::Detail);
            let room = super::detail::Room {
                width: pane.width.max(1),
                height: pane.height,
            };
            let lines = open.detail.lines(&open.trace, room);
            (open.detail.list.cursor(), lines.list.len())
        }
        Focus::Tree | Focus::Find => open.position(),
    };
    let position = format!("{}/{}", (at + 1).min(of), of);
    Chrome {
        facts,
        why,
        strip: if open.view == View::Waterfall && !panes::is_alone(open, size, &look.shared.session)
        {
            size.minimap() + 1
        } else {
            0
        },
        position: Phrase::of(Token::Muted, position),
        hints: screen.hints(),
    }
}

fn opened(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, areas: &Areas, size: Size) {
    bar::bar(open, look, canvas, areas.bar);
    shown(open, look, canvas, areas, size);
    if open.focus == Focus::Find {
        completing::popup(&open.find.typing, canvas, areas.bar, areas.bar.bottom());
    }
}

/// The view and what stands beside it.
fn shown(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, areas: &Areas, size: Size) {
    let panes = Panes::of(open, areas.body, size, &look.shared.session);
    canvas.pane(Pane::Page, canvas.area());
    canvas.pane(Pane::Whole, areas.body);
    if panes.tree.height == 0 {
        detail::detail(open, look, canvas, panes.detail.unwrap_or(areas.body));
        return;
    }
    match open.bodies.get(&open.view) {
        Some(body) => viewed(open, body, look, canvas, panes.tree),
        None if open.view != View::Waterfall => waiting(look, canvas, panes.tree, Purpose::View),
        None => waterfall(open, look, canvas, areas, &panes),
    }
    if let Some(area) = panes.detail {
        detail::detail(open, look, canvas, area);
    } else if let Some(row) = panes.brief {
        detail::brief(open, canvas, row);
    }
}

/// A view other than the waterfall.
fn viewed(open: &Open, body: &Body, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    match body {
        Body::Sheet(sheet) => sheet::draw(open, sheet, look, canvas, area),
        Body::Flame(flame) => flame::draw(open, flame, look, canvas, area),
        Body::Graph(graph) => graph::draw(open, graph, look, canvas, area),
        Body::Json(json) => json::draw(open, json, canvas, area),
    }
}

fn waterfall(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, areas: &Areas, panes: &Panes) {
    let names = panes.bars;
    let (from, to) = open.range.shown();
    let room = panes.tree.width.saturating_sub(names + 1);
    let columns = columns::Shown::of(open, look, room);
    let bars = names + columns.width();
    let axis = Axis::new(from, to, panes.tree.width.saturating_sub(bars + 1 + LABEL));
    let axis = open
        .squeeze
        .as_ref()
        .map_or(axis, |squeeze| axis.squeezed(squeeze));
    strip::strip(open, look, canvas, areas.strip, bars, &axis);
    if areas.strip.height > 1 {
        columns.heads(canvas, areas.strip.x + names + 1, areas.strip.bottom() - 1);
    }
    tree::draw(open, look, canvas, panes.tree, (names, &columns), &axis);
}
