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
//! Where a line breaks off inside a document and the next one begins with `{`, the broken document
//! ends there, so that one bad line of a file costs that line.

use std::io::{self, Read};

use super::decoders::Cut;
use super::scan::{is_cuttable, last_token, quote_escape_or_line};
use crate::format::findings::{Piece, line_ends};
use crate::format::problem::Reason;

/// Bytes asked of the source at a time.
const CHUNK: usize = 256 << 10;
/// Size of the first piece: rows are to be seen soon.
const FIRST_PIECE: usize = 64 << 10;
/// Size that pieces grow to.
const PIECE: usize = 2 << 20;
/// Brackets around a list that are put around each piece of it.
const LONGEST_PREFIX: usize = 4 << 10;

/// The pieces of a stream.
pub(super) struct Pieces<'a> {
    source: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// Bytes of the buffer that have been scanned.
    scanned: usize,
    scanner: Scanner,
    /// Where the last complete document or element ends.
    cut: Option<At>,
    /// What goes before the buffer to make it whole.
    prefix: Vec<u8>,
    /// The piece handed over last.
    piece: Vec<u8>,
    target: usize,
    limit: u64,
    offset: u64,
    lines: u64,
    ended: bool,
}

#[derive(Clone, Copy)]
struct At {
    at: usize,
    within_list: bool,
}

/// How scanning goes on.
enum Step {
    On,
    /// More bytes have to be there first.
    Wait,
    /// The document breaks off at this line end.
    Broken(usize),
}

/// Where in the text we are.
#[derive(Default)]
struct Scanner {
    depth: u32,
    arrays: u32,
    in_string: bool,
    /// Only elements that are lists themselves may be cut apart.
    only_lists: bool,
    /// Where the document begins in the buffer.
    document: usize,
    list: Option<List>,
}

/// The list that is cut.
struct List {
    depth: u32,
    prefix: Vec<u8>,
    /// It has ended; the document goes on.
    ended: bool,
}

/// Why there is no next piece.
pub(super) struct Failure {
    pub reason: Reason,
    pub message: String,
    pub offset: u64,
}

