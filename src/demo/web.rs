//! The frontend's own door: `GET /dispatch?customer=392` orders a ride, as in Jaeger's
//! `HotROD`, and answers when a driver is on the way. The header `traceresponse` names its trace
//! ([W3C](https://w3c.github.io/trace-context/#traceresponse-header)). Who composes the program
//! puts it on a socket.

use std::collections::HashMap;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::json;

use super::customer::{CUSTOMERS, Customer};
use super::live::Desk;
use super::record::Context;
use crate::config::Access;
use crate::model::{SpanId, TraceId};

const TRACE_RESPONSE: HeaderName = HeaderName::from_static("traceresponse");

#[derive(Clone)]
struct Shared {
    desk: Desk,
    access: Access,
}

/// What answers there: rides are ordered at `desk`, by whom `access` lets in.
pub fn router(desk: Desk, access: Access) -> Router {
    Router::new()
        .route("/", get(hint))
        .route("/dispatch", get(dispatch))
        .with_state(Shared { desk, access })
}

async fn hint() -> String {
    let line = |c: Customer| format!("/dispatch?customer={}   {}\n", c.id, c.name);
    CUSTOMERS.map(line).concat()
}

async fn dispatch(
    State(shared): State<Shared>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if let Err(denied) = shared
        .access
        .check(text(HOST), text(ORIGIN), text(AUTHORIZATION))
    {
        return (StatusCode::FORBIDDEN, denied.to_string()).into_response();
    }
    let customer = query
        .get("customer")
        .and_then(|id| id.parse().ok())
        .and_then(Customer::of);
    let Some(customer) = customer else {
        return (StatusCode::NOT_FOUND, "invalid customer ID").into_response();
    };
    let caller = headers
        .get("traceparent")
        .and_then(|value| parent(value.to_str().ok()?));
    let Some(ordered) = shared.desk.order(customer, caller).await else {
        return (StatusCode::SERVICE_UNAVAILABLE, "the demo has ended").into_response();
    };
    let Context { trace_id, span_id } = ordered.root;
    let driver = ordered
        .outcome
        .await
        .ok()
        .and_then(|outcome| outcome.driver);
    let mut answer = match driver {
        Some((driver, eta)) => {
            let body = json!({ "Driver": driver, "ETA": eta.0 }).to_string();
            ([(CONTENT_TYPE, "application/json")], body).into_response()
        }
        None => (StatusCode::INTERNAL_SERVER_ERROR, "no driver found").into_response(),
    };
    if let Ok(value) = HeaderValue::from_str(&format!("00-{trace_id}-{span_id}-01")) {
        answer.headers_mut().insert(TRACE_RESPONSE, value);
    }
    answer
}

/// The caller's span in a `traceparent`: version, trace, span and flags in hex.
fn parent(header: &str) -> Option<Context> {
    let mut parts = header.split('-');
    let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
    if version.len() != 2 || version == "ff" || trace.len() != 32 || span.len() != 16 {
        return None;
    }
    let (trace_id, span_id): (TraceId, SpanId) = (trace.parse().ok()?, span.parse().ok()?);
    (!trace_id.is_zero() && !span_id.is_zero()).then_some(Context { trace_id, span_id })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_is_read_or_ignored() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let caller = parent(good).map(|c| format!("{}-{}", c.trace_id, c.span_id));
        assert_eq!(caller.as_deref(), good.get(3..52));
        for bad in [
            "",
            "00-1-2-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(parent(bad), None, "{bad}");
        }
    }
}
