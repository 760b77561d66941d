//! Strings, numbers and words: the values without members.

use std::borrow::Cow;

use super::{JsonError, JsonKind, JsonReader, JsonResult, Number};

impl<'a> JsonReader<'a> {
    /// The next string, borrowed unless it holds escapes or bytes that are no UTF-8.
    #[inline]
    pub fn string(&mut self) -> JsonResult<Cow<'a, str>> {
        if self.bytes.get(self.at) != Some(&b'"') {
            self.expect(JsonKind::String)?;
        }
        self.at += 1;
        let start = self.at;
        let escaped = self.skip_plain()?;
        if escaped {
            return self.unescape(start).map(Cow::Owned);
        }
        let text = self.bytes.get(start..self.at).unwrap_or_default();
        self.at += 1;
        Ok(self.text(text))
    }

    /// The next string, number or boolean as text; `None` for null. Numbers as they are written.
    pub fn scalar_text(&mut self) -> JsonResult<Option<Cow<'a, str>>> {
        match self.peek()? {
            JsonKind::String => self.string().map(Some),
            JsonKind::Number | JsonKind::Bool => {
                let text = self.skip()?;
                Ok(Some(self.text(text)))
            }
            JsonKind::Null => self.null().map(|()| None),
            found => Err(JsonError::Type {
                at: self.at,
                expected: "a string",
                found,
            }),
        }
    }

    /// The next number.
    pub fn number(&mut self) -> JsonResult<Number> {
        self.expect(JsonKind::Number)?;
        let (value, length) = parse_number(self.rest()).ok_or_else(|| self.syntax("a number"))?;
        self.at += length;
        Ok(value)
    }

    /// The next whole number, also where it is written as a string or with a zero fraction, as
    /// many writers of 64-bit integers do.
    pub fn integer(&mut self) -> JsonResult<i128> {
        let kind = self.peek()?;
        let before = self.clone();
        let value = match kind {
            JsonKind::Number => whole(self.number()?),
            JsonKind::String => {
                let text = self.string()?;
                let text = text.trim().as_bytes();
                parse_number(text)
                    .filter(|(_, length)| *length == text.len())
                    .and_then(|(number, _)| whole(number))
            }
            _ => None,
        };
        value.ok_or_else(|| {
            let at = before.at;
            *self = before;
            JsonError::Type {
                at,
                expected: "a whole number",
                found: kind,
            }
        })
    }

    /// The next number times `unit`, also where it is written as a string. Whole ones are exact;
    /// fractions count as far as the unit has room for them.
    pub fn scaled(&mut self, unit: u32) -> JsonResult<i128> {
        let before = self.clone();
        let error = match self.integer() {
            Ok(whole) => return Ok(whole.saturating_mul(i128::from(unit))),
            Err(error) => error,
        };
        self.go_to(&before);
        let text = match self.peek()? {
            JsonKind::String | JsonKind::Number => self.scalar_text()?.unwrap_or_default(),
            _ => return Err(error),
        };
        let number = text
            .trim()
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite());
        number
            .map(|number| (number * f64::from(unit)).round() as i128)
            .ok_or_else(|| {
                self.go_to(&before);
                error
            })
    }

    /// The next boolean.
    pub fn bool(&mut self) -> JsonResult<bool> {
        self.expect(JsonKind::Bool)?;
        if self.word(b"true") {
            Ok(true)
        } else if self.word(b"false") {
            Ok(false)
        } else {
            Err(self.bad_word("`true` or `false`", 5))
        }
    }

    /// Consumes `null`.
    pub fn null(&mut self) -> JsonResult<()> {
        self.expect(JsonKind::Null)?;
        if self.word(b"null") {
            Ok(())
        } else {
            Err(self.bad_word("`null`", 4))
        }
    }

    /// Consumes `null` if it comes next.
    #[inline]
    pub fn take_null(&mut self) -> JsonResult<bool> {
        if self.peek()? == JsonKind::Null {
            self.null().map(|()| true)
        } else {
            Ok(false)
        }
    }

    fn word(&mut self, word: &[u8]) -> bool {
        let found = self.rest().starts_with(word);
        if found {
            self.at += word.len();
        }
        found
    }

    fn bad_word(&self, expected: &'static str, length: usize) -> JsonError {
        if self.rest().len() < length {
            self.truncated(expected)
        } else {
            self.syntax(expected)
        }
    }

    /// From behind an opening quote to behind its closing quote.
    pub(super) fn skip_string(&mut self) -> JsonResult<()> {
        while self.skip_plain()? {
            self.at += 2;
        }
        self.at += 1;
        Ok(())
    }

    /// To the next quote (false) or backslash (true) of a string. Eight bytes at a time: files
    /// of traces are mostly strings.
    #[inline]
    fn skip_plain(&mut self) -> JsonResult<bool> {
        let mut rest = self.rest();
        let plain = loop {
            let Some((chunk, tail)) = rest.split_first_chunk::<8>() else {
                break rest
                    .iter()
                    .take_while(|byte| !matches!(byte, b'"' | b'\\'))
                    .count();
            };
            let word = u64::from_le_bytes(*chunk);
            let found = bytes_equal(word, b'"') | bytes_equal(word, b'\\');
            if found != 0 {
                break found.trailing_zeros() as usize / 8;
            }
            rest = tail;
        };
        self.at = self.bytes.len() - rest.len() + plain;
        match rest.get(plain) {
            Some(&byte) => Ok(byte == b'\\'),
            None => Err(self.truncated("the end of a string")),
        }
    }

    /// The string that began at `start` and whose first backslash comes next.
    fn unescape(&mut self, start: usize) -> JsonResult<String> {
        let mut text = String::new();
        let mut plain = start;
        loop {
            let chunk = self.bytes.get(plain..self.at).unwrap_or_default();
            let chunk = self.text(chunk);
            text.push_str(&chunk);
            let Some(&byte) = self.bytes.get(self.at) else {
                return Err(self.truncated("the end of a string"));
            };
            if byte == b'"' {
                self.at += 1;
                return Ok(text);
            }
            text.push(self.escape()?);
            plain = self.at;
            self.skip_plain()?;
        }
    }

    /// One escape, whose backslash comes next (RFC 8259 §7).
    fn escape(&mut self) -> JsonResult<char> {
        let Some(&byte) = self.bytes.get(self.at + 1) else {
            return Err(self.truncated("an escape"));
        };
        let char = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(self.syntax("an escape that JSON knows")),
        };
        self.at += 2;
        Ok(char)
    }

    /// `\uXXXX`, or two of them where they are a surrogate pair.
    fn unicode_escape(&mut self) -> JsonResult<char> {
        let high = self.hex4()?;
        if let Some(char) = char::from_u32(high) {
            return Ok(char);
        }
        if high < 0xdc00 && self.rest().starts_with(b"\\u") {
            let before = self.at;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        self.flaws += 1;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> JsonResult<u32> {
        let Some(digits) = self.bytes.get(self.at + 2..self.at + 6) else {
            return Err(self.truncated("four hexadecimal digits"));
        };
        let mut code = 0;
        for &digit in digits {
            let digit = char::from(digit)
                .to_digit(16)
                .ok_or_else(|| self.syntax("four hexadecimal digits"))?;
            code = code << 4 | digit;
        }
        self.at += 6;
        Ok(code)
    }

    fn text(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        // Many times as fast as the lossy conversion, which looks at each byte.
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Cow::Borrowed(text);
        }
        self.flaws += 1;
        String::from_utf8_lossy(bytes)
    }
}

