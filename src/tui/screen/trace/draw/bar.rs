//! The bar: the tab of the view, what of the trace is shown, and the find line.

use ratatui::layout::Rect;

use crate::analysis::{GroupBy, Weight};
use crate::model::Nanos;
use crate::text;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::Target;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::open::Clocks;
use super::super::view::graph::Colouring;
use super::super::view::json::Form;
use super::super::view::{Body, View};
use super::super::{Focus, Open};

/// The tab of the view, what of the trace is shown, and the find line.
pub fn bar(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let finding = open.focus == Focus::Find || !open.find.text().is_empty();
    let x = if finding || area.width < 100 {
        let here = format!("[{} {}]", open.view.title(), canvas.glyphs.open);
        canvas.text(1, area.y, area.width, &here.into(), Token::Accent) + 3
    } else {
        tabs(open, canvas, area) + 3
    };
    let mut facts = facts(open);
    if finding && area.width < facts.width() + x + 40 {
        // Whoever types wants to see what.
        facts = Phrase::default();
    }
    let width = facts.width().min(area.width.saturating_sub(x + 1));
    canvas.phrase(
        area.right().saturating_sub(width + 1),
        area.y,
        width,
        &facts,
    );
    let room = area.width.saturating_sub(x + width + 3);
    if !finding {
        return;
    }
    line(
        open,
        look,
        canvas,
        Rect {
            x,
            width: room,
            ..area
        },
    );
}

/// What can be asked, while nothing is.
const ASKS: &str =
    "words  key=value  kind=client  duration>100ms  share>5%  -not  this | that  { TraceQL }";

/// The find line, and behind it what it found or what is wrong with it.
fn line(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let x = canvas.text(area.x, area.y, area.width, &"/ ".into(), Token::Accent);
    let (input, typing) = (
        &open.find.typing.input,
        open.focus == Focus::Find && look.focused,
    );
    let end = area.right();
    if input.text().is_empty() {
        let room = end.saturating_sub(x);
        return input.draw(canvas, (x, area.y), room, ASKS, typing);
    }
    let room = end.saturating_sub(x + 16);
    let ghost = if typing { open.find.typing.ghost() } else { "" };
    input.draw(canvas, (x, area.y), room, ghost, typing);
    let said = match &open.find.error {
        Some(why) => Phrase::of(Token::Error, why.clone()),
        None => Phrase::of(Token::Muted, hits(open)),
    };
    let at = (x + (input.width() + text::width(ghost)) as u16 + 2).min(end.saturating_sub(14));
    canvas.phrase(at, area.y, end.saturating_sub(at), &said);
}

/// What is to be known of what is shown: what was changed, what is left out, which part it is.
fn facts(open: &Open) -> Phrase {
    let is_bars = open.view == View::Waterfall;
    let is_sifted = open.view.is_sifted() && open.left_out > 0;
    let clocks = match open.clocks {
        Clocks::Doubted(_) => "spans moved into their callers",
        Clocks::AsReceived | Clocks::Corrected(_) => "clocks corrected",
    };
    // What the search asked for that led here.
    let is_led = open.find.text().is_empty() && !open.find.hits.is_empty();
    let led = format!("{} matched, n next", hits(open));
    let said = [
        (open.received.is_some(), Token::Doubt, clocks),
        (is_sifted, Token::Doubt, &left_out(open)),
        (
            is_bars && open.squeeze.is_some(),
            Token::Doubt,
            "idle time squeezed",
        ),
        (
            is_bars && open.critical_only,
            Token::Accent,
            "critical path only",
        ),
        (
            is_bars && open.folded,
            Token::Doubt,
            "opened folded, zR opens all",
        ),
        (is_led, Token::Accent, &led),
        (is_bars, Token::Muted, &of_range(open)),
        (!is_bars, Token::Muted, &of_view(open)),
    ];
    let mut facts = Phrase::default();
    for (_, token, words) in said.into_iter().filter(|said| said.0 && !said.2.is_empty()) {
        if facts.width() > 0 {
            facts.push(Token::Muted, "   ");
        }
        facts.push(token, words.to_owned());
    }
    facts
}

