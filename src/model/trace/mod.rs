//! A trace: rows of blocks as a tree in depth-first order.

mod assemble;
mod order;
mod warning;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::block::{Block, LogIx, ResourceIx, Row};
use super::id::{SpanId, TraceId};
use super::span::SpanRef;
use super::time::{Nanos, Time};
use super::tree::NONE;
use super::views::LogRef;
pub use warning::Warning;

/// Rows of blocks.
pub type Parts = Vec<(Arc<Block>, Vec<Row>)>;

#[derive(Debug, Clone, Copy)]
struct Place {
    block: u32,
    row: Row,
}

/// One trace as a tree.
///
/// Spans are numbered from 0 in depth-first order, children by start: that number is what
/// every method takes. A subtree is a range, so folding is a jump and its errors are a
/// subtraction. Spans whose parent is not there stand at depth 0 beside the roots, those that
/// miss the same parent together ([`Trace::missing_parent`]).
#[derive(Debug, Clone, Default)]
pub struct Trace {
    id: TraceId,
    blocks: Vec<Arc<Block>>,
    places: Vec<Place>,
    parent: Vec<u32>,
    depth: Vec<u32>,
    subtree_end: Vec<u32>,
    start: Vec<Time>,
    self_time: Vec<Nanos>,
    /// Errors among the spans before each position; one more entry than spans.
    errors_before: Vec<u32>,
    repeated: Vec<u32>,
    cut_rings: Vec<u32>,
    logs: Vec<(u32, LogIx)>,
    duplicates: u32,
    spans_cut: u64,
    /// First start and last end: asked for at every frame.
    bounds: (Time, Time),
}

/// How many spans of a trace a service has, and how many of them failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServiceCount {
    /// Spans.
    pub spans: u32,
    /// Spans that failed.
    pub errors: u32,
}

impl Trace {
    /// This trace, saying that `spans` more of it did not fit the store's budget.
    #[must_use]
    pub fn with_spans_cut(mut self, spans: u64) -> Self {
        self.spans_cut = spans;
        self
    }

    /// How many of its spans did not fit the store's budget.
    pub fn spans_cut(&self) -> u64 {
        self.spans_cut
    }

    /// Its id.
    pub fn id(&self) -> TraceId {
        self.id
    }

    /// The number of spans.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it has no span (there may still be log records).
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The blocks that its spans stand in.
    pub fn blocks(&self) -> &[Arc<Block>] {
        &self.blocks
    }

    /// Which of [`Trace::blocks`] a span stands in, and its row there.
    pub fn place(&self, span: usize) -> (usize, Row) {
        let place = self.places[span];
        (place.block as usize, place.row)
    }

