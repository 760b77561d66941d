//! Step 5: the row of each vertex.
//!
//! Layer by layer, every vertex wishes for the row that makes its edges straight (the weighted
//! median of its neighbours' ports; long edges weigh most), and the wishes are fulfilled as far
//! as the order and the gaps allow, exactly and in linear time: least squares under an order is
//! isotonic regression, solved by pooling adjacent violators (Barlow et al. 1972). The priorities
//! follow Gansner et al. 1993, §4.

use super::order::Layered;
use super::ports::Ports;

/// Rows of the tops of all vertices, the topmost at 0. `gap` rows stay free between boxes.
pub(super) fn rows(layered: &Layered, ports: &Ports, heights: &[i32], gap: i32) -> Vec<i32> {
    const SWEEPS: usize = 8;
    let mut row = vec![0; heights.len()];
    for layer in &layered.layers {
        let wishes: Vec<Wish> = layer
            .iter()
            .map(|_| Wish {
                row: 0,
                weight: 1.0,
            })
            .collect();
        fulfil(layered, layer, &wishes, heights, gap, &mut row);
    }
    for sweep in 0..SWEEPS {
        let forth = sweep % 2 == 0;
        let count = layered.layers.len();
        for step in 0..count {
            let layer = &layered.layers[if forth { step } else { count - 1 - step }];
            let wishes: Vec<Wish> = layer
                .iter()
                .map(|&vertex| wish(layered, ports, &row, vertex, forth))
                .collect();
            fulfil(layered, layer, &wishes, heights, gap, &mut row);
        }
    }
    let top = row.iter().copied().min().unwrap_or(0);
    row.iter().map(|row| row - top).collect()
}

#[derive(Clone, Copy)]
struct Wish {
    row: i32,
    weight: f64,
}

/// Where a vertex would stand if only the neighbours on one side mattered.
fn wish(layered: &Layered, ports: &Ports, row: &[i32], vertex: usize, before: bool) -> Wish {
    let segments = if before {
        &layered.into[vertex]
    } else {
        &layered.out[vertex]
    };
    let mut wishes: Vec<(i32, u32)> = segments
        .iter()
        .map(|&index| {
            let segment = layered.segments[index];
            let dummies = [segment.from, segment.to].map(|end| u32::from(layered.is_dummy(end)));
            let weight = [1, 2, 8][(dummies[0] + dummies[1]) as usize];
            let (leaves, arrives) = (ports.leaves[index], ports.arrives[index]);
            let row = if before {
                row[segment.from] + leaves - arrives
            } else {
                row[segment.to] + arrives - leaves
            };
            (row, weight)
        })
        .collect();
    wishes.sort_unstable();
    let total: u32 = wishes.iter().map(|wish| wish.1).sum();
    let mut below = 0;
    for &(row, weight) in &wishes {
        below += weight;
        if 2 * below >= total {
            return Wish {
                row,
                weight: f64::from(total),
            };
        }
    }
    Wish {
        row: row[vertex],
        weight: 0.1,
    }
}

/// Gives a layer's vertices the rows nearest to their wishes that keep order and gaps.
fn fulfil(
    layered: &Layered,
    layer: &[usize],
    wishes: &[Wish],
    heights: &[i32],
    gap: i32,
    row: &mut [i32],
) {
    // With the least distances taken off, "in order and apart" becomes "not decreasing".
    let mut offset = 0;
    let mut offsets = Vec::with_capacity(layer.len());
    for (at, &vertex) in layer.iter().enumerate() {
        offsets.push(offset);
        let below = layer.get(at + 1);
        let lines = layered.is_dummy(vertex) && below.is_some_and(|&v| layered.is_dummy(v));
        offset += heights[vertex] + if lines { 0 } else { gap };
    }
    let wanted = wishes.iter().zip(&offsets);
    let pooled = pool(wanted.map(|(wish, offset)| (f64::from(wish.row - offset), wish.weight)));
    for ((&vertex, offset), level) in layer.iter().zip(&offsets).zip(pooled) {
        row[vertex] = (level + 0.5).floor() as i32 + offset;
    }
}

/// The non-decreasing sequence nearest to the wanted values by weighted least squares.
fn pool(wanted: impl Iterator<Item = (f64, f64)>) -> Vec<f64> {
    struct Block {
        mean: f64,
        weight: f64,
        members: usize,
    }
    let mut blocks: Vec<Block> = Vec::new();
    for (value, weight) in wanted {
        let mut block = Block {
            mean: value,
            weight,
            members: 1,
        };
        while let Some(above) = blocks.pop_if(|above| above.mean > block.mean) {
            let weight = above.weight + block.weight;
            block.mean = (above.mean * above.weight + block.mean * block.weight) / weight;
            block.weight = weight;
            block.members += above.members;
        }
        blocks.push(block);
    }
    blocks
        .iter()
        .flat_map(|block| std::iter::repeat_n(block.mean, block.members))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn violators_are_pooled() {
        let wanted = [(1.0, 1.0), (4.0, 1.0), (2.0, 1.0), (9.0, 1.0)];
        assert_eq!(pool(wanted.into_iter()), [1.0, 3.0, 3.0, 9.0]);
    }
}
