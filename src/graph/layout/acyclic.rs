//! Step 1: which edges to turn around so that the graph has no cycle.
//!
//! A depth-first search from the entrances; an edge to a node that is still being explored closes
//! a cycle and is turned (Eades and Sugiyama 1990; Gansner et al., "A technique for drawing
//! directed graphs", 1993, §2.1). Entrances first, so that a callback points back, not the call.

/// For each edge of a graph of `nodes` nodes: must it be turned around? No self loops in `edges`.
pub(super) fn reversed(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut out = vec![Vec::new(); nodes];
    let mut balance = vec![(0_usize, 0_isize); nodes];
    for (edge, &(from, to)) in edges.iter().enumerate() {
        out[from].push(edge);
        balance[from].1 -= 1;
        balance[to].0 += 1;
        balance[to].1 += 1;
    }
    // Entrances (no edge in) first, then those that call most more than they are called.
    let mut starts: Vec<usize> = (0..nodes).collect();
    starts.sort_by_key(|&node| (balance[node].0 > 0, balance[node].1, node));

    let mut turned = vec![false; edges.len()];
    let mut state = vec![State::New; nodes];
    let mut stack: Vec<(usize, usize)> = Vec::new();
    for start in starts {
        if state[start] == State::New {
            state[start] = State::Open;
            stack.push((start, 0));
        }
        while let Some((node, next)) = stack.last_mut() {
            let Some(&edge) = out[*node].get(*next) else {
                state[*node] = State::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            let to = edges[edge].1;
            match state[to] {
                State::Open => turned[edge] = true,
                State::Done => {}
                State::New => {
                    state[to] = State::Open;
                    stack.push((to, 0));
                }
            }
        }
    }
    turned
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_callback_is_turned() {
        // 2 enters, 2 -> 0 -> 1 -> 0.
        assert_eq!(reversed(3, &[(1, 0), (0, 1), (2, 0)]), [true, false, false]);
    }
}