fn left_out(open: &Open) -> String {
    let figure = |length: Nanos| text::duration(length.0, open.charset);
    let without = open.without.words(figure);
    let without = if without.is_empty() {
        "hits only"
    } else {
        &without
    };
    let hidden = text::plural(open.left_out as u64, "span");
    format!("{without}: {hidden} hidden, xx shows all")
}

fn of_range(open: &Open) -> String {
    if open.range.is_whole() {
        return "all of it".to_owned();
    }
    let (from, to) = open.range.shown();
    let (length, offset) = (to.since(from).0, from.since(open.trace.start()).0);
    format!(
        "{} from +{}",
        text::duration(length, open.charset),
        text::duration_by(offset, length / 10, open.charset)
    )
}

/// How a view was made.
fn of_view(open: &Open) -> String {
    match open.bodies.get(&open.view) {
        Some(Body::Flame(flame)) => {
            let weight = match flame.weight {
                Weight::Total => "total",
                Weight::Own => "own",
                Weight::Critical => "critical",
            };
            if flame.by_count {
                return format!("merged by path   by number of spans: no {weight} time");
            }
            let sum = text::duration(flame.whole(), open.charset);
            let wall = text::duration(open.trace.duration().0, open.charset);
            format!("merged by path   {weight} time {sum}, wall {wall}")
        }
        Some(Body::Graph(graph)) => {
            let shade = match graph.colouring {
                Colouring::Service => "by service",
                Colouring::Total => "by share of the trace",
                Colouring::Own => "by own share",
            };
            match (graph.graph.node_count(), graph.all) {
                (shown, all) if shown < all => {
                    format!(
                        "{shade}   the busiest {shown} of {} steps",
                        text::count(all as u64)
                    )
                }
                _ => shade.to_owned(),
            }
        }
        Some(Body::Json(json)) => match json.form() {
            Form::Explained => "as show --format json tells it".to_owned(),
            Form::Otlp => "OTLP, as received".to_owned(),
        },
        Some(Body::Sheet(sheet)) if !sheet.grouped_by().is_empty() => {
            let by: Vec<&str> = sheet.grouped_by().iter().map(GroupBy::word).collect();
            format!("by {}", by.join(", "))
        }
        _ => String::new(),
    }
}

/// The tabs of all views, each a button.
fn tabs(open: &Open, canvas: &mut Canvas<'_>, area: Rect) -> u16 {
    let mut x = 1;
    for (at, view) in View::ALL.into_iter().enumerate() {
        if at > 0 {
            let between = format!(" {} ", canvas.glyphs.vertical);
            x = canvas.text(x, area.y, area.width, &between.into(), Token::Faint);
        }
        let found = open.explained.as_ref().map_or(0, |e| e.findings.len());
        let title = match view {
            View::Findings if found > 0 => format!("{} {found}", view.title()),
            _ => view.title().to_owned(),
        };
        let token = if view == open.view {
            Token::Accent
        } else {
            Token::Muted
        };
        let end = canvas.text(x, area.y, area.width, &title.into(), token);
        canvas.hit(
            Rect::new(x, area.y, end - x, 1),
            Target::Action(view.action()),
        );
        x = end;
    }
    x
}

fn hits(open: &Open) -> String {
    let found = &open.find.hits;
    match open.span().filter(|&span| found.contains(span)) {
        Some(span) => format!("{} of {}", found.before(span) + 1, found.len()),
        None if open.find.seeking => {
            let found = text::plural(found.len() as u64, "span");
            format!("{found} so far")
        }
        None if found.is_empty() => "no span".to_owned(),
        None => text::plural(found.len() as u64, "span"),
    }
}
