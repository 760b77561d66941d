//! The events of a trace as a log.

use crate::format::explained;
use crate::format::json::JsonWriter;
use crate::model::{EventRef, SpanRef, Time, Trace};

use super::super::output::{Cell, Column, Record};
use super::rows::{OfSpan, operation, service, span_id};

/// An event and its span.
pub(super) struct EventRow<'a> {
    trace: &'a Trace,
    span: usize,
    event: EventRef<'a>,
    /// When it was, by the clock of the trace.
    time: Time,
}

/// The events of all spans by time.
pub(super) fn of(trace: &Trace) -> Vec<EventRow<'_>> {
    let of_span = |span: usize| {
        let moved = trace.start_of(span).0 as i64 - trace.span(span).start().0 as i64;
        trace.span(span).events().map(move |event| EventRow {
            trace,
            span,
            event,
            time: event.time().shifted(moved),
        })
    };
    let mut rows: Vec<EventRow<'_>> = (0..trace.len()).flat_map(of_span).collect();
    rows.sort_by_key(|row| row.time);
    rows
}

pub(super) fn columns<'a>() -> [Column<EventRow<'a>>; 6] {
    [
        Column::right("TIME", "time_unix_nano", |row: &EventRow<'a>, look| {
            Cell::instant(row.time, row.trace.start(), look)
        }),
        service(),
        operation(),
        Column::left("EVENT", "name", |row, _| Cell::text(row.event.name())),
        Column::left("ATTRIBUTES", "attributes", |row, _| {
            Cell::text(row.words()).muted()
        }),
        span_id(),
    ]
}

impl EventRow<'_> {
    /// Its attributes in a line.
    fn words(&self) -> String {
        let pairs = self.event.attributes();
        let pairs = pairs.iter();
        let words = pairs.map(|(key, value)| format!("{key}={}", value.to_text()));
        words.collect::<Vec<_>>().join("  ")
    }
}

impl OfSpan for EventRow<'_> {
    fn span(&self) -> SpanRef<'_> {
        self.trace.span(self.span)
    }
}

impl Record for EventRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let span = self.span();
        json.begin_object();
        json.key("time_unix_nano").quoted(self.time.0);
        json.key("span_id").quoted(span.span_id());
        json.key("service").string(span.service());
        json.key("operation").string(span.operation());
        json.key("name").string(self.event.name());
        json.key("attributes");
        explained::attributes(json, self.event.attributes());
        json.end_object();
    }
}
