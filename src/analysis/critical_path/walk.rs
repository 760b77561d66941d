//! The walk along the path, from the end backwards.

use std::cmp::Reverse;

use super::{Section, Succession};
use crate::model::{Cancellation, Kind, Nanos, Time, Trace};

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
pub struct Walk<'t> {
    trace: &'t Trace,
    cancellation: &'t Cancellation<'t>,
    succession: Succession,
    siblings: Siblings,
    sections: Vec<Section>,
}

impl<'t> Walk<'t> {
    pub fn new(
        trace: &'t Trace,
        succession: Succession,
        cancellation: &'t Cancellation<'t>,
    ) -> Self {
        Self {
            trace,
            cancellation,
            succession,
            siblings: Siblings::default(),
            sections: Vec::new(),
        }
    }

    /// What was gathered, in no order.
    pub fn sections(self) -> Vec<Section> {
        self.sections
    }

    /// Walks one tree, as far as somebody waited for it: up to `limit`. Looks at the spans of the
    /// path and their children only.
    pub fn tree(&mut self, root: usize, limit: Time) {
        let (trace, cancellation) = (self.trace, self.cancellation);
        let whole = (trace.start_of(root), trace.end_of(root));
        // Spans on the path, and the instant from which somebody else is waited for.
        let mut stack = vec![(root, whole, limit)];
        while let Some((span, (start, end), limit)) = stack.pop() {
            let children = trace.children(span);
            let children = children.take_while(|_| !cancellation.is_cancelled());
            let children = children.filter_map(|child| {
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
    pub fn orphans(&mut self) {
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
