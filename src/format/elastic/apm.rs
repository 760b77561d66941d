//! Documents of Elastic APM, in ECS: transactions (what enters a service), spans (what it does
//! then) and errors, which become log records.
//!
//! Fields: <https://www.elastic.co/docs/reference/apm/observability/apm-field-reference>. Labels
//! are attributes whose dots became underscores; they lose their prefix here. A composite span,
//! which stands for many alike calls, keeps `span.composite.*` as attributes.

use super::State;
use crate::format::draft::Rejection;
use crate::format::json::{JsonKind, JsonReader, JsonResult};
use crate::format::row::{self, Row};
use crate::format::walk::Walk;
use crate::model::{BlockBuilder, Kind, LogFields, SpanId, Status, Sym, Time, Value};

/// What decides what the document is, until all of it is read.
#[derive(Debug, Default)]
pub(super) struct Facts {
    event: Event,
    pub transaction_id: SpanId,
    span_id: SpanId,
    /// `timestamp.us`, which is more exact than `@timestamp`.
    micros: Option<i128>,
    pub kind: Option<Kind>,
    kind_of: String,
    action: String,
    is_exit: bool,
    error: String,
}

/// What `processor.event` says.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Event {
    /// Newer servers leave it out: the ids tell.
    #[default]
    Unsaid,
    Transaction,
    Span,
    Error,
    Metric,
}

/// Members that describe what emitted the span.
const RESOURCE: [&str; 12] = [
    "agent.",
    "cloud.",
    "container.",
    "device.",
    "faas.",
    "host.",
    "kubernetes.",
    "observer.",
    "orchestrator.",
    "os.",
    "process.",
    "service.",
];

impl<'a> Walk<'a, '_, State<'a>> {
    pub(super) fn apm(&mut self) -> JsonResult<Result<(), Rejection>> {
        self.state.row.clear();
        self.state.apm = Facts::default();
        self.leaves(Self::apm_member)?;
        let State { row, apm, .. } = &mut self.state;
        if let Some(micros) = apm.micros {
            row.draft.start = Time::of_nanos(micros);
        }
        match apm.event() {
            Event::Metric => return Ok(Ok(())),
            Event::Error => {
                if !log(row, apm, self.out.builder) {
                    self.log_without_trace();
                }
                return Ok(Ok(()));
            }
            Event::Span => row.draft.span_id = apm.span_id,
            Event::Transaction | Event::Unsaid => row.draft.span_id = apm.transaction_id,
        }
        row.draft.kind = apm.kind(apm.event() == Event::Span);
        Ok(row.add(self.out.builder))
    }

    fn apm_member(&mut self, key: &str) -> JsonResult<()> {
        let State { row, apm, .. } = &mut self.state;
        let json = &mut self.json;
        match key {
            "trace.id" => row.draft.trace_id = row::trace_id(json)?,
            "transaction.id" => apm.transaction_id = row::span_id(json)?,
            "span.id" => apm.span_id = row::span_id(json)?,
            "parent.id" => row.draft.parent_id = row::span_id(json)?,
            "processor.event" => apm.event = event(&json.string()?),
            "timestamp.us" => apm.micros = Some(json.scaled(1000)?),
            "@timestamp" => row.draft.start = row::time(json)?,
            "event.duration" => row.duration = Some(json.scaled(1)?),
            "transaction.duration.us" | "span.duration.us" => {
                row.duration = Some(json.scaled(1000)?);
            }
            "transaction.name" if apm.event == Event::Span => {}
            "transaction.name" if row.draft.operation != Sym::EMPTY => {}
            "transaction.name" | "span.name" => self.state.row.draft.operation = self.sym()?,
            "event.outcome" => row.draft.status = outcome(&json.string()?),
            "span.kind" => apm.kind = Kind::from_name(&json.string()?),
            "span.links" => self.apm_links()?,
            "processor.name" | "ecs.version" => {}
            _ => self.apm_attribute(key)?,
        }
        Ok(())
    }

    /// An attribute of the resource or of the span; some say something more.
    fn apm_attribute(&mut self, key: &str) -> JsonResult<()> {
        self.state.apm.note(key, &self.json)?;
        let labels = ["labels.", "numeric_labels."];
        let label = labels.iter().find_map(|prefix| key.strip_prefix(prefix));
        let pair = self.attribute(label.unwrap_or(key))?;
        let row = &mut self.state.row;
        if label.is_none() && RESOURCE.iter().any(|prefix| key.starts_with(prefix)) {
            row.of_resource(key, pair);
        } else {
            row.draft.attributes.push(pair);
        }
        Ok(())
    }
}

