//! Chrome's trace events, as `chrome://tracing`, Node, Bazel, webpack, Clang's `-ftime-trace`,
//! `PyTorch`'s Kineto and Rust's `tracing-chrome` write them: a list of events, whose end may be
//! missing, or an object with the list below `traceEvents`.
//!
//! Phases: `X` is a slice with its duration, `B` and `E` begin and end one of a thread, `b` and `e`
//! (of old `S` and `F`) one of an asynchronous id; `i`, `I`, `R`, `n` (of old `T` and `p`) are points
//! in time, `s`, `t` and `f` are arrows between slices, `M` names processes and threads. Counters,
//! samples and snapshots are passed over and counted. The parents come from time, see
//! [`timeline`](super::timeline). [`ChromeWriter`] writes them.
//!
//! Format: "Trace Event Format", Google 2016. Times are in microseconds of some clock, often since
//! boot; Kineto and Clang tell its beginning.
//!
//! ```text
//! [{"ph":"M","name":"process_name","pid":1,"args":{"name":"shop"}},
//!  {"ph":"X","name":"load","cat":"io","pid":1,"tid":7,"ts":1000.5,"dur":250,"args":{"rows":3}},
//! ```

mod event;
mod write;

use std::collections::HashMap;

use super::course::Course;
use super::findings::Findings;
use super::json::{JsonError, JsonReader, JsonResult};
use super::output::Output;
use super::problem::{Problem, Reason};
use super::timeline::{Owner, Timeline, TrackIx, Whole};
use super::walk::Walk;
use crate::model::{BlockBuilder, PairIx, TraceId, Value};

use event::Event;

pub use write::ChromeWriter;

/// Begins to decode a trace: its parents are known when all slices are.
pub(super) fn course() -> Box<dyn Course> {
    Box::<Chrome>::default()
}

/// What was read of a trace.
#[derive(Debug, Default)]
struct Chrome {
    trace_id: TraceId,
    timeline: Timeline,
    /// Tracks by what tells them apart, and which process and thread each belongs to.
    tracks: HashMap<String, TrackIx>,
    threads: Vec<Thread>,
    /// Names of processes by their ids, and of threads by theirs.
    processes: HashMap<String, Process>,
    thread_names: HashMap<(String, String), String>,
    /// Bytes of these names and ids, about.
    named: usize,
    /// Nanoseconds that are added to all times.
    base: i128,
    /// Events passed over.
    counters: u64,
    others: u64,
    unmatched: u64,
    /// Slices whose length is not told.
    unended: u64,
    /// It was too large to be kept whole, which has been told.
    is_cut: bool,
}

/// Where a track runs. Asynchronous ones have no thread.
#[derive(Debug, Clone, Default)]
struct Thread {
    pid: String,
    tid: Option<String>,
}

#[derive(Debug, Default)]
struct Process {
    name: Option<String>,
    labels: Option<String>,
}

impl Course for Chrome {
    fn piece(&mut self, text: &[u8], room: usize, mut out: Output<'_>) -> Result<(), Problem> {
        if self.trace_id == TraceId::default() {
            self.trace_id = out.trace_id(text);
        }
        let mut names = std::mem::take(&mut self.timeline.names);
        // What is read goes into the timeline, and from there into blocks.
        let events = Events {
            text,
            chrome: self,
            event: Event::default(),
        };
        let walk = Walk::new(text, Output::new(&mut names, out.findings), events);
        let result = walk.documents(Walk::document);
        self.timeline.names = names;
        if self.timeline.bytes() + self.named > room {
            self.make_room(room, &mut out);
        }
        // A program that ends does not close its list, which the format allows.
        result.or_else(|problem| match problem.reason {
            Reason::Truncated if ends_between_events(text) => Ok(()),
            _ => Err(problem),
        })
    }

    fn finish(&mut self, mut out: Output<'_>) {
        self.pour(true, &mut out);
        self.tell(out.findings);
    }
}

fn ends_between_events(text: &[u8]) -> bool {
    let is_list = text.trim_ascii_start().first() == Some(&b'[');
    is_list && matches!(text.trim_ascii_end().last(), Some(b'}' | b',' | b'['))
}

/// The events of a piece.
struct Events<'a, 'c> {
    text: &'a [u8],
    chrome: &'c mut Chrome,
    event: Event<'a>,
}

impl<'a> Walk<'a, '_, Events<'a, '_>> {
    /// An object around the events, or an event.
    fn document(&mut self) -> JsonResult<()> {
        if !is_around(self.json.clone()).unwrap_or(false) {
            return self.event();
        }
        self.object(|walk, key| {
            match key {
                "traceEvents" => walk.items(Self::event)?,
                "baseTimeNanoseconds" => walk.state.chrome.base = walk.json.scaled(1)?,
                "beginningOfTime" => walk.state.chrome.base = walk.json.scaled(1000)?,
                _ => {}
            }
            Ok(())
        })
    }

    fn event(&mut self) -> JsonResult<()> {
        // A comma before the end of a list.
        if let Err(JsonError::Syntax { at, .. }) = self.json.peek()
            && self.state.text.get(at) == Some(&b']')
        {
            return Ok(());
        }
        self.span(|walk| {
            walk.read_event()?;
            Ok(walk.take_event())
        })
    }
}

