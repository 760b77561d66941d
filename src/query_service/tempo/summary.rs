//! A trace that was found, as an answer tells it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::backend::TraceRow;
use crate::model::{ServiceCount, Trace};
use crate::query_service::span_sets::SpanSet;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
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
    service_stats: BTreeMap<String, ServiceStats>,
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

/// A trace that is told from its row alone; without a root, its names are the earliest orphan's.
pub fn by_ids(row: &TraceRow) -> Summary {
    Summary {
        matched_span_ids: row.matched.iter().map(ToString::to_string).collect(),
        ..summary(row, None, Vec::new())
    }
}

pub fn summary(row: &TraceRow, trace: Option<&Trace>, mut sets: Vec<SpanSet>) -> Summary {
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
    let stats = |count: ServiceCount| ServiceStats {
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
