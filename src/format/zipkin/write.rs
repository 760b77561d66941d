//! Traces as Zipkin's JSON of version 2: one list of spans.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io;
use std::net::IpAddr;

use super::fill::{DEBUG, LINK, NO_START, SHARED};
use crate::format::json::JsonWriter;
use crate::model::{Attributes, EventRef, Kind, LinkRef, Note, SpanRef, Status, TraceId, Value};

/// Attributes that are told by endpoints and flags, not by tags.
const TOLD: [&str; 8] = [
    "peer.service",
    "net.host.ip",
    "net.host.port",
    "net.peer.ip",
    "net.peer.port",
    SHARED,
    DEBUG,
    NO_START,
];

/// Links beyond this are left out, as OpenTelemetry's exporters do.
const MOST_LINKS: usize = 128;

/// Writes a list of spans: [`begin`](Self::begin), any number of spans, [`finish`](Self::finish).
/// All values become text; times become microseconds, durations at least one. What the format
/// has no place for is lost: types of attributes, scope attributes, schema URLs, flags, log
/// records but for notes.
pub struct ZipkinWriter<'w> {
    json: JsonWriter<'w>,
}

impl<'w> ZipkinWriter<'w> {
    /// A writer to `out`.
    pub fn new(out: &'w mut dyn io::Write) -> Self {
        Self {
            json: JsonWriter::new(out),
        }
    }

    /// Opens the list.
    pub fn begin(&mut self) {
        self.json.begin_array();
    }

    /// Closes the list and passes all bytes on.
    pub fn finish(&mut self) -> io::Result<()> {
        self.json.end_array();
        self.json.end_line();
        self.json.flush()
    }

    /// One span.
    pub fn span(&mut self, span: SpanRef<'_>) -> io::Result<()> {
        self.noted_span(span, None)
    }

    /// The same with a note on it, as an annotation.
    pub fn noted_span(&mut self, span: SpanRef<'_>, note: Option<&Note>) -> io::Result<()> {
        let json = &mut self.json;
        let attributes = span.attributes();
        json.begin_object();
        json.key("traceId");
        trace_id(json, span.trace_id());
        if !span.parent_id().is_zero() {
            json.key("parentId").quoted(span.parent_id());
        }
        json.key("id").quoted(span.span_id());
        if !matches!(span.kind(), Kind::Unspecified | Kind::Internal) {
            json.key("kind")
                .string(&span.kind().name().to_ascii_uppercase());
        }
        if !span.operation().is_empty() {
            json.key("name").string(span.operation());
        }
        if attributes.get(NO_START).is_none() {
            json.key("timestamp").raw(span.start().0 / 1000);
        }
        if !span.is_unfinished() {
            json.key("duration")
                .raw(span.duration().0.saturating_add(500).max(1000) / 1000);
        }
        endpoint(
            json,
            "localEndpoint",
            span.service(),
            attributes,
            ["net.host.ip", "net.host.port"],
        );
        let peer = attributes
            .get("peer.service")
            .and_then(Value::as_str)
            .unwrap_or_default();
        endpoint(
            json,
            "remoteEndpoint",
            peer,
            attributes,
            ["net.peer.ip", "net.peer.port"],
        );
        annotations(json, span, note);
        tags(json, span);
        for (key, attribute) in [("debug", DEBUG), ("shared", SHARED)] {
            if attributes.get(attribute).is_some() {
                json.key(key).raw(true);
            }
        }
        json.end_object();
        json.flush_full()
    }
}

/// Sixteen digits where they suffice, as Zipkin does.
fn trace_id(json: &mut JsonWriter<'_>, id: TraceId) {
    if id.0 >> 64 == 0 {
        json.quoted(format_args!("{:016x}", id.0));
    } else {
        json.quoted(id);
    }
}

fn endpoint(
    json: &mut JsonWriter<'_>,
    key: &str,
    service: &str,
    attributes: Attributes<'_>,
    [ip, port]: [&str; 2],
) {
    let ip = attributes
        .get(ip)
        .map(Value::to_text)
        .and_then(|text| text.parse::<IpAddr>().ok());
    let port = attributes
        .get(port)
        .map(Value::to_text)
        .and_then(|text| text.parse::<u16>().ok());
    if service.is_empty() && ip.is_none() && port.is_none() {
        return;
    }
    json.key(key).begin_object();
    if !service.is_empty() {
        json.key("serviceName").string(service);
    }
    match ip {
        Some(IpAddr::V4(ip)) => json.key("ipv4").quoted(ip),
        Some(IpAddr::V6(ip)) => json.key("ipv6").quoted(ip),
        None => {}
    }
    if let Some(port) = port {
        json.key("port").raw(port);
    }
    json.end_object();
}

