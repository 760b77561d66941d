//! The flame graph of a trace: its frames as rows, or as stacks for other tools.

use std::io::{self, Write};

use clap::ValueEnum;
use clap::builder::PossibleValue;

use crate::analysis::{Flame, Frame, Weight, critical_path};
use crate::format::json::JsonWriter;
use crate::model::{Cancellation, SpanRef, Trace};

use super::super::output::{Cell, Column, Record};
use super::rows::{OfSpan, indented};

impl ValueEnum for Weight {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self::Total, Self::Own, Self::Critical]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let (name, help) = match self {
            Self::Total => ("total", "The summed durations of its spans"),
            Self::Own => ("own", "Own time, with all below"),
            Self::Critical => ("critical", "Time on the critical path, with all below"),
        };
        Some(PossibleValue::new(name).help(help))
    }
}

/// A frame; its names are those of its longest span.
pub(super) struct FrameRow<'a> {
    trace: &'a Trace,
    frame: Frame,
    /// Nanoseconds, by the weight that was asked for.
    width: u64,
}

/// The frames, callers before what they called, and how wide each is by a weight.
pub(super) fn of(trace: &Trace, weight: Weight) -> Vec<FrameRow<'_>> {
    let path = critical_path(trace);
    let flame = Flame::new(trace, &path);
    let widths = flame.widths(weight, (trace, &path), &Cancellation::never());
    let row = |(frame, width): (Frame, u64)| FrameRow {
        trace,
        frame,
        width,
    };
    flame.frames(trace, &path).zip(widths).map(row).collect()
}

pub(super) fn columns<'a>() -> [Column<FrameRow<'a>>; 8] {
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
        Column::right("WIDTH", "width_nano", |row, look| {
            Cell::duration(row.width, look)
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
        json.key("width_nano").raw(self.width);
        json.end_object();
    }
}

/// Writes the frames as folded stacks, one a line with what its width has beyond those below it,
/// in microseconds: what flame graph tools read, and add up.
pub(super) fn folded(out: &mut dyn Write, trace: &Trace, weight: Weight) -> io::Result<()> {
    let path = critical_path(trace);
    let flame = Flame::new(trace, &path);
    let widths = flame.widths(weight, (trace, &path), &Cancellation::never());
    let mut beyond = widths.clone();
    for (frame, width) in flame.frames(trace, &path).zip(&widths) {
        if let Some(above) = frame.parent.and_then(|parent| beyond.get_mut(parent)) {
            *above = above.saturating_sub(*width);
        }
    }
    let mut stack: Vec<String> = Vec::new();
    for (frame, beyond) in flame.frames(trace, &path).zip(beyond) {
        stack.truncate(frame.depth);
        // A semicolon parts frames, a blank before the last number ends them.
        let any = trace.span(frame.longest);
        let name = format!("{}: {}", any.service(), any.operation());
        stack.push(name.replace([';', '\n', '\r'], "_"));
        let micros = beyond / 1_000;
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
        let told = |trace: &Trace, weight| {
            let mut out = Vec::new();
            folded(&mut out, trace, weight).unwrap();
            String::from_utf8(out).unwrap()
        };
        let text = told(&trace, Weight::Own);
        assert_eq!(text, "a: r;b: x 50000\na: r;c: y_z 50000\n");
        let trace = scenario::trace("a: r 0..100\n  b: x 0..80\n  c: y 0..90\n");
        let text = told(&trace, Weight::Own);
        assert_eq!(text, "a: r 10000\na: r;b: x 80000\na: r;c: y 90000\n");
        let text = told(&trace, Weight::Critical);
        assert_eq!(text, "a: r 10000\na: r;c: y 90000\n");
        let widths = |weight| {
            of(&trace, weight)
                .iter()
                .map(|row| row.width)
                .collect::<Vec<_>>()
        };
        let millis = |all: [u64; 3]| all.map(|each| each * 1_000_000).to_vec();
        assert_eq!(widths(Weight::Total), millis([170, 80, 90]));
        assert_eq!(widths(Weight::Critical), millis([100, 0, 90]));
    }
}
