//! A span with its resource and scope all in one, as documents and rows of tables have them.

use super::draft::{Draft, Rejection};
use super::json::{JsonKind, JsonReader, JsonResult};
use super::walk::parsed;
use crate::model::{
    BlockBuilder, Kind, PairIx, ResourceFields, ResourceIx, ScopeFields, ScopeIx, SpanId, Status,
    Sym, Time, TraceId,
};
use crate::text::Clock;

/// A row that is being read. One serves for all rows of an input.
#[derive(Debug, Default)]
pub(super) struct Row {
    /// The span; its end is what [`Self::duration`] says, if that says something.
    pub draft: Draft,
    /// Nanoseconds from start to end.
    pub duration: Option<i128>,
    /// The attribute `service.name`, which is told before others of the resource.
    pub service: Option<PairIx>,
    /// Attributes of the resource.
    pub resource: Vec<PairIx>,
    pub scope_name: Sym,
    pub scope_version: Sym,
    /// Attributes of the scope.
    pub scope: Vec<PairIx>,
}

impl Row {
    /// Empties it for the next span.
    pub(super) fn clear(&mut self) {
        self.draft.clear();
        self.duration = None;
        self.resource.clear();
        self.scope.clear();
        self.service = None;
        (self.scope_name, self.scope_version) = (Sym::EMPTY, Sym::EMPTY);
    }

    /// Puts the span into the block.
    ///
    /// # Errors
    /// As [`Draft::add`].
    pub(super) fn add(&mut self, builder: &mut BlockBuilder) -> Result<(), Rejection> {
        if let Some(duration) = self.duration {
            let end = i128::from(self.draft.start.0).saturating_add(duration);
            self.draft.end = Some(Time::of_nanos(end));
        }
        let (resource, scope) = (self.resource(builder), self.scope(builder));
        self.draft.add(resource, scope, builder)
    }

    /// Takes an attribute of the resource.
    pub(super) fn of_resource(&mut self, key: &str, pair: PairIx) {
        if key == "service.name" {
            self.service = Some(pair);
        } else {
            self.resource.push(pair);
        }
    }

    /// The resource.
    pub(super) fn resource(&mut self, builder: &mut BlockBuilder) -> ResourceIx {
        if let Some(service) = self.service.take() {
            self.resource.insert(0, service);
        }
        builder.resource(ResourceFields {
            attributes: &self.resource,
            ..ResourceFields::default()
        })
    }

    /// The scope.
    pub(super) fn scope(&self, builder: &mut BlockBuilder) -> ScopeIx {
        builder.scope(ScopeFields {
            name: self.scope_name,
            version: self.scope_version,
            attributes: &self.scope,
            ..ScopeFields::default()
        })
    }
}

/// A trace id in hex; an empty one is none.
pub(super) fn trace_id(json: &mut JsonReader<'_>) -> JsonResult<TraceId> {
    parsed(json, "a trace id in hex", |text| match text.trim() {
        "" => Some(TraceId(0)),
        id => id.parse().ok(),
    })
}

/// A span id in hex; an empty one is none.
pub(super) fn span_id(json: &mut JsonReader<'_>) -> JsonResult<SpanId> {
    parsed(json, "a span id in hex", |text| match text.trim() {
        "" => Some(SpanId(0)),
        id => id.parse().ok(),
    })
}

/// A point in time: as ISO 8601 has it, in UTC if it names no zone, or as a count since 1970 whose
/// unit its digits tell.
pub(super) fn time(json: &mut JsonReader<'_>) -> JsonResult<Time> {
    let before = json.clone();
    let kind = json.peek()?;
    let text = json.scalar_text()?.unwrap_or_default();
    let is_time =
        text.len() >= "2026-11-03".len() && text.starts_with(|c: char| c.is_ascii_digit());
    let parsed = is_time.then(|| Clock::utc().parse(&text).ok()).flatten();
    parsed.map(Time).ok_or_else(|| {
        let error = super::json::JsonError::Type {
            at: before.position(),
            expected: "a point in time",
            found: kind,
        };
        json.go_to(&before);
        error
    })
}

/// A count, held within 32 bits.
pub(super) fn count(json: &mut JsonReader<'_>) -> JsonResult<u32> {
    Ok(json.integer()?.clamp(0, u32::MAX.into()) as u32)
}

/// A span's kind by its name in any case, as `SPAN_KIND_SERVER` too, or by OTLP's number.
pub(super) fn kind(json: &mut JsonReader<'_>) -> JsonResult<Kind> {
    if json.peek()? == JsonKind::Number {
        return Ok(Kind::from_otlp(json.integer()?.try_into().unwrap_or(0)));
    }
    let text = json.string()?;
    let name = text.strip_prefix("SPAN_KIND_").unwrap_or(&text);
    Ok(Kind::from_name(name).unwrap_or_default())
}

/// A span's status by its name in any case, as `STATUS_CODE_ERROR` too, or by OTLP's number.
pub(super) fn status(json: &mut JsonReader<'_>) -> JsonResult<Status> {
    if json.peek()? == JsonKind::Number {
        return Ok(Status::from_otlp(json.integer()?.try_into().unwrap_or(0)));
    }
    let text = json.string()?;
    Ok(status_of(&text).unwrap_or_default())
}

/// The status of a name in any case, as `STATUS_CODE_ERROR` too.
pub(super) fn status_of(text: &str) -> Option<Status> {
    let name = text.strip_prefix("STATUS_CODE_").unwrap_or(text);
    [Status::Unset, Status::Ok, Status::Error]
        .into_iter()
        .find(|status| status.name().eq_ignore_ascii_case(name))
}
