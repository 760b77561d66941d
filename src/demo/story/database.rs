//! The database as all processes meet it: one query at a time, because of a lock.

use super::super::ride::ms;
use super::{Event, Story, Transaction};
use crate::model::Time;

impl Story {
    /// Somebody needs the lock: has it at once, or stands in line.
    pub(super) fn request_lock(&mut self, at: Time, who: Transaction) {
        if self.settings.fixes.no_mutex {
            let until = self.acquire(at, who, None);
            return self.conclude(until, who);
        }
        let number = self.part_of(who);
        let Some(part) = self.parts.get_mut(number) else {
            return;
        };
        let blockers: Vec<_> = part.lock.all().copied().collect();
        if part.lock.request(who) {
            let until = self.acquire(at, who, Some(0));
            return self.at(until, Event::Release(number));
        }
        let name = |transaction: &Transaction| match transaction {
            Transaction::Ride(ride) => self.rides.get(ride).map_or("", |r| &r.request),
            Transaction::Batch => "rebalance",
        };
        let blockers: Vec<_> = blockers.iter().map(name).map(str::to_owned).collect();
        match who {
            Transaction::Ride(ride) => {
                if let Some(lookup) = self.rides.get_mut(&ride).and_then(|r| r.lookup.as_mut()) {
                    lookup.waits(at, &blockers);
                }
            }
            Transaction::Batch => {
                if let Some(batch) = &mut self.batch {
                    batch.waits(at, &blockers);
                }
            }
        }
    }

    /// The database works for `who`: until when. It says how many wait behind, if there is a
    /// lock to wait for.
    fn acquire(&mut self, at: Time, who: Transaction, behind: Option<usize>) -> Time {
        match who {
            Transaction::Ride(number) => {
                let Some(ride) = self.rides.get_mut(&number) else {
                    return at;
                };
                if let (Some(lookup), Some(behind)) = (&mut ride.lookup, behind) {
                    lookup.acquires(at, behind);
                }
                let delay = self.settings.fixes.query_delay.0 as f64 / 1e6;
                at + ms(ride.random.normal(delay, delay / 10.0))
            }
            Transaction::Batch => {
                let batch = self.batch.as_mut();
                batch.map_or(at, |batch| batch.acquires(at, behind))
            }
        }
    }

    /// The database is done with `who`.
    fn conclude(&mut self, at: Time, who: Transaction) {
        match who {
            Transaction::Ride(number) => {
                if let Some(ride) = self.rides.get_mut(&number) {
                    let known = ride.looked_up(at, &mut self.tape);
                    self.at(known, Event::Search(number));
                }
            }
            Transaction::Batch => {
                if let Some(batch) = self.batch.take() {
                    batch.ends(at, &mut self.tape);
                }
            }
        }
    }

    /// The holder of a part's lock is done; the next in line has it.
    pub(super) fn release(&mut self, at: Time, number: usize) {
        let Some(part) = self.parts.get_mut(number) else {
            return;
        };
        let (before, after) = part.lock.release();
        let behind = part.lock.waiting();
        if let Some(before) = before {
            self.conclude(at, before);
        }
        if let Some(after) = after {
            let until = self.acquire(at, after, Some(behind));
            self.at(until, Event::Release(number));
        }
    }
}
