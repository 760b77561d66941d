//! Tracks: what they are called, and which process and thread they belong to.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use super::sequence::text;
use crate::format::protobuf::{Field, Message, Result};
use crate::format::timeline::{Owner, Timeline, TrackIx};
use crate::model::{BlockBuilder, Value};

/// How far up a track looks for its process: descriptions may name each other in a circle.
const HIGHEST: usize = 32;

/// The tracks of a trace.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    known: HashMap<u64, Described>,
    /// Names of processes.
    processes: HashMap<i64, String>,
    /// Those on which something happens, and their numbers in order.
    used: HashMap<u64, TrackIx>,
    order: Vec<u64>,
    bytes: usize,
}

/// What is said of a track: `track_descriptor.proto`.
#[derive(Debug, Default)]
struct Described {
    parent: u64,
    name: String,
    pid: Option<i64>,
    tid: Option<i64>,
    is_counter: bool,
}

/// Where a writer runs, as old traces tell it.
#[derive(Clone, Copy)]
pub(super) struct Running {
    pub track: u64,
    /// Microseconds that its next event counts from.
    pub micros: Option<i64>,
}

impl Tracks {
    /// Heap bytes, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.order.len() * 64
    }

    /// Takes the description of a track.
    pub(super) fn describe(&mut self, mut message: Message<'_>) -> Result<()> {
        let (mut uuid, mut track) = (0, Described::default());
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Varint(number)) => uuid = number,
                (2 | 10, Field::Bytes(name)) => track.name = text(name),
                (3, Field::Bytes(process)) => track.pid = Some(self.process(process)?),
                (4, Field::Bytes(thread)) => {
                    let thread = Thread::read(thread)?;
                    (track.pid, track.tid) = (Some(thread.pid), Some(thread.tid));
                    if track.name.is_empty() {
                        track.name = thread.name;
                    }
                }
                (5, Field::Varint(parent)) => track.parent = parent,
                (8, _) => track.is_counter = true,
                _ => {}
            }
        }
        self.put(uuid, track);
        Ok(())
    }

    /// Takes the description of a process, as old traces have it.
    pub(super) fn describe_process(&mut self, process: Message<'_>) -> Result<()> {
        self.process(process).map(drop)
    }

    /// Takes the description of a writer's thread, as old traces have it: its track.
    pub(super) fn describe_thread(&mut self, thread: Message<'_>) -> Result<Running> {
        let thread = Thread::read(thread)?;
        let uuid = number_of(("thread", thread.pid, thread.tid));
        let described = Described {
            name: thread.name,
            pid: Some(thread.pid),
            tid: Some(thread.tid),
            ..Described::default()
        };
        self.put(uuid, described);
        Ok(Running {
            track: uuid,
            micros: thread.micros,
        })
    }

    /// A track of events that have a name for it in common, below another one.
    pub(super) fn asynchronous(&mut self, below: u64, key: impl std::hash::Hash) -> u64 {
        let uuid = number_of((below, key));
        let described = Described {
            parent: below,
            ..Described::default()
        };
        if !self.known.contains_key(&uuid) {
            self.put(uuid, described);
        }
        uuid
    }

    fn put(&mut self, uuid: u64, track: Described) {
        self.bytes += track.name.len() + 2 * size_of::<Described>();
        let before = self.known.insert(uuid, track);
        let before = before.map_or(0, |track| track.name.len() + 2 * size_of::<Described>());
        self.bytes -= before;
    }

    /// Takes the name of a process: `process_descriptor.proto`. Returns its id.
    fn process(&mut self, mut message: Message<'_>) -> Result<i64> {
        let (mut pid, mut name, mut command) = (0, String::new(), String::new());
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Varint(number)) => pid = number.cast_signed(),
                (2, Field::Bytes(word)) if command.is_empty() => command = text(word),
                (6, Field::Bytes(bytes)) => name = text(bytes),
                _ => {}
            }
        }
        if name.is_empty() {
            name = command;
        }
        if !name.is_empty() {
            self.bytes += name.len() + 64;
            self.processes.insert(pid, name);
        }
        Ok(pid)
    }

    /// Whether a track is one of a counter.
    pub(super) fn is_counter(&self, uuid: u64) -> bool {
        self.known.get(&uuid).is_some_and(|track| track.is_counter)
    }

    /// The timeline's track of a number.
    pub(super) fn used(&mut self, uuid: u64, timeline: &mut Timeline) -> TrackIx {
        *self.used.entry(uuid).or_insert_with(|| {
            self.order.push(uuid);
            timeline.track()
        })
    }

    /// Forgets that anything happened on other tracks than these, which are given in their new order.
    pub(super) fn keep(&mut self, stay: &[TrackIx]) {
        let number = |old: &TrackIx| self.order.get(old.index()).copied();
        self.order = stay.iter().filter_map(number).collect();
        let order = self.order.iter().copied();
        self.used = order.zip((0..).map(TrackIx::of)).collect();
    }

    /// The process of a used track as a service, the thread as attributes.
    pub(super) fn owner(&self, track: usize, builder: &mut BlockBuilder) -> Owner {
        let mut owner = Owner::default();
        let uuid = self.order.get(track).copied().unwrap_or_default();
        let (mut pid, mut service) = (None, "");
        for track in self.upwards(uuid) {
            if let Some(tid) = track.tid {
                owner
                    .thread
                    .push(builder.attribute("thread.id", Value::Int(tid)));
                if !track.name.is_empty() {
                    let name = builder.attribute("thread.name", Value::Str(&track.name));
                    owner.thread.push(name);
                }
            } else if pid.is_none() && track.pid.is_none() && !track.name.is_empty() {
                let name = builder.attribute("track.name", Value::Str(&track.name));
                if owner.thread.is_empty() {
                    owner.thread.push(name);
                }
            }
            pid = pid.or(track.pid);
            service = if track.name.is_empty() || track.tid.is_some() {
                service
            } else {
                &track.name
            };
        }
        let known = pid.and_then(|pid| self.processes.get(&pid));
        let stand_in = pid.map_or_else(|| "trace".to_owned(), |pid| format!("process {pid}"));
        let service = match known {
            Some(name) => name,
            None if service.is_empty() => &stand_in,
            None => service,
        };
        let service = builder.attribute("service.name", Value::Str(service));
        owner.process.push(service);
        if let Some(pid) = pid {
            let pid = builder.attribute("process.pid", Value::Int(pid));
            owner.process.push(pid);
        }
        owner
    }

    /// A track and those above it.
    fn upwards(&self, uuid: u64) -> impl Iterator<Item = &Described> {
        let above =
            |track: &&Described| self.known.get(&track.parent).filter(|_| track.parent != 0);
        std::iter::successors(self.known.get(&uuid), above).take(HIGHEST)
    }
}

/// `thread_descriptor.proto`.
struct Thread {
    pid: i64,
    tid: i64,
    name: String,
    micros: Option<i64>,
}

impl Thread {
    fn read(mut message: Message<'_>) -> Result<Self> {
        let mut thread = Self {
            pid: 0,
            tid: 0,
            name: String::new(),
            micros: None,
        };
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Varint(pid)) => thread.pid = pid.cast_signed(),
                (2, Field::Varint(tid)) => thread.tid = tid.cast_signed(),
                (5, Field::Bytes(name)) => thread.name = text(name),
                (6, Field::Varint(micros)) => thread.micros = Some(micros.cast_signed()),
                _ => {}
            }
        }
        Ok(thread)
    }
}

fn number_of(key: impl std::hash::Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
