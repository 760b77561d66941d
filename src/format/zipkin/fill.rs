//! From a span as Zipkin has it to columns: what its endpoints and tags mean.

use std::borrow::Cow;

use super::index::Index;
use super::span::{Annotation, Endpoint, Span};
use crate::format::json::{JsonKind, JsonReader, JsonResult, Number};
use crate::model::{
    BlockBuilder, Kind, Nanos, Note, PairIx, ResourceFields, ResourceIx, ScopeFields, SpanFields,
    SpanId, Status, Time, TraceId, Value,
};

/// Attributes that keep what only Zipkin has.
pub(super) const SHARED: &str = "zipkin.shared";
pub(super) const DEBUG: &str = "zipkin.debug";
pub(super) const NO_START: &str = "otel.zipkin.absentField.startTime";

/// Tags of this form are links: trace, span, trace state, attributes, dropped count.
pub(super) const LINK: &str = "otlp.link.";

/// Tags that describe what emitted the span rather than the span.
const RESOURCE_TAGS: [&str; 14] = [
    "cloud.",
    "container.",
    "deployment.",
    "device.",
    "faas.id",
    "faas.instance",
    "faas.version",
    "host.",
    "k8s.",
    "opencensus.",
    "os.",
    "process.",
    "service.",
    "telemetry.",
];

/// Puts spans into a block, with scratch that all of them share.
#[derive(Debug, Default)]
pub(super) struct Filler {
    pairs: Vec<PairIx>,
}

/// What tags say that is no attribute in OpenTelemetry's model.
#[derive(Debug, Default)]
struct Meaning<'s> {
    kind: Kind,
    error: Option<&'s str>,
    status: Status,
    message: &'s str,
    scope: &'s str,
    scope_version: &'s str,
    trace_state: &'s str,
    links: Vec<&'s str>,
}

impl<'s> Meaning<'s> {
    /// Takes a tag that is no attribute.
    fn take(&mut self, key: &str, value: &'s str) -> bool {
        match key {
            "error" => {
                self.error = Some(value);
                return value == "true";
            }
            "span.kind" if self.kind == Kind::Unspecified && value == "internal" => {
                self.kind = Kind::Internal;
            }
            "otel.status_code" => match status(value) {
                Some(status) => self.status = status,
                None => return false,
            },
            "otel.status_description" => self.message = value,
            "otel.scope.name" | "otel.library.name" => self.scope = value,
            "otel.scope.version" | "otel.library.version" => self.scope_version = value,
            "w3c.tracestate" => self.trace_state = value,
            _ if key.starts_with(LINK) && read_link(value).is_some() => self.links.push(value),
            _ => return false,
        }
        true
    }

    fn status(&self) -> Status {
        if self.error.is_some() {
            Status::Error
        } else {
            self.status
        }
    }

    /// The description; else what the tag `error` says beyond that there was one.
    fn message(&self) -> &'s str {
        let told = self
            .error
            .filter(|error| !matches!(*error, "true" | "false"));
        if self.message.is_empty() {
            told.unwrap_or_default()
        } else {
            self.message
        }
    }
}

fn status(text: &str) -> Option<Status> {
    let name = text.strip_prefix("STATUS_CODE_").unwrap_or(text);
    [Status::Unset, Status::Ok, Status::Error]
        .into_iter()
        .find(|status| status.name().eq_ignore_ascii_case(name))
}

impl Filler {
    pub(super) fn fill(&mut self, span: &Span<'_>, index: &Index, builder: &mut BlockBuilder) {
        let resource = self.resource(span, builder);
        let mut meaning = Meaning {
            kind: span.kind.unwrap_or_default(),
            ..Meaning::default()
        };
        self.pairs.clear();
        for (key, value) in span.tags.iter().filter(|(key, _)| !is_of_resource(key)) {
            if !meaning.take(key, value) {
                self.pairs.push(builder.attribute(key, Value::Str(value)));
            }
        }
        self.endpoints(span, builder);
        self.flags(span, builder);
        let start = start(span, index);
        let name = builder.string(meaning.scope);
        let version = builder.string(meaning.scope_version);
        let fields = SpanFields {
            trace_id: span.trace_id,
            span_id: span.id,
            parent_id: span.parent_id,
            start,
            end: (span.duration > 0).then(|| start + Nanos::from_micros(span.duration)),
            operation: builder.string(&span.name),
            kind: meaning.kind,
            status: meaning.status(),
            error: meaning.error.is_some(),
            resource,
            scope: builder.scope(ScopeFields {
                name,
                version,
                ..ScopeFields::default()
            }),
        };
        builder.span(&fields, &self.pairs);
        let message = builder.string(meaning.message());
        builder.status_message(message);
        let state = builder.string(meaning.trace_state);
        builder.trace_state(state);
        for annotation in &span.annotations {
            let time = Time(0) + Nanos::from_micros(annotation.micros);
            match Note::of_event(&annotation.value) {
                Some(text) => {
                    let text = text.to_owned();
                    Note { time, text }.add(builder, (span.trace_id, span.id), resource);
                }
                None => self.event(annotation, time, builder),
            }
        }
        for link in &meaning.links {
            self.link(link, builder);
        }
        if span.micros == 0 {
            let warning = builder.string("has no start of its own");
            builder.warning(warning);
        }
    }

