//! Tempo's API: search by TraceQL, and a trace by id.
//!
//! Another vizsla asks here rather than in Jaeger's words, so that TraceQL survives the way. For it
//! there are additional members that Tempo's clients pass over: exact durations, how complete the
//! answer is, remarks. Its parameters `from` and `to` are a window in nanoseconds, `sort` is
//! `newest` or `slowest`, and `matched=ids` asks for the ids of all matching spans instead of a few
//! of the spans, so that no trace has to be opened.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode, header};
use serde::Serialize;

use crate::backend::{SearchRequest, Sort, TraceRow, Window};
use crate::format::otlp;
use crate::model::{Nanos, Time, Trace};

use crate::traceql::{Attribute, Query, Scope, logfmt};

use super::answer::{self, Refused};
use super::params::Params;
use super::span_sets::{self, SpanSet};
use super::{QueryService, search, vizsla};

/// Traces of a search, and spans of each, when no limit is given.
const LIMIT: usize = 20;
const SPANS: usize = 3;
/// The limits that Tempo enforces.
const MOST: usize = 262_144;
const MOST_SPANS: usize = 100;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    traces: Vec<Summary>,
    metrics: serde_json::Value,
    /// Not Tempo's: whether all that match, up to the limit, are there.
    complete: bool,
    /// Not Tempo's: how many match, and of how many, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    matching: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<u64>,
    /// Not Tempo's: what is to be said beside the traces.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    #[serde(rename = "traceID")]
    trace_id: String,
    root_service_name: String,
    root_trace_name: String,
    start_time_unix_nano: String,
    #[serde(skip_serializing_if = "is_zero")]
    duration_ms: u64,
    /// Not Tempo's: the exact duration.
    duration_nanos: String,
    /// Not Tempo's: whether spans are known to be missing.
    incomplete: bool,
    /// Not Tempo's: the ids of all spans that match, if they were asked for.
    #[serde(rename = "matchedSpanIDs", skip_serializing_if = "Vec::is_empty")]
    matched_span_ids: Vec<String>,
    span_set: SpanSet,
    span_sets: Vec<SpanSet>,
    service_stats: std::collections::BTreeMap<String, ServiceStats>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceStats {
    span_count: u32,
    #[serde(skip_serializing_if = "is_none")]
    error_count: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
fn is_none(n: &u32) -> bool {
    *n == 0
}

type Asked = axum::extract::Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

pub fn refused(refused: Refused) -> Response<Body> {
    answer::plain(refused.status, refused.message)
}

pub async fn search(
    State(service): State<QueryService>,
    axum::extract::Query(asked): Asked,
) -> Answer {
    let params = Params::new(asked);
    let (request, spans) = search_request(&params).map_err(refused)?;
    let query = Query::parse(&request.query).ok();
    let found = search::find(service.backend.as_ref(), request)
        .await
        .map_err(refused)?;
    let mut traces = Vec::with_capacity(found.rows.len());
    for row in found.rows {
        if spans == Matched::Ids {
            traces.push(by_ids(&row));
            continue;
        }
        let trace = search::trace(service.backend.as_ref(), row.trace_id)
            .await
            .map_err(refused)?;
        let sets = match (&query, trace.as_deref()) {
            (Some(query), Some(trace)) => span_sets::of(query, &row, trace, spans.most()),
            _ => Vec::new(),
        };
        traces.push(summary(&row, trace.as_deref(), sets));
    }
    let metrics =
        serde_json::json!({ "inspectedTraces": traces.len(), "completedJobs": 1, "totalJobs": 1 });
    let answer = Found {
        traces,
        metrics,
        complete: found.done.complete,
        matching: found.done.matching,
        of: found.done.of,
        notes: found.notes,
    };
    Ok(answer::json(StatusCode::OK, &answer))
}

/// How the spans that match are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matched {
    /// All of them, by their ids only.
    Ids,
    /// As Tempo does: so many of them.
    Spans(usize),
}

impl Matched {
    fn of(params: &Params) -> Result<Self, Refused> {
        match params.get("matched") {
            Some("ids") => return Ok(Self::Ids),
            Some(_) => return Err(Refused::bad("invalid matched: only ids can be asked for")),
            None => {}
        }
        let spans = unsigned(params, "spss")?.map_or(SPANS, |n| n as usize);
        if spans > MOST_SPANS {
            return Err(Refused::bad(format!(
                "invalid spss: {spans} is more than the maximum of {MOST_SPANS}"
            )));
        }
        Ok(Self::Spans(spans))
    }

    /// At most so many spans of a trace; 0 means all of them.
    fn most(self) -> usize {
        match self {
            Self::Ids | Self::Spans(0) => usize::MAX,
            Self::Spans(most) => most,
        }
    }
}

/// A trace that is told from its row alone; without a root, its names are the earliest orphan's.
fn by_ids(row: &TraceRow) -> Summary {
    Summary {
        matched_span_ids: row.matched.iter().map(ToString::to_string).collect(),
        ..summary(row, None, Vec::new())
    }
}

fn summary(row: &TraceRow, trace: Option<&Trace>, mut sets: Vec<SpanSet>) -> Summary {
    if sets.is_empty() {
        sets.push(SpanSet::counted(row.matched.len()));
    }
    let rootless = row.incomplete && trace.is_some_and(|trace| trace.true_root().is_none());
    let root = |name: &str| {
        if rootless {
            "<root span not yet received>".to_owned()
        } else {
            name.to_owned()
        }
    };
    let stats = |count: crate::model::ServiceCount| ServiceStats {
        span_count: count.spans,
        error_count: count.errors,
    };
    Summary {
        trace_id: format!("{:x}", row.trace_id.0),
        root_service_name: root(&row.service),
        root_trace_name: if rootless {
            String::new()
        } else {
            row.name.to_string()
        },
        start_time_unix_nano: row.start.0.to_string(),
        duration_ms: row.duration.0 / 1_000_000,
        duration_nanos: row.duration.0.to_string(),
        incomplete: row.incomplete,
        matched_span_ids: Vec::new(),
        span_set: sets.first().cloned().unwrap_or_default(),
        span_sets: sets,
        service_stats: row
            .services
            .iter()
            .map(|(name, count)| (name.to_string(), stats(*count)))
            .collect(),
    }
}

