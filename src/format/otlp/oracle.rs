//! For tests: what the obvious decoder makes of a request, in words, and requests to try.
//!
//! One line of text per span holds all that OTLP says of it, so that two ways of decoding can be
//! compared and a difference can be read.

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList, any_value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status, TracesData};
use proptest::prelude::*;

use crate::model::{Attributes, Block, OwnedValue, SpanRef};

/// Every span of a block.
pub fn of_block(block: &Block) -> Vec<String> {
    block.spans().map(of_span).collect()
}

fn of_span(span: SpanRef<'_>) -> String {
    let (resource, scope) = (span.resource(), span.scope());
    let end = if span.is_unfinished() {
        None
    } else {
        Some(span.received_end().0)
    };
    let events: Vec<_> = span
        .events()
        .map(|e| {
            (
                e.time().0,
                e.name().to_owned(),
                attributes(e.attributes()),
                e.dropped(),
            )
        })
        .collect();
    let links: Vec<_> = span
        .links()
        .map(|l| {
            (
                l.trace_id().0,
                l.span_id().0,
                attributes(l.attributes()),
                l.trace_state().to_owned(),
                l.flags(),
                l.dropped(),
            )
        })
        .collect();
    format!(
        "{:?}",
        (
            (
                span.trace_id().0,
                span.span_id().0,
                span.parent_id().0,
                span.operation(),
                span.kind() as i32
            ),
            (
                span.start().0,
                end,
                span.status() as i32,
                span.status_message(),
                span.trace_state(),
                span.flags()
            ),
            (attributes(span.attributes()), span.dropped(), events, links),
            (
                attributes(resource.attributes()),
                resource.schema_url(),
                resource.dropped()
            ),
            (
                scope.name(),
                scope.version(),
                attributes(scope.attributes()),
                scope.schema_url(),
                scope.dropped()
            ),
        )
    )
}

fn attributes(attributes: Attributes<'_>) -> Vec<(String, OwnedValue)> {
    attributes
        .iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned_value()))
        .collect()
}

/// Every span of a request.
pub fn of_request(request: &TracesData) -> Vec<String> {
    let mut spans = Vec::new();
    for batch in &request.resource_spans {
        for scope in &batch.scope_spans {
            spans.extend(
                scope
                    .spans
                    .iter()
                    .map(|span| of_message(batch, scope, span)),
            );
        }
    }
    spans
}

fn of_message(batch: &ResourceSpans, scope_spans: &ScopeSpans, span: &Span) -> String {
    let resource = batch.resource.clone().unwrap_or_default();
    let scope = scope_spans.scope.clone().unwrap_or_default();
    let status = span.status.clone().unwrap_or_default();
    let start = span.start_time_unix_nano;
    let end = Some(span.end_time_unix_nano).filter(|&end| end != 0);
    let events: Vec<_> = span
        .events
        .iter()
        .map(|e| {
            (
                e.time_unix_nano,
                e.name.clone(),
                pairs(&e.attributes),
                e.dropped_attributes_count,
            )
        })
        .collect();
    let links: Vec<_> = span
        .links
        .iter()
        .map(|l| {
            (
                id(&l.trace_id),
                id(&l.span_id) as u64,
                pairs(&l.attributes),
                l.trace_state.clone(),
                l.flags,
                l.dropped_attributes_count,
            )
        })
        .collect();
    let dropped = (
        span.dropped_attributes_count,
        span.dropped_events_count,
        span.dropped_links_count,
    );
    format!(
        "{:?}",
        (
            (
                id(&span.trace_id),
                id(&span.span_id) as u64,
                id(&span.parent_span_id) as u64,
                &span.name,
                span.kind
            ),
            (
                start,
                end,
                status.code,
                &status.message,
                &span.trace_state,
                span.flags
            ),
            (pairs(&span.attributes), dropped, events, links),
            (
                pairs(&resource.attributes),
                &batch.schema_url,
                resource.dropped_attributes_count
            ),
            (
                &scope.name,
                &scope.version,
                pairs(&scope.attributes),
                &scope_spans.schema_url,
                scope.dropped_attributes_count
            ),
        )
    )
}

fn id(bytes: &[u8]) -> u128 {
    bytes.iter().fold(0, |id, &byte| id << 8 | u128::from(byte))
}

fn pairs(pairs: &[KeyValue]) -> Vec<(String, OwnedValue)> {
    pairs
        .iter()
        .map(|pair| (pair.key.clone(), value(pair.value.as_ref())))
        .collect()
}

fn value(any: Option<&AnyValue>) -> OwnedValue {
    match any.and_then(|any| any.value.as_ref()) {
        None | Some(any_value::Value::StringValueStrindex(_)) => OwnedValue::Empty,
        Some(any_value::Value::StringValue(text)) => OwnedValue::Str(text.clone()),
        Some(any_value::Value::BoolValue(b)) => OwnedValue::Bool(*b),
        Some(any_value::Value::IntValue(n)) => OwnedValue::Int(*n),
        Some(any_value::Value::DoubleValue(n)) => OwnedValue::Double(*n),
        Some(any_value::Value::BytesValue(bytes)) => OwnedValue::Bytes(bytes.clone()),
        Some(any_value::Value::ArrayValue(array)) => {
            OwnedValue::Array(array.values.iter().map(|v| value(Some(v))).collect())
        }
        Some(any_value::Value::KvlistValue(map)) => OwnedValue::Map(pairs(&map.values)),
    }
}

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
