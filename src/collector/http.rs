//! OTLP over HTTP: `POST /v1/traces`, `/v1/logs` and `/v1/metrics`, in protobuf and in JSON.

use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

use super::answer::{self, Body};
use super::encoding;
use super::front::Front;
use super::intake::Syntax;
use super::refusal::Refusal;
use crate::format::otlp::Signal;

/// Answers one request.
pub async fn answer(front: &Front, request: Request<Incoming>) -> Response<Body> {
    let Some(signal) = signal(request.uri().path()) else {
        let hint = "OTLP is taken at /v1/traces, /v1/logs and /v1/metrics";
        return answer::plain(StatusCode::NOT_FOUND, hint);
    };
    if request.method() != Method::POST {
        let mut refused = answer::plain(StatusCode::METHOD_NOT_ALLOWED, "use POST");
        refused
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
        return refused;
    }
    let Some(syntax) = syntax(request.headers()) else {
        let hint = "use application/x-protobuf or application/json";
        return answer::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, hint);
    };
    match export(front, signal, syntax, request).await {
        Ok(response) => answer::whole(StatusCode::OK, syntax.content_type(), response),
        Err(refusal) => answer::http_refusal(&refusal, syntax),
    }
}

async fn export(
    front: &Front,
    signal: Signal,
    syntax: Syntax,
    request: Request<Incoming>,
) -> Result<Vec<u8>, Refusal> {
    let mut layers = Vec::new();
    for value in request.headers().get_all(header::CONTENT_ENCODING) {
        let name = value
            .to_str()
            .map_err(|_| Refusal::UnknownEncoding("?".into()))?;
        layers.extend(encoding::parse(name)?);
    }
    let held = front.read(request, 0).await?;
    let accepted = front.take(signal, syntax, layers, held).await?;
    Ok(answer::export_response(signal, syntax, &accepted))
}

fn signal(path: &str) -> Option<Signal> {
    match path.trim_end_matches('/') {
        "/v1/traces" => Some(Signal::Traces),
        "/v1/logs" => Some(Signal::Logs),
        "/v1/metrics" => Some(Signal::Metrics),
        _ => None,
    }
}

/// The syntax that a media type means, its parameters aside.
pub fn syntax(headers: &HeaderMap) -> Option<Syntax> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let essence = value
        .split(';')
        .next()
        .unwrap_or(value)
        .trim()
        .to_ascii_lowercase();
    match essence.as_str() {
        "application/x-protobuf" | "application/protobuf" => Some(Syntax::Protobuf),
        "application/json" => Some(Syntax::Json),
        _ => None,
    }
}
