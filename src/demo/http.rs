//! Spans of HTTP calls, with the attributes of the current semantic conventions.

use super::cast::Who;
use super::record::{Context, Record};
use crate::model::{Kind, SpanId, Time};

/// Another service that is asked.
pub struct Target {
    /// Its host name.
    pub host: &'static str,
    /// Its port.
    pub port: i64,
    /// The path there.
    pub path: &'static str,
}

/// The caller's span of a `GET`.
pub fn client(
    who: Who,
    name: &'static str,
    context: Context,
    parent: SpanId,
    start: Time,
    target: &Target,
    query: &str,
) -> Record {
    let Target { host, port, path } = target;
    Record::begin(who, name, Kind::Client, context, parent, start)
        .with("http.request.method", "GET")
        .with("url.full", format!("http://{host}:{port}{path}?{query}"))
        .with("server.address", *host)
        .with("server.port", *port)
}

/// The span of whoever answers it; its first event is a line of its log.
pub fn server(
    who: Who,
    name: &'static str,
    context: Context,
    parent: SpanId,
    start: Time,
    target: &Target,
    query: &str,
) -> Record {
    let Target { host, port, path } = target;
    let mut span = Record::begin(who, name, Kind::Server, context, parent, start)
        .with("http.request.method", "GET")
        .with("http.route", *path)
        .with("url.path", *path)
        .with("url.query", query.to_owned())
        .with("url.scheme", "http")
        .with("server.address", *host)
        .with("server.port", *port);
    let line = vec![
        ("method", "GET".into()),
        ("url", format!("{path}?{query}").into()),
    ];
    span.event(start, "HTTP request received", line);
    span
}
