//! Finding spans within a trace: plain words, `key=value`, or TraceQL in braces.

use crate::model::{Block, PairIx, Trace};
use crate::traceql::Query;
use crate::tui::widget::input::Input;

pub use crate::tui::standing::Hits;

/// The find line and what it found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Find {
    /// The line.
    pub input: Input,
    /// Spans found, in the order of the tree.
    pub hits: Vec<usize>,
    /// Why the line cannot be run.
    pub error: Option<String>,
    /// How they stand among the other spans.
    pub hits_as: Hits,
    /// Spans that the search which led here asked for: hits until the reader asks for others.
    matched: Vec<usize>,
}

impl Find {
    /// Runs the line over a trace.
    pub fn run(&mut self, trace: &Trace) {
        let text = self.input.text().trim();
        self.error = None;
        if text.is_empty() {
            self.hits.clone_from(&self.matched);
            return;
        }
        let found = if text.starts_with('{') {
            traceql(trace, text)
        } else {
            Ok(words(trace, text))
        };
        self.hits = found.unwrap_or_else(|why| {
            self.error = Some(why);
            Vec::new()
        });
    }

    /// Forgets line and hits. Returns whether there was something to forget.
    pub fn clear(&mut self) -> bool {
        let some = !self.hits.is_empty() || !self.input.text().is_empty();
        *self = Self::default();
        some
    }

    /// The spans that the search which led here asked for.
    pub fn matched(&self) -> &[usize] {
        &self.matched
    }

    /// Spans that the search which led here asked for: hits until the reader asks for others.
    pub fn lead_in(&mut self, matched: Vec<usize>) {
        self.hits.clone_from(&matched);
        self.matched = matched;
    }

    /// Whether a span was found.
    pub fn is_hit(&self, span: usize) -> bool {
        self.hits.binary_search(&span).is_ok()
    }

    /// Whether one of a range of spans was found.
    pub fn hits_within(&self, spans: std::ops::Range<usize>) -> bool {
        let first = self.hits.partition_point(|&hit| hit < spans.start);
        self.hits.get(first).is_some_and(|&hit| hit < spans.end)
    }

    /// The hit before or after a span, going round, with its place among all.
    pub fn step(&self, from: usize, forward: bool, times: usize) -> Option<usize> {
        let len = self.hits.len();
        if len == 0 {
            return None;
        }
        let at = self
            .hits
            .partition_point(|&hit| if forward { hit <= from } else { hit < from });
        let to = if forward {
            at + times - 1
        } else {
            (at + len * times.max(1) - times) % len
        };
        self.hits.get(to % len).copied()
    }
}

fn traceql(trace: &Trace, text: &str) -> Result<Vec<usize>, String> {
    let query = Query::parse(text).map_err(|error| error.to_string())?;
    let found = query.eval(trace).unwrap_or_default();
    Ok(found.spans.into_iter().map(|span| span as usize).collect())
}

/// One word: text anywhere in a span, or a key with its value.
enum Word {
    Text(String),
    Pair(String, String),
}

impl Word {
    fn parse(word: &str) -> Self {
        match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Self::Pair(key.to_lowercase(), value.to_lowercase())
            }
            _ => Self::Text(word.to_lowercase()),
        }
    }
}

/// Spans in which every word occurs: in service, operation, status message, an attribute's key or
/// value (of span, resource, scope or event), or as the span's id. Case does not matter.
fn words(trace: &Trace, text: &str) -> Vec<usize> {
    let words: Vec<Word> = text.split_whitespace().map(Word::parse).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let compiled: Vec<Vec<Compiled>> = trace
        .blocks()
        .iter()
        .map(|block| {
            words
                .iter()
                .map(|word| Compiled::new(block, word))
                .collect()
        })
        .collect();
    (0..trace.len())
        .filter(|&span| {
            let (block, row) = trace.place(span);
            compiled[block]
                .iter()
                .all(|word| word.matches(&trace.blocks()[block], row))
        })
        .collect()
}

