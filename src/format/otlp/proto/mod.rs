//! OTLP protobuf, straight from the wire into the columns of a block.
//!
//! This is the road that every exported span takes, so nothing is allocated per span: names and
//! attributes are slices of the request until they are interned, and what repeats from span to
//! span is recognised by its bytes before it is looked at ([`Cache`]).
//!
//! Malformed wire, and values nested deeper than the model holds, refuse the whole request with
//! the byte's offset. Unknown fields and fields of another wire type are passed over. A span
//! whose ids are not ids is left out and reported; strings that are not UTF-8 are repaired.

mod log;
mod metric;
mod span;
mod value;

use crate::format::findings::Findings;
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::format::protobuf::{Field, Message, WireError};
use crate::model::{
    BlockBuilder, PairIx, ResourceFields, ResourceIx, ScopeFields, ScopeIx, SpanId, Sym, TraceId,
};

use super::Signal;
use crate::format::cache::Cache;

/// Decodes an export request into one block, which may hold spans already.
///
/// # Errors
/// The problem that refuses the request; what was read before it is still in the builder.
pub fn decode(signal: Signal, request: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let Output {
        builder, findings, ..
    } = out;
    let decoded = match signal {
        Signal::Metrics => metric::points(request)
            .map(|points| findings.metric_points += points)
            .map_err(Failure::from),
        Signal::Traces | Signal::Logs => Decoder::new(signal, builder, findings).request(request),
    };
    decoded.map_err(|failure| Problem {
        place: findings.place_in_bytes(failure.at, String::new()),
        reason: failure.reason,
        message: failure.message.to_owned(),
        spans: 0,
    })
}

/// Why a request is refused.
struct Failure {
    at: usize,
    reason: Reason,
    message: &'static str,
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        Self {
            at: error.at,
            reason: Reason::Malformed,
            message: error.what,
        }
    }
}

type Result<T, E = Failure> = std::result::Result<T, E>;

struct Decoder<'a, 'b> {
    signal: Signal,
    builder: &'b mut BlockBuilder,
    findings: &'b mut Findings,
    /// Interned keys and names, by their bytes.
    strings: Cache<'a, Sym>,
    /// Interned attributes, by the bytes of their `KeyValue` message.
    pairs: Cache<'a, PairIx>,
    /// Room for the attributes of one span, event, link, resource or scope.
    attributes: Vec<PairIx>,
    /// Where in the request we are: resource, scope, record.
    position: [usize; 3],
}

impl<'a, 'b> Decoder<'a, 'b> {
    fn new(signal: Signal, builder: &'b mut BlockBuilder, findings: &'b mut Findings) -> Self {
        Self {
            signal,
            builder,
            findings,
            strings: Cache::default(),
            pairs: Cache::default(),
            attributes: Vec::new(),
            position: [0; 3],
        }
    }

    /// `ExportTraceServiceRequest` or `ExportLogsServiceRequest`.
    fn request(&mut self, request: &'a [u8]) -> Result<()> {
        let mut message = Message::new(request);
        while let Some((number, field)) = message.field()? {
            if let (1, Field::Bytes(batch)) = (number, field) {
                self.resource_batch(batch)?;
                self.position = [self.position[0] + 1, 0, 0];
            }
        }
        Ok(())
    }

    /// `ResourceSpans` or `ResourceLogs`. The resource may stand behind the spans, which is why
    /// the fields are walked twice: passing over a batch is one jump.
    fn resource_batch(&mut self, batch: Message<'a>) -> Result<()> {
        let resource = self.resource(batch)?;
        let mut message = batch;
        while let Some((number, field)) = message.field()? {
            // 1000 is `instrumentation_library_spans` of before 0.15, the same message.
            if let (2 | 1000, Field::Bytes(batch)) = (number, field) {
                self.scope_batch(batch, resource)?;
                self.position = [self.position[0], self.position[1] + 1, 0];
            }
        }
        Ok(())
    }

