//! What resources, scopes, events, links and log records are in a block.

use super::{ResourceIx, ScopeIx, TraceIx};
use crate::model::dictionary::{PairIx, Sym};
use crate::model::id::{SpanId, TraceId};
use crate::model::time::Time;

/// A range of `Block::lists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(in crate::model) struct List {
    pub from: u32,
    pub to: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::model) struct ResourceRow {
    pub attributes: List,
    pub service: Sym,
    pub schema_url: Sym,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::model) struct ScopeRow {
    pub name: Sym,
    pub version: Sym,
    pub attributes: List,
    pub schema_url: Sym,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct EventRow {
    pub time: Time,
    pub name: Sym,
    pub attributes: List,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct LinkRow {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub attributes: List,
    pub trace_state: Sym,
    pub flags: u32,
    pub dropped: u32,
}

#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct LogRow {
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
pub(in crate::model) struct Dropped {
    pub attributes: u32,
    pub events: u32,
    pub links: u32,
}
