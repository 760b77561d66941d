//! Cuts a stream of JSON into pieces that are documents in themselves.
//!
//! Decoders read text that is at hand. A large file is not: this passes over the stream once,
//! counting brackets, and hands over complete documents, a megabyte or so at a time. A document
//! that is larger is cut between the elements of its outermost list, and each piece gets the same
//! brackets around it:
//!
//! ```text
//! {"data":[{...},{...},{...}],"total":3}   becomes   {"data":[{...},{...}]}
//!                                          and       {"data":[{...}],"total":3}
//! ```
//!
//! An element that is large itself is cut the same way, with what stands before its list:
//!
//! ```text
//! {"data":[{"traceID":"1","spans":[{...},{...}],"processes":{...}}]}
//!                                  becomes   {"data":[{"traceID":"1","spans":[{...}]}]}
//!                                  and       {"data":[{"traceID":"1","spans":[{...}],"processes":{...}}]}
//! ```
//!
//! Where a line breaks off inside a document and the next one begins with `{`, the broken document
//! ends there, so that one bad line of a file costs that line.

use std::io::Read;
use std::rc::Rc;

use super::behind::Behind;
use super::decoders::Cut;
use super::scanner::{Around, At, Scanner};
use super::stream::Stream;
use crate::format::findings::{Piece, line_ends};
use crate::format::problem::Reason;

/// Bytes asked of the source at first: most of many files are small.
const FIRST_CHUNK: usize = 64 << 10;
/// Bytes asked of it at a time later.
const CHUNK: usize = 256 << 10;
/// Size of the first piece: rows are to be seen soon.
const FIRST_PIECE: usize = 64 << 10;
/// Size that pieces grow to.
const PIECE: usize = 1 << 20;

/// The pieces of a stream.
pub(super) struct Pieces<'a> {
    stream: Stream<'a>,
    /// The prefix of the next piece, and what was read for it.
    buffer: Vec<u8>,
    /// What is put around the next piece, if it begins within a list.
    around: Option<Rc<Around>>,
    cut: Cut,
    scanner: Scanner,
    /// A document is too large: it is passed over, up to the line on which another one begins.
    skipping: bool,
    chunk: usize,
    target: usize,
    limit: u64,
    offset: u64,
    lines: u64,
}

/// A piece of a stream.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// The text, with brackets around it.
    pub bytes: Vec<u8>,
    /// Where it stands.
    pub piece: Piece,
    /// What explains its last list, if it stands behind the next pieces of it.
    pub sought: Option<Behind>,
}

/// Why there is no next piece.
pub(in crate::format) struct Failure {
    pub reason: Reason,
    pub message: String,
    pub offset: u64,
}

impl<'a> Pieces<'a> {
    /// Pieces of `source`, each of at most `limit` bytes.
    pub(super) fn new(source: &'a mut dyn Read, limit: u64, cut: Cut) -> Self {
        Self {
            stream: Stream::new(source),
            buffer: Vec::new(),
            around: None,
            cut,
            scanner: Scanner::new(cut),
            skipping: false,
            chunk: FIRST_CHUNK,
            target: FIRST_PIECE,
            limit,
            offset: 0,
            lines: 0,
        }
    }

    /// What explains the elements of a list behind it, if somebody looked ahead.
    pub(super) fn know(&mut self, behind: Option<Behind>) {
        self.scanner.know(behind);
    }

    /// The next piece, `None` at the end. It leaves its buffer, and goes on in `spare`. With
    /// `at_once`, what is complete is handed over however little it is; with `promptly`, where more
    /// may be long in coming. After a failure comes what was read before it.
    pub(super) fn next(
        &mut self,
        pace: Pace,
        spare: impl FnOnce() -> Vec<u8>,
    ) -> Result<Option<Text>, Failure> {
        loop {
            while self.skipping {
                self.skip()?;
            }
            let enough = if pace == Pace::AtOnce { 1 } else { self.target };
            if let Some(cut) = self.scanner.scan(&self.buffer, enough, self.stream.ended) {
                return Ok(Some(self.take(cut, spare())));
            }
            if self.stream.ended {
                self.scanner.give_up();
                return Ok(self.rest());
            }
            if self.stream.short
                && pace == Pace::Promptly
                && let Some(cut) = self.scanner.so_far()
            {
                return Ok(Some(self.take(cut, spare())));
            }
            if self.buffer.len() as u64 > self.limit {
                // What is complete before it is not lost with it.
                if let Some(cut) = self.scanner.so_far() {
                    return Ok(Some(self.take(cut, spare())));
                }
                return Err(self.too_large());
            }
            self.fill()?;
        }
    }

