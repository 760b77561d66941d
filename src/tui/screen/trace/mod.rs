//! One trace as a waterfall: where the time went, span by span.
//!
//! The tree with its bars is the body, the span under the cursor is told in the second pane. What
//! the bars need to know of the critical path is worked out beside the interface when the trace
//! arrives ([`Explained`]); until then own work is drawn as off the path.

mod act;
mod beside;
mod columns;
mod detail;
mod draw;
mod explain;
mod external;
mod find;
mod gen_ai;
mod links;
mod open;
mod overview;
mod page;
mod range;
mod semantics;
mod share;
mod stand;
mod study;
mod together;
mod view;
mod without;

#[cfg(test)]
mod tests;

use crate::model::{SpanId, Trace, TraceId};
use crate::text::Shown;
use crate::tui::answer::{Held, Request};
use crate::tui::canvas::hit::Pane;
use crate::tui::job::Purpose;
use crate::tui::page::Cx;
use crate::tui::session::standing::Standing;

pub use explain::{Explained, explain, outline};
pub use open::LARGE;
pub use study::{Studied, Study};

pub use columns::columns;
pub use view::View;
pub use view::graph::Colouring;
pub use view::json::Form as JsonForm;
pub use view::sheet::is_column;

use open::{Focus, Open};
use study::{Subject, Want};

/// The screen of one trace.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceScreen {
    id: TraceId,
    title: Shown<'static>,
    stage: Stage,
    /// The span to go to once the trace is there.
    wanted: Option<SpanId>,
    /// The spans that the search which led here asked for.
    matched: Vec<SpanId>,
    /// Where to stand once the trace is there.
    standing: Option<Standing>,
}

/// How far the trace is.
#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Loading,
    Absent,
    Failed(Shown<'static>),
    Open(Box<Open>),
}

impl TraceScreen {
    /// The screen of a trace that is still to be fetched; `title` is what is known of it.
    pub fn new(id: TraceId, title: Shown<'static>) -> Self {
        Self {
            id,
            title,
            stage: Stage::Loading,
            wanted: None,
            matched: Vec::new(),
            standing: None,
        }
    }

    /// Opens where somebody stood, once the trace is there.
    pub fn stand(&mut self, standing: Standing) {
        self.standing = Some(standing);
    }

    /// The same, with the spans that a search matched.
    #[must_use]
    pub fn with_matched(mut self, spans: Vec<SpanId>) -> Self {
        self.matched = spans;
        self
    }

    /// The same, which goes to that span when it is there.
    #[must_use]
    pub fn at(mut self, span: SpanId) -> Self {
        self.wanted = Some(span);
        self
    }

    fn open(&mut self) -> Option<&mut Open> {
        match &mut self.stage {
            Stage::Open(open) => Some(open),
            _ => None,
        }
    }

    /// Has worked out what the trace wants to have worked out.
    fn pass_on(&mut self, cx: &mut Cx<'_>) {
        let Some(open) = self.open() else { return };
        for want in std::mem::take(&mut open.wants) {
            match want {
                Want::Study(label, study) => {
                    let purpose = match study.subject {
                        Subject::View(..) | Subject::Sort(..) | Subject::Weigh(_) => Purpose::View,
                        Subject::Find(..) => Purpose::Find,
                        Subject::Names => Purpose::Names,
                    };
                    cx.ask(purpose, label, Request::Study(study));
                }
                Want::NoView => cx.stop(Purpose::View),
                Want::NoHits => cx.stop(Purpose::Find),
            }
        }
    }

    /// The trace arrived, for the first time or grown.
    fn arrived(&mut self, trace: Held<Trace>, cx: &mut Cx<'_>) {
        let root = trace.root().map(|root| trace.span(root));
        if let Some(root) = root {
            self.title = Shown::from(format!("{} {}", root.service(), root.operation()));
        }
        for service in trace.services().keys() {
            cx.shared.colours.meet(service);
        }
        let charset = cx.shared.charset();
        if let Some(open) = self.open() {
            if let Some(trace) = open.grow(trace) {
                explain_beside(trace, cx);
            }
            return;
        }
        explain_beside(trace.clone(), cx);
        let mut open = Open::new(trace, charset);
        open.match_ids(&self.matched);
        let standing = self.standing.take();
        if let Some(standing) = &standing {
            open.stand(standing, cx.rows(Pane::Body));
        }
        let wanted = self.wanted.take().and_then(|id| open.trace.find(id));
        if let Some(span) = wanted {
            open.go(span, cx.rows(Pane::Body));
        }
        if standing.is_some_and(|standing| standing.skew) {
            open.skew(cx);
        }
        self.stage = Stage::Open(Box::new(open));
    }
}

/// Has it worked out what is to be said of a trace.
fn explain_beside(trace: Held<Trace>, cx: &mut Cx<'_>) {
    let charset = cx.shared.charset();
    cx.ask(
        Purpose::Why,
        "looking for the critical path",
        Request::Explain(trace, charset),
    );
}
