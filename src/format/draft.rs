//! A span that is still being read: what decoders of the rarer formats fill, in whatever order
//! their input has it.
//!
//! Strings and attributes are in the builder's dictionary already, so that a draft borrows nothing
//! and one serves for all spans of an input.

use super::problem::Reason;
use crate::model::{
    BlockBuilder, Kind, PairIx, ResourceIx, ScopeIx, SpanFields, SpanId, Status, Sym, Time, TraceId,
};

/// A span but for its resource and scope.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub parent_id: SpanId,
    pub start: Time,
    /// `None` if it is not known.
    pub end: Option<Time>,
    pub operation: Sym,
    pub kind: Kind,
    pub status: Status,
    pub message: Sym,
    pub trace_state: Sym,
    pub flags: u32,
    /// Attributes, events and links that its sender dropped.
    pub dropped: [u32; 3],
    pub attributes: Vec<PairIx>,
    pub warnings: Vec<Sym>,
    events: Vec<Event>,
    links: Vec<Link>,
    /// Attributes of the events and links.
    pairs: Vec<PairIx>,
}

#[derive(Debug)]
struct Event {
    time: Time,
    name: Sym,
    pairs: std::ops::Range<usize>,
    dropped: u32,
}

#[derive(Debug)]
struct Link {
    trace_id: TraceId,
    span_id: SpanId,
    trace_state: Sym,
    flags: u32,
    pairs: std::ops::Range<usize>,
    dropped: u32,
}

impl Draft {
    /// Empties it for the next span.
    pub(super) fn clear(&mut self) {
        let Self {
            mut attributes,
            mut warnings,
            mut events,
            mut links,
            mut pairs,
            ..
        } = std::mem::take(self);
        attributes.clear();
        warnings.clear();
        events.clear();
        links.clear();
        pairs.clear();
        *self = Self {
            attributes,
            warnings,
            events,
            links,
            pairs,
            ..Self::default()
        };
    }

    /// Adds an event.
    pub(super) fn event(&mut self, time: Time, name: Sym, attributes: &[PairIx], dropped: u32) {
        let pairs = self.keep(attributes);
        self.events.push(Event {
            time,
            name,
            pairs,
            dropped,
        });
    }

    /// Adds a link, which has neither a trace state nor flags yet.
    pub(super) fn link(
        &mut self,
        trace_id: TraceId,
        span_id: SpanId,
        attributes: &[PairIx],
        dropped: u32,
    ) {
        let pairs = self.keep(attributes);
        self.links.push(Link {
            trace_id,
            span_id,
            trace_state: Sym::EMPTY,
            flags: 0,
            pairs,
            dropped,
        });
    }

    /// Gives the last link what its span context says.
    pub(super) fn link_context(&mut self, trace_state: Sym, flags: u32) {
        if let Some(link) = self.links.last_mut() {
            (link.trace_state, link.flags) = (trace_state, flags);
        }
    }

    fn keep(&mut self, attributes: &[PairIx]) -> std::ops::Range<usize> {
        let from = self.pairs.len();
        self.pairs.extend_from_slice(attributes);
        from..self.pairs.len()
    }

    /// Puts the span into the block.
    ///
    /// # Errors
    /// A span without ids is not taken.
    pub(super) fn add(
        &self,
        resource: ResourceIx,
        scope: ScopeIx,
        builder: &mut BlockBuilder,
    ) -> Result<(), Rejection> {
        if self.trace_id.is_zero() {
            return Err(Rejection::bad_id("no trace id"));
        }
        if self.span_id.is_zero() {
            return Err(Rejection::bad_id("no span id"));
        }
        let fields = SpanFields {
            trace_id: self.trace_id,
            span_id: self.span_id,
            parent_id: self.parent_id,
            start: self.start,
            end: self.end,
            operation: self.operation,
            kind: self.kind,
            status: self.status,
            error: false,
            resource,
            scope,
        };
        builder.span(&fields, &self.attributes);
        self.add_rest(builder);
        Ok(())
    }

    /// What few spans have.
    fn add_rest(&self, builder: &mut BlockBuilder) {
        builder.status_message(self.message);
        builder.trace_state(self.trace_state);
        builder.flags(self.flags);
        let [attributes, events, links] = self.dropped;
        builder.dropped(attributes, events, links);
        let pairs =
            |range: &std::ops::Range<usize>| self.pairs.get(range.clone()).unwrap_or_default();
        for event in &self.events {
            builder.event(event.time, event.name, pairs(&event.pairs), event.dropped);
        }
        for link in &self.links {
            builder.link(
                link.trace_id,
                link.span_id,
                pairs(&link.pairs),
                link.trace_state,
                link.flags,
                link.dropped,
            );
        }
        for &warning in &self.warnings {
            builder.warning(warning);
        }
    }
}

/// Why a span is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rejection {
    pub reason: Reason,
    pub message: String,
}

impl Rejection {
    pub(super) fn bad_id(message: impl Into<String>) -> Self {
        Self {
            reason: Reason::BadId,
            message: message.into(),
        }
    }

    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self {
            reason: Reason::WrongType,
            message: message.into(),
        }
    }
}
