//! Slices on tracks, as profilers record them, and the spans that they are: what the decoders of
//! Chrome's and Perfetto's traces share.
//!
//! A profiler knows no parents. Slices of one track (a thread, or the events of one asynchronous
//! id) are nested by time: the parent is the innermost slice around. One that overlaps another
//! only in part is beside it, below whatever holds it whole. All slices of an input are one trace.
//!
//! What a slice is called and what it carries is in the builder's dictionary already, so that
//! everything goes into one block; positions are those of the order of arrival.

mod spans;
mod sweep;

use std::ops::Range;

use crate::model::{BlockBuilder, PairIx, Sym, TraceId};
use spans::Spans;

/// The end of a slice that has none.
const OPEN: u64 = u64::MAX;

/// What was recorded, in whatever order.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    tracks: Vec<Track>,
    slices: Vec<Slice>,
    marks: Vec<Mark>,
    flows: Vec<Flow>,
    /// Attributes of slices and marks.
    pairs: Vec<PairIx>,
}

/// A track: what happens on it one after another, or nested.
#[derive(Debug, Default)]
struct Track {
    items: Vec<Item>,
}

/// Something at a time on a track.
#[derive(Debug, Clone, Copy)]
struct Item {
    time: u64,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// A slice with its end, by its index.
    Slice(u32),
    /// A slice whose end comes later.
    Begin(u32),
    /// The end of the innermost open slice, of this name if it has one. Name and attributes are
    /// those of a slice that stands for nothing else, by its index.
    End(u32),
    /// A point in time, by its index.
    Mark(u32),
    /// An end of an arrow, by its index.
    Flow(u32),
}

#[derive(Debug, Clone)]
struct Slice {
    track: u32,
    start: u64,
    end: u64,
    name: Sym,
    pairs: Range<u32>,
    /// Attributes that came with its end.
    more: Range<u32>,
    parent: Option<u32>,
    /// It is no slice but the end of one.
    is_end: bool,
}

#[derive(Debug)]
struct Mark {
    track: u32,
    time: u64,
    name: Sym,
    pairs: Range<u32>,
    slice: Option<u32>,
}

/// One end of an arrow between slices.
#[derive(Debug)]
struct Flow {
    key: u64,
    time: u64,
    to_next: bool,
    slice: Option<u32>,
}

/// A track of a [`Timeline`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TrackIx(u32);

impl TrackIx {
    /// Its place in the order in which tracks were made.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a slice or a mark is called and carries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'p> {
    pub name: Sym,
    pub pairs: &'p [PairIx],
}

/// What a track belongs to.
#[derive(Debug, Default, Clone)]
pub(super) struct Owner {
    /// Attributes of the process.
    pub process: Vec<PairIx>,
    /// Attributes of the thread, for each of its spans.
    pub thread: Vec<PairIx>,
}

impl Timeline {
    /// Another track.
    pub(super) fn track(&mut self) -> TrackIx {
        self.tracks.push(Track::default());
        TrackIx(self.tracks.len() as u32 - 1)
    }

    /// A slice from `start` to `end`, in nanoseconds.
    pub(super) fn slice(&mut self, track: TrackIx, start: u64, end: u64, named: Named<'_>) {
        let slice = self.add(track, start, end.min(OPEN - 1), named, false);
        self.put(track, start, What::Slice(slice));
    }

    /// The beginning of a slice.
    pub(super) fn begin(&mut self, track: TrackIx, time: u64, named: Named<'_>) {
        let slice = self.add(track, time, OPEN, named, false);
        self.put(track, time, What::Begin(slice));
    }

    /// The end of the innermost slice that is open then: of this name, if one of it is.
    pub(super) fn end(&mut self, track: TrackIx, time: u64, named: Named<'_>) {
        let end = self.add(track, time, time, named, true);
        self.put(track, time, What::End(end));
    }

    /// A point in time: an event of the slice around it.
    pub(super) fn mark(&mut self, track: TrackIx, time: u64, named: Named<'_>) {
        let pairs = self.keep(named.pairs);
        self.marks.push(Mark {
            track: track.0,
            time,
            name: named.name,
            pairs,
            slice: None,
        });
        self.put(track, time, What::Mark(self.marks.len() as u32 - 1));
    }

    /// An end of the arrow `key`, at the slice around it, or at the next one to begin. In the order
    /// of time, each end is linked to the one before it.
    pub(super) fn flow(&mut self, track: TrackIx, time: u64, key: u64, to_next: bool) {
        self.flows.push(Flow {
            key,
            time,
            to_next,
            slice: None,
        });
        self.put(track, time, What::Flow(self.flows.len() as u32 - 1));
    }

    fn add(&mut self, track: TrackIx, start: u64, end: u64, named: Named<'_>, is_end: bool) -> u32 {
        let pairs = self.keep(named.pairs);
        self.slices.push(Slice {
            track: track.0,
            start,
            end,
            name: named.name,
            pairs,
            more: 0..0,
            parent: None,
            is_end,
        });
        self.slices.len() as u32 - 1
    }

    fn keep(&mut self, pairs: &[PairIx]) -> Range<u32> {
        let from = self.pairs.len() as u32;
        self.pairs.extend_from_slice(pairs);
        from..self.pairs.len() as u32
    }

    fn put(&mut self, track: TrackIx, time: u64, what: What) {
        if let Some(track) = self.tracks.get_mut(track.0 as usize) {
            track.items.push(Item { time, what });
        }
    }

    /// Puts all slices as spans of one trace into the block, each track with its owner. `shift` is
    /// added to all times. Returns how many ends had no beginning.
    pub(super) fn add_to(
        mut self,
        builder: &mut BlockBuilder,
        trace_id: TraceId,
        shift: i128,
        owner: impl Fn(TrackIx) -> Owner,
    ) -> u64 {
        let mut unmatched = 0;
        let tracks = std::mem::take(&mut self.tracks);
        let owners: Vec<Owner> = (0..tracks.len() as u32)
            .map(|ix| owner(TrackIx(ix)))
            .collect();
        for track in tracks {
            unmatched += self.sweep(track.items);
        }
        Spans::new(&self, &owners, trace_id, shift).add_all(builder);
        unmatched
    }

    fn pairs_of(&self, range: &Range<u32>) -> &[PairIx] {
        let range = range.start as usize..range.end as usize;
        self.pairs.get(range).unwrap_or_default()
    }

    /// Marks within slices, by slice and time.
    fn marks_by_slice(&self) -> Vec<(u32, u32)> {
        let marks = self.marks.iter().zip(0_u32..);
        let mut by_slice: Vec<(u32, u32)> = marks
            .filter_map(|(mark, index)| Some((mark.slice?, index)))
            .collect();
        by_slice.sort_by_key(|&(slice, mark)| {
            (
                slice,
                self.marks.get(mark as usize).map(|mark| mark.time),
                mark,
            )
        });
        by_slice
    }

    /// Pairs of slices: the first is linked to the second, where the arrow came from.
    fn links(&self) -> Vec<(u32, u32)> {
        let mut ends: Vec<&Flow> = self
            .flows
            .iter()
            .filter(|flow| flow.slice.is_some())
            .collect();
        ends.sort_by_key(|flow| (flow.key, flow.time));
        let pairs = ends.windows(2).filter_map(|pair| match pair {
            [from, to] if from.key == to.key && from.slice != to.slice => {
                Some((to.slice?, from.slice?))
            }
            _ => None,
        });
        let mut links: Vec<(u32, u32)> = pairs.collect();
        links.sort_unstable();
        links.dedup();
        links
    }
}

#[cfg(test)]
mod tests;
