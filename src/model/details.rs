//! Filling a block: what few spans have. It always belongs to the span added last.

use super::block::{Dropped, EventRow, LinkRow, Row};
use super::builder::BlockBuilder;
use super::dictionary::{PairIx, Sym};
use super::id::{SpanId, TraceId};
use super::time::Time;

impl BlockBuilder {
    /// Adds an event to the last span.
    pub fn event(&mut self, time: Time, name: Sym, attributes: &[PairIx], dropped: u32) {
        if !self.spend(size_of::<(Row, EventRow)>(), attributes.len()) {
            return;
        }
        let attributes = self.list(attributes);
        let row = self.last();
        self.block.events.push(
            row,
            EventRow {
                time,
                name,
                attributes,
                dropped,
            },
        );
    }

    /// Adds a link to the last span: to another span, of this or another trace.
    pub fn link(
        &mut self,
        trace_id: TraceId,
        span_id: SpanId,
        attributes: &[PairIx],
        trace_state: Sym,
        flags: u32,
        dropped: u32,
    ) {
        if !self.spend(size_of::<(Row, LinkRow)>(), attributes.len()) {
            return;
        }
        let attributes = self.list(attributes);
        let row = self.last();
        self.block.links.push(
            row,
            LinkRow {
                trace_id,
                span_id,
                attributes,
                trace_state,
                flags,
                dropped,
            },
        );
    }

    /// Sets the last span's status message.
    pub fn status_message(&mut self, message: Sym) {
        if message != Sym::EMPTY {
            self.block.status_message.push(self.last(), message);
        }
    }

    /// Sets the last span's W3C trace state.
    pub fn trace_state(&mut self, state: Sym) {
        if state != Sym::EMPTY {
            self.block.trace_state.push(self.last(), state);
        }
    }

    /// Sets the last span's W3C flags.
    pub fn flags(&mut self, flags: u32) {
        if flags != 0 {
            self.block.flags.push(self.last(), flags);
        }
    }

    /// Sets how many attributes, events and links of the last span its sender dropped.
    pub fn dropped(&mut self, attributes: u32, events: u32, links: u32) {
        let dropped = Dropped {
            attributes,
            events,
            links,
        };
        if dropped != Dropped::default() {
            self.block.dropped.push(self.last(), dropped);
        }
    }

    /// Adds a warning that the source itself attached to the last span.
    pub fn warning(&mut self, text: Sym) {
        self.block.warnings.push(self.last(), text);
    }
}
