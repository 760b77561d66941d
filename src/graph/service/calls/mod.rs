//! Finding who calls whom, span by span, as spans arrive.
//!
//! A call is a span with its parent; the two may come in any order and from any process, so
//! spans are joined by trace and span id as soon as both are there. What each costs is a
//! table entry of 12 bytes for a span, and one of 40 for each that still waits for its parent.
//! The rules for peers without instrumentation follow Zipkin's `DependencyLinker` and Tempo's
//! service graphs.

mod outward;

use std::collections::HashSet;
use std::hash::BuildHasher;
use std::sync::Arc;

use foldhash::fast::{FixedState, RandomState};
use hashbrown::{HashMap, HashTable};

use super::kind::{self, Hints, NodeKind};
use super::tally::{Call, End, Node};
use crate::model::{Block, Kind, ResourceIx, SpanId, SpanRef, Trace, TraceId};

/// Names and pairs of names kept at most; spans of others are counted in [`Calls::left_out`].
const MOST_NAMES: usize = 10_000;
const MOST_EDGES: usize = 50_000;

/// A name's number.
pub(super) type Name = u16;

/// A span that may get children. There is one for each span that is stored.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// The key in halves, since eight aligned bytes would cost four more.
    key: [u32; 2],
    service: Name,
    kind: Kind,
    /// A child of it has come.
    answered: bool,
}

impl Seen {
    fn key(&self) -> u64 {
        u64::from(self.key[0]) << 32 | u64::from(self.key[1])
    }
}

/// How a span came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Alone,
    /// With the id of the span that calls it.
    SharedWithCaller,
}

/// A span whose parent has not come yet.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    parent: u64,
    end: End,
    service: Name,
}

/// A call of something that has sent no span of its own so far.
#[derive(Debug, Clone, Copy)]
struct Unanswered {
    edge: (Name, Name),
    end: End,
}

/// The calls of a set of spans, which may grow.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    hasher: RandomState,
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, Name, RandomState>,
    /// What each name did, if it is a service's.
    pub(super) nodes: Vec<Node>,
    pub(super) edges: HashMap<(Name, Name), Call, FixedState>,
    /// Calls of peers without instrumentation, and what those are.
    pub(super) outward: HashMap<(Name, Name), (NodeKind, Call), FixedState>,
    /// What is read from queues: from the queue to who reads it.
    pub(super) inward: HashMap<(Name, Name), Call, FixedState>,
    seen: HashTable<Seen>,
    waiting: HashTable<Waiting>,
    unanswered: HashMap<u64, Unanswered, FixedState>,
    repeated: u64,
    left_out: u64,
    /// Heap bytes of names and of the calls' figures.
    figures: usize,
}

