//! One word of a find line, and the texts that have it.

use crate::model::{SpanId, Value};
use crate::text::Needle;
use crate::traceql::operator::Compare;

use super::super::field::{holds, is_same};

/// Digits of a span's id.
pub const DIGITS: usize = 16;

/// One word.
#[derive(Debug, Clone)]
pub enum Word {
    /// Text anywhere in a span, or its id.
    Text(Needle, Option<SpanId>),
    /// A key with its value, in lower case.
    Pair(String, String),
    /// A key, in lower case, with a number to which its value is compared.
    Number(String, Compare, f64),
}

impl Word {
    /// Text, or a span's id.
    pub fn text(word: &str) -> Self {
        let id = (word.len() == DIGITS).then(|| u64::from_str_radix(word, 16).ok());
        Self::Text(Needle::new(word), id.flatten().map(SpanId))
    }

    /// A comparison; whether spans must not have it is not part of it. `None` if it is none.
    pub fn of(key: &str, op: Compare, value: &str) -> Option<Self> {
        let key = key.to_lowercase();
        Some(match op {
            Compare::Equal | Compare::NotEqual => Self::Pair(key, value.to_lowercase()),
            op => Self::Number(key, op, value.parse().ok()?),
        })
    }

    /// Whether a text has it.
    pub fn is_in(&self, text: &str) -> bool {
        match self {
            Self::Text(needle, _) => needle.is_in(text),
            Self::Pair(..) | Self::Number(..) => false,
        }
    }

    /// The span whose id it is.
    pub fn id(&self) -> Option<SpanId> {
        match self {
            Self::Text(_, id) => *id,
            Self::Pair(..) | Self::Number(..) => None,
        }
    }

    /// Whether a key decides that its attributes have it, whatever their values, or that none
    /// can; `None` if the values decide.
    pub fn by_key(&self, key: &str) -> Option<bool> {
        match self {
            Self::Text(needle, _) => needle.is_in(key).then_some(true),
            Self::Pair(wanted, _) | Self::Number(wanted, ..) => {
                (!is_same(key, wanted)).then_some(false)
            }
        }
    }

    /// Whether a value has it whose key did not decide.
    pub fn is_value(&self, value: Value<'_>) -> bool {
        match (self, value) {
            // Most numbers need not be written to know that they have no letters.
            (Self::Text(needle, _), Value::Int(_)) if !needle.may_be_digits() => false,
            (Self::Text(needle, _), _) => needle.is_in(&value.to_text()),
            (Self::Pair(_, wanted), _) => is_same(&value.to_text(), wanted),
            (Self::Number(_, op, wanted), Value::Int(number)) => {
                holds(*op, &(number as f64), wanted)
            }
            (Self::Number(_, op, wanted), Value::Double(number)) => holds(*op, &number, wanted),
            // Zipkin's and Jaeger's numbers are often texts.
            (Self::Number(_, op, wanted), Value::Str(text)) => {
                let number = text.trim().parse().ok();
                number.is_some_and(|number: f64| holds(*op, &number, wanted))
            }
            (Self::Number(..), _) => false,
        }
    }
}
