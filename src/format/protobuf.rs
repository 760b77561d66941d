//! The wire format of protobuf: fields one after another, never a tree.
//!
//! A [`Message`] walks the fields of one message in the bytes of the request; what it yields are
//! slices of the same bytes. It knows no schema: numbers are told apart by who asks. Every error
//! carries the offset in the whole request.

/// Why bytes are not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct WireError {
    /// Offset in the outermost message, in bytes.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

const CUT_OFF: &str = "cut off in a number";
const FIXED_CUT_OFF: &str = "cut off in a fixed-size number";
const BEYOND: &str = "a length beyond the end of the message";

impl WireError {
    /// Whether nothing is wrong but that there are too few bytes.
    pub fn is_short(&self) -> bool {
        [CUT_OFF, FIXED_CUT_OFF, BEYOND].contains(&self.what)
    }
}

/// Result of walking a message.
pub type Result<T> = std::result::Result<T, WireError>;

/// What a field holds, by its wire type.
#[derive(Debug, Clone, Copy)]
pub enum Field<'a> {
    /// Wire type 0.
    Varint(u64),
    /// Wire type 1.
    Fixed64(u64),
    /// Wire type 2: a string, bytes, a message, packed numbers.
    Bytes(Message<'a>),
    /// Wire type 5.
    Fixed32(u32),
    /// A group, long deprecated, which has been passed over.
    Group,
}

/// The bytes of a message that are not read yet.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    rest: &'a [u8],
    /// Offset of the message's end in the outermost one.
    end: usize,
}

impl<'a> Message<'a> {
    /// The outermost message.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            end: bytes.len(),
        }
    }

    /// The bytes that are not read yet.
    #[inline]
    pub fn bytes(self) -> &'a [u8] {
        self.rest
    }

    /// Offset of the next byte in the outermost message.
    #[inline]
    pub fn offset(self) -> usize {
        self.end - self.rest.len()
    }

    #[cold]
    fn error<T>(self, what: &'static str) -> Result<T> {
        Err(WireError {
            at: self.offset(),
            what,
        })
    }

    /// The next field's number and content, `None` at the end of the message.
    #[inline]
    pub fn field(&mut self) -> Result<Option<(u32, Field<'a>)>> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (number, wire_type) = self.tag()?;
        let field = match wire_type {
            0 => Field::Varint(self.varint()?),
            1 => Field::Fixed64(u64::from_le_bytes(self.fixed()?)),
            2 => Field::Bytes(self.delimited()?),
            3 => self.pass_group().map(|()| Field::Group)?,
            5 => Field::Fixed32(u32::from_le_bytes(self.fixed()?)),
            _ => return self.error("a field of no known wire type"),
        };
        Ok(Some((number, field)))
    }

    /// The number and the length of the next field, if its type is 2; it goes on behind them,
    /// whether or not so much is there. `None` if it is no such field, which is still to be read.
    pub fn begin(&mut self) -> Result<Option<(u32, u64)>> {
        let mut ahead = *self;
        if ahead.rest.is_empty() {
            return Ok(None);
        }
        let (number, wire_type) = ahead.tag()?;
        if wire_type != 2 {
            return Ok(None);
        }
        let length = ahead.varint()?;
        *self = ahead;
        Ok(Some((number, length)))
    }

    #[inline]
    fn tag(&mut self) -> Result<(u32, u8)> {
        let start = *self;
        let tag = self.varint()?;
        match u32::try_from(tag >> 3) {
            Ok(number @ 1..=0x1fff_ffff) => Ok((number, tag as u8 & 7)),
            _ => start.error("a field number out of range"),
        }
    }

    #[inline]
    fn varint(&mut self) -> Result<u64> {
        match self.rest {
            [byte @ 0..=0x7f, rest @ ..] => {
                self.rest = rest;
                Ok(u64::from(*byte))
            }
            _ => self.long_varint(),
        }
    }

    fn long_varint(&mut self) -> Result<u64> {
        let mut value = 0;
        for (index, &byte) in self.rest.iter().take(10).enumerate() {
            value |= u64::from(byte & 0x7f) << (7 * index);
            if byte < 0x80 {
                self.rest = self.rest.get(index + 1..).unwrap_or_default();
                return Ok(value);
            }
        }
        self.error(if self.rest.len() < 10 {
            CUT_OFF
        } else {
            "a number of more than ten bytes"
        })
    }

    #[inline]
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N]> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return self.error(FIXED_CUT_OFF);
        };
        self.rest = rest;
        Ok(*bytes)
    }

    #[inline]
    fn delimited(&mut self) -> Result<Message<'a>> {
        let start = *self;
        let length = usize::try_from(self.varint()?).unwrap_or(usize::MAX);
        let Some((inner, rest)) = self.rest.split_at_checked(length) else {
            return start.error(BEYOND);
        };
        self.rest = rest;
        Ok(Message {
            rest: inner,
            end: self.end - rest.len(),
        })
    }

    /// Passes over a group, whose start has been read. Groups within it are counted, not entered.
    fn pass_group(&mut self) -> Result<()> {
        let mut depth = 1_u32;
        while depth > 0 {
            match self.tag()?.1 {
                0 => drop(self.varint()?),
                1 => drop(self.fixed::<8>()?),
                2 => drop(self.delimited()?),
                3 => depth += 1,
                4 => depth -= 1,
                5 => drop(self.fixed::<4>()?),
                _ => return self.error("a field of no known wire type"),
            }
        }
        Ok(())
    }
}

