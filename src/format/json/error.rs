//! Kinds of values, and why one could not be read.

use thiserror::Error;

/// The type of the value that comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// `{...}`
    Object,
    /// `[...]`
    Array,
    /// `"..."`
    String,
    /// `-1.5e3`, `NaN`, `Infinity`
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
}

impl JsonKind {
    /// The kind with its article, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Object => "an object",
            Self::Array => "an array",
            Self::String => "a string",
            Self::Number => "a number",
            Self::Bool => "a boolean",
            Self::Null => "null",
        }
    }
}

/// Why a value could not be read. Offsets are bytes from the start of the reader's input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum JsonError {
    /// The input ends within a value.
    #[error("the JSON ends at byte {at}, where {expected} was expected")]
    Truncated {
        /// The length of the input.
        at: usize,
        /// What would have come next.
        expected: &'static str,
    },
    /// The text is no JSON.
    #[error("no JSON at byte {at}: expected {expected}")]
    Syntax {
        /// Where the first wrong byte stands.
        at: usize,
        /// What would have been right.
        expected: &'static str,
    },
    /// A well-formed value of another type; it was not consumed.
    #[error("expected {expected} at byte {at}, found {}", .found.name())]
    Type {
        /// Where the value begins.
        at: usize,
        /// The type asked for.
        expected: &'static str,
        /// The type that is there.
        found: JsonKind,
    },
}

impl JsonError {
    /// Where it is: bytes from the start of the reader's input.
    pub fn position(self) -> usize {
        match self {
            Self::Truncated { at, .. } | Self::Syntax { at, .. } | Self::Type { at, .. } => at,
        }
    }

    /// Whether the value can be skipped and reading go on behind it.
    pub fn is_recoverable(self) -> bool {
        matches!(self, Self::Type { .. })
    }
}

/// The result of reading JSON.
pub type JsonResult<T> = Result<T, JsonError>;
