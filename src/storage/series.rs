//! Series over time from what is stored: the spans of each selection of a metrics query are
//! found as those of any search, and counted where they stand.

use std::sync::Arc;

use super::generation::{Entry, Generation};
use super::search::{Order, Search};
use super::share::shared;
use super::sieve::{Sifted, sift, sift_block};
use super::snapshot::{Snapshot, StoredTrace};
use crate::model::{Block, Row, Time, Trace};
use crate::traceql::eval::{Around, Facts, Spot};
use crate::traceql::metrics::{Comparison, Pass, Selection, Series, Tallied, Tally};
use crate::traceql::{Bits, Metrics, Needs, Query, Steps};

/// A question for series.
#[derive(Debug, Clone, Copy)]
pub struct Counting<'a> {
    /// What is computed of which spans.
    pub metrics: &'a Metrics,
    /// The spans start between these, ends included.
    pub window: (Time, Time),
    /// The steps of time.
    pub steps: Steps,
    /// Whether spans that stand for others are wanted.
    pub exemplars: bool,
}

/// Series, and what they do not tell.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// The series, by their labels.
    pub series: Vec<Series>,
    /// Spans that are in none, because there would have been too many series.
    pub left_out: u64,
}

/// For each part of each generation, the rows that match.
type Rows = Vec<Vec<Option<Bits>>>;

impl Snapshot {
    /// The earliest start and the latest end of anything stored.
    pub fn reach(&self) -> Option<(Time, Time)> {
        let entries = self.generations().iter();
        let entries = entries.flat_map(|generation| generation.traces.iter());
        let inhabited = entries.filter(|entry: &&Entry| entry.spans > 0);
        inhabited
            .map(|entry| (entry.start, entry.end))
            .reduce(|(from, to), (start, end)| (from.min(start), to.max(end)))
    }

    /// Computes series; `None` if `cancelled` says so.
    pub fn series(
        &self,
        counting: Counting<'_>,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Option<Counted> {
        let selections = counting.metrics.selections().iter();
        let tallied: Option<Vec<Tallied<'_>>> = selections
            .map(|selection| {
                let count = Count {
                    generations: self.generations(),
                    counting,
                    selection,
                    cancelled,
                };
                count.tallied()
            })
            .collect();
        let tallied = tallied?;
        Some(Counted {
            series: counting.metrics.answer(&tallied),
            left_out: tallied.iter().map(Tallied::left_out).sum(),
        })
    }
}

/// Traces that a thread takes at a time.
const TRACES: usize = 64;

