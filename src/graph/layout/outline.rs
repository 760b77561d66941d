//! Step 5 for trees: callers at the top of what they call, as in an outline.
//!
//! A caller in the middle of its callees, as [`place`](super::place) puts it, is far from all of
//! them where there are many, and a screen shows a few lines of a drawing. Here the first callee
//! stands beside its caller, the next ones below, and subtrees are pushed together as closely as
//! their layers allow (after Reingold and Tilford, "Tidier drawings of trees", 1981).

use super::order::Layered;
use super::ports::Ports;

/// Rows of the tops of all vertices. `gap` rows stay free between boxes.
pub(super) fn rows(layered: &Layered, ports: &Ports, heights: &[i32], gap: i32) -> Vec<i32> {
    let mut row: Vec<Option<i32>> = vec![None; heights.len()];
    // The first free row of each layer.
    let mut free = vec![0; layered.layers.len()];
    let roots = (0..heights.len()).filter(|&vertex| layered.into[vertex].is_empty());
    let mut stack: Vec<(usize, i32)> = roots.map(|root| (root, 0)).collect();
    stack.reverse();
    while let Some((vertex, wish)) = stack.pop() {
        if row[vertex].is_some() {
            continue;
        }
        let at = wish.max(beside_first(layered, ports, &free, vertex));
        row[vertex] = Some(at);
        free[layered.layer[vertex]] = at + heights[vertex] + gap;
        let below = layered.out[vertex].iter().rev();
        stack.extend(below.map(|&segment| {
            let straight = at + ports.leaves[segment] - ports.arrives[segment];
            (layered.segments[segment].to, straight)
        }));
    }
    row.into_iter().map(Option::unwrap_or_default).collect()
}

/// The first row of a vertex on which it, its first callee, the first callee of that and so on
/// have room beside each other.
fn beside_first(layered: &Layered, ports: &Ports, free: &[i32], vertex: usize) -> i32 {
    let (mut at, mut below, mut here) = (0, 0, vertex);
    loop {
        at = at.max(free[layered.layer[here]] - below);
        let Some(&segment) = layered.out[here].first() else {
            return at;
        };
        below += ports.leaves[segment] - ports.arrives[segment];
        here = layered.segments[segment].to;
    }
}
