//! Columns of spans over a dictionary of their own. A block never changes once it is built.

use super::column::{Column, Sparse};
use super::dictionary::{Dictionary, PairIx, Sym};
use super::id::{SpanId, TraceId};
use super::kind::{Kind, Status};
use super::narrow::Narrow;
use super::span::{Attributes, SpanRef};
use super::time::{Nanos, Time};
use super::views::{LogRef, ResourceRef, ScopeRef};

/// A span's position in its block.
pub type Row = u32;

/// The position of a trace in [`Block::trace_ids`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceIx(pub u32);

/// The position of a resource in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceIx(pub u32);

/// The position of an instrumentation scope in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeIx(pub u32);

/// The position of a log record in its block.
pub type LogIx = u32;

/// A range of [`Block::lists`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct List {
    pub from: u32,
    pub to: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ResourceRow {
    pub attributes: List,
    pub service: Sym,
    pub schema_url: Sym,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct ScopeRow {
    pub name: Sym,
    pub version: Sym,
    pub attributes: List,
    pub schema_url: Sym,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct EventRow {
    pub time: Time,
    pub name: Sym,
    pub attributes: List,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct LinkRow {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub attributes: List,
    pub trace_state: Sym,
    pub flags: u32,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct LogRow {
    pub trace: TraceIx,
    pub span_id: SpanId,
    pub time: Time,
    pub severity: u8,
    pub severity_text: Sym,
    pub body: PairIx,
    pub attributes: List,
    pub resource: ResourceIx,
    pub scope: ScopeIx,
}

/// How many attributes, events and links a span's application dropped before sending it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Dropped {
    pub attributes: u32,
    pub events: u32,
    pub links: u32,
}

/// Bits of [`Block::bits`] beside kind (0 to 2) and status (3 and 4).
pub(super) const ERROR: u8 = 1 << 5;
pub(super) const END_UNKNOWN: u8 = 1 << 6;
pub(super) const END_BEFORE_START: u8 = 1 << 7;

/// Columns of spans, and the log records that came with them.
///
/// Filled by a [`BlockBuilder`](super::BlockBuilder). Rows keep the order in which spans
/// arrived. Strings and attributes are interned in the block's own [`Dictionary`].
#[derive(Debug, Clone, Default)]
pub struct Block {
    pub(super) dictionary: Dictionary,
    pub(super) traces: Vec<TraceId>,
    pub(super) trace: Narrow,
    pub(super) span_id: Vec<SpanId>,
    pub(super) parent_id: Vec<SpanId>,
    pub(super) start: Vec<Time>,
    pub(super) duration: Vec<Nanos>,
    pub(super) operation: Narrow,
    pub(super) resource: Narrow,
    pub(super) scope: Narrow,
    pub(super) bits: Vec<u8>,
    pub(super) attribute_end: Vec<u32>,
    pub(super) attribute: Vec<PairIx>,
    pub(super) operations: Vec<Sym>,
    pub(super) resources: Vec<ResourceRow>,
    pub(super) scopes: Vec<ScopeRow>,
    pub(super) lists: Vec<PairIx>,
    pub(super) events: Sparse<EventRow>,
    pub(super) links: Sparse<LinkRow>,
    pub(super) status_message: Sparse<Sym>,
    pub(super) trace_state: Sparse<Sym>,
    pub(super) flags: Sparse<u32>,
    /// By how much spans end before they start.
    pub(super) backwards: Sparse<Nanos>,
    pub(super) dropped: Sparse<Dropped>,
    pub(super) warnings: Sparse<Sym>,
    pub(super) logs: Vec<LogRow>,
}

impl Block {
    /// The number of spans.
    pub fn len(&self) -> usize {
        self.span_id.len()
    }

    /// Whether there is no span (there may still be log records).
    pub fn is_empty(&self) -> bool {
        self.span_id.is_empty()
    }

    /// The dictionary of strings and attribute pairs.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// A span, by its row.
    ///
    /// # Panics
    /// Reading a span whose row is not below [`Block::len`] panics.
    pub fn span(&self, row: Row) -> SpanRef<'_> {
        SpanRef { block: self, row }
    }

    /// All spans in row order.
    pub fn spans(&self) -> impl ExactSizeIterator<Item = SpanRef<'_>> {
        (0..self.len() as Row).map(|row| self.span(row))
    }

    /// The distinct traces of the block's spans and log records, in order of first occurrence.
    pub fn trace_ids(&self) -> &[TraceId] {
        &self.traces
    }

    /// The trace of each row, as positions in [`Block::trace_ids`].
    pub fn trace_column(&self) -> &Narrow {
        &self.trace
    }

    /// The span id of each row.
    pub fn span_id_column(&self) -> &[SpanId] {
        &self.span_id
    }

    /// The parent reference of each row, zero where there is none.
    pub fn parent_id_column(&self) -> &[SpanId] {
        &self.parent_id
    }

    /// The start of each row.
    pub fn start_column(&self) -> &[Time] {
        &self.start
    }

    /// The duration of each row; zero where the end is unknown or before the start.
    pub fn duration_column(&self) -> &[Nanos] {
        &self.duration
    }

    /// The distinct operations of the block's spans, in order of first occurrence.
    pub fn operations(&self) -> &[Sym] {
        &self.operations
    }

    /// The operation of each row, as positions in [`Block::operations`].
    pub fn operation_column(&self) -> &Narrow {
        &self.operation
    }

    /// The operation of a row.
    pub fn operation(&self, row: Row) -> Sym {
        self.operations[self.operation.at(row as usize) as usize]
    }

    /// The resource of each row, as positions below [`Block::resource_count`].
    pub fn resource_column(&self) -> &Narrow {
        &self.resource
    }

    /// The scope of each row, as positions below [`Block::scope_count`].
    pub fn scope_column(&self) -> &Narrow {
        &self.scope
    }

    /// The kind of a row.
    pub fn kind(&self, row: Row) -> Kind {
        Kind::from_bits(self.bits[row as usize] & 7)
    }

    /// The status of a row.
    pub fn status(&self, row: Row) -> Status {
        Status::from_bits(self.bits[row as usize] >> 3 & 3)
    }

    /// Whether a row failed: status error, or an attribute `error` that is true.
    pub fn is_error(&self, row: Row) -> bool {
        self.bits[row as usize] & ERROR != 0
    }

    /// The attribute pairs of a row: an integer each.
    pub fn attribute_pairs(&self, row: Row) -> &[PairIx] {
        let row = row as usize;
        let from = if row == 0 {
            0
        } else {
            self.attribute_end[row - 1]
        };
        &self.attribute[from as usize..self.attribute_end[row] as usize]
    }

    /// The attribute pairs of all rows, one row after another, and where each row's end.
    pub fn attribute_columns(&self) -> (&[PairIx], &[u32]) {
        (&self.attribute, &self.attribute_end)
    }

    /// The number of distinct resources.
    pub fn resource_count(&self) -> usize {
        self.resources.len()
    }

    /// A resource of the block.
    pub fn resource(&self, index: ResourceIx) -> ResourceRef<'_> {
        ResourceRef { block: self, index }
    }

    /// The number of distinct scopes.
    pub fn scope_count(&self) -> usize {
        self.scopes.len()
    }

    /// A scope of the block.
    pub fn scope(&self, index: ScopeIx) -> ScopeRef<'_> {
        ScopeRef { block: self, index }
    }

    /// Rows that have a status message, in row order.
    pub fn status_message_rows(&self) -> impl Iterator<Item = Row> {
        self.status_message.iter().map(|(row, _)| row)
    }

    /// Rows that have events, once for each event, in row order.
    pub fn event_rows(&self) -> impl Iterator<Item = Row> {
        self.events.iter().map(|(row, _)| row)
    }

    /// Rows that have links, once for each link, in row order.
    pub fn link_rows(&self) -> impl Iterator<Item = Row> {
        self.links.iter().map(|(row, _)| row)
    }

    /// The number of log records.
    pub fn log_count(&self) -> usize {
        self.logs.len()
    }

    /// A log record of the block.
    pub fn log(&self, index: LogIx) -> LogRef<'_> {
        LogRef { block: self, index }
    }

    /// The log records of one trace of the block, with their positions.
    pub fn logs_of(&self, trace: TraceIx) -> impl Iterator<Item = LogIx> {
        (0..self.logs.len())
            .filter(move |&i| self.logs[i].trace == trace)
            .map(|i| i as LogIx)
    }

    pub(super) fn list(&self, list: List) -> &[PairIx] {
        self.lists
            .get(list.from as usize..list.to as usize)
            .unwrap_or_default()
    }

    pub(super) fn attributes(&self, list: List) -> Attributes<'_> {
        Attributes {
            block: self,
            pairs: self.list(list),
        }
    }

    /// Heap bytes held, exactly: the sum of every column's capacity.
    pub fn bytes(&self) -> usize {
        let columns = self.columns().into_iter();
        columns.map(Column::bytes).sum()
    }

    /// Makes room for so many more spans and attributes of theirs.
    pub(super) fn reserve(&mut self, spans: usize, attributes: usize) {
        self.trace.reserve(spans);
        self.span_id.reserve_exact(spans);
        self.parent_id.reserve_exact(spans);
        self.start.reserve_exact(spans);
        self.duration.reserve_exact(spans);
        self.operation.reserve(spans);
        self.resource.reserve(spans);
        self.scope.reserve(spans);
        self.bits.reserve_exact(spans);
        self.attribute_end.reserve_exact(spans);
        self.attribute.reserve_exact(attributes);
    }

    /// Nothing is added any more: what helps readers is noted.
    pub(super) fn note(&mut self) {
        self.dictionary.note();
    }

    /// Nothing is added any more: notes what helps readers, and gives spare capacity back.
    pub(super) fn seal(&mut self) {
        self.note();
        self.columns_mut().into_iter().for_each(Column::shrink);
    }

    /// Takes everything out, keeping the memory.
    pub(super) fn clear(&mut self) {
        self.columns_mut().into_iter().for_each(Column::clear);
    }

    fn columns(&self) -> [&dyn Column; 26] {
        [
            &self.dictionary,
            &self.traces,
            &self.trace,
            &self.span_id,
            &self.parent_id,
            &self.start,
            &self.duration,
            &self.operation,
            &self.resource,
            &self.scope,
            &self.bits,
            &self.attribute_end,
            &self.attribute,
            &self.operations,
            &self.resources,
            &self.scopes,
            &self.lists,
            &self.events,
            &self.links,
            &self.status_message,
            &self.trace_state,
            &self.flags,
            &self.backwards,
            &self.dropped,
            &self.warnings,
            &self.logs,
        ]
    }

    fn columns_mut(&mut self) -> [&mut dyn Column; 26] {
        [
            &mut self.dictionary,
            &mut self.traces,
            &mut self.trace,
            &mut self.span_id,
            &mut self.parent_id,
            &mut self.start,
            &mut self.duration,
            &mut self.operation,
            &mut self.resource,
            &mut self.scope,
            &mut self.bits,
            &mut self.attribute_end,
            &mut self.attribute,
            &mut self.operations,
            &mut self.resources,
            &mut self.scopes,
            &mut self.lists,
            &mut self.events,
            &mut self.links,
            &mut self.status_message,
            &mut self.trace_state,
            &mut self.flags,
            &mut self.backwards,
            &mut self.dropped,
            &mut self.warnings,
            &mut self.logs,
        ]
    }
}
