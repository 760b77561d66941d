//! Series over time from what is stored: the spans of each selection of a metrics query are
//! found as those of any search, and counted where they stand.

use std::sync::Arc;

use super::generation::{Entry, Generation};
use super::search::{Order, Search};
use super::share::shared;
use super::sieve::{Sifted, sift};
use super::snapshot::{Snapshot, StoredTrace};
use crate::model::{Block, Time, Trace};
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
                Tallied::Tally(self.in_trees(tally)?)
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
                if let Some((_, rows)) = super::sieve::sift_block(block, self.search(query)) {
                    tally.rows(block, &rows);
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
        tallies.into_iter().reduce(|mut all, more| {
            all.merge(more);
            all
        })
    }

    /// The rows that match a query, whatever it takes to decide that.
    fn matching(self, query: &'a Query) -> Option<Rows> {
        let sifted = sift(self.generations, self.search(query), self.cancelled)?;
        if query.needs() == Needs::Rows {
            return Some(sifted.into_iter().map(Sifted::into_rows).collect());
        }
        let mut all = Vec::with_capacity(self.generations.len());
        for (generation, sifted) in self.generations.iter().zip(&sifted) {
            let blocks = generation.parts.iter().map(|part| &part.block);
            let mut rows: Vec<Bits> = blocks
                .clone()
                .map(|block| Bits::none(block.len()))
                .collect();
            let mut insert = |part: usize, row: u32| {
                if let Some(rows) = rows.get_mut(part) {
                    rows.insert(row as usize);
                }
            };
            self.each_match(
                generation,
                sifted,
                query,
                &mut |trace, tree, spans| match tree {
                    None => sifted.accepted_places(trace, &mut insert),
                    Some(tree) => {
                        let part_of = |block: &Arc<Block>| {
                            blocks.clone().position(|known| Arc::ptr_eq(known, block))
                        };
                        let parts: Vec<Option<usize>> = tree.blocks().iter().map(part_of).collect();
                        let (from, to) = self.counting.window;
                        for &span in spans {
                            if !(from..=to).contains(&tree.span(span as usize).start()) {
                                continue;
                            }
                            let (block, row) = tree.place(span as usize);
                            if let Some(Some(part)) = parts.get(block) {
                                insert(*part, row);
                            }
                        }
                    }
                },
            )?;
            all.push(rows.into_iter().map(Some).collect());
        }
        Some(all)
    }

    /// Hands on every trace that comes into question, and with its tree if that decides, the
    /// spans that match.
    fn each_match(
        self,
        generation: &Arc<Generation>,
        sifted: &Sifted<'_>,
        query: &Query,
        found: &mut dyn FnMut(&StoredTrace, Option<&Trace>, &[u32]),
    ) -> Option<()> {
        let mut evaluator = query.evaluator();
        for (_, entry) in sifted.entries() {
            if (self.cancelled)() {
                return None;
            }
            let trace = StoredTrace::new(Arc::clone(generation), entry.clone());
            if query.needs() == Needs::Facts {
                found(&trace, None, &[]);
                continue;
            }
            let tree = trace.tree();
            let spans = evaluator
                .eval(&tree)
                .map_or_else(Vec::new, |found| found.spans);
            found(&trace, Some(&tree), &spans);
        }
        Some(())
    }

    /// Where labels or values are properties of the trace: trace by trace.
    fn in_trees(self, mut tally: Tally<'a>) -> Option<Tally<'a>> {
        let query = self.selection.query();
        let (from, to) = self.counting.window;
        let sifted = sift(self.generations, self.search(query), self.cancelled)?;
        for (generation, sifted) in self.generations.iter().zip(&sifted) {
            let mut evaluator = query.evaluator();
            for (_, entry) in sifted.entries() {
                if (self.cancelled)() {
                    return None;
                }
                let tree = StoredTrace::new(Arc::clone(generation), entry.clone()).tree();
                let facts = Facts::of(&tree);
                let spans = evaluator
                    .eval(&tree)
                    .map_or_else(Vec::new, |found| found.spans);
                for span in spans {
                    let around = Around {
                        facts: Some(&facts),
                        tree: Some((&tree, span as usize)),
                    };
                    let spot = Spot::new(tree.span(span as usize), around);
                    if (from..=to).contains(&spot.span.start()) {
                        tally.span(&spot);
                    }
                }
            }
        }
        Some(tally)
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
