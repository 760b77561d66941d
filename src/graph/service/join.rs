//! Who calls whom among spans that are all there: a join of spans with their parents.
//!
//! Spans are joined trace by trace: each has a stretch of a table to itself, in which its spans
//! are found by a hash of their ids. Traces are numbered as they arrived, and so are spans, so
//! that a pass over the columns moves through the table once and stays in the processor's cache.
//! A range of traces is a part that can be joined by itself, on whatever core.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

use super::calls::{Calls, Name};
use super::kind::Hints;
use super::tally::End;
use super::{ServiceGraph, service_graph};
use crate::model::{Block, Kind, Row, SpanId};

/// Spans of one part, more or less: few parts for a block to be looked through for, and enough of
/// them for all cores. Tests have many.
const SPANS_A_PART: usize = if cfg!(test) { 16 } else { 64 * 1024 };

/// Spans of one block, and the traces that they belong to.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The spans.
    pub block: &'a Block,
    /// For each trace of the block, its number among all that have this `group`;
    /// [`Piece::LEFT_OUT`] if it does not matter.
    pub traces: &'a [u32],
    /// Pieces of different groups share no trace.
    pub group: u32,
    /// A bit for each row, 64 to a word: whether the span is counted, with the call that it answers
    /// and the one it makes of what sends no spans.
    pub rows: &'a [u64],
}

/// A join of the spans of some pieces.
#[derive(Debug)]
pub struct Join<'a> {
    pieces: Vec<Known<'a>>,
    parts: Vec<Part>,
    /// Every service has its number already; no figures.
    names: Calls,
    hasher: RandomState,
}

/// A piece with what is known of it.
#[derive(Debug)]
struct Known<'a> {
    piece: Piece<'a>,
    /// The lowest and the highest number of its traces.
    reach: (u32, u32),
    /// The number of each resource's service.
    services: Vec<Option<Name>>,
    /// What attributes say of peers, once that is known.
    hints: OnceLock<Hints>,
}

/// Traces that are joined together.
#[derive(Debug, Clone, Copy)]
struct Part {
    group: u32,
    /// Their numbers.
    from: u32,
    to: u32,
}

/// What one thread found, and the tables that it uses again.
#[derive(Debug)]
pub struct Joined {
    calls: Calls,
    /// Span ids that occur twice in a trace: trees alone tell then who calls whom.
    repeated: u64,
    members: Vec<Member>,
    /// Members that follow each other in one piece: which, and how many.
    runs: Vec<(usize, usize)>,
    table: Table,
}

/// A span of a part.
#[derive(Debug, Clone, Copy)]
struct Member {
    row: Row,
    /// Of its trace, counted from the part's first.
    trace: u32,
}

/// The spans of a part, found by trace and id.
#[derive(Debug, Default)]
struct Table {
    /// For each trace of the part the end of its stretch of slots.
    ends: Vec<u32>,
    slots: Vec<Slot>,
}

/// A place for a span in the stretch of its trace.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    id: SpanId,
    service: Name,
    taken: bool,
    /// A child of it is there.
    answered: bool,
}

impl Piece<'_> {
    /// The number of a trace that does not matter.
    pub const LEFT_OUT: u32 = u32::MAX;

    fn counts(&self, row: Row) -> bool {
        let word = self.rows.get(row as usize / 64);
        word.is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
}

