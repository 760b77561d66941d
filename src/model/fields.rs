//! What a decoder hands to a [`BlockBuilder`](super::BlockBuilder): the parts of spans, resources,
//! scopes and log records, with strings and attributes already interned.

use super::block::{ResourceIx, ScopeIx};
use super::dictionary::{PairIx, Sym};
use super::id::{SpanId, TraceId};
use super::kind::{Kind, Status};
use super::time::Time;
use super::value::Value;

/// What every span has.
#[derive(Debug, Clone, Copy)]
pub struct SpanFields {
    /// The trace it belongs to.
    pub trace_id: TraceId,
    /// Its own id.
    pub span_id: SpanId,
    /// Its parent's id, zero if it has none.
    pub parent_id: SpanId,
    /// When it started.
    pub start: Time,
    /// When it ended; `None` if that is not known (yet). An end before the start is kept as
    /// duration zero with a warning.
    pub end: Option<Time>,
    /// Its name.
    pub operation: Sym,
    /// Its kind.
    pub kind: Kind,
    /// Its status.
    pub status: Status,
    /// Counts as an error whatever status and attributes say (Zipkin's tag `error`).
    pub error: bool,
    /// The resource that emitted it.
    pub resource: ResourceIx,
    /// The instrumentation scope that made it.
    pub scope: ScopeIx,
}

impl SpanFields {
    /// A span of which nothing is known yet but where it stands.
    pub fn within(resource: ResourceIx, scope: ScopeIx) -> Self {
        Self {
            trace_id: TraceId(0),
            span_id: SpanId(0),
            parent_id: SpanId(0),
            start: Time(0),
            end: None,
            operation: Sym::EMPTY,
            kind: Kind::Unspecified,
            status: Status::Unset,
            error: false,
            resource,
            scope,
        }
    }
}

/// A resource to intern.
#[derive(Debug, Clone, Copy, Default)]
pub struct ResourceFields<'a> {
    /// Attributes; the service is read from `service.name` among them.
    pub attributes: &'a [PairIx],
    /// The schema the attributes follow.
    pub schema_url: Sym,
    /// Attributes dropped before sending.
    pub dropped: u32,
}

/// A scope to intern.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScopeFields<'a> {
    /// The instrumentation library.
    pub name: Sym,
    /// Its version.
    pub version: Sym,
    /// Its attributes.
    pub attributes: &'a [PairIx],
    /// The schema of the spans below it.
    pub schema_url: Sym,
    /// Attributes dropped before sending.
    pub dropped: u32,
}

/// A log record that belongs to a trace.
#[derive(Debug, Clone, Copy)]
pub struct LogFields<'a> {
    /// The trace it belongs to.
    pub trace_id: TraceId,
    /// The span it belongs to, zero if only the trace is known.
    pub span_id: SpanId,
    /// When it happened.
    pub time: Time,
    /// OpenTelemetry's severity number, 0 to 24.
    pub severity: u8,
    /// The severity as the application wrote it.
    pub severity_text: Sym,
    /// The body.
    pub body: Value<'a>,
    /// Its attributes.
    pub attributes: &'a [PairIx],
    /// The resource that emitted it.
    pub resource: ResourceIx,
    /// The scope that made it.
    pub scope: ScopeIx,
}
