//! `/api/stats`: by these figures another vizsla knows what it talks to.

use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use serde_json::json;

use super::{QueryService, answer};

pub async fn stats(State(service): State<QueryService>) -> Response<Body> {
    match service.backend.stats().await {
        Ok(Some(stats)) => answer::json(
            StatusCode::OK,
            &json!({
                "server": "vizsla",
                "version": env!("CARGO_PKG_VERSION"),
                "received": stats.received,
                "stored": stats.stored,
                "duplicate": stats.duplicate,
                "rejected": stats.rejected,
                "evicted": stats.evicted,
                "sampled_out": stats.sampled_out,
                "traces": stats.traces,
                "kept": stats.kept,
                "spans": stats.stored,
                "bytes": stats.bytes,
                "budget": stats.budget,
            }),
        ),
        Ok(None) => answer::json(
            StatusCode::OK,
            &json!({ "server": "vizsla", "version": env!("CARGO_PKG_VERSION") }),
        ),
        Err(error) => answer::refused(error.into()),
    }
}
