//! A generation: some minutes of spans, in blocks that never change, with the index of the
//! traces that were first seen in it. It is the unit in which memory is given back.
//!
//! Every span of a generation has a [`Position`]: its number in the order of arrival. Parts
//! hold consecutive positions, so merging small parts into a large one changes no position and
//! the index need not know. The spans of a trace hang together by their positions: its entry
//! knows the latest one, and each part has a column that leads from a span to the one before.
//! Nothing of this is ever rewritten, which is why a reader may keep what it has.

use std::sync::Arc;

use super::paged::Paged;
use crate::model::{Block, LogIx, Row, SpanRef, Time, TraceId};

/// The number of a span (or of a log record) in its generation, by arrival.
pub(super) type Position = u32;

/// No span.
pub(super) const NOWHERE: Position = u32::MAX;

/// Consecutive spans of a generation: one block and where its rows belong.
#[derive(Debug)]
pub(super) struct Part {
    /// Position of row 0.
    pub(super) first: Position,
    /// Position of log record 0.
    pub(super) first_log: Position,
    /// The spans.
    pub(super) block: Arc<Block>,
    /// The index entry of each trace of the block.
    pub(super) entries: Box<[u32]>,
    /// For each row, the span of the same trace that arrived before it.
    pub(super) earlier: Box<[Position]>,
    /// For each log record, the one of the same trace that arrived before it.
    pub(super) earlier_log: Box<[Position]>,
}

impl Part {
    /// Bytes of the block and of the columns beside it.
    pub(super) fn bytes(&self) -> usize {
        let columns = self.entries.len() + self.earlier.len() + self.earlier_log.len();
        self.block.bytes() + columns * size_of::<u32>() + size_of::<Self>() + size_of::<Block>()
    }

    /// The index entry of the trace that a row belongs to.
    pub(super) fn entry_of(&self, row: Row) -> u32 {
        let trace = self.block.trace_column().get(row as usize);
        trace
            .and_then(|trace| self.entries.get(trace as usize))
            .copied()
            .unwrap_or(NOWHERE)
    }
}

/// What the index knows of a trace.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: TraceId,
    /// The trace's number in the store, by arrival, from 0.
    pub(super) arrival: u64,
    /// Earliest start of a span.
    pub(super) start: Time,
    /// Latest end of a span.
    pub(super) end: Time,
    /// Start of `root`.
    pub(super) root_start: Time,
    /// Bytes of blocks that the trace's spans account for.
    pub(super) bytes: u64,
    /// Its first span.
    pub(super) first: Position,
    /// Its latest span.
    pub(super) last: Position,
    /// Its latest log record.
    pub(super) last_log: Position,
    /// Its earliest span without a parent.
    pub(super) root: Position,
    pub(super) spans: u32,
    pub(super) errors: u32,
    /// Spans that were refused because the trace had become too large.
    pub(super) cut: u32,
    /// How many traces this one stands for, after sampling.
    pub(super) weight: f32,
    /// Index into the store's list of tenants.
    pub(super) tenant: u16,
}

impl Entry {
    pub(super) fn new(id: TraceId, arrival: u64) -> Self {
        Self {
            id,
            arrival,
            start: Time::MAX,
            end: Time(0),
            root_start: Time::MAX,
            bytes: 0,
            first: NOWHERE,
            last: NOWHERE,
            last_log: NOWHERE,
            root: NOWHERE,
            spans: 0,
            errors: 0,
            cut: 0,
            weight: 1.0,
            tenant: 0,
        }
    }

    /// Takes a span in and tells which one of the trace arrived before it.
    fn take(&mut self, span: SpanRef<'_>, position: Position) -> Position {
        self.start = self.start.min(span.start());
        self.end = self.end.max(span.end());
        self.spans += 1;
        self.errors += u32::from(span.is_error());
        let is_root = span.parent_id().is_zero() || span.parent_id() == span.span_id();
        if is_root && (self.root == NOWHERE || span.start() < self.root_start) {
            self.root = position;
            self.root_start = span.start();
        }
        self.first = self.first.min(position);
        std::mem::replace(&mut self.last, position)
    }
}