/// An unsigned integer, or Tempo's complaint.
pub fn unsigned(params: &Params, name: &str) -> Result<Option<u64>, Refused> {
    let parse = |text: &str| {
        let why = |_| {
            Refused::bad(format!(
                "invalid {name}: strconv.ParseUint: parsing {text:?}: invalid syntax"
            ))
        };
        text.parse().map_err(why)
    };
    params.get(name).map(parse).transpose()
}

/// The search that Tempo's parameters and ours ask for, and how the spans of each trace are told.
fn search_request(params: &Params) -> Result<(SearchRequest, Matched), Refused> {
    let limit = unsigned(params, "limit")?.map_or(LIMIT, |n| n as usize);
    if limit == 0 || limit > MOST {
        return Err(Refused::bad(format!(
            "invalid limit: must be a positive number, at most {MOST}"
        )));
    }
    let window = match vizsla::window(params)? {
        None => seconds(params)?,
        exact => exact,
    };
    let sort = match params.get("sort") {
        None | Some("newest") => Sort::Newest,
        Some("slowest") => Sort::Slowest,
        Some(_) => return Err(Refused::bad("invalid sort: newest or slowest")),
    };
    let query = match (params.get("q"), params.get("tags")) {
        (Some(_), Some(_)) => {
            return Err(Refused::bad(
                "invalid request: can't specify tags and q in the same query",
            ));
        }
        (Some(query), None) => query.to_owned(),
        (None, tags) => by_tags(params, tags.unwrap_or_default())?,
    };
    let request = SearchRequest {
        query,
        window,
        limit,
        sort,
    };
    Ok((request, Matched::of(params)?))
}

/// The window that `start` and `end` name, in seconds.
pub fn seconds(params: &Params) -> Result<Option<Window>, Refused> {
    let seconds = |s: u64| Time(s.saturating_mul(1_000_000_000));
    match (unsigned(params, "start")?, unsigned(params, "end")?) {
        (Some(start), Some(end)) if end <= start => {
            Err(Refused::bad("http parameter start must be before end"))
        }
        (Some(start), Some(end)) => Ok(Some(Window {
            from: seconds(start),
            to: seconds(end) + Nanos(999_999_999),
        })),
        (None, None) => Ok(None),
        _ => Err(Refused::bad("start and end must be given together")),
    }
}

/// Tempo's older form: `k=v` terms, each a part of the value in any case, and durations.
fn by_tags(params: &Params, tags: &str) -> Result<String, Refused> {
    let mut terms = Vec::new();
    let tags =
        logfmt::parse(tags).map_err(|error| Refused::bad(format!("invalid tags: {error}")))?;
    for (key, value) in tags {
        let attribute = Attribute::keyed(Scope::Any, key);
        let pattern = format!("(?i).*{}.*", regex::escape(&value));
        terms.push(format!(
            "{attribute} =~ {}",
            super::params::quoted(&pattern)
        ));
    }
    for (name, sign) in [("minDuration", ">="), ("maxDuration", "<=")] {
        if let Some(length) = params.duration(name)? {
            terms.push(format!("trace:duration {sign} {}ns", length.0));
        }
    }
    Ok(format!("{{ {} }}", terms.join(" && ")))
}

/// What answers here, in Tempo's words.
pub async fn build() -> Response<Body> {
    let about = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "revision": "",
        "branch": "",
        "buildUser": "",
        "buildDate": "",
        "goVersion": "",
        "server": "vizsla",
    });
    answer::json(StatusCode::OK, &about)
}

pub async fn trace(
    State(service): State<QueryService>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id = trace_id(&id).map_err(refused)?;
    let trace = search::kept(&service, id).await.map_err(refused)?;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let protobuf = accept.is_some_and(|accept| accept.contains("application/protobuf"));
    let body = if protobuf {
        otlp::answer::write(trace.as_deref())
    } else {
        as_json(trace.as_deref())
    };
    let body = body.map_err(|error| {
        refused(Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: error.to_string(),
        })
    })?;
    let content_type = if protobuf {
        "application/protobuf"
    } else {
        "application/json"
    };
    Ok(answer::bytes(StatusCode::OK, content_type, body))
}

/// Tempo's complaint counts characters from 1.
fn trace_id(text: &str) -> Result<crate::model::TraceId, Refused> {
    if let Some((at, c)) = text.char_indices().find(|(_, c)| !c.is_ascii_hexdigit()) {
        let position = at + 1;
        let message = format!(
            "trace IDs can only contain hex characters: invalid character {c:?} at position {position}"
        );
        return Err(Refused::bad(message));
    }
    text.parse()
        .map_err(|error| Refused::bad(format!("trace IDs can't be larger than 128 bits: {error}")))
}

/// `TraceByIDResponse` in the JSON of protobuf; a trace that is not there is an empty one.
fn as_json(trace: Option<&Trace>) -> std::io::Result<Vec<u8>> {
    let mut body = br#"{"trace":"#.to_vec();
    match trace {
        Some(trace) => {
            otlp::write::tempo_json(&mut body, trace.spans())?;
            body.truncate(body.trim_ascii_end().len());
        }
        None => body.extend_from_slice(b"{}"),
    }
    body.extend_from_slice(br#","metrics":{}}"#);
    Ok(body)
}