    /// A span. Its times are as received: for times within the trace use [`Trace::start_of`].
    ///
    /// # Panics
    /// If `span` is not below [`Trace::len`], as every method that takes a span.
    pub fn span(&self, span: usize) -> SpanRef<'_> {
        let place = self.places[span];
        self.blocks[place.block as usize].span(place.row)
    }

    /// All spans in depth-first order.
    pub fn spans(&self) -> impl ExactSizeIterator<Item = SpanRef<'_>> {
        (0..self.len()).map(|span| self.span(span))
    }

    /// The first span, in depth-first order, with this id.
    pub fn find(&self, id: SpanId) -> Option<usize> {
        self.places
            .iter()
            .position(|p| self.blocks[p.block as usize].span_id_column()[p.row as usize] == id)
    }

    /// A span's parent.
    pub fn parent(&self, span: usize) -> Option<usize> {
        let parent = self.parent[span];
        (parent != NONE).then_some(parent as usize)
    }

    /// How many ancestors a span has.
    pub fn depth(&self, span: usize) -> usize {
        self.depth[span] as usize
    }

    /// The greatest depth.
    pub fn max_depth(&self) -> usize {
        self.depth.iter().copied().max().unwrap_or(0) as usize
    }

    /// A span and all its descendants.
    pub fn subtree(&self, span: usize) -> Range<usize> {
        span..self.subtree_end[span] as usize
    }

    /// A span's children, by start.
    pub fn children(&self, span: usize) -> impl Iterator<Item = usize> {
        let Range { start, end } = self.subtree(span);
        self.siblings(start + 1, end)
    }

    /// Roots and orphans.
    pub fn tops(&self) -> impl Iterator<Item = usize> {
        self.siblings(0, self.len())
    }

    fn siblings(&self, from: usize, end: usize) -> impl Iterator<Item = usize> {
        let next =
            move |&span: &usize| Some(self.subtree_end[span] as usize).filter(|&next| next < end);
        std::iter::successors(Some(from).filter(|&first| first < end), next)
    }

    /// When a span started: as received, or as corrected in a [`Trace::shifted`] trace.
    pub fn start_of(&self, span: usize) -> Time {
        self.start[span]
    }

    /// When a span ended, by the same clock as [`Trace::start_of`].
    pub fn end_of(&self, span: usize) -> Time {
        self.start[span] + self.duration_of(span)
    }

    /// How long a span took.
    pub fn duration_of(&self, span: usize) -> Nanos {
        let place = self.places[span];
        self.blocks[place.block as usize].duration_column()[place.row as usize]
    }

    /// A span's duration less the union of its direct children's intervals, clipped to it;
    /// children of kind consumer do not count, since nobody waits for them.
    pub fn self_time(&self, span: usize) -> Nanos {
        self.self_time[span]
    }

    /// How many of a range of spans failed.
    pub fn errors_in(&self, spans: Range<usize>) -> usize {
        let before = |span: usize| self.errors_before.get(span).copied().unwrap_or(0);
        (before(spans.end) - before(spans.start)) as usize
    }

    /// How many spans failed.
    pub fn errors(&self) -> usize {
        self.errors_in(0..self.len())
    }

    /// When its first span started.
    pub fn start(&self) -> Time {
        self.bounds.0
    }

    /// When its last span ended.
    pub fn end(&self) -> Time {
        self.bounds.1
    }

    /// From its first start to its last end.
    pub fn duration(&self) -> Nanos {
        self.end().since(self.start())
    }

    /// The earliest span that names no parent, or itself, if there is one. Where a ring was cut is
    /// none: a store that knows no tree finds the same.
    pub fn true_root(&self) -> Option<usize> {
        self.earliest_top(|top| {
            let (span, parent) = (self.span(top).span_id(), self.span(top).parent_id());
            parent.is_zero() || parent == span
        })
    }

    /// The span that names the trace: the earliest without a parent, else the earliest of those
    /// where a ring was cut, else the earliest orphan.
    pub fn root(&self) -> Option<usize> {
        self.true_root()
            .or_else(|| self.earliest_top(|top| self.missing_parent(top).is_none()))
            .or_else(|| self.earliest_top(|_| true))
    }

    fn earliest_top(&self, is_meant: impl Fn(usize) -> bool) -> Option<usize> {
        self.tops()
            .filter(|&top| is_meant(top))
            .min_by_key(|&top| (self.start[top], top))
    }

    /// The operation of its root; empty if there is no span.
    pub fn name(&self) -> &str {
        self.root().map_or("", |root| self.span(root).operation())
    }

    /// The service of its root; empty if there is no span.
    pub fn service(&self) -> &str {
        self.root().map_or("", |root| self.span(root).service())
    }

    /// Spans and errors of each service, by name.
    pub fn services(&self) -> BTreeMap<&str, ServiceCount> {
        // By resource first: names are compared once for each resource, not for each span.
        let counts = |block: &Arc<Block>| vec![ServiceCount::default(); block.resource_count()];
        let mut by_resource: Vec<Vec<ServiceCount>> = self.blocks.iter().map(counts).collect();
        for place in &self.places {
            let block = &self.blocks[place.block as usize];
            let resource = block.resource_column().at(place.row as usize);
            let count = &mut by_resource[place.block as usize][resource as usize];
            count.spans += 1;
            count.errors += u32::from(block.is_error(place.row));
        }
        let mut services: BTreeMap<&str, ServiceCount> = BTreeMap::new();
        for (block, counts) in self.blocks.iter().zip(&by_resource) {
            let named = (0..).map(|ix| block.resource(ResourceIx(ix)).service());
            for (count, service) in counts.iter().zip(named).filter(|(c, _)| c.spans > 0) {
                let all = services.entry(service).or_default();
                all.spans += count.spans;
                all.errors += count.errors;
            }
        }
        services
    }

    /// The parent that a span at depth 0 names but that is not there.
    pub fn missing_parent(&self, span: usize) -> Option<SpanId> {
        let (id, parent) = (self.span(span).span_id(), self.span(span).parent_id());
        let orphan = self.parent[span] == NONE && !parent.is_zero() && parent != id;
        (orphan && self.cut_rings.binary_search(&(span as u32)).is_err()).then_some(parent)
    }

    /// Its log records, by time.
    pub fn logs(&self) -> impl ExactSizeIterator<Item = LogRef<'_>> {
        self.logs
            .iter()
            .map(|&(block, log)| self.blocks[block as usize].log(log))
    }

    /// Heap bytes of the tree; the blocks are counted where they are kept.
    pub fn bytes(&self) -> usize {
        self.places.capacity() * size_of::<Place>()
            + (self.parent.capacity() + self.depth.capacity() + self.subtree_end.capacity()) * 4
            + (self.start.capacity() + self.self_time.capacity()) * 8
            + self.errors_before.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn self_time_is_what_no_child_covers() {
        let trace = scenario::trace(
            "a: r 0..100\n  a: x 10..40\n  a: y 30..60\n  a: z 90..150\n  a: late 50..70 consumer\n",
        );
        assert_eq!(trace.self_time(0), Nanos::from_millis(100 - 50 - 10));
        assert_eq!(trace.children(0).count(), 4);
        assert_eq!(trace.duration(), Nanos::from_millis(150));
    }

    #[test]
    fn a_span_received_twice_is_shown_once() {
        let block = Arc::new(scenario::block("a: r 0..100\n  b: x 10..40\n"));
        let trace = Trace::new(
            scenario::TRACE,
            vec![(Arc::clone(&block), vec![0, 1]), (block, vec![1])],
        );
        assert_eq!(trace.len(), 2);
        assert_eq!(trace.warnings(), [Warning::Duplicates(1)]);
    }

    #[test]
    fn an_orphan_is_told_and_names_the_trace_only_without_a_root() {
        let trace =
            scenario::trace("a: late 50..60 parent=99\n  b: x 52..55\nc: other 0..100 parent=99\n");
        assert_eq!(trace.name(), "other");
        assert_eq!(trace.true_root(), None);
        assert_eq!(trace.warnings_of(0), [Warning::MissingParent(SpanId(0x99))]);
        assert_eq!(trace.max_depth(), 1);
    }

    #[test]
    fn a_ring_names_the_trace_only_without_a_root() {
        let ring = "a: x 5..10 id=1 parent=2\na: y 6..8 id=2 parent=1\n";
        let of = |more: &str| {
            let trace = scenario::trace(&format!("{ring}{more}"));
            (trace.name().to_owned(), trace.true_root().is_some())
        };
        assert_eq!(of(""), ("x".to_owned(), false));
        assert_eq!(
            of("b: orphan 0..9 id=3 parent=99\n"),
            ("x".to_owned(), false)
        );
        assert_eq!(of("b: root 7..9 id=3\n"), ("root".to_owned(), true));
    }

    #[test]
    fn shifting_reorders_siblings() {
        let trace = scenario::trace("a: r 0..100\n  a: x 10..20\n  a: y 30..40\n");
        let shifted = trace.shifted(&[0, 50_000_000, 0]);
        assert_eq!(shifted.span(1).operation(), "y");
        assert_eq!(
            shifted.start_of(2).since(shifted.start_of(0)),
            Nanos::from_millis(60)
        );
    }
}
