//! What stands out in a trace, in words.

use crate::analysis::{Evidence, Finding, critical_path, why};
use crate::format::json::JsonWriter;
use crate::model::Trace;
use crate::text::Charset;

use super::super::output::{Cell, Column, Record};

/// A finding and the spans that show it, by their ids.
pub(super) struct FindingRow {
    finding: Finding,
    spans: Vec<String>,
}

/// The findings, the most telling first.
pub(super) fn of(trace: &Trace, charset: Charset) -> Vec<FindingRow> {
    let told = why(trace, &critical_path(trace), None, charset);
    let row = |finding: Finding| {
        let spans = match &finding.evidence {
            Evidence::Spans(spans) => spans
                .iter()
                .map(|&span| trace.span(span).span_id().to_string())
                .collect(),
            Evidence::Operation(_) | Evidence::Call { .. } => Vec::new(),
        };
        FindingRow { finding, spans }
    };
    told.findings.into_iter().map(row).collect()
}

pub(super) const COLUMNS: &[Column<FindingRow>] = &[
    Column::left("KIND", "kind", |row, _| {
        Cell::text(row.finding.kind.name()).muted()
    }),
    Column::left("FINDING", "finding", |row, _| {
        Cell::text(row.finding.text.as_str())
    }),
    Column::right("EXPLAINS", "explains_nano", |row, look| {
        Cell::duration(row.finding.explains.0, look)
    }),
    Column::right("SPANS", "spans", |row, _| {
        Cell::count(row.spans.len() as u64)
    }),
    Column::left("FIRST", "span_id", |row, _| {
        Cell::text(row.spans.first().cloned().unwrap_or_default()).muted()
    }),
];

impl Record for FindingRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("kind").string(self.finding.kind.name());
        json.key("finding").string(self.finding.text.as_str());
        json.key("explains_nano").raw(self.finding.explains.0);
        json.key("span_ids");
        json.begin_array();
        for span in &self.spans {
            json.string(span);
        }
        json.end_array();
        json.end_object();
    }
}