    fn resource(&mut self, span: &Span<'_>, builder: &mut BlockBuilder) -> ResourceIx {
        self.pairs.clear();
        if !span.local.service.is_empty() {
            self.pairs
                .push(builder.attribute("service.name", Value::Str(&span.local.service)));
        }
        for (key, value) in span.tags.iter().filter(|(key, _)| is_of_resource(key)) {
            self.pairs.push(builder.attribute(key, Value::Str(value)));
        }
        builder.resource(ResourceFields {
            attributes: &self.pairs,
            ..ResourceFields::default()
        })
    }

    fn endpoints(&mut self, span: &Span<'_>, builder: &mut BlockBuilder) {
        let remote_service = &*span.remote.service;
        if !remote_service.is_empty() {
            self.pairs
                .push(builder.attribute("peer.service", Value::Str(remote_service)));
        }
        self.address(&span.local, ["net.host.ip", "net.host.port"], builder);
        self.address(&span.remote, ["net.peer.ip", "net.peer.port"], builder);
    }

    fn address(
        &mut self,
        endpoint: &Endpoint<'_>,
        [ip, port]: [&str; 2],
        builder: &mut BlockBuilder,
    ) {
        let address = if endpoint.ipv4.is_empty() {
            &endpoint.ipv6
        } else {
            &endpoint.ipv4
        };
        if !address.is_empty() {
            self.pairs.push(builder.attribute(ip, Value::Str(address)));
        }
        if endpoint.port != 0 {
            self.pairs
                .push(builder.attribute(port, Value::Int(i64::from(endpoint.port))));
        }
    }

    fn flags(&mut self, span: &Span<'_>, builder: &mut BlockBuilder) {
        for (key, set) in [
            (SHARED, span.shared),
            (DEBUG, span.debug),
            (NO_START, span.micros == 0),
        ] {
            if set {
                self.pairs.push(builder.attribute(key, Value::Bool(true)));
            }
        }
    }

    /// An annotation as an event; OpenTelemetry's exporters write `name|{attributes}|dropped`.
    fn event(&mut self, annotation: &Annotation<'_>, time: Time, builder: &mut BlockBuilder) {
        self.pairs.clear();
        let mut parts = annotation.value.splitn(2, '|');
        let name = parts.next().unwrap_or_default();
        let rest = parts.next().and_then(|rest| rest.rsplit_once('|'));
        let dropped = rest.and_then(|(json, dropped)| {
            attributes(json, builder, &mut self.pairs).ok()?;
            dropped.parse().ok()
        });
        let name = builder.string(if dropped.is_some() {
            name
        } else {
            &annotation.value
        });
        if dropped.is_none() {
            self.pairs.clear();
        }
        builder.event(time, name, &self.pairs, dropped.unwrap_or(0));
    }

    fn link(&mut self, text: &str, builder: &mut BlockBuilder) {
        let Some(link) = read_link(text) else { return };
        self.pairs.clear();
        let _ = attributes(link.attributes, builder, &mut self.pairs);
        let state = builder.string(link.trace_state);
        builder.link(
            link.trace_id,
            link.span_id,
            &self.pairs,
            state,
            0,
            link.dropped,
        );
    }
}

/// The first annotation, or a relative, tells about when a span began that does not say it.
fn start(span: &Span<'_>, index: &Index) -> Time {
    if span.micros > 0 {
        return Time(0) + Nanos::from_micros(span.micros);
    }
    let first = span
        .annotations
        .iter()
        .map(|annotation| annotation.micros)
        .filter(|&micros| micros > 0)
        .min();
    let first = first.map(|micros| Time(0) + Nanos::from_micros(micros));
    first
        .or_else(|| index.start_near(span.trace_id, span.id, span.parent_id))
        .unwrap_or_default()
}

fn is_of_resource(key: &str) -> bool {
    RESOURCE_TAGS.iter().any(|prefix| key.starts_with(prefix)) && key != "service.name"
}

struct Link<'s> {
    trace_id: TraceId,
    span_id: SpanId,
    trace_state: &'s str,
    attributes: &'s str,
    dropped: u32,
}

fn read_link(text: &str) -> Option<Link<'_>> {
    let mut parts = text.splitn(4, '|');
    let trace_id = parts.next()?.parse().ok()?;
    let span_id = parts.next()?.parse().ok()?;
    let trace_state = parts.next()?;
    let (attributes, dropped) = parts.next()?.rsplit_once('|')?;
    Some(Link {
        trace_id,
        span_id,
        trace_state,
        attributes,
        dropped: dropped.parse().ok()?,
    })
}

/// Attributes written as a JSON object. Lists and objects among the values stay text.
fn attributes(text: &str, builder: &mut BlockBuilder, pairs: &mut Vec<PairIx>) -> JsonResult<()> {
    let mut json = JsonReader::new(text.as_bytes());
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        let pair = match json.peek()? {
            JsonKind::Bool => builder.attribute(&key, Value::Bool(json.bool()?)),
            JsonKind::Number => match json.number()? {
                Number::Int(value) => builder.attribute(&key, Value::Int(value)),
                Number::Uint(value) => builder.attribute(&key, Value::Str(&value.to_string())),
                Number::Float(value) => builder.attribute(&key, Value::Double(value)),
            },
            JsonKind::Object | JsonKind::Array => {
                let nested: Cow<'_, str> = String::from_utf8_lossy(json.skip()?);
                builder.attribute(&key, Value::Str(&nested))
            }
            JsonKind::String | JsonKind::Null => {
                let text = json.scalar_text()?;
                builder.attribute(&key, text.as_deref().map_or(Value::Empty, Value::Str))
            }
        };
        pairs.push(pair);
    }
    Ok(())
}