/// The counting of one selection.
#[derive(Clone, Copy)]
struct Count<'a> {
    generations: &'a [Arc<Generation>],
    counting: Counting<'a>,
    selection: &'a Selection,
    cancelled: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Count<'a> {
    fn tallied(self) -> Option<Tallied<'a>> {
        let Counting {
            steps, exemplars, ..
        } = self.counting;
        let tallied = match self.selection.tally(steps, exemplars) {
            Tallied::Comparison(comparison) => Tallied::Comparison(self.compared(comparison)?),
            Tallied::Tally(tally) if !self.selection.reads_blocks_only() => {
                Tallied::Tally(self.in_context(&tally)?)
            }
            Tallied::Tally(tally) => Tallied::Tally(self.in_blocks(&tally)?),
        };
        (!(self.cancelled)()).then_some(tallied)
    }

    fn search(self, query: &'a Query) -> Search<'a> {
        Search {
            query,
            window: Some(self.counting.window),
            limit: usize::MAX,
            order: Order::Newest,
        }
    }

    fn blocks(self) -> Vec<&'a Block> {
        let parts = self
            .generations
            .iter()
            .flat_map(|generation| &generation.parts);
        parts.map(|part| &*part.block).collect()
    }

    /// Where a span says by itself whether it counts, block by block in one go.
    fn in_blocks(self, empty: &Tally<'a>) -> Option<Tally<'a>> {
        let blocks = self.blocks();
        let size = blocks.iter().map(|block| block.len()).sum();
        let query = self.selection.query();
        let begin = || empty.another();
        let tallies = if query.needs() == Needs::Rows {
            shared(blocks.len(), size, begin, |tally, at| {
                let Some(block) = blocks.get(at).filter(|_| !(self.cancelled)()) else {
                    return;
                };
                if let Some(left) = sift_block(block, self.search(query)) {
                    tally.rows(block, &left.rows);
                }
            })
        } else {
            let rows: Vec<Option<Bits>> = self.matching(query)?.into_iter().flatten().collect();
            shared(blocks.len(), size, begin, |tally, at| {
                if let (Some(block), Some(Some(rows))) = (blocks.get(at), rows.get(at)) {
                    tally.rows(block, rows);
                }
            })
        };
        united(tallies, |all, more| all.merge(&more))
    }

    /// The rows that match a query, whatever it takes to decide that.
    fn matching(self, query: &'a Query) -> Option<Rows> {
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

    fn no_rows(self) -> Rows {
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
    fn in_trees<S: Send>(
        self,
        query: &'a Query,
        begin: impl Fn() -> S + Sync,
        found: impl Fn(&mut S, usize, &Trace, &[u32]) + Sync,
    ) -> Option<Vec<S>> {
        let (from, to) = self.counting.window;
        let sifted = sift(self.generations, self.search(query), self.cancelled)?;
        let entries = sifted.iter().enumerate();
        let entries: Vec<(usize, &Entry)> = entries
            .flat_map(|(generation, sifted)| sifted.entries().map(move |(_, of)| (generation, of)))
            .collect();
        let chunks: Vec<&[(usize, &Entry)]> = entries.chunks(TRACES).collect();
        let spans = entries.iter().map(|(_, entry)| entry.spans as usize).sum();
        let begin = || (query.evaluator(), begin());
        let states = shared(chunks.len(), spans, begin, |(evaluator, state), chunk| {
            for &(at, entry) in chunks.get(chunk).copied().unwrap_or_default() {
                let Some(generation) = self.generations.get(at).filter(|_| !(self.cancelled)())
                else {
                    return;
                };
                let tree = StoredTrace::new(Arc::clone(generation), entry.clone()).tree();
                let mut spans = evaluator
                    .eval(&tree)
                    .map_or_else(Vec::new, |found| found.spans);
                spans.retain(|&span| (from..=to).contains(&tree.span(span as usize).start()));
                found(state, at, &tree, &spans);
            }
        });
        (!(self.cancelled)()).then(|| states.into_iter().map(|(_, state)| state).collect())
    }

    /// Where labels or values are properties of the trace: trace by trace.
    fn in_context(self, empty: &Tally<'a>) -> Option<Tally<'a>> {
        let tallies = self.in_trees(
            self.selection.query(),
            || empty.another(),
            |tally, _, tree, spans| {
                let facts = Facts::of(tree);
                for &span in spans {
                    let around = Around {
                        facts: Some(&facts),
                        tree: Some((tree, span as usize)),
                    };
                    tally.span(&Spot::new(tree.span(span as usize), around));
                }
            },
        )?;
        united(tallies, |all, more| all.merge(&more))
    }

    fn compared(self, mut comparison: Comparison) -> Option<Comparison> {
        let all = self.matching(self.selection.query())?;
        let selected = match self.selection.compared() {
            Some(query) => self.matching(query)?,
            None => Vec::new(),
        };
        for pass in [Pass::Count, Pass::Time] {
            let selected = selected.iter().flatten().map(Option::as_ref);
            let selected = selected.chain(std::iter::repeat(None));
            let rows = all.iter().flatten().zip(selected);
            for (block, (all, selected)) in self.blocks().into_iter().zip(rows) {
                if (self.cancelled)() {
                    return None;
                }
                if let Some(all) = all {
                    let none = Bits::none(block.len());
                    comparison.rows(pass, block, all, selected.unwrap_or(&none));
                }
            }
            comparison.choose();
        }
        Some(comparison)
    }
}

fn insert(rows: &mut [Option<Bits>], part: usize, row: Row) {
    if let Some(Some(rows)) = rows.get_mut(part) {
        rows.insert(row as usize);
    }
}

/// What all threads found, as one.
fn united<S>(states: Vec<S>, unite: impl Fn(&mut S, S)) -> Option<S> {
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
