//! A span's kind and status, and how it ended, in one byte.

use super::kind::{Kind, Status};

/// Kind in bits 0 to 2, status in 3 and 4, and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u8);

/// Status error, or an attribute that says so.
const ERROR: u8 = 1 << 5;
const END_UNKNOWN: u8 = 1 << 6;
const END_BEFORE_START: u8 = 1 << 7;

impl Marks {
    pub(super) fn new(kind: Kind, status: Status, is_error: bool) -> Self {
        let error = if is_error { ERROR } else { 0 };
        Self(kind.bits() | status.bits() << 3 | error)
    }

    /// The same of a span that has not ended, as far as is known.
    pub(super) fn unfinished(self) -> Self {
        Self(self.0 | END_UNKNOWN)
    }

    /// The same of a span that ended before it started.
    pub(super) fn backwards(self) -> Self {
        Self(self.0 | END_BEFORE_START)
    }

    /// The kind.
    pub fn kind(self) -> Kind {
        Kind::from_bits(self.0 & 7)
    }

    /// The status.
    pub fn status(self) -> Status {
        Status::from_bits(self.0 >> 3 & 3)
    }

    /// Whether the span failed: status error, or an attribute `error` that is true.
    pub fn is_error(self) -> bool {
        self.0 & ERROR != 0
    }

    /// Whether its end is not known.
    pub fn is_unfinished(self) -> bool {
        self.0 & END_UNKNOWN != 0
    }

    /// Whether it ended before it started.
    pub fn is_backwards(self) -> bool {
        self.0 & END_BEFORE_START != 0
    }

    /// For each of all possible marks, by [`Self::index`], what is told of it.
    pub fn table<T>(mut tell: impl FnMut(Self) -> T) -> [T; 256] {
        std::array::from_fn(|index| tell(Self(index as u8)))
    }

    /// Its place in a [`Self::table`].
    pub fn index(self) -> usize {
        self.0.into()
    }
}
