//! A trace as JSON with what was worked out about it: display order, depths, self times,
//! critical times, warnings. Written for scripts; its members are stable.

use std::collections::HashSet;
use std::io;

use super::json::JsonWriter;
use crate::model::{Attributes, EventRef, LinkRef, LogRef, Nanos, ScopeRef, Trace, Value};

/// The largest integer that JavaScript holds exactly.
const MAX_SAFE: u64 = 1 << 53;

/// Writes a trace as one object. `critical` tells how long a span is on the critical path.
pub fn write(
    json: &mut JsonWriter<'_>,
    trace: &Trace,
    critical: &dyn Fn(usize) -> Nanos,
) -> io::Result<()> {
    json.begin_object();
    json.key("trace_id").quoted(trace.id());
    json.key("name").string(trace.name());
    json.key("service").string(trace.service());
    json.key("start_unix_nano").quoted(trace.start().0);
    json.key("duration_nano").raw(trace.duration().0);
    json.key("services").begin_object();
    for (service, count) in trace.services() {
        json.key(service).begin_object();
        json.key("spans").raw(count.spans);
        json.key("errors").raw(count.errors);
        json.end_object();
    }
    json.end_object();
    json.key("depth").raw(trace.max_depth());
    json.key("errors").raw(trace.errors());
    json.key("warnings");
    list(json, trace.warnings().iter(), |json, warning| {
        json.string(&warning.to_string());
    });
    json.key("spans").begin_array();
    for span in 0..trace.len() {
        write_span(json, trace, span, critical(span));
        json.flush_full()?;
    }
    json.end_array();
    if trace.logs().len() > 0 {
        json.key("logs");
        list(json, trace.logs(), write_log);
    }
    json.end_object();
    Ok(())
}

/// Writes one span of a trace, by its number there.
pub fn write_span(json: &mut JsonWriter<'_>, trace: &Trace, number: usize, critical: Nanos) {
    let span = trace.span(number);
    json.begin_object();
    json.key("span_id").quoted(span.span_id());
    json.key("parent_span_id");
    match span.parent_id() {
        parent if parent.is_zero() => json.string(""),
        parent => json.quoted(parent),
    }
    json.key("depth").raw(trace.depth(number));
    json.key("service").string(span.service());
    json.key("operation").string(span.operation());
    json.key("kind").string(span.kind().name());
    json.key("start_unix_nano").quoted(trace.start_of(number).0);
    json.key("duration_nano").raw(span.duration().0);
    json.key("self_nano").raw(trace.self_time(number).0);
    json.key("critical_nano").raw(critical.0);
    json.key("status").string(span.status().name());
    json.key("status_message").string(span.status_message());
    json.key("attributes");
    attributes(json, span.attributes());
    json.key("resource");
    attributes(json, span.resource().attributes());
    json.key("scope");
    scope(json, span.scope());
    json.key("events");
    list(json, span.events(), event);
    json.key("links");
    list(json, span.links(), link);
    json.key("warnings");
    list(json, trace.warnings_of(number).iter(), |json, warning| {
        json.string(&warning.to_string());
    });
    json.end_object();
}

fn list<'j, T>(
    json: &mut JsonWriter<'j>,
    items: impl Iterator<Item = T>,
    mut write: impl FnMut(&mut JsonWriter<'j>, T),
) {
    json.begin_array();
    for item in items {
        write(json, item);
    }
    json.end_array();
}

fn event(json: &mut JsonWriter<'_>, event: EventRef<'_>) {
    json.begin_object();
    json.key("name").string(event.name());
    json.key("time_unix_nano").quoted(event.time().0);
    json.key("attributes");
    attributes(json, event.attributes());
    json.end_object();
}

fn link(json: &mut JsonWriter<'_>, link: LinkRef<'_>) {
    json.begin_object();
    json.key("trace_id").quoted(link.trace_id());
    json.key("span_id").quoted(link.span_id());
    json.key("attributes");
    attributes(json, link.attributes());
    json.end_object();
}

fn scope(json: &mut JsonWriter<'_>, scope: ScopeRef<'_>) {
    json.begin_object();
    json.key("name").string(scope.name());
    json.key("version").string(scope.version());
    json.key("attributes");
    attributes(json, scope.attributes());
    json.end_object();
}

fn write_log(json: &mut JsonWriter<'_>, log: LogRef<'_>) {
    json.begin_object();
    json.key("span_id");
    match log.span_id() {
        span if span.is_zero() => json.string(""),
        span => json.quoted(span),
    }
    json.key("time_unix_nano").quoted(log.time().0);
    json.key("severity").string(log.severity_name());
    json.key("body");
    value(json, log.body());
    json.key("attributes");
    attributes(json, log.attributes());
    json.end_object();
}

/// Attributes as an object.
pub fn attributes(json: &mut JsonWriter<'_>, attributes: Attributes<'_>) {
    json.begin_object();
    members(json, attributes);
    json.end_object();
}

/// Attributes as members of an object; of a key that repeats, the first value, as everywhere.
pub(super) fn members(json: &mut JsonWriter<'_>, attributes: Attributes<'_>) {
    let mut seen = HashSet::with_capacity(attributes.len());
    for (key, item) in attributes.iter().filter(|(key, _)| seen.insert(*key)) {
        json.key(key);
        value(json, item);
    }
}

/// A value; arrays and maps nest as deep as [`MAX_NESTING`](crate::model::MAX_NESTING) at most.
pub fn value(json: &mut JsonWriter<'_>, item: Value<'_>) {
    match item {
        Value::Empty => json.raw("null"),
        Value::Str(text) => json.string(text),
        Value::Bool(is) => json.raw(is),
        Value::Int(n) if n.unsigned_abs() > MAX_SAFE => json.quoted(n),
        Value::Int(n) => json.raw(n),
        Value::Double(n) => json.double(n),
        Value::Bytes(_) => json.string(&item.to_text()),
        Value::Array(items) => list(json, items.iter(), value),
        Value::Map(items) => {
            json.begin_object();
            for (key, item) in items.iter() {
                json.key(key);
                value(json, item);
            }
            json.end_object();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn what_was_worked_out_stands_beside_what_was_sent() {
        let trace = scenario::trace("shop: GET /cart 0..100 server\n  cart: load 10..90 error\n");
        let mut text = Vec::new();
        let mut json = JsonWriter::new(&mut text);
        write(&mut json, &trace, &|span| Nanos(span as u64)).unwrap();
        json.flush().unwrap();
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(value["duration_nano"], 100_000_000);
        assert_eq!(value["services"]["cart"]["errors"], 1);
        assert_eq!(value["spans"][0]["self_nano"], 20_000_000);
        assert_eq!(value["spans"][0]["parent_span_id"], "");
        assert_eq!(value["spans"][1]["critical_nano"], 1);
        assert_eq!(value["spans"][1]["kind"], "internal");
        assert_eq!(value["depth"], 1);
    }
}
