//! From slices, marks and arrows to spans, events and links.

use super::{OPEN, Owner, Timeline};
use crate::format::row::instant;
use crate::model::{
    BlockBuilder, Kind, PairIx, ResourceFields, ResourceIx, ScopeFields, SpanFields, SpanId,
    Status, Sym, Time, TraceId,
};

/// Spans on their way into a block.
pub(super) struct Spans<'t> {
    timeline: &'t Timeline,
    owners: &'t [Owner],
    resources: Vec<Option<ResourceIx>>,
    /// Marks and links by slice; what has been added is taken from the front.
    marks: Vec<(u32, u32)>,
    links: Vec<(u32, u32)>,
    trace_id: TraceId,
    shift: i128,
    pairs: Vec<PairIx>,
}

impl<'t> Spans<'t> {
    /// Those of a timeline, with the owner of each track.
    pub(super) fn new(
        timeline: &'t Timeline,
        owners: &'t [Owner],
        trace_id: TraceId,
        shift: i128,
    ) -> Self {
        Self {
            timeline,
            owners,
            resources: vec![None; owners.len()],
            marks: timeline.marks_by_slice(),
            links: timeline.links(),
            trace_id,
            shift,
            pairs: Vec::new(),
        }
    }

    /// Adds all slices, then the marks outside of them.
    pub(super) fn add_all(&mut self, builder: &mut BlockBuilder) {
        for index in 0..self.timeline.slices.len() as u32 {
            self.add(index, builder);
        }
        self.add_lone_marks(builder);
    }

    fn add(&mut self, index: u32, builder: &mut BlockBuilder) {
        let Some(slice) = self
            .timeline
            .slices
            .get(index as usize)
            .filter(|slice| !slice.is_end)
        else {
            return;
        };
        self.pairs.clear();
        let own = self.timeline.pairs_of(&slice.pairs);
        let more = self.timeline.pairs_of(&slice.more).iter();
        self.pairs.extend_from_slice(own);
        self.pairs.extend(more.filter(|pair| !own.contains(pair)));
        let end = (slice.end != OPEN).then_some(slice.end);
        let id = (
            u64::from(index) + 1,
            slice.parent.map_or(0, |parent| u64::from(parent) + 1),
        );
        self.span(slice.track, id, slice.start, end, slice.name, builder);
        for &(_, mark) in of_slice(&self.marks, index) {
            if let Some(mark) = self.timeline.marks.get(mark as usize) {
                let pairs = self.timeline.pairs_of(&mark.pairs);
                builder.event(self.time(mark.time), mark.name, pairs, 0);
            }
        }
        for &(_, from) in of_slice(&self.links, index) {
            let from = SpanId(u64::from(from) + 1);
            builder.link(self.trace_id, from, &[], Sym::EMPTY, 0, 0);
        }
    }

    /// Marks outside of slices are spans without length.
    fn add_lone_marks(&mut self, builder: &mut BlockBuilder) {
        let from = self.timeline.slices.len() as u64 + 1;
        let marks = self.timeline.marks.iter().zip(from..);
        for (mark, id) in marks.filter(|(mark, _)| mark.slice.is_none()) {
            self.pairs.clear();
            self.pairs.extend(self.timeline.pairs_of(&mark.pairs));
            self.span(
                mark.track,
                (id, 0),
                mark.time,
                Some(mark.time),
                mark.name,
                builder,
            );
        }
    }

    fn span(
        &mut self,
        track: u32,
        (id, parent): (u64, u64),
        start: u64,
        end: Option<u64>,
        operation: Sym,
        builder: &mut BlockBuilder,
    ) {
        let Some(owner) = self.owners.get(track as usize) else {
            return;
        };
        self.pairs.extend_from_slice(&owner.thread);
        let known = self.resources.get(track as usize).copied().flatten();
        let resource = known.unwrap_or_else(|| {
            builder.resource(ResourceFields {
                attributes: &owner.process,
                ..ResourceFields::default()
            })
        });
        if let Some(slot) = self.resources.get_mut(track as usize) {
            *slot = Some(resource);
        }
        let fields = SpanFields {
            trace_id: self.trace_id,
            span_id: SpanId(id),
            parent_id: SpanId(parent),
            start: self.time(start),
            end: end.map(|end| self.time(end)),
            operation,
            kind: Kind::Internal,
            status: Status::Unset,
            error: false,
            resource,
            scope: builder.scope(ScopeFields::default()),
        };
        builder.span(&fields, &self.pairs);
    }

    fn time(&self, time: u64) -> Time {
        instant(i128::from(time).saturating_add(self.shift))
    }
}

/// The entries of a sorted list that belong to a slice.
fn of_slice(list: &[(u32, u32)], slice: u32) -> &[(u32, u32)] {
    let from = list.partition_point(|&(of, _)| of < slice);
    let to = list.partition_point(|&(of, _)| of <= slice);
    list.get(from..to).unwrap_or_default()
}
