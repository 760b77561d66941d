//! From rows of blocks to a trace: duplicates left out, the tree, and what is summed over it.

use std::collections::{HashMap, HashSet};
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::{FixedState, RandomState};

use super::order::by_start;
use super::{Parts, Place, Trace};
use crate::model::block::{Block, LogIx, ResourceIx, Row, TraceIx};
use crate::model::cancellation::Cancellation;
use crate::model::id::TraceId;
use crate::model::kind::Kind;
use crate::model::time::{Nanos, Time};
use crate::model::tree::{self, ById, NONE, Node, Tree};
use crate::model::views::LogRef;

impl Trace {
    /// The trace that the given rows of blocks make up. Rows identical to others (trace, id,
    /// parent, kind, service, operation, start, end) are left out and counted. The log records
    /// of the blocks that name the trace belong to it.
    pub fn new(id: TraceId, parts: Parts) -> Self {
        Self::until(id, parts, &Cancellation::never()).unwrap_or_default()
    }

    /// The same until cancelled; `None` then.
    pub fn until(id: TraceId, parts: Parts, cancellation: &Cancellation<'_>) -> Option<Self> {
        let (mut blocks, mut places) = (Vec::with_capacity(parts.len()), Vec::new());
        for (block, rows) in parts {
            let number = blocks.len() as u32;
            places.extend(rows.into_iter().map(|row| Place { block: number, row }));
            blocks.push(block);
        }
        cancellation.check()?;
        let given = places.len();
        let start: Vec<Time> = column(&blocks, &places, Block::start_column);
        let mut sorted = Sorted::new(&blocks, &places, &start, cancellation)?;
        sorted.leave_out_duplicates(&blocks, cancellation)?;
        let duplicates = (given - sorted.places.len()) as u32;
        let trace = Self::assemble(id, blocks, sorted, cancellation)?;
        Some(Self {
            duplicates,
            ..trace
        })
    }

    /// Every trace of some blocks, in order of first occurrence.
    pub fn all_of(blocks: &[Arc<Block>]) -> Vec<Self> {
        let mut order = Vec::new();
        let mut parts: HashMap<TraceId, Parts> = HashMap::new();
        for block in blocks {
            let mut rows = vec![Vec::new(); block.trace_ids().len()];
            for (row, trace) in block.trace_column().iter().enumerate() {
                rows[trace as usize].push(row as Row);
            }
            for (&id, rows) in block.trace_ids().iter().zip(rows) {
                let part = parts.entry(id).or_insert_with(|| {
                    order.push(id);
                    Vec::new()
                });
                part.push((Arc::clone(block), rows));
            }
        }
        order
            .into_iter()
            .filter_map(|id| parts.remove(&id).map(|parts| Self::new(id, parts)))
            .collect()
    }

    fn assemble(
        id: TraceId,
        blocks: Vec<Arc<Block>>,
        sorted: Sorted,
        cancellation: &Cancellation<'_>,
    ) -> Option<Self> {
        let Tree {
            order,
            parent,
            depth,
            subtree_end,
            repeated,
            cut,
        } = tree::build(&sorted.nodes, sorted.by_id, cancellation)?;
        let places: Vec<Place> = order.iter().map(|&i| sorted.places[i as usize]).collect();
        let start: Vec<Time> = order.iter().map(|&i| sorted.start[i as usize]).collect();
        let mut errors_before = Vec::with_capacity(places.len() + 1);
        let mut errors = 0;
        errors_before.push(0);
        for place in &places {
            errors += u32::from(blocks[place.block as usize].is_error(place.row));
            errors_before.push(errors);
        }
        cancellation.check()?;
        let durations: Vec<Nanos> = column(&blocks, &places, Block::duration_column);
        let ends = start.iter().zip(&durations);
        let end = ends.map(|(&start, &duration)| start + duration).max();
        let bounds = (
            start.iter().copied().min().unwrap_or_default(),
            end.unwrap_or_default(),
        );
        let kind = |span: usize| {
            let Place { block, row } = places[span];
            blocks[block as usize].kind(row)
        };
        Some(Self {
            id,
            logs: logs(id, &blocks),
            self_time: self_times(&start, &parent, &durations, kind),
            duplicates: 0,
            spans_cut: 0,
            cut_rings: cut,
            blocks,
            places,
            parent,
            depth,
            subtree_end,
            start,
            errors_before,
            repeated,
            bounds,
        })
    }

