//! One key press, and the notation in which keys are written everywhere: the table of actions,
//! the user's keymap, `vizsla snap --keys` and the tests.
//!
//! A character stands for itself; everything else is named in angle brackets: `<Enter>`, `<Esc>`,
//! `<Tab>`, `<S-Tab>`, `<Space>`, `<Up>`, `<PgDn>`, `<C-d>`, and `<lt>` for `<` itself. In bindings
//! `<letter>` and `<digit>` stand for any one of them.

use std::fmt;

use thiserror::Error;

/// What was pressed, without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// A character as typed: shift is part of it.
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// In a binding only: any letter, which the action receives.
    AnyLetter,
    /// In a binding only: any digit from 1, which the action receives.
    AnyDigit,
}

/// A key press: a code, with Control or Alt held or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
}

/// Why some text is not a sequence of keys.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// `<` without its `>`.
    #[error("`<` at character {0} is not closed: write `<lt>` for the key itself")]
    Unclosed(usize),
    /// `<Foo>`.
    #[error("unknown key `<{0}>`: known are Enter, Esc, Tab, Space, Up, C-d and their like")]
    Unknown(String),
}

/// Names of the keys that have no character of their own; the first of several is the one printed.
const NAMES: [(&str, Code); 26] = [
    ("Enter", Code::Enter),
    ("CR", Code::Enter),
    ("Return", Code::Enter),
    ("Esc", Code::Esc),
    ("Tab", Code::Tab),
    ("S-Tab", Code::BackTab),
    ("BackTab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("BS", Code::Backspace),
    ("Delete", Code::Delete),
    ("Del", Code::Delete),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PageUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("PageDown", Code::PageDown),
    ("Space", Code::Char(' ')),
    ("lt", Code::Char('<')),
    ("gt", Code::Char('>')),
    ("letter", Code::AnyLetter),
    ("digit", Code::AnyDigit),
];

impl Key {
    /// The key of a character, nothing held.
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A named key, nothing held.
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
        }
    }

    /// Control and a character.
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: true,
            alt: false,
        }
    }

    /// The character that typing this key into a text field inserts, if any.
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Whether a press of `self` satisfies `pattern`, which may hold a wildcard.
    pub fn matches(self, pattern: Self) -> bool {
        match (pattern.code, self.typed()) {
            (Code::AnyLetter, Some(c)) => c.is_alphabetic(),
            (Code::AnyDigit, Some(c)) => ('1'..='9').contains(&c),
            _ => self == pattern,
        }
    }

    fn named(name: &str) -> Option<Self> {
        let mut key = Self::char(' ');
        let mut rest = name;
        if let Some(code) = code_of(rest) {
            return Some(Self::plain(code));
        }
        loop {
            match rest.split_at_checked(2) {
                Some(("C-", tail)) if !tail.is_empty() => (key.ctrl, rest) = (true, tail),
                Some(("A-" | "M-", tail)) if !tail.is_empty() => (key.alt, rest) = (true, tail),
                _ => break,
            }
        }
        key.code = code_of(rest).or_else(|| {
            let mut chars = rest.chars();
            let only = chars.next()?;
            (chars.next().is_none() && (key.ctrl || key.alt)).then_some(Code::Char(only))
        })?;
        Some(key)
    }
}

fn code_of(name: &str) -> Option<Code> {
    NAMES
        .iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|&(_, code)| code)
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES
            .iter()
            .find(|(_, code)| *code == self.code)
            .map(|&(name, _)| name);
        let held = match (self.ctrl, self.alt) {
            (true, true) => "C-A-",
            (true, false) => "C-",
            (false, true) => "A-",
            (false, false) => "",
        };
        match (name, self.code) {
            (Some(name), _) => write!(f, "<{held}{name}>"),
            (None, Code::Char(c)) if held.is_empty() => write!(f, "{c}"),
            (None, Code::Char(c)) => write!(f, "<{held}{c}>"),
            (None, _) => Ok(()),
        }
    }
}

/// Reads a sequence of keys, `"gg<C-d>2j"`. Line breaks between keys are ignored, so that long
/// scripts can be wrapped.
pub fn parse_keys(text: &str) -> Result<Vec<Key>, KeyError> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let at = text.len() - rest.len();
        rest = &rest[c.len_utf8()..];
        match c {
            '\n' | '\r' => {}
            '<' => {
                let end = rest
                    .find('>')
                    .ok_or_else(|| KeyError::Unclosed(text[..at].chars().count()))?;
                let name = &rest[..end];
                keys.push(Key::named(name).ok_or_else(|| KeyError::Unknown(name.to_owned()))?);
                rest = &rest[end + 1..];
            }
            c => keys.push(Key::char(c)),
        }
    }
    Ok(keys)
}

/// How a sequence of keys reads in hints, help and documentation: `gg`, `Ctrl-d`, `⏎` is left to
/// the glyph table, so Enter is spelled out.
pub fn label(keys: &[Key]) -> String {
    keys.iter().map(|key| key_label(*key)).collect()
}

fn key_label(key: Key) -> String {
    let base = match key.code {
        Code::Char(' ') => "Space".to_owned(),
        Code::Char(c) => c.to_string(),
        Code::Up => "↑".to_owned(),
        Code::Down => "↓".to_owned(),
        Code::Left => "←".to_owned(),
        Code::Right => "→".to_owned(),
        Code::AnyLetter => "a-z".to_owned(),
        Code::AnyDigit => "1-9".to_owned(),
        code => NAMES
            .iter()
            .find(|(_, c)| *c == code)
            .map_or(String::new(), |(n, _)| (*n).to_owned()),
    };
    match (key.ctrl, key.alt) {
        (true, _) => format!("Ctrl-{base}"),
        (false, true) => format!("Alt-{base}"),
        (false, false) => base,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_survives_being_written_and_read() {
        let text = "gg<C-d>2j<Enter><lt>é<S-Tab><Space>[[<A-x><C-A-Up>";
        let keys = parse_keys(text).unwrap();
        let written: String = keys.iter().map(ToString::to_string).collect();
        assert_eq!(parse_keys(&written).unwrap(), keys);
        assert_eq!(keys[2], Key::ctrl('d'));
        assert_eq!(keys.len(), 14);
    }

    #[test]
    fn mistakes_are_named() {
        assert_eq!(parse_keys("é<C-d"), Err(KeyError::Unclosed(1)));
        assert_eq!(parse_keys("<Foo>"), Err(KeyError::Unknown("Foo".into())));
        assert_eq!(parse_keys("<x>"), Err(KeyError::Unknown("x".into())));
    }

    #[test]
    fn wildcards_match_their_class_only() {
        let any = Key::plain(Code::AnyDigit);
        assert!(Key::char('3').matches(any));
        assert!(!Key::char('0').matches(any));
        assert!(!Key::ctrl('3').matches(any));
        assert!(Key::char('q').matches(Key::plain(Code::AnyLetter)));
    }
}
