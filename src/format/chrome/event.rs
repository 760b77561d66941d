//! One event: its members, and what its phase makes of it.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::{Chrome, Events, Thread};
use crate::format::draft::Rejection;
use crate::format::json::{JsonKind, JsonReader, JsonResult};
use crate::format::timeline::{Named, TrackIx};
use crate::format::walk::Walk;
use crate::model::{PairIx, Time, Value};

/// Microseconds in nanoseconds.
const MICROS: u32 = 1000;
/// Bytes that a track takes beside its names, about.
const TRACK: usize = 128;

/// An event while it is read. One serves for all.
#[derive(Debug, Default)]
pub(super) struct Event<'a> {
    phase: Cow<'a, str>,
    name: Cow<'a, str>,
    category: Cow<'a, str>,
    time: i128,
    duration: Option<i128>,
    pid: Cow<'a, str>,
    tid: Cow<'a, str>,
    id: Cow<'a, str>,
    /// The id holds within its process only.
    is_local: bool,
    scope: Cow<'a, str>,
    binds_around: bool,
    /// The name in the arguments of an event about a process or a thread.
    label: Cow<'a, str>,
    /// Where the arguments begin.
    arguments: Option<JsonReader<'a>>,
    pairs: Vec<PairIx>,
}

impl<'a> Walk<'a, '_, Events<'a, '_>> {
    pub(super) fn read_event(&mut self) -> JsonResult<()> {
        let mut pairs = std::mem::take(&mut self.state.event.pairs);
        pairs.clear();
        self.state.event = Event {
            pairs,
            ..Event::default()
        };
        self.json.clone().enter_object()?;
        self.object(Self::event_member)?;
        if self.state.event.phase == "M" {
            return Ok(());
        }
        if !self.state.event.category.is_empty() {
            let category = self.state.event.category.clone();
            let pair = self
                .out
                .builder
                .attribute("category", Value::Str(&category));
            self.state.event.pairs.push(pair);
        }
        let Some(arguments) = self.state.event.arguments.take() else {
            return Ok(());
        };
        let behind = self.json.clone();
        self.json.go_to(&arguments);
        let read = self.flat(|walk, key| {
            let pair = walk.attribute(key)?;
            walk.state.event.pairs.push(pair);
            Ok(())
        });
        self.json.go_to(&behind);
        read
    }

    fn event_member(&mut self, key: &str) -> JsonResult<()> {
        let event = &mut self.state.event;
        let json = &mut self.json;
        match key {
            "ph" => event.phase = json.string()?,
            "name" => event.name = json.scalar_text()?.unwrap_or_default(),
            "cat" => event.category = json.scalar_text()?.unwrap_or_default(),
            "ts" => event.time = json.scaled(MICROS)?,
            "dur" => event.duration = Some(json.scaled(MICROS)?),
            "pid" => event.pid = json.scalar_text()?.unwrap_or_default(),
            "tid" => event.tid = json.scalar_text()?.unwrap_or_default(),
            "id" => event.id = json.scalar_text()?.unwrap_or_default(),
            "id2" => self.wide_id()?,
            "scope" => event.scope = json.scalar_text()?.unwrap_or_default(),
            "bp" => event.binds_around = json.string()? == "e",
            "args" if json.peek()? == JsonKind::Object => {
                event.arguments = Some(json.clone());
                event.label = label(json.clone()).unwrap_or_default();
            }
            // Times of the thread's clock, references to stacks, colours, the reach of a point.
            "tts" | "tdur" | "tidelta" | "sf" | "esf" | "cname" | "s" | "v" => {}
            ".file" => self.event_pair("code.file.path")?,
            ".line" => self.event_pair("code.line.number")?,
            _ => self.event_pair(key)?,
        }
        Ok(())
    }

    fn event_pair(&mut self, key: &str) -> JsonResult<()> {
        let pair = self.attribute(key)?;
        self.state.event.pairs.push(pair);
        Ok(())
    }

    fn wide_id(&mut self) -> JsonResult<()> {
        self.object(|walk, key| {
            walk.state.event.is_local = key == "local";
            walk.state.event.id = walk.json.scalar_text()?.unwrap_or_default();
            Ok(())
        })
    }

    /// Puts the event that was read onto its track.
    pub(super) fn take_event(&mut self) -> Result<(), Rejection> {
        let name = self.out.builder.string(&self.state.event.name);
        let Events { chrome, event, .. } = &mut self.state;
        let phase = std::mem::take(&mut event.phase);
        let track = match &*phase {
            "X" | "B" | "E" | "i" | "I" | "R" | "s" | "t" | "f" => chrome.thread_track(event),
            "b" | "e" | "n" | "S" | "F" | "T" | "p" => chrome.async_track(event),
            other => return self.take_other(other),
        };
        let timeline = &mut chrome.timeline;
        let named = Named {
            name,
            pairs: &event.pairs,
        };
        let time = Time::of_nanos(event.time).0;
        match (&*phase, event.duration) {
            ("X", Some(duration)) => {
                let end = event.time.saturating_add(duration.max(0));
                timeline.slice(track, time, Time::of_nanos(end).0, named);
            }
            // It was cut off, or began before the recording did.
            ("X", None) => {
                chrome.unended += 1;
                timeline.slice(track, time, time, named);
            }
            ("B" | "b" | "S", _) => timeline.begin(track, time, named),
            ("E" | "e" | "F", _) => timeline.end(track, time, named),
            ("s" | "t" | "f", _) => {
                let to_next = phase == "f" && !event.binds_around;
                timeline.flow(track, time, event.flow_key(), to_next);
            }
            _ => timeline.mark(track, time, named),
        }
        Ok(())
    }

    /// An event that is on no track.
    fn take_other(&mut self, phase: &str) -> Result<(), Rejection> {
        match phase {
            "M" => self.metadata(),
            "C" => self.state.chrome.counters += 1,
            "" => return Err(Rejection::wrong("an event without a phase")),
            _ => self.state.chrome.others += 1,
        }
        Ok(())
    }

    /// What an event says about a process or a thread.
    fn metadata(&mut self) {
        let Event {
            name,
            pid,
            tid,
            label,
            ..
        } = std::mem::take(&mut self.state.event);
        let (pid, label) = (pid.into_owned(), label.into_owned());
        let chrome = &mut *self.state.chrome;
        match &*name {
            "process_name" => chrome.processes.entry(pid).or_default().name = Some(label),
            "process_labels" => chrome.processes.entry(pid).or_default().labels = Some(label),
            "thread_name" => {
                let thread = (pid, tid.into_owned());
                chrome.thread_names.insert(thread, label);
            }
            // The order of rows, and the like.
            _ => {}
        }
    }
}

