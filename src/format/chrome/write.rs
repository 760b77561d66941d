//! Traces as Chrome's trace events, which Perfetto, `chrome://tracing` and speedscope show.
//!
//! A process is a service of one trace. The format tells callers only by time, on a thread; so
//! threads are made up, as few as do, such that what lies within a slice is what it called. Calls
//! that lead elsewhere are arrows. Ids, status, attributes and resource are arguments of the slice,
//! events are instants, a note is an argument. Links, scopes and log records have no place.
//!
//! Times are told since the first trace's start, which `baseTimeNanoseconds` names: viewers read
//! numbers as doubles, which cannot tell nanoseconds since 1970.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::io;

use crate::format::explained::{attributes, members};
use crate::format::json::JsonWriter;
use crate::model::{Kind, Note, Notes, Status, Time, Trace};

/// Writes traces: any number of them, then [`finish`](Self::finish).
pub struct ChromeWriter<'w> {
    json: JsonWriter<'w>,
    base: Option<Time>,
    processes: u64,
    arrows: u64,
}

/// Where a span is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Place {
    /// The number of the service among those of the trace.
    process: usize,
    lane: usize,
}

impl<'w> ChromeWriter<'w> {
    /// A writer to `out`.
    pub fn new(out: &'w mut dyn io::Write) -> Self {
        Self {
            json: JsonWriter::new(out),
            base: None,
            processes: 0,
            arrows: 0,
        }
    }

    fn begin(&mut self, base: Time) {
        if self.base.is_none() {
            self.base = Some(base);
            self.json.begin_object();
            self.json.key("displayTimeUnit").string("ms");
            self.json.key("baseTimeNanoseconds").raw(base.0);
            self.json.key("traceEvents").begin_array();
        }
    }

