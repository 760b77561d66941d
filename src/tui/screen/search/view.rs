//! The search screen in cells: frame, plot, list, and the row that accounts for the rest.

use ratatui::layout::Rect;

use crate::backend::TraceRow;
use crate::text::{count, duration, plural};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Purpose;
use crate::tui::keymap::Action;
use crate::tui::page::{Look, Page};
use crate::tui::shared::Shared;
use crate::tui::theme::Token;
use crate::tui::widget::frame::{self, Chrome, spinner};
use crate::tui::widget::plot::Dot;
use crate::tui::widget::scatter::{self, Kind};

use super::foot::{last_row, nothing};
use super::rows::{self, Columns};
use super::{Focus, Search, bar, chart, first_run, hunt, popups};

/// Draws all of it.
pub fn draw(search: &Search, look: &Look<'_>, canvas: &mut Canvas<'_>) {
    let empty = first_run::is_now(look.shared);
    let chrome = Chrome {
        facts: bar::facts(search, look.shared, canvas.glyphs),
        why: why_line(search, look, canvas, empty),
        strip: if empty { 0 } else { strip(search, look) },
        position: position(search, look, canvas),
        hints: if empty { first_hints() } else { hints(search) },
    };
    let areas = frame::draw(look, canvas, search.context(), &chrome);
    bar::draw(search, look, canvas, areas.bar);
    let dots = dots(search.results.rows());
    let here = search
        .shows_cursor(look.shared)
        .then_some(search.results.list.cursor());
    let plot = (dots.as_slice(), kind(look.shared));
    scatter::draw(
        canvas,
        areas.strip,
        plot,
        here,
        search.boxed,
        &look.shared.clock,
    );
    if empty {
        first_run::draw(look, canvas, areas.body);
    } else {
        list(search, look, canvas, areas.body);
    }
    if let Some(line) = &search.line {
        popups::completions(line, canvas, areas.bar);
    }
    if let Some(form) = &search.form {
        popups::form(search, form, look, canvas, areas.bar);
    }
}

fn why_line(search: &Search, look: &Look<'_>, canvas: &mut Canvas<'_>, empty: bool) -> Phrase {
    if empty {
        let why = if look.shared.source.around.demo {
            "the demo begins: its last 20 minutes of rides are on their way"
        } else {
            "nothing yet: no span was received since the start"
        };
        return Phrase::of(Token::Muted, why);
    }
    match look
        .job(Purpose::Search)
        .filter(|_| search.results.rows().is_empty())
    {
        Some(job) => spinner(job, look.shared.now, canvas)
            .map_or_else(Phrase::default, |turn| Phrase::of(Token::Muted, turn)),
        None => hunt::line(search, canvas.glyphs),
    }
}

/// Rows for the plot, by the size of the screen.
fn strip(search: &Search, look: &Look<'_>) -> u16 {
    let (width, height) = look.shared.size;
    match (width, height) {
        _ if look.shared.session.no_strip || search.results.rows().is_empty() => 0,
        (180.., 50..) => 9,
        (100.., 32..) if look.shared.session.heatmap => 8,
        (100.., 32..) => 5,
        _ => 1,
    }
}

/// How the plot is drawn.
pub fn kind(shared: &Shared) -> Kind {
    if shared.session.heatmap {
        Kind::Heat
    } else {
        Kind::Points
    }
}

/// The traces as points. Those with more spans than most are large.
pub fn dots(rows: &[TraceRow]) -> Vec<Dot> {
    let mut spans: Vec<u32> = rows.iter().map(|row| row.spans).collect();
    spans.sort_unstable();
    let many = spans.get(spans.len() * 3 / 4).copied().unwrap_or(0);
    let dot = |row: &TraceRow| Dot {
        start: row.start.0,
        lasts: row.duration.0,
        large: row.spans > many,
        failed: row.errors > 0,
    };
    rows.iter().map(dot).collect()
}

