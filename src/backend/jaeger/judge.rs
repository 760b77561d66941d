//! Evaluating here what the server cannot: traces in, rows out.

use std::sync::Arc;

use crate::backend::{TraceRow, Window};
use crate::format::{Decode, Findings, Output, jaeger, otlp};
use crate::model::{BlockBuilder, SpanId, SpanRef, Time, Trace, TraceId};
use crate::traceql::Query;

/// A query and the window in which its spans start.
#[derive(Debug)]
pub(super) struct Judge {
    pub query: Query,
    pub window: Window,
}

/// A trace and its row, if it matches.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub id: TraceId,
    pub start: Time,
    pub row: Option<TraceRow>,
}

impl Judge {
    /// The traces of a legacy answer, and remarks on it.
    pub(super) fn legacy(&self, body: &[u8]) -> (Vec<Judged>, Vec<String>) {
        let (traces, mut notes) = traces_of(body);
        let judged: Vec<Judged> = traces.iter().map(|trace| self.trace(trace)).collect();
        if judged.iter().all(|judged| judged.row.is_none()) {
            let blocks = traces.iter().flat_map(Trace::blocks).take(1);
            notes.extend(
                self.query
                    .notes(blocks.map(|block| &**block))
                    .iter()
                    .map(ToString::to_string),
            );
        }
        (judged, notes)
    }

    /// One trace.
    pub(super) fn trace(&self, trace: &Trace) -> Judged {
        let found = self.query.eval(trace).unwrap_or_default();
        let spans = found.spans.iter().map(|&span| trace.span(span as usize));
        let mut matched: Vec<SpanId> = spans
            .filter(|span| self.window.contains(span.start()))
            .map(SpanRef::span_id)
            .collect();
        matched.sort_unstable();
        matched.dedup();
        let row = (!matched.is_empty()).then(|| TraceRow::of(trace, matched));
        Judged {
            id: trace.id(),
            start: trace.start(),
            row,
        }
    }
}

/// Reads the traces of an answer, and what was wrong with it.
pub(super) type Read = fn(&[u8]) -> (Vec<Trace>, Vec<String>);

/// The traces of a legacy answer, and what was wrong with it.
pub(super) fn traces_of(body: &[u8]) -> (Vec<Trace>, Vec<String>) {
    decode(body, jaeger::decode)
}

/// The traces of an answer of API v3, and what was wrong with it.
pub(super) fn traces_of_v3(body: &[u8]) -> (Vec<Trace>, Vec<String>) {
    decode(body, otlp::json::decode)
}

fn decode(body: &[u8], decode: Decode) -> (Vec<Trace>, Vec<String>) {
    let mut builder = BlockBuilder::new();
    let mut findings = Findings::of("the answer");
    if let Err(problem) = decode(body, Output::new(&mut builder, &mut findings)) {
        findings.report(problem);
    }
    let traces = Trace::all_of(&[Arc::new(builder.finish())]);
    let problems = findings.problems.iter().take(3).map(ToString::to_string);
    (traces, problems.collect())
}
