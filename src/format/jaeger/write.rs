//! Traces as Jaeger's JSON, as its query service answers and its UI downloads them.

use std::collections::HashMap;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::fill::REF_TYPE;
use super::process::NO_SERVICE;
use crate::format::json::JsonWriter;
use crate::model::{
    Attributes, Block, EventRef, Kind, LinkRef, Note, Notes, ResourceIx, ResourceRef, SpanRef,
    Status, Time, TraceId, Value,
};

/// The attribute in which Jaeger's ingest keeps warnings; in its JSON they are no tag.
const WARNINGS: &str = "@jaeger@warnings";

/// The largest integer that JavaScript holds exactly.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// How exactly times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Microseconds, which is all that the format has.
    Micros,
    /// Nanoseconds as well, in the additional members `startTimeUnixNano` (a decimal string),
    /// `durationNano` and `timeUnixNano`: our reader prefers them, others pass them over.
    Nanos,
}

/// An error beside, or instead of, the traces of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerError {
    /// The HTTP status; 0 is left out.
    pub code: u16,
    /// What went wrong.
    pub message: String,
    /// The trace it is about, if any.
    pub trace_id: Option<TraceId>,
}

/// Writes an answer of Jaeger's API: [`begin`](Self::begin), any number of traces,
/// [`finish`](Self::finish). What the format has no place for is lost: scope attributes, dropped
/// counts, schema URLs, attributes and trace states of links, log records but for notes.
pub struct JaegerWriter<'w> {
    json: JsonWriter<'w>,
    precision: Precision,
}

impl<'w> JaegerWriter<'w> {
    /// A writer to `out`.
    pub fn new(out: &'w mut dyn io::Write, precision: Precision) -> Self {
        Self {
            json: JsonWriter::new(out),
            precision,
        }
    }

    /// Opens the answer.
    pub fn begin(&mut self) {
        self.json.begin_object();
        self.json.key("data").begin_array();
    }

    /// Closes the answer and passes all bytes on.
    pub fn finish(&mut self, errors: &[AnswerError]) -> io::Result<()> {
        self.json.end_array();
        for key in ["total", "limit", "offset"] {
            self.json.key(key).raw(0);
        }
        self.json.key("errors");
        if errors.is_empty() {
            self.json.raw("null");
        } else {
            self.errors(errors);
        }
        self.json.end_object();
        self.json.end_line();
        self.json.flush()
    }

    fn errors(&mut self, errors: &[AnswerError]) {
        let json = &mut self.json;
        json.begin_array();
        for error in errors {
            json.begin_object();
            if error.code != 0 {
                json.key("code").raw(error.code);
            }
            json.key("msg").string(&error.message);
            if let Some(id) = error.trace_id {
                json.key("traceID");
                trace_id(json, id);
            }
            json.end_object();
        }
        json.end_array();
    }

    /// One trace with its spans in the order given.
    pub fn trace<'s>(
        &mut self,
        id: TraceId,
        spans: impl Iterator<Item = SpanRef<'s>>,
    ) -> io::Result<()> {
        self.noted_trace(id, spans, &Notes::default())
    }

    /// The same with notes on its spans, each as a log.
    pub fn noted_trace<'s>(
        &mut self,
        id: TraceId,
        spans: impl Iterator<Item = SpanRef<'s>>,
        notes: &Notes,
    ) -> io::Result<()> {
        let mut processes = Processes::default();
        self.json.begin_object();
        self.json.key("traceID");
        trace_id(&mut self.json, id);
        self.json.key("spans").begin_array();
        for span in spans {
            let process = processes.id_of(span)?;
            self.span(span, process, notes.on(span.span_id()));
            self.json.flush_full()?;
        }
        self.json.end_array();
        self.json.key("processes").begin_object();
        for (index, process) in processes.texts.iter().enumerate() {
            self.json.key(&format!("p{}", index + 1)).raw(process);
        }
        self.json.end_object();
        self.json.key("warnings").raw("null");
        self.json.end_object();
        self.json.flush_full()
    }

    fn span(&mut self, span: SpanRef<'_>, process: usize, note: Option<&Note>) {
        let precise = self.precision == Precision::Nanos;
        let json = &mut self.json;
        json.begin_object();
        json.key("traceID");
        trace_id(json, span.trace_id());
        json.key("spanID").quoted(span.span_id());
        if span.flags() != 0 {
            json.key("flags").raw(span.flags());
        }
        json.key("operationName").string(span.operation());
        references(json, span);
        json.key("startTime").raw(span.start().0 / 1000);
        json.key("duration").raw(span.duration().0 / 1000);
        if precise {
            json.key("startTimeUnixNano").quoted(span.start().0);
            json.key("durationNano").raw(span.duration().0);
        }
        span_tags(json, span);
        json.key("logs").begin_array();
        for event in span.events() {
            log(json, event.time(), precise, |json| fields(json, event));
        }
        if let Some(note) = note {
            let field = |json: &mut JsonWriter<'_>| text_tag(json, "event", &note.event());
            log(json, note.time, precise, field);
        }
        json.end_array();
        json.key("processID").quoted(format_args!("p{process}"));
        warnings(json, span);
        json.end_object();
    }
}

