//! `POST /api/transform`: traces in OTLP JSON, answered in Jaeger's JSON. By it the web UI opens a
//! file; nothing is stored and nothing adjusted.

use axum::body::{self, Body};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};

use crate::format::{Findings, Output, otlp};
use crate::model::{Block, BlockBuilder, Row};

use super::answer::{self, Refused};
use super::{QueryService, jaeger};

/// The longest file that is taken, in bytes: it, its spans and the answer are in memory together.
const LONGEST: usize = 32 << 20;
/// Such a request takes the room of this many others.
const PLACES: u32 = 10;

pub async fn transform(
    State(service): State<QueryService>,
    request: Request,
) -> Result<Response<Body>, Response<Body>> {
    let _room = service.places.try_acquire_many(PLACES).map_err(|_| {
        answer::refused(Refused {
            status: StatusCode::SERVICE_UNAVAILABLE,
            message: "other files are being read: try again in a moment".to_owned(),
        })
    })?;
    let text = body::to_bytes(request.into_body(), LONGEST)
        .await
        .map_err(|_| {
            answer::refused(Refused {
                status: StatusCode::PAYLOAD_TOO_LARGE,
                message: format!("more than {LONGEST} bytes: read the file with vizsla itself"),
            })
        })?;
    let block = decoded(&text).map_err(answer::refused)?;
    Ok(told(&block))
}

fn decoded(text: &[u8]) -> Result<Block, Refused> {
    let mut builder = BlockBuilder::new();
    let mut findings = Findings::of("request");
    otlp::json::decode(text, Output::new(&mut builder, &mut findings))
        .map_err(|problem| Refused::bad(format!("cannot unmarshal OTLP : {problem}")))?;
    Ok(builder.finish())
}

/// The traces in the order of their first spans, the spans of each as they came.
fn told(block: &Block) -> Response<Body> {
    let mut rows: Vec<Vec<Row>> = vec![Vec::new(); block.trace_ids().len()];
    for (row, trace) in (0..).zip(block.trace_column().iter()) {
        if let Some(rows) = rows.get_mut(trace as usize) {
            rows.push(row);
        }
    }
    let mut traces = block.trace_ids().iter().zip(rows);
    jaeger::written(&[], |writer| {
        traces.try_for_each(|(id, rows)| {
            writer.trace(*id, rows.into_iter().map(|row| block.span(row)))
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::metrics::tests::{json_of, service};
    use super::*;

    #[tokio::test]
    async fn otlp_comes_back_in_jaegers_json() {
        let sent = json!({ "resourceSpans": [{
            "resource": { "attributes": [
                { "key": "service.name", "value": { "stringValue": "shop" } } ] },
            "scopeSpans": [{ "spans": [
                { "traceId": "a2", "spanId": "1", "name": "late", "startTimeUnixNano": "7000" },
                { "traceId": "a1", "spanId": "2", "name": "x", "startTimeUnixNano": "5000" },
                { "traceId": "a2", "spanId": "3", "name": "early", "startTimeUnixNano": 3000,
                  "endTimeUnixNano": "9000" },
            ] }],
        }] });
        let (service, _folder) = service();
        let ask = |text: String| transform(State(service.clone()), Request::new(Body::from(text)));
        let told = json_of(ask(sent.to_string()).await).await;
        assert_eq!(told["data"][0]["traceID"], "00000000000000a2");
        assert_eq!(told["data"][0]["spans"][0]["operationName"], "late");
        assert_eq!(told["data"][0]["spans"][1]["duration"], 6);
        assert_eq!(told["data"][1]["spans"][0]["operationName"], "x");
        assert_eq!(json_of(ask("{}".to_owned()).await).await["data"], json!([]));
        let refused = ask("{\"resourceSpans\":[{".to_owned()).await.unwrap_err();
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
}
