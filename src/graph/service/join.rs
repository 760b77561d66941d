//! Who calls whom among spans that are all there: a hash join of spans with their parents,
//! parted so that each part's table fits a processor's cache, and the parts can be joined on
//! several cores at once.
//!
//! Pieces are [scattered](Join::scatter) in any order, on as many threads as wanted; then each
//! part is [joined](Join::join_part) by itself. Partitioned hash join: Shatdal, Kant and
//! Naughton, "Cache conscious algorithms for relational query processing" (VLDB 1994).

use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

use super::calls::{Calls, Name};
use super::kind::Hints;
use super::tally::End;
use super::{ServiceGraph, service_graph};
use crate::model::{Block, Kind, Row, SpanId};

/// Spans of one part: so many that its table fits a second-level cache.
const SPANS_A_PART: usize = 16 * 1024;

/// No span that may call outward.
const NONE: u32 = u32::MAX;

/// Spans of one block, and the traces that they belong to.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The spans.
    pub block: &'a Block,
    /// For each trace of the block, its number among all that have this `group`.
    pub traces: &'a [u32],
    /// Pieces of different groups share no trace.
    pub group: u32,
}

/// A join of the spans of some pieces.
#[derive(Debug)]
pub struct Join<'a> {
    pieces: Vec<Piece<'a>>,
    /// Every service has its number already; no figures.
    names: Calls,
    /// For each piece, the number of each resource's service.
    services: Vec<Vec<Option<Name>>>,
    /// For each piece, what its attributes say of peers, once that is known.
    hints: Vec<OnceLock<Hints>>,
    parts: usize,
    hasher: RandomState,
}

/// A span that may have children.
#[derive(Debug, Clone, Copy)]
struct Parent {
    key: u64,
    /// Its place among those that may call outward.
    outward: u32,
    service: Name,
}

/// A span that has a parent somewhere.
#[derive(Debug, Clone, Copy)]
struct Child {
    parent: u64,
    end: End,
    service: Name,
    counts: bool,
}

/// What one thread made of the pieces it took.
#[derive(Debug)]
pub struct Scattered {
    calls: Calls,
    parts: Vec<(Vec<Parent>, Vec<Child>)>,
    /// Clients and producers that name whom they call: piece and row.
    outward: Vec<(u32, Row)>,
}

/// What one thread joined.
#[derive(Debug)]
pub struct Joined {
    calls: Calls,
    /// Span ids that occur twice in a trace: trees alone tell then who calls whom.
    repeated: u64,
}

impl<'a> Join<'a> {
    /// A join of pieces with so many spans, more or less.
    pub fn new(pieces: Vec<Piece<'a>>, spans: usize) -> Self {
        let mut names = Calls::new();
        let services = pieces.iter().map(|piece| names.services(piece.block));
        Self {
            services: services.collect(),
            hints: pieces.iter().map(|_| OnceLock::new()).collect(),
            names,
            parts: (spans / SPANS_A_PART).next_power_of_two(),
            hasher: RandomState::default(),
            pieces,
        }
    }

    /// How many parts there are to be joined.
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// Nothing scattered yet.
    pub fn scattered(&self) -> Scattered {
        Scattered {
            calls: self.names.clone(),
            parts: vec![(Vec::new(), Vec::new()); self.parts],
            outward: Vec::new(),
        }
    }

    /// Nothing joined yet.
    pub fn joined(&self) -> Joined {
        Joined {
            calls: self.names.clone(),
            repeated: 0,
        }
    }

    /// Takes in `rows` of a piece: all spans of the traces in question. Those for which `counts`
    /// holds are counted, as are the calls that they answer and the ones they make of others
    /// that send no spans.
    pub fn scatter(
        &self,
        piece: usize,
        rows: impl Iterator<Item = Row>,
        counts: impl Fn(Row) -> bool,
        to: &mut Scattered,
    ) {
        let (Some(of), Some(services)) = (self.pieces.get(piece), self.services.get(piece)) else {
            return;
        };
        let Some(hints) = self.hints(piece) else {
            return;
        };
        for row in rows {
            let span = of.block.span(row);
            let resource = span.resource().index().0 as usize;
            let Some(service) = services.get(resource).copied().flatten() else {
                to.calls.leave_out();
                continue;
            };
            let trace = of.traces.get(span.trace_ix().0 as usize).copied();
            let trace = (of.group, trace.unwrap_or(u32::MAX));
            let counts = counts(row);
            if counts {
                to.calls.count(service, span, hints);
            }
            let calls_out = counts
                && !hints.is_silent()
                && matches!(span.kind(), Kind::Client | Kind::Producer);
            let outward = if calls_out {
                to.outward.push((piece as u32, row));
                to.outward.len() as u32 - 1
            } else {
                NONE
            };
            let (id, parent) = (span.span_id(), span.parent_id());
            let key = self.key(trace, id);
            if let Some((parents, _)) = to.parts.get_mut(self.part_of(key)) {
                parents.push(Parent {
                    key,
                    outward,
                    service,
                });
            }
            if parent.is_zero() || parent == id {
                continue;
            }
            let key = self.key(trace, parent);
            if let Some((_, children)) = to.parts.get_mut(self.part_of(key)) {
                children.push(Child {
                    parent: key,
                    end: End::of(span),
                    service,
                    counts,
                });
            }
        }
    }

