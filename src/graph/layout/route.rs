//! Step 6: the columns on which edges change rows between two layers.
//!
//! This is channel routing (Hashimoto and Stevens, "Wire routing by optimizing channel assignment
//! within large apertures", 1971; Deutsch, "A dogleg channel router", 1976) turned by 90 degrees.
//! All edges that leave one port are one net: a trunk with branches. A net that leaves on a row
//! on which another arrives must turn off before that one turns in; where such wishes form a
//! cycle one net takes a detour over a free row.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The ends of a segment in a channel: the row on which it leaves and the one it arrives on.
pub(super) type Rows = (i32, i32);

/// How the segments of one channel run.
#[derive(Debug, Default)]
pub(super) struct Channel {
    /// Columns used for turning.
    pub tracks: i32,
    /// Of each net, by the row it leaves on: the turns (track, the row to go on with); the last
    /// turn's row is the one on which the segment arrives.
    turns: HashMap<i32, Turns>,
}

#[derive(Clone, Copy, Debug)]
struct Turns {
    track: i32,
    /// The detour's row and second track.
    detour: Option<(i32, i32)>,
}

impl Channel {
    /// Assigns tracks to the segments of a channel.
    pub fn new(segments: &[Rows]) -> Self {
        let mut nets = nets(segments);
        let mut taken: BTreeSet<i32> = segments.iter().flat_map(|&(a, b)| [a, b]).collect();
        loop {
            match assign(&nets) {
                Ok(tracks) => return Self::collect(&nets, &tracks),
                Err(stuck) => detour(&mut nets, stuck, &mut taken),
            }
        }
    }

    /// The turns of a segment: (track, row to go on with), from left to right.
    pub fn turns(&self, (leaves, arrives): Rows) -> Vec<(i32, i32)> {
        let turns = self.turns.get(&leaves).filter(|_| leaves != arrives);
        match turns {
            None => Vec::new(),
            Some(Turns {
                track,
                detour: None,
            }) => vec![(*track, arrives)],
            Some(Turns {
                track,
                detour: Some((row, second)),
            }) => {
                vec![(*track, *row), (*second, arrives)]
            }
        }
    }

    fn collect(nets: &[Net], tracks: &[i32]) -> Self {
        let mut channel = Self::default();
        for (net, &track) in nets.iter().zip(tracks) {
            channel.tracks = channel.tracks.max(track + 1);
            let detour = net
                .detour
                .and_then(|tail| Some((nets.get(tail)?.source, tracks.get(tail).copied()?)));
            if !net.is_tail {
                channel.turns.insert(net.source, Turns { track, detour });
            }
        }
        channel
    }
}

/// What leaves on one row, and the rows it arrives on.
#[derive(Debug)]
struct Net {
    source: i32,
    pins: BTreeSet<i32>,
    /// The second half of a net that takes a detour.
    detour: Option<usize>,
    is_tail: bool,
}

impl Net {
    fn span(&self) -> (i32, i32) {
        let low = self.pins.first().copied().unwrap_or(self.source);
        let high = self.pins.last().copied().unwrap_or(self.source);
        (low.min(self.source), high.max(self.source))
    }

    /// Among nets that go down the lowest turns first, among those that go up the highest: so
    /// nets that go the same way do not cross.
    fn preference(&self) -> i32 {
        let (low, high) = self.span();
        if high - self.source >= self.source - low {
            -self.source
        } else {
            self.source
        }
    }
}

/// The nets that need a track: straight ones do not.
fn nets(segments: &[Rows]) -> Vec<Net> {
    let mut pins: BTreeMap<i32, BTreeSet<i32>> = BTreeMap::new();
    for &(leaves, arrives) in segments {
        pins.entry(leaves).or_default().insert(arrives);
    }
    pins.into_iter()
        .filter(|(source, pins)| pins.iter().any(|pin| pin != source))
        .map(|(source, pins)| Net {
            source,
            pins,
            detour: None,
            is_tail: false,
        })
        .collect()
}

