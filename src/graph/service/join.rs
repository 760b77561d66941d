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
use crate::model::{Block, Kind, Row, SpanId, SpanRef};

/// Spans of one part, more or less: its table fits a second-level cache. Tests have many parts.
const SPANS_A_PART: usize = if cfg!(test) { 16 } else { 24 * 1024 };

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
    /// For each trace of the part the end of its stretch of slots.
    ends: Vec<u32>,
    slots: Vec<Slot>,
}

/// A span of a part.
#[derive(Debug, Clone, Copy)]
struct Member {
    piece: u32,
    row: Row,
    /// Of its trace, counted from the part's first.
    trace: u32,
}

/// A place for a span in the stretch of its trace.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    id: SpanId,
    member: u32,
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
            ends: Vec::new(),
            slots: Vec::new(),
        }
    }

    /// Joins one part.
    pub fn join_part(&self, part: usize, to: &mut Joined) {
        let Some(&part) = self.parts.get(part) else {
            return;
        };
        self.gather(part, to);
        let members = std::mem::take(&mut to.members);
        for (number, member) in members.iter().enumerate() {
            if let Some((known, service, span)) = self.span(*member) {
                if known.piece.counts(member.row) {
                    to.calls.count(service, span, known.hints());
                }
                self.arrive(number as u32, member.trace, (service, span.span_id()), to);
            } else {
                to.calls.leave_out();
            }
        }
        for member in &members {
            if let Some((known, service, span)) = self.span(*member)
                && !span.parent_id().is_zero()
                && span.parent_id() != span.span_id()
                && let Some(slot) = self.slot(member.trace, span.parent_id(), to)
                && slot.taken
            {
                slot.answered = true;
                let caller = slot.service;
                if known.piece.counts(member.row) {
                    to.calls.edge(caller, service, End::of(span));
                }
            }
        }
        self.call_out(&members, to);
        to.members = members;
    }

    /// The spans of a part, and how long the stretch of each trace is.
    fn gather(&self, part: Part, to: &mut Joined) {
        to.members.clear();
        to.ends.clear();
        to.ends.resize((part.to - part.from) as usize + 1, 0);
        for (index, known) in self.pieces.iter().enumerate() {
            let (piece, (low, high)) = (&known.piece, known.reach);
            if piece.group != part.group || low > part.to || high < part.from {
                continue;
            }
            for (row, &trace) in piece.block.trace_column().iter().enumerate() {
                let number = piece.traces.get(trace as usize).copied();
                let number = number.unwrap_or(Piece::LEFT_OUT);
                if (part.from..=part.to).contains(&number) {
                    let trace = number - part.from;
                    to.members.push(Member {
                        piece: index as u32,
                        row: row as Row,
                        trace,
                    });
                    if let Some(spans) = to.ends.get_mut(trace as usize) {
                        *spans += 1;
                    }
                }
            }
        }
        let mut end = 0;
        for spans in &mut to.ends {
            // A third stays free, so that a search for what is not there ends soon.
            end += *spans + *spans / 2 + u32::from(*spans > 0);
            *spans = end;
        }
        to.slots.clear();
        to.slots.resize(end as usize, Slot::default());
    }

    fn span(&self, member: Member) -> Option<(&Known<'a>, Name, SpanRef<'a>)> {
        let known = self.pieces.get(member.piece as usize)?;
        let block = known.piece.block;
        let resource = *block.resource_column().get(member.row as usize)?;
        let service = known.services.get(resource as usize).copied().flatten()?;
        Some((known, service, block.span(member.row)))
    }

    /// The slot of a span in the stretch of its trace, or the free one that it would have.
    fn slot<'t>(&self, trace: u32, id: SpanId, of: &'t mut Joined) -> Option<&'t mut Slot> {
        let trace = trace as usize;
        let end = *of.ends.get(trace)? as usize;
        let begin = trace.checked_sub(1).and_then(|before| of.ends.get(before));
        let stretch = of
            .slots
            .get_mut(begin.map_or(0, |&begin| begin as usize)..end)?;
        let hash = self.hasher.hash_one(id);
        let first = ((u128::from(hash) * stretch.len() as u128) >> 64) as usize;
        let is_it = |slot: &Slot| !slot.taken || slot.id == id;
        let (before, after) = stretch.split_at_mut(first);
        let mut slots = after.iter_mut().chain(before);
        slots.find(|slot| is_it(slot))
    }

    fn arrive(&self, member: u32, trace: u32, (service, id): (Name, SpanId), to: &mut Joined) {
        let new = match self.slot(trace, id, to) {
            Some(slot) if !slot.taken => {
                *slot = Slot {
                    id,
                    member,
                    service,
                    taken: true,
                    answered: false,
                };
                true
            }
            _ => false,
        };
        to.repeated += u64::from(!new);
    }

    /// Calls of what sends no spans: of clients without a child.
    fn call_out(&self, members: &[Member], to: &mut Joined) {
        let Joined { slots, calls, .. } = to;
        for slot in slots.iter().filter(|slot| slot.taken && !slot.answered) {
            let member = members.get(slot.member as usize).copied();
            if let Some((member, (known, service, span))) =
                member.and_then(|member| Some((member, self.span(member)?)))
                && matches!(span.kind(), Kind::Client | Kind::Producer)
                && known.piece.counts(member.row)
            {
                calls.call_out_of_leaf(service, span, known.hints(), None);
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

impl Known<'_> {
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
