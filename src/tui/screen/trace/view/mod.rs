//! The views of a trace, as tabs over one selection: whoever turns to another stays on the span.

pub mod flame;
pub mod graph;
pub mod json;
pub mod sheet;
pub mod stance;

use crate::model::Cancellation;
use crate::text::Charset;
use crate::tui::keymap::{Action, Context};

use super::explain::Explained;
use super::open::Open;
use flame::FlameView;
use graph::GraphView;
use json::JsonView;
use sheet::{Content, Grouping, Sheet};

/// One way to look at a trace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum View {
    Waterfall,
    Graph,
    Flame,
    Statistics,
    Table,
    Events,
    Json,
    Findings,
}

impl View {
    /// All of them, as their tabs stand.
    pub const ALL: [Self; 8] = [
        Self::Waterfall,
        Self::Graph,
        Self::Flame,
        Self::Statistics,
        Self::Table,
        Self::Events,
        Self::Json,
        Self::Findings,
    ];

    /// The word on its tab.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Waterfall => "waterfall",
            Self::Graph => "graph",
            Self::Flame => "flame",
            Self::Statistics => "statistics",
            Self::Table => "table",
            Self::Events => "events",
            Self::Json => "json",
            Self::Findings => "findings",
        }
    }

    /// What it is, within a sentence.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Graph => "graph of calls",
            Self::Flame => "flame graph",
            Self::Events => "list of events",
            view => view.title(),
        }
    }

    /// The action that shows it.
    pub const fn action(self) -> Action {
        match self {
            Self::Waterfall => Action::ViewWaterfall,
            Self::Graph => Action::ViewGraph,
            Self::Flame => Action::ViewFlame,
            Self::Statistics => Action::ViewStatistics,
            Self::Table => Action::ViewSpans,
            Self::Events => Action::ViewEvents,
            Self::Json => Action::ViewJson,
            Self::Findings => Action::ViewFindings,
        }
    }

    /// The view that an action shows, coming from this one.
    pub fn turned(self, action: Action) -> Option<Self> {
        let at = Self::ALL.iter().position(|&view| view == self)?;
        let count = Self::ALL.len();
        match action {
            Action::NextView => Self::ALL.get((at + 1) % count).copied(),
            Action::PreviousView => Self::ALL.get((at + count - 1) % count).copied(),
            action => Self::ALL.into_iter().find(|view| view.action() == action),
        }
    }

    /// Whether all spans have to be looked at before anything can be shown.
    pub const fn is_slow(self) -> bool {
        matches!(
            self,
            Self::Graph | Self::Flame | Self::Statistics | Self::Events
        )
    }

    /// Whether it leaves out the spans that are put out of sight.
    pub const fn is_sifted(self) -> bool {
        matches!(
            self,
            Self::Waterfall | Self::Statistics | Self::Table | Self::Events
        )
    }

    /// Where its keys are looked up.
    pub const fn context(self) -> Context {
        match self {
            Self::Waterfall => Context::Waterfall,
            Self::Flame | Self::Graph => Context::Flame,
            _ => Context::TraceTable,
        }
    }
}

/// What a view other than the waterfall shows, and where the reader stands in it.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    Sheet(Sheet),
    Flame(Box<FlameView>),
    Graph(Box<GraphView>),
    Json(JsonView),
}

impl Body {
    /// What a view shows of a trace, statistics grouped as is given. None for the waterfall,
    /// which is never put away. Of no use once cancelled.
    pub fn of(
        view: View,
        grouping: Grouping,
        seen: &Seen<'_>,
        explained: &Explained,
        cancellation: &Cancellation<'_>,
    ) -> Option<Self> {
        let trace = seen.trace;
        let sheet = |content| Self::Sheet(Sheet::new(content, trace, explained));
        Some(match view {
            View::Waterfall => return None,
            View::Graph => Self::Graph(Box::new(GraphView::new(trace, cancellation))),
            View::Flame => Self::Flame(Box::new(FlameView::new(
                trace,
                &explained.path,
                cancellation,
            ))),
            View::Statistics => sheet(Content::groups(trace, explained, grouping, cancellation)),
            View::Table => sheet(Content::Spans),
            View::Events => sheet(Content::events(trace, cancellation)),
            View::Json => Self::Json(JsonView::default()),
            View::Findings => sheet(Content::Findings),
        })
    }

    /// The span under its cursor.
    pub fn span(&self, open: &Open) -> Option<usize> {
        match self {
            Self::Sheet(sheet) => sheet.span(open.explained.as_deref()),
            Self::Flame(flame) => flame.span(),
            Self::Graph(graph) => graph.span(),
            Self::Json(json) => json.span(open.trace.len()),
        }
    }

    /// Puts the cursor on a span, or on what it is part of.
    pub fn go(&mut self, span: usize, height: usize, open: &Seen<'_>) {
        match self {
            Self::Sheet(sheet) => sheet.go(span, height, open),
            Self::Flame(flame) => flame.go(span),
            Self::Graph(graph) => graph.go(span),
            Self::Json(json) => json.go(span, height, open.trace.len()),
        }
    }
}

/// What the views read.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    pub trace: &'a crate::model::Trace,
    pub explained: Option<&'a Explained>,
    pub charset: Charset,
}
