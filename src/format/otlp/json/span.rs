//! `Span` with its events, links and status.

use crate::format::json::{JsonError, JsonKind, JsonReader, JsonResult};
use crate::format::problem::Reason;
use crate::model::{Kind, SpanFields, SpanId, Status, Sym, Time, TraceId};

use super::value::parsed;
use super::{Decoder, PENDING_RESOURCE, PENDING_SCOPE};
use crate::format::id;

/// What follows a span into the builder.
#[derive(Clone, Copy)]
pub(super) enum Detail {
    Events,
    Links,
}

/// A span but for its attributes, events and links.
struct Draft {
    fields: SpanFields,
    trace_state: Sym,
    status_message: Sym,
    flags: u32,
    dropped: [u32; 3],
}

impl Decoder<'_, '_> {
    pub(super) fn span(&mut self) -> JsonResult<()> {
        let (start, at) = (self.json.clone(), self.json.position());
        match self.draft() {
            Ok(draft) if draft.fields.trace_id.is_zero() => {
                self.reject(at, Reason::BadId, "no trace id".to_owned());
            }
            Ok(draft) if draft.fields.span_id.is_zero() => {
                self.reject(at, Reason::BadId, "no span id".to_owned());
            }
            Ok(draft) => self.add(&draft)?,
            Err(error) if error.is_recoverable() => {
                let problem = self.findings.json_problem(self.text, error, String::new());
                self.reject(error.position(), reason_of(error), problem.message);
                self.json.go_to(&start);
                self.json.skip()?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn add(&mut self, draft: &Draft) -> JsonResult<()> {
        self.builder.span(&draft.fields, &self.attributes);
        self.builder.trace_state(draft.trace_state);
        self.builder.status_message(draft.status_message);
        self.builder.flags(draft.flags);
        let [attributes, events, links] = draft.dropped;
        self.builder.dropped(attributes, events, links);
        if self.details.is_empty() {
            return Ok(());
        }
        let behind = self.json.clone();
        let details = std::mem::take(&mut self.details);
        for (detail, list) in &details {
            self.json.go_to(list);
            self.json.enter_array()?;
            while self.json.next_item()? {
                self.lenient(|decoder| match detail {
                    Detail::Events => decoder.event(),
                    Detail::Links => decoder.link(),
                })?;
            }
        }
        self.details = details;
        self.json.go_to(&behind);
        Ok(())
    }

    fn draft(&mut self) -> JsonResult<Draft> {
        self.attributes.clear();
        self.details.clear();
        let mut draft = Draft {
            fields: SpanFields::within(PENDING_RESOURCE, PENDING_SCOPE),
            trace_state: Sym::EMPTY,
            status_message: Sym::EMPTY,
            flags: 0,
            dropped: [0; 3],
        };
        self.object(|decoder, key| decoder.span_member(key, &mut draft))?;
        Ok(draft)
    }

    fn span_member(&mut self, key: &str, draft: &mut Draft) -> JsonResult<()> {
        let fields = &mut draft.fields;
        match key {
            "traceId" | "trace_id" => fields.trace_id = trace_id(&mut self.json)?,
            "spanId" | "span_id" => fields.span_id = span_id(&mut self.json)?,
            "parentSpanId" | "parent_span_id" => fields.parent_id = span_id(&mut self.json)?,
            "name" => fields.operation = self.required_text()?,
            "kind" => fields.kind = kind(&mut self.json)?,
            "startTimeUnixNano" | "start_time_unix_nano" => fields.start = self.time()?,
            "endTimeUnixNano" | "end_time_unix_nano" => {
                fields.end = Some(self.time()?).filter(|end| end.0 != 0);
            }
            "attributes" => drop(self.lenient(Self::attributes)?),
            "events" => drop(self.lenient(|decoder| decoder.detail(Detail::Events))?),
            "links" => drop(self.lenient(|decoder| decoder.detail(Detail::Links))?),
            "status" => {
                let status = self.lenient(Self::status)?;
                (fields.status, draft.status_message) = status.unwrap_or_default();
            }
            "traceState" | "trace_state" => draft.trace_state = self.required_text()?,
            "flags" => draft.flags = self.count()?,
            "droppedAttributesCount" | "dropped_attributes_count" => {
                draft.dropped[0] = self.count()?;
            }
            "droppedEventsCount" | "dropped_events_count" => draft.dropped[1] = self.count()?,
            "droppedLinksCount" | "dropped_links_count" => draft.dropped[2] = self.count()?,
            _ => drop(self.json.skip()?),
        }
        Ok(())
    }

    /// Keeps where a list of events or links begins, until the span is added.
    fn detail(&mut self, detail: Detail) -> JsonResult<()> {
        let list = self.json.clone();
        self.json.enter_array()?;
        self.json.go_to(&list);
        self.json.skip()?;
        self.details.push((detail, list));
        Ok(())
    }

    fn event(&mut self) -> JsonResult<()> {
        self.attributes.clear();
        let (mut time, mut name, mut dropped) = (Time(0), Sym::EMPTY, 0);
        self.object(|decoder, key| {
            match key {
                "timeUnixNano" | "time_unix_nano" => time = decoder.time()?,
                "name" => name = decoder.required_text()?,
                "attributes" => decoder.attributes()?,
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    dropped = decoder.count()?;
                }
                _ => drop(decoder.json.skip()?),
            }
            Ok(())
        })?;
        self.builder.event(time, name, &self.attributes, dropped);
        Ok(())
    }

    fn link(&mut self) -> JsonResult<()> {
        self.attributes.clear();
        let (mut trace, mut span, mut state) = (TraceId(0), SpanId(0), Sym::EMPTY);
        let (mut flags, mut dropped) = (0, 0);
        self.object(|decoder, key| {
            match key {
                "traceId" | "trace_id" => trace = trace_id(&mut decoder.json)?,
                "spanId" | "span_id" => span = span_id(&mut decoder.json)?,
                "traceState" | "trace_state" => state = decoder.required_text()?,
                "attributes" => decoder.attributes()?,
                "flags" => flags = decoder.count()?,
                "droppedAttributesCount" | "dropped_attributes_count" => {
                    dropped = decoder.count()?;
                }
                _ => drop(decoder.json.skip()?),
            }
            Ok(())
        })?;
        self.builder
            .link(trace, span, &self.attributes, state, flags, dropped);
        Ok(())
    }

    fn status(&mut self) -> JsonResult<(Status, Sym)> {
        let (mut status, mut message) = (Status::Unset, Sym::EMPTY);
        self.object(|decoder, key| {
            match key {
                "code" => status = status_code(&mut decoder.json)?,
                // Before 0.12: codes of gRPC.
                "deprecatedCode" | "deprecated_code" if status == Status::Unset => {
                    status = if decoder.json.integer()? == 0 {
                        Status::Unset
                    } else {
                        Status::Error
                    };
                }
                "message" => message = decoder.required_text()?,
                _ => drop(decoder.json.skip()?),
            }
            Ok(())
        })?;
        Ok((status, message))
    }
}

const TRACE_ID: &str = "a trace id in hex or base64";
const SPAN_ID: &str = "a span id in hex or base64";

/// Why a record with this error is left out.
pub(super) fn reason_of(error: JsonError) -> Reason {
    match error {
        JsonError::Type {
            expected: TRACE_ID | SPAN_ID,
            ..
        } => Reason::BadId,
        _ => Reason::WrongType,
    }
}

pub(super) fn trace_id(json: &mut JsonReader<'_>) -> JsonResult<TraceId> {
    parsed(json, TRACE_ID, id::trace_id)
}

pub(super) fn span_id(json: &mut JsonReader<'_>) -> JsonResult<SpanId> {
    parsed(json, SPAN_ID, id::span_id)
}

fn kind(json: &mut JsonReader<'_>) -> JsonResult<Kind> {
    if json.peek()? != JsonKind::String {
        return json
            .integer()
            .map(|number| Kind::from_otlp(i64::try_from(number).unwrap_or(0)));
    }
    parsed(json, "a span kind", |text| {
        let name = text.strip_prefix("SPAN_KIND_").unwrap_or(text);
        Kind::from_name(name).or_else(|| text.parse().ok().map(Kind::from_otlp))
    })
}

fn status_code(json: &mut JsonReader<'_>) -> JsonResult<Status> {
    if json.peek()? != JsonKind::String {
        return json
            .integer()
            .map(|number| Status::from_otlp(i64::try_from(number).unwrap_or(0)));
    }
    parsed(json, "a status code", |text| {
        match text
            .strip_prefix("STATUS_CODE_")
            .unwrap_or(text)
            .to_ascii_lowercase()
            .as_str()
        {
            "unset" | "0" | "" => Some(Status::Unset),
            "ok" | "1" => Some(Status::Ok),
            "error" | "2" => Some(Status::Error),
            _ => None,
        }
    })
}
