//! Zipkin's protobuf of version 2, `zipkin.proto3`.

use std::borrow::Cow;

use super::binary::{List, ipv4, ipv6};
use super::span::{Annotation, Endpoint, Report, Span};
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::format::protobuf::{Field, Message, WireError};
use crate::model::{Kind, SpanId, TraceId};

/// Decodes `zipkin.proto3.ListOfSpans`, and asks after each span whether the block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(bytes: &[u8], mut out: Output<'_>) -> Result<(), Problem> {
    let mut list = List::default();
    let mut message = Message::new(bytes);
    let result = loop {
        match message.field() {
            Ok(Some((1, Field::Bytes(inner)))) => match span_of_proto(inner) {
                Ok(span) => list.add(Report::v2(span), inner.offset(), out.findings),
                Err(WireError { at, what }) => {
                    list.reject(at, Reason::Malformed, what, out.findings);
                }
            },
            Ok(Some(_)) => {}
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    list.fill(&mut out);
    result.map_err(|WireError { at, what }| out.findings.malformed(at, what))
}

fn span_of_proto(mut message: Message<'_>) -> Result<Span<'_>, WireError> {
    let mut span = Span::default();
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(id)) => {
                span.trace_id = TraceId::from_bytes(id.bytes()).unwrap_or_default();
            }
            (2, Field::Bytes(id)) => {
                span.parent_id = SpanId::from_bytes(id.bytes()).unwrap_or_default();
            }
            (3, Field::Bytes(id)) => span.id = SpanId::from_bytes(id.bytes()).unwrap_or_default(),
            (4, Field::Varint(kind)) => {
                span.kind = match kind {
                    1 => Some(Kind::Client),
                    2 => Some(Kind::Server),
                    3 => Some(Kind::Producer),
                    4 => Some(Kind::Consumer),
                    _ => None,
                };
            }
            (5, Field::Bytes(text)) => span.name = String::from_utf8_lossy(text.bytes()),
            (6, Field::Fixed64(micros)) => span.micros = micros,
            (7, Field::Varint(micros)) => span.duration = micros,
            (8, Field::Bytes(inner)) => span.local = endpoint_of_proto(inner)?,
            (9, Field::Bytes(inner)) => span.remote = endpoint_of_proto(inner)?,
            (10, Field::Bytes(inner)) => span.annotations.push(annotation_of_proto(inner)?),
            (11, Field::Bytes(inner)) => span.tags.push(tag_of_proto(inner)?),
            (12, Field::Varint(set)) => span.debug = set != 0,
            (13, Field::Varint(set)) => span.shared = set != 0,
            _ => {}
        }
    }
    Ok(span)
}

fn endpoint_of_proto(mut message: Message<'_>) -> Result<Endpoint<'_>, WireError> {
    let mut endpoint = Endpoint::default();
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(text)) => endpoint.service = String::from_utf8_lossy(text.bytes()),
            (2, Field::Bytes(ip)) => endpoint.ipv4 = ipv4(ip.bytes()),
            (3, Field::Bytes(ip)) => endpoint.ipv6 = ipv6(ip.bytes()),
            (4, Field::Varint(port)) => endpoint.port = u16::try_from(port).unwrap_or(0),
            _ => {}
        }
    }
    Ok(endpoint)
}

fn annotation_of_proto(mut message: Message<'_>) -> Result<Annotation<'_>, WireError> {
    let (mut micros, mut value) = (0, Cow::Borrowed(""));
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Fixed64(time)) => micros = time,
            (2, Field::Bytes(text)) => value = String::from_utf8_lossy(text.bytes()),
            _ => {}
        }
    }
    Ok(Annotation {
        micros,
        value,
        endpoint: None,
    })
}

/// An entry of a map.
fn tag_of_proto(mut message: Message<'_>) -> Result<(Cow<'_, str>, Cow<'_, str>), WireError> {
    let (mut key, mut value) = Default::default();
    while let Some((number, field)) = message.field()? {
        match (number, field) {
            (1, Field::Bytes(text)) => key = String::from_utf8_lossy(text.bytes()),
            (2, Field::Bytes(text)) => value = String::from_utf8_lossy(text.bytes()),
            _ => {}
        }
    }
    Ok((key, value))
}
