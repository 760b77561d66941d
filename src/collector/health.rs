//! The gRPC health service, `grpc.health.v1.Health`: applications and orchestrators ask it.

use std::convert::Infallible;

use futures_util::stream;
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::Response;
use tokio_util::sync::CancellationToken;

use super::answer::Body;
use super::grpc;
use super::refusal::Refusal;
use crate::format::protobuf::{Field, Message, WireError, put_number};

/// `HealthCheckResponse.ServingStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum State {
    Serving = 1,
    NotServing = 2,
    Unknown = 3,
}

/// The services one may ask about; the empty name is the server as a whole.
const KNOWN: [&str; 5] = [
    "",
    "opentelemetry.proto.collector.trace.v1.TraceService",
    "opentelemetry.proto.collector.logs.v1.LogsService",
    "opentelemetry.proto.collector.metrics.v1.MetricsService",
    "grpc.health.v1.Health",
];

/// Answers `Check` with a `HealthCheckResponse`.
///
/// # Errors
/// `NOT_FOUND` for a service that is not here, as the service's definition asks.
pub fn check(request: &[u8]) -> Result<Vec<u8>, Refusal> {
    let name = service(request)?;
    if KNOWN.contains(&name) {
        Ok(response(State::Serving))
    } else {
        Err(Refusal::NotFound(name.to_owned()))
    }
}

/// Answers `Watch`: the state now, and once more when the collector stops.
pub fn watch(request: &[u8], stop: CancellationToken) -> Response<Body> {
    let known = service(request).is_ok_and(|name| KNOWN.contains(&name));
    let now = if known {
        State::Serving
    } else {
        State::Unknown
    };
    let states = stream::unfold(Some(now), move |state| {
        let stop = stop.clone();
        async move {
            let (state, next) = match state? {
                State::NotServing => {
                    stop.cancelled().await;
                    let last = Frame::data(grpc::frame(&response(State::NotServing)));
                    return Some((Ok::<_, Infallible>(last), None));
                }
                state => (state, Some(State::NotServing)),
            };
            Some((Ok(Frame::data(grpc::frame(&response(state)))), next))
        }
    });
    let trailers = async { Some(Ok(grpc::ok_trailers())) };
    grpc::begin(
        StreamBody::new(states)
            .with_trailers(trailers)
            .boxed_unsync(),
    )
}

fn response(state: State) -> Vec<u8> {
    let mut message = Vec::new();
    put_number(&mut message, 1, state as u64);
    message
}

/// The one string of a `HealthCheckRequest`.
fn service(request: &[u8]) -> Result<&str, Refusal> {
    let malformed = |error: WireError| Refusal::Malformed(format!("health request: {error}"));
    let (mut message, mut name) = (Message::new(request), &[][..]);
    while let Some((number, field)) = message.field().map_err(malformed)? {
        if let (1, Field::Bytes(text)) = (number, field) {
            name = text.bytes();
        }
    }
    std::str::from_utf8(name)
        .map_err(|error| Refusal::Malformed(format!("health request: {error}")))
}
