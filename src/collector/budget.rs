//! Bytes in flight: all bodies being read or decoded share one budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A number of bytes that many requests share.
#[derive(Debug)]
pub struct Budget {
    used: AtomicUsize,
    limit: usize,
}

/// A part of a [`Budget`], given back when dropped.
#[derive(Debug)]
pub struct Share {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    /// A budget of `limit` bytes.
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            used: AtomicUsize::new(0),
            limit,
        })
    }

    /// All of it, used or not.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// What is in use now.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// An empty share, to grow.
    pub fn share(self: &Arc<Self>) -> Share {
        Share {
            budget: Arc::clone(self),
            bytes: 0,
        }
    }
}

impl Share {
    /// What it has of the budget.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes `more` bytes; `false`, and nothing taken, if they are not there.
    #[must_use]
    pub fn grow(&mut self, more: usize) -> bool {
        let fits = |used: usize| {
            used.checked_add(more)
                .filter(|&sum| sum <= self.budget.limit)
        };
        let grown = self
            .budget
            .used
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits);
        if grown.is_ok() {
            self.bytes += more;
        }
        grown.is_ok()
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_pass_the_limit_and_come_back() {
        let budget = Budget::new(100);
        let (mut a, mut b) = (budget.share(), budget.share());
        assert!(a.grow(60) && b.grow(40) && !b.grow(1));
        assert!(!a.grow(usize::MAX), "no overflow");
        drop(a);
        assert_eq!(budget.used(), 40);
        assert!(b.grow(60));
    }
}
