//! A small Jaeger of our own: it answers as the versions did, from traces in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Query as Parameters, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::backend::{Dialect, Jaeger, Window};
use crate::config::BackendConfig;
use crate::format::jaeger::{JaegerWriter, Precision};
use crate::format::otlp;
use crate::model::{BlockBuilder, Nanos, Trace, TraceId, scenario};

/// A version of Jaeger, its traces, and the requests that it got.
pub(super) struct Fake {
    dialect: Dialect,
    needs_service: bool,
    traces: Vec<Trace>,
    pub(super) asked: Mutex<Vec<String>>,
}

pub(super) const OLD: Dialect = Dialect {
    legacy: true,
    v3: false,
    summaries: false,
};
pub(super) const V2_20: Dialect = Dialect {
    legacy: true,
    v3: true,
    summaries: true,
};
pub(super) const HEAD: Dialect = Dialect {
    legacy: false,
    v3: true,
    summaries: true,
};

/// `n` traces of two services, a second apart; every tenth fails in `cart`.
fn traces(n: u64) -> Vec<Trace> {
    let mut builder = BlockBuilder::new();
    for i in 0..n {
        let fails = if i % 10 == 0 { "error" } else { "" };
        let at = i * 1000;
        let text = format!(
            "shop: GET /{i} {at}..{} server\n  cart: load {}..{} internal {fails} n={i}\n",
            at + 100,
            at + 10,
            at + 90
        );
        scenario::add(&mut builder, TraceId(u128::from(i) + 1), &text);
    }
    Trace::all_of(&[Arc::new(builder.finish())])
}

pub(super) fn window() -> Window {
    Window {
        from: scenario::EPOCH,
        to: scenario::EPOCH + Nanos::from_millis(10_000_000),
    }
}

impl Fake {
    /// Traces with a span of the service that starts in the window, in an order that is nobody's.
    fn find(&self, service: Option<&String>, from: u64, to: u64, limit: usize) -> Vec<&Trace> {
        let fits = |trace: &&Trace| {
            trace.spans().any(|span| {
                service.is_none_or(|service| span.service() == service)
                    && (from..=to).contains(&span.start().0)
            })
        };
        let mut found: Vec<&Trace> = self.traces.iter().filter(fits).collect();
        found.sort_by_key(|trace| trace.id().0.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 1009);
        found.truncate(limit);
        found
    }

    fn answer(&self, path: &str, query: &BTreeMap<String, String>) -> Response {
        let v3 = path.starts_with("/api/v3/");
        let known = if v3 {
            self.dialect.v3
        } else {
            self.dialect.legacy || path.starts_with("/api/traces/")
        };
        let number = |key: &str| query.get(key).and_then(|text| text.parse::<u64>().ok());
        match path {
            _ if !known => StatusCode::NOT_FOUND.into_response(),
            "/api/services" => {
                r#"{"data":["shop","cart"],"total":2,"limit":0,"offset":0,"errors":null}"#
                    .into_response()
            }
            "/api/v3/services" => r#"{"services":["shop","cart"]}"#.into_response(),
            "/api/operations" => r#"{"data":[{"name":"load","spanKind":""}]}"#.into_response(),
            "/api/v3/operations" => {
                r#"{"operations":[{"name":"load","spanKind":"internal"}]}"#.into_response()
            }
            "/api/dependencies" => {
                r#"{"data":[{"parent":"shop","child":"cart","callCount":7}]}"#.into_response()
            }
            "/api/traces" if !query.contains_key("service") => {
                refuse("parameter 'service' is required")
            }
            "/api/traces" => {
                let (from, to) = (
                    number("start").unwrap() * 1000,
                    number("end").unwrap() * 1000,
                );
                let limit = number("limit").unwrap() as usize;
                legacy(self.find(query.get("service"), from, to, limit)).into_response()
            }
            "/api/v3/trace-summaries" if self.dialect.summaries => self.summaries(query),
            _ => {
                let id = path.rsplit('/').next().and_then(|id| id.parse().ok());
                let trace = self.traces.iter().find(|trace| Some(trace.id()) == id);
                let answer: fn(&Trace) -> Vec<u8> = if v3 { v3_trace } else { one };
                trace.map_or_else(
                    || StatusCode::NOT_FOUND.into_response(),
                    |trace| answer(trace).into_response(),
                )
            }
        }
    }

    fn summaries(&self, query: &BTreeMap<String, String>) -> Response {
        let (Some(from), Some(to)) = (
            query.get("query.startTimeMin"),
            query.get("query.startTimeMax"),
        ) else {
            return refuse("query.startTimeMin and query.startTimeMax are required");
        };
        let service = query.get("query.serviceName");
        if self.needs_service && service.is_none() {
            return refuse("this storage backend requires a service name to search");
        }
        let clock = crate::text::Clock::utc();
        let limit = query["query.searchDepth"].parse().unwrap();
        let found = self.find(
            service,
            clock.parse(from).unwrap(),
            clock.parse(to).unwrap(),
            limit,
        );
        let each = found.iter().map(|trace| {
            let (start, end) = (trace.start().0, trace.end().0);
            format!(r#"{{"traceId":"{}","minStartTimeUnixNano":"{start}","maxEndTimeUnixNano":"{end}","spanCount":2}}"#, trace.id())
        });
        format!(
            r#"{{"summaries":[{}]}}"#,
            each.collect::<Vec<_>>().join(",")
        )
        .into_response()
    }
}

fn refuse(message: &str) -> Response {
    let body = format!(r#"{{"data":null,"errors":[{{"code":400,"msg":"{message}"}}]}}"#);
    (StatusCode::BAD_REQUEST, body).into_response()
}

fn legacy(traces: Vec<&Trace>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = JaegerWriter::new(&mut out, Precision::Micros);
    writer.begin();
    for trace in traces {
        writer.trace(trace.id(), trace.spans()).unwrap();
    }
    writer.finish(&[]).unwrap();
    out
}

fn one(trace: &Trace) -> Vec<u8> {
    legacy(vec![trace])
}

fn v3_trace(trace: &Trace) -> Vec<u8> {
    let mut out = br#"{"result":"#.to_vec();
    otlp::write::json(&mut out, trace.spans(), []).unwrap();
    out.push(b'}');
    out
}

async fn handle(
    State(fake): State<Arc<Fake>>,
    uri: Uri,
    Parameters(query): Parameters<BTreeMap<String, String>>,
) -> Response {
    fake.asked.lock().unwrap().push(uri.to_string());
    fake.answer(uri.path(), &query)
}

/// A Jaeger of a version with `n` traces, and the backend that asks it.
pub(super) async fn start(dialect: Dialect, needs_service: bool, n: u64) -> (Jaeger, Arc<Fake>) {
    let fake = Arc::new(Fake {
        dialect,
        needs_service,
        traces: traces(n),
        asked: Mutex::default(),
    });
    let router = Router::new().fallback(handle).with_state(Arc::clone(&fake));
    (served(router).await, fake)
}

/// The backend that asks a server.
pub(super) async fn served(router: Router) -> Jaeger {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("jaeger+http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let config = BackendConfig {
        url,
        ..BackendConfig::default()
    };
    Jaeger::new(None, &config).unwrap()
}
