//! Jaeger's protobuf, `jaeger.api_v2`: a `Batch`, the `PostSpansRequest` around one, and the
//! `SpansResponseChunk` of its query service, in which each span has its own process.

use super::batch::Batch;
use super::process::Process;
use super::span::{Draft, Reference};
use super::tag::{Tag, TagValue};
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::format::protobuf::{Field, Message, WireError};
use crate::model::{SpanId, TraceId};

type Result<T> = std::result::Result<T, WireError>;

/// Decodes a message of Jaeger's protobuf, and asks after each span whether the block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(bytes: &[u8], out: Output<'_>) -> std::result::Result<(), Problem> {
    let mut batch = Batch::new(out);
    let result = request(Message::new(bytes), &mut batch);
    result.map_err(|error| batch.out.findings.malformed(error.at, error.what))
}

/// Field 1 of a request is a batch, that of a batch is a span, whose own is an id. What is broken
/// is taken for a batch: so it costs a span only.
fn request<'a>(message: Message<'a>, batch: &mut Batch<'a, '_>) -> Result<()> {
    if !first(message).and_then(first).is_some_and(begins_with_id) {
        return spans(message, batch);
    }
    let mut message = message;
    while let Some((number, field)) = message.field()? {
        if let (1, Field::Bytes(inner)) = (number, field) {
            spans(inner, batch)?;
        }
    }
    Ok(())
}

/// The message that a message begins with, in field 1.
fn first(mut message: Message<'_>) -> Option<Message<'_>> {
    match message.field() {
        Ok(Some((1, Field::Bytes(first)))) => Some(first),
        _ => None,
    }
}

fn begins_with_id(message: Message<'_>) -> bool {
    first(message).is_some_and(|id| id.bytes().len() == 16)
}

/// A `Batch`. Its process stands behind its spans.
fn spans<'a>(mut message: Message<'a>, batch: &mut Batch<'a, '_>) -> Result<()> {
    let mut look = message;
    while let Ok(Some((number, field))) = look.field() {
        if let (2, Field::Bytes(inner)) = (number, field) {
            // A broken process costs the service, not the spans.
            if let Ok(process) = process(inner) {
                batch.process(process);
            }
        }
    }
    while let Some((number, field)) = message.field()? {
        if let (1, Field::Bytes(inner)) = (number, field) {
            let at = inner.offset();
            match span(inner, &mut batch.draft) {
                Ok(()) => batch.add(at),
                Err(error) => batch.reject(error.at, Reason::Malformed, error.what),
            }
        }
    }
    Ok(())
}

fn span<'a>(mut message: Message<'a>, draft: &mut Draft<'a>) -> Result<()> {
    draft.clear();
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(id)) => draft.trace_id = trace_id(id),
            (2, Field::Bytes(id)) => draft.span_id = SpanId::from_bytes(id.bytes()),
            (3, Field::Bytes(text)) => draft.operation = String::from_utf8_lossy(text.bytes()),
            (4, Field::Bytes(inner)) => draft.references.push(reference(inner)?),
            (5, Field::Varint(flags)) => draft.flags = flags as u32,
            (6, Field::Bytes(inner)) => draft.start = nanos(inner)?,
            (7, Field::Bytes(inner)) => draft.duration = Some(nanos(inner)?),
            (8, Field::Bytes(inner)) => draft.tags.push(tag(inner)?),
            (9, Field::Bytes(inner)) => log(inner, draft)?,
            (10, Field::Bytes(inner)) => draft.process = Some(process(inner)?),
            (12, Field::Bytes(text)) => {
                draft.warnings.push(String::from_utf8_lossy(text.bytes()));
            }
            _ => {}
        }
    }
    // A duration of zero is not written.
    draft.duration.get_or_insert(0);
    Ok(())
}

fn trace_id(id: Message<'_>) -> Option<TraceId> {
    TraceId::from_bytes(id.bytes()).filter(|id| !id.is_zero())
}

fn reference(mut message: Message<'_>) -> Result<Reference> {
    let mut reference = Reference {
        trace_id: None,
        span_id: SpanId(0),
        child_of: true,
    };
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(id)) => reference.trace_id = trace_id(id),
            (2, Field::Bytes(id)) => {
                reference.span_id = SpanId::from_bytes(id.bytes()).unwrap_or_default();
            }
            (3, Field::Varint(kind)) => reference.child_of = kind == 0,
            _ => {}
        }
    }
    Ok(reference)
}

/// A `Timestamp` or a `Duration`, in nanoseconds.
fn nanos(mut message: Message<'_>) -> Result<i128> {
    let (mut seconds, mut nanos) = (0, 0);
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Varint(value)) => seconds = value as i64,
            (2, Field::Varint(value)) => nanos = value as i32,
            _ => {}
        }
    }
    Ok(i128::from(seconds) * 1_000_000_000 + i128::from(nanos))
}

fn tag(mut message: Message<'_>) -> Result<Tag<'_>> {
    let mut key = "".into();
    let (mut kind, mut text, mut truth, mut whole, mut double, mut bytes) =
        (0, "".into(), false, 0, 0.0, Vec::new());
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(value)) => key = String::from_utf8_lossy(value.bytes()),
            (2, Field::Varint(value)) => kind = value,
            (3, Field::Bytes(value)) => text = String::from_utf8_lossy(value.bytes()),
            (4, Field::Varint(value)) => truth = value != 0,
            (5, Field::Varint(value)) => whole = value as i64,
            (6, Field::Fixed64(value)) => double = f64::from_bits(value),
            (7, Field::Bytes(value)) => value.bytes().clone_into(&mut bytes),
            _ => {}
        }
    }
    let value = match kind {
        0 => TagValue::Str(text),
        1 => TagValue::Bool(truth),
        2 => TagValue::Int(whole),
        3 => TagValue::Double(double),
        4 => TagValue::Bytes(bytes),
        _ => TagValue::Empty,
    };
    Ok(Tag::new(key, value))
}

fn log<'a>(mut message: Message<'a>, draft: &mut Draft<'a>) -> Result<()> {
    let (mut time, from) = (0, draft.fields.len());
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(inner)) => time = nanos(inner)?,
            (2, Field::Bytes(inner)) => draft.fields.push(tag(inner)?),
            _ => {}
        }
    }
    draft.log_since(from, time);
    Ok(())
}

fn process(mut message: Message<'_>) -> Result<Process<'_>> {
    let (mut service, mut tags) = ("".into(), Vec::new());
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(text)) => service = String::from_utf8_lossy(text.bytes()),
            (2, Field::Bytes(inner)) => tags.push(tag(inner)?),
            _ => {}
        }
    }
    Ok(Process::new(service, tags))
}
