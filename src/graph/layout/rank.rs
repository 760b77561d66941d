//! Step 2: the layer of each node: longest path from an entrance, then tightened.
//!
//! Longest-path layering puts every entrance into the first layer; tightening then moves nodes
//! within the room their neighbours leave, towards the side with more edges, which shortens edges
//! as network simplex does (Gansner et al. 1993, §2.3) at a fraction of the work.

/// The layer of each node, from 0; for every edge the target's is greater than the source's.
/// The edges must not form a cycle.
pub(super) fn ranks(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut into = vec![Vec::new(); nodes];
    let mut out = vec![Vec::new(); nodes];
    for &(from, to) in edges {
        out[from].push(to);
        into[to].push(from);
    }
    let order = topological(&into, &out);
    let mut rank = vec![0_usize; nodes];
    for &node in &order {
        rank[node] = into[node]
            .iter()
            .map(|&from| rank[from] + 1)
            .max()
            .unwrap_or(0);
    }
    tighten(&order, &into, &out, &mut rank);
    let lowest = rank.iter().copied().min().unwrap_or(0);
    rank.iter().map(|rank| rank - lowest).collect()
}

fn topological(into: &[Vec<usize>], out: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = into.iter().map(Vec::len).collect();
    let mut order: Vec<usize> = (0..into.len()).filter(|&node| waiting[node] == 0).collect();
    let mut next = 0;
    while let Some(&node) = order.get(next) {
        next += 1;
        for &to in &out[node] {
            waiting[to] -= 1;
            if waiting[to] == 0 {
                order.push(to);
            }
        }
    }
    order
}

/// At most this many passes: each only shortens edges, so stopping early is safe.
const PASSES: usize = 8;

fn tighten(order: &[usize], into: &[Vec<usize>], out: &[Vec<usize>], rank: &mut [usize]) {
    for _ in 0..PASSES {
        let mut moved = false;
        for &node in order.iter().rev() {
            let first = into[node]
                .iter()
                .map(|&from| rank[from] + 1)
                .max()
                .unwrap_or(0);
            let last = out[node].iter().map(|&to| rank[to] - 1).min();
            let wish = match (out[node].len().cmp(&into[node].len()), last) {
                (std::cmp::Ordering::Greater, Some(last)) => last,
                (std::cmp::Ordering::Less, _) => first,
                _ => rank[node],
            };
            moved |= wish != rank[node];
            rank[node] = wish;
        }
        if !moved {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_entrance_stands_beside_what_it_calls() {
        // 0 -> 1 -> 2, and 3 -> 2: a batch job that calls the last service.
        assert_eq!(ranks(4, &[(0, 1), (1, 2), (3, 2)]), [0, 1, 2, 1]);
    }
}
