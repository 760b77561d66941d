//! Which time a search looks at, in words and as a window.

use crate::backend::Window;
use crate::model::{Nanos, Time};
use crate::text::{Charset, Clock, duration, parse_duration};
use crate::traceql::form::{LOOKBACKS, When};
use crate::tui::shared::Shared;

const MINUTE: u64 = 60_000_000_000;

/// Letters of the menu, for Jaeger's lookbacks in order; none is j, k or q.
const LETTERS: [char; 16] = [
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'l', 'm', 'n', 'o', 'p', 'r', 's',
];
/// The letter for no limit.
pub const ALWAYS: char = 'w';

/// The choices of the menu: letter, and time.
pub fn choices() -> impl Iterator<Item = (char, When)> {
    let last = |text: &str| When::Last(Nanos(parse_duration(text).unwrap_or(0)));
    LETTERS
        .into_iter()
        .zip(LOOKBACKS.into_iter().map(last))
        .chain([(ALWAYS, When::Always)])
}

/// The window to ask for now.
pub fn window(when: When, now: u64) -> Option<Window> {
    match when {
        When::Always => None,
        When::Last(length) => Some(Window {
            from: Time(now) - length,
            to: Time(now),
        }),
        When::Between(from, to) => Some(Window { from, to }),
    }
}

/// The window to ask the backend for now: one that looks at the last hour unless told otherwise is
/// told that all time is meant.
pub fn asked(when: When, shared: &Shared) -> Option<Window> {
    let now = shared.clock.now();
    window(when, now).or_else(|| {
        (!looks_at_all(shared)).then_some(Window {
            from: Time(0),
            to: Time(now),
        })
    })
}

/// Whether the backend looks at all time unless told otherwise.
pub fn looks_at_all(shared: &Shared) -> bool {
    let capabilities = shared.source.opened.capabilities;
    capabilities.windowless || capabilities.clear
}

/// The choice in words: `last 1 h`, `13:52:00 to 14:02:11`, `all time`.
pub fn words(when: When, clock: &Clock) -> String {
    match when {
        When::Always => "all time".to_owned(),
        When::Last(length) => format!("last {}", short(length)),
        When::Between(from, to) => format!("{} to {}", clock.second(from.0), clock.second(to.0)),
    }
}

/// Reads what people write: `1h`, `last 15m`, `all`, `13:52 to 14:02`, `2026-11-03..now`.
pub fn parse(text: &str, clock: &Clock) -> Option<When> {
    let text = text.trim();
    if matches!(text, "" | "all" | "all time") {
        return Some(When::Always);
    }
    if let Some((from, to)) = text.split_once(" to ").or_else(|| text.split_once("..")) {
        let instant = |text: &str| clock.parse(text.trim()).ok().map(Time);
        let (from, to) = (instant(from)?, instant(to)?);
        return (from < to).then_some(When::Between(from, to));
    }
    let bare: String = text
        .strip_prefix("last ")
        .unwrap_or(text)
        .replace("min", "m")
        .split_whitespace()
        .collect();
    parse_duration(&bare)
        .ok()
        .filter(|nanos| *nanos > 0)
        .map(|nanos| When::Last(Nanos(nanos)))
}

/// `1 h`, not `1 h 00 m`.
pub fn short(length: Nanos) -> String {
    let minutes = length.0 / MINUTE;
    if length.0 == 0 || !length.0.is_multiple_of(MINUTE) {
        return duration(length.0, Charset::Unicode);
    }
    match minutes {
        m if m.is_multiple_of(24 * 60) => format!("{} d", m / (24 * 60)),
        m if m.is_multiple_of(60) => format!("{} h", m / 60),
        m => format!("{m} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_reads_as_it_is_written() {
        let clock = Clock::frozen(1_795_356_131_000_000_000);
        for text in ["last 1 h", "last 15 min", "last 7 d", "all time"] {
            let read = parse(text, &clock).map(|when| words(when, &clock));
            assert_eq!(read.as_deref(), Some(text), "{text}");
        }
        let Some(When::Between(from, to)) = parse("13:52 to 14:02", &clock) else {
            panic!()
        };
        assert_eq!(to.since(from), Nanos(10 * MINUTE));
        assert_eq!(parse("14:02 to 13:52", &clock), None);
        assert_eq!(parse("soon", &clock), None);
    }

    #[test]
    fn every_lookback_has_a_letter_that_is_no_key_of_menus() {
        let all: Vec<_> = choices().collect();
        assert_eq!(all.len(), LOOKBACKS.len() + 1);
        assert!(
            all.iter()
                .all(|(letter, when)| !"jkq".contains(*letter) && *when != When::Last(Nanos(0)))
        );
    }
}
