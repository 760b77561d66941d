//! Which rows a tree shows when parts of it are folded, bundled or left out.

use crate::model::Trace;

use super::bundle::{Bundle, Likeness, bundles};
use super::sieve::Sieve;

/// One row of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A span.
    Span(usize),
    /// A parent that is not in the trace; the orphans that name it stand below, this one first.
    MissingParent(usize),
    /// Spans that share the row, or stand below it if they were opened.
    Bundle(Bundle),
}

/// A row as it is kept: 12 bytes, since there may be as many as spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// The span of the row, or the first below it: never decreases from row to row.
    span: u32,
    /// How much deeper than in the trace the row stands: below an opened run one level, below
    /// what is left out or chained fewer.
    shift: i32,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Span,
    MissingParent,
    Bundle(Likeness),
}

/// The visible rows of a trace and the folds that made them.
///
/// A fold change rebuilds the rows by jumping over folded subtrees: the cost is the number of
/// visible rows, not of spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    folded: Vec<bool>,
    bundles: Vec<Bundle>,
    /// Places of runs among the bundles, by parent and first span.
    runs: Vec<u32>,
    sieve: Sieve,
    entries: Vec<Entry>,
}

impl Rows {
    /// Everything open but the bundles.
    pub fn new(trace: &Trace) -> Self {
        let bundles = bundles(trace);
        let is_run = |&at: &u32| bundles[at as usize].likeness == Likeness::Alike;
        let mut runs: Vec<u32> = (0..bundles.len() as u32).filter(is_run).collect();
        runs.sort_unstable_by_key(|&at| (bundles[at as usize].parent, bundles[at as usize].first));
        let mut rows = Self {
            folded: vec![false; trace.len()],
            bundles,
            runs,
            sieve: Sieve::default(),
            entries: Vec::new(),
        };
        rows.rebuild(trace);
        rows
    }

    /// The number of visible rows.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// A visible row.
    pub fn get(&self, row: usize) -> Option<Row> {
        let entry = self.entries.get(row)?;
        let span = entry.span as usize;
        match entry.what {
            What::Span => Some(Row::Span(span)),
            What::MissingParent => Some(Row::MissingParent(span)),
            What::Bundle(likeness) => self.bundle(span, likeness).copied().map(Row::Bundle),
        }
    }

    /// The span of a row, if it is one.
    pub fn span(&self, row: usize) -> Option<usize> {
        let entry = self.entries.get(row)?;
        (entry.what == What::Span).then_some(entry.span as usize)
    }

    /// The span of a row, or the first below it.
    pub fn number(&self, row: usize) -> Option<usize> {
        self.entries.get(row).map(|entry| entry.span as usize)
    }

    /// At which level a row is shown.
    pub fn level(&self, trace: &Trace, row: usize) -> usize {
        let level = |entry: &Entry| {
            trace
                .depth(entry.span as usize)
                .saturating_add_signed(entry.shift as isize)
        };
        self.entries.get(row).map_or(0, level)
    }

    /// The row in which a span stands for itself, if it does.
    pub fn own_row(&self, span: usize) -> Option<usize> {
        let row = self.row_of(span);
        (self.number(row) == Some(span)).then_some(row)
    }

    /// Whether a span's children are hidden.
    pub fn is_folded(&self, span: usize) -> bool {
        self.folded.get(span).copied().unwrap_or(false)
    }

    /// The row of a span, or of the folded ancestor or bundle that hides it.
    pub fn row_of(&self, span: usize) -> usize {
        self.entries
            .partition_point(|row| row.span as usize <= span)
            .saturating_sub(1)
    }

    /// What is left out of the rows.
    #[cfg(test)]
    pub fn sieve(&self) -> &Sieve {
        &self.sieve
    }

    /// Leaves other spans out.
    pub fn sift(&mut self, trace: &Trace, sieve: Sieve) {
        self.change(trace, |rows| rows.sieve = sieve);
    }

    /// Folds or opens one span; nothing happens to a leaf.
    pub fn set(&mut self, trace: &Trace, span: usize, folded: bool) {
        if trace.subtree(span).len() > 1 && self.folded[span] != folded {
            self.folded[span] = folded;
            self.rebuild(trace);
        }
    }

    /// Opens or closes a bundle.
    pub fn set_bundle(&mut self, trace: &Trace, bundle: &Bundle, open: bool) {
        if let Some(at) = self.place(bundle.first, bundle.likeness) {
            self.bundles[at].open = open;
            self.rebuild(trace);
        }
    }

    /// All runs and chains, open or not.
    pub fn bundles(&self) -> &[Bundle] {
        &self.bundles
    }

    /// Opens exactly the bundles that satisfy the predicate, and closes the others.
    pub fn set_bundles(&mut self, trace: &Trace, open: impl Fn(&Bundle) -> bool) {
        self.change(trace, |rows| {
            for bundle in &mut rows.bundles {
                bundle.open = open(bundle);
            }
        });
    }

