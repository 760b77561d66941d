//! Who calls whom among spans that are all there: a join of spans with their parents.
//!
//! Spans are joined trace by trace: each has a stretch of a table to itself, in which its spans
//! are found by a hash of their ids. A range of traces is a part that can be joined by itself, on
//! whatever core: the rows of each piece are parted first, so that a part is small enough for the
//! processor's cache and none of its rows is looked for.

mod part;
mod table;

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

use super::calls::{Calls, Name};
use super::kind::Hints;
use super::tally::End;
use super::{ServiceGraph, service_graph};
use crate::model::{Block, Kind, Parted, Row};
use part::{Member, Part, parted};
use table::Table;

/// Where only one span in so many is counted, no more of the others is looked up than what is
/// asked of them.
const MANY: usize = 8;

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
    /// The parts of its group.
    parts: Range<usize>,
    /// Its rows by part, once they are.
    rows: OnceLock<Parted<Member>>,
    /// The number of each resource's service.
    services: Vec<Option<Name>>,
    /// What attributes say of peers, once that is known.
    hints: OnceLock<Hints>,
}

/// What one thread found, and the table that it uses again.
#[derive(Debug)]
pub struct Joined {
    calls: Calls,
    /// Span ids that occur twice in a trace: trees alone tell then who calls whom.
    repeated: u64,
    table: Table,
}

