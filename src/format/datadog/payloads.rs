//! Cuts traces in `MessagePack` into messages of some traces each, so that no more of an input is
//! held than its largest trace. Nothing is decoded here: values are counted.

use std::io::Read;

use super::msgpack::{CUT, Reader, Token};
use crate::format::findings::Piece;
use crate::format::protobuf::WireError;
use crate::format::read::{Failure, Window};

/// Size that messages have at least, but for the last one.
const ENOUGH: usize = 1 << 20;

/// The payloads of an input, one behind the other.
pub(in crate::format) struct Payloads<'a> {
    window: Window<'a>,
    /// Size of a message from which on it is handed over.
    enough: usize,
    /// The payload at hand.
    payload: Payload,
    /// What is left is no payload, or broken.
    broken: bool,
}

/// A payload that is being cut.
#[derive(Default)]
struct Payload {
    /// A list of two and its first item, the table of strings, in `v0.5`.
    head: Vec<u8>,
    /// How many traces are to come.
    traces: u32,
}

/// What comes next.
enum Begun {
    Payload,
    /// Something that is no payload.
    Nonsense,
    Nothing,
}

impl<'a> Payloads<'a> {
    /// The payloads of `source`, no trace in which may be larger than `limit` bytes. If they are
    /// `live`, each trace comes as soon as it is there.
    pub(in crate::format) fn new(source: &'a mut dyn Read, limit: u64, live: bool) -> Self {
        Self {
            window: Window::new(source, limit),
            enough: if live { 1 } else { ENOUGH },
            payload: Payload::default(),
            broken: false,
        }
    }

    /// The next message and where it stands, `None` at the end. After a failure comes what was
    /// read before it.
    pub(in crate::format) fn next(&mut self) -> Result<Option<(Vec<u8>, Piece)>, Failure> {
        loop {
            if self.payload.traces == 0 {
                match self.begin()? {
                    Begun::Payload => continue,
                    Begun::Nonsense => return Ok(Some(self.take_as_it_is())),
                    Begun::Nothing => return Ok(None),
                }
            }
            let (mut whole, mut traces, mut scan) = (0, 0, Scan::default());
            let enough = self.enough.max(self.payload.head.len());
            while traces < self.payload.traces && whole < enough {
                match scan.value(self.window.rest()) {
                    Ok(()) => (whole, traces) = (scan.at, traces + 1),
                    Err(error) if error.what == CUT && !self.is_ended() => self.fill()?,
                    // The decoder will find it, and tell it.
                    Err(_) => {
                        self.broken = true;
                        let length = self.window.rest().len();
                        return Ok(Some(self.take(length, traces + 1)));
                    }
                }
            }
            return Ok(Some(self.take(whole, traces)));
        }
    }

    /// Begins the next payload, if there is one.
    fn begin(&mut self) -> Result<Begun, Failure> {
        loop {
            match head(self.window.rest()) {
                Ok(head) => {
                    let before = self.window.rest().get(..head.table).unwrap_or_default();
                    self.payload = Payload {
                        head: before.to_vec(),
                        traces: head.traces,
                    };
                    self.window.pass(head.length);
                    return Ok(Begun::Payload);
                }
                Err(error) if error.what == CUT && !self.is_ended() => self.fill()?,
                Err(_) if self.window.rest().is_empty() => return Ok(Begun::Nothing),
                Err(_) => return Ok(Begun::Nonsense),
            }
        }
    }

    fn is_ended(&self) -> bool {
        self.broken || self.window.is_ended()
    }

    fn fill(&mut self) -> Result<(), Failure> {
        let filled = self.window.fill();
        if filled.is_err() && self.window.rest().is_empty() {
            self.payload = Payload::default();
        }
        filled
    }

    /// Takes some traces of the payload, in so many bytes.
    fn take(&mut self, length: usize, traces: u32) -> (Vec<u8>, Piece) {
        let mut message = self.payload.head.clone();
        // A list with its length in four bytes.
        message.push(0xdd);
        message.extend(traces.to_be_bytes());
        let piece = Piece {
            offset: self.window.offset(),
            prefix: message.len(),
            ..Piece::default()
        };
        message.extend_from_slice(self.window.rest().get(..length).unwrap_or_default());
        self.window.pass(length);
        self.payload.traces = self.payload.traces.saturating_sub(traces);
        if self.is_ended() && self.window.rest().is_empty() {
            self.payload = Payload::default();
        }
        (message, piece)
    }

