//! Types of values in queries, and which operators take which.

use std::fmt;

/// The type of a field expression, as far as the text tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// An attribute: only the data knows.
    Any,
    /// `nil`.
    Nil,
    /// A string.
    Text,
    /// A signed 64-bit integer.
    Int,
    /// A double.
    Float,
    /// A duration, counted in nanoseconds.
    Duration,
    /// `true` or `false`.
    Bool,
    /// `ok`, `error`, `unset`.
    Status,
    /// `server`, `client`, ...
    Kind,
}

impl Type {
    /// Whether arithmetic and order by number apply.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Float | Self::Duration)
    }

    /// Whether a value of this type can stand beside one of `other` in an operation: equal
    /// types, two numbers, or a side that only the data (or `nil`) decides.
    pub fn meets(self, other: Self) -> bool {
        let open = |t| matches!(t, Self::Any | Self::Nil);
        self == other || open(self) || open(other) || (self.is_number() && other.is_number())
    }

    /// The type with its article, for messages.
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Any => "an attribute",
            Self::Nil => "nil",
            Self::Text => "a string",
            Self::Int => "an int",
            Self::Float => "a float",
            Self::Duration => "a duration",
            Self::Bool => "a boolean",
            Self::Status => "a status",
            Self::Kind => "a kind",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Any => "any",
            Self::Nil => "nil",
            Self::Text => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Duration => "duration",
            Self::Bool => "bool",
            Self::Status => "status",
            Self::Kind => "kind",
        })
    }
}
