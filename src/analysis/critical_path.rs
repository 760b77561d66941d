//! The critical path of a trace: at each moment the one span that the trace was waiting for.
//!
//! The walk is that of Jaeger's UI (`components/TracePage/CriticalPath`): from the end of the root
//! backwards, into the child that finished last, and on from that child's start. What differs is
//! which child is taken to have come before another ([`Succession`]), and that nothing recurses or
//! rescans, so it costs O(n log n) for any shape of tree.

use std::cmp::Reverse;

use crate::model::{Kind, Nanos, Time, Trace, Warning};

/// A stretch of time that one span owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The span, by its number in the trace.
    pub span: usize,
    /// First instant.
    pub from: Time,
    /// The instant after the last.
    pub to: Time,
}

impl Section {
    /// Its length.
    pub fn duration(self) -> Nanos {
        self.to.since(self.from)
    }
}

/// Which of two siblings came before the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Succession {
    /// The one that ended where the other began, or earlier; or that reaches over that instant by
    /// at most a hundredth of their parent's duration, as clocks and the cost of tracing make it,
    /// while no other sibling begins or ends there. This is the rule of CRISP (Zhang et al.,
    /// USENIX ATC 2022; `happensBefore` in its `graph.py`). The overlap counts for the later one.
    #[default]
    Tolerant,
    /// The one that ended before the other began, as Jaeger has it: of siblings that touch, the
    /// earlier one is off the path.
    Strict,
}

/// The critical path of one trace, of each of its roots for itself. The earliest span of a ring is
/// a root. Where every topmost span names a parent that is not there, the orphans are taken for the
/// children of one that lasted as long as they: what is left of the trace is still explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriticalPath {
    sections: Vec<Section>,
    times: Vec<Nanos>,
    total: Nanos,
    doubt: Option<Doubt>,
}

/// Why a path is of something less than a whole trace, in words for the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    /// Every topmost span names a parent that is not there.
    #[error("the root is missing: this is of what is left")]
    NoRoot,
    /// The topmost spans are their own ancestors.
    #[error("the spans form a ring, cut at its earliest")]
    Ring,
}

impl CriticalPath {
    /// Its sections by time. Those of one root never overlap and together last as long as it; no
    /// more do those of a trace without a root.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// How long a span is on the path; zero for a span that is not.
    pub fn time_of(&self, span: usize) -> Nanos {
        self.times.get(span).copied().unwrap_or_default()
    }

    /// Whether a span is on the path.
    pub fn contains(&self, span: usize) -> bool {
        self.time_of(span) > Nanos(0)
    }

    /// The length of the path: the root's duration, or the sum of the roots' durations. Without a
    /// root it is the trace's, some of which may be nobody's.
    pub fn total(&self) -> Nanos {
        self.total
    }

    /// Why the path is not that of a root, if it is not.
    pub fn doubt(&self) -> Option<Doubt> {
        self.doubt
    }
}

/// The critical path of a trace, by the times of [`Trace::start_of`].
pub fn critical_path(trace: &Trace) -> CriticalPath {
    critical_path_by(trace, Succession::Tolerant)
}

/// The critical path by a rule of one's choice: [`Succession::Strict`] gives exactly Jaeger's.
pub fn critical_path_by(trace: &Trace, succession: Succession) -> CriticalPath {
    let is_root = |top: &usize| trace.missing_parent(*top).is_none();
    let in_ring = |top: usize| trace.warnings_of(top).contains(&Warning::Ring);
    let rootless = !trace.tops().any(|top| is_root(&top));
    let roots = || trace.tops().filter(|top| rootless || is_root(top));
    let doubt = if trace.is_empty() {
        None
    } else if rootless {
        Some(Doubt::NoRoot)
    } else {
        roots().all(in_ring).then_some(Doubt::Ring)
    };
    let mut walk = Walk {
        trace,
        succession,
        siblings: Siblings::default(),
        sections: Vec::new(),
    };
    let total = if rootless {
        walk.orphans();
        trace.duration()
    } else {
        roots().for_each(|root| walk.tree(root, Time::MAX));
        roots().map(|root| trace.duration_of(root)).sum()
    };
    let mut sections = walk.sections;
    sections.sort_unstable_by_key(|section| (section.from, section.span));
    let mut times = vec![Nanos(0); trace.len()];
    for section in &sections {
        times[section.span] = times[section.span] + section.duration();
    }
    CriticalPath {
        sections,
        times,
        total,
        doubt,
    }
}

