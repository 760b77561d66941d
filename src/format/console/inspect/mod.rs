//! What Node's `util.inspect` prints, as `console.dir` does: JavaScript rather than JSON.
//!
//! ```text
//! {
//!   name: 'load',
//!   "it's": `a 'quoted' "value"`,
//!   lines: 'one\n' +
//!     'two',
//!   deep: [Array], none: undefined, big: 12n, seen: <ref *1> Foo { 'x' => 1 }, ... 3 more items
//! }
//! ```
//!
//! A span of it is small, so it is read into a tree. Nothing recurses.

mod reader;

use std::borrow::Cow;

use crate::model::OwnedValue;
use reader::Reader;

/// A value as it is printed.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// A number, a date, a symbol: as it is written.
    Word(&'a str),
    /// What is too deep to be printed, as `[Array]`; a function; a reference back.
    Elided(&'a str),
    /// A list or a set.
    List(Vec<Node<'a>>),
    /// An object or a map.
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// Where the text is not what `util.inspect` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unexpected {
    pub at: usize,
    pub expected: &'static str,
    /// It ends there.
    pub ended: bool,
}

impl<'a> Node<'a> {
    /// Reads the value that `text` is.
    pub(super) fn read(text: &'a str) -> Result<Self, Unexpected> {
        Reader::new(text).value()
    }

    /// A member of an object.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// Members of an object.
    pub(super) fn members(&self) -> &[(Cow<'a, str>, Self)] {
        match self {
            Self::Map(members) => members,
            _ => &[],
        }
    }

    /// Items of a list.
    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a string or a word; none of `undefined`.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Word("undefined" | "null") => None,
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The value as an attribute has it. The tree is no deeper than `MAX_NESTING`.
    pub(super) fn to_value(&self) -> OwnedValue {
        match self {
            Self::Text(text) => OwnedValue::Str(text.clone().into_owned()),
            Self::Word(word) => word_value(word),
            Self::Elided(what) => OwnedValue::Str((*what).to_owned()),
            Self::List(items) => OwnedValue::Array(items.iter().map(Self::to_value).collect()),
            Self::Map(members) => OwnedValue::Map(
                members
                    .iter()
                    .map(|(key, value)| (key.clone().into_owned(), value.to_value()))
                    .collect(),
            ),
        }
    }
}

fn word_value(word: &str) -> OwnedValue {
    let number = word.strip_suffix('n').unwrap_or(word);
    match word {
        "true" => OwnedValue::Bool(true),
        "false" => OwnedValue::Bool(false),
        "undefined" | "null" => OwnedValue::Empty,
        "Infinity" => OwnedValue::Double(f64::INFINITY),
        "-Infinity" => OwnedValue::Double(f64::NEG_INFINITY),
        "NaN" => OwnedValue::Double(f64::NAN),
        _ => match (number.parse(), word.parse()) {
            (Ok(whole), _) => OwnedValue::Int(whole),
            (_, Ok(double)) => OwnedValue::Double(double),
            _ => OwnedValue::Str(word.to_owned()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> OwnedValue {
        Node::read(text).map(|node| node.to_value()).unwrap()
    }

    #[test]
    fn what_node_prints_is_read() {
        assert_eq!(
            value(
                "{ a: 'x\\'y\\x1B' +\n    'z', \"it's\": `q`, 'k': -1.5, b: [ 1, 12n, true ], c: undefined }"
            ),
            value(
                "{\n  a: 'x\\'y\\u001bz',\n  \"it's\": 'q',\n  k: -1.5,\n  b: [\n 1, 12, true ],\n c: null\n}"
            )
        );
        let odd = "<ref *1> Foo { m: Map(1) { 'a' => 1 }, e: [], o: {}, f: [Function: run], n: [Object: null prototype] { x: 1 }, l: Uint8Array(2) [ 1, 2, ... 3 more items ], d: 2026-11-22T10:00:00.000Z, [Symbol(s)]: [Circular *1], s: 'ab'... 3 more characters }";
        let OwnedValue::Map(members) = value(odd) else {
            panic!("an object");
        };
        let shown: Vec<String> = members
            .iter()
            .map(|(key, value)| {
                format!("{key}={}", value.with(|value| value.to_text().into_owned()))
            })
            .collect();
        assert_eq!(
            shown.join(" "),
            r#"m={"a":1} e=[] o={} f=[Function: run] n={"x":1} l=[1,2] d=2026-11-22T10:00:00.000Z [Symbol(s)]=[Circular *1] s=ab…"#
        );
    }

    #[test]
    fn broken_text_is_an_error_with_its_place() {
        for (text, at) in [
            ("{ a: 'x", 7),
            ("{ a 1 }", 4),
            ("{ a: '\\xZZ' }", 8),
            ("{ a: 'b' + 1 }", 11),
            ("", 0),
        ] {
            assert_eq!(Node::read(text).unwrap_err().at, at, "{text}");
        }
        assert!(Node::read(&"[ ".repeat(100)).is_err());
        assert!(Node::read(&"{ a: ".repeat(100)).is_err());
    }
}
