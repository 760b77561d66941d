//! What is different from the time before: each call against itself.

use crate::backend::Window;
use crate::graph::service::{Call, ServiceGraph};
use crate::model::{Minute, Nanos, Time};
use crate::text::share;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::{Glyphs, Token};

/// Fewer calls than this are not compared.
const ENOUGH: u64 = 30;
/// A p95 this many times the other is another.
const APART: f64 = 1.25;
/// Shares of failures this far apart, in hundredths, are another.
const POINTS: f64 = 2.0;

/// Letters of the menu, and how long now and before are.
pub const CHOICES: [(char, u64, &str); 4] = [
    ('a', 5, "the last 5 min against the 5 before"),
    ('b', 15, "the last 15 min against the 15 before"),
    ('c', 60, "the last hour against the hour before"),
    ('o', 0, "no baseline"),
];

/// The choice of a letter: the length of both times; none for no baseline, or no such letter.
pub fn chosen(letter: char) -> Option<Nanos> {
    let mut choices = CHOICES.into_iter();
    let (_, minutes, _) = choices.find(|(known, ..)| *known == letter)?;
    (minutes > 0).then_some(Nanos(minutes * 60_000_000_000))
}

/// The last minute of the data, its end.
pub fn end(graph: &ServiceGraph) -> Option<Time> {
    let minutes = graph.edge_weights().flat_map(|call| call.minutes.iter());
    let last = minutes.map(Minute::start).max()?;
    Some(last + Nanos(60_000_000_000))
}

/// Now and before, each of that length, up to an end.
pub fn windows(end: Time, length: Nanos) -> (Window, Window) {
    let middle = end - length;
    let now = Window {
        from: middle,
        to: end,
    };
    let before = Window {
        from: middle - length,
        to: Time(middle.0.saturating_sub(1)),
    };
    (now, before)
}

/// The call of the same ends in another graph.
pub fn same<'a>(before: &'a ServiceGraph, parent: &str, child: &str) -> Option<&'a Call> {
    let node = |name: &str| {
        before
            .node_indices()
            .find(|node| *before[*node].name == *name)
    };
    let edge = before.find_edge(node(parent)?, node(child)?)?;
    before.edge_weight(edge)
}

/// How many calls of the time before are not made any more.
pub fn gone(now: &ServiceGraph, before: &ServiceGraph) -> usize {
    let made = |graph: &ServiceGraph, edge| {
        let (parent, child) = graph.edge_endpoints(edge)?;
        Some((graph[parent].name.clone(), graph[child].name.clone()))
    };
    before
        .edge_indices()
        .filter_map(|edge| made(before, edge))
        .filter(|(parent, child)| same(now, parent, child).is_none())
        .count()
}

/// What changed, in words: `errors 1 % → 21 %`, `p95 ▲ 2.1×`, `new`, `as before`.
pub fn change(now: &Call, before: Option<&Call>, glyphs: &Glyphs) -> Phrase {
    let Some(before) = before else {
        return Phrase::of(Token::Added, format!("{} new", glyphs.added));
    };
    if now.calls < ENOUGH || before.calls < ENOUGH {
        return Phrase::of(Token::Muted, "too few calls");
    }
    let failed = |call: &Call| call.errors as f64 * 100.0 / call.calls as f64;
    if (failed(now) - failed(before)).abs() >= POINTS {
        let worse = failed(now) > failed(before);
        let token = if worse { Token::Error } else { Token::Faster };
        let words = format!(
            "errors {} {} {}",
            share(before.errors, before.calls),
            glyphs.right,
            share(now.errors, now.calls)
        );
        return Phrase::of(token, words);
    }
    let p95 = |call: &Call| call.durations.quantile(0.95);
    let (Some(new), Some(old)) = (p95(now), p95(before)) else {
        return Phrase::of(Token::Muted, "as before");
    };
    let times = new.0 as f64 / old.0.max(1) as f64;
    if times >= APART {
        let words = format!("p95 {} {times:.1}{}", glyphs.slow, glyphs.times);
        return Phrase::of(Token::Slower, words);
    }
    if times <= 1.0 / APART {
        let words = format!("p95 {} {:.1}{}", glyphs.faster, 1.0 / times, glyphs.times);
        return Phrase::of(Token::Faster, words);
    }
    Phrase::of(Token::Muted, "as before")
}
