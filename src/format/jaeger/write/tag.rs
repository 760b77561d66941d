//! Tags, which are all that Jaeger has for attributes, kind, status and scope; and warnings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::format::json::JsonWriter;
use crate::model::{Kind, SpanRef, Status, Value};

/// The attribute in which Jaeger's ingest keeps warnings; in its JSON they are no tag.
const WARNINGS: &str = "@jaeger@warnings";

/// The largest integer that JavaScript holds exactly.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// Scope, attributes, kind, status, trace state: in the order in which Jaeger has them.
pub(super) fn span_tags(json: &mut JsonWriter<'_>, span: SpanRef<'_>) {
    let scope = span.scope();
    json.key("tags").begin_array();
    text_tag(json, "otel.scope.name", scope.name());
    text_tag(json, "otel.scope.version", scope.version());
    for (key, value) in span.attributes().iter().filter(|(key, _)| *key != WARNINGS) {
        tag(json, key, value);
    }
    if span.kind() != Kind::Unspecified {
        text_tag(json, "span.kind", span.kind().name());
    }
    match span.status() {
        Status::Unset => {}
        Status::Ok => text_tag(json, "otel.status_code", "OK"),
        Status::Error => {
            text_tag(json, "otel.status_code", "ERROR");
            tag(json, "error", Value::Bool(true));
        }
    }
    text_tag(json, "otel.status_description", span.status_message());
    text_tag(json, "w3c.tracestate", span.trace_state());
    json.end_array();
}

pub(super) fn text_tag(json: &mut JsonWriter<'_>, key: &str, text: &str) {
    if !text.is_empty() {
        tag(json, key, Value::Str(text));
    }
}

pub(super) fn tag(json: &mut JsonWriter<'_>, key: &str, value: Value<'_>) {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Double(_) => "float64",
        Value::Bytes(_) => "binary",
        Value::Empty | Value::Str(_) | Value::Array(_) | Value::Map(_) => "string",
    };
    json.begin_object();
    json.key("key").string(key);
    json.key("type").string(kind);
    json.key("value");
    match value {
        Value::Bool(value) => json.raw(value),
        Value::Int(value) if value.unsigned_abs() > MAX_SAFE => json.quoted(value),
        Value::Int(value) => json.raw(value),
        Value::Double(value) => json.double(value),
        Value::Bytes(bytes) => json.quoted(BASE64.encode(bytes)),
        Value::Empty | Value::Str(_) | Value::Array(_) | Value::Map(_) => {
            json.string(&value.to_text());
        }
    }
    json.end_object();
}

pub(super) fn warnings(json: &mut JsonWriter<'_>, span: SpanRef<'_>) {
    let kept = span.attribute(WARNINGS);
    let list = if let Some(Value::Array(list)) = kept {
        Some(list)
    } else {
        None
    };
    let kept = list
        .into_iter()
        .flat_map(|list| list.iter().filter_map(Value::as_str));
    let mut all = span.warnings().chain(kept).peekable();
    json.key("warnings");
    if all.peek().is_none() {
        json.raw("null");
        return;
    }
    json.begin_array();
    all.for_each(|warning| json.string(warning));
    json.end_array();
}
