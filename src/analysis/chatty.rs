//! Talk that is too much for one trace: very many calls between two services.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::model::{Operations, Trace};

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
    of(trace, &Operations::new(trace))
}

/// The same, where the operations are numbered already.
pub(super) fn of<'a>(trace: &'a Trace, operations: &Operations<'a>) -> Vec<Chatter<'a>> {
    let services = operations.services();
    let service = |span: usize| services[operations.of(span) as usize];
    let mut pairs: HashMap<(u32, u32), Vec<u32>, RandomState> = HashMap::default();
    for span in 0..trace.len() {
        let Some(parent) = trace.parent(span) else {
            continue;
        };
        let pair = (service(parent), service(span));
        if pair.0 != pair.1 {
            pairs.entry(pair).or_default().push(span as u32);
        }
    }
    let name = |service: u32| operations.names()[service as usize].0;
    let mut chatter: Vec<Chatter<'_>> = pairs
        .into_iter()
        .filter(|(_, spans)| spans.len() > MOST)
        .map(|((caller, called), spans)| Chatter {
            caller: name(caller),
            called: name(called),
            spans: spans.into_iter().map(|span| span as usize).collect(),
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
