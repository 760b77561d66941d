//! A trace that is there: what is shown of it, and where the reader stands in it.

mod growing;
mod history;
mod moves;
mod views;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analysis::Frame;
use crate::model::{Bits, Notes, SpanId, Time, Trace};
use crate::text::{Charset, Shown};
use crate::tui::answer::Held;
use crate::tui::canvas::memo::Memo;
use crate::tui::session::standing::Folds;
use crate::tui::widget::list::List;
use crate::tui::widget::waterfall::{Bundle, Bundles, Likeness, Minimap, Row, Rows, Squeeze};

use super::columns::Column;
use super::detail::{Detail, Known};
use super::draw::{Bars, Border};
use super::explain::Explained;
use super::find::Find;
use super::links::BackLinks;
use super::range::Range;
use super::study::Want;
use super::together::Together;
use super::view::flame::FlameView;
use super::view::stance::Stance;
use super::view::{Body, Seen, View};
use super::without::Without;

pub use growing::Clocks;
use growing::Coming;
use history::History;
pub use moves::Moves;

/// A trace that has more spans than this opens folded, and what is alike in it is looked for
/// beside the interface.
pub const LARGE: usize = 5_000;
/// Which part has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    Tree,
    Detail,
    Find,
    /// What narrows the detail is typed.
    Filter,
}

/// A trace that is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Open {
    pub trace: Held<Trace>,
    pub charset: Charset,
    /// Which view is shown, and where the reader stands in those other than the waterfall.
    pub view: View,
    pub bodies: BTreeMap<View, Body>,
    /// What the view shows is being built; the cursor will be on this span.
    pub building: Option<usize>,
    /// What is wanted of the jobs of the screen.
    pub wants: Vec<Want>,
    /// The span that the view showed when it was turned to, and the one that was meant.
    pub anchor: Option<(usize, usize)>,
    /// The view to turn to once the trace is explained.
    pub wanted_view: Option<View>,
    /// The cursor moved: its span is told once it rests.
    pub untold: bool,
    /// The span whose start the guide shows: the cursor's, once it rests.
    pub guided: Option<usize>,
    /// How to stand in views once they are built.
    pub stances: BTreeMap<View, Stance>,
    /// What is to be shown in place of the trace.
    pub coming: Option<Coming>,
    /// The line of the detail to go to, once all is told there.
    pub wanted_line: Option<usize>,
    /// Folds that only the critical path can decide.
    pub wanted_folds: Option<Folds>,
    pub explained: Option<Held<Explained>>,
    pub rows: Rows,
    pub list: List,
    pub focus: Focus,
    pub detail: Detail,
    /// Which spans link to which.
    pub back: BackLinks,
    /// What readers have noted on its spans.
    pub notes: Notes,
    pub find: Find,
    pub range: Range,
    pub history: History,
    /// What the mouse drags over on ruler or minimap, while it does.
    pub dragged: Option<(Time, Time)>,
    /// The border that the mouse moves, while it does.
    pub moving: Option<Border>,
    /// Only work on the critical path is drawn.
    pub critical_only: bool,
    /// Clocks are corrected; the trace as received is here.
    pub received: Option<Held<Trace>>,
    /// What was done with them last.
    pub clocks: Clocks,
    /// The finding the cursor was sent to last.
    pub finding: Option<usize>,
    /// The span that the hunt for the longest own time is at.
    pub longest: Option<usize>,
    /// Idle time is squeezed out of the bars.
    pub squeeze: Option<Squeeze>,
    /// What is put out of sight, and how many spans that are.
    pub without: Without,
    pub left_out: usize,
    /// The trace was opened folded because of its size.
    pub folded: bool,
    /// The minimap, by rows and columns.
    pub minimap: Memo<(u16, u16), Minimap>,
    /// The bars in view.
    pub bars: Bars,
    /// The figures of bundles.
    pub together: Memo<(usize, Likeness), Together>,
    /// Whether spans are slow for their kind.
    pub slow: Memo<usize, bool>,
    /// How wide columns are.
    pub columns: Memo<Column, u16>,
}

impl Open {
    pub fn new(trace: Held<Trace>, charset: Charset) -> Self {
        let mut rows = rows(&trace);
        let folded = trace.len() > LARGE;
        if folded {
            // Until the critical path is known, failures decide what is worth seeing.
            rows.fold_where(&trace, |span| {
                trace.errors_in(span + 1..trace.subtree(span).end) == 0
            });
        }
        let mut open = Self {
            charset,
            view: View::Waterfall,
            bodies: BTreeMap::new(),
            building: None,
            wants: Vec::new(),
            anchor: None,
            wanted_view: None,
            untold: false,
            guided: None,
            stances: BTreeMap::new(),
            coming: None,
            wanted_line: None,
            wanted_folds: None,
            range: Range::whole(&trace),
            explained: None,
            rows,
            list: List::default(),
            focus: Focus::Tree,
            detail: Detail::new(charset),
            back: BackLinks::of(&trace),
            notes: Notes::of(&trace),
            find: Find::default(),
            history: History::default(),
            dragged: None,
            moving: None,
            critical_only: false,
            received: None,
            clocks: Clocks::AsReceived,
            finding: None,
            longest: None,
            squeeze: None,
            without: Without::default(),
            left_out: 0,
            folded,
            minimap: Memo::default(),
            bars: Memo::default(),
            together: Memo::default(),
            slow: Memo::default(),
            columns: Memo::default(),
            trace,
        };
        open.describe();
        open
    }

