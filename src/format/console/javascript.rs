//! Spans of JavaScript's `ConsoleSpanExporter` (`@opentelemetry/sdk-trace-base`), of versions 1
//! and 2. Kinds count from 0 = internal; `timestamp` and `duration` are microseconds.

use super::inspect::{Node, Unexpected};
use super::{Parts, Scope};
use crate::format::decimal::decimal;
use crate::format::draft::Rejection;
use crate::format::findings::Findings;
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::model::{BlockBuilder, Kind, OwnedValue, PairIx, Status, Time};

/// Whether a document may be such a span: it has an id and a name, without quotes.
pub(super) fn is_span(text: &[u8]) -> bool {
    let has = |key: &[u8]| {
        text.windows(key.len() + 1)
            .any(|window| window[0].is_ascii_whitespace() && &window[1..] == key)
    };
    has(b"traceId: '") && has(b"id: '") && has(b"timestamp: ")
}

/// Decodes one span.
pub(super) fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let Output {
        builder, findings, ..
    } = out;
    let shown = String::from_utf8_lossy(text);
    let node = Node::read(&shown).map_err(|error| problem(text, error, findings))?;
    let mut parts = Parts::default();
    let added = fill(&node, &mut parts, builder).and_then(|()| {
        let (resource, scope) = parts.place(builder);
        parts.draft.add(resource, scope, builder)
    });
    if let Err(Rejection { reason, message }) = added {
        findings.reject_span(text, 0, String::new(), reason, message);
    }
    Ok(())
}

fn problem(text: &[u8], error: Unexpected, findings: &Findings) -> Problem {
    let Unexpected {
        at,
        expected,
        ended,
    } = error;
    let (reason, message) = if ended {
        let message = format!("the document ends where {expected} was expected");
        (Reason::Truncated, message)
    } else {
        let message = format!("this is not what Node prints: {expected} was expected");
        (Reason::Malformed, message)
    };
    Problem {
        place: findings.place_in_text(text, at, String::new()),
        reason,
        message,
        spans: 1,
    }
}

fn fill(node: &Node<'_>, parts: &mut Parts, builder: &mut BlockBuilder) -> Result<(), Rejection> {
    let text = |name: &str| node.get(name).and_then(Node::text);
    let draft = &mut parts.draft;
    draft.trace_id = id(text("traceId"))?;
    draft.span_id = id(text("id"))?;
    let parent = node.get("parentSpanContext");
    let parent_id = parent
        .and_then(|context| context.get("spanId"))
        .and_then(Node::text)
        .or_else(|| text("parentId"));
    draft.parent_id = id(parent_id)?;
    draft.operation = builder.string(text("name").unwrap_or_default());
    draft.kind = text("kind").map_or(Kind::Unspecified, kind);
    let start = text("timestamp").and_then(|micros| decimal(micros, 3));
    draft.start = Time::of_nanos(start.unwrap_or(0));
    let duration = text("duration").and_then(|micros| decimal(micros, 3));
    draft.end = duration.map(|nanos| Time::of_nanos(nanos.saturating_add(draft.start.0.into())));
    draft.trace_state = builder.string(text("traceState").unwrap_or_default());
    if let Some(status) = node.get("status") {
        let code = status.get("code").and_then(Node::text);
        draft.status = Status::from_otlp(code.and_then(|code| code.parse().ok()).unwrap_or(0));
        let message = status.get("message").and_then(Node::text);
        draft.message = builder.string(message.unwrap_or_default());
    }
    attributes(node.get("attributes"), builder, &mut draft.attributes);
    for event in node.get("events").map(Node::items).unwrap_or_default() {
        self::event(event, parts, builder);
    }
    for link in node.get("links").map(Node::items).unwrap_or_default() {
        self::link(link, parts, builder)?;
    }
    let resource = node
        .get("resource")
        .and_then(|resource| resource.get("attributes"));
    attributes(resource, builder, &mut parts.resource);
    let scope = node
        .get("instrumentationScope")
        .or_else(|| node.get("instrumentationLibrary"));
    if let Some(scope) = scope {
        let mut sym =
            |name| builder.string(scope.get(name).and_then(Node::text).unwrap_or_default());
        parts.scope = Scope {
            name: sym("name"),
            version: sym("version"),
            schema_url: sym("schemaUrl"),
            attributes: Vec::new(),
        };
    }
    Ok(())
}

fn event(event: &Node<'_>, parts: &mut Parts, builder: &mut BlockBuilder) {
    let name = event.get("name").and_then(Node::text).unwrap_or_default();
    let name = builder.string(name);
    parts.pairs.clear();
    attributes(event.get("attributes"), builder, &mut parts.pairs);
    let dropped = event.get("droppedAttributesCount").and_then(Node::text);
    let dropped = dropped.and_then(|count| count.parse().ok()).unwrap_or(0);
    parts.draft.event(time(event), name, &parts.pairs, dropped);
}

/// A time in seconds and nanoseconds of the second.
fn time(event: &Node<'_>) -> Time {
    let part = |index: usize| -> Option<u64> {
        event.get("time")?.items().get(index)?.text()?.parse().ok()
    };
    let seconds = part(0).unwrap_or(0).saturating_mul(1_000_000_000);
    Time(seconds.saturating_add(part(1).unwrap_or(0)))
}

fn link(link: &Node<'_>, parts: &mut Parts, builder: &mut BlockBuilder) -> Result<(), Rejection> {
    let Some(context) = link.get("context") else {
        return Ok(());
    };
    let text = |name| context.get(name).and_then(Node::text);
    let (trace_id, span_id) = (id(text("traceId"))?, id(text("spanId"))?);
    parts.pairs.clear();
    attributes(link.get("attributes"), builder, &mut parts.pairs);
    let dropped = link.get("droppedAttributesCount").and_then(Node::text);
    let dropped = dropped.and_then(|count| count.parse().ok()).unwrap_or(0);
    parts.draft.link(trace_id, span_id, &parts.pairs, dropped);
    let flags = text("traceFlags").and_then(|flags| flags.parse().ok());
    let state = builder.string(text("traceState").unwrap_or_default());
    parts.draft.link_context(state, flags.unwrap_or(0));
    Ok(())
}

fn attributes(node: Option<&Node<'_>>, builder: &mut BlockBuilder, pairs: &mut Vec<PairIx>) {
    for (key, value) in node.map(Node::members).unwrap_or_default() {
        let value: OwnedValue = value.to_value();
        pairs.push(value.with(|value| builder.attribute(key, value)));
    }
}

fn id<T: std::str::FromStr + Default>(text: Option<&str>) -> Result<T, Rejection> {
    let Some(text) = text else {
        return Ok(T::default());
    };
    text.parse()
        .map_err(|_| Rejection::bad_id(format!("{text:?} is no id")))
}

/// The enumeration of `@opentelemetry/api`, which has no *unspecified*.
fn kind(number: &str) -> Kind {
    let number = number.parse::<i64>().ok();
    number.map_or(Kind::Unspecified, |number| {
        Kind::from_otlp(number.saturating_add(1))
    })
}
