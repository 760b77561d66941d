//! One thread's part of a reading: containers are opened, inputs recognised, and cut into pieces
//! that can be decoded one by one. When enough of these wait, it decodes some itself.

mod binary;
mod fields;
mod list;
mod thrift;

use std::cell::RefCell;
use std::io::{self, Read};
use std::ops::ControlFlow;

use super::ReadOptions;
use super::behind::Behind;
use super::decoders::{self, Cut, Decoder};
use super::decoding::{self, Decoded};
use super::excerpts::Excerpts;
use super::pieces::{Pace, Pieces, Text};
use super::queue::Queue;
use crate::format::Format;
use crate::format::container::{Container, Entry, Peeked, Visitor};
use crate::format::detect::{self, Framing, Recognised, Unrecognised};
use crate::format::findings::Piece;
use crate::format::otlp::Signal;
use crate::format::problem::{Place, Problem, Reason};
use crate::model::BlockBuilder;

/// Bytes that wait to be decoded.
const WAITING: usize = 4 << 20;

/// What waits to be decoded.
pub(super) enum Part {
    /// An input begins.
    Input {
        name: String,
        containers: Vec<Container>,
        recognised: Option<Recognised>,
    },
    /// A piece of text of a format.
    Text(Format, Text),
    /// An export request in protobuf, or whole fields of one, and where it stands.
    Message(Signal, Vec<u8>, u64),
    /// A message behind its length, in protobuf or JSON: the how manieth it is.
    Prefixed(Vec<u8>, u64),
    /// A document from among the lines of a console.
    Excerpt(Vec<u8>, Piece),
    /// How many lines of a console belonged to no document.
    OtherLines(u64),
    /// A piece of text that was decoded on the way, since others wait already.
    Decoded(Box<Decoded>),
    /// A binary message, or a piece of one, and where it stands.
    Binary(Format, Vec<u8>, Piece),
    /// Something wrong with the input at hand, at a place in it.
    Fault(Reason, String, u64),
    /// An input that could not be opened.
    Problem(Problem),
}

/// Cuts inputs into parts.
pub(super) struct Cutting<'q> {
    pub options: &'q ReadOptions,
    pub queue: &'q Queue<Part>,
    /// The name of the input at hand.
    pub input: String,
    /// What explains spans behind them in the source at hand, where somebody looked ahead.
    pub ahead: Option<Behind>,
    /// For pieces that are decoded on the way.
    pub builder: RefCell<BlockBuilder>,
}

impl Visitor for Cutting<'_> {
    fn entry(&mut self, mut entry: Entry<'_>) -> ControlFlow<()> {
        let recognised = self.recognise(entry.content.head());
        // What comes out of a decoder comes in small portions, one behind the other.
        let prompt = entry.containers.is_empty() || self.options.grows;
        self.input.clone_from(&entry.name);
        self.tell(Part::Input {
            name: entry.name,
            containers: entry.containers,
            recognised: recognised.as_ref().ok().copied(),
        })?;
        match recognised {
            Ok(recognised) => self.input(&mut entry.content, recognised, prompt),
            Err(error) => {
                let (reason, message) = why(error, entry.content);
                self.fault(reason, message, 0)
            }
        }
    }

    fn problem(&mut self, problem: Problem) {
        let _closed = self.tell(Part::Problem(problem));
    }
}

/// Why nothing is recognised. What broke the container is the better reason, if that is why the
/// head is short.
fn why(error: Unrecognised, content: Peeked<'_>) -> (Reason, String) {
    match io::copy(&mut content.take(1 << 20), &mut io::sink()) {
        Err(failure) => (Reason::of(&failure), failure.to_string()),
        Ok(_) => (error.reason, error.message),
    }
}

