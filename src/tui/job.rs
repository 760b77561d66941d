//! Work that runs beside the interface. A page owns slots, one for each purpose: a new job in a
//! slot cancels the old one, closing the page cancels all. Every answer carries its ticket, and an
//! answer to an old ticket is dropped, because cancelling is never instant.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::text::Shown;

/// Which screen or popup, for the life of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u32);

/// What a job is for. One job at a time for each page and purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// The traces of a list.
    Search,
    /// Names and values for completion.
    Names,
    /// A trace to be opened or shown.
    Trace,
    /// What stands out.
    Why,
    /// What a view of a large trace shows.
    View,
    /// The spans of a large trace that a line finds.
    Find,
    /// Reading the source.
    Load,
    /// Which traces are kept.
    Kept,
    /// Something for the program around: a ride, the demo, another backend, clearing the store.
    Errand,
}

/// A page's slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    pub page: PageId,
    pub purpose: Purpose,
}

/// One job of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobId {
    pub slot: Slot,
    pub ticket: u64,
}

/// A job that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub ticket: u64,
    /// What is waited for, in words: `asking jaeger prod`.
    pub label: Shown<'static>,
    /// When it was started.
    pub since: Duration,
}

/// All jobs that run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Jobs {
    running: BTreeMap<Slot, Job>,
    tickets: u64,
}

impl Jobs {
    /// Registers a job in its slot, in place of the one that was there.
    pub fn start(&mut self, slot: Slot, label: Shown<'static>, now: Duration) -> JobId {
        self.tickets += 1;
        self.running.insert(
            slot,
            Job {
                ticket: self.tickets,
                label,
                since: now,
            },
        );
        JobId {
            slot,
            ticket: self.tickets,
        }
    }

    /// Whether an answer of this job still matters.
    pub fn is_current(&self, id: JobId) -> bool {
        self.running
            .get(&id.slot)
            .is_some_and(|job| job.ticket == id.ticket)
    }

    /// The job of a slot.
    pub fn get(&self, slot: Slot) -> Option<&Job> {
        self.running.get(&slot)
    }

    /// Says in other words what is waited for.
    pub fn relabel(&mut self, slot: Slot, label: Shown<'static>) {
        if let Some(job) = self.running.get_mut(&slot) {
            job.label = label;
        }
    }

    /// Forgets a job that ended.
    pub fn end(&mut self, id: JobId) {
        if self.is_current(id) {
            self.running.remove(&id.slot);
        }
    }

    /// Forgets the job of a slot. Returns whether there was one.
    pub fn cancel(&mut self, slot: Slot) -> bool {
        self.running.remove(&slot).is_some()
    }

    /// Forgets the jobs of a page and returns their slots, to be cancelled.
    pub fn leave(&mut self, page: PageId) -> Vec<Slot> {
        let slots: Vec<Slot> = self
            .running
            .keys()
            .copied()
            .filter(|slot| slot.page == page)
            .collect();
        self.running.retain(|slot, _| slot.page != page);
        slots
    }

    /// The job that has run longest, to be told on the hint row.
    pub fn oldest(&self) -> Option<&Job> {
        self.running.values().min_by_key(|job| job.since)
    }

    /// Its slot.
    pub fn oldest_slot(&self) -> Option<Slot> {
        self.running
            .iter()
            .min_by_key(|(_, job)| job.since)
            .map(|(slot, _)| *slot)
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_job_makes_the_old_answer_stale() {
        let mut jobs = Jobs::default();
        let slot = Slot {
            page: PageId(1),
            purpose: Purpose::Search,
        };
        let first = jobs.start(slot, "one".into(), Duration::ZERO);
        let second = jobs.start(slot, "two".into(), Duration::ZERO);
        assert!(!jobs.is_current(first) && jobs.is_current(second));
        jobs.end(first);
        assert!(jobs.is_current(second));
        assert_eq!(jobs.leave(PageId(1)), [slot]);
        assert!(jobs.is_idle());
    }
}
