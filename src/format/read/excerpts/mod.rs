//! Cuts the output of a console into the documents that stand among its lines.
//!
//! A document begins where a line, behind whatever a logger put before it, is `{` alone, or an
//! object of JSON that ends with the line. One of many lines ends where a line begins with `}`;
//! its inner lines are indented, so that a line that is not was printed by somebody else meanwhile
//! and is blanked. A prefix, such as `docker compose` puts before every line, is blanked too:
//! what remains has the length of the input, and every place stays right.

use std::io::{self, Read};

use super::pieces::Failure;
use crate::format::findings::Piece;
use crate::format::problem::Reason;

/// Bytes asked of the source at a time.
const CHUNK: usize = 64 << 10;
/// Bytes of the longest line or document.
const LONGEST: usize = 64 << 20;
/// Lines of somebody else's within a document, after which it is taken as broken off.
const STRANGERS: u32 = 1000;

/// The documents of a console.
pub(super) struct Excerpts<'a> {
    source: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were handed out or passed over.
    at: usize,
    /// Offset of the buffer in the input.
    offset: u64,
    /// Line ends before `at`.
    lines: u64,
    /// Lines that belong to no document.
    pub(super) other_lines: u64,
    document: Option<Document>,
    ended: bool,
}

/// A document of many lines that is being read.
struct Document {
    text: Vec<u8>,
    /// What stands before each of its lines.
    prefix: Vec<u8>,
    offset: u64,
    lines: u64,
    strangers: u32,
    /// Has it an inner line yet?
    begun: bool,
}

/// What a line is to a document.
enum Line {
    /// Nothing.
    Other,
    /// A whole document, from this byte on.
    Whole(usize),
    /// The first line of one, from this byte on.
    First(usize),
}

impl<'a> Excerpts<'a> {
    pub(super) fn new(source: &'a mut dyn Read) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            at: 0,
            offset: 0,
            lines: 0,
            other_lines: 0,
            document: None,
            ended: false,
        }
    }

    /// The next document and where it stands, `None` at the end. After a failure comes what was
    /// read before it.
    pub(super) fn next(&mut self) -> Result<Option<(Vec<u8>, Piece)>, Failure> {
        loop {
            let Some(line) = self.line()? else {
                let Some(document) = self.give_up() else {
                    return Ok(None);
                };
                return Ok(Some(document.finish()));
            };
            let (from, to) = line;
            let place = (self.offset + from as u64, self.lines);
            self.lines += 1;
            self.at = to;
            let bytes = self.buffer.get(from..to).unwrap_or_default().to_vec();
            if let Some(done) = self.take(&bytes, place) {
                return Ok(Some(done.finish()));
            }
        }
    }

    /// Takes a line. Returns a document that it ends.
    fn take(&mut self, line: &[u8], (offset, lines): (u64, u64)) -> Option<Document> {
        if let Some(document) = &mut self.document {
            match document.line(line) {
                Taken::Inner => return None,
                Taken::Last => return self.document.take(),
                Taken::Stranger if document.is_lost() => {
                    let broken = self.give_up();
                    self.other_lines += u64::from(matches!(recognise(line), Line::Other));
                    return broken;
                }
                Taken::Stranger => {}
            }
        }
        let new = |from: usize, prefix: &[u8]| Document {
            text: line.get(from..).unwrap_or_default().to_vec(),
            prefix: prefix.to_vec(),
            offset: offset + from as u64,
            lines,
            strangers: 0,
            begun: false,
        };
        match recognise(line) {
            Line::Other => {
                self.other_lines += u64::from(!line.trim_ascii().is_empty());
                None
            }
            Line::Whole(from) => Some(new(from, &[])),
            Line::First(from) => {
                let first = new(from, line.get(..from).unwrap_or_default());
                let broken = self.give_up();
                self.document = Some(first);
                broken
            }
        }
    }

    /// Ends the document that is open, if it has more than its first line.
    fn give_up(&mut self) -> Option<Document> {
        let document = self.document.take()?;
        self.other_lines += u64::from(!document.begun);
        document.begun.then_some(document)
    }

    /// Where the next line stands in the buffer; `None` at the end of the input.
    fn line(&mut self) -> Result<Option<(usize, usize)>, Failure> {
        let mut searched = self.at;
        loop {
            let rest = self.buffer.get(searched..).unwrap_or_default();
            if let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
                return Ok(Some((self.at, searched + end + 1)));
            }
            if self.ended {
                let rest = (self.at, self.buffer.len());
                return Ok((rest.0 < rest.1).then_some(rest));
            }
            self.buffer.drain(..self.at);
            self.offset += self.at as u64;
            self.at = 0;
            searched = self.buffer.len();
            let held = self
                .document
                .as_ref()
                .map_or(0, |document| document.text.len());
            if searched + held > LONGEST {
                return Err(self.fail(
                    Reason::TooLarge,
                    format!("a document of more than {LONGEST} bytes"),
                ));
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let from = self.buffer.len();
        self.buffer.resize(from + CHUNK, 0);
        let read = self
            .source
            .read(self.buffer.get_mut(from..).unwrap_or_default());
        self.buffer
            .truncate(from + read.as_ref().copied().unwrap_or(0));
        match read {
            Ok(count) => self.ended = count == 0,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(self.fail(Reason::of(&error), error.to_string())),
        }
        Ok(())
    }

    fn fail(&mut self, reason: Reason, message: String) -> Failure {
        self.ended = true;
        let offset = self.offset + self.buffer.len() as u64;
        if reason == Reason::TooLarge {
            self.buffer.clear();
            self.document = None;
            self.at = 0;
        }
        Failure {
            reason,
            message,
            offset,
        }
    }
}

