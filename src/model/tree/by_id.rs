//! Spans joined with their parents by id.

use std::collections::HashMap;
use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::{NONE, Node};
use crate::model::cancellation::Cancellation;
use crate::model::id::SpanId;
use crate::model::kind::Kind;
use crate::model::parted::Parted;

/// How many spans of one repeated id are looked at to find the fitting parent.
const FITTING: usize = 8;

/// Spans that are joined by one table, more or less: it is to stay in the processor's cache. Tests
/// have many tables.
const SPANS_A_TABLE: usize = if cfg!(test) { 16 } else { 16 * 1024 };

/// What ids tell.
#[derive(Debug, Default)]
pub(in crate::model) struct ById {
    /// The index of each span's parent, or [`NONE`].
    pub parent: Vec<u32>,
    /// Spans of each id that occurs more than once, in order.
    pub repeated: HashMap<SpanId, Vec<u32>>,
}

/// An id and a span: its own, or one that names it.
type Mention = (SpanId, u32);

impl ById {
    /// Joins `nodes`; `None` if cancelled. They are parted by a hash of the ids first, so that each
    /// table is small.
    pub(in crate::model) fn new(nodes: &[Node], cancellation: &Cancellation<'_>) -> Option<Self> {
        let hasher = RandomState::default();
        let bits = nodes
            .len()
            .div_ceil(SPANS_A_TABLE)
            .next_power_of_two()
            .trailing_zeros();
        let part = |id: SpanId| (u128::from(hasher.hash_one(id)) << bits >> u64::BITS) as usize;
        let own = (0..).zip(nodes).map(|(index, node)| (node.id, index));
        let own = Parted::new(own.map(|mention| (part(mention.0), mention)), 1 << bits);
        let parents = (0..)
            .zip(nodes)
            .map(|(index, node)| (node.parent_id, index));
        let named =
            |&(parent, index): &Mention| !parent.is_zero() && parent != nodes[index as usize].id;
        let parents = parents.filter(named);
        let parents = Parted::new(parents.map(|mention| (part(mention.0), mention)), 1 << bits);
        let mut by_id = Self {
            parent: vec![NONE; nodes.len()],
            repeated: HashMap::new(),
        };
        let mut table = HashTable::with_capacity(SPANS_A_TABLE.min(nodes.len()));
        for part in 0..1 << bits {
            cancellation.check()?;
            table.clear();
            by_id.enter(own.of(part), &mut table, &hasher);
            for &(parent, index) in parents.of(part) {
                let found = table.find(hasher.hash_one(parent), |&(id, _): &Mention| id == parent);
                if let Some(&(_, parent)) = found {
                    by_id.parent[index as usize] = parent;
                }
            }
        }
        if !by_id.repeated.is_empty() {
            by_id.choose(nodes);
        }
        Some(by_id)
    }

    /// Enters spans into a table, the first of each id.
    fn enter(&mut self, own: &[Mention], table: &mut HashTable<Mention>, hasher: &RandomState) {
        for &(id, index) in own {
            let hash = hasher.hash_one(id);
            if let Some(&(_, first)) = table.find(hash, |&(other, _)| other == id) {
                let all = self.repeated.entry(id).or_insert_with(|| vec![first]);
                all.push(index);
            } else {
                table.insert_unique(hash, (id, index), |&(id, _)| hasher.hash_one(id));
            }
        }
    }

    /// Among spans that share an id, the one that is meant.
    fn choose(&mut self, nodes: &[Node]) {
        for (node, parent) in nodes.iter().zip(&mut self.parent) {
            if let Some(client) = shared_client(nodes, &self.repeated, node) {
                *parent = client;
            } else if *parent != NONE
                && let Some(group) = self.repeated.get(&node.parent_id)
            {
                *parent = fitting(nodes, group, node).unwrap_or(*parent);
            }
        }
    }
}

/// The one of several spans of an id that is the parent of a span: of its service, or a server.
fn fitting(nodes: &[Node], group: &[u32], node: &Node) -> Option<u32> {
    let candidates = || group.iter().take(FITTING).copied();
    let of = |i: u32| &nodes[i as usize];
    candidates()
        .find(|&i| of(i).service == node.service && of(i).kind == Kind::Server)
        .or_else(|| candidates().find(|&i| of(i).service == node.service))
        .or_else(|| candidates().find(|&i| of(i).kind == Kind::Server))
}

/// Zipkin's shared spans: the server's half of a call has the client's id and stands
/// below it.
fn shared_client(nodes: &[Node], repeated: &HashMap<SpanId, Vec<u32>>, node: &Node) -> Option<u32> {
    let caller = match node.kind {
        Kind::Server => Kind::Client,
        Kind::Consumer => Kind::Producer,
        _ => return None,
    };
    let mut group = repeated.get(&node.id)?.iter().take(FITTING).copied();
    group.find(|&i| nodes[i as usize].kind == caller)
}
