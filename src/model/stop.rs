//! Whether somebody still wants what is being worked out.

use std::fmt;

/// Asked now and then in what takes long; once it is told to stop, what was done is of no use.
#[derive(Clone, Copy)]
pub struct Stop<'a>(Option<&'a dyn Fn() -> bool>);

impl<'a> Stop<'a> {
    /// Nobody stops it.
    pub fn never() -> Self {
        Self(None)
    }

    /// Stop once this says so.
    pub fn when(told: &'a dyn Fn() -> bool) -> Self {
        Self(Some(told))
    }

    /// `None` if it is to stop: for `?`.
    pub fn unless_told(self) -> Option<()> {
        (!self.is_told()).then_some(())
    }

    /// Whether to stop.
    pub fn is_told(self) -> bool {
        self.0.is_some_and(|told| told())
    }
}

impl fmt::Debug for Stop<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("Stop").field(&self.is_told()).finish()
    }
}
