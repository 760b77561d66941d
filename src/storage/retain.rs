//! What is kept longer than its generation: traces that somebody looks at or has pinned, and of a
//! generation that goes for the first time failed traces, slow ones and those of a rare shape.

use hashbrown::HashMap;

use super::generation::{Entry, Generation};
use super::names::NameHashes;
use super::state::State;
use super::stats::{ERROR, RARE, Reason, SLOW, WANTED};

/// Traces of one root operation from which on *slow* and *rare* mean something.
const ENOUGH_ALIKE: usize = 30;

/// Of the traces of one root operation, one in so many may be called slow.
const SLOWEST: usize = 100;

/// If more than one in so many traces of a root operation have a shape of their own, that is how
/// they are, and none is rare.
const ALL_DIFFERENT: usize = 20;

/// A trace that is kept: its entry, and why.
pub(super) type Kept = (u32, Reason);

/// Traces of one root operation: their entries.
type Alike = Vec<u32>;

impl State {
    /// The traces of a generation that are wanted, and as far as `bytes` go those that tell
    /// most: half of that for errors, half of what is left for slow ones, the rest for rare ones.
    pub(super) fn worth_keeping(&self, view: &Generation, bytes: u64) -> Vec<Kept> {
        let all = view.traces.iter().zip(0..);
        let wanted = all.filter(|(entry, _)| self.is_wanted(entry.id));
        let mut kept: HashMap<u32, Reason> = wanted.map(|(_, index)| (index, WANTED)).collect();
        if bytes > 0 {
            let groups = alike(view);
            let claims = [
                (ERROR, failed(view), 2),
                (SLOW, slow(view, &groups), 2),
                (RARE, self.rare(view, &groups), 1),
            ];
            let mut left = bytes;
            for (reason, traces, share) in claims {
                let mut claim = left / share;
                for index in traces {
                    let need = view.traces.get(index as usize).map_or(0, |e| e.bytes);
                    if need <= claim && !kept.contains_key(&index) {
                        kept.insert(index, reason);
                        claim -= need;
                        left -= need;
                    }
                }
            }
        }
        let mut kept: Vec<Kept> = kept.into_iter().collect();
        kept.sort_unstable();
        kept
    }

    /// Traces that are the only ones of their shape among many of their root operation.
    fn rare(&self, view: &Generation, groups: &[Alike]) -> Vec<u32> {
        let shapes = self.shapes(view);
        let shape = |index: u32| shapes.get(index as usize).copied().unwrap_or(0);
        let mut rare = Vec::new();
        for traces in groups {
            let mut alone: HashMap<u128, Option<u32>> = HashMap::new();
            for &index in traces {
                alone
                    .entry(shape(index))
                    .and_modify(|one| *one = None)
                    .or_insert(Some(index));
            }
            let alone: Vec<u32> = alone.into_values().flatten().collect();
            if alone.len() * ALL_DIFFERENT <= traces.len() {
                rare.extend(alone);
            }
        }
        rare.sort_unstable();
        rare
    }

    /// Which operations of which services each trace has, however often: a set of bits, two for
    /// each operation, in which a few may coincide.
    fn shapes(&self, view: &Generation) -> Vec<u128> {
        let mut shapes = vec![0_u128; view.traces.len()];
        for part in &view.parts {
            let names = NameHashes::new(&part.block, &self.hasher);
            for span in part.block.spans() {
                let (service, operation) = names.of(span);
                let mixed =
                    (service.rotate_left(32) ^ operation).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                if let Some(shape) = shapes.get_mut(part.entry_of(span.row()) as usize) {
                    *shape |= 1 << (mixed >> 57) | 1 << (mixed >> 50 & 127);
                }
            }
        }
        shapes
    }
}

/// Traces with an error, in order of arrival.
fn failed(view: &Generation) -> Vec<u32> {
    let failed = view
        .traces
        .iter()
        .zip(0..)
        .filter(|(entry, _)| entry.errors > 0);
    failed.map(|(_, index)| index).collect()
}

/// The traces of each root operation that has enough of its like.
fn alike(view: &Generation) -> Vec<Alike> {
    let mut groups: HashMap<(&str, &str), Alike> = HashMap::new();
    for (entry, index) in view.traces.iter().zip(0..) {
        if let Some(root) = view.span(entry.root) {
            let of = (root.service(), root.operation());
            groups.entry(of).or_default().push(index);
        }
    }
    let enough = |traces: &Alike| traces.len() >= ENOUGH_ALIKE;
    groups.into_values().filter(enough).collect()
}

/// The slowest hundredth of each root operation, the slowest of all first.
fn slow(view: &Generation, groups: &[Alike]) -> Vec<u32> {
    let duration = |entry: &Entry| entry.end.since(entry.start).0;
    let mut slow: Vec<(u64, u32)> = Vec::new();
    for traces in groups {
        let took = |&index: &u32| {
            let entry = view.traces.get(index as usize);
            (entry.map_or(0, duration), index)
        };
        let mut traces: Vec<(u64, u32)> = traces.iter().map(took).collect();
        let most = traces.len() / SLOWEST + 1;
        traces.select_nth_unstable_by(most - 1, |a, b| b.cmp(a));
        slow.extend_from_slice(traces.get(..most).unwrap_or_default());
    }
    slow.sort_unstable_by(|a, b| b.cmp(a));
    slow.into_iter().map(|(_, index)| index).collect()
}
