//! Series over time from what is stored: the spans of each selection of a metrics query are
//! found as those of any search, and counted where they stand.

use super::generation::Entry;
use super::rows::{Among, united};
use super::share::shared;
use super::sieve::sift_block;
use super::snapshot::Snapshot;
use crate::model::{Block, Cancellation, Time};
use crate::traceql::eval::{Around, Facts, Spot};
use crate::traceql::metrics::{Comparison, Pass, Selection, Series, Tallied, Tally};
use crate::traceql::{Bits, Metrics, Needs, Steps};

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
                    among: Among {
                        generations: self.generations(),
                        window: Some(counting.window),
                        cancelled,
                    },
                    counting,
                    selection,
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
    among: Among<'a>,
    counting: Counting<'a>,
    selection: &'a Selection,
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
        (!(self.among.cancelled)()).then_some(tallied)
    }

    fn blocks(self) -> Vec<&'a Block> {
        let generations = self.among.generations;
        let parts = generations.iter().flat_map(|generation| &generation.parts);
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
                let Some(block) = blocks.get(at).filter(|_| !(self.among.cancelled)()) else {
                    return;
                };
                let cancellation = Cancellation::when(self.among.cancelled);
                if let Some(left) = sift_block(block, self.among.search(query), &cancellation) {
                    tally.rows(block, &left.rows);
                }
            })
        } else {
            let rows: Vec<Option<Bits>> =
                self.among.matching(query)?.into_iter().flatten().collect();
            shared(blocks.len(), size, begin, |tally, at| {
                if let (Some(block), Some(Some(rows))) = (blocks.get(at), rows.get(at)) {
                    tally.rows(block, rows);
                }
            })
        };
        united(tallies, |all, more| all.merge(&more))
    }

    /// Where labels or values are properties of the trace: trace by trace.
    fn in_context(self, empty: &Tally<'a>) -> Option<Tally<'a>> {
        let tallies = self.among.in_trees(
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
        let all = self.among.matching(self.selection.query())?;
        let selected = match self.selection.compared() {
            Some(query) => self.among.matching(query)?,
            None => Vec::new(),
        };
        for pass in [Pass::Count, Pass::Time] {
            let selected = selected.iter().flatten().map(Option::as_ref);
            let selected = selected.chain(std::iter::repeat(None));
            let rows = all.iter().flatten().zip(selected);
            for (block, (all, selected)) in self.blocks().into_iter().zip(rows) {
                if (self.among.cancelled)() {
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