fn position(search: &Search, look: &Look<'_>, canvas: &Canvas<'_>) -> Phrase {
    let rows = search.results.rows().len();
    let mut said = Phrase::default();
    if let Some((length, inside)) = chart::told(search) {
        let long = duration(length.0, canvas.charset());
        said.push(
            Token::Accent,
            format!("box: {} in {long}   ", plural(inside as u64, "trace")),
        );
    }
    if rows == 0 {
        said.push(Token::Muted, "no traces");
    } else if search.shows_cursor(look.shared) {
        let row = (search.results.list.cursor() + 1).min(rows);
        said.push(
            Token::Muted,
            format!("{}/{}", count(row as u64), count(rows as u64)),
        );
    } else {
        said.push(Token::Muted, format!("{} follows", canvas.glyphs.live));
    }
    let marked = search.results.marked.len();
    if marked > 0 {
        said.push(Token::Mark, format!("   {marked} marked"));
    }
    said
}

/// Actions worth teaching now.
pub fn hints(search: &Search) -> Vec<(Action, &'static str)> {
    if search.form.is_some() || search.line.is_some() {
        return vec![
            (Action::Run, "run"),
            (Action::Complete, ""),
            (Action::SwapForm, "form"),
            (Action::SearchHistory, "history"),
            (Action::EditOutside, ""),
            (Action::Dismiss, "close"),
        ];
    }
    if search.results.rows().is_empty() {
        return vec![
            (Action::Ask, ""),
            (Action::Form, ""),
            (Action::TimeRange, "wider time"),
            (Action::Undo, "last query"),
            (Action::Refresh, ""),
            (Action::Help, ""),
        ];
    }
    if search.focus == Focus::Strip {
        return vec![
            (
                Action::In,
                if search.boxed.is_some() {
                    "search the box"
                } else {
                    "open"
                },
            ),
            (Action::StartBox, ""),
            (Action::Left, "earlier"),
            (Action::Right, "later"),
            (Action::Up, "longer"),
            (Action::Down, "shorter"),
            (Action::ViewHeatmap, ""),
            (Action::NextPane, "list"),
            (Action::Help, ""),
        ];
    }
    vec![
        (Action::In, "open"),
        (Action::Why, ""),
        (Action::Ask, ""),
        (Action::Form, ""),
        (Action::NextError, ""),
        (Action::Mark, ""),
        (Action::Group, ""),
        (Action::Sort, ""),
        (Action::TimeRange, ""),
        (Action::MoreLikeThis, ""),
        (Action::Palette, ""),
        (Action::Help, ""),
    ]
}

fn first_hints() -> Vec<(Action, &'static str)> {
    vec![
        (Action::Demo, ""),
        (Action::Backends, ""),
        (Action::Palette, ""),
        (Action::Help, ""),
    ]
}

fn list(search: &Search, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let found = search.results.rows();
    if found.is_empty() {
        return nothing(search, look, canvas, area);
    }
    let heads = u16::from(area.height >= 6);
    let body = Rect {
        y: area.y + heads,
        height: area.height - heads,
        ..area
    };
    canvas.pane(Pane::Body, body);
    let window = search.results.list.window(body.height.into(), search.len());
    let visible = found
        .get(window.start..window.end.min(found.len()))
        .unwrap_or_default();
    let start = rows::start_width(look, visible, area.width < 100);
    let columns = Columns::of(body, start);
    if heads > 0 {
        let zone = look.shared.clock.zone_name(look.shared.time_style);
        columns.heads(canvas, area.y, &zone);
    }
    let longest = found.iter().map(|row| row.duration.0).max().unwrap_or(1);
    for (y, at) in (body.y..body.bottom()).zip(window) {
        let line = Rect::new(body.x, y, body.width, 1);
        match found.get(at) {
            Some(row) => rows::draw(search, look, canvas, columns, y, row, longest),
            None => last_row(search, look, canvas, line),
        }
        canvas.hit(line, Target::Row(Pane::Body, at));
        if at == search.results.list.cursor() && search.shows_cursor(look.shared) {
            let head = columns.head(line);
            canvas.over(head, Token::Accent);
            let idle = search.focus == Focus::Strip || search.line.is_some();
            canvas.cursor(line, head, !idle);
        }
    }
}
