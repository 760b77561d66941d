//! [`Shown`]: text that no terminal can mistake for a command.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use unicode_width::UnicodeWidthChar;

/// Marks stacked on one base character beyond this are written out: a "zalgo" flood
/// otherwise overflows the cell (and has crashed terminals, CVE-2021-26937).
const MAX_MARKS: usize = 8;

/// Text that is safe for a terminal: one line, no control byte, nothing invisible.
///
/// - control characters (C0, DEL, C1, so ESC and the 8-bit CSI too) become `\x1b`;
/// - a line break becomes `⏎`, a tab becomes a space;
/// - bidirectional controls, zero-width and other invisible format characters, and
///   combining marks beyond eight, become `\u{202e}`.
///
/// Clean text is borrowed. Escaping twice changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Shown<'a>(Cow<'a, str>);

impl<'a> Shown<'a> {
    /// Makes any text safe.
    pub fn new(raw: &'a str) -> Self {
        match first_unsafe(raw) {
            None => Self(Cow::Borrowed(raw)),
            Some(at) => Self(Cow::Owned(escape(raw, at))),
        }
    }

    /// Makes the beginning of any text safe: at least `columns` columns of it, if it has
    /// as many. Costs O(columns), however long the text is.
    pub fn start_of(raw: &'a str, columns: usize) -> Self {
        let most = columns.saturating_add(1).saturating_mul(MAX_MARKS + 1);
        let end = raw.char_indices().nth(most).map_or(raw.len(), |(at, _)| at);
        Self::new(&raw[..end])
    }

    /// Makes owned text safe, without a copy if it is clean.
    pub fn from_owned(raw: String) -> Shown<'static> {
        match first_unsafe(&raw) {
            None => Shown(Cow::Owned(raw)),
            Some(at) => Shown(Cow::Owned(escape(&raw, at))),
        }
    }

    /// Text put together from safe parts by this room, which is safe by construction.
    pub(super) fn trusted(text: Cow<'a, str>) -> Self {
        debug_assert!(first_unsafe(&text).is_none(), "not safe: {text:?}");
        Self(text)
    }

    /// The safe text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, independent of what it was borrowed from.
    pub fn into_owned(self) -> Shown<'static> {
        Shown(Cow::Owned(self.0.into_owned()))
    }

    /// The inner text, for an interface that takes `Into<Cow<str>>`.
    pub fn into_inner(self) -> Cow<'a, str> {
        self.0
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Shown<'_> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<'a> From<Shown<'a>> for Cow<'a, str> {
    fn from(shown: Shown<'a>) -> Self {
        shown.0
    }
}

impl<'a> From<&'a str> for Shown<'a> {
    fn from(raw: &'a str) -> Self {
        Self::new(raw)
    }
}

impl From<String> for Shown<'static> {
    fn from(raw: String) -> Self {
        Shown::from_owned(raw)
    }
}

/// Where the first character stands that must not reach a terminal as it is.
fn first_unsafe(raw: &str) -> Option<usize> {
    let ascii = raw.bytes().position(|b| !(0x20..0x7f).contains(&b))?;
    let mut marks = 0;
    for (at, c) in raw[ascii..].char_indices() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        if marks > MAX_MARKS || is_hidden(c) {
            return Some(ascii + at);
        }
    }
    None
}

/// Copies `raw`, whose first unsafe character stands at `from`.
fn escape(raw: &str, from: usize) -> String {
    let mut out = String::with_capacity(raw.len() + 16);
    out.push_str(&raw[..from]);
    let mut marks = out.chars().rev().take_while(|&c| is_mark(c)).count();
    let mut rest = raw[from..].chars().peekable();
    while let Some(c) = rest.next() {
        marks = if is_mark(c) { marks + 1 } else { 0 };
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => out.push('⏎'),
            '\t' => out.push(' '),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c if is_hidden(c) || marks > MAX_MARKS => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// A character that takes no cell of its own but is drawn onto its base.
fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.width() == Some(0)
}

/// Controls, and characters that change or hide other text without being seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'   // zero width, marks of direction
            | '\u{2028}'..='\u{202e}'   // separators of lines, embedding and override of direction
            | '\u{2060}'..='\u{206f}'   // joiners, isolates, deprecated format characters
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}') // tags, further variation selectors
        || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn controls_are_written_out() {
        for (raw, want) in [
            ("\x1b]0;x\x07", "\\x1b]0;x\\x07"),
            ("a\u{9b}31mb", "a\\x9b31mb"),
            ("one\ntwo\r\nthree\rfour", "one⏎two⏎three\\x0dfour"),
            ("a\tb\0\u{7f}", "a b\\x00\\x7f"),
            ("\u{202e}exe.txt", "\\u{202e}exe.txt"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
        ] {
            assert_eq!(Shown::new(raw).as_str(), want);
        }
    }

    #[test]
    fn clean_text_is_borrowed() {
        for raw in ["", "SQL SELECT", "größe 注文 é e\u{301}"] {
            assert!(
                matches!(Shown::new(raw).into_inner(), Cow::Borrowed(_)),
                "{raw}"
            );
        }
    }

    #[test]
    fn a_flood_of_marks_is_written_out_after_eight() {
        let raw = format!("e{}", "\u{301}".repeat(10));
        let want = format!("e{}\\u{{301}}\\u{{301}}", "\u{301}".repeat(8));
        assert_eq!(Shown::new(&raw).as_str(), want);
    }

    #[test]
    fn the_start_of_a_long_text_is_wide_enough() {
        let raw = format!("a{}", "\u{301}".repeat(8)).repeat(100);
        let start = Shown::start_of(&raw, 10);
        assert!(start.width() >= 10 && start.as_str().len() < raw.len());
    }

    proptest! {
        #[test]
        fn nothing_dangerous_survives(raw in any::<String>()) {
            let shown = Shown::new(&raw);
            prop_assert!(!shown.as_str().chars().any(is_hidden));
            prop_assert_eq!(Shown::new(shown.as_str()), shown.clone());
        }
    }
}
