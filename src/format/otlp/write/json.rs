//! The JSON of OTLP: ids in hex, enums as numbers, 64-bit integers as strings, defaults left out.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::format::json::JsonWriter;
use crate::model::{
    Attributes, EventRef, LinkRef, LogRef, ResourceRef, ScopeRef, SpanId, SpanRef, Status, TraceId,
    Value,
};

use super::Batch;

/// The attribute in which Jaeger keeps what is doubtful about a span.
const WARNINGS: &str = "@jaeger@warnings";

/// How ids and enums are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// OTLP's own: hex, and numbers.
    Otlp,
    /// The same with warnings among the attributes, as Jaeger keeps them.
    Jaeger,
    /// Tempo's, the JSON of protobuf: base64, and names.
    Tempo,
}

/// Names of the lists of a signal: by resource, by scope, of records.
pub(super) type Lists = [&'static str; 3];
pub(super) const SPANS: Lists = ["resourceSpans", "scopeSpans", "spans"];
pub(super) const LOGS: Lists = ["resourceLogs", "scopeLogs", "logRecords"];

/// Opens a document, which is a line.
pub(super) fn begin(json: &mut JsonWriter<'_>, [by_resource, ..]: Lists) {
    json.begin_object();
    json.key(by_resource).begin_array();
}

/// Closes it.
pub(super) fn end(json: &mut JsonWriter<'_>) {
    json.end_array();
    json.end_object();
    json.end_line();
}

/// Some batches of it.
pub(super) fn batches<R: Copy>(
    json: &mut JsonWriter<'_>,
    [_, by_scope, list]: Lists,
    batches: &[Batch<'_, R>],
    write: impl Fn(&mut JsonWriter<'_>, R),
) -> io::Result<()> {
    for batch in batches {
        json.begin_object();
        resource(json, batch.resource);
        json.key(by_scope).begin_array();
        for (within, records) in &batch.scopes {
            json.begin_object();
            scope(json, *within);
            json.key(list).begin_array();
            for &record in records {
                write(json, record);
                json.flush_full()?;
            }
            json.end_array();
            text(json, "schemaUrl", within.schema_url());
            json.end_object();
        }
        json.end_array();
        text(json, "schemaUrl", batch.resource.schema_url());
        json.end_object();
    }
    Ok(())
}

fn resource(json: &mut JsonWriter<'_>, resource: ResourceRef<'_>) {
    json.key("resource").begin_object();
    attributes(json, resource.attributes());
    count(json, "droppedAttributesCount", resource.dropped());
    json.end_object();
}

fn scope(json: &mut JsonWriter<'_>, scope: ScopeRef<'_>) {
    json.key("scope").begin_object();
    text(json, "name", scope.name());
    text(json, "version", scope.version());
    attributes(json, scope.attributes());
    count(json, "droppedAttributesCount", scope.dropped());
    json.end_object();
}

fn id(
    json: &mut JsonWriter<'_>,
    key: &str,
    id: &[u8],
    hex: impl std::fmt::Display,
    dialect: Dialect,
) {
    match dialect {
        Dialect::Otlp | Dialect::Jaeger => json.key(key).quoted(hex),
        Dialect::Tempo => json.key(key).quoted(BASE64.encode(id)),
    }
}

fn trace_id(json: &mut JsonWriter<'_>, key: &str, trace: TraceId, dialect: Dialect) {
    id(json, key, &trace.0.to_be_bytes(), trace, dialect);
}

fn span_id(json: &mut JsonWriter<'_>, key: &str, span: SpanId, dialect: Dialect) {
    id(json, key, &span.0.to_be_bytes(), span, dialect);
}

pub(super) fn span(json: &mut JsonWriter<'_>, span: SpanRef<'_>, dialect: Dialect) {
    json.begin_object();
    trace_id(json, "traceId", span.trace_id(), dialect);
    span_id(json, "spanId", span.span_id(), dialect);
    text(json, "traceState", span.trace_state());
    if !span.parent_id().is_zero() {
        span_id(json, "parentSpanId", span.parent_id(), dialect);
    }
    count(json, "flags", span.flags());
    json.key("name").string(span.operation());
    match dialect {
        Dialect::Otlp => json.key("kind").raw(span.kind() as u8),
        Dialect::Jaeger => count(json, "kind", span.kind() as u32),
        Dialect::Tempo => json
            .key("kind")
            .quoted(enum_name("SPAN_KIND", span.kind().name())),
    }
    json.key("startTimeUnixNano").quoted(span.start().0);
    if !span.is_unfinished() {
        json.key("endTimeUnixNano").quoted(span.received_end().0);
    }
    if dialect == Dialect::Jaeger && span.warnings().len() > 0 {
        attributes_and_warnings(json, span);
    } else {
        attributes(json, span.attributes());
    }
    let dropped = span.dropped();
    count(json, "droppedAttributesCount", dropped.0);
    list(json, "events", span.events(), event);
    count(json, "droppedEventsCount", dropped.1);
    list(json, "links", span.links(), |json, one| {
        link(json, one, dialect);
    });
    count(json, "droppedLinksCount", dropped.2);
    status(json, span, dialect);
    json.end_object();
}

fn status(json: &mut JsonWriter<'_>, span: SpanRef<'_>, dialect: Dialect) {
    json.key("status").begin_object();
    text(json, "message", span.status_message());
    if dialect != Dialect::Tempo {
        count(json, "code", span.status() as u32);
    } else if span.status() != Status::Unset {
        let name = enum_name("STATUS_CODE", span.status().name());
        json.key("code").quoted(name);
    }
    json.end_object();
}

/// The name of an enum's value in protobuf: `SPAN_KIND_SERVER`.
fn enum_name(prefix: &str, name: &str) -> String {
    format!("{prefix}_{}", name.to_ascii_uppercase())
}

fn event(json: &mut JsonWriter<'_>, event: EventRef<'_>) {
    json.begin_object();
    json.key("timeUnixNano").quoted(event.time().0);
    text(json, "name", event.name());
    attributes(json, event.attributes());
    count(json, "droppedAttributesCount", event.dropped());
    json.end_object();
}

fn link(json: &mut JsonWriter<'_>, link: LinkRef<'_>, dialect: Dialect) {
    json.begin_object();
    trace_id(json, "traceId", link.trace_id(), dialect);
    span_id(json, "spanId", link.span_id(), dialect);
    text(json, "traceState", link.trace_state());
    attributes(json, link.attributes());
    count(json, "droppedAttributesCount", link.dropped());
    count(json, "flags", link.flags());
    json.end_object();
}

pub(super) fn log(json: &mut JsonWriter<'_>, log: LogRef<'_>) {
    json.begin_object();
    json.key("timeUnixNano").quoted(log.time().0);
    count(json, "severityNumber", log.severity().into());
    text(json, "severityText", log.severity_text());
    if log.body() != Value::Empty {
        value(json.key("body"), log.body());
    }
    attributes(json, log.attributes());
    json.key("traceId").quoted(log.trace_id());
    if !log.span_id().is_zero() {
        json.key("spanId").quoted(log.span_id());
    }
    json.end_object();
}

fn text(json: &mut JsonWriter<'_>, key: &str, text: &str) {
    if !text.is_empty() {
        json.key(key).string(text);
    }
}

fn count(json: &mut JsonWriter<'_>, key: &str, count: u32) {
    if count != 0 {
        json.key(key).raw(count);
    }
}

fn list<T>(
    json: &mut JsonWriter<'_>,
    key: &str,
    items: impl ExactSizeIterator<Item = T>,
    write: impl Fn(&mut JsonWriter<'_>, T),
) {
    if items.len() == 0 {
        return;
    }
    json.key(key).begin_array();
    for item in items {
        write(json, item);
    }
    json.end_array();
}

fn attributes(json: &mut JsonWriter<'_>, attributes: Attributes<'_>) {
    list(json, "attributes", attributes.iter(), key_value);
}

fn attributes_and_warnings(json: &mut JsonWriter<'_>, span: SpanRef<'_>) {
    json.key("attributes").begin_array();
    let others = span.attributes().iter();
    others
        .filter(|(key, _)| *key != WARNINGS)
        .for_each(|pair| key_value(json, pair));
    json.begin_object();
    json.key("key").string(WARNINGS);
    json.key("value").begin_object();
    let mut all: Vec<Value<'_>> = Vec::new();
    if let Some(Value::Array(received)) = span.attribute(WARNINGS) {
        all.extend(received.iter());
    }
    all.extend(span.warnings().map(Value::Str));
    values(json.key("arrayValue"), all.into_iter(), value);
    json.end_object();
    json.end_object();
    json.end_array();
}

fn key_value(json: &mut JsonWriter<'_>, (key, any): (&str, Value<'_>)) {
    json.begin_object();
    json.key("key").string(key);
    value(json.key("value"), any);
    json.end_object();
}

/// An `AnyValue`. The recursion is bounded by the model's `MAX_NESTING`.
fn value(json: &mut JsonWriter<'_>, any: Value<'_>) {
    json.begin_object();
    match any {
        Value::Empty => {}
        Value::Str(text) => json.key("stringValue").string(text),
        Value::Bool(b) => json.key("boolValue").raw(b),
        Value::Int(n) => json.key("intValue").quoted(n),
        Value::Double(n) => json.key("doubleValue").double(n),
        Value::Bytes(bytes) => json.key("bytesValue").string(&BASE64.encode(bytes)),
        Value::Array(array) => values(json.key("arrayValue"), array.iter(), value),
        Value::Map(map) => values(json.key("kvlistValue"), map.iter(), key_value),
    }
    json.end_object();
}

fn values<T>(
    json: &mut JsonWriter<'_>,
    items: impl Iterator<Item = T>,
    write: impl Fn(&mut JsonWriter<'_>, T),
) {
    json.begin_object();
    json.key("values").begin_array();
    for item in items {
        write(json, item);
    }
    json.end_array();
    json.end_object();
}
