//! Bytes in flight: all bodies being read or decoded share one budget.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

/// Buffers kept for the next bodies: memory that went back to the system comes again page by
/// page, which takes longer than to fill it.
const SPARE: usize = 4;
/// A larger one is let go.
const LARGEST_SPARE: usize = 512 << 10;

/// A number of bytes that many requests share.
#[derive(Debug)]
pub struct Budget {
    used: AtomicUsize,
    limit: usize,
    spare: Mutex<Vec<BytesMut>>,
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
            spare: Mutex::default(),
        })
    }

    /// What is in use now.
    #[cfg(test)]
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

    /// The whole budget.
    pub fn limit(&self) -> usize {
        self.budget.limit
    }

    /// Takes `wish` bytes if they are there, else `least`; what it took.
    ///
    /// # Errors
    /// Not even `least` bytes are there, and nothing was taken.
    pub fn grow(&mut self, wish: usize, least: usize) -> Result<usize, NoRoom> {
        let taken = [wish, least].into_iter().find(|&more| self.take(more));
        if let Some(more) = taken {
            self.bytes += more;
            return Ok(more);
        }
        let alone = self.bytes.saturating_add(least) > self.budget.limit;
        Err(if alone { NoRoom::Ever } else { NoRoom::Now })
    }

    /// An empty buffer, perhaps with room.
    pub fn buffer(&self) -> BytesMut {
        let spare = self.budget.spare.lock();
        let buffer = spare.unwrap_or_else(PoisonError::into_inner).pop();
        buffer.unwrap_or_default()
    }

    /// Keeps the memory of what has been read, if nobody else reads it.
    pub fn put_back(&self, read: Bytes) {
        let Ok(mut buffer) = read.try_into_mut() else {
            return;
        };
        buffer.clear();
        let mut spare = self
            .budget
            .spare
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE && buffer.capacity() <= LARGEST_SPARE {
            spare.push(buffer);
        }
    }

    fn take(&self, more: usize) -> bool {
        let fits = |used: usize| {
            used.checked_add(more)
                .filter(|&sum| sum <= self.budget.limit)
        };
        let used = &self.budget.used;
        used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits)
            .is_ok()
    }
}

/// Why a share cannot grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRoom {
    /// Others use what it needs.
    Now,
    /// It needs more than there is.
    Ever,
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
        assert_eq!((a.grow(60, 1), b.grow(60, 40)), (Ok(60), Ok(40)));
        assert_eq!(b.grow(1, 1), Err(NoRoom::Now));
        assert_eq!(
            a.grow(usize::MAX, usize::MAX),
            Err(NoRoom::Ever),
            "and no overflow"
        );
        drop(a);
        assert_eq!(budget.used(), 40);
        assert_eq!(b.grow(60, 60), Ok(60));
    }
}
