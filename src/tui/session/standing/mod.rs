//! Where a reader stands in a trace, in words that outlive the program: view, span, range of time,
//! folds, what is found and what is left out.
//!
//! The same words are flags of a command line (`yc` copies one that opens exactly this) and lines
//! of the session. What they mean for a trace is said in `screen/trace/stand/`.

mod folds;
pub mod name;
mod words;

use serde::{Deserialize, Serialize};

use crate::analysis::Weight;
use crate::model::Nanos;

use crate::tui::screen::trace::{Colouring, JsonForm, View};

pub use folds::{Folds, MOST_FOLDS, Most};
pub use name::SpanName;

/// Where a reader stands in a trace. The default is where one stands who has just opened it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<(String, String)>", from = "Vec<(String, String)>")]
pub struct Standing {
    /// The view, if it is not the waterfall.
    pub view: Option<View>,
    /// The span under the cursor.
    pub span: Option<SpanName>,
    /// Rows of the waterfall that stand above it, where it is scrolled.
    pub above: Option<usize>,
    /// How the view stands in itself.
    pub within: Within,
    /// How the second pane stands.
    pub pane: Pane,
    /// The part of the trace's time that is shown, from its start.
    pub range: Option<(Nanos, Nanos)>,
    /// What is folded, if that is not as it was opened.
    pub folds: Option<Folds>,
    /// The find line.
    pub find: String,
    /// How hits stand among the other spans.
    pub hits: Hits,
    /// Services left out with all below them.
    pub without: Vec<String>,
    /// Services left out alone.
    pub around: Vec<String>,
    /// Operations left out, each of its service.
    pub operations: Vec<(String, String)>,
    /// Spans left out that are shorter.
    pub shorter: Option<Nanos>,
    /// Only work on the critical path is drawn.
    pub critical: bool,
    /// Idle time is squeezed.
    pub squeeze: bool,
    /// Clocks are corrected.
    pub skew: bool,
}

/// How a view stands in itself, which no span tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// The row of a view in which a span has several.
    pub row: Option<usize>,
    /// What statistics are grouped by, in words, if not as usual.
    pub by: Vec<String>,
    /// The column that a table is sorted by, and whether the least comes first.
    pub sort: Option<(String, bool)>,
    /// What the widths of a flame graph stand for.
    pub weight: Weight,
    /// Callees stand above their callers in it.
    pub upside_down: bool,
    /// The span whose frame takes its whole width.
    pub zoom: Option<SpanName>,
    /// What the boxes of a graph tell.
    pub colouring: Colouring,
    /// Which JSON spans are told in.
    pub form: JsonForm,
    /// Spans whose JSON is open.
    pub opened: Vec<SpanName>,
}

/// How the second pane stands. Its form and size are the reader's habits, and no part of this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pane {
    /// Put away.
    pub hidden: bool,
    /// It has the keys.
    pub focused: bool,
    /// What narrows it.
    pub find: String,
    /// The line of its cursor.
    pub line: Option<usize>,
    /// Sections that are folded or open as they were not at first, by their titles.
    pub sections: Vec<String>,
}

/// How hits stand among the other spans.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hits {
    /// Marked among all.
    #[default]
    Marked,
    /// Alone, with the spans that lead to them.
    Only,
    /// All that holds none of them is folded.
    Unfolded,
}

/// Why a word tells no standing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// No such word.
    #[error("no part of a trace's view is called {0}")]
    Key(String),
    /// It does not take this value.
    #[error("{key} takes {takes}, not {value}")]
    Value {
        /// The word.
        key: &'static str,
        /// What it takes.
        takes: String,
        /// What it was given.
        value: String,
    },
}