    fn key(&self, trace: (u32, u32), span: SpanId) -> u64 {
        self.hasher.hash_one((trace, span.0))
    }

    /// The high bits tell the part, the low ones the place in its table.
    fn part_of(&self, key: u64) -> usize {
        ((u128::from(key) * self.parts as u128) >> 64) as usize
    }

    fn hints(&self, piece: usize) -> Option<&Hints> {
        let (hints, of) = (self.hints.get(piece)?, self.pieces.get(piece)?);
        Some(hints.get_or_init(|| Hints::new(of.block)))
    }

    /// Joins what all threads scattered into one part.
    pub fn join_part(&self, part: usize, from: &[Scattered], to: &mut Joined) {
        let of_part = || {
            let parts = from.iter().map(|some| some.parts.get(part));
            parts
                .enumerate()
                .filter_map(|(thread, part)| Some((thread, part?)))
        };
        let spans = of_part().map(|(_, (parents, _))| parents.len()).sum();
        let mut table = Table::new(spans);
        for (thread, (parents, _)) in of_part() {
            for &parent in parents {
                to.repeated += u64::from(!table.insert(parent, thread));
            }
        }
        for child in of_part().flat_map(|(_, (_, children))| children) {
            if let Some(caller) = table.answer(child.parent)
                && child.counts
            {
                to.calls.edge(caller, child.service, child.end);
            }
        }
        for entry in table.unanswered() {
            let place = from.get(usize::from(entry.thread));
            let place = place.and_then(|some| some.outward.get(entry.parent.outward as usize));
            let Some(&(piece, row)) = place else { continue };
            let piece = piece as usize;
            if let (Some(of), Some(hints)) = (self.pieces.get(piece), self.hints(piece)) {
                let span = of.block.span(row);
                to.calls
                    .call_out_of_leaf(entry.parent.service, span, hints, None);
            }
        }
    }

    /// The graph of what all threads found; `None` where only trees can tell it, because spans of
    /// a trace share an id.
    pub fn graph(scattered: &[Scattered], joined: &[Joined]) -> Option<ServiceGraph> {
        let repeated: u64 = joined.iter().map(|joined| joined.repeated).sum();
        let spans = scattered.iter().map(|some| &some.calls);
        let calls = joined.iter().map(|some| &some.calls);
        (repeated == 0).then(|| service_graph(spans.chain(calls)))
    }
}

/// The spans of one part by their keys: open addressing, since a key is a hash already.
struct Table {
    slots: Vec<u32>,
    entries: Vec<Entry>,
}

struct Entry {
    parent: Parent,
    /// The thread that knows where it calls.
    thread: u16,
    answered: bool,
}

/// No entry stands here.
const FREE: u32 = u32::MAX;

impl Table {
    fn new(spans: usize) -> Self {
        Self {
            slots: vec![FREE; (spans * 2).next_power_of_two()],
            entries: Vec::with_capacity(spans),
        }
    }

    /// The slot of a key: its own, or the free one where it belongs.
    fn slot(&mut self, key: u64) -> Option<&mut u32> {
        let mask = self.slots.len() - 1;
        let mut at = key as usize & mask;
        while let Some(&entry) = self.slots.get(at).filter(|&&entry| entry != FREE) {
            if self
                .entries
                .get(entry as usize)
                .is_some_and(|known| known.parent.key == key)
            {
                break;
            }
            at = (at + 1) & mask;
        }
        self.slots.get_mut(at)
    }

    /// Adds a span; `false` if its key is there already.
    fn insert(&mut self, parent: Parent, thread: usize) -> bool {
        let number = self.entries.len() as u32;
        let new = match self.slot(parent.key) {
            Some(slot) if *slot == FREE => {
                *slot = number;
                true
            }
            _ => false,
        };
        if new {
            self.entries.push(Entry {
                parent,
                thread: thread as u16,
                answered: false,
            });
        }
        new
    }

    /// Notes that a span has a child; its service, if it is there.
    fn answer(&mut self, key: u64) -> Option<Name> {
        let slot = *self.slot(key)?;
        let entry = self.entries.get_mut(slot as usize)?;
        entry.answered = true;
        Some(entry.parent.service)
    }

    /// The spans without a child that may call what sends no spans.
    fn unanswered(&self) -> impl Iterator<Item = &Entry> {
        let entries = self.entries.iter();
        entries.filter(|entry| !entry.answered && entry.parent.outward != NONE)
    }
}
