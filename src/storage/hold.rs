//! What counts in the budget beside the spans: bytes about to be stored, and what readers hold.

use super::store::Store;
use crate::model::TraceId;

/// Bytes that count in the budget until this is dropped.
pub struct Reserved {
    store: Store,
    bytes: usize,
}

/// A trace that is looked at. It stays in the store, and counts in its budget with what its
/// reader made of it, until this is dropped.
pub struct Hold {
    id: TraceId,
    made: Reserved,
}

impl Store {
    /// Makes room for bytes that will be stored soon, or that are needed to store others: a
    /// request grows while it is decoded, before there is a block to be counted.
    pub fn reserve(&self, bytes: usize) -> Reserved {
        let limits = self.limits();
        let mut state = self.lock();
        // What does not fit is counted all the same: it is there.
        if bytes > 0 {
            state.make_room(bytes.min(limits.budget / 2), &limits);
        }
        state.reserved += bytes;
        Reserved {
            store: self.clone(),
            bytes,
        }
    }

    /// Keeps a trace from being evicted for as long as the answer lives: somebody looks at it,
    /// and has made `bytes` of its own of it, such as a tree.
    pub fn hold(&self, id: TraceId, bytes: usize) -> Hold {
        *self.lock().held.entry(id).or_default() += 1;
        let made = self.reserve(bytes);
        Hold { id, made }
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.store.lock().reserved -= self.bytes;
    }
}

impl Hold {
    /// The trace.
    pub fn id(&self) -> TraceId {
        self.id
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut state = self.made.store.lock();
        if let Some(count) = state.held.get_mut(&self.id) {
            *count -= 1;
            if *count == 0 {
                state.held.remove(&self.id);
            }
        }
    }
}
