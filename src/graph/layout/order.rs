//! Step 3: layers of vertices, and their order from top to bottom with few crossings.
//!
//! An edge over several layers is a chain of dummy vertices. Orders come from barycentre sweeps
//! (Sugiyama, Tagawa, Toda 1981) with transposition of neighbours (Gansner et al. 1993, §3); the
//! best order seen is kept.

/// A stretch of an edge between two neighbouring layers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub from: usize,
    pub to: usize,
    /// Index of the edge it belongs to.
    pub edge: usize,
}

/// The graph in layers: vertices below `real` are nodes, the others are dummies.
#[derive(Debug)]
pub(super) struct Layered {
    pub real: usize,
    pub layer: Vec<usize>,
    /// Vertices of each layer from top to bottom.
    pub layers: Vec<Vec<usize>>,
    /// Position of each vertex in its layer.
    pub position: Vec<usize>,
    pub segments: Vec<Segment>,
    /// Segments that leave each vertex, and that reach it.
    pub out: Vec<Vec<usize>>,
    pub into: Vec<Vec<usize>>,
    /// Segments of each edge from left to right.
    pub chains: Vec<Vec<usize>>,
}

impl Layered {
    /// Puts nodes into layers and splits long edges; `edges` all point to a higher layer.
    pub fn new(rank: &[usize], edges: &[(usize, usize)]) -> Self {
        let mut layered = Self {
            real: rank.len(),
            layer: rank.to_vec(),
            layers: vec![Vec::new(); rank.iter().max().map_or(0, |last| last + 1)],
            position: Vec::new(),
            segments: Vec::new(),
            out: Vec::new(),
            into: Vec::new(),
            chains: Vec::with_capacity(edges.len()),
        };
        for (edge, &(from, to)) in edges.iter().enumerate() {
            layered.split(edge, from, to);
        }
        let vertices = layered.layer.len();
        for vertex in 0..vertices {
            layered.layers[layered.layer[vertex]].push(vertex);
        }
        layered.out = vec![Vec::new(); vertices];
        layered.into = vec![Vec::new(); vertices];
        for (index, segment) in layered.segments.iter().enumerate() {
            layered.out[segment.from].push(index);
            layered.into[segment.to].push(index);
        }
        layered.position = vec![0; vertices];
        layered.number();
        layered
    }

    pub fn is_dummy(&self, vertex: usize) -> bool {
        vertex >= self.real
    }

    fn split(&mut self, edge: usize, from: usize, to: usize) {
        let mut chain = Vec::new();
        let mut last = from;
        for layer in self.layer[from] + 1..=self.layer[to] {
            let next = if layer == self.layer[to] {
                to
            } else {
                self.layer.push(layer);
                self.layer.len() - 1
            };
            chain.push(self.segments.len());
            self.segments.push(Segment {
                from: last,
                to: next,
                edge,
            });
            last = next;
        }
        self.chains.push(chain);
    }

    fn number(&mut self) {
        for layer in &self.layers {
            for (position, &vertex) in layer.iter().enumerate() {
                self.position[vertex] = position;
            }
        }
    }

