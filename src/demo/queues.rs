//! What processes share and queue for: a lock, and a frontend's workers.

use std::collections::VecDeque;

/// A lock with one holder; whoever comes meanwhile waits in line.
#[derive(Debug)]
pub struct Lock<T> {
    holder: Option<T>,
    line: VecDeque<T>,
}

impl<T> Default for Lock<T> {
    fn default() -> Self {
        Self {
            holder: None,
            line: VecDeque::new(),
        }
    }
}

impl<T: Copy> Lock<T> {
    /// Asks for it: whether `who` has it now, else it stands in line.
    pub fn request(&mut self, who: T) -> bool {
        if self.holder.is_some() {
            self.line.push_back(who);
            return false;
        }
        self.holder = Some(who);
        true
    }

    /// Gives it up: who had it, and who has it now.
    pub fn release(&mut self) -> (Option<T>, Option<T>) {
        let before = self.holder.take();
        self.holder = self.line.pop_front();
        (before, self.holder)
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.line.len()
    }

    /// The holder and those in line.
    pub fn all(&self) -> impl Iterator<Item = &T> {
        self.holder.iter().chain(&self.line)
    }
}

/// Workers that take jobs in the order in which they come.
#[derive(Debug, Default)]
pub struct Workers {
    busy: usize,
    jobs: VecDeque<u64>,
}

impl Workers {
    /// `count` jobs for a ride.
    pub fn add(&mut self, ride: u64, count: usize) {
        self.jobs.extend(std::iter::repeat_n(ride, count));
    }

    /// The next job, if one of `most` workers is free for it.
    pub fn next(&mut self, most: usize) -> Option<u64> {
        let job = (self.busy < most).then(|| self.jobs.pop_front())??;
        self.busy += 1;
        Some(job)
    }

    /// A job is done.
    pub fn done(&mut self) {
        self.busy = self.busy.saturating_sub(1);
    }
}