/// The part of a span that its ancestors waited for.
type Part = (Time, Time);

/// A child's part of its parent's wait.
#[derive(Debug, Clone, Copy)]
struct Child {
    span: usize,
    from: Time,
    to: Time,
    /// The end of the part, had nobody else been waited for before it.
    end: Time,
}

/// A walk from the end backwards, gathering sections.
struct Walk<'t> {
    trace: &'t Trace,
    succession: Succession,
    siblings: Siblings,
    sections: Vec<Section>,
}

impl Walk<'_> {
    /// Walks one tree, as far as somebody waited for it: up to `limit`. Looks at the spans of the
    /// path and their children only.
    fn tree(&mut self, root: usize, limit: Time) {
        let trace = self.trace;
        let whole = (trace.start_of(root), trace.end_of(root));
        // Spans on the path, and the instant from which somebody else is waited for.
        let mut stack = vec![(root, whole, limit)];
        while let Some((span, (start, end), limit)) = stack.pop() {
            let children = trace.children(span).filter_map(|child| {
                let (from, end) = part(trace, span, (start, end), child)?;
                (from < limit).then_some(Child {
                    span: child,
                    from,
                    to: end.min(limit),
                    end,
                })
            });
            self.siblings.set(children, end.since(start));
            let mut clock = end.min(limit);
            while let Some(child) = self.siblings.next_before(clock, self.succession) {
                push(&mut self.sections, span, child.to, clock);
                stack.push((child.span, (child.from, child.end), clock));
                clock = child.from;
            }
            push(&mut self.sections, span, start, clock);
        }
    }

    /// Walks the trees of a trace whose root is missing, as the children of one that lasted as
    /// long as they. Its own time is nobody's.
    fn orphans(&mut self) {
        let trace = self.trace;
        let tops = trace.tops().map(|span| Child {
            span,
            from: trace.start_of(span),
            to: trace.end_of(span),
            end: trace.end_of(span),
        });
        self.siblings.set(tops, trace.duration());
        let mut chosen = Vec::new();
        let ends = trace.tops().map(|top| trace.end_of(top));
        let mut clock = ends.max().unwrap_or(Time::MAX);
        while let Some(top) = self.siblings.next_before(clock, self.succession) {
            chosen.push((top.span, clock));
            clock = top.from;
        }
        for (top, limit) in chosen {
            self.tree(top, limit);
        }
    }
}

/// The children of one span, in room that is used again for the next.
#[derive(Debug, Default)]
struct Siblings {
    /// By end, latest first; of those that end together the one that started first.
    children: Vec<Child>,
    /// How many of them were handed out.
    passed: usize,
    /// The starts and ends of those with a length, by time; gathered when they are asked for.
    instants: Vec<Time>,
    /// By how much siblings may overlap that come one after the other.
    allowed: Nanos,
}

impl Siblings {
    fn set(&mut self, children: impl Iterator<Item = Child>, parent: Nanos) {
        self.children.clear();
        self.children.extend(children);
        self.children
            .sort_unstable_by_key(|child| (Reverse(child.to), child.span));
        self.passed = 0;
        self.instants.clear();
        self.allowed = Nanos(parent.0 / 100);
    }

    /// The next child on the path, before the one that begins at `clock`.
    fn next_before(&mut self, clock: Time, succession: Succession) -> Option<Child> {
        while let Some(&child) = self.children.get(self.passed) {
            let first = self.passed == 0;
            self.passed += 1;
            let before = match succession {
                Succession::Strict => first || child.to < clock,
                Succession::Tolerant => self.come_before(clock, child),
            };
            if before {
                return Some(child);
            }
        }
        None
    }

    /// Whether a child came before the one on the path that begins at `clock`. One without length
    /// at the clock owns nothing.
    fn come_before(&mut self, clock: Time, child: Child) -> bool {
        let overlap = child.to.since(clock);
        child.from < clock
            && overlap <= self.allowed
            && (overlap == Nanos(0) || self.instants_within(clock, child.to) == 2)
    }

    /// How many starts and ends lie in a window, its ends included.
    fn instants_within(&mut self, from: Time, to: Time) -> usize {
        if self.instants.is_empty() {
            let lasting = self.children.iter().filter(|child| child.from < child.to);
            self.instants
                .extend(lasting.flat_map(|child| [child.from, child.to]));
            self.instants.sort_unstable();
        }
        let upto = self.instants.partition_point(|&at| at <= to);
        upto - self.instants.partition_point(|&at| at < from)
    }
}

