//! What the store's lock guards: the generations, the index over them, and the accounts.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};

use super::forgotten::Forgotten;
use super::generation::{Entry, Generation, NOWHERE, Part};
use super::limits::Limits;
use super::seen::Seen;
use super::snapshot::Snapshot;
use super::stats::{Reason, Stats};
use super::summary::Summary;
use crate::model::{Block, TraceId};

/// Where the index finds a trace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Its generation's number.
    pub(super) generation: u32,
    /// Its entry in that generation.
    pub(super) entry: u32,
}

/// A generation as the writer sees it.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// What readers see.
    pub(super) view: Arc<Generation>,
    pub(super) seen: Seen,
    /// Bytes of the parts.
    pub(super) part_bytes: usize,
    /// Holds traces that were kept when their generation was evicted.
    pub(super) kept: bool,
    /// How many of them, by why.
    pub(super) kept_for: BTreeMap<Reason, u64>,
    /// Takes no new traces any more and is waiting to be tidied.
    pub(super) closing: bool,
    /// Somebody is merging parts of it just now.
    pub(super) merging: bool,
}

impl Slot {
    /// Bytes of the generation with its index.
    pub(super) fn bytes(&self) -> usize {
        self.part_bytes
            + self.seen.bytes()
            + self.view.traces.bytes()
            + self.view.parts.capacity() * size_of::<Arc<Part>>()
            + size_of::<Self>()
            + size_of::<Generation>()
    }
}

/// What the store's lock guards.
#[derive(Default)]
pub(super) struct State {
    /// In order of their numbers; the newest that is not `kept` takes new traces.
    pub(super) slots: Vec<Slot>,
    pub(super) places: HashMap<TraceId, Place, RandomState>,
    pub(super) forgotten: Option<Forgotten>,
    /// Blocks that are no longer stored but that a reader still holds, with their bytes.
    pub(super) lingering: Vec<(Weak<Block>, usize)>,
    /// Counters of what did not stay; what is stored is counted when asked.
    pub(super) stats: Stats,
    pub(super) next_number: u32,
    pub(super) next_arrival: u64,
    /// Traces that somebody looks at, and how many do.
    pub(super) held: HashMap<TraceId, usize>,
    /// Traces that the user pinned.
    pub(super) pinned: HashSet<TraceId>,
    pub(super) tenants: Vec<Arc<str>>,
    pub(super) summaries: Vec<Box<dyn Summary>>,
    /// Bytes that are about to be stored, or that belong to what readers made of the spans.
    pub(super) reserved: usize,
    /// The number of changes so far.
    pub(super) epoch: u64,
    /// The latest snapshot that was taken.
    pub(super) published: Arc<ArcSwap<Snapshot>>,
    /// Seeded at random: what is hashed is chosen by whoever sends.
    pub(super) hasher: RandomState,
}

impl State {
    /// Makes what is stored now the latest snapshot. After memory was let go this is done at
    /// once, so that the snapshot before does not hold on to it.
    pub(super) fn publish(&self) -> Arc<Snapshot> {
        let generations = self
            .slots
            .iter()
            .map(|slot| Arc::clone(&slot.view))
            .collect();
        let snapshot = Arc::new(Snapshot::new(self.epoch, generations, self.tenants.clone()));
        self.published.store(Arc::clone(&snapshot));
        snapshot
    }

    /// The index of the slot with a number.
    pub(super) fn slot_ix(&self, number: u32) -> Option<usize> {
        self.slots
            .binary_search_by_key(&number, |slot| slot.view.number)
            .ok()
    }

    /// The generation and the entry of a trace.
    pub(super) fn find(&self, id: TraceId) -> Option<(&Arc<Generation>, &Entry)> {
        let place = self.places.get(&id)?;
        let generation = &self.slots.get(self.slot_ix(place.generation)?)?.view;
        Some((generation, generation.traces.get(place.entry as usize)?))
    }

    /// Begins a generation and tells its slot.
    pub(super) fn begin(&mut self, kept: bool) -> usize {
        let view = Generation {
            number: self.next_number,
            ..Generation::default()
        };
        self.next_number += 1;
        self.slots.push(Slot {
            view: Arc::new(view),
            kept,
            ..Slot::default()
        });
        self.slots.len() - 1
    }

    /// The slot that takes new traces: the latest, or a fresh one if that has had its share.
    pub(super) fn current(&mut self, limits: &Limits) -> usize {
        match self.slots.iter().rposition(|slot| !slot.kept) {
            Some(at)
                if self.slots[at].bytes() < limits.generation
                    && self.slots[at].view.len < NOWHERE / 2 =>
            {
                at
            }
            Some(at) => {
                self.slots[at].closing = true;
                self.begin(false)
            }
            None => self.begin(false),
        }
    }

    /// Adds a trace to a generation's index.
    pub(super) fn enter(&mut self, slot: usize, entry: Entry) -> u32 {
        let Some(slot) = self.slots.get_mut(slot) else {
            return NOWHERE;
        };
        let id = entry.id;
        let view = Arc::make_mut(&mut slot.view);
        let index = view.traces.push(entry) as u32;
        self.places.insert(
            id,
            Place {
                generation: view.number,
                entry: index,
            },
        );
        index
    }

    /// Lets go of parts, and remembers those that a reader still holds: their memory is not
    /// back yet.
    pub(super) fn let_go(&mut self, parts: impl IntoIterator<Item = Arc<Part>>) {
        for part in parts {
            let (bytes, weak) = (part.block.bytes(), Arc::downgrade(&part.block));
            drop(part);
            if weak.strong_count() > 0 {
                self.lingering.push((weak, bytes));
            }
        }
    }

    /// Bytes that readers hold of what is no longer stored.
    fn lingering_bytes(&mut self) -> usize {
        self.lingering.retain(|(block, _)| block.strong_count() > 0);
        self.lingering.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Bytes of everything.
    pub(super) fn bytes(&mut self) -> usize {
        let slots: usize = self.slots.iter().map(Slot::bytes).sum();
        let index =
            self.places.allocation_size() + self.forgotten.as_ref().map_or(0, Forgotten::bytes);
        let summaries: usize = self.summaries.iter().map(|summary| summary.bytes()).sum();
        slots + index + summaries + self.reserved + self.lingering_bytes()
    }

    /// The counters, with what is stored now.
    pub(super) fn stats(&mut self) -> Stats {
        let mut stats = self.stats.clone();
        stats.bytes = self.bytes() as u64;
        for Slot { view, kept_for, .. } in &self.slots {
            for (&reason, traces) in kept_for {
                *stats.kept.entry(reason).or_default() += traces;
            }
            stats.stored += u64::from(view.len);
            stats.traces += u64::from(view.inhabited);
            stats.logs += u64::from(view.logs);
        }
        stats
    }

    /// The index of a tenant's name.
    pub(super) fn tenant(&mut self, name: &str) -> u16 {
        let known = self.tenants.iter().position(|tenant| &**tenant == name);
        let index = known.unwrap_or_else(|| {
            // Names come from the network; past the bound they share the first.
            if self.tenants.len() >= 1024 {
                return 0;
            }
            self.tenants.push(name.into());
            self.tenants.len() - 1
        });
        index as u16
    }

    /// Whether a trace must not be taken away.
    pub(super) fn is_wanted(&self, id: TraceId) -> bool {
        self.held.contains_key(&id) || self.pinned.contains(&id)
    }
}
