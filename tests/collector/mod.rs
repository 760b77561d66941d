//! The collector over real sockets, spoken to as clients do, with prost's messages as oracles.

mod bombs;
mod crowd;
mod door;
mod grpc;
mod http;

use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http_body_util::BodyExt;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode};
use tokio_util::sync::CancellationToken;
use vizsla::collector::{Accepted, Collector, Intake, Limits, Refusal, Syntax};
use vizsla::config::{Access, Listener};
use vizsla::format::otlp::Signal;

const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

/// Counts the spans of what it is handed, by an independent decoder.
#[derive(Default)]
struct Counter {
    spans: AtomicU64,
    full: AtomicBool,
}

impl Intake for Counter {
    fn take(&self, signal: Signal, syntax: Syntax, request: &[u8]) -> Result<Accepted, Refusal> {
        if self.full.load(Ordering::Relaxed) {
            return Err(Refusal::overloaded("the store is full"));
        }
        let malformed = |e: &dyn std::fmt::Display| Refusal::Malformed(e.to_string());
        let request: ExportTraceServiceRequest = match (signal, syntax) {
            (Signal::Traces, Syntax::Protobuf) => {
                Message::decode(request).map_err(|e| malformed(&e))?
            }
            (_, Syntax::Json) => {
                let value: serde_json::Value =
                    serde_json::from_slice(request).map_err(|e| malformed(&e))?;
                let spans = value.to_string().matches("spanId").count();
                self.spans.fetch_add(spans as u64, Ordering::Relaxed);
                return Ok(Accepted {
                    rejected: 2,
                    message: "two had no id".into(),
                });
            }
            _ => return Ok(Accepted::default()),
        };
        let scopes = request.resource_spans.iter().flat_map(|r| &r.scope_spans);
        let spans: usize = scopes.map(|scope| scope.spans.len()).sum();
        self.spans.fetch_add(spans as u64, Ordering::Relaxed);
        Ok(Accepted::default())
    }
}

struct Running {
    collector: Collector,
    intake: Arc<Counter>,
    stop: CancellationToken,
}

impl Running {
    async fn new(access: Access, limits: Limits) -> Self {
        let (intake, stop) = (Arc::<Counter>::default(), CancellationToken::new());
        let at = |receiver| (receiver, SocketAddr::from(([127, 0, 0, 1], 0)));
        let receivers = [at(Listener::OtlpGrpc), at(Listener::OtlpHttp)];
        let behind: Arc<dyn Intake> = Arc::<Counter>::clone(&intake);
        let collector = Collector::start(&receivers, access, limits, behind, stop.clone()).await;
        Self {
            collector,
            intake,
            stop,
        }
    }

    async fn plain() -> Self {
        Self::new(Access::default(), Limits::default()).await
    }

    fn http(&self, path: &str) -> String {
        format!(
            "http://{}{path}",
            self.collector.address(Listener::OtlpHttp).unwrap()
        )
    }

    fn grpc(&self, path: &str) -> String {
        format!(
            "http://{}{path}",
            self.collector.address(Listener::OtlpGrpc).unwrap()
        )
    }

    fn spans(&self) -> u64 {
        self.intake.spans.load(Ordering::Relaxed)
    }
}

pub fn client(http2: bool) -> Client {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
    let builder = Client::builder().no_proxy();
    if http2 {
        builder.http2_prior_knowledge()
    } else {
        builder
    }
    .build()
    .unwrap()
}

fn request(spans: usize) -> Vec<u8> {
    let span = Span {
        trace_id: vec![7; 16],
        span_id: vec![8; 8],
        name: "x".into(),
        ..Span::default()
    };
    let scope = ScopeSpans {
        spans: vec![span; spans],
        ..ScopeSpans::default()
    };
    let resource = ResourceSpans {
        scope_spans: vec![scope],
        ..ResourceSpans::default()
    };
    ExportTraceServiceRequest {
        resource_spans: vec![resource],
    }
    .encode_to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn snappy(bytes: &[u8]) -> Vec<u8> {
    let mut packer = snap::write::FrameEncoder::new(Vec::new());
    packer.write_all(bytes).unwrap();
    packer.into_inner().unwrap()
}

async fn post(url: String, headers: &[(&str, &str)], body: Vec<u8>) -> reqwest::Response {
    let mut request = client(false).post(url).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.unwrap()
}

/// One call: its message and its trailers (or headers, if it failed at once).
async fn call(url: String, encoding: &str, flag: u8, message: &[u8]) -> (Bytes, HeaderMap) {
    let mut body = vec![flag];
    body.extend_from_slice(&(message.len() as u32).to_be_bytes());
    body.extend_from_slice(message);
    let mut request = client(true)
        .post(url)
        .header("content-type", "application/grpc")
        .body(body);
    if !encoding.is_empty() {
        request = request.header("grpc-encoding", encoding);
    }
    let response = request.header("te", "trailers").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers().clone();
    assert!(headers.contains_key("grpc-accept-encoding"));
    let collected = reqwest::Body::from(response).collect().await.unwrap();
    let trailers = collected.trailers().cloned().unwrap_or(headers);
    (collected.to_bytes(), trailers)
}

fn status(trailers: &HeaderMap) -> &str {
    trailers
        .get("grpc-status")
        .map_or("none", |value| value.to_str().unwrap())
}

const PROTOBUF: (&str, &str) = ("content-type", "application/x-protobuf");
const JSON: (&str, &str) = ("content-type", "application/json; charset=utf-8");
