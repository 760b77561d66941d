//! The traces found: kept in order, refreshed in place, never moving under the cursor.
//!
//! In *follow* the newest rows enter on top. Once the cursor moved, the list *holds*: rows that are
//! there change their figures in place, others wait and are counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::backend::{Progress, Pushdown, SearchDone, TraceRow};
use crate::model::TraceId;
use crate::text::Shown;
use crate::tui::widget::list::List;

use super::order::Order;

/// Why traces are asked for, which decides what becomes of those on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Errand {
    /// Another question: what was there goes.
    #[default]
    Anew,
    /// The same question after some time.
    Refresh,
    /// The same question with a higher limit.
    More,
}

/// What a search found, and how it stands.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Results {
    rows: Vec<TraceRow>,
    /// What the present question brought so far, while it may not be shown yet.
    arriving: Vec<TraceRow>,
    errand: Errand,
    pub order: Order,
    pub list: List,
    /// Whether newer rows enter on top.
    pub follow: bool,
    /// Rows that wait because the list holds.
    newer: Vec<TraceRow>,
    pub marked: BTreeSet<TraceId>,
    pub found: Option<SearchDone>,
    pub notes: Vec<Shown<'static>>,
    pub pushdown: Pushdown,
    pub progress: Option<Progress>,
    pub failure: Option<Shown<'static>>,
}

impl Results {
    /// Nothing yet, in follow.
    pub fn new() -> Self {
        Self {
            follow: true,
            ..Self::default()
        }
    }

    /// The traces on the screen, in order.
    pub fn rows(&self) -> &[TraceRow] {
        &self.rows
    }

    /// How many wait to be shown.
    pub fn newer(&self) -> usize {
        self.newer.len()
    }

    /// The trace under the cursor, or on top while nobody moved it. None on the last row.
    pub fn here(&self) -> Option<&TraceRow> {
        self.rows.get(self.list.cursor())
    }

    /// A question is asked.
    pub fn asked(&mut self, errand: Errand) {
        self.errand = errand;
        self.arriving.clear();
        self.progress = None;
        self.failure = None;
        if errand == Errand::Anew {
            let (order, marked) = (self.order, std::mem::take(&mut self.marked));
            *self = Self {
                errand,
                order,
                marked,
                ..Self::new()
            };
        }
    }

    /// Rows of the answer. Those of a new question are shown at once.
    pub fn arrived(&mut self, rows: Vec<TraceRow>) {
        self.arriving.extend(rows);
        if self.errand == Errand::Anew {
            let arrived = std::mem::take(&mut self.arriving);
            self.regroup(|rows| rows.extend(arrived));
        }
    }

    /// The answer is complete.
    pub fn complete(&mut self, done: SearchDone) {
        self.found = Some(done);
        self.progress = None;
        let arrived = std::mem::take(&mut self.arriving);
        match self.errand {
            Errand::Anew => {}
            Errand::Refresh if self.follow || self.rows.is_empty() => {
                self.regroup(|rows| *rows = arrived);
            }
            Errand::Refresh => self.hold(arrived),
            Errand::More => self.regroup(|rows| merge(rows, arrived)),
        }
    }

    /// It failed, or was stopped: what came stays, and why is said.
    pub fn failed(&mut self, why: Shown<'static>) {
        let arrived = std::mem::take(&mut self.arriving);
        if self.errand == Errand::More {
            self.regroup(|rows| merge(rows, arrived));
        }
        self.progress = None;
        self.failure = Some(why);
    }

    /// Another order; the cursor stays on its trace.
    pub fn sort(&mut self, order: Order) {
        self.order = order;
        self.regroup(|_| {});
    }

    /// Shows what waited, and follows again.
    pub fn catch_up(&mut self) {
        self.follow = true;
        let waiting = std::mem::take(&mut self.newer);
        self.regroup(|rows| merge(rows, waiting));
    }

    /// Takes the cursor in hand: nothing moves by itself from now on.
    pub fn grasp(&mut self) {
        self.follow = false;
    }

    /// Marks or unmarks a trace.
    pub fn mark(&mut self, id: TraceId) {
        if !self.marked.remove(&id) {
            self.marked.insert(id);
        }
    }

