//! Giving memory back: the oldest generation goes, and what is worth it is kept longer.

use std::sync::Arc;

use hashbrown::HashMap;

use super::generation::{Entry, Generation, NOWHERE};
use super::limits::Limits;
use super::retain::Kept;
use super::seen;
use super::state::{Slot, State};
use super::stats::{MEMORY, Reason};
use crate::model::{Block, BlockBuilder};

/// A share of the kept bytes that one evicted generation may claim.
const CLAIMS: u64 = 4;
/// And the most that it may, whatever the budget: it becomes one block.
const MOST_CLAIMED: u64 = 128 << 20;

impl State {
    /// Evicts until `need` more bytes fit the budget. `false`: they cannot.
    pub(super) fn make_room(&mut self, need: usize, limits: &Limits) -> bool {
        if need > limits.budget {
            return false;
        }
        while self.bytes() + need > limits.budget {
            let Some(slot) = self.next_to_go(limits) else {
                return false;
            };
            self.evict(slot, limits);
        }
        true
    }

    /// The generation that goes next: of the kept ones if they have more than their share,
    /// else the oldest, else the oldest kept, and the current one when nothing else is left.
    fn next_to_go(&self, limits: &Limits) -> Option<usize> {
        let goes = |slot: &Slot| {
            slot.view
                .traces
                .iter()
                .any(|entry| !self.is_wanted(entry.id))
        };
        let oldest = |kept: bool| {
            self.slots
                .iter()
                .position(|slot| slot.kept == kept && goes(slot))
        };
        let kept: usize = self
            .slots
            .iter()
            .filter(|slot| slot.kept)
            .map(Slot::bytes)
            .sum();
        let too_much_kept = (kept > limits.kept).then(|| oldest(true)).flatten();
        too_much_kept
            .or_else(|| oldest(false))
            .or_else(|| oldest(true))
    }

    /// Evicts a generation, but for what is worth keeping of it.
    fn evict(&mut self, slot: usize, limits: &Limits) {
        let Slot { view, kept, .. } = self.slots.remove(slot);
        let bytes = if kept {
            0
        } else {
            (limits.kept as u64 / CLAIMS).min(MOST_CLAIMED)
        };
        let keep = self.worth_keeping(&view, bytes);
        let moved = self.keep_longer(&view, &keep);
        self.summaries
            .iter_mut()
            .for_each(|summary| summary.on_evict(view.number));
        for (index, entry) in view.traces.iter().enumerate() {
            if !moved.contains_key(&(index as u32)) {
                self.forget(entry, MEMORY);
            }
        }
        self.release(view);
    }

    /// Lets the parts of a generation go that nobody but perhaps a reader has.
    pub(super) fn release(&mut self, view: Arc<Generation>) {
        let parts = view.parts.clone();
        drop(view);
        self.publish();
        self.let_go(parts);
    }

    /// Takes a trace out of the index and the counters.
    pub(super) fn forget(&mut self, entry: &Entry, reason: Reason) {
        self.places.remove(&entry.id);
        if let Some(forgotten) = &mut self.forgotten {
            forgotten.insert(entry.id);
        }
        self.stats.evict(reason, u64::from(entry.spans));
    }

    /// Copies traces whole into a generation of kept ones: old entry to new entry.
    fn keep_longer(&mut self, view: &Generation, keep: &[Kept]) -> HashMap<u32, u32> {
        let mut moved = HashMap::with_capacity(keep.len());
        if keep.is_empty() {
            return moved;
        }
        let slot = self.begin(true);
        let (mut rows, mut logs) = (Vec::new(), Vec::new());
        for &(index, reason) in keep {
            let Some(entry) = view.traces.get(index as usize) else {
                continue;
            };
            let Entry {
                arrival,
                cut,
                bytes,
                weight,
                tenant,
                ..
            } = *entry;
            let fresh = Entry {
                bytes,
                cut,
                weight,
                tenant,
                ..Entry::new(entry.id, arrival)
            };
            let new = self.enter(slot, fresh);
            moved.insert(index, new);
            *self.slots[slot].kept_for.entry(reason).or_default() += 1;
            rows.extend(view.spans_of(entry).map(|(part, row)| (part, row, new)));
            logs.extend(view.logs_of(entry).map(|(part, log)| (part, log, new)));
        }
        rows.sort_unstable();
        logs.sort_unstable();
        let block = Arc::new(copy(view, &rows, &logs));
        let entries = |list: Vec<Moved>| list.into_iter().map(|(.., entry)| entry).collect();
        let (of_row, of_log): (Vec<u32>, Vec<u32>) = (entries(rows), entries(logs));
        let prints = seen::prints(&block, &self.hasher);
        let seen = &mut self.slots[slot].seen;
        for (position, print) in prints.into_iter().enumerate() {
            // Each is another span: they were told apart when they came.
            seen.note(print, position as u32, NOWHERE, |_| false);
        }
        self.append(slot, block, &of_row, &of_log, true);
        moved
    }
}

/// A span or log record that is kept longer: its part, its row or number there, and the entry
/// that its trace has from now on.
type Moved = (usize, u32, u32);

/// A block of some spans and log records of a generation, which are sorted by where they are.
fn copy(view: &Generation, rows: &[Moved], logs: &[Moved]) -> Block {
    let mut builder = BlockBuilder::new();
    for (index, part) in view.parts.iter().enumerate() {
        let mine = |list: &[Moved]| {
            let from = list.partition_point(|&(part, ..)| part < index);
            from..from + list[from..].partition_point(|&(part, ..)| part == index)
        };
        let (rows, logs) = (&rows[mine(rows)], &logs[mine(logs)]);
        if !rows.is_empty() || !logs.is_empty() {
            let mut appender = builder.append(&part.block);
            for &(_, row, _) in rows {
                appender.span(row);
            }
            for &(_, log, _) in logs {
                appender.log(log);
            }
        }
    }
    builder.finish()
}
