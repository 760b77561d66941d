//! Requests to try: some plain ones, and any that OTLP allows.

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, TracesData};
use proptest::prelude::*;

/// A value that is a string.
pub fn string_value(text: &str) -> AnyValue {
    AnyValue {
        value: Some(any_value::Value::StringValue(text.into())),
    }
}

/// An attribute that is an integer.
pub fn pair(key: &str, number: i64) -> KeyValue {
    let value = Some(AnyValue {
        value: Some(any_value::Value::IntValue(number)),
    });
    KeyValue {
        key: key.into(),
        value,
        ..KeyValue::default()
    }
}

/// A request of plain spans of one service.
pub fn request_of_spans(count: u8) -> TracesData {
    let span = |n: u8| Span {
        trace_id: vec![9; 16],
        span_id: vec![n + 1; 8],
        name: format!("operation {n}"),
        start_time_unix_nano: 1_000,
        end_time_unix_nano: 2_000,
        ..Span::default()
    };
    let service = KeyValue {
        key: "service.name".into(),
        value: Some(string_value("shop")),
        ..KeyValue::default()
    };
    let scope_spans = vec![ScopeSpans {
        spans: (0..count).map(span).collect(),
        ..ScopeSpans::default()
    }];
    let resource = Some(Resource {
        attributes: vec![service],
        ..Resource::default()
    });
    TracesData {
        resource_spans: vec![ResourceSpans {
            resource,
            scope_spans,
            ..ResourceSpans::default()
        }],
    }
}

/// A request with one span that holds a text as its name, in an attribute `text`, and in an array
/// `texts`.
pub fn request_with_text(text: &str) -> TracesData {
    let mut request = request_of_spans(1);
    let span = &mut request.resource_spans[0].scope_spans[0].spans[0];
    let array = any_value::Value::ArrayValue(ArrayValue {
        values: vec![string_value(text)],
    });
    span.name = text.into();
    span.attributes = vec![
        KeyValue {
            key: "text".into(),
            value: Some(string_value(text)),
            ..KeyValue::default()
        },
        KeyValue {
            key: "texts".into(),
            value: Some(AnyValue { value: Some(array) }),
            ..KeyValue::default()
        },
    ];
    request
}

fn any_value() -> impl Strategy<Value = AnyValue> {
    let leaf = prop_oneof![
        Just(None),
        ".{0,12}".prop_map(|text| Some(any_value::Value::StringValue(text))),
        any::<bool>().prop_map(|b| Some(any_value::Value::BoolValue(b))),
        any::<i64>().prop_map(|n| Some(any_value::Value::IntValue(n))),
        prop::num::f64::NORMAL.prop_map(|n| Some(any_value::Value::DoubleValue(n))),
        prop::collection::vec(any::<u8>(), 0..12)
            .prop_map(|b| Some(any_value::Value::BytesValue(b))),
    ]
    .prop_map(|value| AnyValue { value });
    leaf.prop_recursive(4, 16, 4, |inner| {
        let array = prop::collection::vec(inner.clone(), 0..4)
            .prop_map(|values| any_value::Value::ArrayValue(ArrayValue { values }));
        let map = prop::collection::vec(("[a-c]{0,2}", inner), 0..4).prop_map(|members| {
            let values = members.into_iter().map(|(key, value)| KeyValue {
                key,
                value: Some(value),
                ..KeyValue::default()
            });
            any_value::Value::KvlistValue(KeyValueList {
                values: values.collect(),
            })
        });
        prop_oneof![array, map].prop_map(|value| AnyValue { value: Some(value) })
    })
}

fn any_pairs() -> impl Strategy<Value = Vec<KeyValue>> {
    let pair = ("[a-d.]{0,3}", prop::option::of(any_value())).prop_map(|(key, value)| KeyValue {
        key,
        value,
        ..KeyValue::default()
    });
    prop::collection::vec(pair, 0..5)
}

fn any_link() -> impl Strategy<Value = Link> {
    (
        any::<u128>(),
        any::<u64>(),
        "[a-z=]{0,4}",
        any_pairs(),
        0..3_u32,
        0..600_u32,
    )
        .prop_map(
            |(trace, span, trace_state, attributes, dropped_attributes_count, flags)| Link {
                trace_id: trace.to_be_bytes().into(),
                span_id: span.to_be_bytes().into(),
                trace_state,
                attributes,
                dropped_attributes_count,
                flags,
            },
        )
}

fn any_event() -> impl Strategy<Value = Event> {
    (any::<u64>(), ".{0,6}", any_pairs(), 0..3_u32).prop_map(
        |(time_unix_nano, name, attributes, dropped_attributes_count)| Event {
            time_unix_nano,
            name,
            attributes,
            dropped_attributes_count,
        },
    )
}

fn any_span() -> impl Strategy<Value = Span> {
    let ids = (1..4_u128, 1..u64::MAX, prop_oneof![Just(0), any::<u64>()]);
    let own = (
        ".{0,8}",
        0..6_i32,
        any::<u64>(),
        any::<u64>(),
        any_pairs(),
        "[a-z=]{0,4}",
        any::<u32>(),
    );
    let rest = (
        prop::collection::vec(any_event(), 0..3),
        prop::collection::vec(any_link(), 0..3),
        prop::option::of((0..3_i32, ".{0,6}")),
        prop::array::uniform3(0..3_u32),
    );
    (ids, own, rest).prop_map(|(ids, own, (events, links, status, dropped))| {
        let (name, kind, start_time_unix_nano, end_time_unix_nano, attributes, trace_state, flags) =
            own;
        Span {
            trace_id: ids.0.to_be_bytes().into(),
            span_id: ids.1.to_be_bytes().into(),
            parent_span_id: if ids.2 == 0 {
                Vec::new()
            } else {
                ids.2.to_be_bytes().into()
            },
            status: status.map(|(code, message)| Status { code, message }),
            dropped_attributes_count: dropped[0],
            dropped_events_count: dropped[1],
            dropped_links_count: dropped[2],
            name,
            kind,
            start_time_unix_nano,
            end_time_unix_nano,
            attributes,
            trace_state,
            flags,
            events,
            links,
        }
    })
}

fn any_scope() -> impl Strategy<Value = ScopeSpans> {
    let scope = ("[a-z]{0,3}", "[0-9]{0,2}", any_pairs(), 0..2_u32).prop_map(
        |(name, version, attributes, dropped_attributes_count)| InstrumentationScope {
            name,
            version,
            attributes,
            dropped_attributes_count,
        },
    );
    (
        prop::option::of(scope),
        prop::collection::vec(any_span(), 0..4),
        "[a-z:/]{0,4}",
    )
        .prop_map(|(scope, spans, schema_url)| ScopeSpans {
            scope,
            spans,
            schema_url,
        })
}

/// Any request that OTLP allows.
pub fn any_request() -> impl Strategy<Value = TracesData> {
    let resource =
        (any_pairs(), 0..2_u32).prop_map(|(attributes, dropped_attributes_count)| Resource {
            attributes,
            dropped_attributes_count,
            ..Resource::default()
        });
    let batch = (
        prop::option::of(resource),
        prop::collection::vec(any_scope(), 0..3),
        "[a-z:/]{0,4}",
    )
        .prop_map(|(resource, scope_spans, schema_url)| ResourceSpans {
            resource,
            scope_spans,
            schema_url,
        });
    prop::collection::vec(batch, 0..3).prop_map(|resource_spans| TracesData { resource_spans })
}
