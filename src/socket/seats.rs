//! Who is connected: so many may be, and who has been idle longest makes room for who comes.
//!
//! A flood of connections that ask nothing, or nothing more, keeps nobody out: each new one takes
//! the seat of the idlest. A connection whose request is being answered keeps its seat; slow
//! requests are the answerer's to cut short.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// All seats of one listener.
#[derive(Debug)]
pub struct Seats {
    most: usize,
    /// By order of arrival.
    taken: Mutex<BTreeMap<u64, Arc<Seat>>>,
    /// Counts arrivals and requests, so that whose was first can be told.
    turn: AtomicU64,
    /// Somebody left, or fell idle.
    changed: Notify,
}

/// What is known of one connection.
#[derive(Debug, Default)]
pub struct Seat {
    /// Whether it has ever asked for anything.
    asked: AtomicBool,
    /// Requests being answered.
    busy: AtomicU32,
    /// The turn since which it is idle.
    idle_since: AtomicU64,
    /// Bytes heard since a request was last begun or answered.
    small_talk: AtomicU64,
    leave: CancellationToken,
}

/// A seat, given back when dropped.
#[derive(Debug)]
pub struct Seated {
    seats: Arc<Seats>,
    seat: Arc<Seat>,
    number: u64,
}

/// A request of a connection, being answered until dropped.
#[derive(Debug)]
pub struct Asked {
    seats: Arc<Seats>,
    seat: Arc<Seat>,
}

impl Seats {
    /// So many seats.
    pub fn new(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most: most.max(1),
            taken: Mutex::default(),
            turn: AtomicU64::new(0),
            changed: Notify::new(),
        })
    }

    /// A seat for who has come; while all others' requests are being answered, it waits.
    pub async fn take(self: &Arc<Self>) -> Seated {
        loop {
            // Told of changes from here on, so that none between the look and the wait is missed.
            let changed = self.changed.notified();
            if let Some(seated) = self.try_take() {
                return seated;
            }
            changed.await;
        }
    }

    fn try_take(self: &Arc<Self>) -> Option<Seated> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.len() >= self.most {
            let (&number, idlest) = taken
                .iter()
                .filter(|(_, seat)| seat.busy.load(Ordering::Acquire) == 0)
                .min_by_key(|(_, seat)| seat.rank())?;
            idlest.leave.cancel();
            taken.remove(&number);
        }
        let number = self.next_turn();
        let seat = Arc::new(Seat::default());
        seat.idle_since.store(number, Ordering::Relaxed);
        taken.insert(number, Arc::clone(&seat));
        let seats = Arc::clone(self);
        Some(Seated {
            seats,
            seat,
            number,
        })
    }

    fn next_turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }
}

impl Seat {
    /// So many bytes came in: how many by now that belong to no request.
    pub fn hear(&self, bytes: u64) -> u64 {
        if self.busy.load(Ordering::Acquire) > 0 {
            return 0;
        }
        self.small_talk.fetch_add(bytes, Ordering::Relaxed) + bytes
    }

    /// Who never asked goes first, then who has been idle longest.
    fn rank(&self) -> (bool, u64) {
        let asked = self.asked.load(Ordering::Relaxed);
        (asked, self.idle_since.load(Ordering::Relaxed))
    }
}

impl Seated {
    /// A request has come.
    pub fn ask(&self) -> Asked {
        self.seat.busy.fetch_add(1, Ordering::AcqRel);
        self.seat.asked.store(true, Ordering::Relaxed);
        self.seat.small_talk.store(0, Ordering::Relaxed);
        Asked {
            seats: Arc::clone(&self.seats),
            seat: Arc::clone(&self.seat),
        }
    }

    /// Whether a request has ever come.
    pub fn has_asked(&self) -> bool {
        self.seat.asked.load(Ordering::Relaxed)
    }

    /// What is known of the connection.
    pub fn seat(&self) -> Arc<Seat> {
        Arc::clone(&self.seat)
    }

    /// Waits until the seat is another's.
    pub async fn lost(&self) {
        self.seat.leave.cancelled().await;
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        let taken = &self.seats.taken;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(&self.number);
        self.seats.changed.notify_one();
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let turn = self.seats.next_turn();
        self.seat.idle_since.store(turn, Ordering::Relaxed);
        if self.seat.busy.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.seats.changed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn is_lost(seated: &Seated) -> bool {
        seated.lost().now_or_never().is_some()
    }

    #[test]
    fn the_idlest_makes_room_and_who_is_being_answered_stays() {
        let seats = Seats::new(3);
        let come = || seats.take().now_or_never();
        let (answered, kept, silent) = (come().unwrap(), come().unwrap(), come().unwrap());
        let request = answered.ask();
        drop(kept.ask());
        let fourth = come().unwrap();
        assert!(is_lost(&silent), "who never asked goes first");
        drop(silent);
        let second = fourth.ask();
        let fifth = come().unwrap();
        assert!(is_lost(&kept) && !is_lost(&answered));
        let third = fifth.ask();
        assert!(come().is_none(), "all are being answered");
        drop(request);
        assert!(come().is_some() && is_lost(&answered));
        drop((second, third));
    }
}
