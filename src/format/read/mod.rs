//! Reading: from a stream of bytes, in whatever containers and format, to blocks of spans.
//!
//! Blocks are handed over while the stream is still being read, the first one soon. What is wrong
//! is told with its place, and costs as little as the format allows.
//!
//! Two threads share the work: one takes off containers, recognises the format and cuts
//! ([`cutting`]), the other, which is the caller's, decodes and hands over ([`reading`]).

mod behind;
mod cutting;
mod decoders;
mod decoding;
mod excerpts;
mod held;
mod messages;
mod pieces;
mod queue;
mod reading;
mod scan;
mod scanner;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;

use super::Format;
use super::Limits;
use super::container::{self, Container};
use super::detect::Recognised;
use super::problem::{Problem, Reason};
use crate::model::Block;
use cutting::{Cutting, Part, no_thread};
use queue::Queue;
use reading::Reading;

pub(super) use excerpts::find as find_document;

/// Who takes what is read.
pub trait Sink {
    /// Some spans and log records. Break to stop reading: somebody cancelled.
    fn block(&mut self, block: Block) -> ControlFlow<()>;
    /// Something that was wrong; the rest was kept.
    fn problem(&mut self, problem: Problem);
    /// Bytes that may be held back until they are explained, before memory is short.
    fn room(&self) -> usize {
        usize::MAX
    }
}

/// How to read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadOptions {
    /// The format, where detection is overruled.
    pub format: Option<Format>,
    /// Hand every complete document over at once: the source is being written to as we read.
    pub live: bool,
    /// What is believed.
    pub limits: Limits,
}

/// What was read from one input, which may be one file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name, with the names within archives.
    pub name: String,
    /// The containers it was in, outermost first.
    pub containers: Vec<Container>,
    /// What it was recognised as; `None` if its format is not known.
    pub recognised: Option<Recognised>,
    /// Spans handed over.
    pub spans: u64,
    /// Log records handed over.
    pub logs: u64,
    /// Spans left out, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// Log records left out.
    pub rejected_logs: u64,
    /// Log records that name no trace.
    pub logs_without_trace: u64,
    /// Data points of metrics.
    pub metric_points: u64,
}

/// Reads all of `source`, whose name is for messages only. Returns what was in it, an entry for each
/// input in its containers.
pub fn read(
    name: &str,
    source: &mut (dyn Read + Send),
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Vec<Input> {
    let queue = Queue::new();
    let reading = Reading::new(options, sink);
    let mut cutting = Cutting {
        options,
        queue: &queue,
        input: name.to_owned(),
        builder: RefCell::default(),
    };
    let entrance = queue.entrance();
    let cut = move || {
        let _entrance = entrance;
        let _cancelled = container::open(name, source, &options.limits, &mut cutting);
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("cutting".to_owned());
        if let Err(error) = thread.spawn_scoped(scope, cut) {
            let _flow = queue.push(Part::Problem(no_thread(name, &error)), 0, 0);
        }
        reading.run(&queue)
    })
}

#[cfg(test)]
mod tests;
