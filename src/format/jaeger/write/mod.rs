//! Traces as Jaeger's JSON, as its query service answers and its UI downloads them.

mod process;
mod tag;

use std::io;

use super::fill::REF_TYPE;
use crate::format::json::JsonWriter;
use crate::model::{EventRef, LinkRef, Note, Notes, SpanRef, Time, TraceId, Value};
use process::Processes;
use tag::{span_tags, tag, text_tag, warnings};

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
    let attributes = event.attributes();
    if attributes.get("event").is_none() {
        text_tag(json, "event", event.name());
    }
    for (key, value) in attributes.iter() {
        tag(json, key, value);
    }
}