impl<'a> Pieces<'a> {
    /// Pieces of `source`, each of at most `limit` bytes.
    pub(super) fn new(source: &'a mut dyn Read, limit: u64, cut: Cut) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            scanned: 0,
            scanner: Scanner {
                only_lists: cut == Cut::Lists,
                ..Scanner::default()
            },
            cut: None,
            prefix: Vec::new(),
            piece: Vec::new(),
            target: FIRST_PIECE,
            limit,
            offset: 0,
            lines: 0,
            ended: false,
        }
    }

    /// The next piece and where it stands, `None` at the end. With `at_once`, what is complete is
    /// handed over however little it is. After a failure comes what was read before it.
    pub(super) fn next(&mut self, at_once: bool) -> Result<Option<(&[u8], Piece)>, Failure> {
        loop {
            let enough = if at_once { 1 } else { self.target };
            if let Some(cut) = self.cut.filter(|cut| cut.at >= enough) {
                return Ok(Some(self.take(cut)));
            }
            if let Some(cut) = self.scan(enough) {
                return Ok(Some(self.take(cut)));
            }
            if self.ended {
                let all = At {
                    at: self.buffer.len(),
                    within_list: false,
                };
                return Ok(if self.buffer.is_empty() {
                    None
                } else {
                    Some(self.take(all))
                });
            }
            if self.buffer.len() as u64 > self.limit {
                self.ended = true;
                self.buffer.clear();
                let message = format!(
                    "a document of more than {} bytes that cannot be cut",
                    self.limit
                );
                return Err(Failure {
                    reason: Reason::TooLarge,
                    message,
                    offset: self.offset,
                });
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
            Err(error) => {
                self.ended = true;
                let offset = self.offset + from as u64;
                return Err(Failure {
                    reason: Reason::of(&error),
                    message: error.to_string(),
                    offset,
                });
            }
        }
        Ok(())
    }

    /// Scans on until there is a cut at which the piece is large enough.
    fn scan(&mut self, enough: usize) -> Option<At> {
        while let Some(&byte) = self.buffer.get(self.scanned) {
            let step = match byte {
                _ if self.scanner.in_string => self.string(),
                b'"' | b'{' | b'}' | b'[' | b']' | b',' | b'\n' => self.token(byte),
                _ => {
                    self.scanned += 1;
                    continue;
                }
            };
            match step {
                Step::On => {}
                Step::Wait => return None,
                Step::Broken(at) => return Some(self.broken(at)),
            }
            if let Some(cut) = self.cut.filter(|cut| cut.at >= enough) {
                return Some(cut);
            }
        }
        None
    }

    /// Scans a byte outside of strings.
    fn token(&mut self, byte: u8) -> Step {
        let at = self.scanned;
        match byte {
            b'"' => self.scanner.in_string = true,
            b'{' => self.scanner.depth += 1,
            b'[' => self.open_array(at),
            b'}' | b']' => self.close(byte, at),
            b',' if self.is_in_list(at) => {
                self.cut = Some(At {
                    at,
                    within_list: true,
                });
            }
            b'\n' if self.scanner.depth > 0 => return self.line_end(at),
            _ => {}
        }
        self.scanned += 1;
        Step::On
    }

    /// Scans on in a string, to its end, to an escape or to the end of a line.
    fn string(&mut self) -> Step {
        let rest = self.buffer.get(self.scanned..).unwrap_or_default();
        let Some(special) = quote_escape_or_line(rest) else {
            self.scanned = self.buffer.len();
            return Step::Wait;
        };
        let at = self.scanned + special;
        match self.buffer.get(at) {
            Some(b'"') => self.scanner.in_string = false,
            Some(b'\n') => return self.line_end(at),
            // An escape, and what it escapes.
            _ if at + 1 < self.buffer.len() || self.ended => {
                self.scanned = at + 2;
                return Step::On;
            }
            _ => {
                self.scanned = at;
                return Step::Wait;
            }
        }
        self.scanned = at + 1;
        Step::On
    }

    fn line_end(&mut self, at: usize) -> Step {
        self.scanned = at;
        match self.is_broken_line(at) {
            None if !self.ended => return Step::Wait,
            Some(true) => return Step::Broken(at),
            _ => self.scanned = at + 1,
        }
        Step::On
    }

    fn open_array(&mut self, at: usize) {
        let scanner = &mut self.scanner;
        scanner.depth += 1;
        scanner.arrays += 1;
        let document = self.buffer.get(scanner.document..=at).unwrap_or_default();
        if scanner.list.is_none()
            && scanner.arrays == 1
            && self.prefix.is_empty()
            && is_cuttable(document, scanner.depth)
        {
            let prefix = document.trim_ascii_start().to_vec();
            if prefix.len() <= LONGEST_PREFIX {
                scanner.list = Some(List {
                    depth: scanner.depth,
                    prefix,
                    ended: false,
                });
            }
        }
    }

    fn close(&mut self, byte: u8, at: usize) {
        let scanner = &mut self.scanner;
        if let Some(list) = scanner
            .list
            .as_mut()
            .filter(|list| list.depth == scanner.depth)
        {
            list.ended = true;
        }
        scanner.depth = scanner.depth.saturating_sub(1);
        if byte == b']' {
            scanner.arrays = scanner.arrays.saturating_sub(1);
        }
        if scanner.depth == 0 {
            scanner.arrays = 0;
            scanner.list = None;
            scanner.document = at + 1;
            self.cut = Some(At {
                at: at + 1,
                within_list: false,
            });
        }
    }

    /// Whether a comma stands between two elements of the list that is cut.
    fn is_in_list(&self, at: usize) -> bool {
        let scanner = &self.scanner;
        scanner
            .list
            .as_ref()
            .is_some_and(|list| list.depth == scanner.depth && !list.ended)
            && (!scanner.only_lists
                || last_token(self.buffer.get(..at).unwrap_or_default()) == Some(b']'))
    }

    /// Whether the text before a line end breaks off, and a document begins behind it. A list may
    /// have an object per line: then a comma or a bracket stands before. `None` if the next byte is
    /// not there yet.
    fn is_broken_line(&self, at: usize) -> Option<bool> {
        let next = *self.buffer.get(at + 1)?;
        let before = last_token(self.buffer.get(..at).unwrap_or_default());
        Some(next == b'{' && !matches!(before, None | Some(b',' | b'[' | b':' | b'{')))
    }

    /// Ends a document that breaks off.
    fn broken(&mut self, at: usize) -> At {
        let only_lists = self.scanner.only_lists;
        self.scanner = Scanner {
            only_lists,
            document: at,
            ..Scanner::default()
        };
        self.scanned = at;
        let cut = At {
            at,
            within_list: false,
        };
        self.cut = Some(cut);
        cut
    }

    /// Takes the bytes before a cut out of the buffer, with brackets around them.
    fn take(&mut self, cut: At) -> (&[u8], Piece) {
        let place = Piece {
            offset: self.offset,
            lines: self.lines,
            prefix: self.prefix.len(),
            ..Piece::default()
        };
        self.piece.clear();
        self.piece.append(&mut self.prefix);
        let (taken, comma) = (
            self.buffer.get(..cut.at).unwrap_or_default(),
            usize::from(cut.within_list),
        );
        self.piece.extend(taken);
        self.lines += line_ends(taken);
        if let Some(list) = self.scanner.list.as_ref().filter(|_| cut.within_list) {
            self.piece.push(b']');
            self.piece
                .extend(std::iter::repeat_n(b'}', list.depth as usize - 1));
            self.prefix.extend(&list.prefix);
        }
        let gone = (cut.at + comma).min(self.buffer.len());
        self.buffer.drain(..gone);
        self.scanned = self.scanned.saturating_sub(gone);
        self.scanner.document = self.scanner.document.saturating_sub(gone);
        self.offset += gone as u64;
        self.cut = None;
        self.target = (self.target * 2).min(PIECE);
        (&self.piece, place)
    }
}

#[cfg(test)]
mod tests;
