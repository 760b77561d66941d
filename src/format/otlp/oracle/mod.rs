//! For tests: what the obvious decoder makes of a request, in words, and requests to try.
//!
//! One line of text per span holds all that OTLP says of it, so that two ways of decoding can be
//! compared and a difference can be read.

mod requests;

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, TracesData};

use crate::model::{Attributes, Block, OwnedValue, SpanRef};

pub use requests::{any_request, pair, request_of_spans, request_with_text, string_value};

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
