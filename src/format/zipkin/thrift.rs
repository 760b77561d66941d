//! Zipkin's Thrift of version 1, `zipkincore`.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::binary::{List, ipv4, ipv6};
use super::span::{Annotation, BinaryAnnotation, Endpoint, Report, Span};
use crate::format::findings::Findings;
use crate::format::output::Output;
use crate::format::problem::Problem;
use crate::format::thrift::{Fields, Kind as Type, Protocol, Result, Thrift, ThriftError};
use crate::model::{SpanId, TraceId};

/// Decodes a list of `zipkincore.Span` in thrift's binary protocol, bare or in a call of
/// `emitZipkinBatch`, and asks after each span whether the block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(bytes: &[u8], mut out: Output<'_>) -> std::result::Result<(), Problem> {
    let mut list = List::default();
    let result = match bytes {
        [0x82, ..] => call(
            Thrift::new(bytes, Protocol::Compact),
            &mut list,
            out.findings,
        ),
        [0x80, ..] => call(
            Thrift::new(bytes, Protocol::Binary),
            &mut list,
            out.findings,
        ),
        _ => spans_of_thrift(
            &mut Thrift::new(bytes, Protocol::Binary),
            &mut list,
            out.findings,
        ),
    };
    list.fill(&mut out);
    result.map_err(|ThriftError { at, what }| out.findings.malformed(at, what))
}

/// A call of the agent, whose first argument is the list.
fn call<'a>(mut thrift: Thrift<'a>, list: &mut List<'a>, findings: &mut Findings) -> Result<()> {
    thrift.message()?;
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Type::List) => spans_of_thrift(&mut thrift, list, findings)?,
            (_, kind) => thrift.skip(kind)?,
        }
    }
    Ok(())
}

fn spans_of_thrift<'a>(
    thrift: &mut Thrift<'a>,
    list: &mut List<'a>,
    findings: &mut Findings,
) -> Result<()> {
    let (kind, count) = thrift.list()?;
    for _ in 0..count {
        let at = thrift.offset();
        if kind == Type::Struct {
            let report = report_of_thrift(thrift)?;
            list.add(report, at, findings);
        } else {
            thrift.skip(kind)?;
        }
    }
    Ok(())
}

fn report_of_thrift<'a>(thrift: &mut Thrift<'a>) -> Result<Report<'a>> {
    let (mut span, mut binary) = (Span::default(), Vec::new());
    let (mut low, mut high) = (0, 0);
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Type::I64) => low = thrift.integer(field.kind)? as u64,
            (12, Type::I64) => high = thrift.integer(field.kind)? as u64,
            (3, Type::Binary) => span.name = String::from_utf8_lossy(thrift.bytes()?),
            (4, Type::I64) => span.id = SpanId(thrift.integer(field.kind)? as u64),
            (5, Type::I64) => span.parent_id = SpanId(thrift.integer(field.kind)? as u64),
            (6, Type::List) => thrift.each(|thrift| {
                span.annotations.push(annotation_of_thrift(thrift)?);
                Ok(())
            })?,
            (8, Type::List) => thrift.each(|thrift| {
                binary.push(binary_of_thrift(thrift)?);
                Ok(())
            })?,
            (9, Type::Bool) => span.debug = thrift.bool()?,
            (10, Type::I64) => span.micros = micros(thrift)?,
            (11, Type::I64) => span.duration = micros(thrift)?,
            (_, kind) => thrift.skip(kind)?,
        }
    }
    span.trace_id = TraceId(u128::from(high) << 64 | u128::from(low));
    Ok(Report::v1(span, binary))
}

/// Microseconds; negative ones count as absent.
fn micros(thrift: &mut Thrift<'_>) -> Result<u64> {
    Ok(u64::try_from(thrift.integer(Type::I64)?).unwrap_or(0))
}

fn annotation_of_thrift<'a>(thrift: &mut Thrift<'a>) -> Result<Annotation<'a>> {
    let mut annotation = Annotation {
        micros: 0,
        value: Cow::Borrowed(""),
        endpoint: None,
    };
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Type::I64) => annotation.micros = micros(thrift)?,
            (2, Type::Binary) => annotation.value = String::from_utf8_lossy(thrift.bytes()?),
            (3, Type::Struct) => annotation.endpoint = Some(endpoint_of_thrift(thrift)?),
            (_, kind) => thrift.skip(kind)?,
        }
    }
    Ok(annotation)
}

fn binary_of_thrift<'a>(thrift: &mut Thrift<'a>) -> Result<BinaryAnnotation<'a>> {
    let (mut key, mut value, mut kind, mut endpoint) = (Cow::Borrowed(""), &[][..], 6, None);
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Type::Binary) => key = String::from_utf8_lossy(thrift.bytes()?),
            (2, Type::Binary) => value = thrift.bytes()?,
            (3, Type::I32) => kind = thrift.integer(field.kind)?,
            (4, Type::Struct) => endpoint = Some(endpoint_of_thrift(thrift)?),
            (_, kind) => thrift.skip(kind)?,
        }
    }
    Ok(BinaryAnnotation {
        key,
        value: text_of(kind, value),
        endpoint,
    })
}

/// A value of an `AnnotationType` as text: numbers are written most significant byte first.
fn text_of(kind: i64, value: &[u8]) -> Cow<'_, str> {
    let number = || {
        let wide = value.first().is_some_and(|byte| byte & 0x80 != 0);
        let start = if wide { -1_i64 } else { 0 };
        value
            .iter()
            .fold(start, |number, &byte| number << 8 | i64::from(byte))
    };
    match (kind, value) {
        (0, [byte]) => Cow::Borrowed(if *byte == 0 { "false" } else { "true" }),
        (1, _) => BASE64.encode(value).into(),
        (2, [_, _]) | (3, [_, _, _, _]) | (4, [_, _, _, _, _, _, _, _]) => {
            number().to_string().into()
        }
        (5, _) => match value.try_into() {
            Ok(bytes) => f64::from_be_bytes(bytes).to_string().into(),
            Err(_) => BASE64.encode(value).into(),
        },
        _ => String::from_utf8_lossy(value),
    }
}

fn endpoint_of_thrift<'a>(thrift: &mut Thrift<'a>) -> Result<Endpoint<'a>> {
    let mut endpoint = Endpoint::default();
    let mut fields = Fields::default();
    while let Some(field) = thrift.field(&mut fields)? {
        match (field.id, field.kind) {
            (1, Type::I32) => {
                let ip = thrift.integer(field.kind)? as i32;
                if ip != 0 {
                    endpoint.ipv4 = ipv4(&ip.to_be_bytes());
                }
            }
            (2, Type::I16) => endpoint.port = thrift.integer(field.kind)? as u16,
            (3, Type::Binary) => endpoint.service = String::from_utf8_lossy(thrift.bytes()?),
            (4, Type::Binary) => endpoint.ipv6 = ipv6(thrift.bytes()?),
            (_, kind) => thrift.skip(kind)?,
        }
    }
    Ok(endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_text_by_their_type() {
        assert_eq!(text_of(3, &[0xff, 0xff, 0xff, 0xfd]), "-3");
        assert_eq!(text_of(2, &[1, 0]), "256");
        assert_eq!(text_of(1, &[0, 0xff]), "AP8=");
        assert_eq!(text_of(5, &[1]), "AQ==");
        assert_eq!(text_of(0, &[1]), "true");
    }
}
