//! Step 4: on which row of a box each edge leaves or arrives.
//!
//! All calls of a node leave by one port and share a trunk, as in a drawing by hand. Calls from
//! different nodes arrive on rows of their own, in the order of their sources, while there are
//! rows; then they share. Edges that close a cycle keep apart from both, where there is room.

use super::order::Layered;

/// Rows below the top of the vertex, per segment: where it leaves and where it arrives.
pub(super) struct Ports {
    pub leaves: Vec<i32>,
    pub arrives: Vec<i32>,
}

/// Ports of all segments; `turned` tells of each edge whether it was turned around.
pub(super) fn ports(layered: &Layered, heights: &[i32], turned: &[bool]) -> Ports {
    let mut ports = Ports {
        leaves: vec![0; layered.segments.len()],
        arrives: vec![0; layered.segments.len()],
    };
    let is_turned = |segment: usize| turned[layered.segments[segment].edge];
    for (vertex, &height) in heights.iter().enumerate().take(layered.real) {
        let rows = Rows::of(height);
        right(&layered.out[vertex], rows, is_turned, &mut ports.leaves);
        let mut into = layered.into[vertex].clone();
        into.sort_by_key(|&segment| layered.position[layered.segments[segment].from]);
        left(&into, rows, is_turned, &mut ports.arrives);
    }
    ports
}

/// The rows of a box that are not its frame.
#[derive(Clone, Copy)]
struct Rows {
    first: i32,
    count: i32,
}

impl Rows {
    fn of(height: i32) -> Self {
        if height >= 3 {
            Self {
                first: 1,
                count: height - 2,
            }
        } else {
            Self {
                first: 0,
                count: height.max(1),
            }
        }
    }
}

fn right(out: &[usize], rows: Rows, is_turned: impl Fn(usize) -> bool, leaves: &mut [i32]) {
    let trunk = (rows.count - 1) / 2;
    let calls = out.iter().any(|&segment| !is_turned(segment));
    let back = if calls {
        (trunk + 1).min(rows.count - 1)
    } else {
        trunk
    };
    for &segment in out {
        leaves[segment] = rows.first + if is_turned(segment) { back } else { trunk };
    }
}

fn left(into: &[usize], rows: Rows, is_turned: impl Fn(usize) -> bool, arrives: &mut [i32]) {
    let edges = into.len() as i32;
    if edges <= rows.count {
        // A row between two arrivals leaves room for the label of the lower one.
        let step = if 2 * edges - 1 <= rows.count { 2 } else { 1 };
        let top = rows.first + (rows.count - (edges - 1) * step - 1) / 2;
        for (&segment, row) in into.iter().zip(0..) {
            arrives[segment] = top + row * step;
        }
        return;
    }
    let turned = into.iter().filter(|&&segment| is_turned(segment)).count() as i32;
    let apart = turned > 0 && turned < edges && rows.count > 1;
    let (shared, sharers) = if apart {
        (rows.count - 1, edges - turned)
    } else {
        (rows.count, edges)
    };
    let mut next = 0;
    for &segment in into {
        arrives[segment] = if apart && is_turned(segment) {
            rows.first + rows.count - 1
        } else {
            next += 1;
            rows.first + (next - 1) * shared / sharers
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_spread_over_the_rows_and_then_share() {
        let mut rows = [0; 3];
        left(&[0, 1], Rows::of(5), |_| false, &mut rows);
        assert_eq!(rows[..2], [1, 3]);
        left(&[0, 1, 2], Rows::of(4), |_| false, &mut rows);
        assert_eq!(rows, [1, 1, 2]);
    }
}
