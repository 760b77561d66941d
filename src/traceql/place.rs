//! Where in a query's text something stands.

use std::ops::{Deref, Range};

/// A range of bytes of the query's text, end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Place {
    /// The bytes from `start` up to `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest place that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// As a range, for slicing with `get`.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A piece of a query and where it was written. Two are equal if they say the same, wherever
/// they stand: a query and its reprint are one query.
#[derive(Debug, Clone, Default)]
pub struct Placed<T> {
    /// What is said.
    pub value: T,
    /// Where; empty at 0 for what nobody typed.
    pub place: Place,
}

impl<T> Placed<T> {
    /// `value`, written at `place`.
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }

    /// `value`, written nowhere: made by the form, or by a test.
    pub fn unwritten(value: T) -> Self {
        Self::new(value, Place::default())
    }
}

impl<T: PartialEq> PartialEq for Placed<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Deref for Placed<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}
