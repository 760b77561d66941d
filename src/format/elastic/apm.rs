//! Documents of Elastic APM, in ECS: transactions (what enters a service), spans (what it does
//! then) and errors, which become log records.
//!
//! Fields: <https://www.elastic.co/docs/reference/apm/observability/apm-field-reference>. Labels
//! are attributes whose dots became underscores; they lose their prefix here. A composite span,
//! which stands for many alike calls, keeps `span.composite.*` as attributes.

use std::borrow::Cow;

use super::State;
use crate::format::draft::Rejection;
use crate::format::json::{JsonKind, JsonResult};
use crate::format::row;
use crate::format::walk::Walk;
use crate::model::{Kind, LogFields, SpanId, Status, Sym, Value};

/// What decides what the document is, until all of it is read.
#[derive(Debug, Default)]
pub(super) struct Facts {
    event: Event,
    transaction_id: SpanId,
    span_id: SpanId,
    /// `timestamp.us`, which is more exact than `@timestamp`.
    micros: Option<i128>,
    kind: Option<Kind>,
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
        self.flat(Self::apm_member)?;
        let State { row, apm, .. } = &mut self.state;
        if let Some(micros) = apm.micros {
            row.draft.start = row::instant(micros);
        }
        match apm.event() {
            Event::Metric => return Ok(Ok(())),
            Event::Error => {
                self.apm_error();
                return Ok(Ok(()));
            }
            Event::Span => row.draft.span_id = apm.span_id,
            Event::Transaction | Event::Unsaid => row.draft.span_id = apm.transaction_id,
        }
        row.draft.kind = apm.kind();
        Ok(row.add(self.builder))
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
        if self.json.peek()? == JsonKind::String {
            let text = self.json.clone().string()?;
            let apm = &mut self.state.apm;
            match key {
                "transaction.type" | "span.type" => apm.kind_of = text.into_owned(),
                "span.action" => apm.action = text.into_owned(),
                "span.destination.service.resource" => apm.is_exit = true,
                "error.exception.message" | "error.log.message" | "error.message" | "message" => {
                    apm.error = text.into_owned();
                }
                _ => {}
            }
        }
        if key == "error.exception" && self.json.peek()? == JsonKind::Array {
            self.exception_message()?;
        }
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

    /// What the first exception of an error says, which is its body. The list stays unread.
    fn exception_message(&mut self) -> JsonResult<()> {
        let list = self.json.clone();
        let mut first = None;
        self.items(|walk| {
            walk.object(|walk, key| {
                if key == "message" && first.is_none() {
                    first = walk.json.scalar_text()?.map(Cow::into_owned);
                }
                Ok(())
            })
        })?;
        self.json.go_to(&list);
        self.state.apm.error = first.unwrap_or_default();
        Ok(())
    }

    fn apm_links(&mut self) -> JsonResult<()> {
        self.items(|walk| {
            let (mut trace_id, mut span_id) = Default::default();
            walk.flat(|walk, key| {
                match key {
                    "trace.id" => trace_id = row::trace_id(&mut walk.json)?,
                    "span.id" => span_id = row::span_id(&mut walk.json)?,
                    _ => {}
                }
                Ok(())
            })?;
            walk.state.row.draft.link(trace_id, span_id, &[], 0);
            Ok(())
        })
    }

    /// An error as a log record of the span that it happened in.
    fn apm_error(&mut self) {
        let State { row, apm, .. } = &mut self.state;
        if row.draft.trace_id.is_zero() {
            return self.log_without_trace();
        }
        let span_id = if row.draft.parent_id.is_zero() {
            apm.transaction_id
        } else {
            row.draft.parent_id
        };
        let (resource, scope) = (row.resource(self.builder), row.scope(self.builder));
        let severity_text = self.builder.string("error");
        self.builder.log(&LogFields {
            trace_id: row.draft.trace_id,
            span_id,
            time: row.draft.start,
            severity: ERROR,
            severity_text,
            body: Value::Str(&apm.error),
            attributes: &row.draft.attributes,
            resource,
            scope,
        });
    }
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

    /// The kind that is said, else the one that the type stands for.
    fn kind(&self) -> Kind {
        let by_type = match (self.event(), self.kind_of.as_str()) {
            (Event::Span, "messaging") if matches!(&*self.action, "receive" | "poll") => {
                Kind::Consumer
            }
            (Event::Span, "messaging") => Kind::Producer,
            (Event::Span, "external" | "db" | "storage" | "cache") => Kind::Client,
            (Event::Span, _) if self.is_exit => Kind::Client,
            (Event::Span, _) => Kind::Internal,
            (_, "messaging") => Kind::Consumer,
            (_, "request") => Kind::Server,
            _ => Kind::Internal,
        };
        self.kind.unwrap_or(by_type)
    }
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
