//! The critical path of a trace, section by section.

use crate::analysis::{Section, critical_path};
use crate::format::json::JsonWriter;
use crate::model::{SpanRef, Trace};

use super::super::output::{Cell, Column, Record};
use super::rows::{OfSpan, operation, service, span_id};

/// A section of the path.
pub(super) struct SectionRow<'a> {
    trace: &'a Trace,
    section: Section,
}

/// The sections by time.
pub(super) fn of(trace: &Trace) -> Vec<SectionRow<'_>> {
    let path = critical_path(trace);
    let sections = path.sections().iter();
    let row = |&section: &Section| SectionRow { trace, section };
    sections.map(row).collect()
}

pub(super) fn columns<'a>() -> [Column<SectionRow<'a>>; 5] {
    [
        Column::right("FROM", "start_unix_nano", |row: &SectionRow<'a>, look| {
            Cell::instant(row.section.from, row.trace.start(), look)
        }),
        Column::right("DURATION", "duration_nano", |row, look| {
            Cell::duration(row.section.duration().0, look)
        }),
        service(),
        operation(),
        span_id(),
    ]
}

impl OfSpan for SectionRow<'_> {
    fn span(&self) -> SpanRef<'_> {
        self.trace.span(self.section.span)
    }
}

impl Record for SectionRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let span = self.span();
        json.begin_object();
        json.key("start_unix_nano").quoted(self.section.from.0);
        json.key("duration_nano").raw(self.section.duration().0);
        json.key("service").string(span.service());
        json.key("operation").string(span.operation());
        json.key("span_id").quoted(span.span_id());
        json.end_object();
    }
}
