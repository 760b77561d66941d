//! The events of a trace as a log.

use std::io::{self, Write};

use crate::format::json::JsonWriter;
use crate::model::{Time, Trace};
use crate::text::offset;

use super::super::output::{Cell, Column, Format, Look, Record, write_rows};

/// Writes the events of all spans by time.
pub(super) fn write(
    out: &mut dyn Write,
    look: &Look,
    format: Format,
    trace: &Trace,
) -> io::Result<()> {
    let mut rows: Vec<EventRow<'_>> = (0..trace.len())
        .flat_map(|span| {
            let moved = trace.start_of(span).0 as i64 - trace.span(span).start().0 as i64;
            trace.span(span).events().map(move |event| {
                let pairs = event.attributes();
                let words = pairs
                    .iter()
                    .map(|(key, value)| format!("{key}={}", value.to_text()));
                EventRow {
                    trace,
                    span,
                    time: event.time().shifted(moved),
                    name: event.name().to_owned(),
                    words: words.collect::<Vec<_>>().join("  "),
                }
            })
        })
        .collect();
    rows.sort_by_key(|row| row.time);
    let columns = vec![
        Column::right("TIME", "time_unix_nano", |row: &EventRow<'_>, look| Cell {
            exact: row.time.0.to_string(),
            ..Cell::text(offset(
                row.time.since(row.trace.start()).0 as i64,
                look.charset,
            ))
        }),
        Column::left("SERVICE", "service", |row, _| {
            Cell::text(row.trace.span(row.span).service())
        }),
        Column::left("OPERATION", "operation", |row, _| {
            Cell::text(row.trace.span(row.span).operation())
        }),
        Column::left("EVENT", "name", |row, _| Cell::text(&row.name)),
        Column::left("ATTRIBUTES", "attributes", |row, _| {
            Cell::text(&row.words).muted()
        }),
        Column::left("SPAN ID", "span_id", |row, _| {
            Cell::text(row.trace.span(row.span).span_id().to_string()).muted()
        }),
    ];
    write_rows(out, look, format, &columns, &rows)
}

struct EventRow<'a> {
    trace: &'a Trace,
    span: usize,
    time: Time,
    name: String,
    words: String,
}

impl Record for EventRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let span = self.trace.span(self.span);
        json.begin_object();
        json.key("time_unix_nano").quoted(self.time.0);
        json.key("span_id").quoted(span.span_id());
        json.key("service").string(span.service());
        json.key("operation").string(span.operation());
        json.key("name").string(&self.name);
        json.key("attributes").string(&self.words);
        json.end_object();
    }
}
