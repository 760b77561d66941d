//! Giving up in the middle of long work: whoever asked may not want the answer any more.

use std::cell::Cell;
use std::fmt;

/// Steps after which it is asked whether to go on: well below a millisecond, even where a step
/// is a regular expression or reads a span's events.
const STEPS: u32 = 512;

/// How long an answer is waited for. Counts the steps of one thread.
pub struct Patience<'a> {
    over: Option<&'a (dyn Fn() -> bool + Sync)>,
    /// Steps until it is asked again; none once it is over.
    left: Cell<u32>,
}

impl<'a> Patience<'a> {
    /// Never over.
    pub fn endless() -> Self {
        Self {
            over: None,
            left: Cell::new(STEPS),
        }
    }

    /// Over once this says so.
    pub fn until(over: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            over: Some(over),
            ..Self::endless()
        }
    }

    /// Counts a step, and tells whether it is over: then what was found is of no use, and what
    /// is left need not be looked at.
    pub fn is_over(&self) -> bool {
        let (Some(over), left) = (self.over, self.left.get()) else {
            return false;
        };
        let left = match left {
            0 => 0,
            1 if over() => 0,
            1 => STEPS,
            _ => left - 1,
        };
        self.left.set(left);
        left == 0
    }
}

impl fmt::Debug for Patience<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.left.get();
        out.debug_struct("Patience")
            .field("left", &left)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn it_is_asked_now_and_then_and_never_again_once_it_is_over() {
        let asked = AtomicU32::new(0);
        let over = || asked.fetch_add(1, Ordering::Relaxed) == 1;
        let patience = Patience::until(&over);
        let steps = (0..10_000).take_while(|_| !patience.is_over()).count();
        assert_eq!(steps, 2 * STEPS as usize - 1);
        assert!(patience.is_over());
        assert_eq!(asked.into_inner(), 2);
        assert!((0..10_000).all(|_| !Patience::endless().is_over()));
    }
}
