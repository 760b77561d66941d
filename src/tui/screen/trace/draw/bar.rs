//! The bar: the tab of the view, what of the trace is shown, and the find line.

use ratatui::layout::Rect;

use crate::analysis::Weight;
use crate::text;
use crate::tui::canvas::Canvas;
use crate::tui::hit::Target;
use crate::tui::page::Look;
use crate::tui::phrase::Phrase;
use crate::tui::theme::Token;

use super::super::view::{Body, View};
use super::super::{Focus, Open};

/// The tab of the view, what of the trace is shown, and the find line.
pub fn bar(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let finding = open.focus == Focus::Find || !open.find.input.text().is_empty();
    let x = if finding || area.width < 100 {
        let here = format!("[{} {}]", open.view.title(), canvas.glyphs.open);
        canvas.text(1, area.y, area.width, &here.into(), Token::Accent) + 3
    } else {
        tabs(open, canvas, area) + 3
    };
    let charset = canvas.charset();
    let mut facts = Phrase::default();
    if open.received.is_some() {
        facts.push(Token::Doubt, "clocks corrected   ");
    }
    if open.squeeze.is_some() {
        facts.push(Token::Doubt, "idle time squeezed   ");
    }
    if open.critical_only {
        facts.push(Token::Accent, "critical path only   ");
    }
    if open.folded {
        facts.push(Token::Doubt, "opened folded, zR opens all   ");
    }
    if open.left_out > 0 {
        let without = open
            .without
            .words(|length| text::duration(length.0, charset));
        let without = if without.is_empty() {
            "hits only"
        } else {
            &without
        };
        let hidden = text::plural(open.left_out as u64, "span");
        facts.push(
            Token::Doubt,
            format!("{without}: {hidden} hidden, xx shows all   "),
        );
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
    if open.view != View::Waterfall {
        facts = view_facts(open);
    }
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

/// What is to be known of how a view was made.
fn view_facts(open: &Open) -> Phrase {
    let words = match open.bodies.get(&open.view) {
        Some(Body::Flame(flame)) => {
            let weight = match flame.weight {
                Weight::Total => "total",
                Weight::Own => "own",
                Weight::Critical => "critical",
            };
            let sum = text::duration(flame.whole(), open.charset);
            let wall = text::duration(open.trace.duration().0, open.charset);
            format!("{weight} time {sum}, wall {wall}")
        }
        Some(Body::Graph(graph)) if graph.all > graph.graph.node_count() => {
            format!(
                "the busiest {} of {} steps",
                graph.graph.node_count(),
                text::count(graph.all as u64)
            )
        }
        _ => String::new(),
    };
    Phrase::of(Token::Muted, words)
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
