//! What agents of Elastic APM send: intake v2, a line each for the metadata of the service, its
//! transactions, spans and errors; and v3 of browsers, the same with short names and the spans
//! within their transaction.
//!
//! Schema: <https://www.elastic.co/docs/solutions/observability/apm/elastic-apm-events-intake-api>,
//! short names: apm-data's `modeldecoder/rumv3`. Durations are in milliseconds with a fraction,
//! timestamps in microseconds; a span may tell its start in milliseconds from its transaction's.
//!
//! ```text
//! {"metadata":{"service":{"name":"shop","agent":{"name":"go","version":"2"}}}}
//! {"span":{"trace_id":"a1","id":"2","parent_id":"1","transaction_id":"1","start":1.5,"duration":3.2,...}}
//! {"transaction":{"trace_id":"a1","id":"1","name":"GET /","timestamp":1793714531204000,"duration":730.5,...}}
//! ```

mod kept;

use super::apm::{self, Facts, HasRow};
use crate::format::course::Course;
use crate::format::draft::Rejection;
use crate::format::json::{JsonReader, JsonResult};
use crate::format::output::Output;
use crate::format::problem::Problem;
use crate::format::row::{self, Row};
use crate::format::walk::{Walk, any_value};
use crate::model::{Kind, SpanId, Time, TraceId};
use kept::Kept;

const MILLIS: u32 = 1_000_000;
const MICROS: u32 = 1_000;

/// Begins to decode lines of the intake API.
pub(in crate::format) fn course() -> Box<dyn Course> {
    Box::<Kept>::default()
}

impl Course for Kept {
    fn piece(&mut self, text: &[u8], room: usize, mut out: Output<'_>) -> Result<(), Problem> {
        let lines = Intake::going_on(std::mem::take(self));
        let walk = Walk::new(text, out.again(), lines);
        let result = walk.documents_and(Walk::line, |walk| {
            *self = std::mem::take(&mut walk.state.kept);
            Ok(())
        });
        if self.bytes() > room {
            self.let_go(&mut out);
        }
        result
    }

    fn finish(&mut self, mut out: Output<'_>) {
        self.let_go(&mut out);
    }
}

/// What is read of a piece.
#[derive(Default)]
struct Intake<'a> {
    kept: Kept,
    row: Row,
    facts: Facts,
    /// Where the spans of a browser's transaction begin.
    within: Option<JsonReader<'a>>,
    /// Milliseconds from the transaction's start, in nanoseconds.
    offset: Option<i128>,
    /// The place of its parent among the spans of its transaction.
    parent: Option<usize>,
}

impl Intake<'_> {
    fn going_on(kept: Kept) -> Self {
        Self {
            kept,
            ..Self::default()
        }
    }
}

impl HasRow for Intake<'_> {
    fn row(&mut self) -> &mut Row {
        &mut self.row
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Transaction,
    Span,
    Error,
}

impl Event {
    fn prefix(self) -> &'static str {
        match self {
            Self::Transaction => "transaction.",
            Self::Span => "span.",
            Self::Error => "error.",
        }
    }
}

impl<'a> Walk<'a, '_, Intake<'a>> {
    fn line(&mut self) -> JsonResult<()> {
        self.object(|walk, key| match key {
            "metadata" | "m" => walk.metadata(),
            "transaction" | "x" => walk.event(Event::Transaction),
            "span" | "y" => walk.event(Event::Span),
            "error" | "e" => walk.event(Event::Error),
            // Metrics, and whatever comes one day.
            _ => Ok(()),
        })
    }

    /// What the agent says of itself and its service, for all that follows.
    fn metadata(&mut self) -> JsonResult<()> {
        let mut known = Vec::new();
        self.flat(|walk, key| {
            let value = any_value(&mut walk.json, &mut false)?.into_owned();
            known.push((metadata_key(key).to_owned(), value));
            Ok(())
        })?;
        self.state.kept.metadata = known.into();
        Ok(())
    }

    fn event(&mut self, event: Event) -> JsonResult<()> {
        self.span(|walk| {
            let start = walk.json.clone();
            walk.read(event)?;
            if walk.starts_late() {
                let place = walk.place(start.position());
                let text = start.clone().skip()?;
                walk.state.kept.keep_late(text, place);
                return Ok(Ok(()));
            }
            Ok(walk.take(event))
        })?;
        self.offer();
        if event == Event::Transaction
            && let Some(spans) = self.state.within.take()
        {
            self.spans_within(&spans)?;
        }
        Ok(())
    }

    /// A span whose transaction came behind it, or not at all.
    fn late(&mut self) -> JsonResult<()> {
        self.span(|walk| {
            walk.read(Event::Span)?;
            Ok(walk.take(Event::Span))
        })?;
        self.offer();
        Ok(())
    }

    fn starts_late(&self) -> bool {
        let state = &self.state;
        state.offset.is_some()
            && state.row.draft.start == Time(0)
            && state.kept.start_of(state.facts.transaction_id).is_none()
    }

    /// Reads an event into the row and the facts.
    fn read(&mut self, event: Event) -> JsonResult<()> {
        let state = &mut self.state;
        state.row.clear();
        state.facts = Facts::default();
        (state.offset, state.parent) = (None, None);
        self.flat(|walk, key| walk.member(event, key))
    }

