//! Search by TraceQL.

use axum::extract::{Query as Asked, State};
use axum::http::StatusCode;
use serde::Serialize;

use super::request::{Matched, search_request};
use super::summary::{Summary, by_ids, summary};
use super::{Answer, refused};
use crate::query_service::params::Params;
use crate::query_service::search::{find, trace as opened};
use crate::query_service::{QueryService, answer, span_sets};
use crate::traceql::Query;

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

pub async fn search(
    State(service): State<QueryService>,
    Asked(asked): Asked<Vec<(String, String)>>,
) -> Answer {
    let params = Params::new(asked);
    let (request, spans) = search_request(&params).map_err(refused)?;
    let query = Query::parse(&request.query).ok();
    let found = find(service.backend.as_ref(), request)
        .await
        .map_err(refused)?;
    let mut traces = Vec::with_capacity(found.rows.len());
    for row in found.rows {
        if spans == Matched::Ids {
            traces.push(by_ids(&row));
            continue;
        }
        let trace = opened(service.backend.as_ref(), row.trace_id)
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
