//! The flame graph of a trace: its frames as rows, or as stacks for other tools.

use std::io::{self, Write};

use crate::analysis::{Flame, Frame, critical_path};
use crate::format::json::JsonWriter;
use crate::model::{SpanRef, Trace};

use super::super::output::{Cell, Column, Record};
use super::rows::{OfSpan, indented};

/// A frame; its names are those of its longest span.
pub(super) struct FrameRow<'a> {
    trace: &'a Trace,
    frame: Frame,
}

/// The frames, callers before what they called.
pub(super) fn of(trace: &Trace) -> Vec<FrameRow<'_>> {
    let path = critical_path(trace);
    let flame = Flame::new(trace, &path);
    let row = |frame: Frame| FrameRow { trace, frame };
    flame.frames(trace, &path).map(row).collect()
}

pub(super) fn columns<'a>() -> [Column<FrameRow<'a>>; 7] {
    [
        Column::left("FRAME", "frame", |row: &FrameRow<'a>, _| {
            indented(
                row.frame.depth,
                row.span().service(),
                row.span().operation(),
            )
        }),
        Column::right("DEPTH", "depth", |row, _| {
            Cell::count(row.frame.depth as u64)
        }),
        Column::right("SPANS", "spans", |row, _| Cell::count(row.frame.sum.spans)),
        Column::right("ERR", "errors", |row, _| Cell::errors(row.frame.sum.errors)),
        Column::right("TOTAL", "duration_nano", |row, look| {
            Cell::duration(row.frame.sum.total.0, look)
        }),
        Column::right("SELF", "self_nano", |row, look| {
            Cell::duration(row.frame.sum.own.0, look)
        }),
        Column::right("CRITICAL", "critical_nano", |row, look| {
            Cell::duration(row.frame.sum.critical.0, look)
        }),
    ]
}

impl OfSpan for FrameRow<'_> {
    fn span(&self) -> SpanRef<'_> {
        self.trace.span(self.frame.longest)
    }
}

impl Record for FrameRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        let frame = &self.frame;
        json.begin_object();
        json.key("service").string(self.span().service());
        json.key("operation").string(self.span().operation());
        json.key("depth").raw(frame.depth);
        json.key("spans").raw(frame.sum.spans);
        json.key("errors").raw(frame.sum.errors);
        json.key("duration_nano").raw(frame.sum.total.0);
        json.key("self_nano").raw(frame.sum.own.0);
        json.key("critical_nano").raw(frame.sum.critical.0);
        json.end_object();
    }
}

/// Writes the frames as folded stacks, one a line with its own time in microseconds: what flame
/// graph tools read.
pub(super) fn folded(out: &mut dyn Write, trace: &Trace) -> io::Result<()> {
    let path = critical_path(trace);
    let flame = Flame::new(trace, &path);
    let mut stack: Vec<String> = Vec::new();
    for frame in flame.frames(trace, &path) {
        stack.truncate(frame.depth);
        // A semicolon parts frames, a blank before the last number ends them.
        let any = trace.span(frame.longest);
        let name = format!("{}: {}", any.service(), any.operation());
        stack.push(name.replace([';', '\n', '\r'], "_"));
        let micros = frame.sum.own.0 / 1_000;
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
