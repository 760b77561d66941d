//! The rows while they are made, jumping over what is hidden.

use std::ops::Range;

use crate::model::{SpanId, Trace};

use super::{Entry, Hidden, Likeness, Rows, What};

/// The rows while they are made.
pub(super) struct Builder<'a> {
    trace: &'a Trace,
    rows: Vec<Entry>,
    shift: i32,
    /// Where what shifts the rows ends, and by how much.
    shifts: Vec<(usize, i32)>,
    next_bundle: usize,
    /// Where the next topmost span stands.
    next_top: usize,
    missing: Option<SpanId>,
    /// What is hidden so far.
    hidden: Vec<Hidden>,
    /// Where the children of spans on the way here end, and which of `hidden` is theirs; topmost
    /// spans are children of nobody.
    owners: Vec<(usize, Option<usize>)>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(trace: &'a Trace, rows: Vec<Entry>) -> Self {
        Self {
            trace,
            rows,
            shift: 0,
            shifts: Vec::new(),
            next_bundle: 0,
            next_top: 0,
            missing: None,
            hidden: Vec::new(),
            owners: vec![(usize::MAX, None)],
        }
    }

    pub(super) fn build(mut self, rows: &Rows) -> (Vec<Entry>, Vec<Hidden>) {
        let mut span = 0;
        while span < self.trace.len() {
            while let Some((_, by)) = self.shifts.pop_if(|(end, _)| *end <= span) {
                self.shift -= by;
            }
            let plain = self.plain(rows, span);
            span = if plain.is_empty() {
                self.step(rows, span)
            } else {
                self.stretch(rows, plain)
            };
        }
        (self.rows, self.hidden)
    }

    /// The spans from here on that stand each for itself, if they are not folded: nothing is left
    /// out, bundled, shifted or missing before the end.
    fn plain(&mut self, rows: &Rows, span: usize) -> Range<usize> {
        if !rows.sieve.is_empty() {
            return span..span;
        }
        let mut bundles = rows.bundles.all().iter().skip(self.next_bundle);
        let passed = bundles.clone().take_while(|bundle| bundle.first < span);
        let passed = passed.count();
        self.next_bundle += passed;
        let next = bundles.nth(passed).map(|bundle| bundle.first);
        let shifted = self.shifts.last().map(|(end, _)| *end);
        let ends = [shifted, next, Some(self.next_top)];
        let end = ends.into_iter().flatten().min().unwrap_or(span);
        span..end.max(span)
    }

    /// Adds the rows of spans that stand each for itself; returns the span that comes next.
    fn stretch(&mut self, rows: &Rows, plain: Range<usize>) -> usize {
        let mut span = plain.start;
        while span < plain.end {
            self.rows.push(Entry::new(span, What::Span, self.shift));
            span = self.below(rows, span);
        }
        span
    }

    /// Adds the rows of a span; returns the span that comes next.
    fn step(&mut self, rows: &Rows, span: usize) -> usize {
        if span >= self.next_top {
            self.next_top = self.trace.subtree(span).end;
            if !rows.sieve.prunes(span) && !rows.sieve.splices(span) {
                self.missing_parent(span);
            }
        }
        let end = self.trace.subtree(span).end;
        if rows.sieve.prunes(span) {
            if rows.sieve.hides(span) {
                self.hide(span);
            }
            return end;
        }
        if rows.sieve.splices(span) {
            // Where something stands in its place, that is enough.
            if end == span + 1 {
                self.hide(span);
            }
            self.shift_until(end, -1);
            return span + 1;
        }
        if !rows.sieve.is_empty() {
            self.leave_owners(span);
            self.owners.push((end, None));
        }
        if rows.sieve.keeps_bundles()
            && let Some(next) = self.bundled(rows, span)
        {
            return next;
        }
        self.push(span, What::Span);
        self.below(rows, span)
    }

    fn below(&self, rows: &Rows, span: usize) -> usize {
        if rows.folded[span] {
            self.trace.subtree(span).end
        } else {
            span + 1
        }
    }

    /// Counts a span as hidden, in the row of what its parent has lost.
    fn hide(&mut self, span: usize) {
        self.leave_owners(span);
        let Some((_, own)) = self.owners.last_mut() else {
            return;
        };
        if let Some(hidden) = own.and_then(|at| self.hidden.get_mut(at)) {
            return hidden.add(self.trace, span);
        }
        *own = Some(self.hidden.len());
        self.hidden.push(Hidden::at(self.trace, span));
        self.push(span, What::Hidden);
    }

    fn leave_owners(&mut self, span: usize) {
        while self.owners.pop_if(|(end, _)| *end <= span).is_some() {}
    }

    fn missing_parent(&mut self, span: usize) {
        let parent = self.trace.missing_parent(span);
        if parent.is_some() && parent != self.missing {
            self.push(span, What::MissingParent);
        }
        self.missing = parent;
    }

    /// The rows of the bundles that begin with a span. None if the span itself comes next.
    fn bundled(&mut self, rows: &Rows, span: usize) -> Option<usize> {
        while let Some(bundle) = rows.bundles.all().get(self.next_bundle) {
            if bundle.first > span {
                return None;
            }
            self.next_bundle += 1;
            if bundle.first < span {
                continue;
            }
            match (bundle.likeness, bundle.open) {
                (Likeness::Alike, open) => {
                    self.push(span, What::Bundle(Likeness::Alike));
                    let after = bundle.after(self.trace);
                    if !open {
                        return Some(after);
                    }
                    self.shift_until(after, 1);
                }
                (Likeness::Chain, true) => {}
                (Likeness::Chain, false) => {
                    self.push(span, What::Bundle(Likeness::Chain));
                    if rows.folded[span] {
                        return Some(self.trace.subtree(span).end);
                    }
                    let fewer = -(bundle.count as i32 - 1);
                    self.shift_until(self.trace.subtree(span).end, fewer);
                    return Some(bundle.after(self.trace));
                }
            }
        }
        None
    }

    fn shift_until(&mut self, end: usize, by: i32) {
        self.shifts.push((end, by));
        self.shift += by;
    }

    fn push(&mut self, span: usize, what: What) {
        self.rows.push(Entry::new(span, what, self.shift));
    }
}
