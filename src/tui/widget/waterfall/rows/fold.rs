//! Folding and opening: every change makes the rows anew.

use std::sync::Arc;

use crate::model::Trace;

use super::build::Builder;
use super::{Bundle, Bundles, Folds, Likeness, Row, Rows, Sieve, What};

impl Rows {
    /// Puts what is alike into bundles, closed ones: they take a while to find.
    pub fn group(&mut self, trace: &Trace, bundles: Bundles) {
        self.change(trace, |rows| {
            rows.bundles = Arc::new(bundles);
            // Whoever has opened all of it by now wants to see all of it.
            if !rows.folded.contains(&true) {
                Arc::make_mut(&mut rows.bundles).set_within(&(0..trace.len()), true);
            }
        });
    }

    /// What is folded and bundled now.
    pub fn folds(&self) -> Folds {
        Folds {
            folded: Arc::clone(&self.folded),
            bundles: Arc::clone(&self.bundles),
        }
    }

    /// Folds and bundles as they were before, in the same trace.
    pub fn set_folds(&mut self, trace: &Trace, folds: Folds) {
        self.change(trace, |rows| {
            (rows.folded, rows.bundles) = (folds.folded, folds.bundles);
        });
    }

    /// Leaves other spans out.
    pub fn sift(&mut self, trace: &Trace, sieve: Sieve) {
        self.change(trace, |rows| rows.sieve = sieve);
    }

    /// Folds or opens one span; nothing happens to a leaf.
    pub fn set(&mut self, trace: &Trace, span: usize, folded: bool) {
        if trace.subtree(span).len() > 1 && self.folded[span] != folded {
            Arc::make_mut(&mut self.folded)[span] = folded;
            self.rebuild(trace);
        }
    }

    /// Opens or closes a bundle.
    pub fn set_bundle(&mut self, trace: &Trace, bundle: &Bundle, open: bool) {
        if Arc::make_mut(&mut self.bundles).set(bundle.first, bundle.likeness, open) {
            self.rebuild(trace);
        }
    }

    /// Opens or closes what is alike from a span on.
    pub fn set_open(&mut self, trace: &Trace, (first, likeness): (usize, Likeness), open: bool) {
        if let Some(bundle) = self.bundles.get(first, likeness) {
            self.set_bundle(trace, &bundle, open);
        }
    }

    /// Whether what is alike from a span on is open.
    pub fn is_open(&self, first: usize, likeness: Likeness) -> bool {
        let bundle = self.bundles.get(first, likeness);
        bundle.is_some_and(|bundle| bundle.is_open())
    }

    /// Opens exactly the bundles that satisfy the predicate, and closes the others.
    pub fn set_bundles(&mut self, trace: &Trace, open: impl Fn(&Bundle) -> bool) {
        self.change(trace, |rows| {
            Arc::make_mut(&mut rows.bundles).set_where(open);
        });
    }

    /// Folds or opens a span and all below it.
    pub fn set_subtree(&mut self, trace: &Trace, span: usize, folded: bool) {
        self.change(trace, |rows| {
            let below = trace.subtree(span);
            let all = Arc::make_mut(&mut rows.folded);
            for inner in below.clone() {
                all[inner] = folded && trace.subtree(inner).len() > 1;
            }
            Arc::make_mut(&mut rows.bundles).set_within(&below, !folded);
        });
    }

    /// Opens everything.
    pub fn open_all(&mut self, trace: &Trace) {
        self.change(trace, |rows| {
            Arc::make_mut(&mut rows.folded).fill(false);
            Arc::make_mut(&mut rows.bundles).set_within(&(0..trace.len()), true);
        });
    }

    /// Folds everything below the roots.
    pub fn close_all(&mut self, trace: &Trace) {
        Arc::make_mut(&mut self.bundles).set_within(&(0..trace.len()), false);
        self.open_to(trace, 1);
    }

