//! The embedded store: what writers and readers hold.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use foldhash::fast::RandomState;
use tokio::sync::watch;

use super::commit::{Committed, Origin};
use super::forgotten::Forgotten;
use super::generation::Part;
use super::limits::Limits;
use super::merge;
use super::seen;
use super::snapshot::{Snapshot, StoredTrace};
use super::state::State;
use super::stats::{CLEARED, Reason, Stats};
use super::summary::Summary;
use crate::model::{Block, TraceId};

/// Spans in memory, within a budget. A clone is another handle on the same store.
///
/// Writers [`commit`](Self::commit) blocks; readers work on a [`Snapshot`], which nothing
/// changes under them. Neither waits for the other: a snapshot is taken in the time of
/// counting some hundred references up.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    limits: Limits,
    state: Mutex<State>,
    /// The number of changes so far, to be read without the lock.
    epoch: AtomicU64,
    published: Arc<ArcSwap<Snapshot>>,
    changed: watch::Sender<u64>,
    hasher: RandomState,
}

impl Store {
    /// An empty store.
    pub fn new(limits: Limits) -> Self {
        let hasher = RandomState::default();
        let published = Arc::<ArcSwap<Snapshot>>::default();
        let state = State {
            published: Arc::clone(&published),
            forgotten: Some(Forgotten::within(limits.forgotten)),
            hasher: hasher.clone(),
            ..State::default()
        };
        let shared = Shared {
            limits,
            state: Mutex::new(state),
            epoch: AtomicU64::new(0),
            published,
            changed: watch::Sender::new(0),
            hasher,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The budget and its shares.
    pub fn limits(&self) -> Limits {
        self.shared.limits
    }

    /// Asks to be told of every commit from now on. What is stored already is told of first.
    pub fn register(&self, mut summary: Box<dyn Summary>) {
        let mut state = self.lock();
        for slot in &state.slots {
            for part in &slot.view.parts {
                let (generation, first) = (slot.view.number, part.first);
                summary.on_commit(super::NewSpans {
                    generation,
                    first,
                    block: &part.block,
                    moved: false,
                });
            }
        }
        state.summaries.push(summary);
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Stores a block, whole requests at a time: readers see all of it or nothing.
    pub fn commit(&self, block: Block, origin: Origin<'_>) -> Committed {
        let prints = seen::prints(&block, &self.shared.hasher);
        let mut state = self.lock();
        let done = state.admit(block, &prints, origin, &self.shared.limits);
        self.change(state);
        self.merge_what_is_due();
        done
    }

    /// Counts spans that were refused before they could become a block.
    pub fn count_rejected(&self, reason: Reason, spans: u64) {
        let mut state = self.lock();
        state.stats.received += spans;
        state.stats.reject(reason, spans);
        self.change(state);
    }

    /// Counts spans that a sampling policy left out.
    pub fn count_sampled_out(&self, policy: Reason, spans: u64) {
        let mut state = self.lock();
        state.stats.received += spans;
        *state.stats.sampled_out.entry(policy).or_default() += spans;
        self.change(state);
    }

    /// Has readers look again, for something beside the spans has changed.
    pub fn announce(&self) {
        self.change(self.lock());
    }

    /// Counts a change. What readers see next is put together when one asks.
    fn change(&self, mut state: MutexGuard<'_, State>) {
        state.epoch += 1;
        let epoch = state.epoch;
        self.shared.epoch.store(epoch, Ordering::Release);
        drop(state);
        self.shared.changed.send_replace(epoch);
    }

    /// What is stored now, for one query. It does not change; hold it no longer than needed,
    /// for it keeps alive what the store may want to let go.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let published = self.shared.published.load_full();
        if published.epoch() == self.epoch() {
            return published;
        }
        self.lock().publish()
    }

    /// The number of changes so far.
    pub fn epoch(&self) -> u64 {
        self.shared.epoch.load(Ordering::Acquire)
    }

    /// Tells of each change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// A trace by its id, in constant time. `None`: never seen, or evicted.
    pub fn trace(&self, id: TraceId) -> Option<StoredTrace> {
        let state = self.lock();
        let (generation, entry) = state.find(id)?;
        (entry.spans > 0).then(|| StoredTrace::new(Arc::clone(generation), entry.clone()))
    }

    /// Whether the trace was here and is evicted, as far as is remembered.
    pub fn was_evicted(&self, id: TraceId) -> bool {
        self.lock()
            .forgotten
            .as_ref()
            .is_some_and(|gone| gone.contains(id))
    }

    /// The counters.
    pub fn stats(&self) -> Stats {
        self.lock().stats()
    }

    /// Keeps a trace from being evicted until [`Self::unpin`]. `false`: it is not stored, or
    /// what is pinned already takes the share of one large trace.
    pub fn pin(&self, id: TraceId) -> bool {
        let mut state = self.lock();
        let bytes_of = |id: TraceId| state.find(id).map_or(0, |(_, entry)| entry.bytes);
        let pinned: u64 = state.pinned.iter().map(|&id| bytes_of(id)).sum();
        let fits = pinned + bytes_of(id) <= self.shared.limits.trace as u64;
        let pinned = fits && state.find(id).is_some();
        if pinned {
            state.pinned.insert(id);
        }
        pinned
    }

    /// Lets a pinned trace go when its time comes.
    pub fn unpin(&self, id: TraceId) {
        self.lock().pinned.remove(&id);
    }

    /// Lets go of what only commits need, the look-up of duplicates: nothing more will come.
    pub fn freeze(&self) {
        let mut state = self.lock();
        for slot in &mut state.slots {
            slot.seen = seen::Seen::default();
        }
        self.change(state);
    }

    /// Throws everything away, pinned traces too, and forgets which traces there were.
    pub fn clear(&self) {
        let mut state = self.lock();
        for slot in std::mem::take(&mut state.slots) {
            let number = slot.view.number;
            state
                .summaries
                .iter_mut()
                .for_each(|summary| summary.on_evict(number));
            state.stats.evict(CLEARED, u64::from(slot.view.len));
            state.release(slot.view);
        }
        state.places = hashbrown::HashMap::with_hasher(self.shared.hasher.clone());
        state.pinned.clear();
        if let Some(forgotten) = &mut state.forgotten {
            forgotten.clear();
        }
        self.change(state);
    }

    /// Merges small parts into large ones while any are due. The copying is done outside the
    /// lock, by the writer whose commit made it due.
    fn merge_what_is_due(&self) {
        while let Some((number, range, parts)) = self.begin_merge() {
            let merged = merge::merged(&parts);
            let copied: usize = parts.iter().map(|part| part.bytes()).sum();
            let mut state = self.lock();
            state.reserved -= copied;
            let Some(slot) = state.slot_ix(number) else {
                continue;
            };
            let slot = &mut state.slots[slot];
            slot.merging = false;
            let Some(merged) = merged else { continue };
            slot.seen.settle(merged.first + merged.block.len() as u32);
            slot.part_bytes += merged.bytes();
            slot.part_bytes -= copied;
            Arc::make_mut(&mut slot.view)
                .parts
                .splice(range, [Arc::new(merged)]);
            state.publish();
            state.let_go(parts);
        }
    }

    fn begin_merge(&self) -> Option<(u32, Range<usize>, Vec<Arc<Part>>)> {
        let mut state = self.lock();
        let State {
            slots, reserved, ..
        } = &mut *state;
        slots.iter_mut().find_map(|slot| {
            let range = (!slot.merging)
                .then(|| merge::due(&slot.view, slot.closing))
                .flatten()?;
            slot.merging = true;
            slot.closing = false;
            let parts = slot.view.parts.get(range.clone())?.to_vec();
            // While it lasts there are two of them.
            *reserved += parts.iter().map(|part| part.bytes()).sum::<usize>();
            Some((slot.view.number, range, parts))
        })
    }
}
