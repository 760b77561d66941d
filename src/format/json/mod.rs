//! A pull reader of JSON text over borrowed bytes.
//!
//! The JSON decoders of this room ask it for what they expect next and put the answer straight
//! into columns; nothing is built in between. It knows JSON only, no format and no span.
//!
//! ```ignore
//! let mut json = JsonReader::new(br#"{"id":"a1","tags":[1,2]}"#);
//! json.enter_object()?;
//! while let Some(key) = json.next_key()? {
//!     match &*key {
//!         "id" => id = json.string()?,
//!         _ => json.skip()?,
//!     }
//! }
//! ```
//!
//! Every value must be read or skipped before the next key or item is asked for. A value of
//! another type than asked for is [`JsonError::Type`] and stays unread, so that the caller can
//! skip it and keep the rest; the other errors are final. Nothing here recurses: nesting costs a
//! counter. What JSON forbids but files hold is accepted where its meaning is plain: raw control
//! characters and bytes that are no UTF-8 within strings (replaced by U+FFFD), `NaN` and
//! `Infinity`.

mod error;
mod scalar;
mod skip;
mod write;

use std::borrow::Cow;

pub use error::{JsonError, JsonKind, JsonResult};
pub use write::JsonWriter;

/// A JSON number in the narrowest type that holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number within `i64`.
    Int(i64),
    /// A whole number above `i64::MAX`, within `u64`.
    Uint(u64),
    /// Everything else; whole numbers beyond 64 bits lose precision.
    Float(f64),
}

/// A position in JSON text. Cheap to clone: a clone is a bookmark to read from again.
#[derive(Clone, Debug)]
pub struct JsonReader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// An object or array was just entered: no comma before its first member.
    fresh: bool,
    flaws: usize,
}

impl<'a> JsonReader<'a> {
    /// Reads from the first byte of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            fresh: false,
            flaws: 0,
        }
    }

    /// The offset of the next unread byte.
    pub fn position(&self) -> usize {
        self.at
    }

    /// How many strings so far held bytes that are no UTF-8, or half a surrogate pair.
    pub fn flaws(&self) -> usize {
        self.flaws
    }

    /// Skips white space, record separators (RFC 7464) and a byte order mark; true at the end of
    /// the input. Between values only: a sequence of values is read until this is true.
    pub fn at_end(&mut self) -> bool {
        self.fresh = false;
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x1e => self.at += 1,
                0xef if self.rest().starts_with(b"\xef\xbb\xbf") => self.at += 3,
                _ => return false,
            }
        }
        true
    }

    /// Goes to where `bookmark`, a clone made earlier, stands.
    pub fn go_to(&mut self, bookmark: &Self) {
        self.at = bookmark.at;
        self.fresh = bookmark.fresh;
    }

    /// Goes to the value that begins at an offset found earlier, outside any list or object.
    pub fn seek(&mut self, at: usize) {
        self.at = at;
        self.fresh = false;
    }

    /// The type of the next value, which is not consumed.
    #[inline]
    pub fn peek(&mut self) -> JsonResult<JsonKind> {
        match self.byte("a value")? {
            b'{' => Ok(JsonKind::Object),
            b'[' => Ok(JsonKind::Array),
            b'"' => Ok(JsonKind::String),
            b't' | b'f' => Ok(JsonKind::Bool),
            b'n' => Ok(JsonKind::Null),
            b'-' | b'0'..=b'9' | b'N' | b'I' => Ok(JsonKind::Number),
            _ => Err(self.syntax("a value")),
        }
    }

    /// Consumes `{`; then ask for [`Self::next_key`] until there is none.
    #[inline]
    pub fn enter_object(&mut self) -> JsonResult<()> {
        self.enter(JsonKind::Object)
    }

    /// Consumes `[`; then ask for [`Self::next_item`] until there is none.
    #[inline]
    pub fn enter_array(&mut self) -> JsonResult<()> {
        self.enter(JsonKind::Array)
    }

    #[inline]
    fn enter(&mut self, kind: JsonKind) -> JsonResult<()> {
        self.expect(kind)?;
        self.at += 1;
        self.fresh = true;
        Ok(())
    }

    /// The key of the next member, whose value comes next; `None` consumes the closing brace.
    #[inline]
    pub fn next_key(&mut self) -> JsonResult<Option<Cow<'a, str>>> {
        if !self.next_member(b'}', "`,` or `}`")? {
            return Ok(None);
        }
        if self.byte("a key")? != b'"' {
            return Err(self.syntax("a key"));
        }
        let key = self.string()?;
        if self.byte("`:`")? != b':' {
            return Err(self.syntax("`:`"));
        }
        self.at += 1;
        Ok(Some(key))
    }

    /// Whether another item comes next; `false` consumes the closing bracket.
    #[inline]
    pub fn next_item(&mut self) -> JsonResult<bool> {
        self.next_member(b']', "`,` or `]`")
    }

    /// Calls `read` with each item of a list and its index; with none of null.
    #[inline]
    pub fn each(
        &mut self,
        mut read: impl FnMut(&mut Self, usize) -> JsonResult<()>,
    ) -> JsonResult<()> {
        if self.take_null()? {
            return Ok(());
        }
        self.enter_array()?;
        let mut index = 0;
        while self.next_item()? {
            read(self, index)?;
            index += 1;
        }
        Ok(())
    }

    #[inline]
    fn next_member(&mut self, close: u8, expected: &'static str) -> JsonResult<bool> {
        let byte = self.byte(expected)?;
        let fresh = std::mem::take(&mut self.fresh);
        if byte == close {
            self.at += 1;
            return Ok(false);
        }
        if !fresh {
            if byte != b',' {
                return Err(self.syntax(expected));
            }
            self.at += 1;
        }
        Ok(true)
    }

    /// The next byte that is no white space; it stays unread.
    #[inline]
    fn byte(&mut self, expected: &'static str) -> JsonResult<u8> {
        while let Some(&byte) = self.bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(byte);
            }
            self.at += 1;
        }
        Err(self.truncated(expected))
    }

    #[inline]
    fn expect(&mut self, kind: JsonKind) -> JsonResult<()> {
        let found = self.peek()?;
        if found == kind {
            return Ok(());
        }
        Err(JsonError::Type {
            at: self.at,
            expected: kind.name(),
            found,
        })
    }

    #[inline]
    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn truncated(&self, expected: &'static str) -> JsonError {
        JsonError::Truncated {
            at: self.bytes.len(),
            expected,
        }
    }

    fn syntax(&self, expected: &'static str) -> JsonError {
        JsonError::Syntax {
            at: self.at,
            expected,
        }
    }
}

#[cfg(test)]
mod tests;
