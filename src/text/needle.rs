//! A word that is looked for in texts, whatever its case.

use std::ops::Range;

use memchr::memchr2_iter;

/// A word to be looked for. Small and large ASCII letters are the same; of a word with other
/// letters, all that Unicode has in two cases is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needle {
    word: String,
    /// The word in lower case, if it is not of ASCII alone.
    lower: Option<String>,
}

impl Needle {
    /// A word to be looked for.
    pub fn new(word: &str) -> Self {
        Self {
            word: word.to_owned(),
            lower: (!word.is_ascii()).then(|| word.to_lowercase()),
        }
    }

    /// Whether the word occurs in a text; the empty one does in any.
    pub fn is_in(&self, text: &str) -> bool {
        match &self.lower {
            Some(_) if text.is_ascii() => false,
            Some(lower) => text.to_lowercase().contains(lower.as_str()),
            None => self.word.is_empty() || self.places(text).next().is_some(),
        }
    }

    /// Whether a whole number can have it, written in decimal.
    pub fn may_be_digits(&self) -> bool {
        let mut bytes = self.word.bytes();
        bytes.all(|byte| byte.is_ascii_digit() || byte == b'-')
    }

    /// Where the word stands in a text, in bytes, one place behind the other; only the case of
    /// ASCII letters is passed over. The empty one stands nowhere.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> {
        let mut end = 0;
        let places = self.occurrences(text.as_bytes());
        places.filter(move |&at| {
            let found = at >= end;
            if found {
                end = at + self.word.len();
            }
            found
        })
    }

    /// The same, those included that begin within another.
    fn occurrences<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = usize> {
        let word = self.word.as_bytes();
        let first = word.first().copied().unwrap_or_default();
        let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
        let begins = memchr2_iter(small, large, text).filter(|_| !word.is_empty());
        begins.filter(move |&at| {
            let window = text.get(at..at + word.len());
            window.is_some_and(|window| window.eq_ignore_ascii_case(word))
        })
    }

    /// Which of many strings have it, ascending: they stand one behind the other in one text,
    /// each up to its end. Where few have it the text is looked through as fast as it can be
    /// read.
    pub fn strings_in<'a>(
        &'a self,
        text: &'a str,
        ends: &'a [u32],
        strings: Range<usize>,
    ) -> impl Iterator<Item = usize> {
        let end = |at: usize| ends.get(at).map_or(text.len(), |&end| end as usize);
        let start = move |at: usize| at.checked_sub(1).map_or(0, end);
        let (mut at, stop) = (strings.start, strings.end.min(ends.len()));
        let mut from = start(at);
        std::iter::from_fn(move || {
            while at < stop {
                if self.lower.is_some() || self.word.is_empty() {
                    at += 1;
                    if self.is_in(text.get(start(at - 1)..end(at - 1))?) {
                        return Some(at - 1);
                    }
                    continue;
                }
                let rest = text.as_bytes().get(from..end(stop - 1))?;
                let place = from + self.occurrences(rest).next()?;
                while end(at) <= place {
                    at += 1;
                }
                // What begins in one string and ends in the next is in neither.
                let found = place + self.word.len() <= end(at);
                from = if found { end(at) } else { place + 1 };
                if found {
                    at += 1;
                    return Some(at - 1);
                }
            }
            None
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whatever_its_case() {
        let places = |word, text| Needle::new(word).places(text).collect::<Vec<_>>();
        assert_eq!(places("ab", "Ab xab \u{e4}AB a"), [0, 4, 9]);
        assert_eq!(places("aa", "aAaa"), [0, 2]);
        assert_eq!(places("", "any"), [] as [usize; 0]);
        let is_in = |word, text| Needle::new(word).is_in(text);
        assert!(is_in("get", "HTTP GET /cart") && !is_in("gets", "HTTP GET"));
        assert!(is_in("", "") && !is_in("a", ""));
        assert!(is_in("\u{c4}RGER", "kein \u{e4}rger") && !is_in("\u{e4}", "a"));
        assert!(is_in("z", "\u{e4}Z"));
    }

    #[test]
    fn strings_of_one_text_are_told_apart() {
        let strings = ["", "abc", "ca", "", "bCAb", "\u{c4}c", "b", "c"];
        let text = strings.concat();
        let mut end = 0;
        let ends: Vec<u32> = strings
            .iter()
            .map(|s| (end += s.len() as u32, end).1)
            .collect();
        for word in ["", "c", "ca", "b", "bc", "\u{e4}", "abc", "cab", "bb", "x"] {
            let needle = Needle::new(word);
            for range in [0..8, 2..5, 4..4, 7..8] {
                let found: Vec<usize> = needle.strings_in(&text, &ends, range.clone()).collect();
                let each = range.filter(|&at| needle.is_in(strings[at]));
                assert_eq!(found, each.collect::<Vec<_>>(), "{word}");
            }
        }
    }
}
