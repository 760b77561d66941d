//! Which blocks and rows of a snapshot a query can be about at all, and whether a trace of them
//! matches.

use std::sync::Arc;

use super::generation::{Entry, Generation};
use super::search::{Found, Search};
use super::share::shared;
use super::snapshot::StoredTrace;
use crate::model::{Block, Cancellation, Row, SpanId, SpanRef, Time};
use crate::traceql::{Bits, Bound, Evaluator, Facts, Needs};

/// What is left of a block.
pub(super) struct Left<'a> {
    /// The query compiled for it.
    bound: Bound<'a>,
    /// The rows that come into question.
    pub(super) rows: Bits,
    /// Rows of each of which a matching trace has one too.
    companions: Vec<Bits>,
}

/// A generation with what is left of its parts.
pub(super) struct Sifted<'a> {
    generation: &'a Arc<Generation>,
    parts: Vec<Option<Left<'a>>>,
}

/// Sifts all generations, on several threads if there is enough to do. `None` if cancelled.
pub(super) fn sift<'a>(
    generations: &'a [Arc<Generation>],
    search: Search<'a>,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Option<Vec<Sifted<'a>>> {
    let parts = generations.iter().flat_map(|generation| &generation.parts);
    let blocks: Vec<&Block> = parts.map(|part| &*part.block).collect();
    let mut left = sift_blocks(&blocks, search, cancelled).into_iter();
    let sifted = generations.iter().map(|generation| {
        let mut parts: Vec<Option<Left<'a>>> = left.by_ref().take(generation.parts.len()).collect();
        if let Some(window) = search.window
            && search.query.needs() == Needs::Tree
        {
            drop_outside(generation, window, &mut parts);
        }
        Sifted { generation, parts }
    });
    let sifted = sifted.collect();
    (!cancelled()).then_some(sifted)
}

fn sift_blocks<'a>(
    blocks: &[&Block],
    search: Search<'a>,
    cancelled: &(dyn Fn() -> bool + Sync),
) -> Vec<Option<Left<'a>>> {
    let may_match = |index: &usize| {
        let block = blocks.get(*index);
        block.is_some_and(|block| search.query.may_match_in(block))
    };
    let promising: Vec<usize> = (0..blocks.len()).filter(may_match).collect();
    let of = |place: usize| blocks.get(*promising.get(place)?);
    let rows = (0..promising.len()).filter_map(of).map(|block| block.len());
    let done = shared(promising.len(), rows.sum(), Vec::new, |done, place| {
        let block = of(place).filter(|_| !cancelled());
        let cancellation = Cancellation::when(cancelled);
        let left = block.and_then(|block| sift_block(block, search, &cancellation));
        done.push((place, left));
    });
    let mut all: Vec<Option<Left<'a>>> = blocks.iter().map(|_| None).collect();
    for (place, left) in done.into_iter().flatten() {
        let index = promising.get(place);
        if let Some(slot) = index.and_then(|&index| all.get_mut(index)) {
            *slot = left;
        }
    }
    all
}

/// What is left of a block; `None` if nothing of it matters.
pub(super) fn sift_block<'a>(
    block: &Block,
    search: Search<'a>,
    cancellation: &Cancellation<'_>,
) -> Option<Left<'a>> {
    let bound = search.query.bind(block, cancellation);
    let mut rows = bound.candidates(block, cancellation);
    // Where the whole tree decides, another span of the trace may be the one that matches.
    if search.window.is_some() && search.query.needs() != Needs::Tree {
        let starts = block.start_column();
        rows.retain(|row| {
            starts
                .get(row)
                .is_some_and(|&start| search.is_within(start))
        });
    }
    let companions = bound.companions(block, cancellation);
    let matters = !rows.is_empty() || companions.iter().any(|rows| !rows.is_empty());
    matters.then_some(Left {
        bound,
        rows,
        companions,
    })
}

