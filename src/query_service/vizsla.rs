//! What Jaeger's and Tempo's APIs have no words for, told to another vizsla: services and operations
//! with their counts, calls with errors and latencies, and how
//! operations fare over time.
//!
//! `from` and `to` are nanoseconds since 1970, both inclusive, and may be left out.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{Response, StatusCode};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::analysis::{Trend, VersionTrend};
use crate::backend::{Dependencies, Edge, Node, OperationRow, ServiceRow, Window};
use crate::graph::service::{Call, Service, ServiceGraph};
use crate::model::{Durations, Minutes, Nanos, Time};

use super::answer::{self, Refused};
use super::params::Params;
use super::{QueryService, tempo};

type Asked = Query<Vec<(String, String)>>;
type Answer = Result<Response<Body>, Response<Body>>;

fn refused(why: impl Into<Refused>) -> Response<Body> {
    tempo::refused(why.into())
}

fn told(value: &Value) -> Response<Body> {
    answer::json(StatusCode::OK, value)
}

/// The window that `from` and `to` name; none if neither is given.
pub fn window(params: &Params) -> Result<Option<Window>, Refused> {
    let from = tempo::unsigned(params, "from")?;
    let to = tempo::unsigned(params, "to")?;
    if from.or(to).is_none() {
        return Ok(None);
    }
    let window = Window {
        from: Time(from.unwrap_or(0)),
        to: Time(to.unwrap_or(u64::MAX)),
    };
    if window.from > window.to {
        return Err(Refused::bad("from must not be after to"));
    }
    Ok(Some(window))
}

/// A number that only grows, whenever there is something new; cheap to ask for.
pub async fn epoch(State(service): State<QueryService>) -> Response<Body> {
    let epoch = service.backend.epoch().map_or(0, |epoch| *epoch.borrow());
    told(&json!({ "epoch": epoch }))
}

pub async fn services(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let window = window(&Params::new(asked)).map_err(refused)?;
    let backend = service.backend.as_ref();
    let rows = backend.services(window, CancellationToken::new()).await;
    let row = |row: &ServiceRow| json!({ "service": row.service, "spans": row.spans, "errors": row.errors });
    let rows: Value = rows.map_err(refused)?.iter().map(row).collect();
    Ok(told(&rows))
}

pub async fn operations(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let window = window(&params).map_err(refused)?;
    // A service may have no name: only where the parameter is missing, all are meant.
    let about = params.all("service").next().map(str::to_owned);
    let backend = service.backend.as_ref();
    let rows = backend.operations(about, window, CancellationToken::new());
    let row = |row: &OperationRow| {
        json!({
            "service": row.service,
            "operation": row.operation,
            "kind": row.kind,
            "spans": row.spans,
            "errors": row.errors,
        })
    };
    let rows: Value = rows.await.map_err(refused)?.iter().map(row).collect();
    Ok(told(&rows))
}

pub async fn dependencies(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let window = window(&Params::new(asked)).map_err(refused)?;
    let backend = service.backend.as_ref();
    let found = backend.dependencies(window, CancellationToken::new());
    let Dependencies {
        nodes,
        edges,
        traces,
    } = found.await.map_err(refused)?;
    let node = |node: &Node| {
        json!({
            "service": node.service,
            "spans": node.spans,
            "errors": node.errors,
            "kind": node.kind,
        })
    };
    let nodes: Value = nodes.iter().map(node).collect();
    let edges: Value = edges.iter().map(edge).collect();
    Ok(told(
        &json!({ "nodes": nodes, "edges": edges, "traces": traces }),
    ))
}

fn edge(edge: &Edge) -> Value {
    let nanos = |nanos: Option<Nanos>| nanos.map(|nanos| nanos.0);
    json!({
        "parent": edge.parent,
        "child": edge.child,
        "calls": edge.calls,
        "errors": edge.errors,
        "p50_nano": nanos(edge.p50),
        "p95_nano": nanos(edge.p95),
        "p99_nano": nanos(edge.p99),
    })
}

/// The whole service graph: edges name their ends by the nodes' places in the list.
pub async fn graph(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let window = window(&Params::new(asked)).map_err(refused)?;
    let backend = service.backend.as_ref();
    let found = backend.service_graph(window, CancellationToken::new());
    Ok(told_graph(found.await.map_err(refused)?))
}

/// The service graph of the spans that the query `q` finds, told like the whole one.
pub async fn calls(State(service): State<QueryService>, Query(asked): Asked) -> Answer {
    let params = Params::new(asked);
    let window = window(&params).map_err(refused)?;
    let query = params.get("q").unwrap_or_default().to_owned();
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    let found = service.backend.calls_of(query, window, cancel);
    Ok(told_graph(found.await.map_err(refused)?))
}

fn told_graph((graph, traces): (ServiceGraph, Option<u64>)) -> Response<Body> {
    let nodes: Value = graph.node_weights().map(node_of_graph).collect();
    let edges = graph.edge_indices().filter_map(|index| {
        let (parent, child) = graph.edge_endpoints(index)?;
        let ends = [parent.index(), child.index()];
        Some(edge_of_graph(ends, graph.edge_weight(index)?))
    });
    let edges: Value = edges.collect();
    told(&json!({ "nodes": nodes, "edges": edges, "traces": traces }))
}

fn node_of_graph(service: &Service) -> Value {
    json!({
        "service": &*service.name,
        "kind": service.kind.word(),
        "instrumented": service.instrumented,
        "spans": service.spans,
        "errors": service.errors,
        "own_nano": service.own.map(|own| own.0),
    })
}

fn edge_of_graph([parent, child]: [usize; 2], call: &Call) -> Value {
    json!({
        "parent": parent,
        "child": child,
        "calls": call.calls,
        "errors": call.errors,
        "inferred": call.inferred,
        "minutes": minutes(&call.minutes),
        "durations": durations(&call.durations),
    })
}

/// Each minute's number, calls, errors and sum of logarithms.
fn minutes(minutes: &Minutes) -> Value {
    let minutes = minutes.iter();
    minutes
        .map(|minute| json!([minute.number, minute.calls, minute.errors, minute.logs]))
        .collect()
}

fn durations(durations: &Durations) -> Value {
    let parts = durations.parts();
    json!({
        "sum": parts.sum,
        "few": parts.few,
        "first": parts.first,
        "buckets": parts.buckets,
    })
}

/// How all operations fare; `null` where the backend does not know.
pub async fn trends(State(service): State<QueryService>) -> Answer {
    let trends = service.backend.trends().await.map_err(refused)?;
    let told = trends.map(|trends| trends.iter().map(trend).collect::<Value>());
    Ok(answer::json(StatusCode::OK, &told))
}

fn trend(trend: &Trend) -> Value {
    let version = |version: &VersionTrend| {
        json!({
            "version": &*version.version,
            "first": version.first.0,
            "durations": durations(&version.durations),
        })
    };
    let versions: Value = trend.versions.iter().map(version).collect();
    json!({
        "service": &*trend.service,
        "operation": &*trend.operation,
        "errors": trend.errors,
        "durations": durations(&trend.durations),
        "minutes": minutes(&trend.minutes),
        "versions": versions,
    })
}
