//! Finding text in a value.

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
        self.hits = places(text, self.input.text()).take(MOST).collect();
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

/// Where `wanted` stands in a text, from its start to its end.
fn places<'t>(text: &'t str, wanted: &'t str) -> impl Iterator<Item = usize> + 't {
    let (bytes, wanted) = (text.as_bytes(), wanted.as_bytes());
    let first = wanted.first().map(u8::to_ascii_lowercase);
    let mut at = 0;
    std::iter::from_fn(move || {
        let first = first?;
        loop {
            let rest = bytes.get(at..)?;
            let found = rest
                .iter()
                .position(|byte| byte.to_ascii_lowercase() == first)?;
            let here = at + found;
            at = here + 1;
            let window = bytes.get(here..here + wanted.len())?;
            if window.eq_ignore_ascii_case(wanted) {
                at = here + wanted.len();
                return Some(here);
            }
        }
    })
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
