//! Jaeger's legacy API: services, operations, traces, dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::backend::{SearchRequest, Sort, Window};
use crate::format::jaeger::{AnswerError, JaegerWriter, Precision};
use crate::model::{Nanos, Time, Trace};

use crate::traceql::{Attribute, Scope};

use super::answer::{self, Refused};
use super::params::{self, Params, quoted};
use super::{QueryService, adjust, search};

type Asked = Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

/// What a search looks back when no start is given: two days.
const LOOKBACK: Nanos = Nanos(48 * 3600 * 1_000_000_000);
/// Traces of a search when no limit is given.
const LIMIT: i64 = 100;
/// More traces than any client asks for; beyond it Jaeger refuses too.
const MOST: i64 = 100_000;

#[derive(Serialize)]
struct Operation {
    name: String,
    #[serde(rename = "spanKind")]
    kind: String,
}

#[derive(Serialize)]
struct Link {
    parent: String,
    child: String,
    #[serde(rename = "callCount")]
    calls: u64,
}

fn refused(why: impl Into<Refused>) -> Response<Body> {
    answer::refused(why.into())
}

pub async fn services(State(service): State<QueryService>) -> Answer {
    let rows = service
        .backend
        .services(None, CancellationToken::new())
        .await
        .map_err(refused)?;
    let names: Vec<String> = rows.into_iter().map(|row| named(row.service)).collect();
    let total = names.len();
    Ok(answer::list(Some(names), total))
}

/// The name under which Jaeger knows a service that gave none.
fn named(service: String) -> String {
    if service.is_empty() {
        adjust::NO_SERVICE.to_owned()
    } else {
        service
    }
}

pub async fn operation_names(
    State(service): State<QueryService>,
    Path(name): Path<String>,
) -> Answer {
    let rows = service
        .backend
        .operations(Some(name), None, CancellationToken::new())
        .await
        .map_err(refused)?;
    let names: BTreeSet<String> = rows.into_iter().map(|row| row.operation).collect();
    let total = names.len();
    Ok(answer::list(
        (total > 0).then(|| names.into_iter().collect()),
        total,
    ))
}

pub async fn operations(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let name = params
        .get("service")
        .ok_or_else(|| refused(Refused::bad("parameter 'service' is required")))?;
    let answer = service
        .backend
        .operations(Some(name.to_owned()), None, CancellationToken::new());
    let rows = answer.await.map_err(refused)?;
    let wanted = params.get("spanKind");
    let kind = |kind: &str| {
        if kind == "unspecified" {
            String::new()
        } else {
            kind.to_owned()
        }
    };
    let operations: Vec<Operation> = rows
        .into_iter()
        .map(|row| Operation {
            kind: kind(&row.kind),
            name: row.operation,
        })
        .filter(|operation| wanted.is_none_or(|wanted| wanted == operation.kind))
        .collect();
    let total = operations.len();
    Ok(answer::list(Some(operations), total))
}

pub async fn traces(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let (found, errors) = if params.all("traceID").next().is_some() {
        by_ids(&service, &params).await.map_err(refused)?
    } else {
        let request = search_request(&params, now()).map_err(refused)?;
        let answer = search::find(service.backend.as_ref(), request)
            .await
            .map_err(refused)?;
        let mut found = Vec::new();
        for row in answer.rows {
            found.extend(
                search::trace(service.backend.as_ref(), row.trace_id)
                    .await
                    .map_err(refused)?,
            );
        }
        (found, Vec::new())
    };
    let raw = params.flag("raw").map_err(refused)?;
    Ok(told(found.iter().map(AsRef::as_ref), raw, &errors))
}

type Found = (Vec<std::sync::Arc<Trace>>, Vec<AnswerError>);

async fn by_ids(service: &QueryService, params: &Params) -> Result<Found, Refused> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for text in params.all("traceID") {
        let id = params::trace_id(text)
            .map_err(|why| Refused::bad(format!("cannot parse traceID param: {why}")))?;
        match search::trace(service.backend.as_ref(), id).await? {
            Some(trace) => found.push(trace),
            None => errors.push(AnswerError {
                code: 0,
                message: "trace not found".to_owned(),
                trace_id: Some(id),
            }),
        }
    }
    Ok((found, errors))
}

pub async fn trace(
    State(service): State<QueryService>,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> Answer {
    let params = Params::new(asked);
    let id = params::trace_id(&id).map_err(|why| refused(Refused::bad(why)))?;
    // Hints by which a store may narrow its search; ours needs none, but nonsense is told.
    params.integer("start").map_err(refused)?;
    params.integer("end").map_err(refused)?;
    let raw = params.flag("raw").map_err(refused)?;
    let trace = search::trace(service.backend.as_ref(), id)
        .await
        .map_err(refused)?;
    let trace = trace.ok_or_else(|| refused(Refused::not_found()))?;
    Ok(told(std::iter::once(trace.as_ref()), raw, &[]))
}

/// Traces in Jaeger's JSON, adjusted unless they are wanted raw.
fn told<'t>(
    traces: impl Iterator<Item = &'t Trace>,
    raw: bool,
    errors: &[AnswerError],
) -> Response<Body> {
    let mut body = Vec::new();
    let mut writer = JaegerWriter::new(&mut body, Precision::Nanos);
    writer.begin();
    let mut written = Ok(());
    for trace in traces {
        let block = if raw {
            adjust::sanitized(trace)
        } else {
            adjust::adjusted(trace)
        };
        written = written.and_then(|()| writer.trace(trace.id(), block.spans()));
    }
    match written.and_then(|()| writer.finish(errors)) {
        Ok(()) => answer::bytes(StatusCode::OK, "application/json", body),
        Err(error) => answer::refused(Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: format!("failed writing HTTP response: {error}"),
        }),
    }
}