fn push(sections: &mut Vec<Section>, span: usize, from: Time, to: Time) {
    if from < to {
        sections.push(Section { span, from, to });
    }
}

/// A child's part: clipped to its parent's, nothing where the two do not meet.
fn part(trace: &Trace, parent: usize, (from, to): Part, child: usize) -> Option<Part> {
    let (start, end) = (trace.start_of(child), trace.end_of(child));
    let meets = start < to && !(start < from && end <= from);
    // Nobody waits for what handles a message.
    (meets && !is_message(trace, parent, child)).then(|| (start.max(from), end.min(to)))
}

fn is_message(trace: &Trace, parent: usize, span: usize) -> bool {
    let kind = |span: usize| {
        let (block, row) = trace.place(span);
        trace.blocks().get(block).map(|block| block.kind(row))
    };
    kind(span) == Some(Kind::Consumer) && kind(parent) == Some(Kind::Producer)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::scenario;

    /// Milliseconds on the path, span by span in depth-first order.
    fn times(text: &str) -> Vec<u64> {
        let trace = scenario::trace(text);
        let path = critical_path(&trace);
        (0..trace.len())
            .map(|span| path.time_of(span).0 / 1_000_000)
            .collect()
    }

    #[test]
    fn sequential_children_and_the_gaps_between() {
        // As CRISP's published case 4, with figures of our own.
        assert_eq!(
            times("a: r 0..50\n  b: x 5..15\n  b: y 20..25\n  b: z 30..45\n"),
            [20, 10, 5, 15]
        );
    }

    #[test]
    fn siblings_that_touch_are_both_on_the_path() {
        assert_eq!(
            times("a: r 0..100\n  b: x 0..40\n  b: y 40..100\n"),
            [0, 40, 60]
        );
    }

    #[test]
    fn siblings_that_hardly_overlap_are_both_on_the_path() {
        let of = |second: f64, extra: &str| {
            times(&format!(
                "a: r 0..1000\n  b: x 0..500\n  b: y {second}..900\n{extra}"
            ))
        };
        assert_eq!(of(490.0, ""), [100, 490, 410], "one hundredth");
        assert_eq!(of(489.999, ""), [589, 0, 410], "more");
        // What it called is cut with it.
        assert_eq!(
            times(
                "a: r 0..1000\n  b: x 0..500\n    c: z 100..498\n    c: l 495..499\n  b: y 490..1000\n"
            ),
            [0, 100, 390, 0, 510]
        );
        // Where a third begins or ends meanwhile, they were at work side by side.
        assert_eq!(of(495.0, "  b: z 300..496\n"), [400, 0, 195, 405]);
        assert_eq!(of(495.0, "  b: z 495..497\n"), [595, 0, 405, 0]);
        assert_eq!(of(495.0, "  b: i 496..496\n"), [100, 495, 405, 0]);
        // One that ends with the later one did not come before it.
        assert_eq!(
            times("a: r 0..1000\n  b: x 0..900\n  b: y 895..900\n"),
            [100, 900, 0]
        );
    }

    #[test]
    fn strictly_it_is_jaegers() {
        let strict = |text: &str| {
            let trace = scenario::trace(text);
            let path = critical_path_by(&trace, Succession::Strict);
            (0..trace.len())
                .map(|span| path.time_of(span).0 / 1_000_000)
                .collect::<Vec<_>>()
        };
        // Of siblings that touch or overlap the earlier one is lost.
        let touching = "a: r 0..1000\n  b: w 0..100\n  b: x 100..500\n  b: y 500..900\n";
        assert_eq!(strict(touching), [500, 100, 0, 400]);
        assert_eq!(
            strict("a: r 0..1000\n  b: x 0..500\n  b: y 499..900\n"),
            [599, 0, 401]
        );
        // Those without length change nothing here either.
        assert_eq!(
            strict("a: r 0..10\n  b: x 2..6\n  b: i 6..6\n  b: j 7..7\n  b: y 7..8\n"),
            [5, 4, 0, 0, 1]
        );
    }

    #[test]
    fn of_parallel_children_the_last_to_finish_counts() {
        let text = "a: r 0..100\n  b: x 10..60\n  b: y 10..90\n    c: z 20..90\n  b: early 2..8\n";
        // In order of start: r, early, x, y, z.
        assert_eq!(times(text), [14, 6, 0, 10, 70]);
    }

    #[test]
    fn what_outlives_its_parent_is_cut_and_what_misses_it_is_left_out() {
        assert_eq!(
            times("a: r 10..50\n  b: x 0..20\n  b: y 40..90\n    c: z 60..80\n"),
            [20, 10, 10, 0]
        );
        assert_eq!(
            times("a: r 10..50\n  b: before 0..10\n  b: after 50..60\n"),
            [40, 0, 0]
        );
    }

    #[test]
    fn nobody_waits_for_a_consumer_of_a_message() {
        let text = "a: send 0..10 producer\n  b: handle 2..9 consumer\n    b: work 3..8\n";
        assert_eq!(times(text), [10, 0, 0]);
        assert_eq!(times("a: r 0..10\n  b: poll 2..9 consumer\n"), [3, 7]);
    }

    #[test]
    fn spans_without_length_change_nothing() {
        let text = "a: r 0..10\n  b: i 4..4\n  b: x 4..8\n  b: j 8..8\n  b: k 8..8\n";
        assert_eq!(times(text), [6, 0, 4, 0, 0]);
    }

    #[test]
    fn orphans_are_off_the_path_of_a_root_and_stand_for_one_that_is_missing() {
        let beside = "a: r 0..10\nb: x 2..30 parent=99\n";
        assert_eq!(times(beside), [10, 0]);
        let fragment = "a: x 0..10 parent=99\n  b: y 2..7\n";
        assert_eq!(times(fragment), [5, 5]);
        let doubt = |text| critical_path(&scenario::trace(text)).doubt();
        assert_eq!(doubt(fragment), Some(Doubt::NoRoot));
        assert_eq!(doubt(beside), None);
        // As children of one that is missing: the later one was waited for, the earlier not.
        let two = "a: x 0..50 parent=99\na: y 20..70 parent=99\na: z 75..80 parent=98\n";
        assert_eq!(times(two), [0, 50, 5]);
        assert_eq!(
            critical_path(&scenario::trace(two)).total(),
            Nanos::from_millis(80)
        );
    }

    #[test]
    fn a_ring_is_walked_from_where_it_is_cut() {
        let ring = "a: x 0..10 id=1 parent=2\na: y 2..8 id=2 parent=1\n";
        assert_eq!(times(ring), [4, 6]);
        let doubt = critical_path(&scenario::trace(ring)).doubt();
        assert_eq!(doubt, Some(Doubt::Ring));
    }

    #[test]
    fn a_chain_of_a_hundred_thousand_spans_is_walked() {
        use crate::model::{BlockBuilder, SpanId};
        let mut builder = BlockBuilder::new();
        let mut text = String::new();
        for depth in 1..=100_000_u64 {
            use std::fmt::Write as _;
            let _ = writeln!(text, "a: x 0..10 id={depth:x} parent={:x}", depth - 1);
        }
        scenario::add(&mut builder, scenario::TRACE, &text);
        let block = std::sync::Arc::new(builder.finish());
        let trace = Trace::all_of(&[block]).remove(0);
        let path = critical_path(&trace);
        assert_eq!(path.sections().len(), 1);
        assert_eq!(
            trace.span(path.sections()[0].span).span_id(),
            SpanId(100_000)
        );
    }

    /// Any tree of up to 40 spans, children sticking out included.
    fn trees() -> impl Strategy<Value = String> {
        let span = (0..40_usize, 0..60_u32, 0..40_u32, 0..8_u8);
        prop::collection::vec(span, 1..40).prop_map(|spans| {
            let lines = spans
                .iter()
                .enumerate()
                .map(|(at, &(parent, start, length, kind))| {
                    let parent = if at == 0 { 0 } else { parent % at + 1 };
                    let (start, length) = if at == 0 { (0, 60) } else { (start, length) };
                    let kind = ["producer", "consumer"]
                        .get(usize::from(kind))
                        .unwrap_or(&"server");
                    format!(
                        "s: o {start}..{} {kind} id={:x} parent={parent:x}",
                        start + length,
                        at + 1
                    )
                });
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    proptest! {
        #[test]
        fn sections_part_the_root_and_lie_in_their_spans(text in trees()) {
            let trace = scenario::trace(&text);
            let path = critical_path(&trace);
            prop_assert_eq!(path.total(), trace.duration_of(0));
            prop_assert_eq!(path.total(), Nanos::from_millis(60));
            for pair in path.sections().windows(2) {
                prop_assert_eq!(pair[0].to, pair[1].from);
            }
            for section in path.sections() {
                prop_assert!(section.from >= trace.start_of(section.span));
                prop_assert!(section.to <= trace.end_of(section.span));
            }
        }
    }
}