    fn resource(&mut self, mut batch: Message<'a>) -> Result<ResourceIx> {
        self.attributes.clear();
        let (mut schema_url, mut dropped) = (Sym::EMPTY, 0);
        while let Some((number, field)) = batch.field()? {
            match (number, field) {
                (1, Field::Bytes(mut resource)) => {
                    while let Some((number, field)) = resource.field()? {
                        match (number, field) {
                            (1, Field::Bytes(pair)) => self.attribute(pair)?,
                            (2, Field::Varint(count)) => dropped = count as u32,
                            _ => {}
                        }
                    }
                }
                (3, Field::Bytes(url)) => schema_url = self.string(url),
                _ => {}
            }
        }
        Ok(self.builder.resource(ResourceFields {
            attributes: &self.attributes,
            schema_url,
            dropped,
        }))
    }

    /// `ScopeSpans` or `ScopeLogs`.
    fn scope_batch(&mut self, batch: Message<'a>, resource: ResourceIx) -> Result<()> {
        let scope = self.scope(batch)?;
        let mut message = batch;
        while let Some((number, field)) = message.field()? {
            if let (2, Field::Bytes(record)) = (number, field) {
                match self.signal {
                    Signal::Logs => self.log(record, resource, scope)?,
                    _ => self.span(record, resource, scope)?,
                }
                self.position[2] += 1;
            }
        }
        Ok(())
    }

    fn scope(&mut self, mut batch: Message<'a>) -> Result<ScopeIx> {
        self.attributes.clear();
        let mut fields = ScopeFields::default();
        while let Some((number, field)) = batch.field()? {
            match (number, field) {
                (1, Field::Bytes(mut scope)) => {
                    while let Some((number, field)) = scope.field()? {
                        match (number, field) {
                            (1, Field::Bytes(name)) => fields.name = self.string(name),
                            (2, Field::Bytes(version)) => fields.version = self.string(version),
                            (3, Field::Bytes(pair)) => self.attribute(pair)?,
                            (4, Field::Varint(count)) => fields.dropped = count as u32,
                            _ => {}
                        }
                    }
                }
                (3, Field::Bytes(url)) => fields.schema_url = self.string(url),
                _ => {}
            }
        }
        Ok(self.builder.scope(ScopeFields {
            attributes: &self.attributes,
            ..fields
        }))
    }

    /// Reports that the record at hand was left out, and why.
    #[cold]
    fn reject(&mut self, record: Message<'a>, message: impl FnOnce() -> String) {
        let spans = u64::from(self.signal == Signal::Traces);
        self.findings.rejected_logs += 1 - spans;
        if self.findings.is_full() {
            return self.findings.count(Reason::BadId, spans);
        }
        let [resource, scope, index] = self.position;
        let path = match self.signal {
            Signal::Logs => {
                format!("resourceLogs[{resource}].scopeLogs[{scope}].logRecords[{index}]")
            }
            _ => format!("resourceSpans[{resource}].scopeSpans[{scope}].spans[{index}]"),
        };
        let place = self.findings.place_in_bytes(record.offset(), path);
        self.findings.report(Problem {
            place,
            reason: Reason::BadId,
            message: message(),
            spans,
        });
    }
}

/// A trace id of 16 bytes that are not all zero.
fn trace_id(bytes: &[u8]) -> Option<TraceId> {
    let id = TraceId(u128::from_be_bytes(bytes.try_into().ok()?));
    (!id.is_zero()).then_some(id)
}

/// A span id of 8 bytes; zero, or no byte at all, is none.
fn span_id(bytes: &[u8]) -> Option<SpanId> {
    if bytes.is_empty() {
        return Some(SpanId(0));
    }
    Some(SpanId(u64::from_be_bytes(bytes.try_into().ok()?)))
}

#[cfg(test)]
mod tests;
