//! What a reader sees: the store as it was at one moment, and single traces of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;

use super::generation::{Entry, Generation};
use crate::model::{
    Block, Cancellation, Nanos, Parts, ResourceIx, Row, ServiceCount, SpanRef, Time, Trace, TraceId,
};

/// The store at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    epoch: u64,
    generations: Vec<Arc<Generation>>,
    tenants: Vec<Arc<str>>,
}

impl Snapshot {
    pub(super) fn new(
        epoch: u64,
        generations: Vec<Arc<Generation>>,
        tenants: Vec<Arc<str>>,
    ) -> Self {
        Self {
            epoch,
            generations,
            tenants,
        }
    }

    /// The number of changes that had been made to the store.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub(super) fn generations(&self) -> &[Arc<Generation>] {
        &self.generations
    }

    /// The number of spans.
    pub fn len(&self) -> usize {
        self.generations
            .iter()
            .map(|generation| generation.len as usize)
            .sum()
    }

    /// The number of traces that have a span.
    pub fn trace_count(&self) -> usize {
        let inhabited = self
            .generations
            .iter()
            .map(|generation| generation.inhabited as usize);
        inhabited.sum()
    }

    /// Whether there is no span.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every block, in no order that means anything.
    pub fn blocks(&self) -> impl Iterator<Item = &Arc<Block>> {
        self.generations
            .iter()
            .flat_map(|generation| generation.parts.iter().map(|part| &part.block))
    }

    /// Every trace that has a span, by arrival within each generation.
    pub fn traces(&self) -> impl Iterator<Item = StoredTrace> {
        self.generations.iter().flat_map(|generation| {
            let inhabited = generation.traces.iter().filter(|entry| entry.spans > 0);
            inhabited.map(|entry| StoredTrace::new(Arc::clone(generation), entry.clone()))
        })
    }

    /// The tenant a trace belongs to, empty where there are none.
    pub fn tenant(&self, trace: &StoredTrace) -> &str {
        self.tenants
            .get(trace.entry.tenant as usize)
            .map_or("", |name| name)
    }
}

/// A trace in the store: what the index knows of it, and where its spans are.
#[derive(Debug, Clone)]
pub struct StoredTrace {
    generation: Arc<Generation>,
    entry: Entry,
}

impl StoredTrace {
    pub(super) fn new(generation: Arc<Generation>, entry: Entry) -> Self {
        Self { generation, entry }
    }

    /// Its id.
    pub fn id(&self) -> TraceId {
        self.entry.id
    }

    /// Its number in the store, by arrival.
    pub fn arrival(&self) -> u64 {
        self.entry.arrival
    }

    /// How many traces it stands for, after sampling at the source.
    pub fn weight(&self) -> f32 {
        self.entry.weight
    }

    /// Earliest start.
    pub fn start(&self) -> Time {
        self.entry.start
    }

    /// Latest end.
    pub fn end(&self) -> Time {
        self.entry.end
    }

    /// From the earliest start to the latest end.
    pub fn duration(&self) -> Nanos {
        self.entry.end.since(self.entry.start)
    }

    /// The number of spans that are stored.
    pub fn span_count(&self) -> usize {
        self.entry.spans as usize
    }

    /// The number of them that failed.
    pub fn error_count(&self) -> usize {
        self.entry.errors as usize
    }

    /// Spans that were refused because the trace had become too large.
    pub fn spans_cut(&self) -> u64 {
        u64::from(self.entry.cut)
    }

    /// Its earliest span without a parent; `None` if it has none (yet).
    pub fn root(&self) -> Option<SpanRef<'_>> {
        self.generation.span(self.entry.root)
    }

    /// Its spans in order of arrival.
    pub fn spans(&self) -> impl Iterator<Item = SpanRef<'_>> {
        self.places().map(|(_, span)| span)
    }

    /// Its spans in order of arrival, each with its part of the generation.
    pub(super) fn places(&self) -> impl Iterator<Item = (usize, SpanRef<'_>)> {
        let places: Vec<(usize, Row)> = self.generation.spans_of(&self.entry).collect();
        places.into_iter().rev().filter_map(|(part, row)| {
            let block = &self.generation.parts.get(part)?.block;
            Some((part, block.span(row)))
        })
    }

    /// Spans and errors of each service, by name.
    pub fn services(&self) -> BTreeMap<&str, ServiceCount> {
        // By resource first: a trace of a million spans has few of them.
        let mut resources: HashMap<(usize, ResourceIx), ServiceCount> = HashMap::new();
        for (part, span) in self.places() {
            let of = (part, span.resource().index());
            let count = resources.entry(of).or_default();
            count.spans += 1;
            count.errors += u32::from(span.is_error());
        }
        let mut services: BTreeMap<&str, ServiceCount> = BTreeMap::new();
        for ((part, resource), more) in resources {
            if let Some(part) = self.generation.parts.get(part) {
                let count = services
                    .entry(part.block.resource(resource).service())
                    .or_default();
                count.spans += more.spans;
                count.errors += more.errors;
            }
        }
        services
    }

    /// Its blocks, and its rows in each, in order of arrival. Blocks with nothing but log
    /// records of it are among them. `None` if cancelled.
    fn rows(&self, cancellation: &Cancellation<'_>) -> Option<Parts> {
        let mut rows: Vec<(usize, Vec<Row>)> = Vec::new();
        for (part, row) in self.generation.spans_of(&self.entry) {
            match rows.last_mut() {
                Some((last, rows)) if *last == part => rows.push(row),
                _ => rows.push((part, vec![row])),
            }
            if cancellation.is_cancelled() {
                return None;
            }
        }
        rows.reverse();
        for (_, rows) in &mut rows {
            rows.reverse();
        }
        let logs = self.generation.logs_of(&self.entry).map(|(part, _)| part);
        let mut with_logs: Vec<usize> = logs.take_while(|_| !cancellation.is_cancelled()).collect();
        with_logs.dedup();
        for &part in with_logs.iter().rev() {
            if !rows.iter().any(|(known, _)| *known == part) {
                rows.push((part, Vec::new()));
            }
        }
        let parts = rows.into_iter().filter_map(|(part, rows)| {
            let block = &self.generation.parts.get(part)?.block;
            Some((Arc::clone(block), rows))
        });
        Some(parts.collect())
    }

    /// The trace as a tree. It holds the blocks that its spans stand in, and the store counts
    /// them for as long as it does.
    pub fn tree(&self) -> Trace {
        self.tree_until(&Cancellation::never()).unwrap_or_default()
    }

    /// The same until cancelled; `None` then.
    pub fn tree_until(&self, cancellation: &Cancellation<'_>) -> Option<Trace> {
        let tree = Trace::until(self.entry.id, self.rows(cancellation)?, cancellation)?;
        Some(tree.with_spans_cut(u64::from(self.entry.cut)))
    }
}
