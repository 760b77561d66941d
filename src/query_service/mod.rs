//! The Jaeger-compatible and Tempo-compatible HTTP API over any backend.
//!
//! Jaeger's web UI, Grafana's data sources and scripts written for either work with it unchanged:
//! paths, parameters, envelopes, status codes and error texts are those of Jaeger 2.20
//! (the legacy API and v3) and Grafana Tempo 3.0. The store holds what was received; Jaeger's sanitizers and
//! adjusters are applied in [`adjust`], when a trace is told. What neither API has, another vizsla
//! finds in additional members of their answers and below `/api/vizsla/`.
//!
//! Nothing here knows where traces are kept: it asks a [`Backend`].

mod adjust;
mod answer;
mod form;
mod jaeger;
mod metrics;
mod monitor;
mod params;
mod pretty;
mod search;
mod server;
mod span_sets;
mod stats;
mod tags;
mod tempo;
mod transform;
mod v3;
mod vizsla;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use tokio::sync::Semaphore;

use crate::backend::{Archive, Backend};
use crate::config::Access;

pub use server::{Running, start};

/// What answers: a backend, and who may ask.
#[derive(Clone)]
pub struct QueryService {
    backend: Arc<dyn Backend>,
    access: Arc<Access>,
    /// Where traces are kept that the backend may have let go.
    archive: Option<Archive>,
    /// Room for requests that are answered at the same time.
    places: Arc<Semaphore>,
}

impl QueryService {
    /// Answers from `backend` whoever `access` lets in.
    pub fn new(backend: Arc<dyn Backend>, access: Access) -> Self {
        Self {
            backend,
            access: Arc::new(access),
            archive: None,
            places: Arc::new(Semaphore::new(server::REQUESTS)),
        }
    }

    /// The same, with an archive for traces that are asked for by their ids.
    #[must_use]
    pub fn with_archive(mut self, archive: Option<Archive>) -> Self {
        self.archive = archive;
        self
    }

    /// The routes.
    pub fn router(self) -> Router {
        let guard = axum::middleware::from_fn_with_state(self.clone(), server::guard);
        Router::new()
            .merge(legacy())
            .route("/api/v3/services", get(v3::services))
            .route("/api/v3/operations", get(v3::operations))
            .route("/api/v3/traces", get(v3::traces))
            .route("/api/v3/traces/{id}", get(v3::trace))
            .route("/api/v3/trace-summaries", get(v3::summaries))
            .route("/api/echo", get(|| async { "echo" }))
            .route("/ready", get(|| async { "ready\n" }))
            .route("/api/search", get(tempo::search))
            .route("/api/v2/traces/{id}", get(tempo::trace))
            .route("/api/status/buildinfo", get(tempo::build))
            .route("/api/metrics/query_range", get(metrics::range))
            .route("/api/metrics/query", get(metrics::instant))
            .route("/api/search/tags", get(tags::names))
            .route("/api/v2/search/tags", get(tags::names_by_scope))
            .route("/api/search/tag/{name}/values", get(tags::values))
            .route("/api/v2/search/tag/{name}/values", get(tags::typed_values))
            .route("/api/stats", get(stats::stats))
            .route("/api/vizsla/services", get(vizsla::services))
            .route("/api/vizsla/operations", get(vizsla::operations))
            .route("/api/vizsla/dependencies", get(vizsla::dependencies))
            .route("/api/vizsla/graph", get(vizsla::graph))
            .route("/api/vizsla/calls", get(vizsla::calls))
            .route("/api/vizsla/trends", get(vizsla::trends))
            .route("/api/vizsla/epoch", get(vizsla::epoch))
            .fallback(answer::no_such_page)
            .method_not_allowed_fallback(answer::no_such_page)
            .layer(guard)
            .with_state(self)
    }
}

/// Jaeger's older API, whose answers are laid out in lines for who asks for it.
fn legacy() -> Router<QueryService> {
    Router::new()
        .route("/api/services", get(jaeger::services))
        .route(
            "/api/services/{service}/operations",
            get(jaeger::operation_names),
        )
        .route("/api/operations", get(jaeger::operations))
        .route("/api/traces", get(jaeger::traces))
        .route("/api/traces/{id}", get(jaeger::trace))
        .route("/api/archive/{id}", post(jaeger::archive))
        .route("/api/transform", post(transform::transform))
        .route("/api/dependencies", get(jaeger::dependencies))
        .route("/api/metrics/latencies", get(monitor::latencies))
        .route("/api/metrics/calls", get(monitor::calls))
        .route("/api/metrics/errors", get(monitor::errors))
        .layer(axum::middleware::from_fn(pretty::laid_out))
}
