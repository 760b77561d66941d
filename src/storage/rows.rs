//! Which rows of what is stored match a query, whatever it takes to decide that.

use std::sync::Arc;

use super::generation::{Entry, Generation};
use super::search::{Order, Search};
use super::share::shared;
use super::sieve::{Sifted, sift};
use super::snapshot::StoredTrace;
use crate::model::{Block, Cancellation, Row, Time, Trace};
use crate::traceql::{Bits, Needs, Query};

/// For each part of each generation, the rows that match.
pub(super) type Rows = Vec<Vec<Option<Bits>>>;

/// Traces that a thread takes at a time.
const TRACES: usize = 64;

/// Where spans are looked for.
#[derive(Clone, Copy)]
pub(super) struct Among<'a> {
    pub(super) generations: &'a [Arc<Generation>],
    /// They start between these, ends included.
    pub(super) window: Option<(Time, Time)>,
    pub(super) cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Among<'a> {
    /// A search for all of them.
    pub(super) fn search(self, query: &'a Query) -> Search<'a> {
        Search {
            query,
            window: self.window,
            limit: usize::MAX,
            order: Order::Newest,
        }
    }

    /// The rows that match a query, whatever it takes to decide that.
    pub(super) fn matching(self, query: &'a Query) -> Option<Rows> {
        match query.needs() {
            Needs::Rows => {
                let sifted = sift(self.generations, self.search(query), self.cancelled)?;
                Some(sifted.into_iter().map(Sifted::into_rows).collect())
            }
            Needs::Facts => {
                let sifted = sift(self.generations, self.search(query), self.cancelled)?;
                let mut all = self.no_rows();
                for ((generation, sifted), rows) in
                    self.generations.iter().zip(&sifted).zip(&mut all)
                {
                    for (_, entry) in sifted.entries() {
                        if (self.cancelled)() {
                            return None;
                        }
                        let trace = StoredTrace::new(Arc::clone(generation), entry.clone());
                        sifted.accepted_places(&trace, &mut |part, row| {
                            insert(rows, part, row);
                        });
                    }
                }
                Some(all)
            }
            Needs::Tree => {
                let found = self.in_trees(
                    query,
                    || self.no_rows(),
                    |all, generation, tree, spans| {
                        let parts = self.parts_of(generation, tree);
                        for &span in spans {
                            let (block, row) = tree.place(span as usize);
                            if let (Some(rows), Some(Some(part))) =
                                (all.get_mut(generation), parts.get(block))
                            {
                                insert(rows, *part, row);
                            }
                        }
                    },
                )?;
                united(found, |all, more| add(all, &more))
            }
        }
    }

    pub(super) fn no_rows(self) -> Rows {
        let none = |generation: &Arc<Generation>| {
            let parts = generation.parts.iter();
            parts
                .map(|part| Some(Bits::none(part.block.len())))
                .collect()
        };
        self.generations.iter().map(none).collect()
    }

    /// Which part of a generation each block of a trace is.
    fn parts_of(self, generation: usize, tree: &Trace) -> Vec<Option<usize>> {
        let Some(generation) = self.generations.get(generation) else {
            return Vec::new();
        };
        let part_of = |block: &Arc<Block>| {
            let mut parts = generation.parts.iter();
            parts.position(|part| Arc::ptr_eq(&part.block, block))
        };
        tree.blocks().iter().map(part_of).collect()
    }

    /// Hands on every trace that matches: the number of its generation, its tree, and the spans
    /// that match and start within the window. Each thread has a state of its own.
    pub(super) fn in_trees<S: Send>(
        self,
        query: &'a Query,
        begin: impl Fn() -> S + Sync,
        found: impl Fn(&mut S, usize, &Trace, &[u32]) + Sync,
    ) -> Option<Vec<S>> {
        let search = self.search(query);
        let sifted = sift(self.generations, search, self.cancelled)?;
        let entries = sifted.iter().enumerate();
        let entries: Vec<(usize, &Entry)> = entries
            .flat_map(|(generation, sifted)| sifted.entries().map(move |(_, of)| (generation, of)))
            .collect();
        let chunks: Vec<&[(usize, &Entry)]> = entries.chunks(TRACES).collect();
        let spans = entries.iter().map(|(_, entry)| entry.spans as usize).sum();
        let evaluator = || query.evaluator_until(Cancellation::when(self.cancelled));
        let begin = || (evaluator(), begin());
        let states = shared(chunks.len(), spans, begin, |(evaluator, state), chunk| {
            for &(at, entry) in chunks.get(chunk).copied().unwrap_or_default() {
                let Some(generation) = self.generations.get(at).filter(|_| !(self.cancelled)())
                else {
                    return;
                };
                let trace = StoredTrace::new(Arc::clone(generation), entry.clone());
                let Some(tree) = trace.tree_until(evaluator.cancellation()) else {
                    return;
                };
                let mut spans = evaluator
                    .eval(&tree)
                    .map_or_else(Vec::new, |found| found.spans);
                spans.retain(|&span| search.is_within(tree.span(span as usize).start()));
                found(state, at, &tree, &spans);
            }
        });
        (!(self.cancelled)()).then(|| states.into_iter().map(|(_, state)| state).collect())
    }
}

fn insert(rows: &mut [Option<Bits>], part: usize, row: Row) {
    if let Some(Some(rows)) = rows.get_mut(part) {
        rows.insert(row as usize);
    }
}

/// What all threads found, as one.
pub(super) fn united<S>(states: Vec<S>, unite: impl Fn(&mut S, S)) -> Option<S> {
    states.into_iter().reduce(|mut all, more| {
        unite(&mut all, more);
        all
    })
}

fn add(all: &mut Rows, more: &Rows) {
    for (rows, more) in all.iter_mut().flatten().zip(more.iter().flatten()) {
        if let (Some(rows), Some(more)) = (rows, more) {
            rows.union(more);
        }
    }
}
