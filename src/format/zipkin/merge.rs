//! Several reports of one span become one, as `zipkin2.internal.Trace` merges them.

use super::span::{Annotation, Endpoint, Span};
use crate::model::Kind;

/// How many of the latest spans, annotations or tags a further one is compared with: honest
/// reports have few, and a million of them must not cost their square.
const COMPARED: usize = 64;

/// Merges the reports of one id. What remains beside each other are the two halves of a call,
/// and different spans that happen to have one id.
pub(super) fn merge(reports: Vec<Span<'_>>) -> Vec<Span<'_>> {
    let mut spans: Vec<Span<'_>> = Vec::with_capacity(reports.len());
    for report in reports {
        let mut latest = spans.iter_mut().rev().take(COMPARED);
        match latest.find(|span| are_one(span, &report)) {
            Some(span) => join(span, report),
            None => spans.push(report),
        }
    }
    share(&mut spans);
    spans
}

/// Whether two reports with one id are about one span: nothing that both say contradicts.
fn are_one(span: &Span<'_>, other: &Span<'_>) -> bool {
    let kinds = span.kind.is_none() || other.kind.is_none() || span.kind == other.kind;
    let complete = |span: &Span<'_>| span.micros > 0 && span.duration > 0;
    let same =
        (span.micros, span.duration, &span.name) == (other.micros, other.duration, &other.name);
    kinds
        && span.shared == other.shared
        && are_one_place(&span.local, &other.local)
        && (same || !complete(span) || !complete(other))
}

fn are_one_place(here: &Endpoint<'_>, there: &Endpoint<'_>) -> bool {
    let agree = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
    agree(&here.service, &there.service) && agree(&here.ipv4, &there.ipv4)
}

fn join<'a>(span: &mut Span<'a>, other: Span<'a>) {
    if span.parent_id.is_zero() {
        span.parent_id = other.parent_id;
    }
    span.kind = span.kind.or(other.kind);
    if span.name.is_empty() || span.name == "unknown" {
        span.name = other.name;
    }
    join_times(span, other.micros, other.duration);
    fill_in(&mut span.local, other.local);
    fill_in(&mut span.remote, other.remote);
    for annotation in other.annotations {
        let same = |known: &Annotation<'_>| {
            known.micros == annotation.micros && known.value == annotation.value
        };
        if !span.annotations.iter().rev().take(COMPARED).any(same) {
            span.annotations.push(annotation);
        }
    }
    for (key, value) in other.tags {
        let mut latest = span.tags.iter().rev().take(COMPARED);
        if !latest.any(|(known, _)| *known == key) {
            span.tags.push((key, value));
        }
    }
    span.debug |= other.debug;
}

/// Two starts: the earlier one, and the later end. One start: the longer duration.
fn join_times(span: &mut Span<'_>, micros: u64, duration: u64) {
    if span.micros == 0 || micros == 0 || span.micros == micros {
        span.micros = span.micros.max(micros);
        span.duration = span.duration.max(duration);
        return;
    }
    let end = span
        .micros
        .saturating_add(span.duration)
        .max(micros.saturating_add(duration));
    span.micros = span.micros.min(micros);
    span.duration = if span.duration == 0 && duration == 0 {
        0
    } else {
        end - span.micros
    };
}

fn fill_in<'a>(here: &mut Endpoint<'a>, there: Endpoint<'a>) {
    if here.service.is_empty() {
        here.service = there.service;
    }
    if here.ipv4.is_empty() {
        here.ipv4 = there.ipv4;
    }
    if here.ipv6.is_empty() {
        here.ipv6 = there.ipv6;
    }
    if here.port == 0 {
        here.port = there.port;
    }
}

/// A server's half that has the client's id shares it, even where it does not say so, and has
/// the client's parent.
fn share(spans: &mut [Span<'_>]) {
    let client = spans.iter().find(|span| span.kind == Some(Kind::Client));
    let Some(parent) = client.map(|client| client.parent_id) else {
        return;
    };
    for server in spans
        .iter_mut()
        .filter(|span| span.kind == Some(Kind::Server))
    {
        server.shared = true;
        if server.parent_id.is_zero() {
            server.parent_id = parent;
        }
    }
}
