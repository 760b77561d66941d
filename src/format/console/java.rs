//! Lines of Java's `LoggingSpanExporter`. They tell no times and no parent, but which spans
//! there were.
//!
//! ```text
//! 'load' : 5755...1d6d c9fb4605590f251d CLIENT [tracer: shop:0.4] AttributesMap{data={n=1}, capacity=128, totalAddedValues=1}
//! ```

use super::Parts;
use crate::format::draft::Rejection;
use crate::format::output::Output;
use crate::model::{BlockBuilder, Kind, PairIx, Value};

/// A line, taken apart.
struct Line<'a> {
    name: &'a str,
    trace_id: &'a str,
    span_id: &'a str,
    kind: Kind,
    tracer: &'a str,
    attributes: &'a str,
}

/// Takes a line apart; `None` if it is no such line.
fn parts(line: &str) -> Option<Line<'_>> {
    let (head, rest) = line.trim_end().split_once(" [tracer: ")?;
    let (tracer, attributes) = rest.split_once(']')?;
    let (name, ids) = head.strip_prefix('\'')?.rsplit_once("' : ")?;
    let mut words = ids.split(' ');
    let (trace_id, span_id, kind) = (words.next()?, words.next()?, words.next()?);
    let sound = trace_id.len() == 32 && span_id.len() == 16 && words.next().is_none();
    sound.then_some(Line {
        name,
        trace_id,
        span_id,
        kind: Kind::from_name(kind)?,
        tracer,
        attributes,
    })
}

/// Whether a line tells a span.
pub(super) fn is_span(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|line| parts(line).is_some())
}

/// Decodes one line.
pub(super) fn decode(text: &[u8], out: Output<'_>) {
    let Output {
        builder, findings, ..
    } = out;
    let shown = String::from_utf8_lossy(text);
    let Some(line) = parts(&shown) else {
        return;
    };
    let mut parts = Parts::default();
    fill(&line, &mut parts, builder);
    let (resource, scope) = parts.place(builder);
    if let Err(Rejection { reason, message }) = parts.draft.add(resource, scope, builder) {
        findings.reject_span(text, 0, String::new(), reason, message);
    }
}

fn fill(line: &Line<'_>, parts: &mut Parts, builder: &mut BlockBuilder) {
    let draft = &mut parts.draft;
    draft.trace_id = line.trace_id.parse().unwrap_or_default();
    draft.span_id = line.span_id.parse().unwrap_or_default();
    draft.operation = builder.string(line.name);
    draft.kind = line.kind;
    attributes(line.attributes, builder, &mut draft.attributes);
    let warning = "has neither times nor a parent: LoggingSpanExporter does not print them";
    draft.warnings.push(builder.string(warning));
    let (name, version) = line.tracer.rsplit_once(':').unwrap_or((line.tracer, ""));
    parts.scope.name = builder.string(name);
    parts.scope.version = builder.string(version);
}

/// Attributes as Java prints a map: `AttributesMap{data={a=1, b=x}, capacity=128, ...}`, and
/// `{a=1, b="x"}` where the span has ended. A comma followed by no
/// key belongs to the value; one followed by what looks like a key does not.
fn attributes(text: &str, builder: &mut BlockBuilder, pairs: &mut Vec<PairIx>) {
    let text = text.trim();
    let text = match text.strip_prefix("AttributesMap{data={") {
        Some(rest) => rest
            .rsplit_once("}, capacity=")
            .map_or(rest, |(data, _)| data),
        None => text.trim_start_matches('{').trim_end_matches('}'),
    };
    let mut entry: Option<(&str, usize, usize)> = None;
    let mut at = 0;
    for part in text.split(", ") {
        let from = at;
        at += part.len() + 2;
        match (part.split_once('='), &mut entry) {
            (Some((key, _)), _) if is_key(key) => {
                if let Some((key, from, to)) = entry {
                    put(key, text.get(from..to), builder, pairs);
                }
                entry = Some((key, from + key.len() + 1, from + part.len()));
            }
            (_, Some((_, _, end))) => *end = from + part.len(),
            _ => {}
        }
    }
    if let Some((key, from, to)) = entry {
        put(key, text.get(from..to), builder, pairs);
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && !key.contains([' ', '"', '{', '}', '[', ']'])
}

fn put(key: &str, value: Option<&str>, builder: &mut BlockBuilder, pairs: &mut Vec<PairIx>) {
    let value = value.unwrap_or_default();
    let quoted = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    let value = match (quoted, value.parse(), value.parse()) {
        (Some(text), _, _) => Value::Str(text),
        (None, Ok(whole), _) => Value::Int(whole),
        (None, _, Ok(double)) => Value::Double(double),
        _ => match value {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::Str(value),
        },
    };
    pairs.push(builder.attribute(key, value));
}