/// The track of each net, or a net of a cycle of conflicting wishes.
fn assign(nets: &[Net]) -> Result<Vec<i32>, usize> {
    let (after, mut waiting) = precedence(nets);
    let mut ready: BTreeSet<(i32, usize)> = (0..nets.len())
        .filter(|&net| waiting[net] == 0)
        .map(|net| (nets[net].preference(), net))
        .collect();
    let mut first = vec![0_usize; nets.len()];
    let mut tracks = vec![-1; nets.len()];
    let mut spans: Vec<Vec<(i32, i32)>> = Vec::new();
    while let Some((_, net)) = ready.pop_first() {
        let (low, high) = nets[net].span();
        let free = |used: &Vec<(i32, i32)>| used.iter().all(|&(l, h)| high < l || h < low);
        let track = (first[net]..spans.len())
            .find(|&track| free(&spans[track]))
            .unwrap_or(spans.len().max(first[net]));
        if track >= spans.len() {
            spans.resize_with(track + 1, Vec::new);
        }
        spans[track].push((low, high));
        tracks[net] = track as i32;
        for &next in &after[net] {
            first[next] = first[next].max(track + 1);
            waiting[next] -= 1;
            if waiting[next] == 0 {
                ready.insert((nets[next].preference(), next));
            }
        }
    }
    let stuck = |net: &usize| tracks[*net] < 0;
    // A tail waits for its head only: never what a cycle hangs on.
    match (0..nets.len())
        .filter(stuck)
        .find(|&net| !nets[net].is_tail && nets[net].detour.is_none())
    {
        Some(net) => Err(net),
        None => Ok(tracks),
    }
}

/// Which nets must turn after each net, and for how many each has to wait.
fn precedence(nets: &[Net]) -> (Vec<Vec<usize>>, Vec<usize>) {
    let heads = nets.iter().enumerate().filter(|(_, net)| !net.is_tail);
    let leaving: HashMap<i32, usize> = heads.map(|(index, net)| (net.source, index)).collect();
    let mut after = vec![Vec::new(); nets.len()];
    let mut waiting = vec![0; nets.len()];
    let mut before = |first: usize, then: usize| {
        after[first].push(then);
        waiting[then] += 1;
    };
    for (index, net) in nets.iter().enumerate() {
        for pin in &net.pins {
            // A net that only goes straight on has no track: with it one may merge at any place.
            if let Some(&other) = leaving.get(pin).filter(|&&other| other != index) {
                before(other, index);
            }
        }
        if let Some(tail) = net.detour {
            before(index, tail);
        }
    }
    (after, waiting)
}

/// Splits a net in two that meet on a row nobody else uses.
fn detour(nets: &mut Vec<Net>, net: usize, taken: &mut BTreeSet<i32>) {
    let tail = nets.len();
    let Some(head) = nets.get_mut(net) else {
        return;
    };
    let (low, high) = head.span();
    let middle = i32::midpoint(low, high);
    let near = (0..).flat_map(|step| [middle + step, middle - step]);
    let row = near
        .into_iter()
        .find(|row| !taken.contains(row))
        .unwrap_or(middle);
    taken.insert(row);
    let pins = std::mem::replace(&mut head.pins, BTreeSet::from([row]));
    head.detour = Some(tail);
    nets.push(Net {
        source: row,
        pins,
        detour: None,
        is_tail: true,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_turns_off_before_another_turns_in_on_its_row() {
        // Row 0 goes to row 2, row 2 goes to row 4: the second must turn first.
        let channel = Channel::new(&[(0, 2), (2, 4)]);
        assert_eq!(channel.turns((2, 4)), [(0, 4)]);
        assert_eq!(channel.turns((0, 2)), [(1, 2)]);
    }

    #[test]
    fn a_swap_takes_a_detour() {
        let channel = Channel::new(&[(0, 2), (2, 0)]);
        let turns = channel.turns((0, 2));
        assert_eq!(turns.len(), 2, "{channel:?}");
        assert_eq!((turns[0].1, turns[1].1), (1, 2));
        assert!(turns[0].0 < turns[1].0);
        assert_eq!(channel.turns((2, 0)).len(), 1);
    }

    #[test]
    fn branches_share_one_trunk() {
        let channel = Channel::new(&[(5, 1), (5, 5), (5, 9)]);
        assert_eq!(channel.tracks, 1);
        assert!(channel.turns((5, 5)).is_empty());
    }
}
