//! The critical path of a trace, section by section.

use std::io::{self, Write};

use crate::analysis::{Section, critical_path};
use crate::format::json::JsonWriter;
use crate::model::Trace;
use crate::text::offset;

use super::super::output::{Cell, Column, Format, Look, Record, write_rows};

/// Writes the sections of the critical path by time.
pub(super) fn write(
    out: &mut dyn Write,
    look: &Look,
    format: Format,
    trace: &Trace,
) -> io::Result<()> {
    let path = critical_path(trace);
    let rows: Vec<SectionRow<'_>> = path
        .sections()
        .iter()
        .map(|&section| SectionRow { trace, section })
        .collect();
    let columns = vec![
        Column::right("FROM", "start_unix_nano", |row: &SectionRow<'_>, look| {
            Cell {
                exact: row.section.from.0.to_string(),
                ..Cell::text(offset(
                    row.section.from.since(row.trace.start()).0 as i64,
                    look.charset,
                ))
            }
        }),
        Column::right("DURATION", "duration_nano", |row, look| {
            Cell::duration(row.section.duration().0, look)
        }),
        Column::left("SERVICE", "service", |row, _| {
            Cell::text(row.trace.span(row.section.span).service())
        }),
        Column::left("OPERATION", "operation", |row, _| {
            Cell::text(row.trace.span(row.section.span).operation())
        }),
        Column::left("SPAN ID", "span_id", |row, _| {
            Cell::text(row.trace.span(row.section.span).span_id().to_string()).muted()
        }),
    ];
    write_rows(out, look, format, &columns, &rows)
}

struct SectionRow<'a> {
    trace: &'a Trace,
    section: Section,
}

impl Record for SectionRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let span = self.trace.span(self.section.span);
        json.begin_object();
        json.key("start_unix_nano").quoted(self.section.from.0);
        json.key("duration_nano").raw(self.section.duration().0);
        json.key("service").string(span.service());
        json.key("operation").string(span.operation());
        json.key("span_id").quoted(span.span_id());
        json.end_object();
    }
}
