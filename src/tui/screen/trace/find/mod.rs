//! Finding spans within a trace: plain words, `key=value` and other terms, or TraceQL in braces.

mod field;
mod line;
mod offers;
mod words;

use crate::model::{Bits, Cancellation, SpanSet, Trace};
use crate::traceql::Query;
use crate::tui::answer::Held;
use crate::tui::keymap::Action;
use crate::tui::widget::completing::Completing;

use super::open::Moves;
use line::{Line, narrowed};
use words::words;

pub use crate::tui::session::standing::Hits;
pub use offers::Names;

use offers::Known;

/// The find line and what it found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Find {
    /// The line.
    pub typing: Completing,
    /// Spans found.
    pub hits: SpanSet,
    /// Why the line cannot be run.
    pub error: Option<String>,
    /// More of them may come.
    pub seeking: bool,
    /// The first of them is gone to when it comes.
    pub eager: bool,
    /// Those of the line before are still shown.
    fresh: bool,
    /// What is looked for.
    runs: String,
    /// What was looked for until the end: the hits are all there are.
    ran: Option<String>,
    /// How they stand among the other spans.
    pub hits_as: Hits,
    /// Spans that the search which led here asked for: hits until the reader asks for others.
    matched: SpanSet,
    /// What the line can go on with.
    known: Known,
}

impl Find {
    /// What is typed.
    pub fn text(&self) -> &str {
        self.typing.input.text()
    }

    /// Types a character.
    pub fn typed(&mut self, c: char) {
        let known = &self.known;
        self.typing
            .typed(c, &|text, cursor| known.propose(text, cursor));
    }

    /// Editing, completion and history. Returns false for any other action.
    pub fn act(&mut self, action: Action, history: &[String]) -> bool {
        let known = &self.known;
        let propose = |text: &str, cursor| known.propose(text, cursor);
        self.typing.act(action, history, &propose)
    }

    /// Whether the names of the trace are still to be asked for. They are then taken as asked for.
    pub fn wants_names(&mut self) -> bool {
        !std::mem::replace(&mut self.known.asked, true)
    }

    /// What the line can go on with.
    pub fn know(&mut self, names: Held<Names>) {
        self.known.names = Some(names);
        let known = &self.known;
        self.typing
            .renew(&|text, cursor| known.propose(text, cursor));
    }

    /// Runs the line over a trace.
    pub fn run(&mut self, trace: &Trace) {
        let Some((text, _)) = self.begin() else {
            return;
        };
        let found = find(trace, &text, None, &|| false, |hits| {
            self.take(hits);
            true
        });
        self.end(found.err());
    }

    /// The line that is to be run, if it has to be; or, where its hits are known to be among those
    /// found before, what is left of it and those. What was found before stays until they come.
    pub fn begin(&mut self) -> Option<(String, Option<SpanSet>)> {
        self.error = None;
        (self.seeking, self.fresh, self.eager) = (false, false, false);
        let text = self.typing.input.text().trim();
        let before = self.ran.take();
        if text.is_empty() {
            self.hits.clone_from(&self.matched);
            return None;
        }
        (self.seeking, self.fresh) = (true, true);
        self.runs = text.to_owned();
        Some(match before.and_then(|before| narrowed(&before, text)) {
            Some(more) => (more, Some(self.hits.clone())),
            None => (text.to_owned(), None),
        })
    }

    /// The hits so far of the line that was begun.
    pub fn take(&mut self, hits: SpanSet) {
        (self.hits, self.fresh) = (hits, false);
    }

    /// No more hits come, and why if the line cannot be run.
    pub fn end(&mut self, error: Option<String>) {
        if self.fresh {
            self.take(SpanSet::default());
        }
        self.ran = error.is_none().then(|| std::mem::take(&mut self.runs));
        self.error = error;
        self.seeking = false;
    }

    /// No more hits come, though there may be some.
    pub fn stop(&mut self) {
        self.end(None);
        self.ran = None;
    }

    /// The spans stand elsewhere now, and others have come of which nothing was found yet.
    pub fn moved(&mut self, moves: &Moves) {
        self.hits = moves.all(&self.hits);
        self.matched = moves.all(&self.matched);
        self.ran = None;
        self.known.asked = false;
    }

    /// Forgets line and hits. Returns whether there was something to forget.
    pub fn clear(&mut self) -> bool {
        let some = !self.hits.is_empty() || !self.text().is_empty();
        *self = Self {
            known: std::mem::take(&mut self.known),
            ..Self::default()
        };
        some
    }

    /// The spans that the search which led here asked for.
    pub fn matched(&self) -> &SpanSet {
        &self.matched
    }

    /// Spans that the search which led here asked for: hits until the reader asks for others.
    pub fn lead_in(&mut self, matched: SpanSet) {
        self.hits.clone_from(&matched);
        self.matched = matched;
    }

    /// Whether a span was found.
    pub fn is_hit(&self, span: usize) -> bool {
        self.hits.contains(span)
    }

    /// Whether one of a range of spans was found.
    pub fn hits_within(&self, spans: std::ops::Range<usize>) -> bool {
        self.hits.before(spans.start) < self.hits.before(spans.end)
    }

