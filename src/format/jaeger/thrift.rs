//! Jaeger's Thrift, `jaeger.thrift`: a `Batch` as clients post it over HTTP (binary protocol), and
//! the call `emitBatch` around one, as they send it to the agent (compact or binary).
//!
//! Where the bytes break off, the spans before that are kept: nothing tells where the next begins.

use super::batch::Batch;
use super::process::Process;
use super::span::{Draft, Reference};
use super::tag::{Tag, TagValue};
use crate::format::output::Output;
use crate::format::problem::Problem;
use crate::format::thrift::{Fields, Kind, Protocol, Result, Thrift, ThriftError};
use crate::model::{SpanId, TraceId};

/// What the bytes of a file or a datagram begin like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// The protocol.
    pub protocol: Protocol,
    /// Whether a call of `emitBatch` is around the batch.
    pub is_message: bool,
}

impl Shape {
    /// The body of a request over HTTP.
    pub const BODY: Self = Self {
        protocol: Protocol::Binary,
        is_message: false,
    };

    /// The shape of bytes, if they begin like a batch or a call with one.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let shape = |protocol, is_message| {
            Some(Self {
                protocol,
                is_message,
            })
        };
        match bytes {
            [0x82, ..] => shape(Protocol::Compact, true),
            [0x80, 1, ..] | [0, 0, 0, 9, b'e', ..] => shape(Protocol::Binary, true),
            // Field 1, a struct, and in it field 1, a string: the process and its service.
            [0x0c, 0, 1, 0x0b, 0, 1, ..] | [0x0f, 0, 2, 0x0c, ..] => shape(Protocol::Binary, false),
            [0x1c, 0x18, ..] | [0x29, _, 0x16, ..] => shape(Protocol::Compact, false),
            _ => None,
        }
    }
}

/// Decodes a batch or a call with one, whichever it is, and asks after each span whether the
/// block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(bytes: &[u8], out: Output<'_>) -> std::result::Result<(), Problem> {
    let shape = Shape::of(bytes).unwrap_or(Shape::BODY);
    decode_shape(bytes, shape, out)
}

/// Decodes bytes of a known shape.
///
/// # Errors
/// As [`decode`].
pub fn decode_shape(
    bytes: &[u8],
    shape: Shape,
    out: Output<'_>,
) -> std::result::Result<(), Problem> {
    let mut reader = Reader {
        thrift: Thrift::new(bytes, shape.protocol),
        batch: Batch::new(out),
    };
    let result = if shape.is_message {
        reader.message()
    } else {
        reader.batch()
    };
    result.map_err(|error| reader.batch.out.findings.malformed(error.at, error.what))
}

struct Reader<'a, 'b> {
    thrift: Thrift<'a>,
    batch: Batch<'a, 'b>,
}

impl Reader<'_, '_> {
    fn message(&mut self) -> Result<()> {
        let at = self.thrift.offset();
        let message = self.thrift.message()?;
        if message.name != b"emitBatch" {
            let what = "a call of another method than emitBatch";
            return Err(ThriftError { at, what });
        }
        let mut fields = Fields::default();
        while let Some(field) = self.thrift.field(&mut fields)? {
            match (field.id, field.kind) {
                (1, Kind::Struct) => self.batch()?,
                (_, kind) => self.thrift.skip(kind)?,
            }
        }
        Ok(())
    }

    /// A `Batch`. Clients write its process first; one behind its spans is looked for.
    fn batch(&mut self) -> Result<()> {
        let mut fields = Fields::default();
        let mut spans = None;
        let mut has_process = false;
        while let Some(field) = self.thrift.field(&mut fields)? {
            match (field.id, field.kind) {
                (1, Kind::Struct) => {
                    let process = process(&mut self.thrift)?;
                    self.batch.process(process);
                    has_process = true;
                }
                (2, Kind::List) if has_process => self.spans()?,
                (2, Kind::List) => {
                    spans = Some(self.thrift.clone());
                    self.thrift.skip(Kind::List)?;
                }
                (_, kind) => self.thrift.skip(kind)?,
            }
        }
        if let Some(spans) = spans {
            let end = std::mem::replace(&mut self.thrift, spans);
            self.spans()?;
            self.thrift = end;
        }
        Ok(())
    }

    fn spans(&mut self) -> Result<()> {
        let (kind, count) = self.thrift.list()?;
        for _ in 0..count {
            let at = self.thrift.offset();
            if kind != Kind::Struct {
                self.thrift.skip(kind)?;
                continue;
            }
            span(&mut self.thrift, &mut self.batch.draft)?;
            self.batch.add(at);
        }
        Ok(())
    }
}