    /// Shows spans down to `depth` (1 shows the roots alone) and folds what is below.
    pub fn open_to(&mut self, trace: &Trace, depth: usize) {
        self.fold_where(trace, |span| trace.depth(span) + 1 >= depth);
    }

    /// Folds exactly the spans that have children and satisfy the predicate.
    pub fn fold_where(&mut self, trace: &Trace, fold: impl Fn(usize) -> bool) {
        self.change(trace, |rows| {
            // Which spans have children nobody can predict, the processor neither: both are asked.
            for (span, folded) in Arc::make_mut(&mut rows.folded).iter_mut().enumerate() {
                *folded = (trace.subtree(span).len() > 1) & fold(span);
            }
        });
    }

    /// Folds or opens the spans that have children and satisfy the predicate; leaves the others.
    pub fn set_where(&mut self, trace: &Trace, folded: bool, is_meant: impl Fn(usize) -> bool) {
        self.change(trace, |rows| {
            let all = Arc::make_mut(&mut rows.folded);
            for (span, now) in all.iter_mut().enumerate() {
                if trace.subtree(span).len() > 1 && is_meant(span) {
                    *now = folded;
                }
            }
        });
    }

    /// Opens the shallowest folds of each branch; where there is none, what is bundled.
    pub fn open_level(&mut self, trace: &Trace) {
        let visible: Vec<usize> = self
            .visible_spans()
            .filter(|&span| self.folded[span])
            .collect();
        if !visible.is_empty() {
            return self.fold(trace, &visible, false);
        }
        let closed: Vec<Bundle> = (0..self.len())
            .filter_map(|row| match self.get(row) {
                Some(Row::Bundle(bundle)) => Some(bundle),
                _ => None,
            })
            .collect();
        self.change(trace, |rows| {
            for bundle in closed {
                Arc::make_mut(&mut rows.bundles).set(bundle.first, bundle.likeness, true);
            }
        });
    }

    /// Folds the deepest open parents: those none of whose visible children is open itself.
    pub fn fold_level(&mut self, trace: &Trace) {
        let open = |span: usize| trace.subtree(span).len() > 1 && !self.folded[span];
        let deepest: Vec<usize> = self
            .visible_spans()
            .filter(|&span| open(span) && !trace.children(span).any(open))
            .collect();
        self.fold(trace, &deepest, true);
    }

    /// Opens every ancestor of a span and every bundle it is in, so that it has its own row.
    pub fn reveal(&mut self, trace: &Trace, span: usize) {
        let (mut folds, mut bundled) = (Vec::new(), Vec::new());
        let mut at = span;
        loop {
            bundled.extend(self.bundles.closed_around(trace, at));
            let Some(parent) = trace.parent(at) else {
                break;
            };
            folds.extend(Some(parent).filter(|&parent| self.folded[parent]));
            at = parent;
        }
        if folds.is_empty() && bundled.is_empty() {
            return;
        }
        self.change(trace, |rows| {
            let all = Arc::make_mut(&mut rows.folded);
            for span in folds {
                all[span] = false;
            }
            for bundle in bundled {
                Arc::make_mut(&mut rows.bundles).set(bundle.first, bundle.likeness, true);
            }
        });
    }

    pub(super) fn visible_spans(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().filter_map(|row| match row.what() {
            What::Span | What::Bundle(Likeness::Chain) => Some(row.span as usize),
            What::MissingParent | What::Bundle(Likeness::Alike) | What::Hidden => None,
        })
    }

    fn fold(&mut self, trace: &Trace, spans: &[usize], folded: bool) {
        self.change(trace, |rows| {
            let all = Arc::make_mut(&mut rows.folded);
            for &span in spans {
                all[span] = folded;
            }
        });
    }

    fn change(&mut self, trace: &Trace, change: impl FnOnce(&mut Self)) {
        change(self);
        self.rebuild(trace);
    }

    pub(super) fn rebuild(&mut self, trace: &Trace) {
        let mut rows = std::mem::take(&mut self.entries);
        rows.clear();
        (self.entries, self.hidden) = Builder::new(trace, rows).build(self);
    }
}