/// What became of a line within a document.
enum Taken {
    Inner,
    Last,
    Stranger,
}

impl Document {
    /// Its text, and where it stands.
    fn finish(self) -> (Vec<u8>, Piece) {
        let piece = Piece {
            offset: self.offset,
            lines: self.lines,
            ..Piece::default()
        };
        (self.text, piece)
    }

    fn line(&mut self, line: &[u8]) -> Taken {
        if line.trim_ascii().is_empty() {
            self.text.extend(line);
            return Taken::Inner;
        }
        let own = behind_prefix(line, &self.prefix);
        let indented = matches!(own, Some([b' ' | b'\t', ..]));
        if indented || matches!(own, Some([b'}', ..])) {
            self.begun = true;
            self.text.extend(self.prefix.iter().map(|_| b' '));
            self.text.extend(own.unwrap_or_default());
            return if indented { Taken::Inner } else { Taken::Last };
        }
        if !matches!(recognise(line), Line::First(_)) {
            self.strangers += 1;
            let blank = |&byte: &u8| if byte == b'\n' { b'\n' } else { b' ' };
            self.text.extend(line.iter().map(blank));
        }
        Taken::Stranger
    }

    /// Whether it is no document after all: what follows its bracket is never indented.
    fn is_lost(&self) -> bool {
        self.strangers > if self.begun { STRANGERS } else { 3 }
    }
}

/// What follows a prefix. Digits of it may be others: loggers write times.
fn behind_prefix<'l>(line: &'l [u8], prefix: &[u8]) -> Option<&'l [u8]> {
    let (before, own) = line.split_at_checked(prefix.len())?;
    let same = before
        .iter()
        .zip(prefix)
        .all(|(one, other)| one == other || one.is_ascii_digit() && other.is_ascii_digit());
    same.then_some(own)
}

fn recognise(line: &[u8]) -> Line {
    let text = line.trim_ascii_end();
    let Some(from) = text.iter().position(|&byte| matches!(byte, b'{' | b'\'')) else {
        return Line::Other;
    };
    // An indented bracket is the inside of something.
    let is_inner = from > 0
        && text
            .get(..from)
            .is_some_and(|before| before.trim_ascii().is_empty());
    match text.get(from..).unwrap_or_default() {
        _ if is_inner => Line::Other,
        b"{" => Line::First(from),
        [b'{', b'"', .., b'}'] => Line::Whole(from),
        [b'\'', rest @ ..] if holds(rest, b"' : ") && holds(rest, b" [tracer: ") => {
            Line::Whole(from)
        }
        _ => Line::Other,
    }
}

fn holds(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// Looks for a first document that `is_one` knows among the first bytes of an input.
pub(in crate::format) fn find<T>(head: &[u8], is_one: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let mut source = head;
    let mut excerpts = Excerpts::new(&mut source);
    while let Ok(Some((document, _))) = excerpts.next() {
        if let Some(found) = is_one(&document) {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests;