    fn too_large(&mut self) -> Failure {
        let (limit, offset) = (self.limit >> 20, self.offset);
        self.scanner.give_up();
        self.scanner = Scanner::new(self.cut);
        let prefix = self.around.take().map_or(0, |around| around.prefix.len());
        // Its own beginning is not that of the next one.
        let text = self.buffer.get(prefix..).unwrap_or_default();
        let blank = text.len() - text.trim_ascii_start().len();
        self.offset += blank as u64;
        self.lines += line_ends(text.get(..blank).unwrap_or_default());
        self.buffer.drain(..prefix + blank);
        self.skipping = true;
        Failure {
            reason: Reason::TooLarge,
            message: format!("more than {limit} MiB in which there is nowhere to cut"),
            offset,
        }
    }

    /// Passes over what is there, up to a line that begins with a bracket.
    fn skip(&mut self) -> Result<(), Failure> {
        let mut pairs = self.buffer.windows(2);
        let next = pairs.position(|pair| matches!(pair, [b'\n', b'{' | b'[']));
        self.skipping = next.is_none() && !self.stream.ended;
        let end = self.buffer.len();
        let passed = match next {
            Some(at) => at + 1,
            None if self.buffer.last() == Some(&b'\n') => end - 1,
            None => end,
        };
        self.offset += passed as u64;
        self.lines += line_ends(self.buffer.get(..passed).unwrap_or_default());
        self.buffer.drain(..passed);
        if self.skipping {
            self.buffer.shrink_to(CHUNK);
            self.fill()?;
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let from = self.buffer.len();
        let chunk = self.chunk;
        self.chunk = (chunk * 2).min(CHUNK);
        let read = self.stream.read(&mut self.buffer, chunk);
        read.map_err(|error| {
            let prefix = self.around.as_ref().map_or(0, |around| around.prefix.len());
            Failure {
                reason: Reason::of(&error),
                message: error.to_string(),
                offset: self.offset + (from - prefix) as u64,
            }
        })
    }

    /// Takes the bytes before a cut, with brackets around them; the rest goes into `spare`.
    fn take(&mut self, cut: At, spare: Vec<u8>) -> Text {
        let prefix = cut.within.as_ref().map(|around| around.prefix.as_slice());
        let prefix = prefix.unwrap_or_default();
        let mut bytes = std::mem::replace(&mut self.buffer, spare);
        let rest = bytes.get(cut.next..).unwrap_or_default();
        self.buffer.extend_from_slice(prefix);
        self.buffer.extend_from_slice(rest);
        self.scanner.moved(&cut, prefix.len());
        let mut text = self.piece();
        bytes.truncate(cut.end);
        let taken = bytes.get(text.piece.prefix..).unwrap_or_default();
        self.offset += (taken.len() + cut.next - cut.end) as u64;
        self.lines += line_ends(taken);
        if let Some(around) = &cut.within {
            bytes.extend_from_slice(&around.suffix);
            text.sought = around.sought();
        }
        self.around = cut.within;
        self.target = (self.target * 2).min(PIECE);
        text.bytes = bytes;
        text
    }

    /// What is left at the end.
    fn rest(&mut self) -> Option<Text> {
        let mut text = self.piece();
        text.bytes = std::mem::take(&mut self.buffer);
        // Brackets that nothing closes are to be told, even where nothing else is left.
        let is_open = self.around.take().is_some();
        (is_open || !text.bytes.is_empty()).then_some(text)
    }

    /// A piece that begins where we are.
    fn piece(&self) -> Text {
        let around = self.around.as_ref();
        Text {
            piece: Piece {
                offset: self.offset,
                lines: self.lines,
                prefix: around.map_or(0, |around| around.prefix.len()),
                ..Piece::default()
            },
            ..Text::default()
        }
    }
}

/// How soon what is complete is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// When it is enough to be worth it.
    Steadily,
    /// Also where more may be long in coming.
    Promptly,
    /// However little it is.
    AtOnce,
}

#[cfg(test)]
mod tests;
