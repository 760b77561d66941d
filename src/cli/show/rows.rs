//! The spans of a trace as rows of a table.

use crate::analysis::critical_path;
use crate::format::explained;
use crate::format::json::JsonWriter;
use crate::model::{Nanos, SpanRef, Trace};

use super::super::output::{Cell, Column, Record, Tone};

/// A span of a trace, with what was worked out about it.
pub(super) struct SpanRow<'a> {
    trace: &'a Trace,
    span: usize,
    critical: Nanos,
}

/// A row that is about a span, and the columns of all such rows.
pub(super) trait OfSpan {
    fn span(&self) -> SpanRef<'_>;
}

pub(super) fn service<R: OfSpan>() -> Column<R> {
    Column::left("SERVICE", "service", |row, _| {
        Cell::text(row.span().service())
    })
}

pub(super) fn operation<R: OfSpan>() -> Column<R> {
    Column::left("OPERATION", "operation", |row, _| {
        Cell::text(row.span().operation())
    })
}

pub(super) fn span_id<R: OfSpan>() -> Column<R> {
    Column::left("SPAN ID", "span_id", |row, _| {
        Cell::text(row.span().span_id().to_string()).muted()
    })
}

/// Names in a tree: levels beyond the fortieth are not indented further, and machines are told the
/// depth elsewhere.
pub(super) fn indented(depth: usize, service: &str, operation: &str) -> Cell {
    let indent = "  ".repeat(depth.min(40));
    Cell {
        exact: format!("{service}: {operation}"),
        ..Cell::text(format!("{indent}{service}  {operation}"))
    }
}

impl OfSpan for SpanRow<'_> {
    fn span(&self) -> SpanRef<'_> {
        self.trace.span(self.span)
    }
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
        service(),
        operation(),
        Column::left("KIND", "kind", |row, _| {
            Cell::text(row.trace.span(row.span).kind().name()).muted()
        }),
        Column::right("START", "start_unix_nano", |row: &SpanRow<'a>, look| {
            Cell::instant(row.trace.start_of(row.span), row.trace.start(), look)
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
        span_id(),
        Column::left("PARENT ID", "parent_span_id", |row, _| {
            match row.trace.span(row.span).parent_id() {
                parent if parent.is_zero() => Cell::text(""),
                parent => Cell::text(parent.to_string()).muted(),
            }
        }),
    ]
}