    /// Marks the spans that a search asked for; none of them where it asked for all, which ids that
    /// spans share do not tell.
    pub fn match_ids(&mut self, ids: &[SpanId]) {
        if ids.is_empty() {
            return;
        }
        let mut count = 0;
        let mut matched = Bits::none(self.trace.len());
        let asked = |&span: &usize| ids.binary_search(&self.trace.span(span).span_id()).is_ok();
        let spans = (0..self.trace.len()).filter(asked);
        spans.for_each(|span| {
            matched.insert(span);
            count += 1;
        });
        if count < self.trace.len() {
            self.find.lead_in(matched.into());
        }
    }

    /// The figures of spans that share a row.
    pub fn together(&self, bundle: &Bundle) -> Arc<Together> {
        self.together.get((bundle.first, bundle.likeness), || {
            Together::of(&self.trace, bundle)
        })
    }

    /// Whether a span is slow for its kind.
    pub fn is_slow(&self, span: usize) -> bool {
        let Some(explained) = &self.explained else {
            return false;
        };
        *self.slow.get(span, || {
            let standing = explained.standing(span, &self.trace);
            standing.is_some_and(|standing| standing.is_slow)
        })
    }

    /// The span under the cursor of the view; the first orphan below it on a missing parent's row.
    pub fn span(&self) -> Option<usize> {
        match self.bodies.get(&self.view) {
            Some(body) => body.span(self),
            None if self.building.is_some() => self.building,
            None => self.rows.number(self.list.cursor()),
        }
    }

    /// A frame of the flame graph by its number.
    pub fn frame(&self, flame: &FlameView, at: usize) -> Option<Frame> {
        let explained = self.explained.as_ref()?;
        flame.frame(at, &self.trace, &explained.path)
    }

    /// What the views read.
    pub fn seen(&self) -> Seen<'_> {
        Seen {
            trace: &self.trace,
            explained: self.explained.as_deref(),
            charset: self.charset,
        }
    }

    /// The row of the cursor in the view, and how many rows there are.
    pub fn position(&self) -> (usize, usize) {
        match self.bodies.get(&self.view) {
            None if self.building.is_some() => (0, 0),
            None => (self.list.cursor(), self.rows.len()),
            Some(Body::Sheet(sheet)) => (sheet.list.cursor(), sheet.len()),
            Some(Body::Flame(flame)) => (flame.cursor, flame.len()),
            Some(Body::Graph(graph)) => (graph.cursor.index(), graph.graph.node_count()),
            Some(Body::Json(json)) => (json.list.cursor(), json.len(self.trace.len())),
        }
    }

    /// Lets the body of the view change, told what it reads.
    pub fn with_body<T>(&mut self, change: impl FnOnce(&mut Body, &Seen<'_>) -> T) -> Option<T> {
        let mut body = self.bodies.remove(&self.view)?;
        let changed = change(&mut body, &self.seen());
        self.bodies.insert(self.view, body);
        Some(changed)
    }

    /// Tells the span under the cursor in the second pane, once the cursor rests.
    pub fn moved(&mut self) {
        self.untold = true;
    }

    /// Tells the span under the cursor in the second pane.
    pub fn describe(&mut self) {
        self.untold = false;
        self.guided = self.rows.span(self.list.cursor());
        let row = (self.view == View::Waterfall)
            .then(|| self.rows.get(self.list.cursor()))
            .flatten();
        let span = match row {
            Some(Row::Bundle(bundle)) => {
                let together = self.together(&bundle);
                self.detail.tell_bundle(&self.trace, &bundle, &together);
                return;
            }
            // Of a parent that is not there its first orphan tells most.
            Some(Row::Span(span) | Row::MissingParent(span)) => Some(span),
            Some(Row::Hidden(_)) => None,
            None => self.span(),
        };
        let finding = self.listed_finding().cloned();
        let known = Known {
            trace: &self.trace,
            explained: self.explained.as_deref(),
            finding: finding.as_ref(),
            back: &self.back,
            notes: &self.notes,
            charset: self.charset,
            range: (!self.range.is_whole()).then(|| self.range.shown()),
        };
        self.detail.tell(&known, span);
    }

    /// The finding under the cursor, where findings are listed.
    fn listed_finding(&self) -> Option<&Shown<'static>> {
        match self.bodies.get(&self.view)? {
            Body::Sheet(sheet) => sheet.finding(self.explained.as_deref()?),
            _ => None,
        }
    }

    /// Puts the cursor on a span, opening the folds over it.
    pub fn go(&mut self, span: usize, height: usize) {
        let moved = self.with_body(|body, seen| body.go(span, height, seen));
        if let Some(meant) = &mut self.building {
            *meant = span;
        }
        if moved.is_some() || self.building.is_some() {
            self.describe();
            return;
        }
        self.rows.reveal(&self.trace, span);
        self.list
            .go(self.rows.row_of(span), height, self.rows.len());
        self.describe();
    }
}

/// The rows of a trace; of a large one without what is alike, until that is found.
fn rows(trace: &Trace) -> Rows {
    if trace.len() > LARGE {
        Rows::grouped(trace, Bundles::default())
    } else {
        Rows::new(trace)
    }
}
