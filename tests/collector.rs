//! The collector over real sockets, spoken to as clients do, with prost's messages as oracles.

use std::io::{Read as _, Write};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http_body_util::BodyExt;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics,
};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Client, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;
use vizsla::collector::{Accepted, Aside, Collector, Exports, Intake, Limits, Refusal, Syntax};
use vizsla::config::{Access, Listener, NoListen, Secret};
use vizsla::format::otlp::Signal;
use vizsla::format::protobuf::put_bytes;
use vizsla::storage::Store;

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

#[tokio::test]
async fn http_takes_every_encoding() {
    let running = Running::plain().await;
    let (plain, url) = (request(3), running.http("/v1/traces"));
    let block = snap::raw::Encoder::new().compress_vec(&plain).unwrap();
    let bodies = [
        ("identity", plain.clone()),
        ("gzip", gzip(&plain)),
        ("zstd", zstd::encode_all(&plain[..], 1).unwrap()),
        ("deflate", zlib(&plain)),
        ("snappy", snappy(&plain)),
        ("snappy", block),
        (
            "zstd, gzip",
            gzip(&zstd::encode_all(&plain[..], 1).unwrap()),
        ),
    ];
    let sent = bodies.len() as u64;
    for (encoding, body) in bodies {
        let answer = post(
            url.clone(),
            &[PROTOBUF, ("content-encoding", encoding)],
            body,
        )
        .await;
        assert_eq!(answer.status(), StatusCode::OK, "{encoding}");
        assert_eq!(answer.headers()["content-type"], "application/x-protobuf");
        let answer = ExportTraceServiceResponse::decode(answer.bytes().await.unwrap()).unwrap();
        assert_eq!(answer, ExportTraceServiceResponse::default());
    }
    assert_eq!(running.spans(), 3 * sent);
    for path in ["/v1/logs", "/v1/metrics"] {
        let answer = post(running.http(path), &[PROTOBUF], Vec::new()).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
}

#[tokio::test]
async fn http_says_partial_success_in_the_words_of_the_request() {
    let running = Running::plain().await;
    let answer = post(running.http("/v1/traces"), &[JSON], b"{}".to_vec()).await;
    assert_eq!(answer.headers()["content-type"], "application/json");
    let text = answer.text().await.unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["partialSuccess"]["rejectedSpans"], "2");
    assert_eq!(value["partialSuccess"]["errorMessage"], "two had no id");
}

