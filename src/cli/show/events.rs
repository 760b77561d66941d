//! The events of a trace and its log records, as a log.

use crate::analysis::{self, Happening, What};
use crate::format::explained;
use crate::format::json::JsonWriter;
use crate::model::{SpanRef, Trace};

use super::super::output::{Cell, Column, Record, Tone};
use super::rows::{OfSpan, operation, service, span_id};

/// An event or a log record, and its span.
pub(super) struct EventRow<'a> {
    trace: &'a Trace,
    happening: Happening<'a>,
}

/// All that happened, by time.
pub(super) fn of(trace: &Trace) -> Vec<EventRow<'_>> {
    let happenings = analysis::happenings(trace).into_iter();
    let row = |happening| EventRow { trace, happening };
    happenings.map(row).collect()
}

pub(super) fn columns<'a>() -> [Column<EventRow<'a>>; 6] {
    [
        Column::right("TIME", "time_unix_nano", |row: &EventRow<'a>, look| {
            Cell::instant(row.happening.time, row.trace.start(), look)
        }),
        service(),
        operation(),
        Column::left("EVENT", "name", |row, _| row.words()),
        Column::left("ATTRIBUTES", "attributes", |row, _| {
            Cell::text(row.pairs()).muted()
        }),
        span_id(),
    ]
}

impl EventRow<'_> {
    fn words(&self) -> Cell {
        let what = self.happening.what;
        let tone = if what.is_failure() {
            Tone::Error
        } else {
            Tone::Plain
        };
        let words = match what {
            What::Event(event) => event.name().to_owned(),
            What::Log(log) => format!("{} {}", log.severity_name(), log.body().to_text()),
        };
        Cell {
            tone,
            ..Cell::text(words)
        }
    }

    /// Its attributes in a line.
    fn pairs(&self) -> String {
        let pairs = self.happening.what.attributes();
        let pairs = pairs.iter();
        let words = pairs.map(|(key, value)| format!("{key}={}", value.to_text()));
        words.collect::<Vec<_>>().join("  ")
    }
}

impl OfSpan for EventRow<'_> {
    fn span(&self) -> SpanRef<'_> {
        self.trace.span(self.happening.span)
    }
}

impl Record for EventRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let span = self.span();
        json.begin_object();
        json.key("time_unix_nano").quoted(self.happening.time.0);
        json.key("span_id").quoted(span.span_id());
        json.key("service").string(span.service());
        json.key("operation").string(span.operation());
        match self.happening.what {
            What::Event(event) => json.key("name").string(event.name()),
            What::Log(log) => {
                json.key("severity").string(log.severity_name());
                json.key("body");
                explained::value(json, log.body());
            }
        }
        json.key("attributes");
        explained::attributes(json, self.happening.what.attributes());
        json.end_object();
    }
}
