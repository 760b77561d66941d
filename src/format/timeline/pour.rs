//! From slices to spans: ids, events, links, and what stays where not all is poured.

use std::collections::HashMap;
use std::mem;

use super::{Carried, Flow, Mark, Named, OPEN, Slice, Timeline, TrackIx};
use crate::format::output::Output;
use crate::model::{
    Appender, Block, BlockBuilder, Kind, PairIx, ResourceFields, ResourceIx, ScopeFields,
    SpanFields, SpanId, Status, Sym, Time, TraceId,
};

/// Spans after which the block is offered.
const CHUNK: usize = 16 << 10;

/// What a track belongs to.
#[derive(Debug, Default, Clone)]
pub(in crate::format) struct Owner {
    /// Attributes of the process.
    pub process: Vec<PairIx>,
    /// Attributes of the thread, for each of its spans.
    pub thread: Vec<PairIx>,
}

/// What all spans have in common.
#[derive(Clone, Copy)]
pub(in crate::format) struct Whole<'o> {
    pub trace_id: TraceId,
    /// Nanoseconds that are added to all times.
    pub shift: i128,
    /// What a track belongs to, in the dictionary of the builder.
    pub owner: &'o dyn Fn(TrackIx, &mut BlockBuilder) -> Owner,
}

impl Timeline {
    /// Pours all that was recorded into blocks, as spans of one trace; unless it is `all`, open
    /// slices stay, and the tracks on which there are some: it returns them in their new order.
    /// Returns also how many ends had no beginning.
    pub(in crate::format) fn pour(
        &mut self,
        whole: Whole<'_>,
        all: bool,
        out: &mut Output<'_>,
    ) -> (Vec<TrackIx>, u64) {
        let mut unmatched = 0;
        for track in 0..self.tracks.len() {
            let items = self.tracks.get_mut(track).map(|track| &mut track.items);
            let items = items.map(mem::take).unwrap_or_default();
            unmatched += self.sweep(items);
        }
        let names = self.names.finish();
        let stays = |slice: &Slice| !all && !slice.is_end && slice.end == OPEN;
        let pouring = Pouring {
            marks: self.marks_by_slice(),
            links: self.links(),
            timeline: self,
            names: &names,
            stays: &stays,
            whole,
        };
        pouring.all(out);
        let rest = self.rest(&names, &stays);
        let tracks = mem::replace(self, rest).tracks_that_stay(&stays);
        (tracks, unmatched)
    }

    /// The id of the slice at an index.
    fn id(&self, index: u32) -> u64 {
        match self.carried.get(index as usize) {
            Some(carried) => carried.id,
            None => self.ids + u64::from(index) + 1 - self.carried.len() as u64,
        }
    }

    fn parent(&self, index: u32) -> u64 {
        let known = self.carried.get(index as usize).map(|known| known.parent);
        known.unwrap_or_else(|| {
            let slice = self.slices.get(index as usize);
            let parent = slice.and_then(|slice| slice.parent);
            parent.map_or(0, |parent| self.id(parent))
        })
    }

    /// Marks within slices, by slice and time.
    fn marks_by_slice(&self) -> Vec<(u32, u32)> {
        let marks = self.marks.iter().zip(0_u32..);
        let mut by_slice: Vec<(u32, u32)> = marks
            .filter_map(|(mark, index)| Some((mark.slice?, index)))
            .collect();
        by_slice.sort_by_key(|&(slice, mark)| {
            let time = self.marks.get(mark as usize).map(|mark| mark.time);
            (slice, time, mark)
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

    /// The tracks on which there are slices that stay, each once, in the order of the slices.
    fn tracks_that_stay(&self, stays: &dyn Fn(&Slice) -> bool) -> Vec<TrackIx> {
        let mut tracks = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for slice in self.slices.iter().filter(|slice| stays(slice)) {
            if seen.insert(slice.track) {
                tracks.push(TrackIx(slice.track));
            }
        }
        tracks
    }

    /// What stays: open slices with the marks and arrows on them.
    fn rest(&self, names: &Block, stays: &dyn Fn(&Slice) -> bool) -> Self {
        let mut rest = Self {
            ids: self.ids + (self.slices.len() - self.carried.len() + self.marks.len()) as u64,
            ..Self::default()
        };
        let mut dictionary = BlockBuilder::new();
        let mut appender = dictionary.append(names);
        let tracks = self.tracks_that_stay(stays).into_iter();
        let tracks: HashMap<u32, TrackIx> = tracks.map(|old| (old.0, rest.track())).collect();
        let mut slices = HashMap::new();
        for (slice, index) in self.slices.iter().zip(0_u32..) {
            let Some(&track) = tracks.get(&slice.track).filter(|_| stays(slice)) else {
                continue;
            };
            rest.carried.push(Carried {
                id: self.id(index),
                parent: self.parent(index),
            });
            slices.insert(index, rest.slices.len());
            let (name, pairs) = mapped(&mut appender, slice.name, self.pairs_of(&slice.pairs));
            rest.begin(
                track,
                slice.start,
                Named {
                    name,
                    pairs: &pairs,
                },
            );
        }
        let stayed = |slice: Option<u32>| slice.is_some_and(|slice| slices.contains_key(&slice));
        for mark in self.marks.iter().filter(|mark| stayed(mark.slice)) {
            let (name, pairs) = mapped(&mut appender, mark.name, self.pairs_of(&mark.pairs));
            if let Some(&track) = tracks.get(&mark.track) {
                rest.mark(
                    track,
                    mark.time,
                    Named {
                        name,
                        pairs: &pairs,
                    },
                );
            }
        }
        for flow in self.flows.iter().filter(|flow| stayed(flow.slice)) {
            if let Some(&track) = tracks.get(&flow.track) {
                rest.flow(track, flow.time, flow.key, false);
            }
        }
        rest.names = dictionary;
        rest
    }
}

fn mapped(appender: &mut Appender<'_>, name: Sym, pairs: &[PairIx]) -> (Sym, Vec<PairIx>) {
    let pairs = pairs.iter().map(|&pair| appender.pair(pair)).collect();
    (appender.string(name), pairs)
}

/// A timeline on its way into blocks.
struct Pouring<'t> {
    timeline: &'t Timeline,
    names: &'t Block,
    /// Marks and links by slice.
    marks: Vec<(u32, u32)>,
    links: Vec<(u32, u32)>,
    stays: &'t dyn Fn(&Slice) -> bool,
    whole: Whole<'t>,
}

/// What goes into a block: names and owners are interned once in each.
struct Into<'b> {
    appender: Appender<'b>,
    owners: HashMap<u32, (ResourceIx, Vec<PairIx>)>,
}

/// A slice, or a mark that is in none.
struct Row<'t> {
    track: u32,
    id: u64,
    parent: u64,
    start: u64,
    end: Option<u64>,
    name: Sym,
    pairs: [&'t [PairIx]; 2],
}

impl Pouring<'_> {
    fn all(&self, out: &mut Output<'_>) {
        let slices = (0..self.timeline.slices.len() as u32).collect::<Vec<_>>();
        for chunk in slices.chunks(CHUNK) {
            let mut into = self.into(out.builder);
            for &index in chunk {
                self.slice(index, &mut into);
            }
            out.offer();
        }
        let first = self.timeline.ids + 1 + (slices.len() - self.timeline.carried.len()) as u64;
        for (chunk, at) in self.timeline.marks.chunks(CHUNK).zip(0_u64..) {
            let mut into = self.into(out.builder);
            for (mark, id) in chunk.iter().zip(first + at * CHUNK as u64..) {
                self.lone_mark(mark, id, &mut into);
            }
            out.offer();
        }
    }