impl<'a> Join<'a> {
    /// A join of pieces.
    pub fn new(pieces: impl IntoIterator<Item = Piece<'a>>) -> Self {
        let mut names = Calls::new();
        let known = |piece: Piece<'a>| {
            let mut reach = (u32::MAX, 0);
            let numbers = piece
                .traces
                .iter()
                .filter(|&&number| number != Piece::LEFT_OUT);
            numbers.for_each(|&number| reach = (reach.0.min(number), reach.1.max(number)));
            Known {
                reach,
                services: names.services(piece.block),
                hints: OnceLock::new(),
                piece,
            }
        };
        let mut pieces: Vec<Known<'a>> = pieces.into_iter().map(known).collect();
        pieces.retain(|known| known.reach.0 <= known.reach.1);
        pieces.sort_by_key(|known| known.piece.group);
        let groups = pieces.chunk_by(|a, b| a.piece.group == b.piece.group);
        let parts = groups.flat_map(parts_of).collect();
        Self {
            pieces,
            parts,
            names,
            hasher: RandomState::default(),
        }
    }

    /// How many parts there are to be joined.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Nothing joined yet.
    pub fn joined(&self) -> Joined {
        Joined {
            calls: self.names.clone(),
            repeated: 0,
            members: Vec::new(),
            runs: Vec::new(),
            table: Table::default(),
        }
    }

    /// Joins one part.
    pub fn join_part(&self, part: usize, to: &mut Joined) {
        let Some(&part) = self.parts.get(part) else {
            return;
        };
        self.gather(part, to);
        let (members, runs) = (
            std::mem::take(&mut to.members),
            std::mem::take(&mut to.runs),
        );
        let by_piece = || {
            let mut rest = members.as_slice();
            runs.iter().filter_map(move |&(piece, count)| {
                let (run, others) = rest.split_at_checked(count)?;
                rest = others;
                Some((self.pieces.get(piece)?, run))
            })
        };
        by_piece().for_each(|(known, run)| self.arrive(known, run, to));
        by_piece().for_each(|(known, run)| self.answer(known, run, to));
        by_piece().for_each(|(known, run)| self.call_out(known, run, to));
        (to.members, to.runs) = (members, runs);
    }

    /// The spans of a part, and how long the stretch of each trace is.
    fn gather(&self, part: Part, to: &mut Joined) {
        to.members.clear();
        to.runs.clear();
        let mut spans = vec![0; (part.to - part.from) as usize + 1];
        for (index, known) in self.pieces.iter().enumerate() {
            let (piece, (low, high)) = (&known.piece, known.reach);
            if piece.group != part.group || low > part.to || high < part.from {
                continue;
            }
            let before = to.members.len();
            for (row, trace) in (0..).zip(piece.block.trace_column().iter()) {
                let number = piece.traces.get(trace as usize).copied();
                // Those left out have the highest number, which is no trace's.
                let trace = number.unwrap_or(Piece::LEFT_OUT).wrapping_sub(part.from);
                if let Some(spans) = spans.get_mut(trace as usize) {
                    *spans += 1;
                    to.members.push(Member { row, trace });
                }
            }
            to.runs.push((index, to.members.len() - before));
        }
        to.table.make_room(spans);
    }

    /// Notes spans, and counts them.
    fn arrive(&self, known: &Known<'a>, run: &[Member], to: &mut Joined) {
        let block = known.piece.block;
        for &Member { row, trace } in run {
            let (Some(service), Some(&id)) =
                (known.service(row), block.span_id_column().get(row as usize))
            else {
                to.calls.leave_out();
                continue;
            };
            if known.piece.counts(row) {
                to.calls.count(service, block.span(row), known.hints());
            }
            match to.table.slot(trace, id, self.hasher.hash_one(id)) {
                Some(slot) if !slot.taken => {
                    *slot = Slot {
                        id,
                        service,
                        taken: true,
                        answered: false,
                    };
                }
                _ => to.repeated += 1,
            }
        }
    }

    /// Joins spans with their parents.
    fn answer(&self, known: &Known<'a>, run: &[Member], to: &mut Joined) {
        let block = known.piece.block;
        for &Member { row, trace } in run {
            let at = row as usize;
            let ids = block
                .parent_id_column()
                .get(at)
                .zip(block.span_id_column().get(at));
            let Some((&parent, _)) = ids.filter(|(parent, id)| !parent.is_zero() && parent != id)
            else {
                continue;
            };
            let hash = self.hasher.hash_one(parent);
            let slot = to.table.slot(trace, parent, hash);
            let Some(caller) = slot.filter(|slot| slot.taken) else {
                continue;
            };
            caller.answered = true;
            if known.piece.counts(row)
                && let Some(service) = known.service(row)
            {
                to.calls
                    .edge(caller.service, service, End::of(block.span(row)));
            }
        }
    }

    /// Calls of what sends no spans: of clients without a child.
    fn call_out(&self, known: &Known<'a>, run: &[Member], to: &mut Joined) {
        if known.hints().is_silent() {
            return;
        }
        let block = known.piece.block;
        for &Member { row, trace } in run {
            let client = matches!(block.kind(row), Kind::Client | Kind::Producer);
            if !client || !known.piece.counts(row) {
                continue;
            }
            let span = block.span(row);
            let hash = self.hasher.hash_one(span.span_id());
            let slot = to.table.slot(trace, span.span_id(), hash);
            if let Some(service) = known.service(row)
                && slot.is_some_and(|slot| !slot.answered)
            {
                to.calls
                    .call_out_of_leaf(service, span, known.hints(), None);
            }
        }
    }

    /// The graph of what all threads found; `None` where only trees can tell it, because spans of
    /// a trace share an id.
    pub fn graph(joined: &[Joined]) -> Option<ServiceGraph> {
        let repeated: u64 = joined.iter().map(|joined| joined.repeated).sum();
        (repeated == 0).then(|| service_graph(joined.iter().map(|some| &some.calls)))
    }
}

