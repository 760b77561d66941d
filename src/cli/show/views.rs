//! The views of a trace as rows: statistics, events, findings, flame graph, critical path. What
//! the interface shows as tabs, for scripts.

use std::io::{self, Write};

use crate::analysis::{
    Evidence, Flame, Frame, Group, GroupBy, Section, critical_path, statistics, why,
};
use crate::format::json::JsonWriter;
use crate::model::{Nanos, Time, Trace};
use crate::text::offset;

use super::super::output::{Cell, Column, Format, Look, Record, Tone, write_rows};

/// Writes the statistics of operations, most critical time first.
pub(super) fn stats(
    out: &mut dyn Write,
    look: &Look,
    format: Format,
    trace: &Trace,
) -> io::Result<()> {
    let by = [GroupBy::Service, GroupBy::Operation];
    let groups = statistics(trace, &critical_path(trace), &by);
    let rows: Vec<GroupRow> = groups.into_iter().map(GroupRow).collect();
    let columns = vec![
        Column::left("SERVICE", "service", |row: &GroupRow, _| {
            Cell::text(row.value(0))
        }),
        Column::left("OPERATION", "operation", |row, _| Cell::text(row.value(1))),
        Column::right("COUNT", "spans", |row, _| {
            Cell::count(row.0.figures.durations.count())
        }),
        Column::right("ERR", "errors", |row, _| Cell::count(row.0.figures.errors)),
        Column::right("TOTAL", "duration_nano", |row, look| {
            Cell::duration(row.0.figures.durations.sum().0, look)
        }),
        Column::right("P50", "p50_nano", |row, look| {
            Cell::duration(row.quantile(0.5), look)
        }),
        Column::right("P95", "p95_nano", |row, look| {
            Cell::duration(row.quantile(0.95), look)
        }),
        Column::right("MAX", "max_nano", |row, look| {
            Cell::duration(row.quantile(1.0), look)
        }),
        Column::right("SELF", "self_nano", |row, look| {
            Cell::duration(row.0.figures.own.0, look)
        }),
        Column::right("CRITICAL", "critical_nano", |row, look| {
            Cell::duration(row.0.figures.critical.0, look)
        }),
    ];
    write_rows(out, look, format, &columns, &rows)
}

struct GroupRow(Group);

impl GroupRow {
    fn value(&self, at: usize) -> &str {
        self.0
            .values
            .get(at)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    fn quantile(&self, q: f64) -> u64 {
        self.0.figures.durations.quantile(q).unwrap_or_default().0
    }
}

impl Record for GroupRow {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let figures = &self.0.figures;
        json.begin_object();
        json.key("service").string(self.value(0));
        json.key("operation").string(self.value(1));
        json.key("spans").raw(figures.durations.count());
        json.key("errors").raw(figures.errors);
        json.key("duration_nano").raw(figures.durations.sum().0);
        json.key("p50_nano").raw(self.quantile(0.5));
        json.key("p95_nano").raw(self.quantile(0.95));
        json.key("max_nano").raw(self.quantile(1.0));
        json.key("self_nano").raw(figures.own.0);
        json.key("critical_nano").raw(figures.critical.0);
        json.end_object();
    }
}

/// Writes the events of all spans by time.
pub(super) fn events(
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

/// Writes what stands out, with the spans that show it.
pub(super) fn findings(
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

/// Writes the sections of the critical path by time.
pub(super) fn critical(
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

/// Writes the frames of the flame graph, callers before what they called.
pub(super) fn flame(
    out: &mut dyn Write,
    look: &Look,
    format: Format,
    trace: &Trace,
) -> io::Result<()> {
    let path = critical_path(trace);
    let flame = Flame::new(trace, &path);
    let rows: Vec<FrameRow<'_>> = flame.frames().iter().copied().map(FrameRow).collect();
    let columns = vec![
        Column::left("FRAME", "frame", |row: &FrameRow<'_>, _| {
            let FrameRow(at) = row;
            let indent = "  ".repeat(at.depth.min(40));
            Cell::text(format!("{indent}{}  {}", at.service, at.operation))
        }),
        Column::right("SPANS", "spans", |row, _| Cell::count(row.0.spans)),
        Column::right("ERR", "errors", |row, _| {
            let tone = if row.0.errors > 0 {
                Tone::Error
            } else {
                Tone::Plain
            };
            Cell {
                tone,
                ..Cell::count(row.0.errors)
            }
        }),
        Column::right("TOTAL", "duration_nano", |row, look| {
            Cell::duration(row.0.total.0, look)
        }),
        Column::right("SELF", "self_nano", |row, look| {
            Cell::duration(row.0.own.0, look)
        }),
        Column::right("CRITICAL", "critical_nano", |row, look| {
            Cell::duration(row.0.critical.0, look)
        }),
    ];
    write_rows(out, look, format, &columns, &rows)
}

struct FrameRow<'a>(Frame<'a>);

impl Record for FrameRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let frame = &self.0;
        json.begin_object();
        json.key("service").string(frame.service);
        json.key("operation").string(frame.operation);
        json.key("depth").raw(frame.depth);
        json.key("spans").raw(frame.spans);
        json.key("errors").raw(frame.errors);
        json.key("duration_nano").raw(frame.total.0);
        json.key("self_nano").raw(frame.own.0);
        json.key("critical_nano").raw(frame.critical.0);
        json.end_object();
    }
}

/// Writes the frames as folded stacks, one a line with its own time in microseconds: what flame
/// graph tools read.
pub(super) fn folded(out: &mut dyn Write, trace: &Trace) -> io::Result<()> {
    let flame = Flame::new(trace, &critical_path(trace));
    let mut stack: Vec<String> = Vec::new();
    for frame in flame.frames() {
        stack.truncate(frame.depth);
        // A semicolon parts frames, a blank before the last number ends them.
        let name = format!("{}: {}", frame.service, frame.operation);
        stack.push(name.replace([';', '\n', '\r'], "_"));
        let micros = frame.own.0 / 1_000;
        if micros > 0 {
            writeln!(out, "{} {micros}", stack.join(";"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn folded_stacks_add_up_to_the_own_times() {
        let trace = scenario::trace("a: r 0..100\n  b: x 0..40\n  b: x 40..50\n  c: y;z 50..100\n");
        let mut out = Vec::new();
        folded(&mut out, &trace).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "a: r;b: x 50000\na: r;c: y_z 50000\n");
    }
}
