//! Events, links, resources, scopes and log records as views into a block.

use super::block::{
    Block, EventRow, LinkRow, LogIx, LogRow, ResourceIx, ResourceRow, ScopeIx, ScopeRow, TraceIx,
};
use super::id::{SpanId, TraceId};
use super::span::Attributes;
use super::time::Time;
use super::value::Value;

/// An event of a span.
#[derive(Debug, Clone, Copy)]
pub struct EventRef<'a> {
    pub(super) block: &'a Block,
    pub(super) event: &'a EventRow,
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
        self.block.attributes(self.event.attributes)
    }

    /// Attributes that its sender dropped.
    pub fn dropped(self) -> u32 {
        self.event.dropped
    }
}

/// A link from a span to another.
#[derive(Debug, Clone, Copy)]
pub struct LinkRef<'a> {
    pub(super) block: &'a Block,
    pub(super) link: &'a LinkRow,
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
        self.block.attributes(self.link.attributes)
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
        self.row().service
    }

    /// Its attributes, `service.name` among them.
    pub fn attributes(self) -> Attributes<'a> {
        self.block.attributes(self.row().attributes)
    }

    /// The schema that its attributes follow.
    pub fn schema_url(self) -> &'a str {
        self.block.dictionary.text(self.row().schema_url)
    }

    /// Attributes that its sender dropped.
    pub fn dropped(self) -> u32 {
        self.row().dropped
    }

    fn row(self) -> &'a ResourceRow {
        &self.block.resources[self.index.0 as usize]
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
        self.block.dictionary.text(self.row().name)
    }

    /// Its version.
    pub fn version(self) -> &'a str {
        self.block.dictionary.text(self.row().version)
    }

    /// Its attributes.
    pub fn attributes(self) -> Attributes<'a> {
        self.block.attributes(self.row().attributes)
    }

    /// The schema of the spans below it.
    pub fn schema_url(self) -> &'a str {
        self.block.dictionary.text(self.row().schema_url)
    }

    /// Attributes that its sender dropped.
    pub fn dropped(self) -> u32 {
        self.row().dropped
    }

    fn row(self) -> &'a ScopeRow {
        &self.block.scopes[self.index.0 as usize]
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

    /// Its severity in a word: as the application wrote it, else OpenTelemetry's for its number.
    pub fn severity_name(self) -> &'a str {
        match (self.severity_text(), self.severity()) {
            ("", 1..=4) => "TRACE",
            ("", 5..=8) => "DEBUG",
            ("", 9..=12) => "INFO",
            ("", 13..=16) => "WARN",
            ("", 17..=20) => "ERROR",
            ("", 21..=24) => "FATAL",
            (text, _) => text,
        }
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
        self.block.attributes(self.log().attributes)
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
