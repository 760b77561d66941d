//! Filling a block: the one way in for every decoder.
//!
//! A decoder interns strings and attribute pairs as it meets them, then adds a span with its
//! pairs, then what few spans have (events, links, ...: in `details`), which always belongs to
//! the span added last. A builder may be reused: [`BlockBuilder::finish`] keeps its tables' memory, and that of small columns.

use hashbrown::HashTable;

use super::block::{
    Block, END_BEFORE_START, END_UNKNOWN, ERROR, List, LogRow, ResourceIx, ResourceRow, Row,
    ScopeIx, ScopeRow, TraceIx,
};
use super::dictionary::{PairIx, Sym};
use super::fields::{LogFields, ResourceFields, ScopeFields, SpanFields};
use super::id::TraceId;
use super::interner::Interner;
use super::kind::Status;
use super::time::Nanos;
use super::value::Value;

/// Builds one [`Block`].
#[derive(Debug, Default)]
pub struct BlockBuilder {
    pub(super) block: Block,
    pub(super) interner: Interner,
    traces: HashTable<u32>,
    /// The position of each operation, by its symbol.
    operations: Vec<u32>,
    last_trace: Option<(TraceId, u32)>,
    /// Pairs that make a span an error: the key `error` with true or "true".
    error_pairs: Vec<PairIx>,
    /// How many bytes the block may take, and about how many its rows do.
    limit: Option<usize>,
    spent: usize,
}