impl Calls {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the spans of a block, whose parents may have come before or may come later.
    pub fn add_block(&mut self, block: &Block) {
        let services = self.services(block);
        let hints = Hints::new(block);
        let service = |span: SpanRef<'_>| {
            services
                .get(span.resource().index().0 as usize)
                .copied()
                .flatten()
        };
        let mut halves = HashSet::new();
        for span in block.spans() {
            let Some(service) = service(span) else {
                self.left_out += 1;
                continue;
            };
            self.count(service, span, &hints);
            if self.arrive(service, span) == Arrival::SharedWithCaller {
                halves.insert(span.row());
            }
        }
        // Parents mostly come in the same block, so all have arrived before any is looked for.
        for span in block.spans().filter(|span| !halves.contains(&span.row())) {
            if let Some(service) = service(span) {
                self.join(service, span);
            }
        }
        for span in block.spans() {
            if let Some(service) = service(span) {
                self.call_out(service, span, &hints);
            }
        }
    }

    /// Adds a whole trace, by the parents of its tree (shared and repeated ids included), with
    /// each service's own work. The same spans must not be added as blocks.
    pub fn add_trace(&mut self, trace: &Trace) {
        self.add_spans_of(trace, |_| true);
    }

    /// Adds some spans of a trace, by their numbers, and the calls that they answer.
    pub fn add_spans_of(&mut self, trace: &Trace, counts: impl Fn(usize) -> bool) {
        let of_block: Vec<(Vec<Option<Name>>, Hints)> = trace
            .blocks()
            .iter()
            .map(|block| (self.services(block), Hints::new(block)))
            .collect();
        let of_span = |span: usize| {
            let (block, row) = trace.place(span);
            let (services, hints) = of_block.get(block)?;
            let resource = trace
                .blocks()
                .get(block)?
                .resource_column()
                .get(row as usize)?;
            Some((services.get(resource as usize).copied().flatten()?, hints))
        };
        for number in (0..trace.len()).filter(|&number| counts(number)) {
            let Some((service, hints)) = of_span(number) else {
                self.left_out += 1;
                continue;
            };
            let span = trace.span(number);
            self.count(service, span, hints);
            if let Some(node) = self.nodes.get_mut(usize::from(service)) {
                node.own = Some(node.own.unwrap_or_default() + trace.self_time(number));
            }
            let caller = trace.parent(number).and_then(of_span);
            if let Some((caller, _)) = caller {
                self.edge(caller, service, End::of(span));
            }
            if trace.subtree(number).len() == 1 {
                self.call_out_of_leaf(service, span, hints, None);
            }
        }
    }

    /// Spans that share their id with another one: where blocks were added their children may
    /// be told of the wrong one of the two, and [`Calls::add_trace`] is exact.
    pub fn repeated_ids(&self) -> u64 {
        self.repeated
    }

    /// Spans that were not counted, since there were too many services or pairs of them.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// A span is not counted.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        self.seen.allocation_size()
            + self.waiting.allocation_size()
            + self.unanswered.allocation_size()
            + self.names.capacity() * size_of::<Arc<str>>()
            + self.numbers.allocation_size()
            + self.nodes.capacity() * size_of::<Node>()
            + self.edges.allocation_size()
            + self.outward.allocation_size()
            + self.inward.allocation_size()
            + self.figures
    }

    pub(super) fn name(&self, number: Name) -> Arc<str> {
        self.names
            .get(usize::from(number))
            .cloned()
            .unwrap_or_default()
    }

    /// The services of a block's resources.
    pub(super) fn services(&mut self, block: &Block) -> Vec<Option<Name>> {
        (0..block.resource_count() as u32)
            .map(|index| {
                let resource = block.resource(ResourceIx(index));
                let name = self.number(resource.service())?;
                let is_user = kind::is_user(block, resource.attributes().pairs());
                if let Some(node) = self.nodes.get_mut(usize::from(name)) {
                    node.is_user |= is_user;
                }
                Some(name)
            })
            .collect()
    }

    fn number(&mut self, name: &str) -> Option<Name> {
        if let Some(&number) = self.numbers.get(name) {
            return Some(number);
        }
        let number = Name::try_from(self.names.len()).ok();
        let number = number.filter(|_| self.names.len() < MOST_NAMES)?;
        let name: Arc<str> = name.into();
        self.figures += name.len() + 2 * size_of::<usize>();
        self.nodes.push(Node::default());
        self.names.push(Arc::clone(&name));
        self.numbers.insert(name, number);
        Some(number)
    }

    pub(super) fn count(&mut self, service: Name, span: SpanRef<'_>, hints: &Hints) {
        let Some(node) = self.nodes.get_mut(usize::from(service)) else {
            return;
        };
        node.spans += 1;
        node.errors += u64::from(span.is_error());
        if !hints.is_silent() && !hints.names_only() {
            let peer = hints.peer(span.block(), span.block().attribute_pairs(span.row()));
            if kind::is_database(peer, span) {
                node.as_database += 1;
                node.database = peer.kind;
            }
            if peer.kind == NodeKind::Queue {
                self.read_queue(service, span, peer.name);
            }
        }
    }

    fn key(&self, trace: TraceId, span: SpanId) -> u64 {
        self.hasher.hash_one((trace.0, span.0))
    }

    /// Notes a span, and joins it with the children that wait for it.
    fn arrive(&mut self, service: Name, span: SpanRef<'_>) -> Arrival {
        let key = self.key(span.trace_id(), span.span_id());
        let new = Seen {
            key: [(key >> 32) as u32, key as u32],
            service,
            kind: span.kind(),
            answered: false,
        };
        let mut arrival = Arrival::Alone;
        if let Some(known) = self.seen.find_mut(key, |seen| seen.key() == key) {
            self.repeated += 1;
            // Zipkin's shared spans: the server's half stands below the client's, and has the
            // children. If the halves come the other way round nothing can be told any more.
            let halves = (known.kind, new.kind);
            if matches!(
                halves,
                (Kind::Client, Kind::Server) | (Kind::Producer, Kind::Consumer)
            ) {
                let caller = std::mem::replace(known, new).service;
                self.unanswer(key);
                self.edge(caller, service, End::of(span));
                arrival = Arrival::SharedWithCaller;
            }
        } else {
            self.seen.insert_unique(key, new, Seen::key);
        }
        while let Ok(waiting) = self
            .waiting
            .find_entry(key, |waiting| waiting.parent == key)
        {
            let (
                Waiting {
                    end,
                    service: child,
                    ..
                },
                _,
            ) = waiting.remove();
            self.answer(key);
            self.edge(service, child, end);
        }
        arrival
    }

    /// Joins a span with its parent, or lets it wait.
    fn join(&mut self, service: Name, span: SpanRef<'_>) {
        if span.parent_id().is_zero() || span.parent_id() == span.span_id() {
            return;
        }
        let parent = self.key(span.trace_id(), span.parent_id());
        let end = End::of(span);
        if let Some(caller) = self.answer(parent) {
            self.unanswer(parent);
            self.edge(caller, service, end);
        } else {
            let waiting = Waiting {
                parent,
                end,
                service,
            };
            self.waiting
                .insert_unique(parent, waiting, |waiting| waiting.parent);
        }
    }

    /// Notes that a span has a child; its service, if it has come.
    fn answer(&mut self, key: u64) -> Option<Name> {
        let seen = self.seen.find_mut(key, |seen| seen.key() == key)?;
        seen.answered = true;
        Some(seen.service)
    }

    pub(super) fn edge(&mut self, from: Name, to: Name, end: End) {
        if self.edges.len() < MOST_EDGES || self.edges.contains_key(&(from, to)) {
            let call = self.edges.entry((from, to)).or_default();
            call.add(end, &mut self.figures);
        } else {
            self.left_out += 1;
        }
    }
}
