//! The spans of a trace as rows of a table.

use crate::analysis::critical_path;
use crate::format::explained;
use crate::format::json::JsonWriter;
use crate::model::{Nanos, Trace};
use crate::text::offset;

use super::super::output::{Cell, Column, Record, Tone};

/// A span of a trace, with what was worked out about it.
pub(super) struct SpanRow<'a> {
    trace: &'a Trace,
    span: usize,
    critical: Nanos,
}

impl Record for SpanRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        explained::write_span(json, self.trace, self.span, self.critical);
    }
}

/// The rows of a trace, in display order.
pub(super) fn of(trace: &Trace) -> Vec<SpanRow<'_>> {
    let path = critical_path(trace);
    let critical = |span| path.time_of(span);
    (0..trace.len())
        .map(|span| SpanRow {
            trace,
            span,
            critical: critical(span),
        })
        .collect()
}

/// The columns of [`SpanRow`]s.
pub(super) fn columns<'a>() -> Vec<Column<SpanRow<'a>>> {
    vec![
        Column::left("SERVICE", "service", |row, _| {
            Cell::text(row.trace.span(row.span).service())
        }),
        Column::left("OPERATION", "operation", |row, _| {
            Cell::text(row.trace.span(row.span).operation())
        }),
        Column::left("KIND", "kind", |row, _| {
            Cell::text(row.trace.span(row.span).kind().name()).muted()
        }),
        Column::right("START", "start_unix_nano", |row, look| {
            let start = row.trace.start_of(row.span);
            let since = start.since(row.trace.start()).0;
            let text = offset(i64::try_from(since).unwrap_or(i64::MAX), look.charset);
            Cell {
                exact: start.0.to_string(),
                ..Cell::text(text)
            }
        }),
        Column::right("DURATION", "duration_nano", |row, look| {
            Cell::duration(row.trace.duration_of(row.span).0, look)
        }),
        Column::right("SELF", "self_nano", |row, look| {
            Cell::duration(row.trace.self_time(row.span).0, look)
        }),
        Column::right("CRITICAL", "critical_nano", |row, look| {
            Cell::duration(row.critical.0, look)
        }),
        Column::right("DEPTH", "depth", |row, _| {
            Cell::count(row.trace.depth(row.span) as u64)
        }),
        Column::left("STATUS", "status", |row, _| {
            let span = row.trace.span(row.span);
            let tone = if span.is_error() {
                Tone::Error
            } else {
                Tone::Plain
            };
            Cell {
                tone,
                ..Cell::text(span.status().name())
            }
        }),
        Column::left("SPAN ID", "span_id", |row, _| {
            Cell::text(row.trace.span(row.span).span_id().to_string()).muted()
        }),
        Column::left("PARENT ID", "parent_span_id", |row, _| {
            match row.trace.span(row.span).parent_id() {
                parent if parent.is_zero() => Cell::text(""),
                parent => Cell::text(parent.to_string()).muted(),
            }
        }),
    ]
}
