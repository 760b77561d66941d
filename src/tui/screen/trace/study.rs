//! What takes too long on a large trace to be done while somebody waits: it is asked for as a job,
//! and told when it is there, hits of a search bit by bit.

use std::sync::Arc;

use crate::model::{Cancellation, SpanSet, Trace};
use crate::text::Charset;
use crate::tui::answer::Held;

use super::explain::Explained;
use super::find;
use super::view::flame::FlameView;
use super::view::sheet::{Grouping, Sheet};
use super::view::{Body, Seen, View};

/// Of a trace of so many spans everything is worked out at once: a job would only make the screen
/// flicker.
pub const AT_ONCE: usize = 20_000;

/// Something to be worked out about a trace.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    pub trace: Held<Trace>,
    pub explained: Option<Held<Explained>>,
    pub charset: Charset,
    pub subject: Subject,
}

/// What is to be worked out.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// What a view shows; how statistics are grouped.
    View(View, Grouping),
    /// A table of a view, sorted by the column of a letter.
    Sort(View, Box<Sheet>, char),
    /// The frames of a flame graph, by the weight that it wants.
    Weigh(Box<FlameView>),
    /// The spans that a find line finds, among some if those are known.
    Find(String, Option<SpanSet>),
    /// What a find line can go on with.
    Names,
}

/// What was worked out.
#[derive(Debug, Clone, PartialEq)]
pub enum Studied {
    /// What a view shows.
    Body(View, Body),
    /// The spans found so far, those told before among them.
    Hits(SpanSet),
    /// No more are found.
    AllHits,
    /// Why the find line cannot be run.
    NoHits(String),
    /// What a find line can go on with.
    Names(Held<find::Names>),
}

impl Studied {
    /// Whether nothing comes after it.
    pub fn is_last(&self) -> bool {
        !matches!(self, Self::Hits(_))
    }
}

impl Study {
    /// Works it out, telling what there is as it comes, until nobody listens any more or it is
    /// `over`.
    pub fn run(self, over: &(dyn Fn() -> bool + Sync), mut tell: impl FnMut(Studied) -> bool) {
        let seen = Seen {
            trace: &self.trace,
            explained: self.explained.as_deref(),
            charset: self.charset,
        };
        let cancellation = Cancellation::when(over);
        let done = match self.subject {
            Subject::View(view, grouping) => {
                let body = seen.explained.and_then(|explained| {
                    Body::of(view, grouping, &seen, explained, &cancellation)
                });
                body.map(|body| Studied::Body(view, body))
            }
            Subject::Sort(view, mut sheet, letter) => {
                sheet.sort_by(letter, usize::MAX, &seen, &cancellation);
                Some(Studied::Body(view, Body::Sheet(*sheet)))
            }
            Subject::Weigh(flame) => seen.explained.map(|explained| {
                let flame = flame.weighed((&self.trace, &explained.path), &cancellation);
                Studied::Body(View::Flame, Body::Flame(Box::new(flame)))
            }),
            Subject::Find(text, among) => {
                let hits = |hits| tell(Studied::Hits(hits));
                let found = find::find(&self.trace, &text, among.as_ref(), over, hits);
                Some(found.map_or_else(Studied::NoHits, |()| Studied::AllHits))
            }
            Subject::Names => {
                let names = find::Names::of(&self.trace);
                Some(Studied::Names(Held(Arc::new(names))))
            }
        };
        // What was given up is not whole.
        if let Some(done) = done.filter(|_| !over()) {
            tell(done);
        }
    }
}

/// What an open trace wants of the jobs of its screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Want {
    /// A job, with what is waited for in words.
    Study(String, Box<Study>),
    /// What is built for a view is not wanted any more.
    NoView,
    /// Hits are not wanted any more.
    NoHits,
}
