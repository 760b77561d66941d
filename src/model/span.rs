//! Spans, events, links, resources, scopes and log records as views into a block.

use super::block::{
    Block, END_BEFORE_START, END_UNKNOWN, EventRow, LinkRow, LogIx, LogRow, ResourceIx, Row,
    ScopeIx, TraceIx,
};
use super::dictionary::PairIx;
use super::id::{SpanId, TraceId};
use super::time::{Nanos, Time};
use super::value::Value;

/// A span's role in a call, as OpenTelemetry defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Kind {
    /// Not given.
    #[default]
    Unspecified,
    /// Work inside a service.
    Internal,
    /// Answering a request.
    Server,
    /// Making a request.
    Client,
    /// Sending a message.
    Producer,
    /// Handling a message.
    Consumer,
}

impl Kind {
    /// All kinds, in OTLP's numbering (0 to 5).
    pub const ALL: [Self; 6] = [
        Self::Unspecified,
        Self::Internal,
        Self::Server,
        Self::Client,
        Self::Producer,
        Self::Consumer,
    ];

    /// The kind of an OTLP number; unknown ones are unspecified.
    pub fn from_otlp(number: i64) -> Self {
        usize::try_from(number)
            .ok()
            .and_then(|n| Self::ALL.get(n))
            .copied()
            .unwrap_or_default()
    }

    /// The kind of a name in any case (`server`); `None` for other words.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// The name: `unspecified`, `internal`, `server`, `client`, `producer` or `consumer`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Internal => "internal",
            Self::Server => "server",
            Self::Client => "client",
            Self::Producer => "producer",
            Self::Consumer => "consumer",
        }
    }

    pub(super) fn bits(self) -> u8 {
        self as u8
    }

    pub(super) fn from_bits(bits: u8) -> Self {
        Self::ALL.get(bits as usize).copied().unwrap_or_default()
    }
}

/// How a span ended, as OpenTelemetry defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[repr(u8)]
pub enum Status {
    /// Not set.
    #[default]
    Unset,
    /// Declared fine.
    Ok,
    /// Failed.
    Error,
}

impl Status {
    /// The status of an OTLP number; unknown ones are unset.
    pub fn from_otlp(number: i64) -> Self {
        u8::try_from(number).map_or(Self::Unset, Self::from_bits)
    }

    /// The name: `unset`, `ok` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Ok => "ok",
            Self::Error => "error",
        }
    }

    pub(super) fn bits(self) -> u8 {
        self as u8
    }

    pub(super) fn from_bits(bits: u8) -> Self {
        match bits {
            1 => Self::Ok,
            2 => Self::Error,
            _ => Self::Unset,
        }
    }
}

/// Keys and values in the order in which they arrived; a key may repeat.
#[derive(Debug, Clone, Copy)]
pub struct Attributes<'a> {
    block: &'a Block,
    pairs: &'a [PairIx],
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
        let dictionary = &self.block.dictionary;
        self.pairs.iter().map(move |&pair| {
            (
                dictionary.text(dictionary.key(pair)),
                dictionary.value(pair),
            )
        })
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
        self.block.traces[self.block.trace[self.at()] as usize]
    }

    /// The trace as a position in the block.
    pub fn trace_ix(self) -> TraceIx {
        TraceIx(self.block.trace[self.at()])
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

    /// When it ended, as received.
    pub fn end(self) -> Time {
        self.start() + self.duration()
    }

    /// Whether the end is not known: it had not ended when it was written.
    pub fn is_unfinished(self) -> bool {
        self.block.bits[self.at()] & END_UNKNOWN != 0
    }

    /// Whether its end was before its start.
    pub fn ends_before_start(self) -> bool {
        self.block.bits[self.at()] & END_BEFORE_START != 0
    }

    /// Its name.
    pub fn operation(self) -> &'a str {
        self.block.dictionary.text(self.block.operation[self.at()])
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
            .resource(ResourceIx(self.block.resource[self.at()]))
    }

    /// The instrumentation scope that made it.
    pub fn scope(self) -> ScopeRef<'a> {
        self.block.scope(ScopeIx(self.block.scope[self.at()]))
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

/// An event of a span.
#[derive(Debug, Clone, Copy)]
pub struct EventRef<'a> {
    block: &'a Block,
    event: &'a EventRow,
}

impl<'a> EventRef<'a> {
    /// When it happened.
    pub fn time(self) -> Time {
        self.event.time
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.block.dictionary.text(self.event.name)
    }

    /// Its attributes.
    pub fn attributes(self) -> Attributes<'a> {
        Attributes {
            block: self.block,
            pairs: self.block.list(self.event.attributes),
        }
    }

    /// Attributes that its sender dropped.
    pub fn dropped(self) -> u32 {
        self.event.dropped
    }
}

/// A link from a span to another.
#[derive(Debug, Clone, Copy)]
pub struct LinkRef<'a> {
    block: &'a Block,
    link: &'a LinkRow,
}

impl<'a> LinkRef<'a> {
    /// The trace it leads to.
    pub fn trace_id(self) -> TraceId {
        self.link.trace_id
    }

