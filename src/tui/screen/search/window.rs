//! Which time a search looks at: the last so long, a fixed window, or all there is.

use crate::backend::Window;
use crate::model::{Nanos, Time};
use crate::text::{Charset, Clock, duration, parse_duration};

/// A choice of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// No limit.
    All,
    /// The time before now.
    Last(Nanos),
    /// From one instant to another.
    Between(Window),
}

const MINUTE: u64 = 60_000_000_000;

/// Letters of the menu and minutes; none is j, k or q.
pub const LASTS: [(char, u64); 11] = [
    ('a', 5),
    ('b', 15),
    ('c', 30),
    ('d', 60),
    ('e', 3 * 60),
    ('f', 6 * 60),
    ('g', 12 * 60),
    ('h', 24 * 60),
    ('i', 2 * 24 * 60),
    ('l', 7 * 24 * 60),
    ('m', 28 * 24 * 60),
];
/// The letter for no limit.
pub const ALL: char = 'w';

impl Span {
    /// The last `minutes`.
    pub const fn minutes(minutes: u64) -> Self {
        Self::Last(Nanos(minutes * MINUTE))
    }

    /// What a letter of the menu chooses.
    pub fn chosen(letter: char) -> Option<Self> {
        if letter == ALL {
            return Some(Self::All);
        }
        LASTS
            .into_iter()
            .find(|(l, _)| *l == letter)
            .map(|(_, minutes)| Self::minutes(minutes))
    }

    /// The window to ask for now.
    pub fn window(self, now: u64) -> Option<Window> {
        match self {
            Self::All => None,
            Self::Last(length) => Some(Window {
                from: Time(now) - length,
                to: Time(now),
            }),
            Self::Between(window) => Some(window),
        }
    }

    /// The choice in words: `last 1 h`, `13:52 to 14:02`, `all time`.
    pub fn words(self, clock: &Clock) -> String {
        match self {
            Self::All => "all time".to_owned(),
            Self::Last(length) => format!("last {}", short(length)),
            Self::Between(window) => {
                format!(
                    "{} to {}",
                    clock.second(window.from.0),
                    clock.second(window.to.0)
                )
            }
        }
    }

    /// Reads what people write: `1h`, `last 15m`, `all`, `13:52 to 14:02`, `2026-11-03..now`.
    pub fn parse(text: &str, clock: &Clock) -> Option<Self> {
        let text = text.trim();
        let last = text.strip_prefix("last ").unwrap_or(text);
        if matches!(text, "" | "all" | "all time") {
            return Some(Self::All);
        }
        if let Some((from, to)) = text.split_once(" to ").or_else(|| text.split_once("..")) {
            let instant = |text: &str| clock.parse(text.trim()).ok().map(Time);
            let (from, to) = (instant(from)?, instant(to)?);
            return (from < to).then_some(Self::Between(Window { from, to }));
        }
        let bare: String = last.split_whitespace().collect();
        parse_duration(&bare)
            .ok()
            .filter(|nanos| *nanos > 0)
            .map(|nanos| Self::Last(Nanos(nanos)))
    }

    /// The next wider choice, for those who found nothing.
    pub fn wider(self) -> Self {
        match self {
            Self::Last(length) => LASTS
                .into_iter()
                .map(|(_, minutes)| Self::minutes(minutes))
                .find(|wider| matches!(wider, Self::Last(other) if *other > length))
                .unwrap_or(Self::All),
            _ => Self::All,
        }
    }
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
            let read = Span::parse(text, &clock);
            assert_eq!(
                read.map(|span| span.words(&clock)).as_deref(),
                Some(text),
                "{text}"
            );
        }
        let Some(Span::Between(window)) = Span::parse("13:52 to 14:02", &clock) else {
            panic!()
        };
        assert_eq!(window.to.since(window.from), Nanos(10 * MINUTE));
        assert_eq!(Span::parse("14:02 to 13:52", &clock), None);
        assert_eq!(Span::parse("soon", &clock), None);
    }

    #[test]
    fn wider_ends_at_all_there_is() {
        assert_eq!(Span::minutes(60).wider(), Span::minutes(180));
        assert_eq!(Span::minutes(10).wider(), Span::minutes(15));
        assert_eq!(Span::minutes(28 * 24 * 60).wider(), Span::All);
        assert!(
            LASTS
                .iter()
                .all(|(letter, _)| !"jkq".contains(*letter) && *letter != ALL)
        );
    }
}
