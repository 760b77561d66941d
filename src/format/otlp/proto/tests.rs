//! The decoder against the obvious one, `prost`, and against broken bytes.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{
    Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, Sum, metric::Data,
};
use opentelemetry_proto::tonic::trace::v1::TracesData;
use proptest::prelude::*;
use prost::Message as _;

use super::*;
use crate::format::otlp::oracle;
use crate::model::Block;

fn read(signal: Signal, bytes: &[u8]) -> (Block, Findings, Option<Problem>) {
    let (mut builder, mut findings) = (BlockBuilder::new(), Findings::default());
    let error = decode(signal, bytes, Output::new(&mut builder, &mut findings)).err();
    (builder.finish(), findings, error)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn reads_what_prost_reads(request in oracle::any_request()) {
        let (block, findings, error) = read(Signal::Traces, &request.encode_to_vec());
        prop_assert_eq!(error, None);
        prop_assert_eq!(&findings.problems, &vec![]);
        prop_assert_eq!(oracle::of_block(&block), oracle::of_request(&request));
    }

    #[test]
    fn no_bytes_upset_it(mut bytes in oracle::any_request().prop_map(|r| r.encode_to_vec()), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8), cut in any::<prop::sample::Index>()) {
        for (at, byte) in flips {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        for signal in [Signal::Traces, Signal::Logs, Signal::Metrics] {
            let (_, _, error) = read(signal, &bytes);
            if let Some(problem) = error {
                prop_assert!(problem.place.offset.is_some_and(|at| at <= bytes.len() as u64));
            }
        }
        // Where prost is content, so are we: what we tolerate beyond it is not an error here.
        if TracesData::decode(bytes.as_slice()).is_ok() {
            let (_, _, error) = read(Signal::Traces, &bytes);
            prop_assert_eq!(error, None);
        }
    }
}

#[test]
fn a_span_without_proper_ids_is_left_out_and_named() {
    let mut request = oracle::request_of_spans(3);
    let spans = &mut request.resource_spans[0].scope_spans[0].spans;
    spans[0].trace_id = vec![1; 15];
    spans[2].span_id.clear();
    let (block, findings, error) = read(Signal::Traces, &request.encode_to_vec());
    assert_eq!((block.len(), error), (1, None));
    assert_eq!(findings.rejected.get(&Reason::BadId), Some(&2));
    assert_eq!(
        findings.problems[0].place.path,
        "resourceSpans[0].scopeSpans[0].spans[0]"
    );
    assert_eq!(
        findings.problems[0].message,
        "a trace id of 15 bytes, or of zeros"
    );
    assert_eq!(findings.problems[1].message, "no span id");
}

/// An attribute whose value is an array in an array, and so on.
fn nested(levels: usize) -> Vec<u8> {
    use crate::format::protobuf::put_bytes;
    let mut value = Vec::new();
    for _ in 0..levels {
        let (mut array, mut any) = (Vec::new(), Vec::new());
        put_bytes(&mut array, 1, &value);
        put_bytes(&mut any, 5, &array);
        value = any;
    }
    for field in [2, 9, 2, 2, 1] {
        let mut outer = Vec::new();
        put_bytes(&mut outer, field, &value);
        value = outer;
    }
    value
}

#[test]
fn a_bomb_of_nested_values_is_refused() {
    for levels in [90, 20_000] {
        let (block, _, error) = read(Signal::Traces, &nested(levels));
        let problem = error.expect("refused");
        assert_eq!((problem.reason, block.len()), (Reason::TooDeep, 0));
    }
}

#[test]
fn strings_that_are_not_utf8_are_repaired_even_in_arrays() {
    let mut bytes = oracle::request_with_text("naïve").encode_to_vec();
    let cut = bytes
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| *pair == "ï".as_bytes())
        .map(|(at, _)| at)
        .collect::<Vec<_>>();
    assert_eq!(cut.len(), 3, "name, attribute, array");
    for at in cut {
        bytes[at] = 0xff;
    }
    let (block, _, error) = read(Signal::Traces, &bytes);
    assert_eq!(error, None);
    let span = block.span(0);
    assert_eq!(span.operation(), "na\u{fffd}\u{fffd}ve");
    assert_eq!(
        span.attribute("text").unwrap().to_text(),
        "na\u{fffd}\u{fffd}ve"
    );
    assert_eq!(
        span.attribute("texts").unwrap().to_text(),
        "[\"na\u{fffd}\u{fffd}ve\"]"
    );
}