impl Cutting<'_> {
    fn recognise(&self, head: &[u8]) -> Result<Recognised, Unrecognised> {
        let detected = detect::detect(head);
        let Some(format) = self.options.format else {
            return detected;
        };
        let why = "it was asked for";
        let framing = match (format, detected) {
            (Format::OtlpProto | Format::JaegerProto, Ok(found)) if found.format == format => {
                found.framing
            }
            (
                Format::OtlpJson,
                Ok(Recognised {
                    framing: Framing::Prefixed,
                    ..
                }),
            ) => Framing::Prefixed,
            (Format::OtlpProto, _) => Framing::Message(Signal::Traces),
            _ if decoders::of(format).cut.is_binary() => Framing::Whole,
            (Format::Console, _) => Framing::Excerpts,
            _ => Framing::Documents,
        };
        Ok(Recognised {
            format,
            framing,
            why,
        })
    }

    fn input(
        &self,
        source: &mut dyn Read,
        recognised: Recognised,
        prompt: bool,
    ) -> ControlFlow<()> {
        match recognised.framing {
            Framing::Message(signal) => self.message(source, signal, 0),
            Framing::Wrapped => match decoders::of(recognised.format).cut {
                Cut::Fields(kind) => self.wrapped_fields(source, (recognised.format, kind, prompt)),
                _ => self.wrapped(source),
            },
            Framing::Prefixed => self.prefixed(source),
            Framing::Whole => self.binary(source, recognised.format, prompt),
            Framing::Excerpts => self.excerpts(source),
            Framing::Documents => self.documents(source, recognised.format, prompt),
        }
    }

    fn documents(&self, source: &mut dyn Read, format: Format, prompt: bool) -> ControlFlow<()> {
        let limits = &self.options.limits;
        let mut pieces = Pieces::new(source, limits.message_bytes, decoders::of(format).cut);
        pieces.know(self.ahead.clone());
        let in_course = matches!(decoders::of(format).decoder, Decoder::Course(_));
        let prompt = self.options.grows || (prompt && !in_course);
        let pace = match (self.options.live, prompt) {
            (true, _) => Pace::AtOnce,
            (false, true) => Pace::Promptly,
            (false, false) => Pace::Steadily,
        };
        loop {
            match pieces.next(pace, || self.queue.spare()) {
                Ok(Some(text)) => self.text(format, text)?,
                Ok(None) => return ControlFlow::Continue(()),
                Err(failure) => self.fault(failure.reason, failure.message, failure.offset)?,
            }
        }
    }

    /// Documents among the lines of a console.
    fn excerpts(&self, source: &mut dyn Read) -> ControlFlow<()> {
        let mut excerpts = Excerpts::new(source);
        loop {
            match excerpts.next() {
                Ok(Some((document, piece))) => {
                    let bytes = document.len();
                    self.queue
                        .push(Part::Excerpt(document, piece), bytes, WAITING)?;
                }
                Ok(None) => return self.tell(Part::OtherLines(excerpts.other_lines)),
                Err(failure) => self.fault(failure.reason, failure.message, failure.offset)?,
            }
        }
    }

    fn text(&self, format: Format, text: Text) -> ControlFlow<()> {
        let sought = text.sought.as_ref();
        let ahead = sought.is_some_and(|behind| behind.get().is_none());
        let bound = if ahead {
            self.options.limits.ahead_bytes
        } else {
            WAITING
        };
        let bytes = text.bytes.len();
        if self.queue.bytes() > bound
            && let Some(decoded) = self.decode(format, &text)
        {
            // Instead of waiting for the other thread.
            self.queue.give_back(text.bytes);
            let bytes = decoded.block.bytes();
            return self
                .queue
                .push(Part::Decoded(Box::new(decoded)), bytes, 2 * WAITING);
        }
        self.queue.push(Part::Text(format, text), bytes, bound)
    }

    fn decode(&self, format: Format, text: &Text) -> Option<Decoded> {
        decoding::alone(&self.input, format, text, &mut self.builder.borrow_mut())
    }

    fn io_fault(&self, error: &io::Error, at: u64) -> ControlFlow<()> {
        self.fault(Reason::of(error), error.to_string(), at)
    }

    fn fault(&self, reason: Reason, message: String, at: u64) -> ControlFlow<()> {
        self.tell(Part::Fault(reason, message, at))
    }

    fn tell(&self, part: Part) -> ControlFlow<()> {
        self.queue.push(part, 0, usize::MAX)
    }
}

/// The problem that there is no thread to cut with.
pub(super) fn no_thread(error: &io::Error) -> Problem {
    Problem {
        place: Place::default(),
        reason: Reason::Io,
        message: format!("no thread to read with: {error}"),
        spans: 0,
    }
}

/// Where a message stands.
pub(super) fn place(input: &str, offset: u64) -> Piece {
    Piece {
        input: input.to_owned(),
        offset,
        ..Piece::default()
    }
}

#[cfg(test)]
mod tests;
