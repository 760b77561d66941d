//! Columns of spans over a dictionary of their own. A block never changes once it is built.

mod memory;
mod rows;

use super::column::Sparse;
use super::dictionary::{Dictionary, PairIx, Sym};
use super::id::{SpanId, TraceId};
use super::kind::{Kind, Status};
use super::marks::Marks;
use super::narrow::Narrow;
use super::span::{Attributes, SpanRef};
use super::time::{Nanos, Time};
use super::views::{LogRef, ResourceRef, ScopeRef};
pub(super) use rows::{Dropped, EventRow, LinkRow, List, LogRow, ResourceRow, ScopeRow};

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
    pub(super) marks: Vec<Marks>,
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

    /// Kind and status of each row, and how it ended.
    pub fn marks_column(&self) -> &[Marks] {
        &self.marks
    }

    /// The kind of a row.
    pub fn kind(&self, row: Row) -> Kind {
        self.marks[row as usize].kind()
    }

    /// The status of a row.
    pub fn status(&self, row: Row) -> Status {
        self.marks[row as usize].status()
    }

    /// Whether a row failed: status error, or an attribute `error` that is true.
    pub fn is_error(&self, row: Row) -> bool {
        self.marks[row as usize].is_error()
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
}
