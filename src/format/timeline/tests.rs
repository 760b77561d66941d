//! Nesting by time, at its worst.

use super::*;
use crate::format::findings::Findings;
use crate::format::output::Output;
use crate::model::TraceId;

fn built(fill: impl FnOnce(&mut Timeline, TrackIx)) -> crate::model::Block {
    let (mut builder, mut timeline) = (BlockBuilder::new(), Timeline::default());
    let track = timeline.track();
    fill(&mut timeline, track);
    let whole = Whole {
        trace_id: TraceId(1),
        shift: 0,
        owner: &|_, _| Owner::default(),
    };
    let mut findings = Findings::default();
    timeline.pour(whole, true, &mut Output::new(&mut builder, &mut findings));
    builder.finish()
}

const BARE: Named<'_> = Named {
    name: Sym::EMPTY,
    pairs: &[],
};

#[test]
fn slices_arrive_in_any_order() {
    let block = built(|timeline, track| {
        timeline.slice(track, 2, 4, BARE);
        timeline.slice(track, 4, 6, BARE);
        timeline.slice(track, 0, 10, BARE);
        timeline.slice(track, 2, 3, BARE);
        timeline.slice(track, 0, 10, BARE);
        timeline.slice(track, 10, 10, BARE);
    });
    let parents: Vec<u64> = block.spans().map(|span| span.parent_id().0).collect();
    assert_eq!(parents, [5, 5, 0, 1, 3, 0]);
}

#[test]
fn depth_and_overlap_cost_no_more_than_breadth() {
    let deep = built(|timeline, track| {
        (0..200_000).for_each(|depth| timeline.begin(track, depth, BARE));
        (0..200_000).for_each(|depth| timeline.end(track, 400_000 + depth, BARE));
    });
    assert_eq!(deep.len(), 200_000);
    let last = deep.spans().last().map(|span| span.parent_id().0);
    assert_eq!(last, Some(199_999));
    let overlapping = built(|timeline, track| {
        (0..100_000).for_each(|start| timeline.slice(track, start, start + 300_000, BARE));
    });
    assert_eq!(
        overlapping
            .spans()
            .filter(|span| span.parent_id().0 != 0)
            .count(),
        0
    );
}