/// A word whose high bits mark the bytes of `word` that equal `byte` (the lowest mark is exact;
/// Hacker's Delight §6-1).
fn bytes_equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let zero_where_equal = word ^ (LOW * u64::from(byte));
    zero_where_equal.wrapping_sub(LOW) & !zero_where_equal & HIGH
}

fn whole(number: Number) -> Option<i128> {
    match number {
        Number::Int(value) => Some(i128::from(value)),
        Number::Uint(value) => Some(i128::from(value)),
        Number::Float(value) => {
            (value.is_finite() && value.fract() == 0.0).then_some(value as i128)
        }
    }
}

/// The number at the start of `bytes` and its length; `None` if there is none.
fn parse_number(bytes: &[u8]) -> Option<(Number, usize)> {
    let negative = bytes.first() == Some(&b'-');
    let digits = bytes.get(usize::from(negative)..)?;
    // Overflow is met below, by the number of digits.
    let (mut count, mut magnitude) = (0, 0_u64);
    while let Some(digit @ b'0'..=b'9') = digits.get(count) {
        magnitude = magnitude
            .wrapping_mul(10)
            .wrapping_add(u64::from(digit - b'0'));
        count += 1;
    }
    let length = usize::from(negative) + count;
    let fractional = matches!(bytes.get(length), Some(b'.' | b'e' | b'E'));
    if count == 0 || count > 19 || fractional {
        return parse_float(bytes, count);
    }
    let number = match (negative, i64::try_from(magnitude)) {
        (false, Ok(value)) => Number::Int(value),
        (true, Ok(value)) => Number::Int(-value),
        (false, Err(_)) => Number::Uint(magnitude),
        (true, Err(_)) if magnitude == i64::MIN.unsigned_abs() => Number::Int(i64::MIN),
        (true, Err(_)) => Number::Float(-(magnitude as f64)),
    };
    Some((number, length))
}

fn parse_float(bytes: &[u8], whole_digits: usize) -> Option<(Number, usize)> {
    for (word, value) in [
        (&b"NaN"[..], f64::NAN),
        (b"Infinity", f64::INFINITY),
        (b"-Infinity", f64::NEG_INFINITY),
    ] {
        if bytes.starts_with(word) {
            return Some((Number::Float(value), word.len()));
        }
    }
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let length = bytes.iter().take_while(|byte| is_part(byte)).count();
    let text = std::str::from_utf8(bytes.get(..length)?).ok()?;
    if whole_digits == 0 {
        return None;
    }
    if let Ok(value) = text.parse::<u64>() {
        return Some((Number::Uint(value), length));
    }
    text.parse()
        .ok()
        .map(|value| (Number::Float(value), length))
}