    /// Takes all that is there and does not begin as a payload.
    fn take_as_it_is(&mut self) -> (Vec<u8>, Piece) {
        self.broken = true;
        let piece = Piece {
            offset: self.window.offset(),
            ..Piece::default()
        };
        (self.window.take_rest(), piece)
    }
}

/// A value that is passed over while its bytes come.
#[derive(Default)]
struct Scan {
    at: usize,
    /// Values that are still to come until it is whole.
    owed: Option<u64>,
}

impl Scan {
    /// Passes over the next value, or goes on in one that was cut off.
    fn value(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        let mut owed = self.owed.unwrap_or(1);
        let mut reader = Reader::new(bytes.get(self.at..).unwrap_or_default());
        let from = self.at;
        while owed > 0 {
            let token = reader.token();
            if token.is_err() {
                self.owed = Some(owed);
            }
            let within = match token? {
                Token::Array(items) => u64::from(items),
                Token::Map(members) => u64::from(members) * 2,
                _ => 0,
            };
            owed = (owed - 1).saturating_add(within);
            self.at = from + reader.position();
        }
        self.owed = None;
        Ok(())
    }
}

/// What stands before the traces of a payload.
struct Head {
    /// Bytes of the list of two and the table of strings in it; 0 if there is no table.
    table: usize,
    /// Bytes of all of it, with the length of the list of traces.
    length: usize,
    traces: u32,
}

fn head(bytes: &[u8]) -> Result<Head, WireError> {
    let mut reader = Reader::new(bytes);
    let items = reader.array()?;
    let plain = Head {
        table: 0,
        length: reader.position(),
        traces: items,
    };
    if items != 2 {
        return Ok(plain);
    }
    let strings = match reader.array() {
        Err(error) if error.what != CUT => return Ok(plain),
        strings => strings?,
    };
    for number in 0..strings {
        match reader.token()? {
            Token::Text(_) => {}
            _ if number == 0 => return Ok(plain),
            _ => return Err(reader.wrong("a table of strings with something else in it")),
        }
    }
    if strings == 0 {
        return Ok(plain);
    }
    let table = reader.position();
    let traces = reader.array()?;
    Ok(Head {
        table,
        length: reader.position(),
        traces,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All messages of an input that comes in small portions.
    fn messages(mut bytes: &[u8], limit: u64) -> (Vec<Vec<u8>>, Vec<String>) {
        let mut payloads = Payloads::new(&mut bytes, limit, false);
        let (mut all, mut told) = (Vec::new(), Vec::new());
        loop {
            match payloads.next() {
                Ok(Some((message, _))) => all.push(message),
                Ok(None) => return (all, told),
                Err(failure) => told.push(failure.message),
            }
        }
    }

    #[test]
    fn a_table_goes_with_each_part_of_its_traces() {
        // A table of one string, and three traces of a large value each.
        let trace = [&b"\xc6\x00\x20\x00\x00"[..], &vec![7; 2 << 20]].concat();
        let payload = [&b"\x92\x91\xa1a\x93"[..], &trace, &trace, &trace].concat();
        let input = [&payload[..], b"\x90\x90", &payload].concat();
        let (all, told) = messages(&input, 8 << 20);
        assert_eq!((all.len(), told.len()), (6, 0));
        let part = [&b"\x92\x91\xa1a\xdd\0\0\0\x01"[..], &trace].concat();
        assert!(all.iter().all(|message| *message == part));
        let (all, told) = messages(&input, 1 << 20);
        assert_eq!(
            (all.len(), &told[..]),
            (
                0,
                &["more than 1 MiB in which there is nowhere to cut".to_owned()][..]
            )
        );
    }

    #[test]
    fn what_is_broken_is_left_to_the_decoder() {
        assert_eq!(messages(b"", 9).0.len(), 0);
        assert_eq!(messages(b"\xc1\x91", 9).0, [b"\xc1\x91"]);
        let (all, _) = messages(b"\x93\x90\xc1\x90", 9);
        assert_eq!(all, [b"\xdd\0\0\0\x02\x90\xc1\x90"]);
        let (all, _) = messages(b"\xdd\xff\xff\xff\xff\x90\x91", 9);
        assert_eq!(all, [b"\xdd\0\0\0\x02\x90\x91"]);
        assert!(messages(&vec![0x90; 1 << 20], 9).0.is_empty());
    }
}
