//! Taking a request's block in: each span goes to its trace's generation, once.

use std::sync::Arc;

use super::generation::{Entry, NOWHERE, Part, Position};
use super::limits::Limits;
use super::seen::{self, growth};
use super::state::{Place, Slot, State};
use super::stats::{LATE, NO_TRACE_ID, OVER_BUDGET, TRACE_TOO_LARGE};
use super::summary::NewSpans;
use crate::model::{Block, BlockBuilder, LogIx, Row, TraceId};

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

/// Where the spans of one trace of the request go.
#[derive(Debug, Clone, Copy)]
enum Home {
    /// Into a portion, under an entry of its generation; the first position of its trace, and
    /// the bytes it has by now.
    At {
        portion: usize,
        entry: u32,
        since: Position,
        bytes: u64,
    },
    /// Nowhere: its trace is gone.
    Late,
    /// Nowhere: it names no trace.
    None,
}

/// What one generation gets of the request.
#[derive(Debug, Default)]
struct Portion {
    slot: usize,
    /// Position that its first row will have.
    first: Position,
    rows: Vec<Row>,
    /// The entry of each row.
    of_row: Vec<u32>,
    logs: Vec<LogIx>,
    of_log: Vec<u32>,
}

/// A request being sorted.
struct Sorting<'a> {
    block: &'a Block,
    prints: &'a [u32],
    homes: Vec<Home>,
    portions: Vec<Portion>,
    /// Bytes that a span of it takes, on average.
    each: u64,
    done: Committed,
}

impl State {
    /// Takes a block in. `prints` are those of [`seen::prints`].
    pub(super) fn admit(
        &mut self,
        block: Block,
        prints: &[u32],
        origin: Origin<'_>,
        limits: &Limits,
    ) -> Committed {
        let spans = block.len() as u64;
        self.stats.received += spans;
        let items = block.len() + block.log_count();
        if items == 0 {
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
        let mut sorting = Sorting {
            block: &block,
            prints,
            homes: Vec::with_capacity(block.trace_ids().len()),
            portions: Vec::new(),
            each: (block.bytes() / items) as u64,
            done: Committed::default(),
        };
        let tenant = self.tenant(origin.tenant);
        let current = self.current(limits);
        for &id in block.trace_ids() {
            let home = self.home(id, current, (tenant, origin.weight), &mut sorting.portions);
            sorting.homes.push(home);
        }
        self.sort_spans(&mut sorting, limits);
        self.sort_logs(&mut sorting, limits);
        self.note_bytes(&sorting);
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

    /// Where a trace's spans go; a trace that is new gets an entry in the current generation.
    fn home(
        &mut self,
        id: TraceId,
        current: usize,
        of: (u16, f32),
        portions: &mut Vec<Portion>,
    ) -> Home {
        let (slot, entry) = match self.places.get(&id).copied() {
            _ if id.is_zero() => return Home::None,
            Some(place) => match self.slot_ix(place.generation) {
                Some(slot) => (slot, place.entry),
                None => return Home::Late,
            },
            None if self
                .forgotten
                .as_ref()
                .is_some_and(|gone| gone.contains(id)) =>
            {
                return Home::Late;
            }
            None => {
                let (tenant, weight) = of;
                let entry = Entry {
                    weight,
                    tenant,
                    ..Entry::new(id, self.next_arrival)
                };
                self.next_arrival += 1;
                (current, self.enter(current, entry))
            }
        };
        let view = &self.slots[slot].view;
        let (since, bytes) = view
            .traces
            .get(entry as usize)
            .map_or((NOWHERE, 0), |entry| (entry.first, entry.bytes));
        let known = portions.iter().position(|portion| portion.slot == slot);
        let portion = known.unwrap_or_else(|| {
            portions.push(Portion {
                slot,
                first: view.len,
                ..Portion::default()
            });
            portions.len() - 1
        });
        Home::At {
            portion,
            entry,
            since,
            bytes,
        }
    }

    fn sort_spans(&mut self, sorting: &mut Sorting<'_>, limits: &Limits) {
        let (mut nameless, mut cut) = (0, 0);
        for (span, &print) in sorting.block.spans().zip(sorting.prints) {
            let Some(home) = sorting.homes.get_mut(span.trace_ix().0 as usize) else {
                continue;
            };
            match home {
                Home::None => nameless += 1,
                Home::Late => sorting.done.late += 1,
                Home::At {
                    portion,
                    entry,
                    since,
                    bytes,
                } => {
                    let Some(portion) = sorting.portions.get_mut(*portion) else {
                        continue;
                    };
                    let slot = &mut self.slots[portion.slot];
                    let twin = |position: Position| match position.checked_sub(portion.first) {
                        // One that came in this very request.
                        Some(index) => {
                            let row = portion.rows.get(index as usize);
                            row.is_some_and(|&row| seen::is_same(sorting.block.span(row), span))
                        }
                        None => slot
                            .view
                            .span(position)
                            .is_some_and(|stored| seen::is_same(stored, span)),
                    };
                    let position = portion.first + portion.rows.len() as Position;
                    if *bytes + sorting.each > limits.trace as u64 {
                        if slot.seen.contains(print, *since, twin) {
                            sorting.done.duplicate += 1;
                            continue;
                        }
                        cut += 1;
                        if let Some(entry) = Arc::make_mut(&mut slot.view)
                            .traces
                            .get_mut(*entry as usize)
                        {
                            entry.cut += 1;
                        }
                    } else if slot.seen.note(print, position, *since, twin) {
                        *bytes += sorting.each;
                        portion.rows.push(span.row());
                        portion.of_row.push(*entry);
                        sorting.done.stored += 1;
                    } else {
                        sorting.done.duplicate += 1;
                    }
                }
            }
        }
        sorting.done.rejected = nameless + cut;
        self.stats.reject(NO_TRACE_ID, nameless);
        self.stats.reject(TRACE_TOO_LARGE, cut);
    }

    fn sort_logs(&mut self, sorting: &mut Sorting<'_>, limits: &Limits) {
        for index in 0..sorting.block.log_count() as LogIx {
            let trace = sorting.block.log(index).trace_ix();
            let home = sorting.homes.get_mut(trace.0 as usize);
            match home {
                Some(Home::At {
                    portion,
                    entry,
                    bytes,
                    ..
                }) if *bytes + sorting.each <= limits.trace as u64 => {
                    let Some(portion) = sorting.portions.get_mut(*portion) else {
                        continue;
                    };
                    *bytes += sorting.each;
                    portion.logs.push(index);
                    portion.of_log.push(*entry);
                    sorting.done.logs += 1;
                }
                _ => self.stats.logs_dropped += 1,
            }
        }
    }

    /// Writes down how large the traces of the request have become.
    fn note_bytes(&mut self, sorting: &Sorting<'_>) {
        for home in &sorting.homes {
            let Home::At {
                portion,
                entry,
                bytes,
                ..
            } = *home
            else {
                continue;
            };
            let slot = &mut self.slots[sorting.portions[portion].slot];
            if let Some(entry) = Arc::make_mut(&mut slot.view).traces.get_mut(entry as usize) {
                entry.bytes = bytes;
            }
        }
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