    /// One trace.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn trace(&mut self, trace: &Trace) -> io::Result<()> {
        self.begin(trace.start());
        let first = self.processes;
        let mut processes: HashMap<&str, usize> = HashMap::new();
        let mut lanes: Vec<Lanes> = Vec::new();
        // Clocks may let a span begin before its caller: one that has no place yet lends none.
        let mut places: Vec<Option<Place>> = vec![None; trace.len()];
        let mut by_start: Vec<usize> = (0..trace.len()).collect();
        by_start.sort_by_key(|&span| trace.start_of(span));
        for &span in &by_start {
            let service = trace.span(span).service();
            let process = *processes.entry(service).or_insert(lanes.len());
            if process == lanes.len() {
                lanes.push(Lanes::default());
                self.process(first + process as u64, service, trace);
            }
            let caller = trace.parent(span);
            let near = caller.and_then(|parent| Some((parent, places[parent]?)));
            let near = near.filter(|(_, place)| place.process == process);
            let near = near.map(|(parent, place)| (parent, place.lane));
            let lane = lanes[process].lane_for(trace, span, near);
            places[span] = Some(Place { process, lane });
        }
        let notes = Notes::of(trace);
        for span in by_start {
            let Some(here) = places[span] else { continue };
            let note = notes.on(trace.span(span).span_id());
            self.slice(trace, span, (first, here), note);
            let caller = trace.parent(span);
            let caller = caller.and_then(|parent| Some((parent, places[parent]?)));
            if let Some((parent, from)) = caller.filter(|(_, from)| *from != here) {
                self.arrow(trace, (parent, from), (span, here), first);
            }
            self.json.flush_full()?;
        }
        self.processes += lanes.len() as u64;
        Ok(())
    }

    /// Closes the document and passes all bytes on.
    ///
    /// # Errors
    /// Those of the sink.
    pub fn finish(&mut self) -> io::Result<()> {
        self.begin(Time(0));
        self.json.end_array();
        self.json.end_object();
        self.json.end_line();
        self.json.flush()
    }

    fn process(&mut self, pid: u64, service: &str, trace: &Trace) {
        let label = format!("trace {}", trace.id());
        for (name, key, value) in [
            ("process_name", "name", service),
            ("process_labels", "labels", label.as_str()),
        ] {
            self.json.begin_object();
            self.json.key("ph").string("M");
            self.json.key("name").string(name);
            self.json.key("pid").raw(pid);
            self.json.key("args").begin_object();
            self.json.key(key).string(value);
            self.json.end_object();
            self.json.end_object();
        }
    }

    fn slice(
        &mut self,
        trace: &Trace,
        number: usize,
        (first, place): (u64, Place),
        note: Option<&Note>,
    ) {
        let span = trace.span(number);
        self.open("X", span.operation(), trace.start_of(number), first, place);
        self.json.key("dur");
        self.micros(i128::from(trace.duration_of(number).0));
        if span.kind() != Kind::Unspecified {
            self.json.key("cat").string(span.kind().name());
        }
        if span.is_error() {
            self.json.key("cname").string("terrible");
        }
        let json = &mut self.json;
        json.key("args").begin_object();
        json.key("trace_id").quoted(span.trace_id());
        json.key("span_id").quoted(span.span_id());
        if !span.parent_id().is_zero() {
            json.key("parent_span_id").quoted(span.parent_id());
        }
        if span.status() != Status::Unset {
            json.key("status").string(span.status().name());
        }
        if !span.status_message().is_empty() {
            json.key("status_message").string(span.status_message());
        }
        // As an event it would stand where it was written, days behind the slice.
        if let Some(note) = note {
            json.key("note").string(&note.text);
        }
        members(json, span.attributes());
        json.key("resource");
        attributes(json, span.resource().attributes());
        json.end_object();
        json.end_object();
        let moved = trace.start_of(number).0 as i64 - span.start().0 as i64;
        for event in span.events() {
            let time = event.time().shifted(moved);
            self.open("i", event.name(), time, first, place);
            self.json.key("s").string("t");
            self.json.key("args");
            attributes(&mut self.json, event.attributes());
            self.json.end_object();
        }
    }

    /// From the caller, at the moment of the call or its nearest, to the start of the called.
    fn arrow(&mut self, trace: &Trace, from: (usize, Place), to: (usize, Place), first: u64) {
        self.arrows += 1;
        let start = trace.start_of(to.0);
        let leaves = start.clamp(trace.start_of(from.0), trace.end_of(from.0));
        for (phase, time, place) in [("s", leaves, from.1), ("f", start, to.1)] {
            self.open(phase, "call", time, first, place);
            self.json.key("cat").string("call");
            self.json.key("id").raw(self.arrows);
            if phase == "f" {
                self.json.key("bp").string("e");
            }
            self.json.end_object();
        }
    }

    /// Begins an event on a thread.
    fn open(&mut self, phase: &str, name: &str, time: Time, first: u64, place: Place) {
        let base = self.base.unwrap_or(Time(0));
        self.json.begin_object();
        self.json.key("ph").string(phase);
        self.json.key("name").string(name);
        self.json.key("pid").raw(first + place.process as u64);
        self.json.key("tid").raw(place.lane);
        self.json.key("ts");
        self.micros(i128::from(time.0) - i128::from(base.0));
    }

    fn micros(&mut self, nanos: i128) {
        let sign = if nanos < 0 { "-" } else { "" };
        let (micros, rest) = (nanos.unsigned_abs() / 1000, nanos.unsigned_abs() % 1000);
        if rest == 0 {
            self.json.raw(format_args!("{sign}{micros}"));
        } else {
            self.json.raw(format_args!("{sign}{micros}.{rest:03}"));
        }
    }
}

/// The threads of a process: on each, slices lie one after another or within their callers.
#[derive(Debug, Default)]
struct Lanes {
    /// Spans that lie within each other, innermost last.
    open: Vec<Vec<usize>>,
    /// When the outermost of a lane ends.
    free: BinaryHeap<Reverse<(Time, usize)>>,
}

impl Lanes {
    /// The lane of a span that is no earlier than all before: its caller's, if it lies within that
    /// one and nothing else does meanwhile, else one that is free.
    fn lane_for(&mut self, trace: &Trace, span: usize, near: Option<(usize, usize)>) -> usize {
        let (start, end) = (trace.start_of(span), trace.end_of(span));
        if let Some((parent, lane)) = near {
            let open = &mut self.open[lane];
            let is_over = |&top: &usize| top != parent && trace.end_of(top) <= start;
            while open.pop_if(|top| is_over(top)).is_some() {}
            if open.last() == Some(&parent) && end <= trace.end_of(parent) {
                open.push(span);
                return lane;
            }
        }
        let free = self.free.peek().filter(|Reverse((from, _))| *from <= start);
        let lane = if let Some(&Reverse((_, lane))) = free {
            self.free.pop();
            lane
        } else {
            self.open.push(Vec::new());
            self.open.len() - 1
        };
        self.open[lane].clear();
        self.open[lane].push(span);
        self.free.push(Reverse((end, lane)));
        lane
    }
}
