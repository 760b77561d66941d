//! Spans as protobuf's JSON has those of Jaeger's model (`model.proto` of `jaeger-idl`): what
//! `grpcurl` prints of `api_v2` and what Jaeger's collector puts into Kafka as `json`. The members
//! are those of the API, but for some names, ids in base64, times as RFC 3339 has them, durations
//! such as `0.005s`, and a value of a tag that stands behind the name of its type.
//!
//! ```text
//! {"traceId":"AAAAAAAAAAAAAAAAAAAAoQ==","spanId":"AAAAAAAAAAE=","operationName":"GET /",
//!  "startTime":"2026-11-22T10:00:00Z","duration":"0.005s","process":{"serviceName":"shop"},
//!  "tags":[{"key":"n","vType":"INT64","vInt64":"7"}]}
//! ```

use std::borrow::Cow;

use super::list::optional;
use super::span::Draft;
use crate::format::id;
use crate::format::json::{JsonKind, JsonReader, JsonResult};
use crate::model::{SpanId, TraceId};
use crate::text::{Clock, parse_duration};

/// A member of a span whose name is the model's own; what it does not know it leaves unread.
pub(super) fn member<'a>(
    draft: &mut Draft<'a>,
    key: &str,
    json: &mut JsonReader<'a>,
) -> JsonResult<()> {
    match key {
        "traceId" => draft.trace_id = trace_id(json)?,
        "spanId" => draft.span_id = span_id(json)?,
        "processId" => draft.process_id = optional(json, JsonReader::string)?,
        _ => {}
    }
    Ok(())
}

/// A trace id in base64, or in hex after all.
pub(super) fn trace_id(json: &mut JsonReader<'_>) -> JsonResult<Option<TraceId>> {
    let id = id::trace_id(json.string()?.trim());
    Ok(id.filter(|id| !id.is_zero()))
}

/// The same of a span id.
pub(super) fn span_id(json: &mut JsonReader<'_>) -> JsonResult<Option<SpanId>> {
    Ok(id::span_id(json.string()?.trim()))
}

/// A point in time or a duration that is written out, in ns; `None` where a plain number comes
/// next, which stays unread.
pub(super) fn written(json: &mut JsonReader<'_>) -> JsonResult<Option<i128>> {
    if json.peek()? != JsonKind::String {
        return Ok(None);
    }
    let before = json.clone();
    let text = json.string()?;
    let nanos = if text.contains('T') {
        Clock::utc().parse(&text).ok().map(i128::from)
    } else {
        duration(&text)
    };
    if nanos.is_none() {
        json.go_to(&before);
    }
    Ok(nanos)
}

/// `0.005s`, also of less than nothing.
fn duration(text: &str) -> Option<i128> {
    let length = text.strip_prefix('-').unwrap_or(text);
    let nanos = i128::from(parse_duration(length).ok()?);
    Some(if length.len() < text.len() {
        -nanos
    } else {
        nanos
    })
}

/// The type of a tag, by its name or by its number, as the API names it.
pub(super) fn kind<'a>(json: &mut JsonReader<'a>) -> JsonResult<Cow<'a, str>> {
    let name = json.scalar_text()?.unwrap_or_default();
    Ok(match &*name {
        "STRING" | "0" => Cow::Borrowed("string"),
        "BOOL" | "1" => Cow::Borrowed("bool"),
        "INT64" | "2" => Cow::Borrowed("int64"),
        "FLOAT64" | "3" => Cow::Borrowed("float64"),
        "BINARY" | "4" => Cow::Borrowed("binary"),
        _ => name,
    })
}
