//! What was wrong with an input, and where: the words for a line on stderr or in the status line.

use std::{fmt, io};

/// A place in an input, as exactly as the decoder knows it. Parts that are unknown stay empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The input's name: a file, or `archive.zip/entry.json` within a container.
    pub input: String,
    /// Bytes from the start of the decompressed text or message.
    pub offset: Option<u64>,
    /// Line, counted from 1; text formats only.
    pub line: Option<u64>,
    /// Path in the document, e.g. `resourceSpans[3].scopeSpans[0].spans[17]`.
    pub path: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut gap = "";
        if !self.input.is_empty() {
            f.write_str(&self.input)?;
            gap = ": ";
        }
        if let Some(line) = self.line {
            write!(f, "{gap}line {line}")?;
            gap = ", ";
        }
        if let Some(offset) = self.offset {
            write!(f, "{gap}byte {offset}")?;
            gap = ", ";
        }
        if !self.path.is_empty() {
            write!(f, "{gap}{}", self.path)?;
        }
        Ok(())
    }
}

/// Why spans of an input were not taken: the key under which they are counted as rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// The bytes break the format's grammar; what follows in the same document is lost.
    Malformed,
    /// The input ends in the middle of a document.
    Truncated,
    /// A known field holds a value of another type.
    WrongType,
    /// A trace or span id that is absent, all zero or of a wrong length.
    BadId,
    /// Values nested deeper than the limit.
    TooDeep,
    /// A string, message or input larger than the limit.
    TooLarge,
    /// A container that expands beyond the limits: a decompression bomb.
    Bomb,
    /// A format, or a part of one, that does not hold spans we can read.
    Unsupported,
    /// A time before 1970 or after 2554.
    OutOfRange,
    /// The input could not be read to its end.
    Io,
}

impl Reason {
    /// Why a source stopped giving bytes. Containers tell of bombs and of their own corruption by
    /// the kind of the error.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Truncated,
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => Self::Malformed,
            io::ErrorKind::FileTooLarge => Self::Bomb,
            io::ErrorKind::Unsupported => Self::Unsupported,
            _ => Self::Io,
        }
    }

    /// The name under which `stats` counts it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Truncated => "truncated",
            Self::WrongType => "wrong_type",
            Self::BadId => "bad_id",
            Self::TooDeep => "too_deep",
            Self::TooLarge => "too_large",
            Self::Bomb => "bomb",
            Self::Unsupported => "unsupported",
            Self::OutOfRange => "out_of_range",
            Self::Io => "io",
        }
    }
}

/// One thing that was wrong with an input. Everything else of the input was kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// What kind of thing.
    pub reason: Reason,
    /// What, in one line, without the place. It may quote the input: escape it before it reaches a terminal.
    pub message: String,
    /// How many spans were lost by it, as far as that can be known; 0 if none or unknown.
    pub spans: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_says_only_what_is_known() {
        let place = Place {
            input: "a.json".into(),
            offset: Some(17),
            line: Some(2),
            path: "data[0]".into(),
        };
        assert_eq!(place.to_string(), "a.json: line 2, byte 17, data[0]");
        assert_eq!(
            Place {
                offset: Some(3),
                ..Place::default()
            }
            .to_string(),
            "byte 3"
        );
    }
}
