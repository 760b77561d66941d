//! Finding text in a value.

use crate::text::Needle;
use crate::tui::widget::input::Input;

/// More hits than this are not counted: the first ones are gone to.
pub const MOST: usize = 10_000;

/// The find line, and where what it asks for stands, as bytes of the text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Find {
    pub input: Input,
    /// It has the keys.
    pub typing: bool,
    pub hits: Vec<usize>,
}

impl Find {
    /// Finds in a text, whatever the case of ASCII letters. Linear in the text.
    pub fn run(&mut self, text: &str) {
        let wanted = Needle::new(self.input.text());
        self.hits = wanted.places(text).take(MOST).collect();
    }

    /// Whether something is looked for.
    pub fn is_on(&self) -> bool {
        !self.input.text().is_empty()
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// The hit behind or before a place, going round.
    pub fn step(&self, from: usize, forward: bool) -> Option<usize> {
        let found = if forward {
            let at = self.hits.partition_point(|&hit| hit <= from);
            self.hits.get(at).or(self.hits.first())
        } else {
            let at = self.hits.partition_point(|&hit| hit < from);
            self.hits[..at].last().or(self.hits.last())
        };
        found.copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_are_found_whatever_their_case_and_gone_round() {
        let mut find = Find::default();
        find.input.insert_str("ab");
        find.run("Ab xab äAB a");
        assert_eq!(find.hits, [0, 4, 9]);
        assert_eq!(find.step(0, true), Some(4));
        assert_eq!(find.step(9, true), Some(0));
        assert_eq!(find.step(0, false), Some(9));
        find.clear();
        find.run("ab");
        assert_eq!(find.step(0, true), None);
    }
}
