//! String, number and duration literals, as Go reads them.

use super::{Lexer, Token};
use crate::traceql::duration;
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::place::Place;

impl Lexer<'_> {
    pub(super) fn raw(&mut self, start: usize) -> Result<Token, QueryError> {
        self.at += 1;
        let text = self.take_while(|c| c != '`');
        if self.peek().is_none() {
            return Err(self.error(start, "this string does not end: ` is missing"));
        }
        self.at += 1;
        Ok(Token::Text(text.replace('\r', "")))
    }

    pub(super) fn single_quoted(&mut self, start: usize) -> QueryError {
        self.at += 1;
        let text = self.take_while(|c| c != '\'' && c != '\n').to_owned();
        self.at += usize::from(self.peek() == Some('\''));
        let fault = Fault::Literal("strings stand in double quotes".into());
        QueryError::new(Place::new(start, self.at), fault).with_hint(format!("write \"{text}\""))
    }

    /// A string with Go's escapes.
    pub(super) fn quoted(&mut self, start: usize) -> Result<Token, QueryError> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let plain = self.take_while(|c| !matches!(c, '"' | '\\' | '\n'));
            bytes.extend_from_slice(plain.as_bytes());
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    break;
                }
                Some('\\') => self.escape(&mut bytes)?,
                _ => return Err(self.error(start, "this string does not end: \" is missing")),
            }
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Token::Text(text)),
            Err(_) => Err(self.error(start, "this string is not UTF-8 once its escapes are read")),
        }
    }

    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), QueryError> {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.peek() else {
            return Err(self.error(start, "this string does not end: \" is missing"));
        };
        self.at += c.len_utf8();
        let simple = match c {
            'a' => 7,
            'b' => 8,
            't' => b'\t',
            'n' => b'\n',
            'v' => 11,
            'f' => 12,
            'r' => b'\r',
            '\\' | '"' => c as u8,
            _ => return self.numeric_escape(start, c, bytes),
        };
        bytes.push(simple);
        Ok(())
    }

    /// `\xHH`, `\ooo`, `\uHHHH`, `\UHHHHHHHH`.
    fn numeric_escape(
        &mut self,
        start: usize,
        c: char,
        bytes: &mut Vec<u8>,
    ) -> Result<(), QueryError> {
        let (digits, radix) = match c {
            'x' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='7' => {
                self.at -= 1;
                (3, 8)
            }
            _ => {
                let error = self.error(start, format!("\\{c} is not an escape"));
                return Err(error.with_hint("in `backquotes` a backslash is itself"));
            }
        };
        let number = self.rest().get(..digits).unwrap_or("");
        let code = u32::from_str_radix(number, radix)
            .ok()
            .filter(|_| number.chars().all(|c| c.is_digit(radix)));
        self.at += number.len();
        let wide = matches!(c, 'u' | 'U');
        match code {
            Some(code) if wide => {
                let Some(c) = char::from_u32(code) else {
                    return Err(self.error(start, "this escape is no character"));
                };
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            Some(code) if code < 256 => bytes.push(code as u8),
            _ => {
                let message = format!("this escape wants {digits} digits of base {radix}");
                return Err(self.error(start, message));
            }
        }
        Ok(())
    }

    pub(super) fn number(&mut self, start: usize) -> Result<Token, QueryError> {
        if let Some(token) = self.try_duration() {
            return Ok(token);
        }
        self.take_while(|c| c.is_ascii_digit());
        let mut float = false;
        if self.peek() == Some('.') {
            float = true;
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        float |= self.exponent();
        let tail = self.take_while(|c| c.is_alphanumeric() || c == '_');
        let text = self.text.get(start..self.at).unwrap_or("");
        if !tail.is_empty() {
            return Err(self.bad_unit(start, text, tail));
        }
        let token = if float {
            text.parse()
                .ok()
                .filter(|n: &f64| n.is_finite())
                .map(Token::Float)
        } else {
            text.parse().ok().map(Token::Int)
        };
        token.ok_or_else(|| self.error(start, format!("{text} is too large a number")))
    }

    /// A number with a unit, if the letters after the digits are all letters of units.
    fn try_duration(&mut self) -> Option<Token> {
        let part = |c: char| c.is_ascii_digit() || ".nsumhµμdwy".contains(c);
        let rest = self.rest();
        let length = rest.find(|c| !part(c)).unwrap_or(rest.len());
        let tail = rest.get(length..)?;
        if tail.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let nanos = duration::parse(rest.get(..length)?)?;
        self.at += length;
        Some(Token::Duration(nanos))
    }

    fn exponent(&mut self) -> bool {
        let mut chars = self.rest().chars();
        if !matches!(chars.next(), Some('e' | 'E')) {
            return false;
        }
        let signed = matches!(chars.clone().next(), Some('+' | '-'));
        if signed {
            chars.next();
        }
        if !chars.next().is_some_and(|c| c.is_ascii_digit()) {
            return false;
        }
        self.at += 1 + usize::from(signed);
        self.take_while(|c| c.is_ascii_digit());
        true
    }

    fn bad_unit(&self, start: usize, text: &str, tail: &str) -> QueryError {
        let error = self.error(start, format!("{text} is neither a number nor a duration"));
        let units = ["ns", "us", "ms", "s", "m", "h", "d", "w", "y"];
        let number = text.strip_suffix(tail).unwrap_or("");
        match tail.to_lowercase().as_str() {
            "sec" | "secs" | "second" | "seconds" => error.with_hint(format!("write {number}s")),
            "min" | "mins" | "minute" | "minutes" => error.with_hint(format!("write {number}m")),
            "msec" | "millis" => error.with_hint(format!("write {number}ms")),
            _ => error.with_hint(format!("units are {}", units.join(" "))),
        }
    }
}
