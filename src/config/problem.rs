//! What is wrong in a configuration, and where.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// A mistake in a file: `config.toml:3:1: unknown key thme: did you mean theme?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: PathBuf,
    /// Line and column, from 1; `None` if the file could not be read at all.
    pub place: Option<(usize, usize)>,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.path.display())?;
        if let Some((line, column)) = self.place {
            write!(f, "{line}:{column}:")?;
        }
        write!(f, " {}", self.message)
    }
}

impl std::error::Error for Problem {}

/// Line and column, from 1, of a byte in a text; columns count characters.
pub(super) fn place(text: &str, span: Option<Range<usize>>) -> (usize, usize) {
    let at = span.map_or(0, |span| span.start).min(text.len());
    let before = text.get(..at).unwrap_or(text);
    let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    (line, column)
}

/// The candidate that `word` was probably meant to be: at most a third of it is different.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |candidate: &'a str| (distance(word, candidate), candidate);
    let most = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(near)
        .filter(|&(distance, _)| distance <= most)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance: edits, and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().flat_map(char::to_lowercase).collect();
    let b: Vec<char> = b.chars().flat_map(char::to_lowercase).collect();
    if a.len().abs_diff(b.len()) > a.len() {
        return usize::MAX;
    }
    let mut before = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let edited = above[j] + usize::from(a[i] != b[j]);
            row[j + 1] = edited.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_near() {
        let words = ["theme", "color", "keymap"];
        assert_eq!(nearest("thme", words), Some("theme"));
        assert_eq!(nearest("colour", words), Some("color"));
        assert_eq!(nearest("kemyap", words), Some("keymap"));
        assert_eq!(nearest("listen", words), None);
        assert_eq!(nearest("", words), None);
    }

    #[test]
    fn places_count_characters() {
        assert_eq!(place("a = 1\nö = 2", Some(9..10)), (2, 3));
        assert_eq!(place("", Some(7..8)), (1, 1));
    }
}
