//! The ten orders of a list of traces, as Jaeger has them.

use std::cmp::Ordering;

use crate::backend::{Sort, TraceRow};

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum By {
    #[default]
    Start,
    Duration,
    Spans,
    Errors,
    Name,
}

/// An order: what by, and whether the usual way round (newest, longest, most, A to Z) is reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Order {
    pub by: By,
    pub reversed: bool,
}

/// Letter, what by, the usual way round, the other way round.
pub const ORDERS: [(char, By, &str, &str); 5] = [
    ('t', By::Start, "newest first", "oldest first"),
    ('d', By::Duration, "longest first", "shortest first"),
    ('s', By::Spans, "most spans first", "fewest spans first"),
    ('e', By::Errors, "most errors first", "fewest errors first"),
    ('n', By::Name, "names A to Z", "names Z to A"),
];

impl Order {
    /// The order that a letter chooses: another one, or the present one the other way round.
    pub fn chosen(self, letter: char) -> Option<Self> {
        let (_, by, ..) = ORDERS.into_iter().find(|(l, ..)| *l == letter)?;
        let reversed = by == self.by && !self.reversed;
        Some(Self { by, reversed })
    }

    /// The letter that chooses it.
    pub fn letter(self) -> char {
        ORDERS
            .into_iter()
            .find(|(_, by, ..)| *by == self.by)
            .map_or('t', |(letter, ..)| letter)
    }

    /// The order in words.
    pub fn words(self) -> &'static str {
        let found = ORDERS.into_iter().find(|(_, by, ..)| *by == self.by);
        found.map_or(
            "",
            |(_, _, usual, other)| if self.reversed { other } else { usual },
        )
    }

    /// Which traces a backend should find first. The others are ordered here, among those found.
    pub fn asked(self) -> Sort {
        match self {
            Self {
                by: By::Duration,
                reversed: false,
            } => Sort::Slowest,
            _ => Sort::Newest,
        }
    }

    /// Puts rows into this order; ties are newest first, then by id.
    pub fn sort(self, rows: &mut [TraceRow]) {
        rows.sort_by(|a, b| self.compare(a, b));
    }

    fn compare(self, a: &TraceRow, b: &TraceRow) -> Ordering {
        let usual = match self.by {
            By::Start => b.start.cmp(&a.start),
            By::Duration => b.duration.cmp(&a.duration),
            By::Spans => b.spans.cmp(&a.spans),
            By::Errors => b.errors.cmp(&a.errors),
            By::Name => (&a.service, &a.name).cmp(&(&b.service, &b.name)),
        };
        let wanted = if self.reversed {
            usual.reverse()
        } else {
            usual
        };
        wanted
            .then(b.start.cmp(&a.start))
            .then(a.trace_id.cmp(&b.trace_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_letter_reverses_and_another_starts_the_usual_way() {
        let newest = Order::default();
        let oldest = newest.chosen('t').unwrap();
        assert_eq!(
            (newest.words(), oldest.words()),
            ("newest first", "oldest first")
        );
        assert_eq!(oldest.chosen('t'), Some(newest));
        assert_eq!(oldest.chosen('d').unwrap().words(), "longest first");
        assert_eq!(newest.chosen('x'), None);
        let letters: Vec<char> = ORDERS.iter().map(|(letter, ..)| *letter).collect();
        assert!(letters.iter().all(|letter| !"jkq".contains(*letter)));
    }
}
