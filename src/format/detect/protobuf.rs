//! Which protobuf it is. All of them begin with field 1, so the way down decides.

use super::{Format, Framing, Recognised};
use crate::format::otlp::Signal;

/// Recognises a message by its beginning.
pub(super) fn detect(head: &[u8]) -> Option<Recognised> {
    if let Some(found) = flat(head) {
        return Some(found);
    }
    if let Some(signal) = signal(head) {
        let why = match signal {
            Signal::Traces => "a protobuf message with spans",
            Signal::Logs => "a protobuf message with log records",
            Signal::Metrics => "a protobuf message with metrics",
        };
        return Some(Recognised {
            format: Format::OtlpProto,
            framing: Framing::Message(signal),
            why,
        });
    }
    let (_, inner) = fields(head).next().filter(|&(tag, _)| tag == LENGTH_1)?;
    if signal(inner).is_some() {
        return Some(Recognised {
            format: Format::OtlpProto,
            framing: Framing::Wrapped,
            why: "a protobuf message with a trace, as Tempo answers",
        });
    }
    is_packet(inner).then_some(Recognised {
        format: Format::Perfetto,
        framing: Framing::Whole,
        why: "packets of a Perfetto trace in protobuf",
    })
}

/// Whether a message is a packet of Perfetto's, by the numbers and types of its fields: one at least
/// is what hardly anything else has, and none is what a packet has not.
fn is_packet(message: &[u8]) -> bool {
    let of_packet = |(number, kind)| match kind {
        // Times, clocks, sequences and flags.
        0 => matches!(number, 3 | 8 | 10 | 13 | 41 | 42 | 58 | 79 | 87 | 98),
        2 => matches!(number, 1..=12 | 33..=78 | 82..=140 | 900),
        _ => false,
    };
    let is_telling = |(number, kind)| match kind {
        0 => matches!(number, 8 | 10 | 13 | 87),
        _ => matches!(number, 6 | 11 | 12 | 33 | 36 | 50 | 59 | 60 | 89 | 133),
    };
    let mut kinds = fields(message).map(|(tag, _)| (tag >> 3, tag & 7));
    let mut tells = false;
    let is_all = kinds.all(|field| {
        tells |= is_telling(field);
        of_packet(field)
    });
    is_all && tells
}

/// Formats whose spans are not within batches of a resource and a scope.
fn flat(head: &[u8]) -> Option<Recognised> {
    let (_, first) = fields(head).next().filter(|&(tag, _)| tag == LENGTH_1)?;
    let (format, framing, why) = match flat_span(first) {
        Some(Format::ZipkinProto) => (
            Format::ZipkinProto,
            Framing::Whole,
            "a protobuf list of Zipkin spans",
        ),
        Some(format) => (format, Framing::Whole, "a protobuf batch of Jaeger spans"),
        None => {
            let (_, within) = fields(first).next().filter(|&(tag, _)| tag == LENGTH_1)?;
            flat_span(within).filter(|&format| format == Format::JaegerProto)?;
            (
                Format::JaegerProto,
                Framing::Wrapped,
                "a protobuf request with a batch of Jaeger spans",
            )
        }
    };
    Some(Recognised {
        format,
        framing,
        why,
    })
}

/// Whose span a message is: it begins with the trace's id, and then the types of the fields that
/// Jaeger and Zipkin have under the same numbers tell.
fn flat_span(message: &[u8]) -> Option<Format> {
    let mut fields = fields(message);
    let (_, id) = fields.next().filter(|&(tag, _)| tag == LENGTH_1)?;
    if !matches!(id.len(), 8 | 16) {
        return None;
    }
    for (tag, content) in fields {
        let format = match (tag >> 3, tag & 7) {
            (2, 2) if content.len() == 8 => continue,
            (3, 2) => continue,
            (4 | 6 | 7, 2) | (5, 0) => Format::JaegerProto,
            (4 | 7, 0) | (5, 2) | (6, 1) => Format::ZipkinProto,
            _ => return None,
        };
        return Some(format);
    }
    None
}

/// Tags of fields 1 and 2 of wire type 2.
const LENGTH_1: u64 = 1 << 3 | 2;
const LENGTH_2: u64 = 2 << 3 | 2;
/// Tag of field 1 of wire type 1.
const FIXED_1: u64 = 1 << 3 | 1;

/// The signal of an export request, told by its first record: a span begins with a trace id of 16
/// bytes, a log record with a time, a metric with its name.
pub(in crate::format) fn signal(head: &[u8]) -> Option<Signal> {
    let (_, batch) = fields(head).next().filter(|&(tag, _)| tag == LENGTH_1)?;
    for (tag, scope_batch) in fields(batch) {
        if tag != LENGTH_2 {
            if tag != LENGTH_1 && tag != 3 << 3 | 2 {
                return None;
            }
            continue;
        }
        for (tag, record) in fields(scope_batch) {
            if tag == LENGTH_2 {
                return record_signal(record);
            }
        }
    }
    None
}

fn record_signal(record: &[u8]) -> Option<Signal> {
    let mut fields = fields(record);
    match fields.next()? {
        (LENGTH_1, id) if id.len() == 16 => match fields.next() {
            None => Some(Signal::Traces),
            Some((LENGTH_2, id)) if id.len() == 8 => Some(Signal::Traces),
            Some(_) => Some(Signal::Metrics),
        },
        (LENGTH_2, id) if id.len() == 8 => Some(Signal::Traces),
        (LENGTH_1, name) if std::str::from_utf8(name).is_ok() => Some(Signal::Metrics),
        (FIXED_1, _) => Some(Signal::Logs),
        (tag, _) if matches!(tag >> 3, 2 | 3 | 5 | 6 | 8..=12) => Some(Signal::Logs),
        _ => None,
    }
}

/// Tags and contents of the fields of a message whose end may be cut off: the last content may be
/// too short.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    std::iter::from_fn(move || {
        let tag = varint(&mut rest)?;
        let length = match tag & 7 {
            0 => rest.iter().position(|byte| byte & 0x80 == 0)? + 1,
            1 => 8,
            2 => usize::try_from(varint(&mut rest)?).ok()?,
            5 => 4,
            _ => return None,
        };
        let (content, behind) = rest.split_at(length.min(rest.len()));
        rest = behind;
        (tag >> 3 != 0).then_some((tag, content))
    })
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, behind) = rest.split_first()?;
        *rest = behind;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}
