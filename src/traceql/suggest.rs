//! "Did you mean": the nearest of some words.

/// The candidate nearest to `word` by edit distance, ignoring case, if it is near enough to be
/// meant: a third of the word's letters may differ, and one more.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(MAX_LETTERS).collect();
    let limit = word.len() / 3 + 1;
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.to_lowercase().chars().take(MAX_LETTERS).collect();
            if letters.len().abs_diff(word.len()) > limit {
                return None;
            }
            Some((distance(&word, &letters), candidate))
        })
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.len().max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Names longer than this are compared by their beginnings.
const MAX_LETTERS: usize = 96;

/// Damerau's distance between adjacent letters: insert, delete, replace, exchange.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, &x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, &y) in b.iter().enumerate() {
            let replaced = last[j] + usize::from(x != y);
            let mut best = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            let exchanged = i > 0 && j > 0 && x == b[j - 1] && a[i - 1] == y;
            if exchanged {
                best = best.min(before_last[j - 1] + 1);
            }
            row.push(best);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let keys = ["http.status_code", "http.method", "db.system"];
        assert_eq!(nearest("http.statuscode", keys), Some("http.status_code"));
        assert_eq!(nearest("htpp.method", keys), Some("http.method"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("", keys), None);
        assert_eq!(nearest("durration", ["duration", "kind"]), Some("duration"));
    }
}