    fn into<'b>(&'b self, builder: &'b mut BlockBuilder) -> Into<'b> {
        Into {
            appender: builder.append(self.names),
            owners: HashMap::new(),
        }
    }

    fn slice(&self, index: u32, into: &mut Into<'_>) {
        let timeline = self.timeline;
        let slice = timeline.slices.get(index as usize);
        let Some(slice) = slice.filter(|slice| !slice.is_end && !(self.stays)(slice)) else {
            return;
        };
        let row = Row {
            track: slice.track,
            id: timeline.id(index),
            parent: timeline.parent(index),
            start: slice.start,
            end: (slice.end != OPEN).then_some(slice.end),
            name: slice.name,
            pairs: [&slice.pairs, &slice.more].map(|range| timeline.pairs_of(range)),
        };
        self.span(&row, into);
        for &(_, mark) in of_slice(&self.marks, index) {
            if let Some(mark) = timeline.marks.get(mark as usize) {
                let pairs = timeline.pairs_of(&mark.pairs);
                let (name, pairs) = mapped(&mut into.appender, mark.name, pairs);
                let time = self.time(mark.time);
                into.appender.builder().event(time, name, &pairs, 0);
            }
        }
        for &(_, from) in of_slice(&self.links, index) {
            let (trace, from) = (self.whole.trace_id, SpanId(timeline.id(from)));
            let builder = into.appender.builder();
            builder.link(trace, from, &[], Sym::EMPTY, 0, 0);
        }
    }

    /// A mark outside of slices is a span without length.
    fn lone_mark(&self, mark: &Mark, id: u64, into: &mut Into<'_>) {
        if mark.slice.is_none() {
            let row = Row {
                track: mark.track,
                id,
                parent: 0,
                start: mark.time,
                end: Some(mark.time),
                name: mark.name,
                pairs: [self.timeline.pairs_of(&mark.pairs), &[]],
            };
            self.span(&row, into);
        }
    }

    fn span(&self, row: &Row<'_>, into: &mut Into<'_>) {
        let [own, more] = row.pairs;
        let more = more.iter().filter(|pair| !own.contains(pair));
        let pairs = own.iter().chain(more);
        let appender = &mut into.appender;
        let mut pairs: Vec<PairIx> = pairs.map(|&pair| appender.pair(pair)).collect();
        let operation = appender.string(row.name);
        let builder = appender.builder();
        let (resource, thread) = into.owners.entry(row.track).or_insert_with(|| {
            let owner = (self.whole.owner)(TrackIx(row.track), builder);
            let fields = ResourceFields {
                attributes: &owner.process,
                ..ResourceFields::default()
            };
            (builder.resource(fields), owner.thread)
        });
        pairs.extend_from_slice(thread);
        let fields = SpanFields {
            trace_id: self.whole.trace_id,
            span_id: SpanId(row.id),
            parent_id: SpanId(row.parent),
            start: self.time(row.start),
            end: row.end.map(|end| self.time(end)),
            operation,
            kind: Kind::Internal,
            status: Status::Unset,
            error: false,
            resource: *resource,
            scope: builder.scope(ScopeFields::default()),
        };
        builder.span(&fields, &pairs);
    }

    fn time(&self, time: u64) -> Time {
        Time::of_nanos(i128::from(time).saturating_add(self.whole.shift))
    }
}

/// The entries of a sorted list that belong to a slice.
fn of_slice(list: &[(u32, u32)], slice: u32) -> &[(u32, u32)] {
    let from = list.partition_point(|&(of, _)| of < slice);
    let to = list.partition_point(|&(of, _)| of <= slice);
    list.get(from..to).unwrap_or_default()
}
