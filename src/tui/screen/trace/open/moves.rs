//! Where the spans of a trace stand in another form of it: with more spans, or by other clocks.

use std::collections::HashMap;

use crate::model::{Bits, SpanId, SpanSet, Trace};

/// Where each span of a trace stands in another form of the same trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moves {
    to: Vec<Option<u32>>,
    /// The number of spans of the other form.
    len: usize,
}

impl Moves {
    /// From one form to the other, spans known by their ids. One pass over both while spans only
    /// come in between; those that change their order are looked up.
    pub fn between(before: &Trace, after: &Trace) -> Self {
        let mut to = vec![None; before.len()];
        let mut added = Vec::new();
        let mut at = 0;
        for span in 0..after.len() {
            let id = after.span(span).span_id();
            if at < before.len() && before.span(at).span_id() == id {
                to[at] = Some(span as u32);
                at += 1;
            } else {
                added.push((id, span as u32));
            }
        }
        if at < before.len() {
            // Of spans that share an id the first is meant.
            let places: HashMap<SpanId, u32> = added.into_iter().rev().collect();
            for (span, to) in to.iter_mut().enumerate().skip(at) {
                *to = places.get(&before.span(span).span_id()).copied();
            }
        }
        let len = after.len();
        Self { to, len }
    }

    /// Where a span stands now, if it is still there.
    pub fn to(&self, span: usize) -> Option<usize> {
        let to = self.to.get(span).copied().flatten();
        to.map(|span| span as usize)
    }

    /// Where the spans of a set stand now.
    pub fn all(&self, spans: &SpanSet) -> SpanSet {
        let mut now = Bits::none(self.len);
        let to = spans.iter().filter_map(|span| self.to(span));
        to.for_each(|span| now.insert(span));
        now.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn spans_are_followed_past_what_came_and_to_a_parent_that_came_late() {
        let before = scenario::trace("a: r 0..9 id=1\n  b: x 4..5 id=2\nc: y 6..7 id=3 parent=9\n");
        let after = scenario::trace(
            "a: r 0..9 id=1\n  c: late 1..8 id=9\n    c: y 6..7 id=3\n  b: x 4..5 id=2\n",
        );
        let moves = Moves::between(&before, &after);
        let to: Vec<_> = (0..4).map(|span| moves.to(span)).collect();
        assert_eq!(to, [Some(0), Some(3), Some(2), None]);
        let back = Moves::between(&after, &before);
        assert_eq!((back.to(1), back.to(2)), (None, Some(2)));
        let all = SpanSet::from(Bits::all(3));
        assert_eq!(moves.all(&all).iter().collect::<Vec<_>>(), [0, 2, 3]);
    }
}
