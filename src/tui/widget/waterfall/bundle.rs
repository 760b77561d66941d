//! Spans that say nothing each for itself: runs of siblings that are alike, and chains of only
//! children of one service. A tree shows each as one row until it is opened.

use std::ops::Range;

use crate::model::{Cancellation, Operations, Time, Trace};

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
    parent: Option<usize>,
    pub(super) open: bool,
}

impl Bundle {
    /// Whether each of the spans is shown in a row of its own.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// The spans that the row hides while it is closed.
    pub fn hides(&self, trace: &Trace) -> Range<usize> {
        self.first..self.after(trace)
    }

    /// The spans that share the row.
    pub fn members(&self, trace: &Trace) -> impl Iterator<Item = usize> {
        let (last, likeness) = (self.last, self.likeness);
        let next = move |&span: &usize| {
            let next = match likeness {
                Likeness::Chain => span + 1,
                Likeness::Alike => trace.subtree(span).end,
            };
            Some(next).filter(|&next| next <= last)
        };
        std::iter::successors(Some(self.first), next)
    }

    /// From the first start of the spans to the last end.
    pub fn times(&self, trace: &Trace) -> (Time, Time) {
        let times = |span| (trace.start_of(span), trace.end_of(span));
        let all = self.members(trace).map(times);
        let all = all.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        all.unwrap_or_default()
    }

    /// The span after all that the row hides while it is closed.
    pub(super) fn after(&self, trace: &Trace) -> usize {
        match self.likeness {
            Likeness::Alike => trace.subtree(self.last).end,
            Likeness::Chain => self.last + 1,
        }
    }
}

/// All bundles of a trace, closed at first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundles {
    /// By first span, runs before chains.
    all: Vec<Bundle>,
    /// Places of runs, by parent and first span.
    runs: Vec<u32>,
    /// Places of chains, which do not overlap.
    chains: Vec<u32>,
}

impl Bundles {
    /// Finds them. One pass over the spans: of a large trace not while somebody waits.
    pub fn of(trace: &Trace) -> Self {
        Self::until(trace, &Cancellation::never())
    }

    /// The same, unless it is cancelled: then they are of no use.
    pub fn until(trace: &Trace, cancellation: &Cancellation<'_>) -> Self {
        let all = bundles(trace, cancellation);
        let places = |likeness| {
            let is_it = move |(_, bundle): &(u32, &Bundle)| bundle.likeness == likeness;
            (0..).zip(&all).filter(is_it).map(|(at, _)| at)
        };
        let mut runs: Vec<u32> = places(Likeness::Alike).collect();
        let chains = places(Likeness::Chain).collect();
        runs.sort_unstable_by_key(|&at| (all[at as usize].parent, all[at as usize].first));
        Self { all, runs, chains }
    }

    /// By first span, runs before chains.
    pub(super) fn all(&self) -> &[Bundle] {
        &self.all
    }

    /// The bundle of that sort that begins with a span.
    pub(super) fn get(&self, first: usize, likeness: Likeness) -> Option<Bundle> {
        self.all.get(self.place(first, likeness)?).copied()
    }

    fn place(&self, first: usize, likeness: Likeness) -> Option<usize> {
        let key = |bundle: &Bundle| (bundle.first, bundle.likeness);
        self.all.binary_search_by_key(&(first, likeness), key).ok()
    }

    /// Opens or closes a bundle. False if there is none.
    pub(super) fn set(&mut self, first: usize, likeness: Likeness, open: bool) -> bool {
        let place = self.place(first, likeness);
        let bundle = place.and_then(|at| self.all.get_mut(at));
        bundle.map(|bundle| bundle.open = open).is_some()
    }

    /// Opens or closes all bundles that begin with one of some spans.
    pub(super) fn set_within(&mut self, spans: &Range<usize>, open: bool) {
        let from = self.all.partition_point(|b| b.first < spans.start);
        let inside = |b: &&mut Bundle| b.first < spans.end;
        for bundle in self.all[from..].iter_mut().take_while(inside) {
            bundle.open = open;
        }
    }

