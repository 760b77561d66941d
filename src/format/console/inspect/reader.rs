//! From text to a tree, with a stack of what is open.

use std::borrow::Cow;

use super::{Node, Unexpected};
use crate::model::MAX_NESTING;

type Result<T> = std::result::Result<T, Unexpected>;

/// A list or an object that is open.
enum Open<'a> {
    List(Vec<Node<'a>>),
    Map(Vec<(Cow<'a, str>, Node<'a>)>, Option<Cow<'a, str>>),
}

impl<'a> Open<'a> {
    fn close(self) -> Node<'a> {
        match self {
            Self::List(items) => Node::List(items),
            Self::Map(members, None) => Node::Map(members),
            // An item without a key: the last of a set.
            Self::Map(mut members, Some(key)) => {
                members.push((key, Node::Word("undefined")));
                Node::Map(members)
            }
        }
    }

    fn put(&mut self, node: Node<'a>) {
        match self {
            Self::List(items) => items.push(node),
            Self::Map(members, key) => members.push((key.take().unwrap_or_default(), node)),
        }
    }
}

/// Text that is being read.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next value, whole.
    pub(super) fn value(&mut self) -> Result<Node<'a>> {
        let mut open: Vec<Open<'a>> = Vec::new();
        loop {
            self.space();
            let node = match (self.peek(), open.last_mut()) {
                (Some(b'}' | b']'), Some(_)) => {
                    self.at += 1;
                    let Some(closed) = open.pop() else { continue };
                    closed.close()
                }
                (Some(b','), Some(_)) => {
                    self.at += 1;
                    continue;
                }
                (Some(b'.'), Some(_)) if self.rest().starts_with("... ") => {
                    // `... 3 more items`
                    self.until(|byte| matches!(byte, b',' | b']' | b'}'));
                    continue;
                }
                (Some(_), Some(Open::Map(_, key @ None))) => {
                    *key = Some(self.key()?);
                    continue;
                }
                (Some(b'{'), _) => {
                    self.open(&mut open, Open::Map(Vec::new(), None))?;
                    continue;
                }
                (Some(b'['), _) if !self.is_elided() => {
                    self.open(&mut open, Open::List(Vec::new()))?;
                    continue;
                }
                (Some(_), _) => match self.scalar()? {
                    Some(node) => node,
                    None => continue,
                },
                (None, _) => return Err(self.unexpected("a value")),
            };
            match open.last_mut() {
                Some(outer) => outer.put(node),
                None => return Ok(node),
            }
        }
    }

    fn open(&mut self, open: &mut Vec<Open<'a>>, new: Open<'a>) -> Result<()> {
        if open.len() >= MAX_NESTING {
            return Err(self.unexpected("no deeper nesting"));
        }
        self.at += 1;
        open.push(new);
        Ok(())
    }

    /// A string or a word; `None` for what stands before a list or an object, as its class.
    fn scalar(&mut self) -> Result<Option<Node<'a>>> {
        match self.peek() {
            Some(b'\'' | b'"' | b'`') => self.string().map(|text| Some(Node::Text(text))),
            Some(b'[') => {
                let text = self.bracketed();
                Ok((!self.is_class()).then_some(Node::Elided(text)))
            }
            // `<ref *1>`, before what it names.
            Some(b'<') => {
                self.until(|byte| byte == b'>');
                self.at += 1;
                Ok(None)
            }
            _ => {
                let from = self.at;
                self.until(|byte| {
                    matches!(byte, b',' | b'\n' | b'}' | b']' | b'{' | b'[' | b' ' | b'(')
                });
                if self.peek() == Some(b'(') {
                    self.until(|byte| byte == b')');
                    self.at = (self.at + 1).min(self.text.len());
                }
                let word = self.text.get(from..self.at).unwrap_or_default();
                if word.is_empty() {
                    return Err(self.unexpected("a value"));
                }
                Ok((!self.is_class()).then_some(Node::Word(word)))
            }
        }
    }

    /// Whether a list or an object follows on the same line, of which a word is the class.
    fn is_class(&self) -> bool {
        let rest = self.rest().trim_start_matches(' ');
        rest.len() < self.rest().len() && rest.starts_with(['{', '['])
    }

    /// A key with its colon or arrow.
    fn key(&mut self) -> Result<Cow<'a, str>> {
        let key = match self.peek() {
            Some(b'\'' | b'"' | b'`') => self.string()?,
            Some(b'[') => Cow::Borrowed(self.bracketed()),
            _ => {
                let from = self.at;
                self.until(|byte| matches!(byte, b':' | b'\n' | b',' | b'}' | b' '));
                Cow::Borrowed(self.text.get(from..self.at).unwrap_or_default())
            }
        };
        self.space();
        if self.rest().starts_with("=>") {
            self.at += 2;
        } else if self.peek() == Some(b':') {
            self.at += 1;
        } else {
            return Err(self.unexpected("`:`"));
        }
        Ok(key)
    }

    /// `[Array]`, `[Function: run]`, `[Circular *1]`.
    fn bracketed(&mut self) -> &'a str {
        let from = self.at;
        self.until(|byte| byte == b']');
        self.at = (self.at + 1).min(self.text.len());
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// Whether the bracket here opens a word: lists have a space or a line end behind it.
    fn is_elided(&self) -> bool {
        let next = self.text.as_bytes().get(self.at + 1);
        next.is_some_and(u8::is_ascii_alphabetic)
    }

    /// A string, with those that are added to it on the next lines.
    fn string(&mut self) -> Result<Cow<'a, str>> {
        let mut whole = self.quoted()?;
        loop {
            let end = self.at;
            self.space();
            if self.peek() != Some(b'+') {
                self.at = end;
                break;
            }
            self.at += 1;
            self.space();
            let more = self.quoted()?;
            whole.to_mut().push_str(&more);
        }
        if self.rest().starts_with("... ") {
            // `... 12 more characters`
            self.until(|byte| matches!(byte, b',' | b'\n' | b'}' | b']'));
            whole.to_mut().push('…');
        }
        Ok(whole)
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>> {
        let Some(quote @ (b'\'' | b'"' | b'`')) = self.peek() else {
            return Err(self.unexpected("a string"));
        };
        self.at += 1;
        let mut text = Cow::Borrowed("");
        loop {
            let from = self.at;
            self.until(|byte| byte == quote || byte == b'\\');
            let plain = self.text.get(from..self.at).unwrap_or_default();
            if text.is_empty() {
                text = Cow::Borrowed(plain);
            } else {
                text.to_mut().push_str(plain);
            }
            match self.peek() {
                None => return Err(self.unexpected("the end of a string")),
                Some(byte) if byte == quote => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(_) => {
                    let escaped = self.escape()?;
                    text.to_mut().push(escaped);
                }
            }
        }
    }

    /// An escape, whose backslash is next: `\n`, `\'`, `\x1B`, `\u2028`.
    fn escape(&mut self) -> Result<char> {
        self.at += 1;
        let Some(char) = self.rest().chars().next() else {
            return Err(self.unexpected("an escape"));
        };
        self.at += char.len_utf8();
        let digits = match char {
            'n' => return Ok('\n'),
            't' => return Ok('\t'),
            'r' => return Ok('\r'),
            'b' => return Ok('\u{8}'),
            'f' => return Ok('\u{c}'),
            'v' => return Ok('\u{b}'),
            'x' => 2,
            'u' => 4,
            other => return Ok(other),
        };
        let code = self.rest().get(..digits);
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let Some(code) = code else {
            return Err(self.unexpected("an escape in hex"));
        };
        self.at += digits;
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn space(&mut self) {
        self.until(|byte| !byte.is_ascii_whitespace());
    }

    /// Goes to the next byte that is looked for, or to the end.
    fn until(&mut self, found: impl Fn(u8) -> bool) {
        let rest = self.rest();
        self.at += rest.bytes().position(found).unwrap_or(rest.len());
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn unexpected(&self, expected: &'static str) -> Unexpected {
        Unexpected {
            at: self.at,
            expected,
            ended: self.at >= self.text.len(),
        }
    }
}