fn annotations(json: &mut JsonWriter<'_>, span: SpanRef<'_>, note: Option<&Note>) {
    if span.events().len() == 0 && note.is_none() {
        return;
    }
    let events = span.events().map(|event| (event.time(), annotation(event)));
    let note = note.map(|note| (note.time, Cow::Owned(note.event())));
    json.key("annotations").begin_array();
    for (time, value) in events.chain(note) {
        json.begin_object();
        json.key("timestamp").raw(time.0 / 1000);
        json.key("value").string(&value);
        json.end_object();
    }
    json.end_array();
}

fn annotation(event: EventRef<'_>) -> Cow<'_, str> {
    if event.attributes().is_empty() && event.dropped() == 0 {
        return Cow::Borrowed(event.name());
    }
    Cow::Owned(format!(
        "{}|{}|{}",
        event.name(),
        object(event.attributes()),
        event.dropped()
    ))
}

fn object(attributes: Attributes<'_>) -> String {
    let mut out = Vec::new();
    let mut json = JsonWriter::new(&mut out);
    json.begin_object();
    for (key, value) in attributes.iter() {
        let mut text = String::new();
        value.write_json(&mut text);
        json.key(key).raw(text);
    }
    json.end_object();
    // A vector takes every byte.
    let _ = json.flush();
    String::from_utf8(out).unwrap_or_default()
}

/// Tags are a JSON object: of a key that occurs twice the first value counts, the span's before
/// the resource's.
struct Tags<'j, 'w, 's> {
    json: &'j mut JsonWriter<'w>,
    written: HashSet<Cow<'s, str>>,
}

impl<'s> Tags<'_, '_, 's> {
    fn add(&mut self, key: impl Into<Cow<'s, str>>, value: &str) {
        let key = key.into();
        if self.written.contains(&key) {
            return;
        }
        self.json.key(&key).string(value);
        self.written.insert(key);
    }

    fn add_known(&mut self, key: &'static str, value: &str) {
        if !value.is_empty() {
            self.add(key, value);
        }
    }
}

fn tags(json: &mut JsonWriter<'_>, span: SpanRef<'_>) {
    json.key("tags").begin_object();
    let mut tags = Tags {
        json,
        written: HashSet::new(),
    };
    for (key, value) in span
        .attributes()
        .iter()
        .filter(|(key, value)| !is_told(key, *value))
    {
        tags.add(key, &value.to_text());
    }
    for (key, value) in span
        .resource()
        .attributes()
        .iter()
        .filter(|(key, _)| *key != "service.name")
    {
        tags.add(key, &value.to_text());
    }
    if span.kind() == Kind::Internal {
        tags.add("span.kind", "internal");
    }
    status(&mut tags, span);
    tags.add_known("otel.scope.name", span.scope().name());
    tags.add_known("otel.scope.version", span.scope().version());
    tags.add_known("w3c.tracestate", span.trace_state());
    for (index, link) in span.links().take(MOST_LINKS).enumerate() {
        tags.add(format!("{LINK}{index}"), &link_text(link));
    }
    json.end_object();
}

/// Whether an endpoint or a flag tells an attribute. One that is no address stays a tag.
fn is_told(key: &str, value: Value<'_>) -> bool {
    let text = value.to_text();
    match key {
        "net.host.ip" | "net.peer.ip" => text.parse::<IpAddr>().is_ok(),
        "net.host.port" | "net.peer.port" => text.parse::<u16>().is_ok(),
        _ => TOLD.contains(&key),
    }
}

fn status<'s>(tags: &mut Tags<'_, '_, 's>, span: SpanRef<'s>) {
    match span.status() {
        Status::Unset => {}
        Status::Ok => tags.add("otel.status_code", "OK"),
        Status::Error => tags.add("otel.status_code", "ERROR"),
    }
    if span.status() == Status::Error {
        tags.add("error", "true");
    }
    let told = span.attribute("error").map(Value::to_text);
    if told.as_deref() != Some(span.status_message()) {
        tags.add_known("otel.status_description", span.status_message());
    }
}

fn link_text(link: LinkRef<'_>) -> String {
    let attributes = object(link.attributes());
    format!(
        "{}|{}|{}|{attributes}|{}",
        link.trace_id(),
        link.span_id(),
        link.trace_state(),
        link.dropped()
    )
}
