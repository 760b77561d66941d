//! Which rows a tree shows when parts of it are folded.

use crate::model::{SpanId, Trace};

/// One row of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A span.
    Span(usize),
    /// A parent that is not in the trace; the orphans that name it stand below.
    MissingParent {
        /// Its id.
        id: SpanId,
        /// The first of the orphans.
        first: usize,
    },
}

impl Row {
    /// The span of the row, or the first below it: never decreases from row to row.
    fn number(self) -> usize {
        match self {
            Row::Span(span) | Row::MissingParent { first: span, .. } => span,
        }
    }
}

/// The visible rows of a trace and the folds that made them.
///
/// A fold change rebuilds the rows by jumping over folded subtrees: the cost is the number of
/// visible rows, not of spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    folded: Vec<bool>,
    rows: Vec<Row>,
}

impl Rows {
    /// Everything open.
    pub fn new(trace: &Trace) -> Self {
        let mut rows = Self {
            folded: vec![false; trace.len()],
            rows: Vec::new(),
        };
        rows.rebuild(trace);
        rows
    }

    /// The number of visible rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// A visible row.
    pub fn get(&self, row: usize) -> Option<Row> {
        self.rows.get(row).copied()
    }

    /// The span of a row, if it is one.
    pub fn span(&self, row: usize) -> Option<usize> {
        match self.get(row)? {
            Row::Span(span) => Some(span),
            Row::MissingParent { .. } => None,
        }
    }

    /// The span of a row, or the first of the orphans below a missing parent.
    pub fn number(&self, row: usize) -> Option<usize> {
        self.get(row).map(Row::number)
    }

    /// Whether a span's children are hidden.
    pub fn is_folded(&self, span: usize) -> bool {
        self.folded.get(span).copied().unwrap_or(false)
    }

    /// The row of a span, or of the folded ancestor that hides it.
    pub fn row_of(&self, span: usize) -> usize {
        self.rows
            .partition_point(|row| row.number() <= span)
            .saturating_sub(1)
    }

    /// Folds or opens one span; nothing happens to a leaf.
    pub fn set(&mut self, trace: &Trace, span: usize, folded: bool) {
        if trace.subtree(span).len() > 1 && self.folded[span] != folded {
            self.folded[span] = folded;
            self.rebuild(trace);
        }
    }

    /// Folds or opens a span and all below it.
    pub fn set_subtree(&mut self, trace: &Trace, span: usize, folded: bool) {
        self.change(trace, |rows| {
            for inner in trace.subtree(span) {
                rows.folded[inner] = folded && trace.subtree(inner).len() > 1;
            }
        });
    }

    /// Opens everything.
    pub fn open_all(&mut self, trace: &Trace) {
        self.change(trace, |rows| rows.folded.fill(false));
    }

    /// Shows spans down to `depth` (1 shows the roots alone) and folds what is below.
    pub fn open_to(&mut self, trace: &Trace, depth: usize) {
        self.fold_where(trace, |span| trace.depth(span) + 1 >= depth);
    }

    /// Folds exactly the spans that have children and satisfy the predicate.
    pub fn fold_where(&mut self, trace: &Trace, fold: impl Fn(usize) -> bool) {
        self.change(trace, |rows| {
            for span in 0..trace.len() {
                rows.folded[span] = trace.subtree(span).len() > 1 && fold(span);
            }
        });
    }

    /// Opens the shallowest folds of each branch.
    pub fn open_level(&mut self, trace: &Trace) {
        let visible: Vec<usize> = self
            .visible_spans()
            .filter(|&span| self.folded[span])
            .collect();
        self.fold(trace, &visible, false);
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

    /// Opens every ancestor of a span, so that it is visible.
    pub fn reveal(&mut self, trace: &Trace, span: usize) {
        let ancestors = std::iter::successors(trace.parent(span), |&parent| trace.parent(parent));
        let folded: Vec<usize> = ancestors
            .filter(|&ancestor| self.folded[ancestor])
            .collect();
        if !folded.is_empty() {
            self.fold(trace, &folded, false);
        }
    }

    fn visible_spans(&self) -> impl Iterator<Item = usize> {
        self.rows.iter().filter_map(|row| match row {
            Row::Span(span) => Some(*span),
            Row::MissingParent { .. } => None,
        })
    }

    fn fold(&mut self, trace: &Trace, spans: &[usize], folded: bool) {
        self.change(trace, |rows| {
            for &span in spans {
                rows.folded[span] = folded;
            }
        });
    }

    fn change(&mut self, trace: &Trace, change: impl FnOnce(&mut Self)) {
        change(self);
        self.rebuild(trace);
    }

    fn rebuild(&mut self, trace: &Trace) {
        self.rows.clear();
        let (mut span, mut missing) = (0, None);
        while span < trace.len() {
            if trace.depth(span) == 0 {
                let parent = trace.missing_parent(span);
                if let Some(id) = parent.filter(|_| parent != missing) {
                    self.rows.push(Row::MissingParent { id, first: span });
                }
                missing = parent;
            }
            self.rows.push(Row::Span(span));
            span = if self.folded[span] {
                trace.subtree(span).end
            } else {
                span + 1
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    const TREE: &str = "a: r 0..100\n  b: x 1..50\n    c: y 2..3\n    c: z 4..5\n      d: deep 4..5\n  b: w 60..70\n";

    fn spans(rows: &Rows) -> Vec<usize> {
        rows.visible_spans().collect()
    }

    #[test]
    fn folds_jump_over_subtrees() {
        let trace = scenario::trace(TREE);
        let mut rows = Rows::new(&trace);
        rows.set(&trace, 1, true);
        assert_eq!(spans(&rows), [0, 1, 5]);
        assert_eq!(rows.row_of(4), 1);
        assert_eq!(rows.row_of(5), 2);
        rows.reveal(&trace, 4);
        assert_eq!(rows.len(), 6);
        rows.open_to(&trace, 2);
        assert_eq!(spans(&rows), [0, 1, 5]);
    }

    #[test]
    fn levels_open_from_the_top_and_fold_from_the_bottom() {
        let trace = scenario::trace(TREE);
        let mut rows = Rows::new(&trace);
        rows.fold_level(&trace);
        assert_eq!(spans(&rows), [0, 1, 2, 3, 5]);
        rows.fold_level(&trace);
        assert_eq!(spans(&rows), [0, 1, 5]);
        rows.open_to(&trace, 1);
        rows.open_level(&trace);
        assert_eq!(spans(&rows), [0, 1, 5]);
    }

    #[test]
    fn a_missing_parent_has_one_row() {
        let trace =
            scenario::trace("a: r 0..9\nb: x 1..2 parent=77\n  b: in 1..2\nb: y 3..4 parent=77\n");
        let rows = Rows::new(&trace);
        assert_eq!(
            rows.get(1),
            Some(Row::MissingParent {
                id: SpanId(0x77),
                first: 1
            })
        );
        assert_eq!(rows.len(), 5);
        assert_eq!((rows.row_of(0), rows.row_of(1), rows.row_of(3)), (0, 2, 4));
    }
}