impl Sifted<'_> {
    /// The traces that come into question.
    pub(super) fn entries(&self) -> impl Iterator<Item = (u32, &Entry)> {
        let mut marked = self.traces_of(|left| Some(&left.rows));
        let companions = self
            .parts
            .iter()
            .flatten()
            .map(|left| left.companions.len());
        for number in 0..companions.max().unwrap_or(0) {
            marked.intersect(&self.traces_of(|left| left.companions.get(number)));
        }
        let marked: Vec<u32> = marked.iter().map(|index| index as u32).collect();
        let entries = marked.into_iter().filter_map(|index| {
            let entry = self.generation.traces.get(index as usize)?;
            Some((index, entry))
        });
        entries.filter(|(_, entry)| entry.spans > 0)
    }

    /// The traces, by entry, that have one of some rows.
    fn traces_of<'s>(&'s self, rows: impl Fn(&'s Left<'_>) -> Option<&'s Bits>) -> Bits {
        let mut marked = Bits::none(self.generation.traces.len());
        for (part, left) in self.generation.parts.iter().zip(&self.parts) {
            let Some(rows) = left.as_ref().and_then(&rows) else {
                continue;
            };
            if rows.count() == part.block.len() {
                for &entry in &part.entries {
                    marked.insert(entry as usize);
                }
            } else {
                for row in rows.iter() {
                    marked.insert(part.entry_of(row as Row) as usize);
                }
            }
        }
        marked
    }

    /// The trace of an entry, if it matches.
    pub(super) fn ask(
        &self,
        entry: u32,
        search: Search<'_>,
        evaluator: &mut Evaluator<'_>,
    ) -> Option<Found> {
        let entry = self.generation.traces.get(entry as usize)?;
        let trace = StoredTrace::new(Arc::clone(self.generation), entry.clone());
        let mut matched: Vec<SpanId> = match search.query.needs() {
            Needs::Rows => self.candidates(&trace).map(SpanRef::span_id).collect(),
            Needs::Facts => {
                let accepted = self.accepted(&trace).into_iter();
                accepted.map(|(_, span)| span.span_id()).collect()
            }
            Needs::Tree => {
                let tree = trace.tree_until(evaluator.cancellation())?;
                let spans = evaluator.eval(&tree)?.spans;
                let spans = spans.into_iter().map(|span| tree.span(span as usize));
                spans
                    .filter(|span| search.is_within(span.start()))
                    .map(SpanRef::span_id)
                    .collect()
            }
        };
        matched.sort_unstable();
        matched.dedup();
        (!matched.is_empty()).then_some(Found { trace, matched })
    }

    /// The spans of a trace that come into question.
    fn candidates<'t>(&'t self, trace: &'t StoredTrace) -> impl Iterator<Item = SpanRef<'t>> {
        let has = |part: usize, row: Row| matches!(self.parts.get(part), Some(Some(left)) if left.rows.contains(row as usize));
        trace
            .places()
            .filter(move |&(part, span)| has(part, span.row()))
            .map(|(_, span)| span)
    }

    /// What is left of each part.
    pub(super) fn into_rows(self) -> Vec<Option<Bits>> {
        let parts = self.parts.into_iter();
        parts.map(|left| left.map(|left| left.rows)).collect()
    }

    /// The parts and rows of a trace that match, given what is known of the whole trace.
    pub(super) fn accepted_places(&self, trace: &StoredTrace, found: &mut dyn FnMut(usize, Row)) {
        for (part, span) in self.accepted(trace) {
            found(part, span.row());
        }
    }

    /// Those of them that match, given what is known of the whole trace.
    fn accepted<'t>(&self, trace: &'t StoredTrace) -> Vec<(usize, SpanRef<'t>)> {
        let root = trace.root();
        let facts = Facts {
            duration: trace.duration(),
            root_name: root.map_or("", SpanRef::operation),
            root_service: root.map_or("", SpanRef::service),
        };
        let accepts = |&(part, span): &(usize, SpanRef<'_>)| match self.parts.get(part) {
            Some(Some(left)) => {
                left.rows.contains(span.row() as usize)
                    && left.bound.accepts(span.block(), span.row(), &facts)
            }
            _ => false,
        };
        trace.places().filter(accepts).collect()
    }
}

/// Leaves out rows of traces that have no span at all in a window.
fn drop_outside(generation: &Generation, (from, to): (Time, Time), parts: &mut [Option<Left<'_>>]) {
    let overlaps = |entry: &Entry| entry.start <= to && entry.end >= from;
    for (part, sifted) in generation.parts.iter().zip(parts) {
        if let Some(left) = sifted {
            left.rows.retain(|row| {
                let entry = generation.traces.get(part.entry_of(row as Row) as usize);
                entry.is_some_and(overlaps)
            });
        }
    }
}