pub async fn dependencies(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let millis = |ms: i64| Nanos::from_millis(u64::try_from(ms).unwrap_or(0));
    let end = params
        .integer("endTs")
        .map_err(refused)?
        .map_or_else(now, |ms| Time(millis(ms).0));
    let lookback = params
        .integer("lookback")
        .map_err(refused)?
        .unwrap_or(86_400_000);
    let window = Window {
        from: end - millis(lookback),
        to: end,
    };
    let dependencies = service
        .backend
        .dependencies(Some(window), CancellationToken::new());
    let edges = dependencies.await.map_err(refused)?.edges;
    let about = params.get("service");
    let links: Vec<Link> = edges
        .into_iter()
        .map(|edge| Link {
            parent: named(edge.parent),
            child: named(edge.child),
            calls: edge.calls,
        })
        .filter(|link| about.is_none_or(|service| link.parent == service || link.child == service))
        .collect();
    Ok(answer::list(Some(links), 0))
}

pub async fn metrics() -> Response<Body> {
    answer::refused(Refused {
        status: StatusCode::NOT_IMPLEMENTED,
        message: "trace metrics are currently disabled - no metrics backend configured".to_owned(),
    })
}

fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time(since.map_or(0, |since| Nanos::from(since).0))
}

/// The search that Jaeger's parameters ask for; times in them are microseconds.
fn search_request(params: &Params, now: Time) -> Result<SearchRequest, Refused> {
    let service = params
        .get("service")
        .ok_or_else(|| Refused::bad("parameter 'service' is required"))?;
    let micros = |us: i64| Time(Nanos::from_micros(u64::try_from(us).unwrap_or(0)).0);
    let window = Window {
        from: params.integer("start")?.map_or(now - LOOKBACK, micros),
        to: params.integer("end")?.map_or(now, micros),
    };
    let limit = params
        .get("limit")
        .map_or(Ok(LIMIT), params::integer)
        .map_err(Refused::bad)?;
    if !(1..=MOST).contains(&limit) {
        let message = "search depth must be greater than 0 and less than max traces".to_owned();
        return Err(Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message,
        });
    }
    let (least, most) = (
        params.duration("minDuration")?,
        params.duration("maxDuration")?,
    );
    if least.zip(most).is_some_and(|(least, most)| most < least) {
        return Err(Refused::bad(
            "'maxDuration' should be greater than 'minDuration'",
        ));
    }
    let mut query = format!("{{ resource.service.name = {}", quoted(service));
    if let Some(operation) = params.get("operation") {
        _ = write!(query, " && name = {}", quoted(operation));
    }
    for (least, sign) in [(least, ">="), (most, "<=")] {
        if let Some(length) = least {
            _ = write!(query, " && duration {sign} {}ns", length.0);
        }
    }
    for (key, value) in tags(params)? {
        let tag = Attribute::keyed(Scope::Tag, key);
        _ = write!(query, " && {tag} = {}", quoted(&value));
    }
    query.push_str(" }");
    Ok(SearchRequest {
        query,
        window: Some(window),
        limit: limit as usize,
        sort: Sort::Newest,
    })
}

/// `tag=key:value`, and `tags={"key":"value"}`, which wins.
fn tags(params: &Params) -> Result<BTreeMap<String, String>, Refused> {
    let mut tags = BTreeMap::new();
    for tag in params.all("tag") {
        let (key, value) = tag.split_once(':').ok_or_else(|| {
            Refused::bad(format!(
                "malformed 'tag' parameter, expecting key:value, received: {tag}"
            ))
        })?;
        tags.insert(key.to_owned(), value.to_owned());
    }
    for json in params.all("tags") {
        let map: BTreeMap<String, String> = serde_json::from_str(json).map_err(|error| {
            Refused::bad(format!(
                "malformed 'tags' parameter, cannot unmarshal JSON: {}",
                not_a_string(json, &error)
            ))
        })?;
        tags.extend(map);
    }
    Ok(tags)
}

/// Go's complaint about a value of the wrong type, ours about everything else.
fn not_a_string(json: &str, error: &serde_json::Error) -> String {
    let values: Result<BTreeMap<String, serde_json::Value>, _> = serde_json::from_str(json);
    let kind = values.ok().and_then(|values| {
        values.into_values().find_map(|value| match value {
            serde_json::Value::Number(_) => Some("number"),
            serde_json::Value::Bool(_) => Some("bool"),
            serde_json::Value::Array(_) => Some("array"),
            serde_json::Value::Object(_) => Some("object"),
            serde_json::Value::String(_) | serde_json::Value::Null => None,
        })
    });
    kind.map_or_else(
        || error.to_string(),
        |kind| format!("json: cannot unmarshal {kind} into Go value of type string"),
    )
}