/// Documents and lines that hold spans as [`Row`]s.
pub(in crate::format) trait HasRow {
    fn row(&mut self) -> &mut Row;
}

impl HasRow for State<'_> {
    fn row(&mut self) -> &mut Row {
        &mut self.row
    }
}

impl<S: HasRow> Walk<'_, '_, S> {
    /// Links to other spans, as documents nest their ids and as agents name them.
    pub(super) fn apm_links(&mut self) -> JsonResult<()> {
        self.items(|walk| {
            let (mut trace_id, mut span_id) = Default::default();
            walk.flat(|walk, key| {
                match key {
                    "trace.id" | "trace_id" => trace_id = row::trace_id(&mut walk.json)?,
                    "span.id" | "span_id" => span_id = row::span_id(&mut walk.json)?,
                    _ => {}
                }
                Ok(())
            })?;
            walk.state.row().draft.link(trace_id, span_id, &[], 0);
            Ok(())
        })
    }
}

/// Adds an error as a log record of the span that it happened in; false if it names no trace.
pub(super) fn log(row: &mut Row, facts: &Facts, builder: &mut BlockBuilder) -> bool {
    if row.draft.trace_id.is_zero() {
        return false;
    }
    let span_id = if row.draft.parent_id.is_zero() {
        facts.transaction_id
    } else {
        row.draft.parent_id
    };
    let (resource, scope) = (row.resource(builder), row.scope(builder));
    let severity_text = builder.string("error");
    builder.log(&LogFields {
        trace_id: row.draft.trace_id,
        span_id,
        time: row.draft.start,
        severity: ERROR,
        severity_text,
        body: Value::Str(&facts.error),
        attributes: &row.draft.attributes,
        resource,
        scope,
    });
    true
}

/// `SEVERITY_NUMBER_ERROR` of `OpenTelemetry`'s logs.
const ERROR: u8 = 17;

impl Facts {
    fn event(&self) -> Event {
        match self.event {
            Event::Unsaid if !self.span_id.is_zero() && self.span_id != self.transaction_id => {
                Event::Span
            }
            event => event,
        }
    }

    /// Takes note of a value that says more than an attribute. It stays unread.
    pub(super) fn note(&mut self, key: &str, json: &JsonReader<'_>) -> JsonResult<()> {
        let mut json = json.clone();
        match (key, json.peek()?) {
            ("transaction.type" | "span.type", JsonKind::String) => {
                self.kind_of = json.string()?.into_owned();
            }
            ("span.action", JsonKind::String) => self.action = json.string()?.into_owned(),
            ("span.destination.service.resource" | "destination.service.resource", _) => {
                self.is_exit = true;
            }
            (
                "error.exception.message" | "error.log.message" | "error.message" | "message",
                JsonKind::String,
            ) => self.error = json.string()?.into_owned(),
            ("error.exception", JsonKind::Array) => {
                self.error = first_message(&mut json)?.unwrap_or_default();
            }
            _ => {}
        }
        Ok(())
    }

    /// The kind that is said, else the one that the type stands for.
    pub(super) fn kind(&self, is_span: bool) -> Kind {
        let by_type = match self.kind_of.as_str() {
            "messaging" if is_span && !matches!(&*self.action, "receive" | "poll") => {
                Kind::Producer
            }
            "messaging" => Kind::Consumer,
            "external" | "db" | "storage" | "cache" if is_span => Kind::Client,
            _ if is_span && self.is_exit => Kind::Client,
            "request" if !is_span => Kind::Server,
            _ => Kind::Internal,
        };
        self.kind.unwrap_or(by_type)
    }
}

/// What the first exception of a chain says.
fn first_message(json: &mut JsonReader<'_>) -> JsonResult<Option<String>> {
    json.enter_array()?;
    if !json.next_item()? || json.peek()? != JsonKind::Object {
        return Ok(None);
    }
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        if key == "message" && json.peek()? == JsonKind::String {
            return json.string().map(|text| Some(text.into_owned()));
        }
        json.skip()?;
    }
    Ok(None)
}

fn event(name: &str) -> Event {
    match name {
        "transaction" => Event::Transaction,
        "span" => Event::Span,
        "error" => Event::Error,
        "metric" => Event::Metric,
        _ => Event::Unsaid,
    }
}

pub(super) fn outcome(name: &str) -> Status {
    match name {
        "success" => Status::Ok,
        "failure" => Status::Error,
        _ => Status::Unset,
    }
}