    /// This trace with the log records that a further block has for it.
    #[must_use]
    pub fn with_logs(&self, block: Arc<Block>) -> Self {
        let mut trace = self.clone();
        let further = logs(self.id, std::slice::from_ref(&block));
        let number = trace.blocks.len() as u32;
        trace.blocks.push(block);
        let further = further.into_iter().map(|(_, log)| (number, log));
        trace.logs.extend(further);
        let blocks = &trace.blocks;
        let time = |&(block, log): &(u32, LogIx)| blocks[block as usize].log(log).time();
        trace.logs.sort_by_key(time);
        trace
    }

    /// This trace without the log records that satisfy the predicate.
    #[must_use]
    pub fn without_logs(&self, is_gone: impl Fn(LogRef<'_>) -> bool) -> Self {
        let mut trace = self.clone();
        let blocks = &self.blocks;
        let gone = |(block, log): (u32, LogIx)| is_gone(blocks[block as usize].log(log));
        trace.logs.retain(|&log| !gone(log));
        trace
    }

    /// This trace with each span moved by its offset in nanoseconds, as a correction of
    /// clocks gives them; the tree is built anew, since the order of siblings may change.
    #[must_use]
    pub fn shifted(&self, offsets: &[i64]) -> Self {
        let start: Vec<Time> = self
            .start
            .iter()
            .zip(offsets)
            .map(|(start, &offset)| start.shifted(offset))
            .collect();
        let never = &Cancellation::never();
        let sorted = Sorted::new(&self.blocks, &self.places, &start, never);
        let trace =
            sorted.and_then(|sorted| Self::assemble(self.id, self.blocks.clone(), sorted, never));
        Self {
            duplicates: self.duplicates,
            spans_cut: self.spans_cut,
            logs: self.logs.clone(),
            ..trace.unwrap_or_default()
        }
    }
}

/// What a column says of the spans at some places.
fn column<T: Copy>(blocks: &[Arc<Block>], places: &[Place], of: fn(&Block) -> &[T]) -> Vec<T> {
    let columns: Vec<&[T]> = blocks.iter().map(|block| of(block)).collect();
    let at = |place: &Place| columns[place.block as usize][place.row as usize];
    places.iter().map(at).collect()
}

/// The time of each span that no child covers. Depth-first order visits the children of each
/// parent by start, which is all that the union of their intervals needs: one running end for each
/// parent.
fn self_times(
    start: &[Time],
    parent: &[u32],
    durations: &[Nanos],
    kind: impl Fn(usize) -> Kind,
) -> Vec<Nanos> {
    let mut covered_to = start.to_vec();
    let mut own = durations.to_vec();
    for (span, &parent) in parent.iter().enumerate() {
        if parent == NONE || kind(span) == Kind::Consumer {
            continue;
        }
        let parent = parent as usize;
        let end_of = |span: usize| start[span] + durations[span];
        let from = start[span].max(covered_to[parent]);
        let to = end_of(span).min(end_of(parent));
        own[parent] = own[parent] - to.since(from);
        covered_to[parent] = covered_to[parent].max(to);
    }
    own
}

/// The spans of a trace by start, joined with their parents.
struct Sorted {
    places: Vec<Place>,
    start: Vec<Time>,
    nodes: Vec<Node>,
    by_id: ById,
}

impl Sorted {
    fn new(
        blocks: &[Arc<Block>],
        places: &[Place],
        start: &[Time],
        cancellation: &Cancellation<'_>,
    ) -> Option<Self> {
        let order = by_start(start, cancellation)?;
        cancellation.check()?;
        let places: Vec<Place> = order.iter().map(|&i| places[i as usize]).collect();
        let start = order.iter().map(|&i| start[i as usize]).collect();
        cancellation.check()?;
        let nodes = nodes(blocks, &places);
        let by_id = ById::new(&nodes, cancellation)?;
        Some(Self {
            places,
            start,
            nodes,
            by_id,
        })
    }