/// The spans of one piece in one part.
#[derive(Debug, Clone, Copy)]
struct Run<'j, 'a> {
    known: &'j Known<'a>,
    members: &'j [Member],
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
                parts: 0..0,
                rows: OnceLock::new(),
                services: names.services(piece.block),
                hints: OnceLock::new(),
                piece,
            }
        };
        let mut pieces: Vec<Known<'a>> = pieces.into_iter().map(known).collect();
        pieces.retain(|known| known.reach.0 <= known.reach.1);
        pieces.sort_by_key(|known| known.piece.group);
        let mut parts = Vec::new();
        for group in pieces.chunk_by_mut(|a, b| a.piece.group == b.piece.group) {
            let before = parts.len();
            parts.extend(parts_of(group));
            let own = before..parts.len();
            for known in group {
                known.parts = own.clone();
            }
        }
        Self {
            pieces,
            parts,
            names,
            hasher: RandomState::default(),
        }
    }

    /// How many pieces there are to be parted.
    pub fn pieces(&self) -> usize {
        self.pieces.len()
    }

    /// Parts the rows of a piece, which is done when they are needed, else.
    pub fn part_piece(&self, piece: usize) {
        if let Some(known) = self.pieces.get(piece) {
            self.rows(known);
        }
    }

    fn rows<'j>(&'j self, known: &'j Known<'a>) -> &'j Parted<Member> {
        let parts = self.parts.get(known.parts.clone()).unwrap_or_default();
        known.rows.get_or_init(|| parted(&known.piece, parts))
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
            table: Table::default(),
        }
    }

    /// Joins one part.
    pub fn join_part(&self, part: usize, to: &mut Joined) {
        let Some(&Part { from, to: last, .. }) = self.parts.get(part) else {
            return;
        };
        let runs: Vec<Run<'_, 'a>> = self
            .pieces
            .iter()
            .filter(|known| known.parts.contains(&part))
            .map(|known| Run {
                known,
                members: self.rows(known).of(part - known.parts.start),
            })
            .collect();
        let spans: usize = runs.iter().map(|run| run.members.len()).sum();
        let counted: usize = runs.iter().map(|run| run.counted().count()).sum();
        let few = counted * MANY < spans;
        let mut ids = vec![0; (last - from) as usize + 1];
        for run in &runs {
            let mut add = |member: Member, more: u32| {
                if let Some(ids) = ids.get_mut(member.trace as usize) {
                    *ids += more;
                }
            };
            if few {
                run.counted().for_each(|member| add(member, 2));
            } else {
                run.members.iter().for_each(|&member| add(member, 1));
            }
        }
        to.table.make_room(ids);
        let mut calls_out = false;
        for run in &runs {
            calls_out |= self.count(run, few, to);
        }
        for run in &runs {
            self.arrive(run, few, to);
        }
        for run in &runs {
            self.answer(run, calls_out, to);
        }
        for run in runs.iter().filter(|_| calls_out) {
            self.call_out(run, to);
        }
    }

    /// Counts spans, and takes slots for them and their parents where no others have any. Tells
    /// whether one of them may call what sends no spans.
    fn count(&self, run: &Run<'_, 'a>, few: bool, to: &mut Joined) -> bool {
        let block = run.known.piece.block;
        let mut calls_out = false;
        for Member { row, trace } in run.counted() {
            let span = block.span(row);
            if let Some(service) = run.known.service(row) {
                to.calls.count(service, span, run.known.hints());
            }
            calls_out |= matches!(span.kind(), Kind::Client | Kind::Producer);
            if few {
                for id in [span.span_id(), span.parent_id()] {
                    if let Some(slot) = to.table.slot(trace, id, self.hasher.hash_one(id)) {
                        slot.take(id);
                    }
                }
            }
        }
        calls_out && !run.known.hints().is_silent()
    }

    /// Notes spans.
    fn arrive(&self, run: &Run<'_, 'a>, few: bool, to: &mut Joined) {
        let ids = run.known.piece.block.span_id_column();
        for &Member { row, trace } in run.members {
            let (Some(service), Some(&id)) = (run.known.service(row), ids.get(row as usize)) else {
                to.calls.leave_out();
                continue;
            };
            match to.table.slot(trace, id, self.hasher.hash_one(id)) {
                Some(slot) if slot.there => to.repeated += 1,
                Some(slot) if slot.is_taken() || !few => {
                    slot.take(id);
                    (slot.service, slot.there) = (service, true);
                }
                _ => {}
            }
        }
    }

    /// Joins spans with their parents; `all` of them where it matters which have a child.
    fn answer(&self, run: &Run<'_, 'a>, all: bool, to: &mut Joined) {
        let block = run.known.piece.block;
        let (ids, parents) = (block.span_id_column(), block.parent_id_column());
        for &Member { row, trace } in run.members {
            let counts = run.known.piece.counts(row);
            let Some((&parent, id)) = parents.get(row as usize).zip(ids.get(row as usize)) else {
                continue;
            };
            if !(counts || all) || parent.is_zero() || parent == *id {
                continue;
            }
            let slot = to.table.slot(trace, parent, self.hasher.hash_one(parent));
            let Some(caller) = slot.filter(|slot| slot.there) else {
                continue;
            };
            caller.answered = true;
            if counts && let Some(service) = run.known.service(row) {
                let caller = caller.service;
                to.calls.edge(caller, service, End::of(block.span(row)));
            }
        }
    }

    /// Calls of what sends no spans: of clients without a child.
    fn call_out(&self, run: &Run<'_, 'a>, to: &mut Joined) {
        let (known, block) = (run.known, run.known.piece.block);
        if known.hints().is_silent() {
            return;
        }
        for Member { row, trace } in run.counted() {
            if !matches!(block.kind(row), Kind::Client | Kind::Producer) {
                continue;
            }
            let span = block.span(row);
            let hash = self.hasher.hash_one(span.span_id());
            let slot = to.table.slot(trace, span.span_id(), hash);
            if let Some(service) = known.service(row)
                && slot.is_some_and(|slot| slot.there && !slot.answered)
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

impl Run<'_, '_> {
    /// Those of its spans that are counted.
    fn counted(&self) -> impl Iterator<Item = Member> {
        let piece = self.known.piece;
        let counts = move |member: &Member| piece.counts(member.row);
        self.members.iter().copied().filter(counts)
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

/// The parts of one group.
fn parts_of(group: &[Known<'_>]) -> Vec<Part> {
    let spans: usize = group.iter().map(|known| known.piece.block.len()).sum();
    let low = group.iter().map(|known| known.reach.0).min().unwrap_or(0);
    let high = group.iter().map(|known| known.reach.1).max().unwrap_or(0);
    part::ranges(low, high, spans)
}
