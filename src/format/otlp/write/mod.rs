//! Spans and log records as OTLP, nothing lost that a block holds.

mod json;
pub(super) mod proto;

use std::io;

use crate::format::json::JsonWriter;
use crate::model::{Block, LogRef, Notes, ResourceRef, ScopeRef, SpanRef};
use json::Dialect;

/// Writes spans and log records as OTLP JSON: a line with an `ExportTraceServiceRequest`, and one
/// with an `ExportLogsServiceRequest` if there are records, as the collector's file exporter does.
pub fn json<'a>(
    out: &mut dyn io::Write,
    spans: impl IntoIterator<Item = SpanRef<'a>>,
    logs: impl IntoIterator<Item = LogRef<'a>>,
) -> io::Result<()> {
    let mut document = Document::new(out);
    document.begin();
    document.spans(spans)?;
    document.finish(logs)
}

/// [`json`] in steps, so that traces need not be gathered first: [`Self::begin`], any number of
/// [`Self::spans`], [`Self::finish`].
pub struct Document<'w> {
    json: JsonWriter<'w>,
}

impl<'w> Document<'w> {
    /// A document that goes to `out`.
    pub fn new(out: &'w mut dyn io::Write) -> Self {
        Self {
            json: JsonWriter::new(out),
        }
    }

    /// Opens the line of spans.
    pub fn begin(&mut self) {
        json::begin(&mut self.json, json::SPANS);
    }

    /// Some spans.
    pub fn spans<'a>(&mut self, spans: impl IntoIterator<Item = SpanRef<'a>>) -> io::Result<()> {
        let write = |json: &mut JsonWriter<'_>, span| json::span(json, span, Dialect::Otlp);
        json::batches(&mut self.json, json::SPANS, &group(spans), write)
    }

    /// Closes the line, adds one with log records if there are any, and passes all bytes on.
    pub fn finish<'a>(mut self, logs: impl IntoIterator<Item = LogRef<'a>>) -> io::Result<()> {
        json::end(&mut self.json);
        let logs = group(logs);
        if !logs.is_empty() {
            json::begin(&mut self.json, json::LOGS);
            json::batches(&mut self.json, json::LOGS, &logs, json::log)?;
            json::end(&mut self.json);
        }
        self.json.flush()
    }
}

/// Writes spans as an `ExportTraceServiceRequest`, the same message as `TracesData`. It has no
/// place for log records.
pub fn proto<'a>(
    out: &mut dyn io::Write,
    spans: impl IntoIterator<Item = SpanRef<'a>>,
) -> io::Result<()> {
    noted_proto(out, spans, &Notes::default())
}

/// The same with the notes on them, as events.
pub fn noted_proto<'a>(
    out: &mut dyn io::Write,
    spans: impl IntoIterator<Item = SpanRef<'a>>,
    notes: &Notes,
) -> io::Result<()> {
    proto::spans(out, &group(spans), notes)
}

/// Writes log records as an `ExportLogsServiceRequest`, the same message as `LogsData`.
pub fn proto_logs<'a>(
    out: &mut dyn io::Write,
    logs: impl IntoIterator<Item = LogRef<'a>>,
) -> io::Result<()> {
    proto::logs(out, &group(logs))
}

/// Writes spans as the OTLP JSON of Jaeger's query service: what is doubtful about a span is an
/// attribute of it, `@jaeger@warnings`.
pub fn jaeger_json<'a>(
    out: &mut dyn io::Write,
    spans: impl IntoIterator<Item = SpanRef<'a>>,
) -> io::Result<()> {
    dialect_json(out, spans, Dialect::Jaeger)
}

/// Writes spans as the JSON in which Tempo tells a trace: a `Trace` message in the JSON of
/// protobuf, so ids are base64 and enums are names.
pub fn tempo_json<'a>(
    out: &mut dyn io::Write,
    spans: impl IntoIterator<Item = SpanRef<'a>>,
) -> io::Result<()> {
    dialect_json(out, spans, Dialect::Tempo)
}

fn dialect_json<'a>(
    out: &mut dyn io::Write,
    spans: impl IntoIterator<Item = SpanRef<'a>>,
    dialect: Dialect,
) -> io::Result<()> {
    let mut writer = JsonWriter::new(out);
    json::begin(&mut writer, json::SPANS);
    let write = |json: &mut JsonWriter<'_>, span| json::span(json, span, dialect);
    json::batches(&mut writer, json::SPANS, &group(spans), write)?;
    json::end(&mut writer);
    writer.flush()
}

/// A span or a log record: what stands under a resource and a scope.
trait Record<'a>: Copy {
    fn resource(self) -> ResourceRef<'a>;
    fn scope(self) -> ScopeRef<'a>;
}

impl<'a> Record<'a> for SpanRef<'a> {
    fn resource(self) -> ResourceRef<'a> {
        SpanRef::resource(self)
    }

    fn scope(self) -> ScopeRef<'a> {
        SpanRef::scope(self)
    }
}

impl<'a> Record<'a> for LogRef<'a> {
    fn resource(self) -> ResourceRef<'a> {
        LogRef::resource(self)
    }

    fn scope(self) -> ScopeRef<'a> {
        LogRef::scope(self)
    }
}

/// Records of one resource, by scope.
struct Batch<'a, R> {
    resource: ResourceRef<'a>,
    scopes: Vec<(ScopeRef<'a>, Vec<R>)>,
}

/// Groups neighbours of the same resource and scope; records keep their order.
fn group<'a, R: Record<'a>>(records: impl IntoIterator<Item = R>) -> Vec<Batch<'a, R>> {
    let mut batches: Vec<Batch<'a, R>> = Vec::new();
    for record in records {
        let (resource, scope) = (record.resource(), record.scope());
        let same = |batch: &&mut Batch<'a, R>| is_same(batch.resource.at(), resource.at());
        let Some(batch) = batches.last_mut().filter(same) else {
            batches.push(Batch {
                resource,
                scopes: vec![(scope, vec![record])],
            });
            continue;
        };
        match batch.scopes.last_mut() {
            Some((last, records)) if is_same(last.at(), scope.at()) => records.push(record),
            _ => batch.scopes.push((scope, vec![record])),
        }
    }
    batches
}

/// Positions are comparable within one block only.
fn is_same<T: Copy + PartialEq>(a: (&Block, T), b: (&Block, T)) -> bool {
    std::ptr::eq(a.0, b.0) && a.1 == b.1
}

#[cfg(test)]
mod tests;
