//! JSON (RFC 8259) as the lines of its indented form, found in one pass without copying it.
//!
//! The text need not be valid in every detail (numbers and escapes are not judged), but brackets,
//! keys and commas must be where they belong.

use std::ops::Range;

use super::{Ink, Piece};

/// The lines of a JSON text. `None` if it is none.
pub fn lines(text: &str) -> Option<Vec<Piece>> {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        at: 0,
        lines: Vec::new(),
        open: Vec::new(),
    };
    scan.item(0..0)?;
    while let Some(&open) = scan.open.last() {
        scan.member(open)?;
    }
    scan.blank();
    (scan.at == text.len()).then_some(scan.lines)
}

/// A container whose end has not come yet.
#[derive(Clone, Copy)]
struct Open {
    line: usize,
    object: bool,
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
    lines: Vec<Piece>,
    open: Vec<Open>,
}

impl Scan<'_> {
    fn blank(&mut self) {
        while matches!(self.next(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn next(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next() == Some(byte)).then(|| self.at += 1)
    }

    /// The next item of a container, or its end.
    fn member(&mut self, open: Open) -> Option<()> {
        self.blank();
        let close = if open.object { b'}' } else { b']' };
        if self.next() == Some(close) {
            self.close(open);
            return Some(());
        }
        let items = &mut self.lines.get_mut(open.line)?.items;
        *items += 1;
        if *items > 1 {
            // The comma was taken with the item before it if it followed at once.
            if self.bytes.get(self.at.wrapping_sub(1)) != Some(&b',') {
                self.take(b',').or_else(|| self.comma_before())?;
            }
            self.blank();
        }
        let mut key = 0..0;
        if open.object {
            key.start = self.at;
            self.string()?;
            self.blank();
            self.take(b':')?;
            key.end = self.at;
            self.blank();
        }
        self.item(key)
    }

    /// Whether a comma parts what stands here from the item before.
    fn comma_before(&self) -> Option<()> {
        let before = self.bytes.get(..self.at)?.trim_ascii_end();
        (before.last() == Some(&b',')).then_some(())
    }

    /// A value, with the key before it.
    fn item(&mut self, key: Range<usize>) -> Option<()> {
        self.blank();
        let from = self.at;
        let (ink, container) = match self.next()? {
            b'"' => {
                self.string()?;
                (Ink::Text, None)
            }
            b'{' => (Ink::Bracket, Some(true)),
            b'[' => (Ink::Bracket, Some(false)),
            _ => {
                self.word()?;
                (Ink::Number, None)
            }
        };
        if let Some(object) = container {
            self.at += 1;
            self.blank();
            if self.next() == Some(if object { b'}' } else { b']' }) {
                self.at += 1;
            } else {
                self.push(key, from..from + 1, ink);
                let line = self.lines.len() - 1;
                self.open.push(Open { line, object });
                return Some(());
            }
        }
        self.comma();
        self.push(key, from..self.at, ink);
        Some(())
    }

    fn close(&mut self, open: Open) {
        let from = self.at;
        self.at += 1;
        self.open.pop();
        self.comma();
        self.push(0..0, from..self.at, Ink::Bracket);
        let below = self.lines.len() - 1 - open.line;
        if let Some(line) = self.lines.get_mut(open.line) {
            line.below = below as u32;
        }
    }

    /// A comma right behind a value belongs to its line.
    fn comma(&mut self) {
        if !self.open.is_empty() && self.next() == Some(b',') {
            self.at += 1;
        }
    }

    fn push(&mut self, key: Range<usize>, text: Range<usize>, ink: Ink) {
        self.lines.push(Piece {
            depth: self.open.len().min(u16::MAX.into()) as u16,
            ink,
            key,
            text,
            below: 0,
            items: 0,
        });
    }

    fn string(&mut self) -> Option<()> {
        self.take(b'"')?;
        loop {
            let rest = self.bytes.get(self.at..)?;
            let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            self.at += stop + 1;
            if rest.get(stop) == Some(&b'"') {
                return Some(());
            }
            self.at += 1;
        }
    }

    /// A number, or one of the three words.
    fn word(&mut self) -> Option<()> {
        let from = self.at;
        while matches!(
            self.next(),
            Some(b'a'..=b'z' | b'0'..=b'9' | b'-' | b'+' | b'.' | b'E')
        ) {
            self.at += 1;
        }
        let word = self.bytes.get(from..self.at)?;
        let number = matches!(word.first(), Some(b'-' | b'0'..=b'9'));
        (number || matches!(word, b"true" | b"false" | b"null")).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<Vec<String>> {
        let lines = lines(text)?;
        let line = |piece: Piece| {
            let indent = " ".repeat(piece.depth.into());
            format!("{indent}{}{}", &text[piece.key], &text[piece.text])
        };
        Some(lines.into_iter().map(line).collect())
    }

    #[test]
    fn every_item_has_a_line() {
        let text = r#" {"a" : [1, -2.5e3 ,{}], "b":{"c\"":null,"d":"x\\"} } "#;
        assert_eq!(
            told(text).unwrap(),
            [
                "{",
                " \"a\" :[",
                "  1,",
                "  -2.5e3",
                "  {}",
                " ],",
                " \"b\":{",
                "  \"c\\\"\":null,",
                "  \"d\":\"x\\\\\"",
                " }",
                "}"
            ]
        );
        assert_eq!(lines(text).unwrap()[0].items, 2);
    }

    #[test]
    fn what_is_no_json_is_told_from_it() {
        for text in [
            "",
            "{",
            "[1",
            "[1 2]",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "[1]]",
            "[maybe]",
            "\"open",
            "{\"a\":1 \"b\":2}",
            "[,]",
            "[1,,2]",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
        assert!(told("[1,]").is_some(), "a comma too many is forgiven");
    }

    #[test]
    fn depth_is_not_a_danger() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert_eq!(lines(&deep).map(|lines| lines.len()), Some(399_999));
    }

    proptest::proptest! {
        #[test]
        fn what_serde_reads_is_read(value in proptest::collection::vec("[\\PC]{0,9}", 0..9)) {
            let text = serde_json::to_string(&value).unwrap();
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            proptest::prop_assert_eq!(lines(&text).unwrap().len(), pretty.lines().count());
            proptest::prop_assert_eq!(lines(&pretty).unwrap().len(), pretty.lines().count());
        }
    }
}
