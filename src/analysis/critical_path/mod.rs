//! The critical path of a trace: at each moment the one span that the trace was waiting for.
//!
//! The walk is that of Jaeger's UI (`components/TracePage/CriticalPath`): from the end of the root
//! backwards, into the child that finished last, and on from that child's start. What differs is
//! which child is taken to have come before another ([`Succession`]), and that nothing recurses or
//! rescans, so it costs O(n log n) for any shape of tree.

mod walk;

use std::ops::Range;

use crate::model::{Bits, Cancellation, Nanos, SpanSet, Time, Trace, Warning};
use walk::Walk;

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
///
/// Of spans that are not on it next to nothing is kept: a bit or two.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CriticalPath {
    sections: Vec<Section>,
    /// The places of the sections, by span, those of one span by time.
    by_span: Vec<u32>,
    /// The spans that have sections, and how long these are together.
    on: SpanSet,
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
    /// The path of these sections, in a trace of so many spans.
    fn of(mut sections: Vec<Section>, spans: usize) -> Self {
        sections.sort_unstable_by_key(|section| (section.from, section.span));
        sections.shrink_to_fit();
        let mut by_span: Vec<u32> = (0..sections.len() as u32).collect();
        // Those of one span stay in the order of time.
        by_span.sort_unstable_by_key(|&at| (sections[at as usize].span, at));
        let mut on = Bits::none(spans);
        let mut times: Vec<Nanos> = Vec::new();
        let mut last = None;
        for section in by_span.iter().map(|&at| sections[at as usize]) {
            if last.replace(section.span) != Some(section.span) {
                on.insert(section.span);
                times.push(Nanos(0));
            }
            if let Some(time) = times.last_mut() {
                *time = *time + section.duration();
            }
        }
        times.shrink_to_fit();
        Self {
            sections,
            by_span,
            on: on.into(),
            times,
            ..Self::default()
        }
    }

    /// Its sections by time. Those of one root never overlap and together last as long as it; no
    /// more do those of a trace without a root.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// How long a span is on the path; zero for a span that is not.
    pub fn time_of(&self, span: usize) -> Nanos {
        let on = self.contains(span);
        let time = on.then(|| self.times.get(self.on.before(span)));
        time.flatten().copied().unwrap_or_default()
    }

    /// Whether a span is on the path.
    pub fn contains(&self, span: usize) -> bool {
        self.on.contains(span)
    }

    /// Whether any span of a range is on the path.
    pub fn touches(&self, spans: Range<usize>) -> bool {
        self.on.before(spans.start) < self.on.before(spans.end)
    }

    /// The sections of a span, by time.
    pub fn sections_of(&self, span: usize) -> impl Iterator<Item = Section> {
        let of = |at: &u32| self.sections[*at as usize].span;
        let first = self.by_span.partition_point(|at| of(at) < span);
        let places = self.by_span[first..].iter();
        let sections = places.map(|&at| self.sections[at as usize]);
        sections.take_while(move |section| section.span == span)
    }

    /// The sections of a range of spans that lie in a stretch of time, by time. Looks at those of
    /// the stretch alone.
    pub fn sections_within(
        &self,
        spans: Range<usize>,
        (from, to): (Time, Time),
    ) -> impl Iterator<Item = Section> {
        let first = self.sections.partition_point(|section| section.from < from);
        let sections = self.sections[first..].iter().copied();
        let until = sections.take_while(move |section| section.from < to);
        until.filter(move |section| spans.contains(&section.span))
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
    walked(trace, Walk::new(trace, succession, &Cancellation::never()))
}

/// The critical path, unless it is cancelled: then it is of no use.
pub fn critical_path_until(trace: &Trace, cancellation: &Cancellation<'_>) -> CriticalPath {
    walked(trace, Walk::new(trace, Succession::Tolerant, cancellation))
}

fn walked(trace: &Trace, mut walk: Walk<'_>) -> CriticalPath {
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
    let total = if rootless {
        walk.orphans();
        trace.duration()
    } else {
        roots().for_each(|root| walk.tree(root, Time::MAX));
        roots().map(|root| trace.duration_of(root)).sum()
    };
    CriticalPath {
        total,
        doubt,
        ..CriticalPath::of(walk.sections(), trace.len())
    }
}

#[cfg(test)]
mod tests;