    /// Folds or opens a span and all below it.
    pub fn set_subtree(&mut self, trace: &Trace, span: usize, folded: bool) {
        self.change(trace, |rows| {
            let below = trace.subtree(span);
            for inner in below.clone() {
                rows.folded[inner] = folded && trace.subtree(inner).len() > 1;
            }
            let from = rows.bundles.partition_point(|b| b.first < below.start);
            let inside = |b: &&mut Bundle| b.first < below.end;
            for bundle in rows.bundles[from..].iter_mut().take_while(inside) {
                bundle.open = !folded;
            }
        });
    }

    /// Opens everything.
    pub fn open_all(&mut self, trace: &Trace) {
        self.change(trace, |rows| {
            rows.folded.fill(false);
            rows.bundles
                .iter_mut()
                .for_each(|bundle| bundle.open = true);
        });
    }

    /// Folds everything below the roots.
    pub fn close_all(&mut self, trace: &Trace) {
        for bundle in &mut self.bundles {
            bundle.open = false;
        }
        self.open_to(trace, 1);
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

    /// Folds or opens the spans that have children and satisfy the predicate; leaves the others.
    pub fn set_where(&mut self, trace: &Trace, folded: bool, is_meant: impl Fn(usize) -> bool) {
        self.change(trace, |rows| {
            for span in 0..trace.len() {
                if trace.subtree(span).len() > 1 && is_meant(span) {
                    rows.folded[span] = folded;
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
                if let Some(at) = rows.place(bundle.first, bundle.likeness) {
                    rows.bundles[at].open = true;
                }
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
            bundled.extend(self.run_of(trace, at).into_iter().chain(self.chain_of(at)));
            let Some(parent) = trace.parent(at) else {
                break;
            };
            folds.extend(Some(parent).filter(|&parent| self.folded[parent]));
            at = parent;
        }
        bundled.retain(|&at| !self.bundles[at].open);
        if folds.is_empty() && bundled.is_empty() {
            return;
        }
        self.change(trace, |rows| {
            for span in folds {
                rows.folded[span] = false;
            }
            for at in bundled {
                rows.bundles[at].open = true;
            }
        });
    }

    /// The row of the next sibling of what a row shows; a bundle counts as one.
    pub fn next_sibling(&self, trace: &Trace, row: usize) -> Option<usize> {
        let after = match self.get(row)? {
            Row::Span(span) => trace.subtree(span).end,
            Row::MissingParent(_) => return None,
            Row::Bundle(bundle) if bundle.likeness == Likeness::Chain => {
                trace.subtree(bundle.first).end
            }
            Row::Bundle(bundle) => bundle.after(trace),
        };
        let next = self
            .entries
            .partition_point(|row| (row.span as usize) < after);
        (self.level(trace, next) == self.level(trace, row) && next < self.len()).then_some(next)
    }

    /// The row of the previous sibling of what a row shows.
    pub fn previous_sibling(&self, trace: &Trace, row: usize) -> Option<usize> {
        let (here, above) = (self.number(row)?, self.number(row.checked_sub(1)?)?);
        let is_beside = |&at: &usize| trace.parent(at) == trace.parent(here);
        let mut up = std::iter::successors(Some(above), |&at| trace.parent(at));
        let sibling = up.find(is_beside).filter(|&at| at != here)?;
        let previous = self.row_of(sibling);
        (self.level(trace, previous) == self.level(trace, row)).then_some(previous)
    }

    /// The opened run that a span stands in, as its row.
    pub fn header_of(&self, trace: &Trace, span: usize) -> Option<usize> {
        let run = self.bundles.get(self.run_of(trace, span)?)?;
        let first = self
            .entries
            .partition_point(|row| (row.span as usize) < run.first);
        let is_header = |&row: &usize| {
            let here = self
                .entries
                .get(row)
                .map(|row| (row.span as usize, row.what));
            here == Some((run.first, What::Bundle(Likeness::Alike)))
        };
        (first..self.len()).take(3).find(is_header)
    }

    fn place(&self, first: usize, likeness: Likeness) -> Option<usize> {
        let key = |bundle: &Bundle| (bundle.first, bundle.likeness);
        self.bundles
            .binary_search_by_key(&(first, likeness), key)
            .ok()
    }

    fn bundle(&self, first: usize, likeness: Likeness) -> Option<&Bundle> {
        self.bundles.get(self.place(first, likeness)?)
    }

    /// The run of siblings that a span is in.
    fn run_of(&self, trace: &Trace, span: usize) -> Option<usize> {
        let key = (trace.parent(span), span);
        let of = |&at: &u32| {
            (
                self.bundles[at as usize].parent,
                self.bundles[at as usize].first,
            )
        };
        let after = self.runs.partition_point(|at| of(at) <= key);
        let at = *self.runs.get(after.checked_sub(1)?)? as usize;
        let run = self.bundles[at];
        (run.parent == key.0 && (run.first..=run.last).contains(&span)).then_some(at)
    }

    /// The chain in which a span is not the first.
    fn chain_of(&self, span: usize) -> Option<usize> {
        // Chains do not overlap, so of those before the span only the last can hold it; runs may
        // stand between.
        let after = self.bundles.partition_point(|bundle| bundle.first < span);
        let chain = self.bundles[..after]
            .iter()
            .rposition(|bundle| bundle.likeness == Likeness::Chain)?;
        (self.bundles[chain].last >= span).then_some(chain)
    }

    fn visible_spans(&self) -> impl Iterator<Item = usize> {
        self.entries.iter().filter_map(|row| match row.what {
            What::Span | What::Bundle(Likeness::Chain) => Some(row.span as usize),
            What::MissingParent | What::Bundle(Likeness::Alike) => None,
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
        let mut rows = std::mem::take(&mut self.entries);
        rows.clear();
        self.entries = Builder::new(trace, rows).build(self);
    }
}

/// The rows while they are made, span by span, jumping over what is hidden.
struct Builder<'a> {
    trace: &'a Trace,
    rows: Vec<Entry>,
    shift: i32,
    /// Where what shifts the rows ends, and by how much.
    shifts: Vec<(usize, i32)>,
    next_bundle: usize,
    missing: Option<crate::model::SpanId>,
}

impl<'a> Builder<'a> {
    fn new(trace: &'a Trace, rows: Vec<Entry>) -> Self {
        Self {
            trace,
            rows,
            shift: 0,
            shifts: Vec::new(),
            next_bundle: 0,
            missing: None,
        }
    }

    fn build(mut self, rows: &Rows) -> Vec<Entry> {
        let mut span = 0;
        while span < self.trace.len() {
            while let Some((_, by)) = self.shifts.pop_if(|(end, _)| *end <= span) {
                self.shift -= by;
            }
            span = self.step(rows, span);
        }
        self.rows
    }

    /// Adds the rows of a span; returns the span that comes next.
    fn step(&mut self, rows: &Rows, span: usize) -> usize {
        if rows.sieve.prunes(span) {
            return self.trace.subtree(span).end;
        }
        if rows.sieve.splices(span) {
            self.shift_until(self.trace.subtree(span).end, -1);
            return span + 1;
        }
        if self.trace.depth(span) == 0 {
            self.missing_parent(span);
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

    fn missing_parent(&mut self, span: usize) {
        let parent = self.trace.missing_parent(span);
        if parent.is_some() && parent != self.missing {
            self.push(span, What::MissingParent);
        }
        self.missing = parent;
    }

    /// The rows of the bundles that begin with a span. None if the span itself comes next.
    fn bundled(&mut self, rows: &Rows, span: usize) -> Option<usize> {
        while let Some(bundle) = rows.bundles.get(self.next_bundle) {
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
        let (span, shift) = (span as u32, self.shift);
        self.rows.push(Entry { span, shift, what });
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
        assert_eq!(rows.get(1), Some(Row::MissingParent(1)));
        assert_eq!(rows.len(), 5);
        assert_eq!((rows.row_of(0), rows.row_of(1), rows.row_of(3)), (0, 2, 4));
    }

    #[test]
    fn alike_siblings_share_a_row_until_it_is_opened() {
        let calls = "  b: get 1..2\n    c: x 1..2\n".repeat(5);
        let trace = scenario::trace(&format!("a: r 0..100\n{calls}  b: put 3..4\n"));
        let mut rows = Rows::new(&trace);
        assert_eq!(rows.len(), 3);
        let Some(Row::Bundle(run)) = rows.get(1) else {
            panic!("{:?}", rows.get(1))
        };
        assert_eq!((rows.row_of(6), rows.own_row(6)), (1, None));
        rows.set_bundle(&trace, &run, true);
        assert_eq!(
            (rows.len(), rows.row_of(1), rows.header_of(&trace, 5)),
            (13, 2, Some(1))
        );
        let levels: Vec<usize> = (0..4).map(|row| rows.level(&trace, row)).collect();
        assert_eq!(levels, [0, 1, 2, 3]);
        assert_eq!(rows.level(&trace, 12), 1);
        rows.close_all(&trace);
        rows.reveal(&trace, 6);
        assert_eq!(rows.span(rows.row_of(6)), Some(6));
    }

    #[test]
    fn a_chain_is_one_row_and_what_hangs_below_it_stays() {
        let text = "a: r 0..9\n a: s 0..9\n  a: t 0..9\n   a: u 0..9\n    a: v 0..9\n     b: w 0..9\n a: z 0..1\n";
        let text = text.replace(" a: z", "a: z");
        let trace = scenario::trace(&text);
        let mut rows = Rows::new(&trace);
        assert_eq!(rows.len(), 3);
        assert_eq!((rows.level(&trace, 1), rows.number(1)), (1, Some(5)));
        rows.reveal(&trace, 3);
        assert_eq!((rows.len(), rows.level(&trace, 5)), (7, 5));
    }
}