    /// Leaves out spans that are there twice: they have an id that is.
    fn leave_out_duplicates(
        &mut self,
        blocks: &[Arc<Block>],
        cancellation: &Cancellation<'_>,
    ) -> Option<()> {
        if self.by_id.repeated.is_empty() {
            return Some(());
        }
        let given = self.places.len();
        leave_out_duplicates(blocks, &mut self.places);
        if self.places.len() < given {
            self.start = column(blocks, &self.places, Block::start_column);
            self.nodes = nodes(blocks, &self.places);
            self.by_id = ById::new(&self.nodes, cancellation)?;
        }
        Some(())
    }
}

/// Removes places whose span is identical to an earlier one.
fn leave_out_duplicates(blocks: &[Arc<Block>], places: &mut Vec<Place>) {
    let span = |place: &Place| blocks[place.block as usize].span(place.row);
    let mut seen = HashSet::with_hasher(RandomState::default());
    places.retain(|place| {
        let s = span(place);
        let ids = (s.span_id(), s.parent_id(), s.kind());
        seen.insert((ids, s.service(), s.operation(), s.start(), s.duration()))
    });
    leave_out_superseded(blocks, places);
}

/// Removes places of unfinished spans that are there finished too: X-Ray tells of a segment while
/// it is in progress, and again when it is done.
fn leave_out_superseded(blocks: &[Arc<Block>], places: &mut Vec<Place>) {
    let span = |place: &Place| blocks[place.block as usize].span(place.row);
    let key = |place: &Place| {
        let s = span(place);
        (s.span_id(), s.service(), s.operation(), s.start())
    };
    if !places.iter().any(|place| span(place).is_unfinished()) {
        return;
    }
    let finished: HashSet<_, RandomState> = places
        .iter()
        .filter(|place| !span(place).is_unfinished())
        .map(key)
        .collect();
    places.retain(|place| !span(place).is_unfinished() || !finished.contains(&key(place)));
}

fn nodes(blocks: &[Arc<Block>], places: &[Place]) -> Vec<Node> {
    let hasher = FixedState::default();
    let services: Vec<Vec<u64>> = blocks
        .iter()
        .map(|block| {
            let resources = (0..block.resource_count() as u32).map(ResourceIx);
            resources
                .map(|index| hasher.hash_one(block.resource(index).service()))
                .collect()
        })
        .collect();
    let node = |place: &Place| {
        let (block, row) = (&blocks[place.block as usize], place.row as usize);
        Node {
            id: block.span_id_column()[row],
            parent_id: block.parent_id_column()[row],
            kind: block.kind(place.row),
            service: services[place.block as usize][block.resource_column().at(row) as usize],
        }
    };
    places.iter().map(node).collect()
}

fn logs(id: TraceId, blocks: &[Arc<Block>]) -> Vec<(u32, LogIx)> {
    let mut logs = Vec::new();
    for (number, block) in blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| block.log_count() > 0)
    {
        if let Some(trace) = block.trace_ids().iter().position(|&other| other == id) {
            logs.extend(
                block
                    .logs_of(TraceIx(trace as u32))
                    .map(|log| (number as u32, log)),
            );
        }
    }
    logs.sort_by_key(|&(block, log)| blocks[block as usize].log(log).time());
    logs
}
