//! Giving up in the middle of long work: whoever asked may not want the answer any more.

use std::cell::Cell;
use std::fmt;

/// Steps after which it is asked whether to go on: well below a millisecond, even where a step
/// is a regular expression or reads a span's events.
const STEPS: u32 = 512;

/// Whether the work of one thread is cancelled. Cooperative: the work counts its steps, and every
/// so many of them somebody is asked; once cancelled, what was done is of no use, what is left
/// need not be looked at, and nobody is asked again.
pub struct Cancellation<'a> {
    cancelled: Option<&'a (dyn Fn() -> bool + Sync)>,
    /// Steps until it is asked again; none once cancelled.
    left: Cell<u32>,
}

impl<'a> Cancellation<'a> {
    /// Nobody cancels it.
    pub fn never() -> Self {
        Self {
            cancelled: None,
            left: Cell::new(STEPS),
        }
    }

    /// Cancelled once this says so.
    pub fn when(cancelled: &'a (dyn Fn() -> bool + Sync)) -> Self {
        Self {
            cancelled: Some(cancelled),
            ..Self::never()
        }
    }

    /// Counts a step, and tells whether the work is cancelled.
    pub fn is_cancelled(&self) -> bool {
        let (Some(cancelled), left) = (self.cancelled, self.left.get()) else {
            return false;
        };
        let left = match left {
            0 => 0,
            1 if cancelled() => 0,
            1 => STEPS,
            _ => left - 1,
        };
        self.left.set(left);
        left == 0
    }

    /// Asks at once, before a stretch of work that has no steps; `None` if cancelled.
    pub fn check(&self) -> Option<()> {
        self.left.set(self.left.get().min(1));
        (!self.is_cancelled()).then_some(())
    }
}

impl fmt::Debug for Cancellation<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.left.get();
        out.debug_struct("Cancellation")
            .field("left", &left)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn it_is_asked_now_and_then_and_never_again_once_cancelled() {
        let asked = AtomicU32::new(0);
        let cancelled = || asked.fetch_add(1, Ordering::Relaxed) == 1;
        let cancellation = Cancellation::when(&cancelled);
        let steps = (0..10_000).take_while(|_| !cancellation.is_cancelled());
        assert_eq!(steps.count(), 2 * STEPS as usize - 1);
        assert!(cancellation.is_cancelled());
        assert_eq!(cancellation.check(), None);
        assert_eq!(asked.into_inner(), 2);
        assert!((0..10_000).all(|_| !Cancellation::never().is_cancelled()));
    }

    #[test]
    fn a_check_asks_at_once() {
        let asked = AtomicU32::new(0);
        let cancelled = || asked.fetch_add(1, Ordering::Relaxed) == 2;
        let cancellation = Cancellation::when(&cancelled);
        let checks = [(); 4].map(|()| cancellation.check());
        assert_eq!(checks, [Some(()), Some(()), None, None]);
        assert_eq!(asked.into_inner(), 3);
        assert_eq!(Cancellation::never().check(), Some(()));
    }
}