    /// Orders the vertices of every layer.
    pub fn order(&mut self) {
        const SWEEPS: usize = 8;
        self.start();
        let mut best = (self.crossings(), self.layers.clone());
        for sweep in 0..SWEEPS {
            if best.0 == 0 {
                break;
            }
            self.sweep(sweep % 2 == 0);
            self.transpose();
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.layers.clone());
            }
        }
        self.layers = best.1;
        self.number();
    }

    /// First order: by a depth-first walk, so that what belongs together starts together.
    fn start(&mut self) {
        let mut visit = vec![usize::MAX; self.layer.len()];
        let mut clock = 0;
        let mut entrances: Vec<usize> = (0..self.layer.len()).collect();
        entrances.sort_by_key(|&vertex| (self.layer[vertex], vertex));
        for entrance in entrances {
            let mut stack = vec![entrance];
            while let Some(vertex) = stack.pop() {
                if visit[vertex] != usize::MAX {
                    continue;
                }
                visit[vertex] = clock;
                clock += 1;
                stack.extend(self.out[vertex].iter().rev().map(|&s| self.segments[s].to));
            }
        }
        for layer in &mut self.layers {
            layer.sort_by_key(|&vertex| visit[vertex]);
        }
        self.number();
    }

    fn sweep(&mut self, forth: bool) {
        let count = self.layers.len();
        for step in 1..count {
            let layer = if forth { step } else { count - 1 - step };
            let mut keyed: Vec<(f64, usize)> = self.layers[layer]
                .iter()
                .map(|&vertex| (self.barycentre(vertex, forth), vertex))
                .collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            self.layers[layer] = keyed.into_iter().map(|(_, vertex)| vertex).collect();
            for (position, &vertex) in self.layers[layer].iter().enumerate() {
                self.position[vertex] = position;
            }
        }
    }

    /// Mean position of the neighbours on one side; its own where it has none.
    fn barycentre(&self, vertex: usize, forth: bool) -> f64 {
        let neighbours = self.neighbours(vertex, forth);
        if neighbours.is_empty() {
            return self.position[vertex] as f64;
        }
        neighbours.iter().sum::<usize>() as f64 / neighbours.len() as f64
    }

    /// Sorted positions of the neighbours in the layer before (or after).
    fn neighbours(&self, vertex: usize, before: bool) -> Vec<usize> {
        let mut positions: Vec<usize> = if before {
            self.into[vertex]
                .iter()
                .map(|&s| self.position[self.segments[s].from])
                .collect()
        } else {
            self.out[vertex]
                .iter()
                .map(|&s| self.position[self.segments[s].to])
                .collect()
        };
        positions.sort_unstable();
        positions
    }

    /// Swaps neighbours while that removes crossings.
    fn transpose(&mut self) {
        const PASSES: usize = 4;
        let sides = |this: &Self, vertex| [true, false].map(|side| this.neighbours(vertex, side));
        for _ in 0..PASSES {
            let mut better = false;
            for layer in 0..self.layers.len() {
                // Swaps within a layer leave the positions in the layers beside it alone.
                let mut near: Vec<_> = self.layers[layer]
                    .iter()
                    .map(|&vertex| sides(self, vertex))
                    .collect();
                for upper in 0..near.len().saturating_sub(1) {
                    let now = pair_crossings(&near[upper], &near[upper + 1]);
                    if now > pair_crossings(&near[upper + 1], &near[upper]) {
                        near.swap(upper, upper + 1);
                        self.layers[layer].swap(upper, upper + 1);
                        better = true;
                    }
                }
                for (position, &vertex) in self.layers[layer].iter().enumerate() {
                    self.position[vertex] = position;
                }
            }
            if !better {
                break;
            }
        }
    }

    /// Crossings between all neighbouring layers (Barth, Jünger, Mutzel: "Simple and efficient
    /// bilayer cross counting", 2002: inversions of the sorted edge list, by an accumulator tree).
    pub fn crossings(&self) -> usize {
        let mut between = vec![Vec::new(); self.layers.len()];
        for segment in &self.segments {
            let ends = (self.position[segment.from], self.position[segment.to]);
            between[self.layer[segment.from]].push(ends);
        }
        between.iter_mut().map(|ends| inversions(ends)).sum()
    }
}

/// Crossings of the edges of two neighbours of a layer, the first one above: both sides.
fn pair_crossings(upper: &[Vec<usize>; 2], lower: &[Vec<usize>; 2]) -> usize {
    let side = |a: &[usize], b: &[usize]| -> usize {
        a.iter()
            .map(|&end| b.partition_point(|&other| other < end))
            .sum()
    };
    side(&upper[0], &lower[0]) + side(&upper[1], &lower[1])
}

fn inversions(ends: &mut [(usize, usize)]) -> usize {
    ends.sort_unstable();
    let size = ends.iter().map(|end| end.1 + 1).max().unwrap_or(0);
    let mut tree = vec![0_usize; size + 1];
    let mut crossings = 0;
    for (seen, &(_, to)) in ends.iter().enumerate() {
        let mut at = to + 1;
        let mut not_greater = 0;
        while at > 0 {
            not_greater += tree[at];
            at &= at - 1;
        }
        crossings += seen - not_greater;
        let mut at = to + 1;
        while at <= size {
            tree[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    crossings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_are_counted_and_removed() {
        // 0 and 1 call 2 and 3 crosswise.
        let mut layered = Layered::new(&[0, 0, 1, 1], &[(0, 3), (1, 2)]);
        assert_eq!(layered.crossings(), 1);
        layered.order();
        assert_eq!(layered.crossings(), 0);
    }

    #[test]
    fn long_edges_get_a_dummy_in_each_layer_between() {
        let layered = Layered::new(&[0, 1, 2, 3], &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        assert_eq!(layered.layer.len(), 6);
        assert_eq!(layered.chains[3].len(), 3);
    }
}