/// A word decided once for each string and each attribute of a block.
struct Compiled {
    id: Option<u64>,
    strings: Vec<bool>,
    pairs: Vec<bool>,
}

impl Compiled {
    fn new(block: &Block, word: &Word) -> Self {
        let dictionary = block.dictionary();
        match word {
            Word::Text(text) => {
                let strings: Vec<bool> = dictionary
                    .strings()
                    .map(|(_, s)| s.to_lowercase().contains(text.as_str()))
                    .collect();
                let pairs = dictionary.pairs().map(|(_, key, value)| {
                    strings[key.index()] || value.to_text().to_lowercase().contains(text.as_str())
                });
                let id = (text.len() == 16)
                    .then(|| u64::from_str_radix(text, 16).ok())
                    .flatten();
                Self {
                    id,
                    pairs: pairs.collect(),
                    strings,
                }
            }
            Word::Pair(key, value) => {
                let pairs = dictionary.pairs().map(|(_, k, v)| {
                    dictionary.text(k).to_lowercase() == *key
                        && v.to_text().to_lowercase() == *value
                });
                Self {
                    id: None,
                    pairs: pairs.collect(),
                    strings: vec![false; dictionary.string_count()],
                }
            }
        }
    }

    fn matches(&self, block: &Block, row: u32) -> bool {
        let span = block.span(row);
        let any = |pairs: &[PairIx]| pairs.iter().any(|pair| self.pairs[pair.index()]);
        self.id.is_some_and(|id| span.span_id().0 == id)
            || self.strings[block.operation_column()[row as usize].index()]
            || self.strings[span.resource().service_sym().index()]
            || any(span.attributes().pairs())
            || any(span.resource().attributes().pairs())
            || any(span.scope().attributes().pairs())
            || span
                .events()
                .any(|event| any(event.attributes().pairs()) || self.text(block, event.name()))
            || self.text(block, span.status_message())
    }

    /// Strings of rare columns are looked up by their text: few spans have them.
    fn text(&self, block: &Block, text: &str) -> bool {
        !text.is_empty()
            && block
                .dictionary()
                .find(text)
                .is_some_and(|sym| self.strings[sym.index()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    const TRACE: &str = "shop: GET /cart 0..100 http.status=500\n  mysql: SELECT 1..50 error msg=Timeout +3:lock\n  redis: GET 60..70\n";

    #[test]
    fn every_word_must_occur() {
        let trace = scenario::trace(TRACE);
        assert_eq!(words(&trace, "get"), [0, 2]);
        assert_eq!(words(&trace, "get redis"), [2]);
        assert_eq!(words(&trace, "http.status=500"), [0]);
        assert_eq!(words(&trace, "HTTP.status=50"), [] as [usize; 0]);
        assert_eq!(words(&trace, "timeout"), [1]);
        assert_eq!(words(&trace, "lock"), [1]);
        assert_eq!(words(&trace, "0000000000000003"), [2]);
    }

    #[test]
    fn braces_ask_in_traceql_and_say_what_is_wrong() {
        let trace = scenario::trace(TRACE);
        let mut find = Find::default();
        find.input.set("{ status = error }", 0);
        find.run(&trace);
        assert_eq!(find.hits, [1]);
        find.input.set("{ status = ", 0);
        find.run(&trace);
        assert!(find.error.is_some() && find.hits.is_empty());
    }

    #[test]
    fn hits_go_round() {
        let find = Find {
            hits: vec![2, 5, 9],
            ..Find::default()
        };
        assert_eq!(find.step(5, true, 1), Some(9));
        assert_eq!(find.step(9, true, 1), Some(2));
        assert_eq!(find.step(2, false, 1), Some(9));
        assert_eq!(find.step(6, false, 1), Some(5));
        assert_eq!(find.step(0, true, 2), Some(5));
        assert_eq!(Find::default().step(1, true, 1), None);
    }
}
