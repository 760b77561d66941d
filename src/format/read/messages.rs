//! Protobuf from a stream: a large message in parts, or one message after another.

use std::io::{self, Read};

/// Bytes of a part after which it is decoded.
const PART: usize = 1 << 20;

/// Parts of an export request: whole fields of it, which is a request too.
pub(super) struct Parts<'a> {
    source: &'a mut dyn Read,
    part: Vec<u8>,
    limit: u64,
    offset: u64,
    next: u64,
    first: bool,
}

/// Why a part ends early.
pub(super) enum Stop {
    /// What comes next cannot be read.
    Failed(io::Error),
    /// A field of so many bytes was passed over.
    TooLong(u64),
}

impl<E: Into<io::Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl<'a> Parts<'a> {
    /// Parts of the message that `source` holds, with no field larger than `limit`.
    pub(super) fn new(source: &'a mut dyn Read, limit: u64) -> Self {
        Self {
            source,
            part: Vec::new(),
            limit,
            offset: 0,
            next: 0,
            first: true,
        }
    }

    /// The next part, its offset, and what ended it early: a field that is too long is passed over,
    /// and the next part begins behind it. It is empty at the end. It leaves its buffer, and the next
    /// one is read into `spare`.
    pub(super) fn next(&mut self, spare: Vec<u8>) -> (Vec<u8>, u64, Result<(), Stop>) {
        self.part = spare;
        self.offset = self.next;
        let enough = if std::mem::take(&mut self.first) {
            1
        } else {
            PART
        };
        let mut result = Ok(());
        while self.part.len() < enough {
            let whole = self.part.len();
            match self.field() {
                Ok(true) => {}
                Ok(false) => break,
                Err(stop) => {
                    if let Stop::TooLong(field) = stop {
                        self.next += (self.part.len() - whole) as u64 + field;
                    }
                    self.part.truncate(whole);
                    result = Err(stop);
                    break;
                }
            }
        }
        self.next += self.part.len() as u64;
        (std::mem::take(&mut self.part), self.offset, result)
    }

    /// Appends one field; false at the end of the message.
    fn field(&mut self) -> Result<bool, Stop> {
        let Some(tag) = self.varint()? else {
            return Ok(false);
        };
        let length = match tag & 7 {
            0 => {
                self.varint()?.ok_or(io::ErrorKind::UnexpectedEof)?;
                return Ok(true);
            }
            1 => 8,
            2 => self.varint()?.ok_or(io::ErrorKind::UnexpectedEof)?,
            5 => 4,
            _ => {
                let what = "a field of no known wire type";
                return Err(io::Error::new(io::ErrorKind::InvalidData, what).into());
            }
        };
        let is_long = length > self.limit;
        let mut content = self.source.take(length);
        let read = if is_long {
            io::copy(&mut content, &mut io::sink())?
        } else {
            content.read_to_end(&mut self.part)? as u64
        };
        if read < length {
            let what = "the input ends inside a message";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what).into());
        }
        if is_long {
            return Err(Stop::TooLong(length));
        }
        Ok(true)
    }

    /// Appends a varint; `None` if there is no byte at all.
    fn varint(&mut self) -> io::Result<Option<u64>> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let mut byte = [0];
            if self.source.read(&mut byte)? == 0 {
                return if shift == 0 {
                    Ok(None)
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
            }
            self.part.extend(byte);
            value |= u64::from(byte[0] & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte[0] < 0x80 {
                return Ok(Some(value));
            }
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a number of more than ten bytes",
        ))
    }
}

/// Reads the tag and the length of a field of wire type 2: the length, and how many bytes stood
/// before it.
pub(super) fn header(source: &mut dyn Read) -> io::Result<(u64, u64)> {
    let mut parts = Parts::new(source, 0);
    parts.varint()?;
    let length = parts.varint()?.unwrap_or(0);
    Ok((length, parts.part.len() as u64))
}

/// Reads a message behind its length in four bytes, most significant first, unpacked if it is
/// compressed; `None` at the end.
pub(super) fn prefixed(source: &mut dyn Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut length = Vec::new();
    match source.take(4).read_to_end(&mut length)? {
        0 => return Ok(None),
        1..4 => return Err(io::ErrorKind::UnexpectedEof.into()),
        _ => {}
    }
    let length = length
        .iter()
        .fold(0, |length, &byte| length << 8 | u64::from(byte));
    if length > limit {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            format!("a message of {length} bytes"),
        ));
    }
    let mut message = Vec::new();
    if (source.take(length).read_to_end(&mut message)? as u64) < length {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the input ends inside a message",
        ));
    }
    if !message.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Ok(Some(message));
    }
    let mut unpacked = Vec::new();
    zstd::Decoder::new(message.as_slice())?
        .take(limit + 1)
        .read_to_end(&mut unpacked)?;
    if unpacked.len() as u64 > limit {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "a message that expands beyond the limit",
        ));
    }
    Ok(Some(unpacked))
}
