//! The query line's row, and the facts beside the screen's name.

use ratatui::layout::Rect;

use crate::text::{Shown, bytes, count, plural, rate};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::page::Look;
use crate::tui::shared::Shared;
use crate::tui::theme::{Glyphs, Token};
use crate::tui::widget::frame::{Fact, fitting};

use super::{Search, window};

/// Live or paused, rate, traces held, memory, listeners.
pub fn facts(search: &Search, shared: &Shared, glyphs: &Glyphs) -> Vec<Fact> {
    let source = &shared.source;
    let mut facts = Vec::new();
    if search.paused {
        facts.push(Fact::new(0, Phrase::of(Token::Paused, "paused")));
    } else if source.opened.capabilities.live && source.rate.is_some_and(|rate| rate > 0.0) {
        facts.push(Fact::new(
            3,
            Phrase::of(Token::Live, glyphs.live).and(Token::Live, " live"),
        ));
    }
    if let Some(per_second) = source.rate.filter(|rate| *rate > 0.0) {
        let figure = rate(per_second);
        let (figure, unit) = figure.split_once('/').unwrap_or((&figure, "s"));
        let words = Phrase::text(figure.to_owned()).and(Token::Muted, format!(" spans/{unit}"));
        facts.push(Fact::new(2, words));
    }
    if let Some(stats) = &source.stats {
        let traces = match stats.traces {
            0 => "0 traces".to_owned(),
            n => plural(n, "trace"),
        };
        facts.push(Fact::new(0, Phrase::text(traces)));
        if stats.budget > 0 {
            facts.push(Fact::new(
                1,
                Phrase::of(Token::Muted, memory(stats.bytes, stats.budget)),
            ));
        }
    }
    facts.push(Fact::new(4, listening(shared)));
    facts
}

/// `38/512 MB`.
fn memory(held: u64, budget: u64) -> String {
    let budget = bytes(budget);
    let held = bytes(held);
    match (held.split_once(' '), budget.split_once(' ')) {
        (Some((held, a)), Some((budget, b))) if a == b || held == "0" => {
            format!("{held}/{budget} {b}")
        }
        _ => format!("{held} of {budget}"),
    }
}

fn listening(shared: &Shared) -> Phrase {
    let all = &shared.source.around.listening;
    let on = all.iter().filter(|one| one.state.is_ok()).count();
    match all.len() {
        0 => Phrase::default(),
        n if n == on => Phrase::of(Token::Muted, format!("listening {on}")),
        n => Phrase::of(Token::Doubt, format!("listening {on} of {n}")),
    }
}

/// Draws the query and, right of it, its time, its count and its order.
pub fn draw(search: &Search, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    canvas.pane(Pane::Bar, area);
    canvas.hit(area, Target::Spot(Pane::Bar));
    let x = canvas.text(area.x + 1, area.y, area.width, &"/ ".into(), Token::Accent);
    let right = fitting(
        &figures(search, look.shared),
        area.width.saturating_sub(x + 30),
    );
    let end = area.right().saturating_sub(right.width() + 1);
    canvas.phrase(end, area.y, right.width(), &right);
    let room = end.saturating_sub(x + 2);
    let Some(line) = &search.line else {
        let token = if search.asked.query == "{ }" {
            Token::Muted
        } else {
            Token::Input
        };
        canvas.text(x, area.y, room, &Shown::new(&search.asked.query), token);
        return;
    };
    line.typing.input.draw(
        canvas,
        (x, area.y),
        room,
        line.typing.ghost(),
        look.focused && search.form.is_none(),
    );
    let typed = line.typing.input.width() as u16;
    if let Some(meaning) = line.meaning.as_ref().filter(|_| typed + 4 < room) {
        let at = x + typed + line.typing.ghost().chars().count() as u16 + 3;
        canvas.text(
            at,
            area.y,
            (x + room).saturating_sub(at),
            &Shown::new(meaning),
            Token::Ghost,
        );
    }
    if let Some(fault) = line.fault.as_ref().filter(|_| typed < room) {
        let column =
            |byte: usize| Shown::new(line.text().get(..byte).unwrap_or_default()).width() as u16;
        let from = column(fault.place.start);
        let to = column(fault.place.end).max(from + 1).min(room);
        canvas.over(
            Rect::new(x + from, area.y, to.saturating_sub(from), 1),
            Token::Error,
        );
    }
}

fn figures(search: &Search, shared: &Shared) -> Vec<Fact> {
    let span = Phrase::of(
        Token::Muted,
        window::words(search.asked.when, &shared.clock),
    );
    let order = Phrase::of(Token::Muted, search.results.order.words());
    let found = search
        .results
        .found
        .as_ref()
        .map_or_else(Phrase::default, |found| {
            let shown = search.results.rows().len() as u64;
            match (found.matching.unwrap_or(shown), found.of) {
                (matching, Some(of)) if of > matching => {
                    Phrase::text(count(matching)).and(Token::Muted, format!(" of {}", count(of)))
                }
                (matching, _) => Phrase::text(count(matching)),
            }
        });
    vec![Fact::new(1, span), Fact::new(0, found), Fact::new(2, order)]
}
