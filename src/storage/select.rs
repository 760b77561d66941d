//! Parts of what is stored as somebody else wants to look at them: row by row, not trace by trace.

use super::generation::{Entry, Part};
use super::rows::{Among, Rows};
use super::snapshot::Snapshot;
use crate::model::{Block, Row, Time};
use crate::traceql::{Bits, Query};

/// Spans of one block that were asked for, and the traces they belong to.
#[derive(Debug)]
pub struct Selected<'a> {
    /// The block.
    pub block: &'a Block,
    /// For each trace of the block its number, the same in all blocks of the generation;
    /// [`LEFT_OUT`] for those of which nothing was asked for, in this block or another.
    pub traces: Vec<u32>,
    /// The generation. Traces of different ones are different traces.
    pub generation: u32,
    /// The rows that were asked for.
    pub rows: Bits,
}

/// The number of a trace of which nothing was asked for.
pub const LEFT_OUT: u32 = u32::MAX;

/// A part of what is stored.
#[derive(Debug, Default)]
pub struct Subset<'a> {
    /// By blocks; those without a trace in question are left out.
    pub blocks: Vec<Selected<'a>>,
    /// How many traces.
    pub traces: u64,
}

impl Snapshot {
    /// All spans of the traces for which `wanted` holds, given their start and end.
    pub fn select_traces(&self, wanted: impl Fn(Time, Time) -> bool) -> Subset<'_> {
        let of = |entry: &Entry| entry.spans > 0 && wanted(entry.start, entry.end);
        let mut subset = Subset::default();
        for generation in self.generations() {
            let mut traces = Bits::none(generation.traces.len());
            let entries = generation.traces.iter().enumerate();
            let entries = entries.filter(|(_, entry)| of(entry));
            entries.for_each(|(index, _)| traces.insert(index));
            subset.traces += traces.count() as u64;
            for part in &generation.parts {
                let numbers = numbers_of(part, &traces);
                let rows = rows_of(part, &numbers);
                subset.add(generation.number, part, numbers, rows);
            }
        }
        subset
    }

    /// The spans that a query finds and that start within a window; `None` if `cancelled` says so.
    pub fn select_spans(
        &self,
        query: &Query,
        window: Option<(Time, Time)>,
        cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Option<Subset<'_>> {
        let generations = self.generations();
        let among = Among {
            generations,
            window,
            cancelled,
        };
        let rows: Rows = among.matching(query)?;
        let mut subset = Subset::default();
        for (generation, rows) in generations.iter().zip(rows) {
            let mut traces = Bits::none(generation.traces.len());
            for (part, rows) in generation.parts.iter().zip(&rows) {
                let rows = rows.iter().flat_map(Bits::iter);
                rows.for_each(|row| traces.insert(part.entry_of(row as Row) as usize));
            }
            subset.traces += traces.count() as u64;
            for (part, rows) in generation.parts.iter().zip(rows) {
                let rows = rows.unwrap_or_else(|| Bits::none(part.block.len()));
                subset.add(generation.number, part, numbers_of(part, &traces), rows);
            }
        }
        Some(subset)
    }
}

impl<'a> Subset<'a> {
    fn add(&mut self, generation: u32, part: &'a Part, traces: Vec<u32>, rows: Bits) {
        if traces.iter().any(|&number| number != LEFT_OUT) {
            self.blocks.push(Selected {
                block: &part.block,
                traces,
                generation,
                rows,
            });
        }
    }
}

/// The numbers of a part's traces, if they are among those wanted.
fn numbers_of(part: &Part, wanted: &Bits) -> Vec<u32> {
    let number = |&entry: &u32| {
        if wanted.contains(entry as usize) {
            entry
        } else {
            LEFT_OUT
        }
    };
    part.entries.iter().map(number).collect()
}

/// The rows of a part that belong to traces with a number.
fn rows_of(part: &Part, numbers: &[u32]) -> Bits {
    let mut rows = Bits::all(part.block.len());
    if numbers.contains(&LEFT_OUT) {
        let number = |trace: u32| numbers.get(trace as usize).copied();
        rows.retain_narrow(part.block.trace_column(), |trace| {
            number(trace).is_some_and(|number| number != LEFT_OUT)
        });
    }
    rows
}
