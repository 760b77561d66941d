//! Filling a block: the one way in for every decoder.
//!
//! A decoder interns strings and attribute pairs as it meets them, then adds a span with its
//! pairs, then what few spans have (events, links, ...: in `details`), which always belongs to
//! the span added last. A builder may be reused: [`BlockBuilder::finish`] keeps its tables' memory, and that of small columns.

mod behind;
mod interning;

use hashbrown::HashTable;

use super::block::{Block, LogRow, Row, TraceIx};
use super::dictionary::{PairIx, Sym};
use super::fields::{LogFields, SpanFields};
use super::id::TraceId;
use super::interner::Interner;
use super::kind::Status;
use super::marks::Marks;
use super::time::{Nanos, Time};
pub use behind::Mark;

/// Builds one [`Block`].
#[derive(Debug, Default)]
pub struct BlockBuilder {
    pub(super) block: Block,
    pub(super) interner: Interner,
    traces: HashTable<u32>,
    /// The position of each operation, by its symbol.
    operations: Vec<u32>,
    last_trace: Option<(TraceId, u32)>,
    /// How many blocks came before.
    number: u32,
    /// Pairs that make a span an error: the key `error` with true or "true".
    error_pairs: Vec<PairIx>,
    /// How many bytes the block may take, and about how many its rows do.
    limit: Option<usize>,
    spent: usize,
    /// Spans with times that cannot be told.
    out_of_range: usize,
}

/// Blocks up to this many bytes are copied out of their builder: one copy instead of a column's
/// growing in leaps and shrinking at last.
const SMALL_BLOCK: usize = 1 << 20;

/// About what a span takes in the columns, its trace's id included.
const SPAN_BYTES: usize = 72;

impl BlockBuilder {
    /// An empty builder.
    pub fn new() -> Self {
        Self::default()
    }

    /// The number of spans so far.
    pub fn len(&self) -> usize {
        self.block.len()
    }

    /// Whether there is neither a span nor a log record yet.
    pub fn is_empty(&self) -> bool {
        self.block.is_empty() && self.block.logs.is_empty()
    }

    /// The number of the block that is being built: symbols and pairs are of one block only.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Heap bytes of the block so far. A reader of a stream finishes a block well before this
    /// reaches 4 GiB, which is where offsets of text end.
    pub fn bytes(&self) -> usize {
        self.block.bytes()
    }

    /// Lets the block grow to about `bytes` only: rows beyond are not added, and
    /// [`BlockBuilder::is_over`] says so. An event may take two bytes of a request and twenty
    /// times that in a block. It holds until the block is finished or cleared.
    pub fn limit(&mut self, bytes: usize) {
        self.limit = Some(bytes);
    }

    /// Whether rows were left out because the block is at its limit.
    pub fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.spent > limit)
            || self.block.dictionary.pair_count() == PairIx::MOST
    }

    /// Counts a row of so many bytes and so many pairs; whether there is room for it.
    pub(super) fn spend(&mut self, row: usize, pairs: usize) -> bool {
        self.spent += row + pairs * size_of::<PairIx>();
        !self.is_over()
    }

    /// Adds a span with its attributes.
    pub fn span(&mut self, fields: &SpanFields, attributes: &[PairIx]) -> Row {
        if !self.spend(SPAN_BYTES, attributes.len()) {
            return self.last();
        }
        let row = self.block.len() as Row;
        let trace = self.trace(fields.trace_id);
        let operation = self.operation(fields.operation);
        let failed = fields.error
            || fields.status == Status::Error
            || (!self.error_pairs.is_empty()
                && attributes
                    .iter()
                    .any(|pair| self.error_pairs.contains(pair)));
        let duration = fields.end.map_or(Nanos(0), |end| end.since(fields.start));
        let times = [Some(fields.start), fields.end];
        let is_far = times.into_iter().flatten().any(Time::is_out_of_range);
        self.out_of_range += usize::from(is_far);
        let marks = Marks::new(fields.kind, fields.status, failed);
        let marks = match fields.end {
            None => marks.unfinished(),
            Some(end) if end < fields.start => marks.backwards(),
            Some(_) => marks,
        };
        let block = &mut self.block;
        if let Some(end) = fields.end.filter(|&end| end < fields.start) {
            block.backwards.push(row, fields.start.since(end));
        }
        block.trace.push(trace);
        block.span_id.push(fields.span_id);
        block.parent_id.push(fields.parent_id);
        block.start.push(fields.start);
        block.duration.push(duration);
        block.operation.push(operation);
        block.resource.push(fields.resource.0);
        block.scope.push(fields.scope.0);
        block.marks.push(marks);
        block.attribute.extend_from_slice(attributes);
        block.attribute_end.push(block.attribute.len() as u32);
        row
    }

    pub(super) fn last(&self) -> Row {
        debug_assert!(
            !self.block.is_empty() || self.is_over(),
            "a span comes first"
        );
        (self.block.len() as Row).saturating_sub(1)
    }

    /// Adds a log record.
    pub fn log(&mut self, fields: &LogFields<'_>) {
        if !self.spend(size_of::<LogRow>(), fields.attributes.len()) {
            return;
        }
        let trace = TraceIx(self.trace(fields.trace_id));
        let body = self.pair(Sym::EMPTY, fields.body);
        let attributes = self.list(fields.attributes);
        let LogFields {
            span_id,
            time,
            severity,
            severity_text,
            resource,
            scope,
            ..
        } = *fields;
        self.block.logs.push(LogRow {
            trace,
            span_id,
            time,
            severity,
            severity_text,
            body,
            attributes,
            resource,
            scope,
        });
    }

    /// Forgets what was added, keeping the memory: what a decoder does when its input turns out
    /// to be broken.
    pub fn clear(&mut self) {
        self.block.clear();
        self.forget();
    }

    /// The block, with no spare capacity. The builder is empty again and may be reused: it keeps
    /// its tables, and the columns where they are small.
    pub fn finish(&mut self) -> Block {
        self.forget();
        if self.block.bytes() > SMALL_BLOCK {
            let mut block = std::mem::take(&mut self.block);
            block.seal();
            return block;
        }
        self.block.note();
        let block = self.block.clone();
        self.block.clear();
        block
    }

    fn forget(&mut self) {
        self.number = self.number.wrapping_add(1);
        self.interner.clear();
        self.traces.clear();
        self.operations.clear();
        self.last_trace = None;
        self.error_pairs.clear();
        (self.limit, self.spent) = (None, 0);
        self.out_of_range = 0;
    }
}
