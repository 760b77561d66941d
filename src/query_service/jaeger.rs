//! Jaeger's legacy API: services, operations, traces, dependencies.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::backend::{SearchRequest, Window};
use crate::format::jaeger::{AnswerError, JaegerWriter, Precision};
use crate::model::{Nanos, Time, Trace};

use super::adjust::Api;
use super::answer::{self, Refused};
use super::form::{self, Form};
use super::params::{self, Params};
use super::{QueryService, adjust, search};

type Asked = Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

/// What a search looks back when no start is given: two days.
const LOOKBACK: Nanos = Nanos(48 * 3600 * 1_000_000_000);
/// Traces of a search when no limit is given.
const LIMIT: i64 = 100;

/// An operation as both of Jaeger's APIs tell it.
#[derive(Serialize)]
pub struct Operation {
    pub name: String,
    #[serde(rename = "spanKind")]
    pub kind: String,
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
    let names = service_names(&service).await.map_err(refused)?;
    let total = names.len();
    Ok(answer::list(Some(names), total))
}

/// The services that there are.
pub async fn service_names(service: &QueryService) -> Result<Vec<String>, Refused> {
    let rows = service.backend.services(None, CancellationToken::new());
    let names = rows.await?.into_iter().map(|row| named(row.service));
    let distinct: BTreeSet<String> = names.collect();
    Ok(distinct.into_iter().collect())
}

/// The name under which Jaeger knows a service that gave none.
fn named(service: String) -> String {
    if service.is_empty() {
        adjust::NO_SERVICE.to_owned()
    } else {
        service
    }
}

/// The operations of the service that Jaeger knows by a name, of one kind or of all.
pub async fn operations_of(
    service: &QueryService,
    name: &str,
    kind: Option<&str>,
) -> Result<Vec<Operation>, Refused> {
    let nameless = (name == adjust::NO_SERVICE).then_some("");
    let mut operations = Vec::new();
    for name in nameless.into_iter().chain([name]) {
        let backend = service.backend.as_ref();
        let rows = backend.operations(Some(name.to_owned()), None, CancellationToken::new());
        operations.extend(rows.await?.into_iter().map(|row| Operation {
            name: row.operation,
            kind: if row.kind == "unspecified" {
                String::new()
            } else {
                row.kind
            },
        }));
    }
    operations.retain(|operation| kind.is_none_or(|kind| kind == operation.kind));
    Ok(operations)
}

pub async fn operation_names(
    State(service): State<QueryService>,
    Path(name): Path<String>,
) -> Answer {
    let operations = operations_of(&service, &name, None)
        .await
        .map_err(refused)?;
    let names: BTreeSet<String> = operations.into_iter().map(|row| row.name).collect();
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
    let operations = operations_of(&service, name, params.get("spanKind"))
        .await
        .map_err(refused)?;
    let total = operations.len();
    Ok(answer::list(Some(operations), total))
}

pub async fn traces(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let (found, errors) = if params.all("traceID").next().is_some() {
        by_ids(&service, &params).await.map_err(refused)?
    } else {
        let request = search_request(&params, now()).map_err(refused)?;
        let found = found(&service, request).await.map_err(refused)?;
        (found, Vec::new())
    };
    let raw = params.flag("raw").map_err(refused)?;
    Ok(told(found.iter().map(AsRef::as_ref), raw, &errors))
}

/// The traces that a search finds, whole.
pub async fn found(
    service: &QueryService,
    request: SearchRequest,
) -> Result<Vec<Arc<Trace>>, Refused> {
    let backend = service.backend.as_ref();
    let mut traces = Vec::new();
    for row in search::find(backend, request).await?.rows {
        traces.extend(search::trace(backend, row.trace_id).await?);
    }
    Ok(traces)
}

type Found = (Vec<Arc<Trace>>, Vec<AnswerError>);

async fn by_ids(service: &QueryService, params: &Params) -> Result<Found, Refused> {
    let (mut found, mut errors) = (Vec::new(), Vec::new());
    for text in params.all("traceID") {
        let id = params::trace_id(text)
            .map_err(|why| Refused::bad(format!("cannot parse traceID param: {why}")))?;
        match search::kept(service, id).await? {
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
    let trace = search::kept(&service, id).await.map_err(refused)?;
    let trace = trace.ok_or_else(|| refused(Refused::not_found()))?;
    Ok(told(std::iter::once(trace.as_ref()), raw, &[]))
}

/// Traces in Jaeger's JSON, adjusted unless they are wanted raw.
fn told<'t>(
    traces: impl Iterator<Item = &'t Trace>,
    raw: bool,
    errors: &[AnswerError],
) -> Response<Body> {
    written(errors, |writer| {
        for trace in traces {
            let block = adjust::told(trace, raw, Api::Legacy);
            writer.trace(trace.id(), block.spans())?;
        }
        Ok(())
    })
}

/// An answer in Jaeger's JSON with the traces that `write` writes.
pub fn written(
    errors: &[AnswerError],
    write: impl FnOnce(&mut JaegerWriter<'_>) -> io::Result<()>,
) -> Response<Body> {
    let mut body = Vec::new();
    let mut writer = JaegerWriter::new(&mut body, Precision::Nanos);
    writer.begin();
    match write(&mut writer).and_then(|()| writer.finish(errors)) {
        Ok(()) => answer::bytes(StatusCode::OK, "application/json", body),
        Err(error) => answer::refused(Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: format!("failed writing HTTP response: {error}"),
        }),
    }
}

/// Keeps a trace for good.
pub async fn archive(State(service): State<QueryService>, Path(id): Path<String>) -> Answer {
    let id = params::trace_id(&id).map_err(|why| refused(Refused::bad(why)))?;
    if search::archive(&service, id).await.map_err(refused)? {
        let empty = r#"{"data":[],"total":0,"limit":0,"offset":0,"errors":[]}"#;
        return Ok(answer::bytes(
            StatusCode::OK,
            "application/json",
            empty.into(),
        ));
    }
    Err(refused(Refused::not_found()))
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
    let (least, most) = (
        params.duration("minDuration")?,
        params.duration("maxDuration")?,
    );
    let form = Form {
        service: Some(service),
        operation: params.get("operation"),
        least,
        most,
        tags: form::tags(params)?,
    };
    let request = form.request(window, limit)?;
    if least.zip(most).is_some_and(|(least, most)| most < least) {
        return Err(Refused::bad(
            "'maxDuration' should be greater than 'minDuration'",
        ));
    }
    Ok(request)
}
