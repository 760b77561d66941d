//! Jaeger's sanitizers and adjusters, applied to a trace when it is told.
//!
//! Jaeger runs the sanitizers when spans arrive; here the store keeps what was received, and both
//! are applied on the way out, in Jaeger's order: service and span names, durations; then shared
//! ids of clients and servers, attributes sorted, duplicates dropped, IP addresses, library
//! attributes, empty links. Source: `internal/jptrace/sanitizer` and
//! `cmd/jaeger/internal/extension/jaegerquery/internal/adjuster` of Jaeger 2.20.

mod clocks;
mod library;
mod shared_ids;

use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use crate::model::{
    Attributes, Block, BlockBuilder, PairIx, ResourceFields, ScopeFields, SpanFields, SpanId,
    SpanRef, Time, Trace, Value,
};

use crate::text::Clock;

use shared_ids::SharedIds;

/// The service of a resource that names none.
pub const NO_SERVICE: &str = "missing-service-name";

/// Which of Jaeger's APIs a trace is told by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// The older one. In Jaeger 2.20 it tells no flags of spans that came by OTLP.
    Legacy,
    /// Version 3.
    V3,
}

/// The trace as Jaeger would show it, or, `raw`, as it would have stored it.
pub fn told(trace: &Trace, raw: bool, api: Api) -> Block {
    if raw {
        copy(trace, &SharedIds::default(), false, api)
    } else {
        copy(trace, &SharedIds::of(trace), true, api)
    }
}

fn copy(trace: &Trace, ids: &SharedIds, adjusted: bool, api: Api) -> Block {
    let mut copy = Copy {
        builder: BlockBuilder::new(),
        adjusted,
        api,
        seen: HashSet::new(),
    };
    let mut doubts = if adjusted {
        clocks::doubts(trace, ids)
    } else {
        HashMap::new()
    };
    for (number, span) in trace.spans().enumerate() {
        copy.span(span, ids.of_span(number, span), doubts.remove(&number));
    }
    copy.builder.finish()
}

/// One span's way into the copy.
struct Copy {
    builder: BlockBuilder,
    adjusted: bool,
    api: Api,
    seen: HashSet<u64>,
}

impl Copy {
    fn span(
        &mut self,
        span: SpanRef<'_>,
        (span_id, parent_id): (SpanId, SpanId),
        doubt: Option<String>,
    ) {
        if self.adjusted && !self.seen.insert(fingerprint(span, span_id, parent_id)) {
            return;
        }
        let mut warnings: Vec<String> = span.warnings().map(str::to_owned).collect();
        let (moved, kept) = if self.adjusted {
            library::split(span, &mut warnings)
        } else {
            (Vec::new(), span.attributes().iter().collect())
        };
        let resource = self.resource(span, &moved);
        let scope = self.scope(span);
        let attributes = self.pairs(kept);
        let operation = if span.operation().is_empty() {
            "empty-span-name"
        } else {
            span.operation()
        };
        let fields = SpanFields {
            trace_id: span.trace_id(),
            span_id,
            parent_id,
            start: span.start(),
            end: Some(sanitized_end(span, &mut warnings)),
            operation: self.builder.string(operation),
            kind: span.kind(),
            status: span.status(),
            error: span.is_error(),
            resource,
            scope,
        };
        self.builder.span(&fields, &attributes);
        warnings.extend(doubt);
        self.events(span);
        self.links(span, &mut warnings);
        let message = self.builder.string(span.status_message());
        self.builder.status_message(message);
        let state = self.builder.string(span.trace_state());
        self.builder.trace_state(state);
        if self.api == Api::V3 {
            self.builder.flags(span.flags());
        }
        let (attributes, events, links) = span.dropped();
        self.builder.dropped(attributes, events, links);
        for warning in warnings {
            let warning = self.builder.string(&warning);
            self.builder.warning(warning);
        }
    }

