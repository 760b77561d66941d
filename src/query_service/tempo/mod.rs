//! Tempo's API: search by TraceQL, and a trace by id.
//!
//! Another vizsla asks here rather than in Jaeger's words, so that TraceQL survives the way. For it
//! there are additional members that Tempo's clients pass over: exact durations, how complete the
//! answer is, remarks. Its parameters `from` and `to` are a window in nanoseconds, `sort` is
//! `newest` or `slowest`, and `matched=ids` asks for the ids of all matching spans instead of a few
//! of the spans, so that no trace has to be opened.

mod request;
mod search;
mod summary;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Response, StatusCode, header};

use super::QueryService;
use super::answer::{self, Refused};
use super::search::kept;
use crate::format::otlp;
use crate::model::{Trace, TraceId};

pub use request::{seconds, unsigned};
pub use search::search;

type Answer = Result<Response<Body>, Response<Body>>;

pub fn refused(refused: Refused) -> Response<Body> {
    answer::plain(refused.status, refused.message)
}

/// What answers here, in Tempo's words.
pub async fn build() -> Response<Body> {
    let about = serde_json::json!({
        "version": env!("CARGO_PKG_VERSION"),
        "revision": "",
        "branch": "",
        "buildUser": "",
        "buildDate": "",
        "goVersion": "",
        "server": "vizsla",
    });
    answer::json(StatusCode::OK, &about)
}

pub async fn trace(
    State(service): State<QueryService>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let id = trace_id(&id).map_err(refused)?;
    let trace = kept(&service, id).await.map_err(refused)?;
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let protobuf = accept.is_some_and(|accept| accept.contains("application/protobuf"));
    let body = if protobuf {
        otlp::answer::write(trace.as_deref())
    } else {
        as_json(trace.as_deref())
    };
    let body = body.map_err(|error| {
        refused(Refused {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            message: error.to_string(),
        })
    })?;
    let content_type = if protobuf {
        "application/protobuf"
    } else {
        "application/json"
    };
    Ok(answer::bytes(StatusCode::OK, content_type, body))
}

/// Tempo's complaint counts characters from 1.
fn trace_id(text: &str) -> Result<TraceId, Refused> {
    if let Some((at, c)) = text.char_indices().find(|(_, c)| !c.is_ascii_hexdigit()) {
        let position = at + 1;
        let message = format!(
            "trace IDs can only contain hex characters: invalid character {c:?} at position {position}"
        );
        return Err(Refused::bad(message));
    }
    text.parse()
        .map_err(|error| Refused::bad(format!("trace IDs can't be larger than 128 bits: {error}")))
}

/// `TraceByIDResponse` in the JSON of protobuf; a trace that is not there is an empty one.
fn as_json(trace: Option<&Trace>) -> std::io::Result<Vec<u8>> {
    let mut body = br#"{"trace":"#.to_vec();
    match trace {
        Some(trace) => {
            otlp::write::tempo_json(&mut body, trace.spans())?;
            body.truncate(body.trim_ascii_end().len());
        }
        None => body.extend_from_slice(b"{}"),
    }
    body.extend_from_slice(br#","metrics":{}}"#);
    Ok(body)
}
