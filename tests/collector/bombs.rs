//! Requests before a real store: what is too much, and what is counted.

use std::io::Read as _;

use super::*;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics,
};
use vizsla::collector::{Aside, Exports};
use vizsla::format::protobuf::put_bytes;
use vizsla::storage::Store;

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
