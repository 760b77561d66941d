//! Taking a request's block in: each span goes to its trace's generation, once.

mod sorting;

use std::sync::Arc;

use super::generation::{NOWHERE, Part};
use super::limits::Limits;
use super::seen::growth;
use super::state::{Place, Slot, State};
use super::stats::{LATE, OVER_BUDGET};
use super::summary::NewSpans;
use crate::model::{Block, BlockBuilder, TraceId};
use sorting::{Portion, Sorting};

/// Who sent a request, and how many traces each of its traces stands for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Origin<'a> {
    /// The tenant's name, empty where there are none.
    pub tenant: &'a str,
    /// How many traces each one stands for after sampling at its source, 1 if unsampled.
    pub weight: f32,
}

impl Default for Origin<'_> {
    fn default() -> Self {
        Self {
            tenant: "",
            weight: 1.0,
        }
    }
}

/// What became of the spans of one commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Committed {
    /// New, and stored.
    pub stored: u64,
    /// There already.
    pub duplicate: u64,
    /// Their trace was evicted before they came.
    pub late: u64,
    /// Without a trace id, or beyond what their trace or the budget may take.
    pub rejected: u64,
    /// Log records stored.
    pub logs: u64,
}

impl State {
    /// Takes a block in. `prints` are those of [`prints`](super::seen::prints).
    pub(super) fn admit(
        &mut self,
        block: Block,
        prints: &[u32],
        origin: Origin<'_>,
        limits: &Limits,
    ) -> Committed {
        let spans = block.len() as u64;
        self.stats.received += spans;
        if block.is_empty() && block.log_count() == 0 {
            return Committed::default();
        }
        let need = self.need(&block, limits);
        if !self.make_room(need, limits) {
            self.stats.reject(OVER_BUDGET, spans);
            return Committed {
                rejected: spans,
                ..Committed::default()
            };
        }
        let mut sorting = Sorting::new(&block, prints);
        self.sort(&mut sorting, origin, limits);
        let Sorting { portions, done, .. } = sorting;
        self.store(block, portions);
        self.stats.duplicate += done.duplicate;
        self.stats.evict(LATE, done.late);
        done
    }

    /// Bytes that storing a block will add: its own, the columns beside it, and what the
    /// indices will grow by.
    fn need(&self, block: &Block, limits: &Limits) -> usize {
        let (spans, logs, traces) = (block.len(), block.log_count(), block.trace_ids().len());
        let columns =
            (spans + logs + traces) * size_of::<u32>() + size_of::<Part>() + size_of::<Block>();
        let places = self.places.len() + traces;
        let places = growth(
            places,
            self.places.capacity(),
            size_of::<(TraceId, Place)>(),
            self.places.allocation_size(),
        );
        let slot = self
            .slots
            .iter()
            .rfind(|slot| !slot.kept)
            .filter(|slot| slot.bytes() < limits.generation);
        let fresh = Slot::default();
        let view = &slot.unwrap_or(&fresh).view;
        let slot = slot.map_or(fresh.bytes() + fresh.seen.growth(spans), |slot| {
            slot.seen.growth(spans)
        }) + view.traces.growth(traces)
            + view.parts.capacity().max(4) * size_of::<Arc<Part>>();
        block.bytes() + columns + places + slot
    }

    /// Appends each portion to its generation: the block itself where all of it goes there.
    fn store(&mut self, block: Block, portions: Vec<Portion>) {
        let whole = |portion: &Portion| {
            portion.rows.len() == block.len() && portion.logs.len() == block.log_count()
        };
        if let [portion] = portions.as_slice()
            && whole(portion)
        {
            self.append(
                portion.slot,
                Arc::new(block),
                &portion.of_row,
                &portion.of_log,
                false,
            );
            return;
        }
        for portion in portions {
            if portion.rows.is_empty() && portion.logs.is_empty() {
                continue;
            }
            let mut builder = BlockBuilder::new();
            let mut appender = builder.append(&block);
            for &row in &portion.rows {
                appender.span(row);
            }
            for &log in &portion.logs {
                appender.log(log);
            }
            let block = Arc::new(builder.finish());
            self.append(portion.slot, block, &portion.of_row, &portion.of_log, false);
        }
    }

    /// Appends a block to a generation and tells the summaries.
    pub(super) fn append(
        &mut self,
        slot: usize,
        block: Arc<Block>,
        of_row: &[u32],
        of_log: &[u32],
        moved: bool,
    ) {
        debug_assert!(!of_row.contains(&NOWHERE) && !of_log.contains(&NOWHERE));
        let slot = &mut self.slots[slot];
        let part = Arc::make_mut(&mut slot.view).append(block, of_row, of_log);
        slot.part_bytes += part.bytes();
        let new = NewSpans {
            generation: slot.view.number,
            first: part.first,
            block: &part.block,
            moved,
        };
        for summary in &mut self.summaries {
            summary.on_commit(new);
        }
    }
}
