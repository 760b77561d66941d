//! A word that is looked for in texts, whatever its case.

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

    /// Where the word stands in a text, in bytes, one place behind the other; only the case of
    /// ASCII letters is passed over. The empty one stands nowhere.
    pub fn places<'a>(&'a self, text: &'a str) -> impl Iterator<Item = usize> {
        let (text, word) = (text.as_bytes(), self.word.as_bytes());
        let first = word.first().copied().unwrap_or_default();
        let (small, large) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
        let mut end = 0;
        let begins = memchr2_iter(small, large, text).filter(|_| !word.is_empty());
        begins.filter(move |&at| {
            let window = text.get(at..at + word.len());
            let found = at >= end && window.is_some_and(|window| window.eq_ignore_ascii_case(word));
            if found {
                end = at + word.len();
            }
            found
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
}
