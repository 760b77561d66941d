//! Structural operators over the tree of a trace. Sets of spans are ascending lists of their
//! numbers in depth-first order; nothing here is quadratic and nothing recurses.
//!
//! Parent links are followed in trees that no root reaches, too: a server that numbers nested
//! sets cannot do that, and answers such spans wrongly.

use std::collections::HashMap;

use crate::model::Bits;
use crate::model::{SpanId, Trace};
use crate::traceql::operator::{Keep, Relation};

/// Spans by number, ascending, each once.
pub type Spans = Vec<u32>;

/// What `left op right` keeps.
pub fn structural(
    trace: &Trace,
    keep: Keep,
    relation: Relation,
    left: &[u32],
    right: &[u32],
) -> Spans {
    let related = standing(trace, relation, left, right);
    match keep {
        Keep::Right => related,
        Keep::RightWithout => difference(right, &related),
        Keep::Both => union(&related, &standing(trace, inverse(relation), right, left)),
    }
}

fn inverse(relation: Relation) -> Relation {
    match relation {
        Relation::Child => Relation::Parent,
        Relation::Parent => Relation::Child,
        Relation::Descendant => Relation::Ancestor,
        Relation::Ancestor => Relation::Descendant,
        Relation::Sibling => Relation::Sibling,
    }
}

/// The spans of `of` that are the child, parent, ... of one of `to`.
fn standing(trace: &Trace, relation: Relation, to: &[u32], of: &[u32]) -> Spans {
    match relation {
        Relation::Child => {
            let parents = marked(trace, to.iter().map(|&span| span as usize));
            let child = |span: usize| trace.parent(span).is_some_and(|p| parents.contains(p));
            chosen(of, child)
        }
        Relation::Parent => {
            let parents = to.iter().filter_map(|&span| trace.parent(span as usize));
            let parents = marked(trace, parents);
            chosen(of, |span| parents.contains(span))
        }
        Relation::Descendant => descendants(trace, to, of),
        Relation::Ancestor => chosen(of, |span| {
            let below = trace.subtree(span);
            let after = to.partition_point(|&other| other as usize <= span);
            to.get(after)
                .is_some_and(|&other| (other as usize) < below.end)
        }),
        Relation::Sibling => siblings(trace, to, of),
    }
}

fn marked(trace: &Trace, spans: impl Iterator<Item = usize>) -> Bits {
    let mut bits = Bits::none(trace.len());
    spans.for_each(|span| bits.insert(span));
    bits
}

fn chosen(of: &[u32], test: impl Fn(usize) -> bool) -> Spans {
    of.iter()
        .copied()
        .filter(|&span| test(span as usize))
        .collect()
}

/// Subtrees are ranges that nest: a span is below one of those that began before it exactly if
/// the furthest of their ends lies behind it.
fn descendants(trace: &Trace, ancestors: &[u32], of: &[u32]) -> Spans {
    let mut ancestors = ancestors.iter().map(|&span| span as usize).peekable();
    let mut furthest = 0;
    let below = |span: usize| {
        while let Some(ancestor) = ancestors.next_if(|&ancestor| ancestor < span) {
            furthest = furthest.max(trace.subtree(ancestor).end);
        }
        span < furthest
    };
    let mut below = below;
    of.iter()
        .copied()
        .filter(|&span| below(span as usize))
        .collect()
}

/// What the children of one parent have in common.
#[derive(PartialEq, Eq, Hash)]
enum Family {
    Of(usize),
    /// A parent that is not there still makes siblings.
    Missing(SpanId),
    /// Roots are siblings of each other.
    Roots,
}

fn family(trace: &Trace, span: usize) -> Family {
    match (trace.parent(span), trace.missing_parent(span)) {
        (Some(parent), _) => Family::Of(parent),
        (None, Some(id)) => Family::Missing(id),
        (None, None) => Family::Roots,
    }
}

fn siblings(trace: &Trace, to: &[u32], of: &[u32]) -> Spans {
    let mut members: HashMap<Family, u32> = HashMap::new();
    for &span in to {
        *members.entry(family(trace, span as usize)).or_default() += 1;
    }
    chosen(of, |span| {
        let found = members.get(&family(trace, span)).copied().unwrap_or(0);
        let itself = to.binary_search(&(span as u32)).is_ok();
        found > u32::from(itself)
    })
}

/// All of both.
pub fn union(left: &[u32], right: &[u32]) -> Spans {
    let mut all = [left, right].concat();
    all.sort_unstable();
    all.dedup();
    all
}

fn difference(of: &[u32], without: &[u32]) -> Spans {
    let absent = |span: &u32| without.binary_search(span).is_err();
    of.iter().copied().filter(absent).collect()
}
