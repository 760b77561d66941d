//! Talk that is too much for one trace: very many calls between two services.

use std::collections::HashMap;

use crate::model::Trace;

/// More calls than this from one service to another in one trace are worth a word.
const MOST: usize = 50;

/// The calls of one service to another, within one trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chatter<'a> {
    /// Who calls.
    pub caller: &'a str,
    /// Who is called.
    pub called: &'a str,
    /// The spans of the one called, in the order of the tree.
    pub spans: Vec<usize>,
}

/// Pairs of services with more than fifty calls, the most calls first.
pub fn chatter(trace: &Trace) -> Vec<Chatter<'_>> {
    let mut pairs: HashMap<(&str, &str), Vec<usize>> = HashMap::new();
    for span in 0..trace.len() {
        let Some(parent) = trace.parent(span) else {
            continue;
        };
        let pair = (trace.span(parent).service(), trace.span(span).service());
        if pair.0 != pair.1 {
            pairs.entry(pair).or_default().push(span);
        }
    }
    let mut chatter: Vec<Chatter<'_>> = pairs
        .into_iter()
        .filter(|(_, spans)| spans.len() > MOST)
        .map(|((caller, called), spans)| Chatter {
            caller,
            called,
            spans,
        })
        .collect();
    chatter.sort_by_key(|pair| {
        (
            std::cmp::Reverse(pair.spans.len()),
            pair.caller,
            pair.called,
        )
    });
    chatter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn fifty_one_calls_are_chatty() {
        let calls = |n| format!("a: r 0..100\n{}", "  b: get 1..2\n".repeat(n));
        assert_eq!(chatter(&scenario::trace(&calls(50))), []);
        let trace = scenario::trace(&calls(51));
        let chatter = chatter(&trace);
        assert_eq!((chatter[0].caller, chatter[0].called), ("a", "b"));
        assert_eq!(chatter[0].spans.len(), 51);
    }
}