    /// The hit before or after a span, going round, with its place among all.
    pub fn step(&self, from: usize, forward: bool, times: usize) -> Option<usize> {
        let len = self.hits.len();
        if len == 0 {
            return None;
        }
        let at = self.hits.before(from + usize::from(forward));
        let to = if forward {
            at + times - 1
        } else {
            (at + len * times.max(1) - times) % len
        };
        self.hits.nth(to % len)
    }
}

/// The spans that a line finds: what is found so far is told each time whole, until nobody listens
/// any more or it is `over`.
///
/// # Errors
/// What is wrong with the line.
pub fn find(
    trace: &Trace,
    text: &str,
    among: Option<&SpanSet>,
    over: &(dyn Fn() -> bool + Sync),
    mut tell: impl FnMut(SpanSet) -> bool,
) -> Result<(), String> {
    let text = text.trim();
    if !text.starts_with('{') {
        words(trace, &Line::parse(text), among, over, tell);
        return Ok(());
    }
    let query = Query::parse(text).map_err(|error| error.to_string())?;
    let mut evaluator = query.evaluator_until(Cancellation::when(over));
    let found = evaluator.eval(trace).unwrap_or_default();
    let mut bits = Bits::none(trace.len());
    found
        .spans
        .iter()
        .for_each(|&span| bits.insert(span as usize));
    tell(SpanSet::from(bits));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    fn words(trace: &Trace, text: &str) -> Vec<usize> {
        let mut found = SpanSet::default();
        let run = find(trace, text, None, &|| false, |hits| {
            assert!(found.iter().all(|span| hits.contains(span)));
            found = hits;
            true
        });
        assert_eq!(run, Ok(()));
        found.iter().collect()
    }

    fn spans(spans: &[usize]) -> SpanSet {
        let mut bits = Bits::none(10);
        for &span in spans {
            bits.insert(span);
        }
        SpanSet::from(bits)
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
    fn terms_ask_for_what_a_span_is_and_for_what_it_is_not() {
        let trace = scenario::trace(TRACE);
        assert_eq!(words(&trace, "-mysql"), [0, 2]);
        assert_eq!(words(&trace, "get -redis"), [0]);
        assert_eq!(words(&trace, "mysql | redis"), [1, 2]);
        assert_eq!(words(&trace, "mysql get | service=Redis"), [2]);
        assert_eq!(words(&trace, "status=error"), [1]);
        assert_eq!(words(&trace, "error=false get"), [0, 2]);
        assert_eq!(words(&trace, "http.status>=500"), [0]);
        assert_eq!(words(&trace, "http.status<500 | duration<=10ms"), [2]);
        assert_eq!(words(&trace, "http.status!=500"), [1, 2]);
        assert_eq!(words(&trace, "share>40%"), [0, 1]);
        assert_eq!(words(&trace, "-share>40% kind=internal"), [2]);
        assert_eq!(words(&trace, "own>=41ms"), [0, 1]);
        assert_eq!(words(&trace, "\"GET /cart\""), [0]);
        assert_eq!(words(&trace, "operation=\"get /cart\""), [0]);
        assert_eq!(words(&trace, "cart->"), [] as [usize; 0]);
        assert_eq!(words(&trace, "|"), [] as [usize; 0]);
    }

    #[test]
    fn braces_ask_in_traceql_and_say_what_is_wrong() {
        let trace = scenario::trace(TRACE);
        let mut find = Find::default();
        find.typing.input.set("{ status = error }", 0);
        find.run(&trace);
        assert_eq!(find.hits.iter().collect::<Vec<_>>(), [1]);
        find.typing.input.set("{ status = ", 0);
        find.run(&trace);
        assert!(find.error.is_some() && find.hits.is_empty());
    }

    #[test]
    fn a_longer_word_is_looked_for_among_the_hits_of_a_shorter_one() {
        let trace = scenario::trace(TRACE);
        let mut find = Find::default();
        let mut among = |line: &str| {
            find.typing.input.set(line, 0);
            let (text, among) = find.begin().unwrap();
            let found = among.as_ref().map(SpanSet::len);
            super::find(&trace, &text, among.as_ref(), &|| false, |hits| {
                find.take(hits);
                true
            })
            .unwrap();
            find.end(None);
            (text, found, find.hits.iter().collect::<Vec<_>>())
        };
        assert_eq!(among("s"), ("s".into(), None, vec![0, 1, 2]));
        assert_eq!(among("sh"), ("sh".into(), Some(3), vec![0]));
        assert_eq!(among("sh get"), ("get".into(), Some(1), vec![0]));
        assert_eq!(among("sh get get"), (String::new(), Some(1), vec![0]));
        assert_eq!(among("sh get {").0, "sh get {");
        assert_eq!(among("mysql"), ("mysql".into(), None, vec![1]));
        let whole = "mysql msg=timeout";
        assert_eq!(among(whole), (whole.into(), None, vec![]));
    }

    #[test]
    fn hits_go_round() {
        let find = Find {
            hits: spans(&[2, 5, 9]),
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