fn span<'a>(thrift: &mut Thrift<'a>, draft: &mut Draft<'a>) -> Result<()> {
    draft.clear();
    let (mut low, mut high) = (0, 0);
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Kind::I64) => low = thrift.integer(field.kind)? as u64,
            (2, Kind::I64) => high = thrift.integer(field.kind)? as u64,
            (3, Kind::I64) => draft.span_id = Some(SpanId(thrift.integer(field.kind)? as u64)),
            (4, Kind::I64) => draft.parent_span_id = SpanId(thrift.integer(field.kind)? as u64),
            (5, Kind::Binary) => draft.operation = String::from_utf8_lossy(thrift.bytes()?),
            (6, Kind::List) => thrift.each(|thrift| {
                draft.references.push(reference(thrift)?);
                Ok(())
            })?,
            (7, Kind::I32) => draft.flags = thrift.integer(field.kind)? as u32,
            (8, Kind::I64) => draft.start = micros(thrift)?,
            (9, Kind::I64) => draft.duration = Some(micros(thrift)?),
            (10, Kind::List) => thrift.each(|thrift| {
                draft.tags.push(tag(thrift)?);
                Ok(())
            })?,
            (11, Kind::List) => thrift.each(|thrift| log(thrift, draft))?,
            (_, kind) => thrift.skip(kind)?,
        }
    }
    draft.trace_id = trace_id(low, high);
    Ok(())
}

fn trace_id(low: u64, high: u64) -> Option<TraceId> {
    let id = TraceId(u128::from(high) << 64 | u128::from(low));
    (!id.is_zero()).then_some(id)
}

/// A time in microseconds, in nanoseconds.
fn micros(thrift: &mut Thrift<'_>) -> Result<i128> {
    Ok(i128::from(thrift.integer(Kind::I64)?) * 1000)
}

fn reference(thrift: &mut Thrift<'_>) -> Result<Reference> {
    let (mut kind, mut low, mut high, mut span) = (0, 0, 0, 0);
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Kind::I32) => kind = thrift.integer(field.kind)?,
            (2, Kind::I64) => low = thrift.integer(field.kind)? as u64,
            (3, Kind::I64) => high = thrift.integer(field.kind)? as u64,
            (4, Kind::I64) => span = thrift.integer(field.kind)? as u64,
            (_, kind) => thrift.skip(kind)?,
        }
    }
    Ok(Reference {
        trace_id: trace_id(low, high),
        span_id: SpanId(span),
        child_of: kind == 0,
    })
}

fn tag<'a>(thrift: &mut Thrift<'a>) -> Result<Tag<'a>> {
    let mut key = "".into();
    let (mut kind, mut text, mut double, mut truth, mut whole, mut bytes) =
        (0, "".into(), 0.0, false, 0, Vec::new());
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Kind::Binary) => key = String::from_utf8_lossy(thrift.bytes()?),
            (2, Kind::I32) => kind = thrift.integer(field.kind)?,
            (3, Kind::Binary) => text = String::from_utf8_lossy(thrift.bytes()?),
            (4, Kind::Double) => double = thrift.double()?,
            (5, Kind::Bool) => truth = thrift.bool()?,
            (6, Kind::I64) => whole = thrift.integer(field.kind)?,
            (7, Kind::Binary) => thrift.bytes()?.clone_into(&mut bytes),
            (_, kind) => thrift.skip(kind)?,
        }
    }
    // Numbered otherwise than in protobuf.
    let value = match kind {
        0 => TagValue::Str(text),
        1 => TagValue::Double(double),
        2 => TagValue::Bool(truth),
        3 => TagValue::Int(whole),
        4 => TagValue::Bytes(bytes),
        _ => TagValue::Empty,
    };
    Ok(Tag::new(key, value))
}

fn log<'a>(thrift: &mut Thrift<'a>, draft: &mut Draft<'a>) -> Result<()> {
    let (mut time, from) = (0, draft.fields.len());
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Kind::I64) => time = micros(thrift)?,
            (2, Kind::List) => thrift.each(|thrift| {
                draft.fields.push(tag(thrift)?);
                Ok(())
            })?,
            (_, kind) => thrift.skip(kind)?,
        }
    }
    draft.log_since(from, time);
    Ok(())
}

fn process<'a>(thrift: &mut Thrift<'a>) -> Result<Process<'a>> {
    let (mut service, mut tags) = ("".into(), Vec::new());
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Kind::Binary) => service = String::from_utf8_lossy(thrift.bytes()?),
            (2, Kind::List) => thrift.each(|thrift| {
                tags.push(tag(thrift)?);
                Ok(())
            })?,
            (_, kind) => thrift.skip(kind)?,
        }
    }
    Ok(Process::new(service, tags))
}
