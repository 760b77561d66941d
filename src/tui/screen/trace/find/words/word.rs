//! One word of a find line, and the texts that have it.

use crate::model::{SpanId, Value};
use crate::text::Needle;

/// Digits of a span's id.
pub const DIGITS: usize = 16;

/// One word.
#[derive(Debug, Clone)]
pub enum Word {
    /// Text anywhere in a span, or its id.
    Text(Needle, Option<SpanId>),
    /// A key with its value, in lower case.
    Pair(String, String),
}

impl Word {
    pub fn parse(word: &str) -> Self {
        match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Self::Pair(key.to_lowercase(), value.to_lowercase())
            }
            _ => {
                let id = (word.len() == DIGITS).then(|| u64::from_str_radix(word, 16).ok());
                Self::Text(Needle::new(word), id.flatten().map(SpanId))
            }
        }
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Text(needle, _) => needle.is_in(text),
            Self::Pair(..) => false,
        }
    }

    /// The span whose id it is.
    pub fn id(&self) -> Option<SpanId> {
        match self {
            Self::Text(_, id) => *id,
            Self::Pair(..) => None,
        }
    }

    /// Whether a key decides that its attributes have it, whatever their values, or that none
    /// can; `None` if the values decide.
    pub fn by_key(&self, key: &str) -> Option<bool> {
        match self {
            Self::Text(needle, _) => needle.is_in(key).then_some(true),
            Self::Pair(wanted, _) => (!is_same(key, wanted)).then_some(false),
        }
    }

    /// Whether a value has it whose key did not decide.
    pub fn is_value(&self, value: Value<'_>) -> bool {
        match (self, value) {
            // Most numbers need not be written to know that they have no letters.
            (Self::Text(needle, _), Value::Int(_)) if !needle.may_be_digits() => false,
            (Self::Text(needle, _), _) => needle.is_in(&value.to_text()),
            (Self::Pair(_, wanted), _) => is_same(&value.to_text(), wanted),
        }
    }
}

/// Whether a text is one that is given in lower case.
fn is_same(text: &str, lower: &str) -> bool {
    if text.is_ascii() {
        text.eq_ignore_ascii_case(lower)
    } else {
        text.to_lowercase() == lower
    }
}