    /// Opens exactly the bundles that satisfy the predicate, and closes the others.
    pub(super) fn set_where(&mut self, open: impl Fn(&Bundle) -> bool) {
        for bundle in &mut self.all {
            bundle.open = open(bundle);
        }
    }

    /// The run of siblings that a span is in.
    pub(super) fn run_of(&self, trace: &Trace, span: usize) -> Option<&Bundle> {
        let key = (trace.parent(span), span);
        let of = |&at: &u32| (self.all[at as usize].parent, self.all[at as usize].first);
        let after = self.runs.partition_point(|at| of(at) <= key);
        let run = &self.all[*self.runs.get(after.checked_sub(1)?)? as usize];
        (run.parent == key.0 && (run.first..=run.last).contains(&span)).then_some(run)
    }

    /// The chain in which a span is not the first.
    fn chain_of(&self, span: usize) -> Option<&Bundle> {
        let first = |&at: &u32| self.all[at as usize].first;
        let after = self.chains.partition_point(|at| first(at) < span);
        let chain = &self.all[*self.chains.get(after.checked_sub(1)?)? as usize];
        (chain.last >= span).then_some(chain)
    }

    /// The bundles in which a span has a row of its own only if they are open.
    pub(super) fn around(&self, trace: &Trace, span: usize) -> impl Iterator<Item = Bundle> {
        let around = [self.run_of(trace, span), self.chain_of(span)];
        around.into_iter().flatten().copied()
    }

    /// The closed bundles in which a span has no row of its own.
    pub(super) fn closed_around(&self, trace: &Trace, span: usize) -> impl Iterator<Item = Bundle> {
        self.around(trace, span).filter(|bundle| !bundle.open)
    }
}

/// All bundles of a trace, by first span, runs before chains.
fn bundles(trace: &Trace, cancellation: &Cancellation<'_>) -> Vec<Bundle> {
    let operations = Operations::new(trace);
    let mut found = Finder {
        trace,
        operations: &operations,
        runs: Vec::new(),
        found: Vec::new(),
    };
    let mut chained = 0;
    for span in (0..trace.len()).take_while(|_| !cancellation.is_cancelled()) {
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
    operations: &'a Operations<'a>,
    /// The run of each level above the span that is looked at.
    runs: Vec<Run>,
    found: Vec<Bundle>,
}

impl Finder<'_> {
    fn span(&mut self, span: usize) {
        let depth = self.trace.depth(span);
        self.close(depth + 1);
        match self.runs.get_mut(depth) {
            Some(run) if is_alike(self.trace, self.operations, run.first, span) => {
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
fn is_alike(trace: &Trace, operations: &Operations<'_>, one: usize, other: usize) -> bool {
    operations.of(one) == operations.of(other)
        && trace.span(one).kind() == trace.span(other).kind()
        && (trace.depth(one) > 0 || trace.missing_parent(one) == trace.missing_parent(other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn a_cancelled_search_looks_at_few_spans() {
        let calls = "  b: get 1..2\n".repeat(5_000);
        let trace = scenario::trace(&format!("a: r 0..100\n{calls}"));
        let found = bundles(&trace, &Cancellation::when(&|| true));
        assert!(found.iter().all(|bundle| bundle.count < 1_000));
    }

    #[test]
    fn runs_need_five_and_chains_one_service() {
        let calls = "  b: get 1..2\n    c: x 1..2\n".repeat(5);
        let text = format!("a: r 0..100\n{calls}  b: put 3..4\n  b: get 5..6\n");
        let trace = scenario::trace(&text);
        let found = bundles(&trace, &Cancellation::never());
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first, found[0].last, found[0].count), (1, 9, 5));

        let chain =
            "a: r 0..9\n a: s 0..9\n  a: t 0..9\n   a: u 0..9\n    a: v 0..9\n     b: w 0..9\n";
        let found = bundles(&scenario::trace(chain), &Cancellation::never());
        assert_eq!(
            (found[0].likeness, found[0].first, found[0].last),
            (Likeness::Chain, 0, 4)
        );
        assert!(
            bundles(
                &scenario::trace(&chain.replace("a: t 0..9", "a: t 0..9 error")),
                &Cancellation::never()
            )
            .is_empty()
        );
    }
}
