//! Version 1 to version 2, as `zipkin2.v1.V1SpanConverter` does it.
//!
//! A span of version 1 has no kind: annotations of two letters tell when its client sent (`cs`)
//! and received (`cr`), its server received (`sr`) and sent (`ss`), a message left (`ms`, `ws`)
//! and arrived (`mr`, `wr`). One such span may hold both halves of a call, which become two spans.

use std::borrow::Cow;

use super::span::{Annotation, BinaryAnnotation, Endpoint, Report, Span};
use crate::model::Kind;

/// Kinds with the annotations of their begin and end, and the tag that names the other side.
const ROLES: [(Kind, &str, &str, &str); 4] = [
    (Kind::Client, "cs", "cr", "sa"),
    (Kind::Server, "sr", "ss", "ca"),
    (Kind::Producer, "ms", "ws", "ma"),
    (Kind::Consumer, "wr", "mr", "ma"),
];

/// Appends the one or two spans that a report of version 1 stands for.
pub(super) fn convert<'a>(mut report: Report<'a>, spans: &mut Vec<Span<'a>>) {
    let from = spans.len();
    let annotations = std::mem::take(&mut report.span.annotations);
    for (kind, begin, end, _) in ROLES {
        let begin = annotations
            .iter()
            .find(|annotation| annotation.value == begin);
        let end = annotations
            .iter()
            .find(|annotation| annotation.value == end);
        if begin.or(end).is_some() {
            spans.push(half(&report.span, kind, begin, end));
        }
    }
    if spans.len() == from {
        spans.push(without_kind(&report, &annotations));
    }
    let Some(halves) = spans.get_mut(from..) else {
        return;
    };
    times(&report.span, halves);
    for annotation in annotations
        .into_iter()
        .filter(|annotation| !is_core(&annotation.value))
    {
        half_of(halves, annotation.endpoint.as_ref())
            .annotations
            .push(Annotation {
                endpoint: None,
                ..annotation
            });
    }
    for binary in report.binary {
        tag(halves, binary);
    }
}

fn is_core(value: &str) -> bool {
    ROLES
        .iter()
        .any(|(_, begin, end, _)| value == *begin || value == *end)
}

fn half<'a>(
    span: &Span<'a>,
    kind: Kind,
    begin: Option<&Annotation<'a>>,
    end: Option<&Annotation<'a>>,
) -> Span<'a> {
    let at =
        |annotation: Option<&Annotation<'a>>| annotation.map_or(0, |annotation| annotation.micros);
    let local = begin
        .or(end)
        .and_then(|annotation| annotation.endpoint.clone());
    let (micros, until) = (at(begin), at(end));
    Span {
        kind: Some(kind),
        local: local.unwrap_or_default(),
        micros,
        duration: if micros > 0 {
            until.saturating_sub(micros)
        } else {
            0
        },
        tags: Vec::new(),
        ..span.clone()
    }
}

/// A local span; or one half of a call of which only the other side's address was recorded.
fn without_kind<'a>(report: &Report<'a>, annotations: &[Annotation<'a>]) -> Span<'a> {
    let addressed = |key: &str| {
        report
            .binary
            .iter()
            .any(|binary| binary.key == key && is_address(&binary.value))
    };
    let kind = match (addressed("sa"), addressed("ca")) {
        (true, false) => Some(Kind::Client),
        (false, true) => Some(Kind::Server),
        _ => None,
    };
    let marked = report.binary.iter().filter(|binary| !is_other_side(binary));
    let mut endpoints = annotations
        .iter()
        .map(|annotation| &annotation.endpoint)
        .chain(marked.map(|b| &b.endpoint));
    let local = endpoints.find_map(Clone::clone).unwrap_or_default();
    Span {
        kind,
        local,
        ..report.span.clone()
    }
}

/// The span's own times, where it has some, are those of its first half; a server's half that
/// shares its span with a client keeps the times of its annotations.
fn times<'a>(span: &Span<'a>, halves: &mut [Span<'a>]) {
    let both = halves.len() > 1;
    for (index, half) in halves.iter_mut().enumerate() {
        let receives = matches!(half.kind, Some(Kind::Server | Kind::Consumer));
        half.shared = receives
            && (both
                || (span.micros == 0 && span.duration == 0 && half.kind == Some(Kind::Server)));
        if index == 0 {
            half.micros = if span.micros > 0 {
                span.micros
            } else {
                half.micros
            };
            half.duration = if span.duration > 0 {
                span.duration
            } else {
                half.duration
            };
        }
    }
}

/// The half that happened at an endpoint, else the first.
fn half_of<'s, 'a>(
    halves: &'s mut [Span<'a>],
    endpoint: Option<&Endpoint<'a>>,
) -> &'s mut Span<'a> {
    let at = endpoint.and_then(|endpoint| {
        halves
            .iter()
            .position(|half| half.local.service == endpoint.service)
    });
    &mut halves[at.unwrap_or(0)]
}

fn is_address(value: &str) -> bool {
    matches!(value, "true" | "1" | "\u{1}")
}

fn is_other_side(binary: &BinaryAnnotation<'_>) -> bool {
    matches!(&*binary.key, "sa" | "ca" | "ma") && is_address(&binary.value)
}

fn tag<'a>(halves: &mut [Span<'a>], binary: BinaryAnnotation<'a>) {
    if is_other_side(&binary) {
        let role = |half: &&mut Span<'a>| {
            ROLES
                .iter()
                .any(|(kind, _, _, side)| Some(*kind) == half.kind && binary.key == *side)
        };
        if let Some(half) = halves.iter_mut().find(role) {
            half.remote = binary.endpoint.unwrap_or_default();
        }
        return;
    }
    let half = half_of(halves, binary.endpoint.as_ref());
    if half.local == Endpoint::default() {
        half.local = binary.endpoint.unwrap_or_default();
    }
    if binary.key != "lc" || !binary.value.is_empty() {
        let key = if binary.key == "lc" {
            Cow::Borrowed("component")
        } else {
            binary.key
        };
        half.tags.push((key, binary.value));
    }
}
