//! Jaeger's API v3 over HTTP: services, operations, traces and their summaries. It is what the web
//! UI asks since 2.15, and all that newer Jaegers answer.
//!
//! Traces are OTLP in JSON, those of a search in one list. Errors have a shape of their own.

mod ask;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::format::otlp;
use crate::model::{Block, Status, Trace};

use super::adjust::Api;
use super::answer::{self, Refused};
use super::params::Params;
use super::{QueryService, adjust, jaeger, search};
use ask::{either, malformed, raw, search_request, time, trace_id};

type Asked = Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

/// What a list shows of a trace; numbers that are 0 and texts that are empty are left out.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Summary {
    trace_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    root_service_name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    root_operation_name: String,
    min_start_time_unix_nano: String,
    max_end_time_unix_nano: String,
    span_count: usize,
    #[serde(skip_serializing_if = "is_zero")]
    error_span_count: usize,
    #[serde(skip_serializing_if = "is_zero")]
    orphan_span_count: usize,
    services: Vec<ServiceSummary>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ServiceSummary {
    name: String,
    span_count: usize,
    #[serde(skip_serializing_if = "is_zero")]
    error_span_count: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn refused(why: impl Into<Refused>) -> Response<Body> {
    let Refused { status, message } = why.into();
    let error = json!({ "error": { "httpCode": status.as_u16(), "message": message } });
    answer::plain(status, answer::to_json(&error) + "\n")
}

fn none_found() -> Response<Body> {
    refused(Refused {
        status: StatusCode::NOT_FOUND,
        message: "No traces found".to_owned(),
    })
}

pub async fn services(State(service): State<QueryService>) -> Answer {
    let names = jaeger::service_names(&service).await.map_err(refused)?;
    Ok(answer::json(StatusCode::OK, &json!({ "services": names })))
}

pub async fn operations(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let (_, kind) = either(&params, "spanKind", "span_kind");
    let mut operations = match params.get("service") {
        Some(name) => jaeger::operations_of(&service, name, kind)
            .await
            .map_err(refused)?,
        None => Vec::new(),
    };
    for operation in &mut operations {
        if operation.kind.is_empty() {
            "internal".clone_into(&mut operation.kind);
        }
    }
    let answer = json!({ "operations": operations });
    Ok(answer::json(StatusCode::OK, &answer))
}

pub async fn trace(
    State(service): State<QueryService>,
    Path(id): Path<String>,
    Query(asked): Asked,
) -> Answer {
    let params = Params::new(asked);
    let id = trace_id(&id).map_err(|why| refused(malformed("trace_id", why)))?;
    // Hints by which a store may narrow its search; ours needs none, but nonsense is told.
    for (name, deprecated) in [("startTime", "start_time"), ("endTime", "end_time")] {
        let (name, given) = either(&params, name, deprecated);
        given
            .map(|text| time(name, text))
            .transpose()
            .map_err(refused)?;
    }
    let raw = raw(&params, "rawTraces", "raw_traces").map_err(refused)?;
    let trace = search::kept(&service, id).await.map_err(refused)?;
    let trace = trace.ok_or_else(none_found)?;
    told(&[adjust::told(&trace, raw, Api::V3)]).map_err(refused)
}

pub async fn traces(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let request = search_request(&params).map_err(refused)?;
    let raw = raw(&params, "query.rawTraces", "query.raw_traces").map_err(refused)?;
    let found = jaeger::found(&service, request).await.map_err(refused)?;
    if found.is_empty() {
        return Err(none_found());
    }
    let blocks: Vec<Block> = found
        .iter()
        .map(|trace| adjust::told(trace, raw, Api::V3))
        .collect();
    told(&blocks).map_err(refused)
}

pub async fn summaries(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let request = search_request(&params).map_err(refused)?;
    raw(&params, "query.rawTraces", "query.raw_traces").map_err(refused)?;
    let found = jaeger::found(&service, request).await.map_err(refused)?;
    let summaries: Vec<Summary> = found.iter().filter_map(|trace| summary(trace)).collect();
    Ok(answer::json(
        StatusCode::OK,
        &json!({ "summaries": summaries }),
    ))
}

/// Traces in one list, the spans of each in its order.
fn told(traces: &[Block]) -> Result<Response<Body>, Refused> {
    let mut body = br#"{"result":"#.to_vec();
    let spans = traces.iter().flat_map(Block::spans);
    let written = otlp::write::jaeger_json(&mut body, spans);
    written.map_err(|error| Refused {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        message: error.to_string(),
    })?;
    body.truncate(body.trim_ascii_end().len());
    body.push(b'}');
    Ok(answer::bytes(StatusCode::OK, "application/json", body))
}

/// The summary of a trace as Jaeger would show it; none of an empty one.
fn summary(trace: &Trace) -> Option<Summary> {
    let trace = Trace::all_of(&[adjust::told(trace, false, Api::V3).into()]).pop()?;
    let root = trace.true_root().map(|root| trace.span(root));
    let failed = |name: Option<&str>| {
        let of = trace
            .spans()
            .filter(|span| name.is_none_or(|name| span.service() == name));
        of.filter(|span| span.status() == Status::Error).count()
    };
    let services = trace.services().into_iter();
    let services = services.map(|(name, count)| ServiceSummary {
        name: name.to_owned(),
        span_count: count.spans as usize,
        error_span_count: failed(Some(name)),
    });
    let orphans = (0..trace.len()).filter(|&span| trace.missing_parent(span).is_some());
    Some(Summary {
        trace_id: trace.id().to_string(),
        root_service_name: root.map_or("", |root| root.service()).to_owned(),
        root_operation_name: root.map_or("", |root| root.operation()).to_owned(),
        min_start_time_unix_nano: trace.start().0.to_string(),
        max_end_time_unix_nano: trace.end().0.to_string(),
        span_count: trace.len(),
        error_span_count: failed(None),
        orphan_span_count: orphans.count(),
        services: services.collect(),
    })
}