/// A point in the filling of a builder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mark {
    spans: usize,
    logs: usize,
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

    /// Interns a string.
    pub fn string(&mut self, text: &str) -> Sym {
        self.interner.string(&mut self.block.dictionary, text)
    }

    /// Interns an attribute.
    pub fn attribute(&mut self, key: &str, value: Value<'_>) -> PairIx {
        let key = self.string(key);
        self.pair(key, value)
    }

    /// Interns an attribute whose key is interned already.
    pub fn pair(&mut self, key: Sym, value: Value<'_>) -> PairIx {
        let known = self.block.dictionary.pair_count();
        let pair = self.interner.pair(&mut self.block.dictionary, key, value);
        let new = pair.index() == known;
        if new
            && matches!(value, Value::Bool(true) | Value::Str("true"))
            && self.block.dictionary.text(key) == "error"
        {
            self.error_pairs.push(pair);
        }
        pair
    }

    /// Interns a resource: equal ones share a row.
    pub fn resource(&mut self, fields: ResourceFields<'_>) -> ResourceIx {
        let block = &self.block;
        let same = |row: &ResourceRow| {
            row.schema_url == fields.schema_url
                && row.dropped == fields.dropped
                && block.list(row.attributes) == fields.attributes
        };
        // Batches name few resources and repeat the latest: the list is searched from its end,
        // and only as far as repeats are likely, so that a million resources stay linear.
        if let Some(back) = block.resources.iter().rev().take(64).position(same) {
            return ResourceIx((block.resources.len() - 1 - back) as u32);
        }
        let service = fields
            .attributes
            .iter()
            .find(|&&pair| block.dictionary.text(block.dictionary.key(pair)) == "service.name");
        let service = service
            .and_then(|&pair| block.dictionary.value_sym(pair))
            .unwrap_or_default();
        let attributes = self.list(fields.attributes);
        let ResourceFields {
            schema_url,
            dropped,
            ..
        } = fields;
        self.block.resources.push(ResourceRow {
            attributes,
            service,
            schema_url,
            dropped,
        });
        ResourceIx(self.block.resources.len() as u32 - 1)
    }

    /// Interns a scope: equal ones share a row.
    pub fn scope(&mut self, fields: ScopeFields<'_>) -> ScopeIx {
        let block = &self.block;
        let same = |row: &ScopeRow| {
            row.name == fields.name
                && row.version == fields.version
                && row.schema_url == fields.schema_url
                && row.dropped == fields.dropped
                && block.list(row.attributes) == fields.attributes
        };
        if let Some(back) = block.scopes.iter().rev().take(64).position(same) {
            return ScopeIx((block.scopes.len() - 1 - back) as u32);
        }
        let attributes = self.list(fields.attributes);
        let ScopeFields {
            name,
            version,
            schema_url,
            dropped,
            ..
        } = fields;
        self.block.scopes.push(ScopeRow {
            name,
            version,
            attributes,
            schema_url,
            dropped,
        });
        ScopeIx(self.block.scopes.len() as u32 - 1)
    }

    pub(super) fn list(&mut self, pairs: &[PairIx]) -> List {
        if pairs.is_empty() {
            return List::default();
        }
        let from = self.block.lists.len() as u32;
        self.block.lists.extend_from_slice(pairs);
        List {
            from,
            to: self.block.lists.len() as u32,
        }
    }

    pub(super) fn trace(&mut self, id: TraceId) -> u32 {
        if let Some((last, index)) = self.last_trace
            && last == id
        {
            return index;
        }
        // Trace ids are random already: their low half is hash enough, but an attacker could
        // choose it, so it is mixed with a seed through the interner's hasher.
        let traces = &mut self.block.traces;
        let interner = &self.interner;
        let hash = interner.hash(id);
        let found = self
            .traces
            .find(hash, |&index| traces[index as usize] == id)
            .copied();
        let index = found.unwrap_or_else(|| {
            let index = traces.len() as u32;
            traces.push(id);
            self.traces
                .insert_unique(hash, index, |&index| interner.hash(traces[index as usize]));
            index
        });
        self.last_trace = Some((id, index));
        index
    }

    /// The position of an operation among those of the block.
    pub(super) fn operation(&mut self, name: Sym) -> u32 {
        const NONE: u32 = u32::MAX;
        if self.operations.len() <= name.index() {
            self.operations.resize(name.index() + 1, NONE);
        }
        let known = &mut self.operations[name.index()];
        if *known == NONE {
            *known = self.block.operations.len() as u32;
            self.block.operations.push(name);
        }
        *known
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
        let mut bits = fields.kind.bits() | fields.status.bits() << 3;
        bits |= if failed { ERROR } else { 0 };
        bits |= match fields.end {
            None => END_UNKNOWN,
            Some(end) if end < fields.start => END_BEFORE_START,
            Some(_) => 0,
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
        block.bits.push(bits);
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

    /// How far the builder is filled, for [`Self::assign_resource`] and [`Self::assign_scope`].
    pub fn mark(&self) -> Mark {
        Mark {
            spans: self.block.len(),
            logs: self.block.logs.len(),
        }
    }

    /// Gives all spans and log records added since `mark` this resource: for formats that may
    /// name it behind them.
    pub fn assign_resource(&mut self, mark: Mark, resource: ResourceIx) {
        self.block.resource.replace(mark.spans, |_| resource.0);
        for log in self.block.logs.get_mut(mark.logs..).unwrap_or_default() {
            log.resource = resource;
        }
    }

    /// Gives each span added since `mark` another resource: for formats whose spans name
    /// resources that are described behind them. Until then a span may hold any stand-in.
    pub fn replace_resources(&mut self, mark: Mark, by: impl Fn(ResourceIx) -> ResourceIx) {
        let by = |index| by(ResourceIx(index)).0;
        self.block.resource.replace(mark.spans, by);
    }

    /// The number of spans added since `mark`.
    pub fn spans_since(&self, mark: Mark) -> usize {
        self.block.len().saturating_sub(mark.spans)
    }

    /// The number of log records added since `mark`.
    pub fn logs_since(&self, mark: Mark) -> usize {
        self.block.logs.len().saturating_sub(mark.logs)
    }

    /// Gives all spans and log records added since `mark` this scope.
    pub fn assign_scope(&mut self, mark: Mark, scope: ScopeIx) {
        self.block.scope.replace(mark.spans, |_| scope.0);
        for log in self.block.logs.get_mut(mark.logs..).unwrap_or_default() {
            log.scope = scope;
        }
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
        self.interner.clear();
        self.traces.clear();
        self.operations.clear();
        self.last_trace = None;
        self.error_pairs.clear();
        (self.limit, self.spent) = (None, 0);
    }
}
