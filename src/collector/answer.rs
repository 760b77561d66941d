//! Answers: bodies, OTLP's export responses, failures in the words of each protocol.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;

use super::intake::{Accepted, Syntax};
use super::refusal::Refusal;
use super::status;
use crate::format::otlp::Signal;
use crate::format::protobuf::{put_message, put_number, put_text};

/// The body of every answer: whole, or a stream (health watch).
pub type Body = UnsyncBoxBody<Bytes, Infallible>;

/// An answer of `bytes`.
pub fn whole(status: StatusCode, content_type: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut answer = Response::new(Full::new(Bytes::from(bytes)).boxed_unsync());
    *answer.status_mut() = status;
    if !content_type.is_empty() {
        answer
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    answer
}

/// An answer in one line of plain text, for people and for failures before the syntax is known.
pub fn plain(status: StatusCode, line: &str) -> Response<Body> {
    whole(
        status,
        "text/plain; charset=utf-8",
        format!("{line}\n").into_bytes(),
    )
}

/// The export response: empty if all was taken, else with a partial success.
pub fn export_response(signal: Signal, syntax: Syntax, accepted: &Accepted) -> Vec<u8> {
    let complete = *accepted == Accepted::default();
    match syntax {
        Syntax::Protobuf if complete => Vec::new(),
        Syntax::Protobuf => {
            let mut response = Vec::new();
            put_message(&mut response, 1, |partial| {
                put_number(partial, 1, accepted.rejected);
                put_text(partial, 2, &accepted.message);
            });
            response
        }
        Syntax::Json if complete => b"{}".to_vec(),
        Syntax::Json => {
            let rejected = match signal {
                Signal::Traces => "rejectedSpans",
                Signal::Logs => "rejectedLogRecords",
                Signal::Metrics => "rejectedDataPoints",
            };
            let count = accepted.rejected.to_string();
            let partial = json!({ rejected: count, "errorMessage": accepted.message });
            json!({ "partialSuccess": partial })
                .to_string()
                .into_bytes()
        }
    }
}

impl Syntax {
    /// The media type in OTLP/HTTP.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Protobuf => "application/x-protobuf",
            Self::Json => "application/json",
        }
    }
}

/// A failure of OTLP/HTTP: a `google.rpc.Status` in the request's syntax.
pub fn http_refusal(refusal: &Refusal, syntax: Syntax) -> Response<Body> {
    let body = match syntax {
        Syntax::Protobuf => status::protobuf(refusal),
        Syntax::Json => status::json(refusal),
    };
    let mut answer = whole(refusal.http_status(), syntax.content_type(), body);
    if let Some(delay) = refusal.retry_after() {
        let seconds = delay.as_secs().max(1);
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if answer.status() == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        answer
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, scheme);
    }
    answer
}

/// Sets a header whose value is text from elsewhere; a value that cannot stand there is left out.
pub fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