/// Whether an object is around the events, rather than one.
fn is_around(mut json: JsonReader<'_>) -> JsonResult<bool> {
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        match &*key {
            "ph" => return Ok(false),
            "traceEvents" => return Ok(true),
            _ => drop(json.skip()?),
        }
    }
    Ok(false)
}

impl Chrome {
    /// Pours what was read so far into blocks: it is too much to be kept.
    fn make_room(&mut self, room: usize, out: &mut Output<'_>) {
        let kept = (self.timeline.bytes() + self.named) >> 20;
        if !std::mem::replace(&mut self.is_cut, true) {
            out.findings.report(Problem {
                place: out.findings.place_in_bytes(0, String::new()),
                reason: Reason::TooLarge,
                message: format!(
                    "no more than {kept} MiB of a timeline are kept at once: a slice finds no parent and \
                     no arrow among those before"
                ),
                spans: 0,
            });
        }
        self.pour(false, out);
        if self.timeline.bytes() > room / 2 {
            // Of slices that never end.
            self.pour(true, out);
        }
    }

    fn pour(&mut self, all: bool, out: &mut Output<'_>) {
        let mut timeline = std::mem::take(&mut self.timeline);
        let chrome = &*self;
        let owner = |track: TrackIx, builder: &mut BlockBuilder| {
            let thread = chrome.threads.get(track.index());
            thread.map_or_else(Owner::default, |thread| chrome.owner(thread, builder))
        };
        let whole = Whole {
            trace_id: self.trace_id,
            shift: self.base,
            owner: &owner,
        };
        let (stay, unmatched) = timeline.pour(whole, all, out);
        self.timeline = timeline;
        self.unmatched += unmatched;
        self.keep_tracks(&stay);
    }

    /// Forgets all tracks but those that stay, which are given in their new order.
    fn keep_tracks(&mut self, stay: &[TrackIx]) {
        let new: HashMap<usize, usize> = stay.iter().map(|old| old.index()).zip(0..).collect();
        self.tracks
            .retain(|_, track| match new.get(&track.index()) {
                Some(&index) => {
                    *track = TrackIx::of(index);
                    true
                }
                None => false,
            });
        let thread = |old: &TrackIx| self.threads.get(old.index()).cloned().unwrap_or_default();
        self.threads = stay.iter().map(thread).collect();
        self.named = 0;
    }

    /// Tells what was passed over, and what was guessed.
    fn tell(&self, findings: &mut Findings) {
        let counts = [
            (self.counters, "counters", "passed over"),
            (
                self.others,
                "events of kinds that are no spans",
                "passed over",
            ),
            (self.unmatched, "ends without a beginning", "passed over"),
            (
                self.unended,
                "slices without `dur`",
                "kept without a length",
            ),
        ];
        for (count, what, became) in counts.into_iter().filter(|(count, ..)| *count > 0) {
            let place = findings.place_in_bytes(0, String::new());
            findings.report(Problem {
                place,
                reason: Reason::Unsupported,
                message: format!("{what}: {count} {became}"),
                spans: 0,
            });
        }
    }

    /// The process as a service, the thread as attributes.
    fn owner(&self, thread: &Thread, builder: &mut BlockBuilder) -> Owner {
        let known = self.processes.get(&thread.pid);
        let stand_in = format!("process {}", thread.pid);
        let name = known.and_then(|process| process.name.as_ref());
        let name = Value::Str(name.unwrap_or(&stand_in));
        let mut owner = Owner {
            process: vec![
                builder.attribute("service.name", name),
                number(builder, "process.pid", &thread.pid),
            ],
            thread: Vec::new(),
        };
        if let Some(labels) = known.and_then(|process| process.labels.as_ref()) {
            let labels = builder.attribute("process.labels", Value::Str(labels));
            owner.process.push(labels);
        }
        if let Some(tid) = &thread.tid {
            owner.thread.push(number(builder, "thread.id", tid));
            if let Some(name) = self.thread_names.get(&(thread.pid.clone(), tid.clone())) {
                let name = builder.attribute("thread.name", Value::Str(name));
                owner.thread.push(name);
            }
        }
        owner
    }
}

/// An id that is a number, mostly.
fn number(builder: &mut BlockBuilder, key: &str, text: &str) -> PairIx {
    match text.parse() {
        Ok(number) => builder.attribute(key, Value::Int(number)),
        Err(_) => builder.attribute(key, Value::Str(text)),
    }
}

#[cfg(test)]
mod tests;
