//! What stands out in a trace, in words.

use std::io::{self, Write};

use crate::analysis::{Evidence, critical_path, why};
use crate::format::json::JsonWriter;
use crate::model::{Nanos, Trace};

use super::super::output::{Cell, Column, Format, Look, Record, write_rows};

/// Writes what stands out, with the spans that show it.
pub(super) fn write(
    out: &mut dyn Write,
    look: &Look,
    format: Format,
    trace: &Trace,
) -> io::Result<()> {
    let told = why(trace, &critical_path(trace), None, look.charset);
    let rows: Vec<FindingRow> = told
        .findings
        .into_iter()
        .map(|finding| FindingRow {
            text: finding.text.as_str().to_owned(),
            explains: finding.explains,
            spans: match finding.evidence {
                Evidence::Spans(spans) => spans
                    .into_iter()
                    .map(|span| trace.span(span).span_id().to_string())
                    .collect(),
                Evidence::Operation(_) | Evidence::Call { .. } => Vec::new(),
            },
        })
        .collect();
    let columns = vec![
        Column::left("FINDING", "finding", |row: &FindingRow, _| {
            Cell::text(&row.text)
        }),
        Column::right("EXPLAINS", "explains_nano", |row, look| {
            Cell::duration(row.explains.0, look)
        }),
        Column::right("SPANS", "spans", |row, _| {
            Cell::count(row.spans.len() as u64)
        }),
        Column::left("FIRST", "span_id", |row, _| {
            Cell::text(row.spans.first().cloned().unwrap_or_default()).muted()
        }),
    ];
    write_rows(out, look, format, &columns, &rows)
}

struct FindingRow {
    text: String,
    explains: Nanos,
    spans: Vec<String>,
}

impl Record for FindingRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("finding").string(&self.text);
        json.key("explains_nano").raw(self.explains.0);
        json.key("span_ids");
        json.begin_array();
        for span in &self.spans {
            json.string(span);
        }
        json.end_array();
        json.end_object();
    }
}