/// Some minutes of spans. A clone is a reader's view and costs a reference count per part and
/// per 256 traces.
#[derive(Debug, Clone, Default)]
pub(super) struct Generation {
    /// Never used twice in the life of a store.
    pub(super) number: u32,
    /// In order of position.
    pub(super) parts: Vec<Arc<Part>>,
    pub(super) traces: Paged<Entry>,
    /// Spans in all parts: the next position.
    pub(super) len: Position,
    /// Log records in all parts.
    pub(super) logs: Position,
    /// Traces that have a span; others have log records only.
    pub(super) inhabited: u32,
}

impl Generation {
    /// The part and the row of a span.
    pub(super) fn locate(&self, position: Position) -> Option<(&Arc<Part>, Row)> {
        let after = self.parts.partition_point(|part| part.first <= position);
        let part = self.parts.get(after.checked_sub(1)?)?;
        let row = position - part.first;
        ((row as usize) < part.block.len()).then_some((part, row))
    }

    /// The span at a position.
    pub(super) fn span(&self, position: Position) -> Option<SpanRef<'_>> {
        self.locate(position)
            .map(|(part, row)| part.block.span(row))
    }

    /// Where the spans of a trace are, as part and row, the latest arrived first.
    pub(super) fn spans_of(&self, entry: &Entry) -> impl Iterator<Item = (usize, Row)> {
        self.chain(entry.last, |part| part.first, |part| &part.earlier)
    }

    /// Where the log records of a trace are, the latest arrived first.
    pub(super) fn logs_of(&self, entry: &Entry) -> impl Iterator<Item = (usize, LogIx)> {
        self.chain(
            entry.last_log,
            |part| part.first_log,
            |part| &part.earlier_log,
        )
    }

    /// Positions only fall along the chain, so the parts are walked once.
    fn chain(
        &self,
        last: Position,
        first: fn(&Part) -> Position,
        earlier: fn(&Part) -> &[Position],
    ) -> impl Iterator<Item = (usize, u32)> {
        let mut position = last;
        let mut parts = self.parts.iter().enumerate().rev().peekable();
        std::iter::from_fn(move || {
            while parts.next_if(|(_, part)| first(part) > position).is_some() {}
            let &(at, part) = parts.peek().filter(|_| position != NOWHERE)?;
            let row = position - first(part);
            position = earlier(part).get(row as usize).copied().unwrap_or(NOWHERE);
            Some((at, row))
        })
    }

    /// Appends a block whose rows and log records belong to the entries told.
    pub(super) fn append(
        &mut self,
        block: Arc<Block>,
        of_row: &[u32],
        of_log: &[u32],
    ) -> Arc<Part> {
        let mut entries = vec![NOWHERE; block.trace_ids().len()].into_boxed_slice();
        let mut earlier = vec![NOWHERE; block.len()].into_boxed_slice();
        let mut earlier_log = vec![NOWHERE; block.log_count()].into_boxed_slice();
        for ((span, &entry), earlier) in block.spans().zip(of_row).zip(&mut earlier) {
            if let Some(of_trace) = entries.get_mut(span.trace_ix().0 as usize) {
                *of_trace = entry;
            }
            if let Some(entry) = self.traces.get_mut(entry as usize) {
                self.inhabited += u32::from(entry.spans == 0);
                *earlier = entry.take(span, self.len + span.row());
            }
        }
        for (index, (&entry, earlier)) in of_log.iter().zip(&mut earlier_log).enumerate() {
            let trace = block.log(index as LogIx).trace_ix();
            if let Some(of_trace) = entries.get_mut(trace.0 as usize) {
                *of_trace = entry;
            }
            if let Some(entry) = self.traces.get_mut(entry as usize) {
                *earlier = std::mem::replace(&mut entry.last_log, self.logs + index as Position);
            }
        }
        let (first, first_log) = (self.len, self.logs);
        self.len += block.len() as Position;
        self.logs += block.log_count() as Position;
        let part = Arc::new(Part {
            first,
            first_log,
            block,
            entries,
            earlier,
            earlier_log,
        });
        self.parts.push(Arc::clone(&part));
        part
    }
}
