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

use super::findings::Findings;
use super::json::{JsonError, JsonReader, JsonResult};
use super::problem::{Problem, Reason};
use super::timeline::{Owner, Timeline, TrackIx};
use super::walk::Walk;
use crate::model::{BlockBuilder, PairIx, TraceId, Value};

use event::Event;

pub use write::ChromeWriter;

/// Bytes of an input by which its trace is told from those of others.
const HEAD: usize = 4 << 10;

/// Decodes a trace, whole: parents are known when all slices are.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(
    text: &[u8],
    builder: &mut BlockBuilder,
    findings: &mut Findings,
    hand_over: &mut dyn FnMut(&mut BlockBuilder) -> bool,
) -> Result<(), Problem> {
    let head = String::from_utf8_lossy(text.get(..HEAD).unwrap_or(text));
    let trace_id = TraceId::of_text(&format!("{}\n{head}", findings.input()));
    let mut chrome = Chrome {
        text,
        ..Chrome::default()
    };
    // No block is handed over in between: names and attributes are in its dictionary.
    let mut keep = |_: &mut BlockBuilder| false;
    let walk = Walk::new(text, builder, findings, &mut keep, &mut chrome);
    let result = walk.documents(Walk::document);
    chrome.add_to(builder, findings, trace_id);
    hand_over(builder);
    // A program that ends does not close its list, which the format allows.
    result.or_else(|problem| match problem.reason {
        Reason::Truncated if ends_between_events(text) => Ok(()),
        _ => Err(problem),
    })
}

fn ends_between_events(text: &[u8]) -> bool {
    let is_list = text.trim_ascii_start().first() == Some(&b'[');
    is_list && matches!(text.trim_ascii_end().last(), Some(b'}' | b',' | b'['))
}

/// What was read of a trace.
#[derive(Default)]
struct Chrome<'a> {
    text: &'a [u8],
    timeline: Timeline,
    /// Tracks by what tells them apart, and which process and thread each belongs to.
    tracks: HashMap<String, TrackIx>,
    threads: Vec<Thread>,
    /// Names of processes by their ids, and attributes of threads by theirs.
    processes: HashMap<String, Process>,
    thread_names: HashMap<(String, String), PairIx>,
    event: Event<'a>,
    /// Nanoseconds that are added to all times.
    base: i128,
    /// Events passed over.
    counters: u64,
    others: u64,
}

/// Where a track runs. Asynchronous ones have no thread.
#[derive(Debug, Clone, Default)]
struct Thread {
    pid: String,
    tid: Option<String>,
}

#[derive(Debug, Default)]
struct Process {
    name: Option<PairIx>,
    labels: Option<PairIx>,
}

impl<'a> Walk<'a, '_, &mut Chrome<'a>> {
    /// An object around the events, or an event.
    fn document(&mut self) -> JsonResult<()> {
        if !is_around(self.json.clone()).unwrap_or(false) {
            return self.event();
        }
        self.object(|walk, key| {
            match key {
                "traceEvents" => walk.items(Self::event)?,
                "baseTimeNanoseconds" => walk.state.base = walk.json.scaled(1)?,
                "beginningOfTime" => walk.state.base = walk.json.scaled(1000)?,
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

impl Chrome<'_> {
    /// Puts everything into the block, and tells what was passed over.
    fn add_to(self, builder: &mut BlockBuilder, findings: &mut Findings, trace_id: TraceId) {
        let owners: Vec<Owner> = self
            .threads
            .iter()
            .map(|thread| self.owner(thread, builder))
            .collect();
        let owner = |track: TrackIx| owners.get(track.index()).cloned().unwrap_or_default();
        let unmatched = self.timeline.add_to(builder, trace_id, self.base, owner);
        let counts = [
            (self.counters, "counters"),
            (self.others, "events of kinds that are no spans"),
            (unmatched, "ends without a beginning"),
        ];
        for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
            let place = findings.place_in_bytes(0, String::new());
            findings.report(Problem {
                place,
                reason: Reason::Unsupported,
                message: format!("{what}: {count} passed over"),
                spans: 0,
            });
        }
    }

    /// The process as a service, the thread as attributes.
    fn owner(&self, thread: &Thread, builder: &mut BlockBuilder) -> Owner {
        let known = self.processes.get(&thread.pid);
        let name = known.and_then(|process| process.name).unwrap_or_else(|| {
            let name = format!("process {}", thread.pid);
            builder.attribute("service.name", Value::Str(&name))
        });
        let mut owner = Owner {
            process: vec![name, number(builder, "process.pid", &thread.pid)],
            thread: Vec::new(),
        };
        owner
            .process
            .extend(known.and_then(|process| process.labels));
        if let Some(tid) = &thread.tid {
            owner.thread.push(number(builder, "thread.id", tid));
            let name = self.thread_names.get(&(thread.pid.clone(), tid.clone()));
            owner.thread.extend(name);
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
