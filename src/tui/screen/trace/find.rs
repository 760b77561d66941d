//! Finding spans within a trace: plain words, `key=value`, or TraceQL in braces.

use std::sync::Arc;

use crate::model::{Block, PairIx, Sym, Trace};
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
    /// More of them may come.
    pub seeking: bool,
    /// The first of them is gone to when it comes.
    pub eager: bool,
    /// Those of the line before are still shown.
    fresh: bool,
    /// How they stand among the other spans.
    pub hits_as: Hits,
    /// Spans that the search which led here asked for: hits until the reader asks for others.
    matched: Vec<usize>,
}

impl Find {
    /// Runs the line over a trace.
    pub fn run(&mut self, trace: &Trace) {
        let Some(text) = self.begin() else { return };
        self.hits.clear();
        let mut hits = Vec::new();
        let found = find(trace, &text, |more| {
            hits.extend(more);
            true
        });
        match found {
            Ok(()) => self.hits = hits,
            Err(why) => self.error = Some(why),
        }
        self.seeking = false;
    }

    /// The line that is to be run, if it has to be; its hits will come. What was found before
    /// stays until then.
    pub fn begin(&mut self) -> Option<String> {
        self.error = None;
        (self.seeking, self.fresh, self.eager) = (false, false, false);
        let text = self.input.text().trim();
        if text.is_empty() {
            self.hits.clone_from(&self.matched);
            return None;
        }
        (self.seeking, self.fresh) = (true, true);
        Some(text.to_owned())
    }

    /// Hits of the line that was begun.
    pub fn take(&mut self, hits: Vec<usize>) {
        if std::mem::take(&mut self.fresh) {
            self.hits.clear();
        }
        self.hits.extend(hits);
    }

    /// No more hits come, and why if the line cannot be run.
    pub fn end(&mut self, error: Option<String>) {
        self.take(Vec::new());
        self.error = error;
        self.seeking = false;
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

/// So many spans are searched before it is told what was found among them.
const PORTION: usize = 1 << 16;

/// The spans that a line finds, told portion by portion until nobody listens any more.
///
/// # Errors
/// What is wrong with the line.
pub fn find(
    trace: &Trace,
    text: &str,
    mut tell: impl FnMut(Vec<usize>) -> bool,
) -> Result<(), String> {
    let text = text.trim();
    if text.starts_with('{') {
        let query = Query::parse(text).map_err(|error| error.to_string())?;
        let found = query.eval(trace).unwrap_or_default();
        tell(found.spans.into_iter().map(|span| span as usize).collect());
        return Ok(());
    }
    let mut words = Words::new(trace, text);
    let mut from = 0;
    while from < trace.len() {
        let end = (from + PORTION).min(trace.len());
        if !tell((from..end).filter(|&span| words.match_span(span)).collect()) {
            break;
        }
        from = end;
    }
    Ok(())
}

/// One word: text anywhere in a span, or a key with its value.
#[derive(Debug, Clone)]
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

/// Words that must all occur in a span: in service, operation, status message, an attribute's key
/// or value (of span, resource, scope or event), or as the span's id. Case does not matter.
struct Words<'a> {
    trace: &'a Trace,
    /// By block.
    sought: Vec<Vec<Sought>>,
}

impl<'a> Words<'a> {
    fn new(trace: &'a Trace, text: &str) -> Self {
        let words: Vec<Word> = text.split_whitespace().map(Word::parse).collect();
        let of = |block: &Arc<Block>| words.iter().map(|word| Sought::new(block, word)).collect();
        let sought = trace.blocks().iter().map(of).collect();
        Self { trace, sought }
    }

    fn match_span(&mut self, span: usize) -> bool {
        let (at, row) = self.trace.place(span);
        let block = &self.trace.blocks()[at];
        let mut words = self.sought[at].iter_mut();
        words.all(|word| word.matches(block, row))
    }
}

/// Whether a string or a pair has the word: not known before somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Has {
    #[default]
    Unknown,
    No,
    Yes,
}

impl Has {
    fn get(&mut self, look: impl FnOnce() -> bool) -> bool {
        if *self == Self::Unknown {
            *self = if look() { Self::Yes } else { Self::No };
        }
        *self == Self::Yes
    }
}

/// A word in a block, looked for once in each string and each attribute that spans have.
struct Sought {
    word: Word,
    id: Option<u64>,
    strings: Vec<Has>,
    pairs: Vec<Has>,
    /// A string in lower case, kept for the next one.
    lower: String,
}

impl Sought {
    fn new(block: &Block, word: &Word) -> Self {
        let dictionary = block.dictionary();
        let id = match word {
            Word::Text(text) if text.len() == 16 => u64::from_str_radix(text, 16).ok(),
            _ => None,
        };
        Self {
            word: word.clone(),
            id,
            strings: vec![Has::Unknown; dictionary.string_count()],
            pairs: vec![Has::Unknown; dictionary.pair_count()],
            lower: String::new(),
        }
    }

    fn matches(&mut self, block: &Block, row: u32) -> bool {
        let span = block.span(row);
        self.id.is_some_and(|id| span.span_id().0 == id)
            || self.string(block, block.operation(row))
            || self.string(block, span.resource().service_sym())
            || self.any(block, span.attributes().pairs())
            || self.any(block, span.resource().attributes().pairs())
            || self.any(block, span.scope().attributes().pairs())
            || span
                .events()
                .any(|event| self.any(block, event.attributes().pairs()) || self.text(event.name()))
            || self.text(span.status_message())
    }

    fn any(&mut self, block: &Block, pairs: &[PairIx]) -> bool {
        pairs.iter().any(|&pair| self.pair(block, pair))
    }

    fn string(&mut self, block: &Block, at: Sym) -> bool {
        let Some(mut has) = self.strings.get(at.index()).copied() else {
            return false;
        };
        let found = has.get(|| self.text(block.dictionary().text(at)));
        self.strings[at.index()] = has;
        found
    }

    fn pair(&mut self, block: &Block, at: PairIx) -> bool {
        let Some(mut has) = self.pairs.get(at.index()).copied() else {
            return false;
        };
        let dictionary = block.dictionary();
        let found = has.get(|| match &self.word {
            Word::Text(_) => {
                self.string(block, dictionary.key(at)) || self.text(&dictionary.value(at).to_text())
            }
            Word::Pair(key, value) => {
                dictionary.text(dictionary.key(at)).to_lowercase() == *key
                    && dictionary.value(at).to_text().to_lowercase() == *value
            }
        });
        self.pairs[at.index()] = has;
        found
    }

    /// Whether a word that is no pair occurs in a text.
    fn text(&mut self, text: &str) -> bool {
        let Word::Text(word) = &self.word else {
            return false;
        };
        if !text.is_ascii() {
            return text.to_lowercase().contains(word.as_str());
        }
        self.lower.clear();
        self.lower.push_str(text);
        self.lower.make_ascii_lowercase();
        self.lower.contains(word.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    fn words(trace: &Trace, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        let run = find(trace, text, |hits| {
            found.extend(hits);
            true
        });
        assert_eq!(run, Ok(()));
        found
    }

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
