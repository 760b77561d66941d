//! What was cut and waits to be decoded: a queue between two threads, bounded in bytes.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Buffers that are kept to be filled again.
const SPARE: usize = 4;

/// A queue with one end for each of two threads.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    waiting: VecDeque<(usize, T)>,
    bytes: usize,
    spare: Vec<Vec<u8>>,
    /// Nothing more comes.
    ended: bool,
    /// Nothing more is taken.
    closed: bool,
}

/// One end of a queue. Who holds it may fail, and the other one is not to wait for ever.
pub(super) struct End<'q, T> {
    queue: &'q Queue<T>,
    close: fn(&mut State<T>),
}

impl<T> Drop for End<'_, T> {
    fn drop(&mut self) {
        (self.close)(&mut self.queue.lock());
        self.queue.changed.notify_one();
    }
}

/// What came out.
pub(super) enum Popped<T> {
    /// The next one.
    Item(T),
    /// Nothing came in the time given.
    Idle,
    /// Nothing more comes.
    Ended,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let state = State {
            waiting: VecDeque::new(),
            bytes: 0,
            spare: Vec::new(),
            ended: false,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
        }
    }

    /// Puts an item of `bytes` behind the others, once they are no more than `bound`. Breaks if
    /// nobody takes it.
    pub(super) fn push(&self, item: T, bytes: usize, bound: usize) -> ControlFlow<()> {
        let mut state = self.lock();
        while state.bytes > bound && !state.closed {
            state = self.wait(state, None);
        }
        if state.closed {
            return ControlFlow::Break(());
        }
        state.bytes += bytes;
        state.waiting.push_back((bytes, item));
        self.changed.notify_one();
        ControlFlow::Continue(())
    }

    /// Bytes that wait.
    pub(super) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// The item in front; waits for one, at most as long as `patience`.
    pub(super) fn pop(&self, patience: Option<Duration>) -> Popped<T> {
        let mut state = self.lock();
        let mut waited = false;
        loop {
            if let Some((bytes, item)) = state.waiting.pop_front() {
                state.bytes -= bytes;
                self.changed.notify_one();
                return Popped::Item(item);
            }
            if state.ended {
                return Popped::Ended;
            }
            if waited && patience.is_some() {
                return Popped::Idle;
            }
            state = self.wait(state, patience);
            waited = true;
        }
    }

    /// Gives a buffer back that was emptied.
    pub(super) fn give_back(&self, mut buffer: Vec<u8>) {
        buffer.clear();
        let mut state = self.lock();
        if state.spare.len() < SPARE {
            state.spare.push(buffer);
        }
    }

    /// An empty buffer.
    pub(super) fn spare(&self) -> Vec<u8> {
        self.lock().spare.pop().unwrap_or_default()
    }

    /// The end that puts: when it is dropped, nothing more comes.
    pub(super) fn entrance(&self) -> End<'_, T> {
        End {
            queue: self,
            close: |state| state.ended = true,
        }
    }

    /// The end that takes: when it is dropped, nothing more is taken.
    pub(super) fn exit(&self) -> End<'_, T> {
        End {
            queue: self,
            close: |state| state.closed = true,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'s>(
        &self,
        state: MutexGuard<'s, State<T>>,
        patience: Option<Duration>,
    ) -> MutexGuard<'s, State<T>> {
        match patience {
            None => self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner),
            Some(patience) => {
                let (state, _) = self
                    .changed
                    .wait_timeout(state, patience)
                    .unwrap_or_else(PoisonError::into_inner);
                state
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cuts_waits_for_who_decodes_and_ends_with_it() {
        let queue = Queue::new();
        std::thread::scope(|scope| {
            let exit = queue.exit();
            let cutter = scope.spawn(|| {
                let _entrance = queue.entrance();
                let pushed = (0..100).take_while(|&n| queue.push(n, 10, 20).is_continue());
                pushed.count()
            });
            for n in 0..10 {
                assert!(matches!(queue.pop(None), Popped::Item(item) if item == n));
            }
            drop(exit);
            assert!(cutter.join().unwrap() < 20);
        });
        assert!(matches!(
            Queue::<()>::new().pop(Some(Duration::ZERO)),
            Popped::Idle
        ));
    }
}