    /// The span it leads to.
    pub fn span_id(self) -> SpanId {
        self.link.span_id
    }

    /// Its attributes.
    pub fn attributes(self) -> Attributes<'a> {
        Attributes {
            block: self.block,
            pairs: self.block.list(self.link.attributes),
        }
    }

    /// W3C trace state of the other span.
    pub fn trace_state(self) -> &'a str {
        self.block.dictionary.text(self.link.trace_state)
    }

    /// W3C flags of the other span.
    pub fn flags(self) -> u32 {
        self.link.flags
    }

    /// Attributes that its sender dropped.
    pub fn dropped(self) -> u32 {
        self.link.dropped
    }
}

/// What emitted a span: a process, a container, a device.
#[derive(Debug, Clone, Copy)]
pub struct ResourceRef<'a> {
    pub(super) block: &'a Block,
    pub(super) index: ResourceIx,
}

impl<'a> ResourceRef<'a> {
    /// The block it stands in, and its position there.
    pub fn at(self) -> (&'a Block, ResourceIx) {
        (self.block, self.index)
    }

    /// Its position in the block.
    pub fn index(self) -> ResourceIx {
        self.index
    }

    /// The service, from `service.name`; empty if absent or no string.
    pub fn service(self) -> &'a str {
        self.block.dictionary.text(self.service_sym())
    }

    /// The service as a symbol of the block.
    pub fn service_sym(self) -> super::Sym {
        self.block.resources[self.index.0 as usize].service
    }

    /// Its attributes, `service.name` among them.
    pub fn attributes(self) -> Attributes<'a> {
        let row = &self.block.resources[self.index.0 as usize];
        Attributes {
            block: self.block,
            pairs: self.block.list(row.attributes),
        }
    }

    /// The schema that its attributes follow.
    pub fn schema_url(self) -> &'a str {
        self.block
            .dictionary
            .text(self.block.resources[self.index.0 as usize].schema_url)
    }

    /// Attributes that its sender dropped.
    pub fn dropped(self) -> u32 {
        self.block.resources[self.index.0 as usize].dropped
    }
}

/// The instrumentation library that made a span.
#[derive(Debug, Clone, Copy)]
pub struct ScopeRef<'a> {
    pub(super) block: &'a Block,
    pub(super) index: ScopeIx,
}

impl<'a> ScopeRef<'a> {
    /// The block it stands in, and its position there.
    pub fn at(self) -> (&'a Block, ScopeIx) {
        (self.block, self.index)
    }

    /// Its position in the block.
    pub fn index(self) -> ScopeIx {
        self.index
    }

    /// Its name.
    pub fn name(self) -> &'a str {
        self.block
            .dictionary
            .text(self.block.scopes[self.index.0 as usize].name)
    }

    /// Its version.
    pub fn version(self) -> &'a str {
        self.block
            .dictionary
            .text(self.block.scopes[self.index.0 as usize].version)
    }

    /// Its attributes.
    pub fn attributes(self) -> Attributes<'a> {
        let row = &self.block.scopes[self.index.0 as usize];
        Attributes {
            block: self.block,
            pairs: self.block.list(row.attributes),
        }
    }

    /// The schema of the spans below it.
    pub fn schema_url(self) -> &'a str {
        self.block
            .dictionary
            .text(self.block.scopes[self.index.0 as usize].schema_url)
    }

    /// Attributes that its sender dropped.
    pub fn dropped(self) -> u32 {
        self.block.scopes[self.index.0 as usize].dropped
    }
}

/// A log record that belongs to a trace.
#[derive(Debug, Clone, Copy)]
pub struct LogRef<'a> {
    pub(super) block: &'a Block,
    pub(super) index: LogIx,
}

impl<'a> LogRef<'a> {
    fn log(self) -> &'a LogRow {
        &self.block.logs[self.index as usize]
    }

    /// The trace it belongs to.
    pub fn trace_id(self) -> TraceId {
        self.block.traces[self.log().trace.0 as usize]
    }

    /// The trace as a position in the block.
    pub fn trace_ix(self) -> TraceIx {
        self.log().trace
    }

    /// The span it belongs to, zero if only the trace is known.
    pub fn span_id(self) -> SpanId {
        self.log().span_id
    }

    /// When it happened.
    pub fn time(self) -> Time {
        self.log().time
    }

    /// OpenTelemetry's severity number, 0 to 24.
    pub fn severity(self) -> u8 {
        self.log().severity
    }

    /// The severity as the application wrote it.
    pub fn severity_text(self) -> &'a str {
        self.block.dictionary.text(self.log().severity_text)
    }

    /// The body.
    pub fn body(self) -> Value<'a> {
        self.block.dictionary.value(self.log().body)
    }

    /// Its attributes.
    pub fn attributes(self) -> Attributes<'a> {
        Attributes {
            block: self.block,
            pairs: self.block.list(self.log().attributes),
        }
    }

    /// The resource that emitted it.
    pub fn resource(self) -> ResourceRef<'a> {
        self.block.resource(self.log().resource)
    }

    /// The scope that made it.
    pub fn scope(self) -> ScopeRef<'a> {
        self.block.scope(self.log().scope)
    }
}
