//! `Span` with its events, links and status.

use crate::format::protobuf::{Field, Message};
use crate::model::{
    Kind, Note, ResourceIx, ScopeIx, SpanFields, SpanId, Status, Sym, Time, TraceId,
};

use super::{Decoder, Result, span_id, trace_id};

/// What few spans have.
#[derive(Default)]
struct Extras<'a> {
    trace_state: Option<Message<'a>>,
    status_message: Option<Message<'a>>,
    flags: u32,
    dropped: [u32; 3],
}

impl<'a> Decoder<'a, '_> {
    pub(super) fn span(
        &mut self,
        span: Message<'a>,
        resource: ResourceIx,
        scope: ScopeIx,
    ) -> Result<()> {
        self.attributes.clear();
        let mut extras = Extras::default();
        let mut fields = SpanFields::within(resource, scope);
        let (mut wrong_id, mut has_details) = (None, false);
        let mut message = span;
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Bytes(id)) => match trace_id(id.bytes()) {
                    Some(id) => fields.trace_id = id,
                    None => wrong_id = Some(("trace id", id)),
                },
                (2, Field::Bytes(id)) => match span_id(id.bytes()) {
                    Some(id) => fields.span_id = id,
                    None => wrong_id = Some(("span id", id)),
                },
                (4, Field::Bytes(id)) => match span_id(id.bytes()) {
                    Some(id) => fields.parent_id = id,
                    None => wrong_id = Some(("parent span id", id)),
                },
                (5, Field::Bytes(name)) => fields.operation = self.string(name),
                (6, Field::Varint(kind)) => fields.kind = Kind::from_otlp(kind as i64),
                (7, Field::Fixed64(start)) => fields.start = Time(start),
                (8, Field::Fixed64(end)) => fields.end = (end != 0).then_some(Time(end)),
                (9, Field::Bytes(pair)) => self.attribute(pair)?,
                // They follow the span into the builder.
                (11 | 13, Field::Bytes(_)) => has_details = true,
                (15, Field::Bytes(status)) => {
                    fields.status = extras.status(status, fields.status)?;
                }
                _ => extras.field(number, field),
            }
        }
        if let Some((name, id)) = wrong_id {
            let length = id.bytes().len();
            self.reject(span, || format!("a {name} of {length} bytes, or of zeros"));
        } else if fields.trace_id.is_zero() || fields.span_id.is_zero() {
            let name = if fields.trace_id.is_zero() {
                "trace"
            } else {
                "span"
            };
            self.reject(span, || format!("no {name} id"));
        } else {
            self.builder.span(&fields, &self.attributes);
            self.extras(&extras);
            if has_details {
                self.details(span, &fields)?;
            }
        }
        Ok(())
    }

    fn extras(&mut self, extras: &Extras<'a>) {
        if let Some(state) = extras.trace_state {
            let state = self.string(state);
            self.builder.trace_state(state);
        }
        if let Some(message) = extras.status_message {
            let message = self.string(message);
            self.builder.status_message(message);
        }
        let [attributes, events, links] = extras.dropped;
        self.builder.dropped(attributes, events, links);
        self.builder.flags(extras.flags);
    }

    /// Events and links of the span added last. It is walked again rather than remembered: a
    /// span may claim millions of them in two bytes each.
    fn details(&mut self, mut span: Message<'a>, of: &SpanFields) -> Result<()> {
        while let Some((number, field)) = span.field()? {
            match (number, field) {
                (11, Field::Bytes(event)) => self.event(event, of)?,
                (13, Field::Bytes(link)) => self.link(link)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// An event, or the note that a writer put into one.
    fn event(&mut self, mut event: Message<'a>, of: &SpanFields) -> Result<()> {
        self.attributes.clear();
        let (mut time, mut name, mut dropped) = (Time(0), Sym::EMPTY, 0);
        let mut note = None;
        while let Some((number, field)) = event.field()? {
            match (number, field) {
                (1, Field::Fixed64(at)) => time = Time(at),
                (2, Field::Bytes(text)) => match Note::of_event_bytes(text.bytes()) {
                    None => name = self.string(text),
                    text => note = text,
                },
                (3, Field::Bytes(pair)) => self.attribute(pair)?,
                (4, Field::Varint(count)) => dropped = count as u32,
                _ => {}
            }
        }
        if let Some(text) = note {
            let text = text.to_owned();
            let ids = (of.trace_id, of.span_id);
            Note { time, text }.add(self.builder, ids, of.resource);
            return Ok(());
        }
        self.builder.event(time, name, &self.attributes, dropped);
        Ok(())
    }

    /// A link whose ids are not ids leads nowhere, which is what zero ids say too.
    fn link(&mut self, mut link: Message<'a>) -> Result<()> {
        self.attributes.clear();
        let (mut trace, mut span, mut state) = (TraceId(0), SpanId(0), Sym::EMPTY);
        let (mut flags, mut dropped) = (0, 0);
        while let Some((number, field)) = link.field()? {
            match (number, field) {
                (1, Field::Bytes(id)) => trace = trace_id(id.bytes()).unwrap_or_default(),
                (2, Field::Bytes(id)) => span = span_id(id.bytes()).unwrap_or_default(),
                (3, Field::Bytes(text)) => state = self.string(text),
                (4, Field::Bytes(pair)) => self.attribute(pair)?,
                (5, Field::Varint(count)) => dropped = count as u32,
                (6, Field::Fixed32(bits)) => flags = bits,
                _ => {}
            }
        }
        self.builder
            .link(trace, span, &self.attributes, state, flags, dropped);
        Ok(())
    }
}

impl<'a> Extras<'a> {
    fn field(&mut self, number: u32, field: Field<'a>) {
        match (number, field) {
            (3, Field::Bytes(state)) => self.trace_state = Some(state),
            (10, Field::Varint(count)) => self.dropped[0] = count as u32,
            (12, Field::Varint(count)) => self.dropped[1] = count as u32,
            (14, Field::Varint(count)) => self.dropped[2] = count as u32,
            (16, Field::Fixed32(flags)) => self.flags = flags,
            _ => {}
        }
    }

    /// The message is kept, the code returned: `before` where the status does not name one.
    fn status(&mut self, mut status: Message<'a>, before: Status) -> Result<Status> {
        let mut code = before;
        while let Some((number, field)) = status.field()? {
            match (number, field) {
                (2, Field::Bytes(message)) => self.status_message = Some(message),
                (3, Field::Varint(number)) => code = Status::from_otlp(number as i64),
                _ => {}
            }
        }
        Ok(code)
    }
}