#[tokio::test]
async fn http_refuses_in_the_words_of_the_request() {
    let limits = Limits {
        body: 1000,
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let url = running.http("/v1/traces");
    let get = client(false).get(&url).send().await.unwrap();
    assert_eq!(
        (
            get.status().as_u16(),
            get.headers()["allow"].to_str().unwrap()
        ),
        (405, "POST, OPTIONS")
    );
    assert_eq!(
        post(running.http("/nowhere"), &[PROTOBUF], vec![])
            .await
            .status(),
        404
    );
    assert_eq!(
        post(url.clone(), &[("content-type", "text/plain")], vec![])
            .await
            .status(),
        415
    );
    assert_eq!(post(url.clone(), &[], vec![]).await.status(), 415);
    let broken = post(url.clone(), &[JSON], b"{".to_vec()).await;
    assert_eq!(broken.status(), 400);
    let broken: serde_json::Value = serde_json::from_str(&broken.text().await.unwrap()).unwrap();
    assert_eq!(broken["code"], 3);
    let unknown = post(url.clone(), &[PROTOBUF, ("content-encoding", "br")], vec![]).await;
    assert_eq!(unknown.status(), 400);
    assert_eq!(
        post(url.clone(), &[PROTOBUF], vec![0; 1001]).await.status(),
        413
    );
    let bomb = gzip(&vec![0; 100 << 20]);
    let bomb = zstd::encode_all(&bomb[..], 1).unwrap();
    let answer = post(
        url.clone(),
        &[PROTOBUF, ("content-encoding", "gzip, zstd")],
        bomb,
    )
    .await;
    assert_eq!(answer.status(), 413);
    assert!(answer.headers().get("retry-after").is_none());
    running.intake.full.store(true, Ordering::Relaxed);
    let full = post(url.clone(), &[PROTOBUF], request(1)).await;
    assert_eq!(
        (
            full.status().as_u16(),
            full.headers()["retry-after"].to_str().unwrap()
        ),
        (503, "1")
    );
    running.intake.full.store(false, Ordering::Relaxed);
    assert_eq!(
        post(url, &[PROTOBUF], request(1)).await.status(),
        200,
        "others are served"
    );
    assert_eq!(running.spans(), 1);
}

#[tokio::test]
async fn grpc_takes_every_encoding() {
    let running = Running::plain().await;
    let (plain, url) = (request(3), running.grpc(TRACES));
    let bodies = [
        ("", 0, plain.clone()),
        ("gzip", 0, plain.clone()),
        ("gzip", 1, gzip(&plain)),
        ("zstd", 1, zstd::encode_all(&plain[..], 1).unwrap()),
        ("deflate", 1, zlib(&plain)),
        ("snappy", 1, snappy(&plain)),
    ];
    let sent = bodies.len() as u64;
    for (encoding, flag, message) in bodies {
        let (answer, trailers) = call(url.clone(), encoding, flag, &message).await;
        assert_eq!(
            (status(&trailers), &answer[..]),
            ("0", &[0; 5][..]),
            "{encoding}"
        );
    }
    assert_eq!(running.spans(), 3 * sent);
    // Whoever mistakes the ports is served all the same.
    assert_eq!(
        status(&call(running.http(TRACES), "", 0, &plain).await.1),
        "0"
    );
    assert_eq!(
        post(running.grpc("/v1/traces"), &[PROTOBUF], plain)
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn grpc_refuses_with_the_status_that_stops_or_allows_a_retry() {
    let limits = Limits {
        body: 1000,
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let url = running.grpc(TRACES);
    let refused = |encoding, flag, message: Vec<u8>| {
        let url = url.clone();
        async move { call(url, encoding, flag, &message).await.1 }
    };
    assert_eq!(status(&refused("", 0, vec![0xff]).await), "3");
    assert_eq!(status(&refused("gzip", 1, vec![0xff]).await), "3");
    assert_eq!(status(&refused("br", 1, vec![]).await), "12");
    let large = refused("", 0, vec![0; 1001]).await;
    assert_eq!(status(&large), "8");
    let bomb = refused("gzip", 1, gzip(&vec![0; 900 << 10])).await;
    assert_eq!(status(&bomb), "8");
    let details = |trailers: &HeaderMap| {
        use base64::Engine as _;
        let text = trailers["grpc-status-details-bin"].to_str().unwrap();
        base64::engine::general_purpose::STANDARD_NO_PAD
            .decode(text)
            .unwrap()
    };
    let has_retry = |bytes: &[u8]| bytes.windows(20).any(|w| w == b"google.rpc.RetryInfo");
    assert!(!has_retry(&details(&large)) && !has_retry(&details(&bomb)));
    running.intake.full.store(true, Ordering::Relaxed);
    let full = refused("", 0, request(1)).await;
    assert_eq!(status(&full), "14");
    assert!(has_retry(&details(&full)));
    let unknown = call(running.grpc("/nobody.Knows/Me"), "", 0, &[]).await.1;
    assert_eq!(status(&unknown), "12");
}

#[tokio::test]
async fn grpc_health_is_checked_and_watched() {
    let running = Running::plain().await;
    let serving = &[0, 0, 0, 0, 2, 8, 1];
    let check = running.grpc("/grpc.health.v1.Health/Check");
    let (answer, trailers) = call(check.clone(), "", 0, &[]).await;
    assert_eq!((status(&trailers), &answer[..]), ("0", &serving[..]));
    assert_eq!(status(&call(check, "", 0, b"\x0a\x04nope").await.1), "5");
    let watch = client(true).post(running.grpc("/grpc.health.v1.Health/Watch"));
    let watch = watch
        .header("content-type", "application/grpc")
        .body(vec![0; 5]);
    let mut body = reqwest::Body::from(watch.send().await.unwrap());
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&first[..], serving);
    running.stop.cancel();
    let last = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&last[..], [0, 0, 0, 0, 2, 8, 2], "not serving any more");
    let trailers = body
        .frame()
        .await
        .unwrap()
        .unwrap()
        .into_trailers()
        .unwrap();
    assert_eq!(trailers["grpc-status"], HeaderValue::from_static("0"));
    running.collector.stopped().await;
}

#[tokio::test]
async fn strangers_are_turned_away_at_the_door() {
    let access = Access {
        origins: vec!["https://shop.example".into()],
        ..Access::default()
    };
    let running = Running::new(access, Limits::default()).await;
    let url = running.http("/v1/traces");
    let rebound = post(
        url.clone(),
        &[JSON, ("host", "evil.example")],
        b"{}".to_vec(),
    )
    .await;
    assert_eq!(rebound.status(), 403);
    let foreign = post(
        url.clone(),
        &[JSON, ("origin", "https://evil.example")],
        b"{}".to_vec(),
    )
    .await;
    assert_eq!(foreign.status(), 403);
    assert!(
        foreign
            .headers()
            .get("access-control-allow-origin")
            .is_none()
    );
    let preflight = client(false).request(reqwest::Method::OPTIONS, &url);
    let preflight = preflight
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let preflight = preflight.send().await.unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(
        preflight.headers()["access-control-allow-headers"],
        "content-type"
    );
    let shop = post(
        url,
        &[JSON, ("origin", "https://shop.example")],
        b"{}".to_vec(),
    )
    .await;
    assert_eq!(
        shop.headers()["access-control-allow-origin"],
        "https://shop.example"
    );
    assert_eq!(
        running.collector.traffic().refused.load(Ordering::Relaxed),
        2
    );
}

#[tokio::test]
async fn a_token_is_asked_for_in_both_protocols() {
    let access = Access {
        token: Some(Secret::new("s3cret")),
        ..Access::default()
    };
    let running = Running::new(access, Limits::default()).await;
    let url = running.http("/v1/traces");
    assert_eq!(
        post(url.clone(), &[PROTOBUF], request(1)).await.status(),
        401
    );
    assert_eq!(
        status(&call(running.grpc(TRACES), "", 0, &request(1)).await.1),
        "16"
    );
    let known = post(
        url,
        &[PROTOBUF, ("authorization", "Bearer s3cret")],
        request(1),
    )
    .await;
    assert_eq!(known.status(), 200);
    assert_eq!(running.spans(), 1);
}

#[tokio::test]
async fn a_listener_that_cannot_listen_says_why_and_the_rest_runs() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = taken.local_addr().map(|at| (at, taken)).unwrap();
    let receivers = [
        (Listener::OtlpGrpc, taken.0),
        (Listener::OtlpGrpc, ([0, 0, 0, 0], 0).into()),
        (Listener::OtlpHttp, ([127, 0, 0, 1], 0).into()),
    ];
    let (access, stop) = (Access::default(), CancellationToken::new());
    let intake = Arc::<Counter>::default();
    let collector = Collector::start(&receivers, access, Limits::default(), intake, stop).await;
    let [first, second, last] = collector.listeners() else {
        panic!("three")
    };
    assert!(matches!(first.state, Err(NoListen::Taken(port)) if port == taken.0.port()));
    assert!(matches!(second.state, Err(NoListen::Open)));
    let at = last.state.as_ref().unwrap();
    let answer = post(format!("http://{at}/v1/traces"), &[PROTOBUF], request(1)).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn silence_and_long_headers_end_a_connection() {
    let limits = Limits {
        header_timeout: std::time::Duration::from_millis(50),
        ..Limits::default()
    };
    let running = Running::new(Access::default(), limits).await;
    let at = running.collector.address(Listener::OtlpHttp).unwrap();
    for opening in ["", "P", "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\n"] {
        let mut drip = TcpStream::connect(at).await.unwrap();
        drip.write_all(opening.as_bytes()).await.unwrap();
        assert_eq!(
            drip.read(&mut [0; 1]).await.unwrap_or(0),
            0,
            "closed after {opening:?}"
        );
    }
    let mut endless = TcpStream::connect(at).await.unwrap();
    endless.write_all(b"POST / HTTP/1.1\r\nx: ").await.unwrap();
    while endless.write_all(&[b'x'; 4096]).await.is_ok() {}
}

#[tokio::test]
async fn what_has_begun_is_answered_after_a_stop() {
    let running = Running::plain().await;
    let at = running.collector.address(Listener::OtlpHttp).unwrap();
    let mut slow = TcpStream::connect(at).await.unwrap();
    let body = request(1);
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\n\
         Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    slow.read_exact(&mut go_on).await.unwrap();
    running.stop.cancel();
    slow.write_all(&body).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(running.spans(), 1);
    running.collector.stopped().await;
    assert!(
        TcpStream::connect(at).await.is_err(),
        "nobody listens any more"
    );
}

/// A collector before a real store.
async fn with_store() -> (Collector, Store, Arc<Aside>) {
    let store = Store::new(vizsla::storage::Limits::of(64 << 20));
    let exports = Exports::new(store.clone());
    let aside = Arc::clone(exports.aside());
    let receivers = [(Listener::OtlpHttp, ([127, 0, 0, 1], 0).into())];
    let (access, stop) = (Access::default(), CancellationToken::new());
    let limits = Limits::beside(64 << 20);
    let collector = Collector::start(&receivers, access, limits, Arc::new(exports), stop).await;
    (collector, store, aside)
}

/// `depth` arrays within each other, as the value of a span's attribute.
fn nested(depth: usize) -> Vec<u8> {
    let mut value = Vec::new();
    for _ in 0..depth {
        let (mut array, mut any) = (Vec::new(), Vec::new());
        put_bytes(&mut array, 1, &value);
        put_bytes(&mut any, 5, &array);
        value = any;
    }
    let (mut pair, mut span, mut scope) = (Vec::new(), Vec::new(), Vec::new());
    put_bytes(&mut pair, 1, b"deep");
    put_bytes(&mut pair, 2, &value);
    put_bytes(&mut span, 1, &[7; 16]);
    put_bytes(&mut span, 2, &[8; 8]);
    put_bytes(&mut span, 9, &pair);
    put_bytes(&mut scope, 2, &span);
    let (mut resource, mut request) = (Vec::new(), Vec::new());
    put_bytes(&mut resource, 2, &scope);
    put_bytes(&mut request, 1, &resource);
    request
}

#[tokio::test]
async fn bombs_are_refused_or_harmless_while_others_are_served() {
    let (collector, store, _) = with_store().await;
    let url = format!(
        "http://{}/v1/traces",
        collector.address(Listener::OtlpHttp).unwrap()
    );
    let shallow = post(url.clone(), &[PROTOBUF], nested(20)).await;
    assert_eq!(shallow.status(), 200);
    let deep = post(url.clone(), &[PROTOBUF], nested(5000)).await;
    assert_eq!(deep.status(), 400);
    let resources = [0x0a, 0x00].repeat(1_000_000);
    let many = post(url.clone(), &[PROTOBUF], resources).await;
    assert_eq!(many.status(), 200, "a million empty resources hold no span");
    let bomb = zstd::encode_all(std::io::repeat(0).take(100 << 20), 1).unwrap();
    let bomb = post(url.clone(), &[PROTOBUF, ("content-encoding", "zstd")], bomb).await;
    assert_eq!(bomb.status(), 413);
    assert_eq!(post(url, &[PROTOBUF], request(2)).await.status(), 200);
    let stats = store.stats();
    assert!(stats.adds_up(), "{stats:?}");
    assert_eq!((stats.stored, stats.duplicate), (2, 1));
    assert!(stats.bytes < 1 << 20);
}

#[tokio::test]
async fn what_cannot_be_stored_is_said_and_counted() {
    let (collector, store, aside) = with_store().await;
    let at = collector.address(Listener::OtlpHttp).unwrap();
    let mut request = ExportTraceServiceRequest::decode(&request(3)[..]).unwrap();
    request.resource_spans[0].scope_spans[0].spans[0].trace_id = vec![0; 16];
    let url = format!("http://{at}/v1/traces");
    let answer = post(url, &[PROTOBUF], request.encode_to_vec()).await;
    let answer = ExportTraceServiceResponse::decode(answer.bytes().await.unwrap()).unwrap();
    let partial = answer.partial_success.unwrap();
    assert_eq!(partial.rejected_spans, 1);
    assert!(!partial.error_message.is_empty());
    let stats = store.stats();
    assert!(stats.adds_up() && stats.received == 3, "{stats:?}");
    let metrics = ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            scope_metrics: vec![ScopeMetrics {
                metrics: vec![Metric {
                    data: Some(Data::Gauge(Gauge {
                        data_points: vec![NumberDataPoint::default(); 5],
                    })),
                    ..Metric::default()
                }],
                ..ScopeMetrics::default()
            }],
            ..ResourceMetrics::default()
        }],
    };
    let metrics = post(
        format!("http://{at}/v1/metrics"),
        &[PROTOBUF],
        metrics.encode_to_vec(),
    )
    .await;
    assert_eq!(metrics.status(), 200);
    assert_eq!(aside.metric_points.load(Ordering::Relaxed), 5);
    let record = |trace_id| LogRecord {
        trace_id,
        ..LogRecord::default()
    };
    let logs = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs: vec![ScopeLogs {
                log_records: vec![record(vec![7; 16]), record(vec![])],
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }],
    };
    let logs = post(
        format!("http://{at}/v1/logs"),
        &[PROTOBUF],
        logs.encode_to_vec(),
    )
    .await;
    assert_eq!(logs.status(), 200);
    assert_eq!(aside.logs.load(Ordering::Relaxed), 2);
    assert_eq!(aside.logs_without_trace.load(Ordering::Relaxed), 1);
    assert_eq!(store.stats().logs, 1);
}

