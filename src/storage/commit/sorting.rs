//! Sorting a request: which generation each of its spans and log records goes to.

use std::sync::Arc;

use super::{Committed, Origin};
use crate::model::{Block, LogIx, Row, SpanRef, TraceId};
use crate::storage::generation::{Entry, NOWHERE, Position};
use crate::storage::limits::Limits;
use crate::storage::seen;
use crate::storage::state::{Slot, State};
use crate::storage::stats::{NO_TRACE_ID, TRACE_TOO_LARGE};

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
pub(super) struct Portion {
    pub(super) slot: usize,
    /// Position that its first row will have.
    first: Position,
    pub(super) rows: Vec<Row>,
    /// The entry of each row.
    pub(super) of_row: Vec<u32>,
    pub(super) logs: Vec<LogIx>,
    pub(super) of_log: Vec<u32>,
}

/// A request being sorted.
pub(super) struct Sorting<'a> {
    block: &'a Block,
    prints: &'a [u32],
    /// Of each trace of the block.
    homes: Vec<Home>,
    pub(super) portions: Vec<Portion>,
    /// Bytes that a span of it takes, on average.
    each: u64,
    pub(super) done: Committed,
}

/// What becomes of a span.
enum Fate {
    Stored,
    Duplicate,
    Late,
    /// Its trace takes no more.
    TooLarge,
    Nameless,
}

impl<'a> Sorting<'a> {
    /// Begins to sort a block that holds something.
    pub(super) fn new(block: &'a Block, prints: &'a [u32]) -> Self {
        let items = block.len() + block.log_count();
        Self {
            block,
            prints,
            homes: Vec::with_capacity(block.trace_ids().len()),
            portions: Vec::new(),
            each: (block.bytes() / items.max(1)) as u64,
            done: Committed::default(),
        }
    }

    /// Puts a span into the portion of its trace's generation: once, and if its trace takes more.
    fn span(
        &mut self,
        span: SpanRef<'_>,
        print: u32,
        slots: &mut [Slot],
        limits: &Limits,
    ) -> Option<Fate> {
        let (portion, entry, since, bytes) = match self.homes.get_mut(span.trace_ix().0 as usize)? {
            Home::None => return Some(Fate::Nameless),
            Home::Late => return Some(Fate::Late),
            Home::At {
                portion,
                entry,
                since,
                bytes,
            } => (*portion, *entry, *since, bytes),
        };
        let portion = self.portions.get_mut(portion)?;
        let slot = slots.get_mut(portion.slot)?;
        let twin = |position: Position| {
            let known = match position.checked_sub(portion.first) {
                // It came in this very request.
                Some(index) => portion
                    .rows
                    .get(index as usize)
                    .map(|&row| self.block.span(row)),
                None => slot.view.span(position),
            };
            known.is_some_and(|known| seen::is_same(known, span))
        };
        if *bytes + self.each > limits.trace as u64 {
            if slot.seen.contains(print, since, twin) {
                return Some(Fate::Duplicate);
            }
            let traces = &mut Arc::make_mut(&mut slot.view).traces;
            if let Some(entry) = traces.get_mut(entry as usize) {
                entry.cut += 1;
            }
            return Some(Fate::TooLarge);
        }
        let position = portion.first + portion.rows.len() as Position;
        if !slot.seen.note(print, position, since, twin) {
            return Some(Fate::Duplicate);
        }
        *bytes += self.each;
        portion.rows.push(span.row());
        portion.of_row.push(entry);
        Some(Fate::Stored)
    }
}

impl State {
    /// Sorts a block: its spans and log records into portions, what it cannot take into counts.
    pub(super) fn sort(&mut self, sorting: &mut Sorting<'_>, origin: Origin<'_>, limits: &Limits) {
        let tenant = self.tenant(origin.tenant);
        let current = self.current(limits);
        for &id in sorting.block.trace_ids() {
            let home = self.home(id, current, (tenant, origin.weight), &mut sorting.portions);
            sorting.homes.push(home);
        }
        self.sort_spans(sorting, limits);
        self.sort_logs(sorting, limits);
        self.note_bytes(sorting);
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
            match sorting.span(span, print, &mut self.slots, limits) {
                Some(Fate::Stored) => sorting.done.stored += 1,
                Some(Fate::Duplicate) => sorting.done.duplicate += 1,
                Some(Fate::Late) => sorting.done.late += 1,
                Some(Fate::TooLarge) => cut += 1,
                Some(Fate::Nameless) => nameless += 1,
                None => {}
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
}