#[test]
fn the_resource_may_stand_behind_the_spans() {
    use crate::format::protobuf::put_bytes;
    let request = oracle::request_of_spans(1);
    let batch = &request.resource_spans[0];
    let mut body = Vec::new();
    put_bytes(&mut body, 1000, &batch.scope_spans[0].encode_to_vec());
    put_bytes(
        &mut body,
        1,
        &batch.resource.clone().unwrap().encode_to_vec(),
    );
    let mut bytes = Vec::new();
    put_bytes(&mut bytes, 1, &body);
    let (block, _, error) = read(Signal::Traces, &bytes);
    assert_eq!(error, None);
    assert_eq!(oracle::of_block(&block), oracle::of_request(&request));
}

#[test]
fn logs_that_name_a_trace_are_kept_and_the_others_counted() {
    let log_records = vec![
        LogRecord {
            time_unix_nano: 5,
            severity_number: 17,
            severity_text: "ERROR".into(),
            body: Some(oracle::string_value("boom")),
            trace_id: vec![1; 16],
            span_id: vec![2; 8],
            attributes: vec![oracle::pair("k", 7)],
            event_name: "crash".into(),
            ..LogRecord::default()
        },
        LogRecord {
            observed_time_unix_nano: 6,
            ..LogRecord::default()
        },
        LogRecord {
            trace_id: vec![1; 3],
            ..LogRecord::default()
        },
        LogRecord {
            observed_time_unix_nano: 7,
            trace_id: vec![1; 16],
            ..LogRecord::default()
        },
    ];
    let scope_logs = vec![ScopeLogs {
        log_records,
        ..ScopeLogs::default()
    }];
    let request = ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs,
            ..ResourceLogs::default()
        }],
    };
    let (block, findings, error) = read(Signal::Logs, &request.encode_to_vec());
    assert_eq!(
        (
            error,
            block.log_count(),
            findings.logs_without_trace,
            findings.rejected_logs
        ),
        (None, 2, 1, 1)
    );
    let log = block.log(0);
    assert_eq!(
        (
            log.body().to_text().as_ref(),
            log.severity(),
            log.severity_text()
        ),
        ("boom", 17, "ERROR")
    );
    assert_eq!(
        (log.trace_id(), log.span_id(), log.time().0),
        (
            TraceId(u128::from_be_bytes([1; 16])),
            SpanId(u64::from_be_bytes([2; 8])),
            5
        )
    );
    let attributes: Vec<_> = log
        .attributes()
        .iter()
        .map(|(key, value)| (key, value.to_text().into_owned()))
        .collect();
    assert_eq!(
        attributes,
        [("k", "7".to_owned()), ("event.name", "crash".to_owned())]
    );
    assert_eq!(block.log(1).time().0, 7);
}

#[test]
fn data_points_are_counted() {
    let point = NumberDataPoint::default;
    let metric = |data| Metric {
        data: Some(data),
        ..Metric::default()
    };
    let metrics = vec![
        metric(Data::Gauge(Gauge {
            data_points: vec![point(), point()],
        })),
        metric(Data::Sum(Sum {
            data_points: vec![point()],
            ..Sum::default()
        })),
    ];
    let scope_metrics = vec![ScopeMetrics {
        metrics,
        ..ScopeMetrics::default()
    }];
    let request = ExportMetricsServiceRequest {
        resource_metrics: vec![
            ResourceMetrics {
                scope_metrics,
                ..ResourceMetrics::default()
            };
            2
        ],
    };
    let (_, findings, error) = read(Signal::Metrics, &request.encode_to_vec());
    assert_eq!((error, findings.metric_points), (None, 6));
}