    /// Changes the rows and puts them in order. In hold the cursor stays on its trace, at the same
    /// height on the screen.
    fn regroup(&mut self, change: impl FnOnce(&mut Vec<TraceRow>)) {
        let here = self.here().map(|row| row.trace_id);
        change(&mut self.rows);
        self.order.sort(&mut self.rows);
        if self.follow {
            self.list = List::default();
            return;
        }
        let again = here.and_then(|id| self.rows.iter().position(|row| row.trace_id == id));
        if let Some(at) = again {
            self.list.follow(at);
        }
    }

    /// Figures change in place; what is new waits.
    fn hold(&mut self, arrived: Vec<TraceRow>) {
        let mut by_id: BTreeMap<TraceId, TraceRow> =
            arrived.into_iter().map(|row| (row.trace_id, row)).collect();
        for row in &mut self.rows {
            if let Some(fresh) = by_id.remove(&row.trace_id) {
                *row = fresh;
            }
        }
        self.newer = by_id.into_values().collect();
    }
}

/// Adds rows; of a trace that is there already, the new one counts.
fn merge(rows: &mut Vec<TraceRow>, fresh: Vec<TraceRow>) {
    let known: BTreeSet<TraceId> = fresh.iter().map(|row| row.trace_id).collect();
    rows.retain(|row| !known.contains(&row.trace_id));
    rows.extend(fresh);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Nanos, Time};

    fn row(id: u128, start: u64, spans: u32) -> TraceRow {
        TraceRow {
            trace_id: TraceId(id),
            name: "op".into(),
            service: "svc".into(),
            start: Time(start),
            duration: Nanos(1),
            spans,
            errors: 0,
            services: BTreeMap::new(),
            matched: Vec::new(),
            incomplete: false,
        }
    }

    const DONE: SearchDone = SearchDone {
        complete: true,
        matching: None,
        of: None,
    };

    fn ids(results: &Results) -> Vec<u128> {
        results.rows().iter().map(|row| row.trace_id.0).collect()
    }

    fn refreshed(results: &mut Results, rows: Vec<TraceRow>) {
        results.asked(Errand::Refresh);
        results.arrived(rows);
        results.complete(DONE);
    }

    #[test]
    fn in_follow_new_rows_enter_on_top() {
        let mut results = Results::new();
        results.asked(Errand::Anew);
        results.arrived(vec![row(1, 10, 1), row(2, 20, 1)]);
        assert_eq!(ids(&results), [2, 1]);
        results.complete(DONE);
        refreshed(&mut results, vec![row(3, 30, 1), row(2, 20, 1)]);
        assert_eq!((ids(&results), results.newer()), (vec![3, 2], 0));
        assert_eq!(results.here().unwrap().trace_id, TraceId(3));
    }

    #[test]
    fn in_hold_the_cursors_trace_stays_where_it_is_and_newer_ones_wait() {
        let mut results = Results::new();
        results.asked(Errand::Anew);
        results.arrived((1..=20).map(|i| row(i, i as u64, 1)).collect());
        results.complete(DONE);
        results.grasp();
        results.list.go(4, 10, 20);
        let before = (
            results.list.window(10, 20),
            results.here().unwrap().trace_id,
        );
        refreshed(
            &mut results,
            (10..=25).map(|i| row(i, i as u64, 7)).collect(),
        );
        assert_eq!(
            (
                results.list.window(10, 20),
                results.here().unwrap().trace_id
            ),
            before
        );
        assert_eq!(results.newer(), 5);
        assert_eq!(results.here().unwrap().spans, 7);
        results.catch_up();
        assert_eq!(results.here().unwrap().trace_id, TraceId(25));
        assert_eq!((results.newer(), results.rows().len()), (0, 25));
    }

    #[test]
    fn more_rows_leave_the_cursor_on_its_trace() {
        let mut results = Results::new();
        results.asked(Errand::Anew);
        results.arrived((10..20).map(|i| row(i, i as u64, 1)).collect());
        results.complete(DONE);
        results.grasp();
        results.list.go(3, 5, 11);
        let here = results.here().unwrap().trace_id;
        results.asked(Errand::More);
        results.arrived((1..30).map(|i| row(i, i as u64, 1)).collect());
        results.complete(DONE);
        assert_eq!(results.here().unwrap().trace_id, here);
        assert_eq!(results.rows().len(), 29);
    }

    #[test]
    fn a_failure_keeps_what_came() {
        let mut results = Results::new();
        results.asked(Errand::Anew);
        results.arrived(vec![row(1, 1, 1)]);
        results.failed("cut off".into());
        assert_eq!((ids(&results), results.failure.is_some()), (vec![1], true));
    }
}
