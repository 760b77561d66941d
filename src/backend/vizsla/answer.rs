//! The answers of a vizsla's query service. Members that an older one does not tell are left at
//! their defaults.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::backend::http::HttpClient;
use crate::backend::{
    BackendError, Dependencies, Edge, Node, OperationRow, SearchDone, ServiceRow, StoreStats,
    TraceRow,
};
use crate::graph::service::NodeKind;
use crate::model::{self, Nanos, SpanId, Time};

/// `/api/search`.
#[derive(Debug, Deserialize)]
pub(super) struct Found {
    #[serde(default)]
    pub traces: Vec<FoundTrace>,
    #[serde(default)]
    complete: bool,
    matching: Option<u64>,
    of: Option<u64>,
    #[serde(default)]
    pub notes: Vec<String>,
}

impl Found {
    pub(super) fn done(&self) -> SearchDone {
        SearchDone {
            complete: self.complete,
            matching: self.matching,
            of: self.of,
        }
    }
}

/// A trace of a search; numbers of 64 bits are strings, as protobuf's JSON has them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundTrace {
    #[serde(rename = "traceID")]
    trace_id: String,
    #[serde(default)]
    root_service_name: String,
    #[serde(default)]
    root_trace_name: String,
    start_time_unix_nano: String,
    duration_nanos: String,
    #[serde(default)]
    incomplete: bool,
    #[serde(rename = "matchedSpanIDs", default)]
    matched_span_ids: Vec<String>,
    #[serde(default)]
    service_stats: BTreeMap<String, ServiceStats>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServiceStats {
    #[serde(default)]
    span_count: u32,
    #[serde(default)]
    error_count: u32,
}

impl FoundTrace {
    pub(super) fn row(&self, http: &HttpClient) -> Result<TraceRow, BackendError> {
        self.read().ok_or_else(|| {
            let id: String = self.trace_id.chars().take(40).collect();
            http.error(&format!(
                "tells a trace ({id:?}) whose id, start or duration cannot be read"
            ))
        })
    }

    fn read(&self) -> Option<TraceRow> {
        let counts = self.service_stats.iter().map(|(name, stats)| {
            let (spans, errors) = (stats.span_count, stats.error_count);
            (
                Arc::from(name.as_str()),
                model::ServiceCount { spans, errors },
            )
        });
        let services: BTreeMap<Arc<str>, _> = counts.collect();
        let sum = |count: fn(&model::ServiceCount) -> u32| {
            services.values().map(count).fold(0, u32::saturating_add)
        };
        let matched = self.matched_span_ids.iter().map(|id| id.parse().ok());
        Some(TraceRow {
            trace_id: self.trace_id.parse().ok()?,
            name: self.root_trace_name.as_str().into(),
            service: self.root_service_name.as_str().into(),
            start: Time(self.start_time_unix_nano.parse().ok()?),
            duration: Nanos(self.duration_nanos.parse().ok()?),
            spans: sum(|count| count.spans),
            errors: sum(|count| count.errors),
            matched: matched.collect::<Option<Vec<SpanId>>>()?,
            incomplete: self.incomplete,
            services,
        })
    }
}

/// One of `/api/vizsla/services`.
#[derive(Debug, Deserialize)]
pub(super) struct ServiceCount {
    service: String,
    spans: Option<u64>,
    errors: Option<u64>,
}

impl From<ServiceCount> for ServiceRow {
    fn from(count: ServiceCount) -> Self {
        Self {
            service: count.service,
            spans: count.spans,
            errors: count.errors,
        }
    }
}

/// One of `/api/vizsla/operations`.
#[derive(Debug, Deserialize)]
pub(super) struct OperationCount {
    service: String,
    operation: String,
    #[serde(default)]
    kind: String,
    spans: Option<u64>,
    errors: Option<u64>,
}

impl From<OperationCount> for OperationRow {
    fn from(count: OperationCount) -> Self {
        Self {
            service: count.service,
            operation: count.operation,
            kind: count.kind,
            spans: count.spans,
            errors: count.errors,
        }
    }
}

/// `/api/vizsla/dependencies`.
#[derive(Debug, Deserialize)]
pub(super) struct Calls {
    nodes: Vec<CallsNode>,
    edges: Vec<CallsEdge>,
    traces: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct CallsNode {
    service: String,
    spans: u64,
    errors: u64,
    #[serde(default)]
    kind: String,
}

#[derive(Debug, Deserialize)]
struct CallsEdge {
    parent: String,
    child: String,
    calls: u64,
    errors: u64,
    p50_nano: Option<u64>,
    p95_nano: Option<u64>,
    p99_nano: Option<u64>,
}

impl From<Calls> for Dependencies {
    fn from(calls: Calls) -> Self {
        let nodes = calls.nodes.into_iter().map(|node| Node {
            service: node.service,
            spans: node.spans,
            errors: node.errors,
            kind: NodeKind::of_word(&node.kind).word(),
        });
        let edges = calls.edges.into_iter().map(|edge| Edge {
            parent: edge.parent,
            child: edge.child,
            calls: edge.calls,
            errors: edge.errors,
            p50: edge.p50_nano.map(Nanos),
            p95: edge.p95_nano.map(Nanos),
            p99: edge.p99_nano.map(Nanos),
        });
        Self {
            nodes: nodes.collect(),
            edges: edges.collect(),
            traces: calls.traces,
        }
    }
}

/// `/api/stats`; without figures where nobody counts.
#[derive(Debug, Deserialize)]
pub(super) struct Stats {
    pub server: String,
    received: Option<u64>,
    #[serde(default)]
    stored: u64,
    #[serde(default)]
    duplicate: u64,
    #[serde(default)]
    rejected: BTreeMap<String, u64>,
    #[serde(default)]
    evicted: BTreeMap<String, u64>,
    #[serde(default)]
    sampled_out: BTreeMap<String, u64>,
    #[serde(default)]
    kept: BTreeMap<String, u64>,
    #[serde(default)]
    traces: u64,
    #[serde(default)]
    bytes: u64,
    #[serde(default)]
    budget: u64,
}

impl From<Stats> for Option<StoreStats> {
    fn from(stats: Stats) -> Self {
        Some(StoreStats {
            received: stats.received?,
            stored: stats.stored,
            duplicate: stats.duplicate,
            rejected: stats.rejected,
            evicted: stats.evicted,
            sampled_out: stats.sampled_out,
            kept: stats.kept,
            traces: stats.traces,
            bytes: stats.bytes,
            budget: stats.budget,
        })
    }
}
