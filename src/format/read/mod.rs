//! Reading: from a stream of bytes, in whatever containers and format, to blocks of spans.
//!
//! Blocks are handed over while the stream is still being read, the first one soon. What is wrong
//! is told with its place, and costs as little as the format allows.
//!
//! Two threads share the work: one takes off containers, recognises the format and cuts
//! ([`cutting`]), the other, which is the caller's, decodes and hands over ([`reading`]).

mod ahead;
mod behind;
mod counts;
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
mod stream;
mod window;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::OnceLock;

use super::Format;
use super::Limits;
use super::container::{self, Container};
use super::detect::Recognised;
use super::findings::Findings;
use super::problem::{Place, Problem, Reason};
use crate::model::Block;
use behind::Behind;
use cutting::{Cutting, Part, no_thread};
use queue::Queue;
use reading::Reading;

pub use ahead::look_ahead;
pub(super) use excerpts::find as find_document;
pub(super) use pieces::Failure;
pub(super) use window::Window;

/// Who takes what is read.
pub trait Sink {
    /// Some spans and log records. Break to stop reading: somebody cancelled.
    fn block(&mut self, block: Block) -> ControlFlow<()>;
    /// Something that was wrong; the rest was kept.
    fn problem(&mut self, problem: Problem);
    /// An input was read to its end, or as far as anybody wanted it.
    fn ended(&mut self, _input: Input) {}
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
    /// The source grows: what is complete is handed over before more is waited for.
    pub grows: bool,
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
    /// Spans that start or end at a time that cannot be told.
    pub out_of_range: u64,
}

impl Input {
    fn new(name: String, containers: Vec<Container>, recognised: Option<Recognised>) -> Self {
        Self {
            name,
            containers,
            recognised,
            spans: 0,
            logs: 0,
            rejected: BTreeMap::new(),
            rejected_logs: 0,
            logs_without_trace: 0,
            metric_points: 0,
            out_of_range: 0,
        }
    }

    /// What it was recognised as and why, in a line; `None` if its format is not known.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let Recognised { format, why, .. } = self.recognised?;
        let within = self.containers.iter().map(|container| container.name());
        let around: Vec<&str> = within.chain([format.name()]).collect();
        let (name, around, spans) = (&self.name, around.join(", "), self.spans);
        Some(format!("{name}: {around} ({why}): {spans} spans"))
    }

    /// The problem that the times of some of its spans cannot be told, if there are such.
    fn far_times(&self) -> Option<Problem> {
        let spans = match self.out_of_range {
            0 => return None,
            1 => "1 span starts or ends".to_owned(),
            many => format!("{many} spans start or end"),
        };
        Some(Problem {
            place: Place {
                input: self.name.clone(),
                ..Place::default()
            },
            reason: Reason::OutOfRange,
            message: format!(
                "{spans} before 1970 or after 2554: shown with the nearest time that can be told"
            ),
            spans: 0,
        })
    }

    /// With what was found in it.
    fn with(self, findings: Findings) -> Self {
        Self {
            rejected: findings.rejected,
            rejected_logs: findings.rejected_logs,
            logs_without_trace: findings.logs_without_trace,
            metric_points: findings.metric_points,
            ..self
        }
    }
}

/// Where the bytes come from: one source after another, each opened when its turn comes.
pub trait Sources: Send {
    /// Calls `read` with each source. A break ends it: nobody wants more.
    fn each(&mut self, read: &mut dyn FnMut(Source<'_>) -> ControlFlow<()>);
}

/// A source whose turn has come.
pub struct Source<'s> {
    /// Its name, for messages only.
    pub name: &'s str,
    /// What is read.
    pub bytes: &'s mut dyn Read,
    /// What [`look_ahead`] found in it.
    pub ahead: Option<Vec<u8>>,
}

/// Reads all of `source`, whose name is for messages only. Returns what was in it, an entry for each
/// input in its containers.
pub fn read(
    name: &str,
    source: &mut (dyn Read + Send),
    options: &ReadOptions,
    sink: &mut dyn Sink,
) -> Vec<Input> {
    let mut listed = Listed {
        sink,
        inputs: Vec::new(),
    };
    read_all(&mut One { name, source }, options, &mut listed);
    listed.inputs
}

/// Reads all `sources`, as one data set: a block may have spans of several, and what stands in one
/// may complete what stands in another.
pub fn read_all(sources: &mut dyn Sources, options: &ReadOptions, sink: &mut dyn Sink) {
    let queue = Queue::new();
    let reading = Reading::new(options, sink);
    let mut cutting = Cutting {
        options,
        queue: &queue,
        input: String::new(),
        ahead: None,
        builder: RefCell::default(),
    };
    let entrance = queue.entrance();
    let cut = move || {
        let _entrance = entrance;
        sources.each(&mut |source| {
            source.name.clone_into(&mut cutting.input);
            cutting.ahead = source.ahead.map(|text| Behind::new(OnceLock::from(text)));
            container::open(source.name, source.bytes, &options.limits, &mut cutting)
        });
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("cutting".to_owned());
        if let Err(error) = thread.spawn_scoped(scope, cut) {
            let _flow = queue.push(Part::Problem(no_thread(&error)), 0, 0);
        }
        reading.run(&queue);
    });
}

/// One source.
struct One<'a> {
    name: &'a str,
    source: &'a mut (dyn Read + Send),
}

impl Sources for One<'_> {
    fn each(&mut self, read: &mut dyn FnMut(Source<'_>) -> ControlFlow<()>) {
        let _flow = read(Source {
            name: self.name,
            bytes: self.source,
            ahead: None,
        });
    }
}

/// A sink that keeps a list of the inputs.
struct Listed<'s> {
    sink: &'s mut dyn Sink,
    inputs: Vec<Input>,
}

impl Sink for Listed<'_> {
    fn block(&mut self, block: Block) -> ControlFlow<()> {
        self.sink.block(block)
    }

    fn problem(&mut self, problem: Problem) {
        self.sink.problem(problem);
    }

    fn ended(&mut self, input: Input) {
        self.inputs.push(input);
    }

    fn room(&self) -> usize {
        self.sink.room()
    }
}

#[cfg(test)]
mod tests;