#[tokio::test]
async fn what_grows_in_the_decoder_is_refused() {
    let (collector, store, _) = with_store().await;
    let url = format!(
        "http://{}/v1/traces",
        collector.address(Listener::OtlpHttp).unwrap()
    );
    // A million events and a million links, two bytes each.
    for field in [0x5a, 0x6a] {
        let (mut span, mut scope) = (Vec::new(), Vec::new());
        put_bytes(&mut span, 1, &[7; 16]);
        put_bytes(&mut span, 2, &[8; 8]);
        span.extend([field, 0].repeat(1_000_000));
        put_bytes(&mut scope, 2, &span);
        let (mut resource, mut request) = (Vec::new(), Vec::new());
        put_bytes(&mut resource, 2, &scope);
        put_bytes(&mut request, 1, &resource);
        assert_eq!(post(url.clone(), &[PROTOBUF], request).await.status(), 413);
    }
    let events = vec!["{}"; 1_000_000].join(",");
    let json = format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{}","spanId":"{}","name":"x","events":[{events}]}}]}}]}}]}}"#,
        "07".repeat(16),
        "08".repeat(8)
    );
    let json = post(url.clone(), &[JSON], json.into_bytes()).await;
    assert_eq!(json.status(), 413);
    assert_eq!(post(url, &[PROTOBUF], request(1)).await.status(), 200);
    assert!(store.stats().adds_up());
}