    /// Puts what was read into the block.
    fn take(&mut self, event: Event) -> Result<(), Rejection> {
        self.describe();
        let Intake {
            kept,
            row,
            facts,
            offset,
            ..
        } = &mut self.state;
        if let (Some(offset), Time(0)) = (*offset, row.draft.start) {
            let from = kept.start_of(facts.transaction_id).unwrap_or_default();
            row.draft.start = Time::of_nanos(i128::from(from.0).saturating_add(offset));
        }
        if row.draft.start == Time(0) {
            row.draft
                .warnings
                .push(self.out.builder.string("has no start of its own"));
        }
        match event {
            Event::Error => {
                if !apm::log(row, facts, self.out.builder) {
                    self.log_without_trace();
                }
                return Ok(());
            }
            Event::Transaction => {
                kept.note_start(row.draft.span_id, row.draft.start);
            }
            Event::Span if row.draft.parent_id.is_zero() => {
                row.draft.parent_id = facts.transaction_id;
            }
            Event::Span => {}
        }
        row.draft.kind = facts.kind(event == Event::Span);
        row.add(self.out.builder)
    }

    /// The metadata as attributes of the resource.
    fn describe(&mut self) {
        let Intake { kept, row, .. } = &mut self.state;
        for (key, value) in kept.metadata.iter() {
            let pair = value.with(|value| self.out.builder.attribute(key, value));
            if key != "service.name" || row.service.is_none() {
                row.of_resource(key, pair);
            }
        }
    }

    fn member(&mut self, event: Event, key: &str) -> JsonResult<()> {
        let Intake { row, facts, .. } = &mut self.state;
        let json = &mut self.json;
        match key {
            "trace_id" | "tid" => row.draft.trace_id = row::trace_id(json)?,
            "id" if event == Event::Error => {}
            "id" => row.draft.span_id = row::span_id(json)?,
            "parent_id" | "pid" => row.draft.parent_id = row::span_id(json)?,
            "transaction_id" | "xid" => facts.transaction_id = row::span_id(json)?,
            "name" | "n" => self.state.row.draft.operation = self.sym()?,
            "timestamp" => row.draft.start = Time::of_nanos(json.scaled(MICROS)?),
            "start" | "s" => self.state.offset = Some(json.scaled(MILLIS)?),
            "duration" | "d" => row.duration = Some(json.scaled(MILLIS)?),
            "outcome" | "o" => row.draft.status = apm::outcome(&json.string()?),
            "otel.span_kind" => facts.kind = Kind::from_name(&json.string()?),
            "pi" => self.state.parent = usize::try_from(json.integer()?).ok(),
            "links" => self.apm_links()?,
            "y" => self.state.within = Some(self.json.clone()),
            "context.service.name" | "c.se.n" => {
                let service = self.attribute("service.name")?;
                self.state.row.service = Some(service);
            }
            _ => self.other_member(event, key)?,
        }
        Ok(())
    }

    fn other_member(&mut self, event: Event, key: &str) -> JsonResult<()> {
        let key = match key {
            "t" => "type",
            "su" => "subtype",
            "ac" => "action",
            "rt" => "result",
            "ex.mg" => "exception.message",
            "ex.ty" => "exception.type",
            key => key,
        };
        let bare = ["context.tags.", "otel.attributes.", "c.g.", "context."];
        let key = match bare.iter().find_map(|prefix| key.strip_prefix(prefix)) {
            Some(key) => key.to_owned(),
            None => event.prefix().to_owned() + key,
        };
        self.state.facts.note(&key, &self.json)?;
        let pair = self.attribute(&key)?;
        self.state.row.draft.attributes.push(pair);
        Ok(())
    }

    /// The spans of a browser's transaction, which was read last: they are of its trace, and below
    /// it or below one another.
    fn spans_within(&mut self, spans: &JsonReader<'a>) -> JsonResult<()> {
        let draft = &self.state.row.draft;
        let (trace_id, root): (TraceId, SpanId) = (draft.trace_id, draft.span_id);
        let mut ids = Vec::new();
        let behind = self.json.clone();
        self.json.go_to(spans);
        self.items(|walk| {
            walk.span(|walk| {
                walk.read(Event::Span)?;
                let parent = walk
                    .state
                    .parent
                    .and_then(|parent| ids.get(parent).copied());
                let draft = &mut walk.state.row.draft;
                ids.push(draft.span_id);
                draft.trace_id = trace_id;
                draft.parent_id = parent.unwrap_or(root);
                walk.state.facts.transaction_id = root;
                Ok(walk.take(Event::Span))
            })?;
            walk.offer();
            Ok(())
        })?;
        self.json.go_to(&behind);
        Ok(())
    }
}

/// What documents call what the metadata names otherwise.
fn metadata_key(key: &str) -> &str {
    match key {
        "se.n" => "service.name",
        "se.ve" => "service.version",
        "se.en" => "service.environment",
        "se.a.n" | "service.agent.name" => "agent.name",
        "se.a.ve" | "service.agent.version" => "agent.version",
        "system.hostname" | "system.detected_hostname" | "system.configured_hostname" => {
            "host.hostname"
        }
        "system.architecture" => "host.architecture",
        "system.platform" => "host.os.platform",
        _ => key
            .strip_prefix("system.")
            .or(key.strip_prefix("labels."))
            .unwrap_or(key),
    }
}
