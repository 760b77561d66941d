//! The wire format of `MessagePack`: one value after another, never a tree
//! (<https://github.com/msgpack/msgpack/blob/master/spec.md>).
//!
//! Lengths are believed as far as the input goes. What is not wanted is passed over by counting
//! the values that are still owed, so that nesting costs nothing.

use std::borrow::Cow;

use crate::format::protobuf::WireError;

/// A value, or the head of one with members.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(&'a [u8]),
    Bytes(&'a [u8]),
    /// So many values follow.
    Array(u32),
    /// So many keys and values follow.
    Map(u32),
}

/// A position in a message. Cheap to clone: a clone is a bookmark.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

type Result<T> = std::result::Result<T, WireError>;

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next value.
    pub(super) fn token(&mut self) -> Result<Token<'a>> {
        let [tag] = self.take()?;
        Ok(match tag {
            0..=0x7f => Token::Int(i128::from(tag)),
            0x80..=0x8f => Token::Map(u32::from(tag & 0x0f)),
            0x90..=0x9f => Token::Array(u32::from(tag & 0x0f)),
            0xa0..=0xbf => Token::Text(self.slice(usize::from(tag & 0x1f))?),
            0xc0 => Token::Nil,
            0xc2 => Token::Bool(false),
            0xc3 => Token::Bool(true),
            0xc4..=0xc6 => Token::Bytes(self.sized(tag - 0xc4)?),
            0xc7..=0xc9 => {
                let length = self.length(tag - 0xc7)?;
                self.slice(1)?;
                Token::Bytes(self.slice(length)?)
            }
            0xca => Token::Float(f32::from_be_bytes(self.take()?).into()),
            0xcb => Token::Float(f64::from_be_bytes(self.take()?)),
            0xcc => Token::Int(u8::from_be_bytes(self.take()?).into()),
            0xcd => Token::Int(u16::from_be_bytes(self.take()?).into()),
            0xce => Token::Int(u32::from_be_bytes(self.take()?).into()),
            0xcf => Token::Int(u64::from_be_bytes(self.take()?).into()),
            0xd0 => Token::Int(i8::from_be_bytes(self.take()?).into()),
            0xd1 => Token::Int(i16::from_be_bytes(self.take()?).into()),
            0xd2 => Token::Int(i32::from_be_bytes(self.take()?).into()),
            0xd3 => Token::Int(i64::from_be_bytes(self.take()?).into()),
            0xd4..=0xd8 => {
                self.slice(1)?;
                Token::Bytes(self.slice(1 << (tag - 0xd4))?)
            }
            0xd9..=0xdb => Token::Text(self.sized(tag - 0xd9)?),
            0xdc => Token::Array(u16::from_be_bytes(self.take()?).into()),
            0xdd => Token::Array(u32::from_be_bytes(self.take()?)),
            0xde => Token::Map(u16::from_be_bytes(self.take()?).into()),
            0xdf => Token::Map(u32::from_be_bytes(self.take()?)),
            0xe0..=0xff => Token::Int(i128::from(tag.cast_signed())),
            0xc1 => return Err(self.wrong("a byte that MessagePack does not use")),
        })
    }

    /// Passes over the next value, however deep it nests.
    pub(super) fn skip(&mut self) -> Result<()> {
        let mut owed = 1_u64;
        while owed > 0 {
            owed -= 1;
            owed = match self.token()? {
                Token::Array(items) => owed.saturating_add(items.into()),
                Token::Map(items) => owed.saturating_add(u64::from(items) * 2),
                _ => owed,
            };
        }
        Ok(())
    }

    /// How many items the list has that comes next.
    pub(super) fn array(&mut self) -> Result<u32> {
        let before = self.clone();
        match self.token()? {
            Token::Array(items) => Ok(items),
            Token::Nil => Ok(0),
            _ => Err(before.wrong("no list")),
        }
    }

    /// How many members the map has that comes next.
    pub(super) fn map(&mut self) -> Result<u32> {
        let before = self.clone();
        match self.token()? {
            Token::Map(members) => Ok(members),
            Token::Nil => Ok(0),
            _ => Err(before.wrong("no map")),
        }
    }

    /// The text that comes next; what is no UTF-8 in it is replaced.
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>> {
        let before = self.clone();
        match self.token()? {
            Token::Text(text) | Token::Bytes(text) => Ok(String::from_utf8_lossy(text)),
            Token::Nil => Ok(Cow::Borrowed("")),
            _ => Err(before.wrong("no text")),
        }
    }

    /// The whole number that comes next.
    pub(super) fn integer(&mut self) -> Result<i128> {
        let before = self.clone();
        match self.token()? {
            Token::Int(number) => Ok(number),
            Token::Float(number) => Ok(number as i128),
            Token::Nil => Ok(0),
            Token::Bool(value) => Ok(value.into()),
            _ => Err(before.wrong("no number")),
        }
    }

    /// The number that comes next.
    pub(super) fn double(&mut self) -> Result<f64> {
        let before = self.clone();
        match self.token()? {
            Token::Int(number) => Ok(number as f64),
            Token::Float(number) => Ok(number),
            _ => Err(before.wrong("no number")),
        }
    }

    /// What is wrong at this place.
    pub(super) fn wrong(&self, what: &'static str) -> WireError {
        WireError { at: self.at, what }
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some((bytes, _)) = rest.split_first_chunk() else {
            return Err(self.wrong(CUT));
        };
        self.at += N;
        Ok(*bytes)
    }

    /// A length in one, two or four bytes.
    fn length(&mut self, width: u8) -> Result<usize> {
        Ok(match width {
            0 => u8::from_be_bytes(self.take()?).into(),
            1 => u16::from_be_bytes(self.take()?).into(),
            _ => u32::from_be_bytes(self.take()?) as usize,
        })
    }

    fn sized(&mut self, width: u8) -> Result<&'a [u8]> {
        let length = self.length(width)?;
        self.slice(length)
    }

    fn slice(&mut self, length: usize) -> Result<&'a [u8]> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let Some(slice) = rest.get(..length) else {
            return Err(self.wrong(CUT));
        };
        self.at += length;
        Ok(slice)
    }
}

/// What is said of an input that ends too early.
pub(super) const CUT: &str = "the input ends inside a value";
