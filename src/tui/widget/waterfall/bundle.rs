//! Spans that say nothing each for itself: runs of siblings that are alike, and chains of only
//! children of one service. A tree shows each as one row until it is opened.

use crate::model::Trace;

/// So many siblings in a row that are alike become one row.
const ALIKE: u32 = 5;
/// So many spans of one service, each the only child of the one before, become one row.
const CHAIN: u32 = 5;

/// What spans have in common that share a row. Ordered as their rows are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Likeness {
    /// Siblings of the same service, operation and kind, one after the other.
    Alike,
    /// Only children, each below the one before, of one service and without a failure.
    Chain,
}

/// Spans that share a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bundle {
    /// What they have in common.
    pub likeness: Likeness,
    /// The first of them.
    pub first: usize,
    /// The last of them.
    pub last: usize,
    /// How many they are.
    pub count: u32,
    /// The parent of the first.
    pub(super) parent: Option<usize>,
    pub(super) open: bool,
}

impl Bundle {
    /// Whether each of the spans is shown in a row of its own.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The span after all that the row hides while it is closed.
    pub(super) fn after(&self, trace: &Trace) -> usize {
        match self.likeness {
            Likeness::Alike => trace.subtree(self.last).end,
            Likeness::Chain => self.last + 1,
        }
    }
}

/// All bundles of a trace, by first span, runs before chains. One pass over the spans.
pub fn bundles(trace: &Trace) -> Vec<Bundle> {
    let mut found = Finder {
        trace,
        runs: Vec::new(),
        found: Vec::new(),
    };
    let mut chained = 0;
    for span in 0..trace.len() {
        found.span(span);
        if span >= chained {
            chained = found.chain(span) + 1;
        }
    }
    found.close(0);
    found
        .found
        .sort_unstable_by_key(|bundle| (bundle.first, bundle.likeness));
    found.found
}

/// A run of alike siblings that may go on.
struct Run {
    first: usize,
    last: usize,
    count: u32,
}

struct Finder<'a> {
    trace: &'a Trace,
    /// The run of each level above the span that is looked at.
    runs: Vec<Run>,
    found: Vec<Bundle>,
}

impl Finder<'_> {
    fn span(&mut self, span: usize) {
        let depth = self.trace.depth(span);
        self.close(depth + 1);
        match self.runs.get_mut(depth) {
            Some(run) if is_alike(self.trace, run.first, span) => {
                run.last = span;
                run.count += 1;
            }
            _ => {
                self.close(depth);
                let (first, last, count) = (span, span, 1);
                self.runs.push(Run { first, last, count });
            }
        }
    }

    /// Ends the runs at `depth` and below.
    fn close(&mut self, depth: usize) {
        for run in self.runs.drain(depth.min(self.runs.len())..) {
            if run.count >= ALIKE {
                self.found.push(Bundle {
                    likeness: Likeness::Alike,
                    first: run.first,
                    last: run.last,
                    count: run.count,
                    parent: self.trace.parent(run.first),
                    open: false,
                });
            }
        }
    }

    /// The last span of the chain that begins here, which may be this one.
    fn chain(&mut self, first: usize) -> usize {
        let trace = self.trace;
        let goes_on = |&span: &usize| {
            let end = trace.subtree(span).end;
            let only = end > span + 1 && trace.subtree(span + 1).end == end;
            only && trace.errors_in(span..span + 2) == 0
                && trace.span(span).service() == trace.span(span + 1).service()
        };
        let last = (first..trace.len())
            .take_while(goes_on)
            .last()
            .map_or(first, |at| at + 1);
        let count = (last - first + 1) as u32;
        if count >= CHAIN {
            self.found.push(Bundle {
                likeness: Likeness::Chain,
                first,
                last,
                count,
                parent: trace.parent(first),
                open: false,
            });
        }
        last
    }
}

/// Whether two siblings do the same. Orphans must also miss the same parent.
fn is_alike(trace: &Trace, one: usize, other: usize) -> bool {
    let (a, b) = (trace.span(one), trace.span(other));
    a.kind() == b.kind()
        && a.operation() == b.operation()
        && a.service() == b.service()
        && (trace.depth(one) > 0 || trace.missing_parent(one) == trace.missing_parent(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn runs_need_five_and_chains_one_service() {
        let calls = "  b: get 1..2\n    c: x 1..2\n".repeat(5);
        let text = format!("a: r 0..100\n{calls}  b: put 3..4\n  b: get 5..6\n");
        let trace = scenario::trace(&text);
        let found = bundles(&trace);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first, found[0].last, found[0].count), (1, 9, 5));

        let chain =
            "a: r 0..9\n a: s 0..9\n  a: t 0..9\n   a: u 0..9\n    a: v 0..9\n     b: w 0..9\n";
        let found = bundles(&scenario::trace(chain));
        assert_eq!(
            (found[0].likeness, found[0].first, found[0].last),
            (Likeness::Chain, 0, 4)
        );
        assert!(
            bundles(&scenario::trace(
                &chain.replace("a: t 0..9", "a: t 0..9 error")
            ))
            .is_empty()
        );
    }
}
