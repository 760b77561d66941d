//! gRPC over HTTP/2: framing, trailers, the three export services and the health service.
//!
//! Written on hyper, without a gRPC framework: a collector needs one unary shape and one
//! stream, its own limits before and after decompression, and more compressions than
//! frameworks offer ([protocol](https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md)).

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Version};

use super::answer::{self, Body};
use super::encoding::{self, Encoding};
use super::front::Front;
use super::health;
use super::intake::Syntax;
use super::refusal::Refusal;
use super::status;
use crate::format::otlp::Signal;

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");
const DETAILS: HeaderName = HeaderName::from_static("grpc-status-details-bin");
const ENCODING: HeaderName = HeaderName::from_static("grpc-encoding");
const ACCEPT_ENCODING: HeaderName = HeaderName::from_static("grpc-accept-encoding");
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/grpc");
/// The flag and the length before each message.
const PREFIX: usize = 5;

/// Whether a request is gRPC's, by its content type.
pub fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("application/grpc"))
}

/// Answers one call.
pub async fn answer(front: &Front, request: Request<Incoming>) -> Response<Body> {
    if request.version() != Version::HTTP_2 || request.method() != Method::POST {
        let hint = "gRPC is spoken by POST over HTTP/2";
        return answer::plain(StatusCode::HTTP_VERSION_NOT_SUPPORTED, hint);
    }
    if !speaks_protobuf(request.headers()) {
        return answer::plain(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "use application/grpc+proto",
        );
    }
    let path = request.uri().path().to_owned();
    let answered = match path.as_str() {
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export" => {
            export(front, Signal::Traces, request).await
        }
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export" => {
            export(front, Signal::Logs, request).await
        }
        "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export" => {
            export(front, Signal::Metrics, request).await
        }
        "/grpc.health.v1.Health/Check" => call(front, request)
            .await
            .and_then(|name| health::check(&name))
            .map(|state| reply(&state)),
        "/grpc.health.v1.Health/Watch" => call(front, request)
            .await
            .map(|name| health::watch(&name, front.stop.clone())),
        _ => Err(Refusal::Unimplemented(path)),
    };
    answered.unwrap_or_else(|refusal| refuse(&refusal))
}

/// `application/grpc` alone means protobuf.
fn speaks_protobuf(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = content_type
        .and_then(|value| value.split(';').next())
        .map(str::trim);
    matches!(essence, Some("application/grpc" | "application/grpc+proto"))
}

async fn export(
    front: &Front,
    signal: Signal,
    request: Request<Incoming>,
) -> Result<Response<Body>, Refusal> {
    let layers = layers(request.headers())?;
    let mut held = front.read(request, PREFIX).await?;
    let (compressed, message) = unframe(&held.bytes, front.limits.body)?;
    if compressed && layers.is_empty() {
        return Err(Refusal::Malformed(
            "a compressed message without grpc-encoding".into(),
        ));
    }
    held.bytes = message;
    let layers = if compressed { layers } else { Vec::new() };
    let accepted = front.take(signal, Syntax::Protobuf, layers, held).await?;
    Ok(reply(&answer::export_response(
        signal,
        Syntax::Protobuf,
        &accepted,
    )))
}

/// The message of a small call, uncompressed as health checks are.
async fn call(front: &Front, request: Request<Incoming>) -> Result<Bytes, Refusal> {
    let held = front.read(request, PREFIX).await?;
    match unframe(&held.bytes, front.limits.body)? {
        (false, message) => Ok(message),
        (true, _) => Err(Refusal::Malformed("compression is for exports".into())),
    }
}

fn layers(headers: &HeaderMap) -> Result<Vec<Encoding>, Refusal> {
    headers.get(ENCODING).map_or(Ok(Vec::new()), |value| {
        encoding::parse(
            value
                .to_str()
                .map_err(|_| Refusal::UnknownEncoding("?".into()))?,
        )
    })
}

/// The one message of a unary call: whether it is compressed, and its bytes.
fn unframe(body: &Bytes, limit: usize) -> Result<(bool, Bytes), Refusal> {
    let malformed = |why: &str| Err(Refusal::Malformed(format!("gRPC framing: {why}")));
    let Some((&[flag, a, b, c, d], message)) = body.split_first_chunk::<PREFIX>() else {
        return malformed("no message");
    };
    let length = u32::from_be_bytes([a, b, c, d]) as usize;
    if length > limit {
        return Err(Refusal::TooLarge {
            what: "request message",
            limit,
        });
    }
    match flag {
        0 | 1 if message.len() == length => Ok((flag == 1, body.slice(PREFIX..))),
        0 | 1 if message.len() < length => malformed("the message is cut off"),
        0 | 1 => malformed("more than one message in a unary call"),
        _ => malformed("unknown flags"),
    }
}

/// A message behind its prefix.
pub fn frame(message: &[u8]) -> Bytes {
    let mut framed = Vec::with_capacity(PREFIX + message.len());
    framed.push(0);
    framed.extend_from_slice(&(message.len() as u32).to_be_bytes());
    framed.extend_from_slice(message);
    framed.into()
}

/// The trailers of success.
pub fn ok_trailers() -> HeaderMap {
    HeaderMap::from_iter([(STATUS, HeaderValue::from_static("0"))])
}

/// Headers that every gRPC answer has.
pub fn begin(body: Body) -> Response<Body> {
    let mut answer = Response::new(body);
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, CONTENT_TYPE);
    let accepted = HeaderValue::from_static(encoding::ACCEPTED);
    answer.headers_mut().insert(ACCEPT_ENCODING, accepted);
    answer
}

fn reply(message: &[u8]) -> Response<Body> {
    let trailers = async { Some(Ok(ok_trailers())) };
    begin(
        Full::new(frame(message))
            .with_trailers(trailers)
            .boxed_unsync(),
    )
}

/// A failure, as headers alone ("Trailers-Only").
pub fn refuse(refusal: &Refusal) -> Response<Body> {
    let mut answer = begin(Full::default().boxed_unsync());
    let headers = answer.headers_mut();
    headers.insert(STATUS, HeaderValue::from(refusal.code() as u16));
    answer::set(headers, MESSAGE, &percent_encoded(&refusal.to_string()));
    let details = STANDARD_NO_PAD.encode(status::protobuf(refusal));
    answer::set(headers, DETAILS, &details);
    answer
}

/// `grpc-message` is percent-encoded but for printable ASCII.
fn percent_encoded(message: &str) -> String {
    message
        .bytes()
        .fold(String::with_capacity(message.len()), |mut out, byte| {
            match byte {
                b' '..=b'~' if byte != b'%' => out.push(byte.into()),
                _ => drop(write!(out, "%{byte:02X}")),
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_stands_in_a_unary_call() {
        let framed = frame(b"abc");
        assert_eq!(unframe(&framed, 3), Ok((false, Bytes::from_static(b"abc"))));
        assert!(matches!(unframe(&framed, 2), Err(Refusal::TooLarge { .. })));
        for broken in [
            &b""[..],
            b"\0\0\0",
            b"\0\0\0\0\x04abc",
            b"\0\0\0\0\x01abc",
            b"\x02\0\0\0\0",
        ] {
            let refused = unframe(&Bytes::from_static(broken), 1000);
            assert!(matches!(refused, Err(Refusal::Malformed(_))), "{broken:?}");
        }
    }

    #[test]
    fn messages_are_percent_encoded() {
        assert_eq!(percent_encoded("50 % ü\n"), "50 %25 %C3%BC%0A");
    }
}