impl Table {
    /// Empties it for traces of so many spans.
    fn make_room(&mut self, spans: Vec<u32>) {
        self.ends = spans;
        let mut end = 0;
        for spans in &mut self.ends {
            // A third stays free, so that a search for what is not there ends soon.
            end += *spans + *spans / 2 + u32::from(*spans > 0);
            *spans = end;
        }
        self.slots.clear();
        self.slots.resize(end as usize, Slot::default());
    }

    /// The slot of a span in the stretch of its trace, or the free one that it would have.
    fn slot(&mut self, trace: u32, id: SpanId, hash: u64) -> Option<&mut Slot> {
        let trace = trace as usize;
        let end = *self.ends.get(trace)? as usize;
        let begin = trace
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let begin = begin.map_or(0, |&begin| begin as usize);
        let length = end.checked_sub(begin).filter(|&length| length > 0)?;
        let mut at = begin + ((u128::from(hash) * length as u128) >> 64) as usize;
        // There is always a free one.
        while self
            .slots
            .get(at)
            .is_some_and(|slot| slot.taken && slot.id != id)
        {
            at = if at + 1 == end { begin } else { at + 1 };
        }
        self.slots.get_mut(at)
    }
}

impl Known<'_> {
    /// The service of a row.
    fn service(&self, row: Row) -> Option<Name> {
        let resource = self.piece.block.resource_column().get(row as usize)?;
        self.services.get(resource as usize).copied().flatten()
    }

    fn hints(&self) -> &Hints {
        self.hints.get_or_init(|| Hints::new(self.piece.block))
    }
}

/// The parts of one group: ranges of as many traces, which are about as many spans.
fn parts_of(group: &[Known<'_>]) -> Vec<Part> {
    let spans: usize = group.iter().map(|known| known.piece.block.len()).sum();
    let low = group.iter().map(|known| known.reach.0).min().unwrap_or(0);
    let high = group.iter().map(|known| known.reach.1).max().unwrap_or(0);
    let traces = high as usize - low as usize + 1;
    let parts = spans.div_ceil(SPANS_A_PART).clamp(1, traces);
    let border = |part: usize| low + (traces * part / parts) as u32;
    let part = |number: usize| Part {
        group: group.first().map_or(0, |known| known.piece.group),
        from: border(number),
        to: border(number + 1) - 1,
    };
    (0..parts).map(part).collect()
}