/// Appends a varint.
pub fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends a number in a field of wire type 0, unless it is the default, 0.
pub fn put_number(out: &mut Vec<u8>, field: u32, value: u64) {
    if value != 0 {
        put_varint(out, u64::from(field << 3));
        put_varint(out, value);
    }
}

/// Appends eight bytes in a field of wire type 1, unless they are 0.
pub fn put_fixed64(out: &mut Vec<u8>, field: u32, value: u64) {
    if value != 0 {
        put_varint(out, u64::from(field << 3 | 1));
        out.extend(value.to_le_bytes());
    }
}

/// Appends four bytes in a field of wire type 5, unless they are 0.
pub fn put_fixed32(out: &mut Vec<u8>, field: u32, value: u32) {
    if value != 0 {
        put_varint(out, u64::from(field << 3 | 5));
        out.extend(value.to_le_bytes());
    }
}

/// Appends a field of wire type 2, empty or not.
pub fn put_bytes(out: &mut Vec<u8>, field: u32, bytes: &[u8]) {
    put_varint(out, u64::from(field << 3 | 2));
    put_varint(out, bytes.len() as u64);
    out.extend(bytes);
}

/// Appends a string, unless it is empty.
pub fn put_text(out: &mut Vec<u8>, field: u32, text: &str) {
    if !text.is_empty() {
        put_bytes(out, field, text.as_bytes());
    }
}

/// Appends a message that `write` fills in place: what it writes is moved back by the few bytes
/// of its length.
pub fn put_message(out: &mut Vec<u8>, field: u32, write: impl FnOnce(&mut Vec<u8>)) {
    put_varint(out, u64::from(field << 3 | 2));
    let from = out.len();
    write(out);
    let length = out.len() - from;
    put_varint(out, length as u64);
    out.get_mut(from..).unwrap_or_default().rotate_left(length);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Result<Vec<u32>> {
        let mut message = Message::new(bytes);
        let mut numbers = Vec::new();
        while let Some((number, _)) = message.field()? {
            numbers.push(number);
        }
        Ok(numbers)
    }

    #[test]
    fn groups_are_passed_over_and_offsets_are_those_of_the_outermost_message() {
        // Field 1: group { field 2: group {}, field 3: 7 }, then field 4: a message.
        assert_eq!(
            walk(&[0x0b, 0x13, 0x14, 0x18, 7, 0x0c, 0x22, 1, 9]),
            Ok(vec![1, 4])
        );
        let mut message = Message::new(&[0x22, 2, 0x0a, 9]);
        let Ok(Some((4, Field::Bytes(mut inner)))) = message.field() else {
            panic!("a message")
        };
        assert_eq!(
            inner.field().unwrap_err(),
            WireError {
                at: 3,
                what: "a length beyond the end of the message"
            }
        );
    }

    #[test]
    fn broken_bytes_are_errors() {
        for bytes in [
            &[0x08][..],
            &[0x08, 0x80],
            &[0x09, 1],
            &[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            &[0x0b],
            &[0x0c],
            &[0],
            &[0x0f],
            &[
                0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1,
            ],
        ] {
            assert!(walk(bytes).is_err(), "{bytes:x?}");
        }
    }

    #[test]
    fn messages_are_written_in_place() {
        let mut out = vec![7];
        put_message(&mut out, 1, |out| {
            put_text(out, 2, &"x".repeat(200));
            put_message(out, 3, |out| put_number(out, 1, 300));
        });
        let mut outer = Message::new(&out[1..]);
        let Ok(Some((1, Field::Bytes(mut message)))) = outer.field() else {
            panic!("a message")
        };
        assert!(
            matches!(message.field(), Ok(Some((2, Field::Bytes(text)))) if text.bytes().len() == 200)
        );
        let Ok(Some((3, Field::Bytes(mut inner)))) = message.field() else {
            panic!("a message")
        };
        assert!(matches!(inner.field(), Ok(Some((1, Field::Varint(300))))));
        assert!(message.bytes().is_empty() && outer.bytes().is_empty());
    }
}