/// The processes of a trace in order of first appearance: equal ones are one.
#[derive(Default)]
struct Processes {
    known: HashMap<(*const Block, ResourceIx), usize>,
    by_text: HashMap<String, usize>,
    texts: Vec<String>,
}

impl Processes {
    /// The number of the span's process, from 1.
    fn id_of(&mut self, span: SpanRef<'_>) -> io::Result<usize> {
        let resource = span.resource();
        let key = (std::ptr::from_ref(span.block()), resource.index());
        if let Some(&id) = self.known.get(&key) {
            return Ok(id);
        }
        let text = process(resource)?;
        let id = *self.by_text.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            self.texts.len()
        });
        self.known.insert(key, id);
        Ok(id)
    }
}

fn process(resource: ResourceRef<'_>) -> io::Result<String> {
    let mut text = Vec::new();
    let mut json = JsonWriter::new(&mut text);
    let attributes = resource.attributes();
    let name = attributes
        .iter()
        .position(|(key, value)| key == "service.name" && value.as_str().is_some());
    json.begin_object();
    json.key("serviceName").string(if attributes.is_empty() {
        NO_SERVICE
    } else {
        resource.service()
    });
    json.key("tags").begin_array();
    for (index, (key, value)) in attributes.iter().enumerate() {
        if Some(index) != name {
            tag(&mut json, key, value);
        }
    }
    json.end_array();
    json.end_object();
    json.flush()?;
    Ok(String::from_utf8(text).unwrap_or_default())
}

/// Sixteen digits where they suffice, as Jaeger does.
fn trace_id(json: &mut JsonWriter<'_>, id: TraceId) {
    if id.0 >> 64 == 0 {
        json.quoted(format_args!("{:016x}", id.0));
    } else {
        json.quoted(id);
    }
}

/// The parent first. A link to the parent tells the parent's type, which is `CHILD_OF` otherwise.
fn references(json: &mut JsonWriter<'_>, span: SpanRef<'_>) {
    let is_parent = |link: &LinkRef<'_>| {
        link.trace_id() == span.trace_id() && link.span_id() == span.parent_id()
    };
    let has_parent = !span.parent_id().is_zero();
    json.key("references").begin_array();
    if has_parent {
        let kind = span
            .links()
            .filter(is_parent)
            .last()
            .map_or("CHILD_OF", reference_kind);
        reference(json, kind, span.trace_id(), span);
    }
    for link in span.links().filter(|link| !(has_parent && is_parent(link))) {
        json.begin_object();
        json.key("refType").string(reference_kind(link));
        json.key("traceID");
        trace_id(json, link.trace_id());
        json.key("spanID").quoted(link.span_id());
        json.end_object();
    }
    json.end_array();
}

fn reference(json: &mut JsonWriter<'_>, kind: &str, trace: TraceId, child: SpanRef<'_>) {
    json.begin_object();
    json.key("refType").string(kind);
    json.key("traceID");
    trace_id(json, trace);
    json.key("spanID").quoted(child.parent_id());
    json.end_object();
}

fn reference_kind(link: LinkRef<'_>) -> &'static str {
    let kind = link.attributes().get(REF_TYPE).and_then(Value::as_str);
    if kind == Some("child_of") {
        "CHILD_OF"
    } else {
        "FOLLOWS_FROM"
    }
}

/// Scope, attributes, kind, status, trace state: in the order in which Jaeger has them.
fn span_tags(json: &mut JsonWriter<'_>, span: SpanRef<'_>) {
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

fn text_tag(json: &mut JsonWriter<'_>, key: &str, text: &str) {
    if !text.is_empty() {
        tag(json, key, Value::Str(text));
    }
}

fn tag(json: &mut JsonWriter<'_>, key: &str, value: Value<'_>) {
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

fn log<'w>(
    json: &mut JsonWriter<'w>,
    time: Time,
    precise: bool,
    fields: impl FnOnce(&mut JsonWriter<'w>),
) {
    json.begin_object();
    json.key("timestamp").raw(time.0 / 1000);
    if precise {
        json.key("timeUnixNano").quoted(time.0);
    }
    json.key("fields").begin_array();
    fields(json);
    json.end_array();
    json.end_object();
}

fn fields(json: &mut JsonWriter<'_>, event: EventRef<'_>) {
    let attributes: Attributes<'_> = event.attributes();
    if attributes.get("event").is_none() {
        text_tag(json, "event", event.name());
    }
    for (key, value) in attributes.iter() {
        tag(json, key, value);
    }
}

fn warnings(json: &mut JsonWriter<'_>, span: SpanRef<'_>) {
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