impl Chrome {
    fn thread_track(&mut self, event: &Event<'_>) -> TrackIx {
        let key = format!("{}\0{}", event.pid, event.tid);
        self.track(key, event, true)
    }

    /// Events of one category, id and scope are a track, in all processes unless the id is local.
    fn async_track(&mut self, event: &Event<'_>) -> TrackIx {
        let pid = if event.is_local { &*event.pid } else { "" };
        let key = format!("\0{}\0{}\0{}\0{pid}", event.category, event.id, event.scope);
        self.track(key, event, false)
    }

    /// The track of a key, which the event at hand may be the first of.
    fn track(&mut self, key: String, event: &Event<'_>, is_thread: bool) -> TrackIx {
        if let Some(&track) = self.tracks.get(&key) {
            return track;
        }
        let track = self.timeline.track();
        self.named += TRACK + key.len() + event.pid.len();
        self.tracks.insert(key, track);
        self.threads.push(Thread {
            pid: event.pid.clone().into_owned(),
            tid: is_thread.then(|| event.tid.clone().into_owned()),
        });
        track
    }
}

impl Event<'_> {
    /// What ends of one arrow have in common.
    fn flow_key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let pid = if self.is_local { &*self.pid } else { "" };
        (&*self.category, &*self.name, &*self.id, pid).hash(&mut hasher);
        hasher.finish()
    }
}

/// The member `name` or `labels` of arguments.
fn label(mut arguments: JsonReader<'_>) -> JsonResult<Cow<'_, str>> {
    arguments.enter_object()?;
    while let Some(key) = arguments.next_key()? {
        if matches!(&*key, "name" | "labels") && arguments.peek()? == JsonKind::String {
            return arguments.string();
        }
        arguments.skip()?;
    }
    Ok(Cow::Borrowed(""))
}
