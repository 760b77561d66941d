//! A span as a view into a block, and attributes wherever they stand.

use super::block::{Block, ResourceIx, Row, ScopeIx, TraceIx};
use super::dictionary::PairIx;
use super::id::{SpanId, TraceId};
use super::kind::{Kind, Status};
use super::time::{Nanos, Time};
use super::value::Value;
use super::views::{EventRef, LinkRef, ResourceRef, ScopeRef};

/// Keys and values in the order in which they arrived; a key may repeat.
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'a> {
    pub(super) block: &'a Block,
    pub(super) pairs: &'a [PairIx],
}

impl<'a> Attributes<'a> {
    /// How many there are.
    pub fn len(self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.pairs.is_empty()
    }

    /// The pairs as positions in the block's dictionary.
    pub fn pairs(self) -> &'a [PairIx] {
        self.pairs
    }

    /// The value of a key: the first, if it repeats.
    pub fn get(self, key: &str) -> Option<Value<'a>> {
        self.iter().find(|(k, _)| *k == key).map(|(_, value)| value)
    }

    /// Keys and values in order.
    pub fn iter(self) -> impl ExactSizeIterator<Item = (&'a str, Value<'a>)> {
        self.pairs.iter().map(move |&pair| self.told(pair))
    }

    /// The key and value of a place in that order.
    pub fn nth(self, at: usize) -> Option<(&'a str, Value<'a>)> {
        self.pairs.get(at).map(|&pair| self.told(pair))
    }

    fn told(self, pair: PairIx) -> (&'a str, Value<'a>) {
        let dictionary = &self.block.dictionary;
        let key = dictionary.text(dictionary.key(pair));
        (key, dictionary.value(pair))
    }
}

/// One span of a block.
#[derive(Debug, Clone, Copy)]
pub struct SpanRef<'a> {
    pub(super) block: &'a Block,
    pub(super) row: Row,
}

impl<'a> SpanRef<'a> {
    /// The block it stands in.
    pub fn block(self) -> &'a Block {
        self.block
    }

    /// Its row in the block.
    pub fn row(self) -> Row {
        self.row
    }

    fn at(self) -> usize {
        self.row as usize
    }

    /// The trace it belongs to.
    pub fn trace_id(self) -> TraceId {
        self.block.traces[self.trace_ix().0 as usize]
    }

    /// The trace as a position in the block.
    pub fn trace_ix(self) -> TraceIx {
        TraceIx(self.block.trace.at(self.at()))
    }

    /// Its id.
    pub fn span_id(self) -> SpanId {
        self.block.span_id[self.at()]
    }

    /// The id of its parent, zero if it names none.
    pub fn parent_id(self) -> SpanId {
        self.block.parent_id[self.at()]
    }

    /// When it started, as received.
    pub fn start(self) -> Time {
        self.block.start[self.at()]
    }

    /// How long it took; zero where the end is unknown or before the start.
    pub fn duration(self) -> Nanos {
        self.block.duration[self.at()]
    }

    /// When it ended; a span that ends before it starts has no length.
    pub fn end(self) -> Time {
        self.start() + self.duration()
    }

    /// When it ended, as received: it may be before its start.
    pub fn received_end(self) -> Time {
        let backwards = self.block.backwards.first(self.row);
        backwards.map_or_else(|| self.end(), |&by| self.start() - by)
    }

    /// Whether it starts or ends at a time that cannot be told; what is shown is the nearest that can.
    pub fn is_out_of_range(self) -> bool {
        self.start().is_out_of_range() || self.received_end().is_out_of_range()
    }

    /// Whether the end is not known: it had not ended when it was written.
    pub fn is_unfinished(self) -> bool {
        self.block.marks[self.at()].is_unfinished()
    }

    /// Whether its end was before its start.
    pub fn ends_before_start(self) -> bool {
        self.block.marks[self.at()].is_backwards()
    }

    /// Its name.
    pub fn operation(self) -> &'a str {
        self.block.dictionary.text(self.block.operation(self.row))
    }

    /// The service that emitted it; empty if its resource names none.
    pub fn service(self) -> &'a str {
        self.resource().service()
    }

    /// Its kind.
    pub fn kind(self) -> Kind {
        self.block.kind(self.row)
    }

    /// Its status.
    pub fn status(self) -> Status {
        self.block.status(self.row)
    }

    /// Whether it failed: status error, or an attribute `error` that is true.
    pub fn is_error(self) -> bool {
        self.block.is_error(self.row)
    }

    /// The message of its status, empty if none.
    pub fn status_message(self) -> &'a str {
        self.block
            .status_message
            .first(self.row)
            .map_or("", |&sym| self.block.dictionary.text(sym))
    }

    /// Its W3C trace state, empty if none.
    pub fn trace_state(self) -> &'a str {
        self.block
            .trace_state
            .first(self.row)
            .map_or("", |&sym| self.block.dictionary.text(sym))
    }

    /// Its W3C flags.
    pub fn flags(self) -> u32 {
        self.block.flags.first(self.row).copied().unwrap_or(0)
    }

    /// Attributes, events and links that its sender dropped.
    pub fn dropped(self) -> (u32, u32, u32) {
        self.block
            .dropped
            .first(self.row)
            .map_or((0, 0, 0), |d| (d.attributes, d.events, d.links))
    }

    /// Its attributes.
    pub fn attributes(self) -> Attributes<'a> {
        Attributes {
            block: self.block,
            pairs: self.block.attribute_pairs(self.row),
        }
    }

    /// The value of an attribute of the span itself.
    pub fn attribute(self, key: &str) -> Option<Value<'a>> {
        self.attributes().get(key)
    }

    /// The resource that emitted it.
    pub fn resource(self) -> ResourceRef<'a> {
        self.block
            .resource(ResourceIx(self.block.resource.at(self.at())))
    }

    /// The instrumentation scope that made it.
    pub fn scope(self) -> ScopeRef<'a> {
        self.block.scope(ScopeIx(self.block.scope.at(self.at())))
    }

    /// Its events in the order in which they arrived.
    pub fn events(self) -> impl ExactSizeIterator<Item = EventRef<'a>> {
        let block = self.block;
        block
            .events
            .of(self.row)
            .iter()
            .map(move |event| EventRef { block, event })
    }

    /// The event of a place in that order.
    pub fn event(self, at: usize) -> Option<EventRef<'a>> {
        let block = self.block;
        let event = block.events.of(self.row).get(at)?;
        Some(EventRef { block, event })
    }

    /// Its links in the order in which they arrived.
    pub fn links(self) -> impl ExactSizeIterator<Item = LinkRef<'a>> {
        let block = self.block;
        block
            .links
            .of(self.row)
            .iter()
            .map(move |link| LinkRef { block, link })
    }

    /// Warnings that the source attached to it.
    pub fn warnings(self) -> impl ExactSizeIterator<Item = &'a str> {
        let block = self.block;
        block
            .warnings
            .of(self.row)
            .iter()
            .map(|&sym| block.dictionary.text(sym))
    }
}