    fn resource(
        &mut self,
        span: SpanRef<'_>,
        moved: &[(&str, Value<'_>)],
    ) -> crate::model::ResourceIx {
        let resource = span.resource();
        let mut attributes: Vec<(&str, Value<'_>)> = resource.attributes().iter().collect();
        if let Some(name) = missing_service(resource.attributes()) {
            attributes.retain(|(key, _)| *key != "service.name");
            attributes.push(("service.name", Value::Str(name)));
        }
        attributes.extend_from_slice(moved);
        let attributes = self.pairs(attributes);
        let schema_url = self.builder.string(resource.schema_url());
        self.builder.resource(ResourceFields {
            attributes: &attributes,
            schema_url,
            dropped: resource.dropped(),
        })
    }

    fn scope(&mut self, span: SpanRef<'_>) -> crate::model::ScopeIx {
        let scope = span.scope();
        let attributes = self.pairs(scope.attributes().iter().collect());
        let (name, version) = (
            self.builder.string(scope.name()),
            self.builder.string(scope.version()),
        );
        let schema_url = self.builder.string(scope.schema_url());
        let dropped = scope.dropped();
        self.builder.scope(ScopeFields {
            name,
            version,
            attributes: &attributes,
            schema_url,
            dropped,
        })
    }

    /// Attributes as pairs of the copy: sorted by key, the last of equal keys kept, addresses in
    /// their usual form.
    fn pairs(&mut self, mut attributes: Vec<(&str, Value<'_>)>) -> Vec<PairIx> {
        if !self.adjusted {
            return attributes
                .into_iter()
                .map(|(key, value)| self.builder.attribute(key, value))
                .collect();
        }
        attributes.sort_by_key(|(key, _)| *key);
        attributes.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                kept.1 = later.1;
            }
            same
        });
        let mut pairs = Vec::with_capacity(attributes.len());
        for (key, value) in attributes {
            let address = if matches!(key, "ip" | "peer.ipv4") {
                address(value)
            } else {
                None
            };
            let value = address.as_deref().map_or(value, Value::Str);
            pairs.push(self.builder.attribute(key, value));
        }
        pairs
    }

    /// Events, by name once adjusted.
    fn events(&mut self, span: SpanRef<'_>) {
        let mut events: Vec<_> = span.events().collect();
        if self.adjusted {
            events.sort_by_key(|event| event.name());
        }
        for event in events {
            let name = self.builder.string(event.name());
            let attributes = self.pairs(event.attributes().iter().collect());
            self.builder
                .event(event.time(), name, &attributes, event.dropped());
        }
    }

    fn links(&mut self, span: SpanRef<'_>, warnings: &mut Vec<String>) {
        for link in span.links() {
            if self.adjusted && link.trace_id().is_zero() {
                warnings.push("Invalid span link removed".to_owned());
                continue;
            }
            let attributes = self.pairs(link.attributes().iter().collect());
            let state = self.builder.string(link.trace_state());
            self.builder.link(
                link.trace_id(),
                link.span_id(),
                &attributes,
                state,
                link.flags(),
                link.dropped(),
            );
        }
    }
}

/// The name that Jaeger gives a resource whose service it cannot tell.
fn missing_service(attributes: Attributes<'_>) -> Option<&'static str> {
    match attributes.get("service.name") {
        None => Some(NO_SERVICE),
        Some(Value::Str("")) => Some("empty-service-name"),
        Some(Value::Str(_)) => None,
        Some(_) => Some("service-name-wrong-type"),
    }
}

/// Jaeger knows no span without length.
fn sanitized_end(span: SpanRef<'_>, warnings: &mut Vec<String>) -> Time {
    if span.duration().0 > 0 {
        return span.end();
    }
    let end = Time(span.start().0.saturating_add(1));
    warnings.push(format!(
        "Negative duration detected, sanitizing end timestamp. Original end timestamp: {}, adjusted to: {}",
        go_time(span.received_end()),
        go_time(end)
    ));
    end
}

/// A time as Go prints it: `2026-11-22 14:18:46.05 +0000 UTC`.
fn go_time(time: Time) -> String {
    let text = Clock::rfc3339(time.0);
    let text = text.trim_end_matches('Z');
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    };
    format!("{} +0000 UTC", text.replace('T', " "))
}

/// An address that was sent as a number: four bytes, the highest first.
fn address(value: Value<'_>) -> Option<String> {
    let number = match value {
        Value::Int(n) => n as u32,
        Value::Double(n) => n as u32,
        _ => return None,
    };
    Some(std::net::Ipv4Addr::from(number).to_string())
}

/// Equal for spans that are equal in everything that Jaeger compares.
fn fingerprint(span: SpanRef<'_>, id: SpanId, parent: SpanId) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    (
        id,
        parent,
        span.start(),
        span.duration(),
        span.operation(),
        span.kind(),
        span.status(),
    )
        .hash(&mut hasher);
    (span.status_message(), span.trace_state(), span.flags()).hash(&mut hasher);
    hash_attributes(span.resource().attributes(), &mut hasher);
    hash_attributes(span.scope().attributes(), &mut hasher);
    hash_attributes(span.attributes(), &mut hasher);
    for event in span.events() {
        (event.time(), event.name()).hash(&mut hasher);
        hash_attributes(event.attributes(), &mut hasher);
    }
    for link in span.links() {
        (link.trace_id(), link.span_id()).hash(&mut hasher);
        hash_attributes(link.attributes(), &mut hasher);
    }
    hasher.finish()
}

fn hash_attributes(attributes: Attributes<'_>, hasher: &mut impl Hasher) {
    let mut attributes: Vec<_> = attributes
        .iter()
        .map(|(key, value)| (key, value.type_name(), value.to_text()))
        .collect();
    attributes.sort();
    attributes.hash(hasher);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn a_shared_id_is_parted_and_its_children_follow_the_server() {
        let trace = scenario::trace(
            "a: call 0..10 client id=5\nb: answer 1..9 server id=5\nb: work 2..3 parent=5 id=9\n",
        );
        let block = told(&trace, false, Api::Legacy);
        let ids: Vec<_> = block
            .spans()
            .map(|s| (s.operation(), s.span_id().0, s.parent_id().0))
            .collect();
        assert!(ids.contains(&("call", 5, 0)));
        assert!(ids.contains(&("answer", 1, 5)));
        assert!(ids.contains(&("work", 9, 1)));
    }

    #[test]
    fn attributes_are_sorted_and_addresses_told() {
        let trace = scenario::trace("a: call 0..10 z=1 ip=16909060 b=2\n");
        let block = told(&trace, false, Api::Legacy);
        let attributes: Vec<_> = block
            .span(0)
            .attributes()
            .iter()
            .map(|(k, v)| format!("{k}={}", v.to_text()))
            .collect();
        assert_eq!(attributes, ["b=2", "ip=1.2.3.4", "z=1"]);
    }

    #[test]
    fn a_span_without_length_gets_a_nanosecond_and_a_warning() {
        let block = told(&scenario::trace("a: now 5..3\n"), true, Api::V3);
        assert_eq!(block.span(0).duration().0, 1);
        let warning = block.span(0).warnings().next().unwrap();
        assert!(warning.starts_with("Negative duration detected"));
        assert!(
            warning.contains("00:00:00.003 +0000 UTC, adjusted to: 2026-01-01 00:00:00.005000001"),
            "{warning}"
        );
    }
}
