//! Calls of what sends no spans of its own, and what is read from queues: attributes tell.

use super::{Calls, MOST_EDGES, Name, Unanswered};
use crate::graph::service::kind::Hints;
use crate::graph::service::tally::End;
use crate::model::{Kind, SpanRef};

impl Calls {
    /// Who reads a queue is often not called by who wrote to it: links tell, not parents.
    pub(super) fn read_queue(&mut self, service: Name, span: SpanRef<'_>, queue: &str) {
        if span.kind() != Kind::Consumer || !span.parent_id().is_zero() || queue.is_empty() {
            return;
        }
        match self.number(queue).map(|queue| (queue, service)) {
            Some(edge) if self.inward.len() < MOST_EDGES || self.inward.contains_key(&edge) => {
                let call = self.inward.entry(edge).or_default();
                call.add(End::of(span), &mut self.figures);
            }
            _ => self.left_out += 1,
        }
    }

    /// A call of a peer that may never send a span: counted until a child of it comes.
    pub(super) fn call_out(&mut self, service: Name, span: SpanRef<'_>, hints: &Hints) {
        let key = self.key(span.trace_id(), span.span_id());
        let seen = self.seen.find(key, |seen| seen.key() == key);
        if seen.is_none_or(|seen| !seen.answered) {
            self.call_out_of_leaf(service, span, hints, Some(key));
        }
    }

    pub(in crate::graph::service) fn call_out_of_leaf(
        &mut self,
        service: Name,
        span: SpanRef<'_>,
        hints: &Hints,
        key: Option<u64>,
    ) {
        if hints.is_silent() || !matches!(span.kind(), Kind::Client | Kind::Producer) {
            return;
        }
        let peer = hints.peer(span.block(), span.block().attribute_pairs(span.row()));
        if peer.name.is_empty() || peer.name == span.service() {
            return;
        }
        let Some(name) = self.number(peer.name) else {
            self.left_out += 1;
            return;
        };
        let edge = (service, name);
        if self.outward.len() >= MOST_EDGES && !self.outward.contains_key(&edge) {
            self.left_out += 1;
            return;
        }
        let end = End::of(span);
        let (kind, call) = self.outward.entry(edge).or_default();
        *kind = peer.kind;
        call.add(end, &mut self.figures);
        if let Some(key) = key {
            self.unanswered.insert(key, Unanswered { edge, end });
        }
    }

    /// The peer of a call is instrumented after all.
    pub(super) fn unanswer(&mut self, key: u64) {
        if let Some(Unanswered { edge, end }) = self.unanswered.remove(&key)
            && let Some((_, call)) = self.outward.get_mut(&edge)
        {
            call.remove(end, &mut self.figures);
        }
    }
}
