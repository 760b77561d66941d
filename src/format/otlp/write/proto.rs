//! The protobuf of OTLP. Nested arrays and maps are kept by the model in this very encoding.

use std::io;

use crate::format::protobuf::{
    put_bytes, put_fixed32, put_fixed64, put_message, put_number, put_text, put_varint,
};
use crate::model::{Attributes, EventRef, LinkRef, LogRef, Note, Notes, ScopeRef, SpanRef, Value};

use super::Batch;

/// Spans, one `ResourceSpans` at a time, each with the note on it as an event.
pub(super) fn spans(
    out: &mut dyn io::Write,
    batches: &[Batch<'_, SpanRef<'_>>],
    notes: &Notes,
) -> io::Result<()> {
    write(out, batches, |out, one| {
        span(out, one, notes.on(one.span_id()));
    })
}

/// Log records, one `ResourceLogs` at a time: the same message but for what is in it.
pub(super) fn logs(out: &mut dyn io::Write, batches: &[Batch<'_, LogRef<'_>>]) -> io::Result<()> {
    write(out, batches, log)
}

fn write<R: Copy>(
    out: &mut dyn io::Write,
    batches: &[Batch<'_, R>],
    record: impl Fn(&mut Vec<u8>, R),
) -> io::Result<()> {
    let mut message = Vec::new();
    for batch in batches {
        message.clear();
        put_message(&mut message, 1, |out| {
            let resource = batch.resource;
            put_message(out, 1, |out| {
                attributes(out, 1, resource.attributes());
                put_number(out, 2, resource.dropped().into());
            });
            for (within, records) in &batch.scopes {
                put_message(out, 2, |out| {
                    scope(out, *within);
                    for &one in records {
                        put_message(out, 2, |out| record(out, one));
                    }
                    put_text(out, 3, within.schema_url());
                });
            }
            put_text(out, 3, resource.schema_url());
        });
        out.write_all(&message)?;
    }
    Ok(())
}

fn scope(out: &mut Vec<u8>, scope: ScopeRef<'_>) {
    put_message(out, 1, |out| {
        put_text(out, 1, scope.name());
        put_text(out, 2, scope.version());
        attributes(out, 3, scope.attributes());
        put_number(out, 4, scope.dropped().into());
    });
}

fn span(out: &mut Vec<u8>, span: SpanRef<'_>, note: Option<&Note>) {
    put_bytes(out, 1, &span.trace_id().0.to_be_bytes());
    put_bytes(out, 2, &span.span_id().0.to_be_bytes());
    put_text(out, 3, span.trace_state());
    if !span.parent_id().is_zero() {
        put_bytes(out, 4, &span.parent_id().0.to_be_bytes());
    }
    put_text(out, 5, span.operation());
    put_number(out, 6, span.kind() as u64);
    put_fixed64(out, 7, span.start().0);
    if !span.is_unfinished() {
        put_fixed64(out, 8, span.received_end().0);
    }
    attributes(out, 9, span.attributes());
    let dropped = span.dropped();
    put_number(out, 10, dropped.0.into());
    for one in span.events() {
        put_message(out, 11, |out| event(out, one));
    }
    if let Some(note) = note {
        put_message(out, 11, |out| {
            put_fixed64(out, 1, note.time.0);
            put_text(out, 2, &note.event());
        });
    }
    put_number(out, 12, dropped.1.into());
    for one in span.links() {
        put_message(out, 13, |out| link(out, one));
    }
    put_number(out, 14, dropped.2.into());
    put_message(out, 15, |out| {
        put_text(out, 2, span.status_message());
        put_number(out, 3, span.status() as u64);
    });
    put_fixed32(out, 16, span.flags());
}

fn log(out: &mut Vec<u8>, log: LogRef<'_>) {
    put_fixed64(out, 1, log.time().0);
    put_number(out, 2, log.severity().into());
    put_text(out, 3, log.severity_text());
    put_message(out, 5, |out| value(out, log.body()));
    attributes(out, 6, log.attributes());
    put_bytes(out, 9, &log.trace_id().0.to_be_bytes());
    if !log.span_id().is_zero() {
        put_bytes(out, 10, &log.span_id().0.to_be_bytes());
    }
}

fn event(out: &mut Vec<u8>, event: EventRef<'_>) {
    put_fixed64(out, 1, event.time().0);
    put_text(out, 2, event.name());
    attributes(out, 3, event.attributes());
    put_number(out, 4, event.dropped().into());
}

fn link(out: &mut Vec<u8>, link: LinkRef<'_>) {
    put_bytes(out, 1, &link.trace_id().0.to_be_bytes());
    put_bytes(out, 2, &link.span_id().0.to_be_bytes());
    put_text(out, 3, link.trace_state());
    attributes(out, 4, link.attributes());
    put_number(out, 5, link.dropped().into());
    put_fixed32(out, 6, link.flags());
}

fn attributes(out: &mut Vec<u8>, field: u32, attributes: Attributes<'_>) {
    for (key, any) in attributes.iter() {
        put_message(out, field, |out| {
            put_text(out, 1, key);
            put_message(out, 2, |out| value(out, any));
        });
    }
}

/// The fields of an `AnyValue`: in a oneof, defaults are written too.
pub(in crate::format::otlp) fn value(out: &mut Vec<u8>, any: Value<'_>) {
    let number = |out: &mut Vec<u8>, field: u8, value: u64| {
        out.push(field << 3);
        put_varint(out, value);
    };
    match any {
        Value::Empty => {}
        Value::Str(text) => put_bytes(out, 1, text.as_bytes()),
        Value::Bool(b) => number(out, 2, b.into()),
        Value::Int(n) => number(out, 3, n as u64),
        Value::Double(n) => {
            out.push(4 << 3 | 1);
            out.extend(n.to_bits().to_le_bytes());
        }
        Value::Array(array) => put_bytes(out, 5, array.wire()),
        Value::Map(map) => put_bytes(out, 6, map.wire()),
        Value::Bytes(bytes) => put_bytes(out, 7, bytes),
    }
}
