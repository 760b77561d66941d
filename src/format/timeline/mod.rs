//! Slices on tracks, as profilers record them, and the spans that they are: what the decoders of
//! Chrome's and Perfetto's traces share.
//!
//! A profiler knows no parents. Slices of one track (a thread, or the events of one asynchronous
//! id) are nested by time: the parent is the innermost slice around. One that overlaps another
//! only in part is beside it, below whatever holds it whole. All slices of an input are one trace.
//!
//! Parents are known when all slices are: a timeline is kept until its input ends, in a dictionary of
//! its own, and poured into blocks then. One that grows too large is poured before, and only what is
//! open stays; what began before cannot be the parent of what comes after it, unless it is open.

mod pour;
mod sweep;

use std::ops::Range;

use crate::model::{BlockBuilder, PairIx, Sym};

pub(super) use pour::{Owner, Whole};

/// The end of a slice that has none.
const OPEN: u64 = u64::MAX;

/// What was recorded, in whatever order.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    /// Names and attributes, in the dictionary of a block without spans.
    pub names: BlockBuilder,
    tracks: Vec<Track>,
    /// In the order of arrival, behind those that were open when the others were poured.
    slices: Vec<Slice>,
    /// What is known of the slices in front from before.
    carried: Vec<Carried>,
    /// Ids that were given to spans before.
    ids: u64,
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

/// What stays of an open slice when others are poured.
#[derive(Debug, Clone, Copy)]
struct Carried {
    id: u64,
    parent: u64,
}

#[derive(Debug, Clone)]
struct Mark {
    track: u32,
    time: u64,
    name: Sym,
    pairs: Range<u32>,
    slice: Option<u32>,
}

/// One end of an arrow between slices.
#[derive(Debug, Clone, Copy)]
struct Flow {
    track: u32,
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

    /// The track at a place.
    pub(super) fn of(index: usize) -> Self {
        Self(index as u32)
    }
}

/// What a slice or a mark is called and carries.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named<'p> {
    pub name: Sym,
    pub pairs: &'p [PairIx],
}

impl Timeline {
    /// Heap bytes, about.
    pub(super) fn bytes(&self) -> usize {
        // The dictionary's tables take about as much again as what is in it.
        self.names.bytes() * 2
            + self.tracks.len() * size_of::<Track>()
            + self.slices.len() * (size_of::<Slice>() + size_of::<Item>())
            + self.marks.len() * (size_of::<Mark>() + size_of::<Item>())
            + self.flows.len() * (size_of::<Flow>() + size_of::<Item>())
            + self.pairs.len() * size_of::<PairIx>()
    }

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
            track: track.0,
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

    fn pairs_of(&self, range: &Range<u32>) -> &[PairIx] {
        let range = range.start as usize..range.end as usize;
        self.pairs.get(range).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
