//! What pages ask for, and what they are answered. Plain data: the asking is done in
//! [`super::runtime`], so that pages can be tested without a backend.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::analysis::Trends;
use crate::backend::archive::Kept;
use crate::backend::{
    Capabilities, OperationRow, Progress, Pushdown, SearchDone, SearchRequest, SentRequest,
    ServiceRow, StoreStats, TraceRow,
};
use crate::model::{Nanos, SpanId, Trace, TraceId};
use crate::text::{Charset, Clock, Shown};
use crate::traceql::Census;

use super::screen::groups::Values;
use super::screen::map::Mapped;
use super::screen::trace::{Explained, Studied, Study};
use super::widget::waterfall::Bundles;
use super::writing::Writing;

/// Something large that is shared and not looked into by tests: equal if it is the same one.
pub struct Held<T>(pub Arc<T>);

impl<T> Clone for Held<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> PartialEq for Held<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({:p})", Arc::as_ptr(&self.0))
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// What a page wants to know or have done.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// Traces: answered by rows, notes, progress, and one `Found`.
    Search(SearchRequest),
    /// A trace: answered by `Trace`.
    Trace(TraceId),
    /// What stands out in a trace: answered by `Explained`, where it is large after `Outlined` and
    /// `Grouped`.
    Explain(Held<Trace>, Charset),
    /// Something that takes a while on a large trace: answered by `Studied`.
    Study(Box<Study>),
    /// How all operations fare: answered by `Trends`.
    Trends,
    /// Keys and values of these traces: answered by `Census`.
    Census(Vec<TraceId>),
    /// An attribute's values in these traces: answered by `Values`.
    Values(Vec<TraceId>, String),
    /// Write these traces into a file: answered by `Written`.
    Write(Writing),
    /// Keep a trace because a place in it has a letter: answered by `Written`.
    Bookmark(TraceId),
    /// All traces that are kept: answered by `Archived`.
    Archived,
    /// Which traces those are, if not all that were merely open: answered by `Wanted`.
    Wanted,
    /// Keep a trace for good, with a note on a span if there is one to make: answered by `Kept`.
    Keep(TraceId, Option<(SpanId, String)>),
    /// What the backend was really asked: answered by `Sent`.
    Sent,
    /// Who calls whom, and what stands out in it; compared with the time before, of that length:
    /// answered by `Mapped`.
    Map(Clock, Charset, Option<Nanos>),
    /// The services: answered by `Services`.
    Services,
    /// The operations of a service, or of all: answered by `Operations`.
    Operations(Option<String>),
    /// How far the source is read: answered by `Progress` until all is there, then by `Loaded`.
    /// Cancelled, it reads no further.
    Load,
    /// What the store received and holds: answered by `Stats`.
    Stats,
    /// Forget all traces: answered by `Done`.
    Clear,
    /// Start the demo beside the interface: answered by `Done`.
    StartDemo,
    /// Order a ride from the demo: answered by `Ordered`.
    OrderRide,
    /// Read from another source from now on: answered by `Opened`.
    OpenSource(String),
}

/// A part of an answer, or all of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Traces found, in no promised order.
    Rows(Vec<TraceRow>),
    /// What the backend evaluates and what is evaluated here.
    Pushdown(Pushdown),
    /// How far it is.
    Progress(Progress),
    /// Something to tell beside the rows.
    Note(Shown<'static>),
    /// The end of a search.
    Found(SearchDone),
    /// A trace, or none of that id.
    Trace(TraceId, Option<Held<Trace>>),
    /// Who calls whom.
    Mapped(Held<Mapped>),
    /// What is alike in a large trace that was asked for.
    Grouped(Held<Bundles>),
    /// The critical path of a large trace, ahead of what stands out.
    Outlined(Held<Explained>),
    /// What stands out in the trace that was asked for.
    Explained(Held<Explained>),
    /// What was worked out about a trace, or a part of it.
    Studied(Studied),
    /// How all operations fare; none if the backend cannot tell.
    Trends(Option<Held<Trends>>),
    /// Keys and values of attributes, with how often they occur.
    Census(Held<Census>),
    /// An attribute's values, by trace and service.
    Values(String, Vec<(TraceId, Values)>),
    /// What was written, in words.
    Written(Shown<'static>),
    /// What is kept, and how many files are no traces any more.
    Archived(Vec<Kept>, usize),
    /// The traces that somebody wants kept.
    Wanted(BTreeSet<TraceId>),
    /// How a trace was kept, in words.
    Kept(Shown<'static>),
    /// What the backend was asked, oldest first; none if nothing is sent.
    Sent(Option<Vec<SentRequest>>),
    Services(Vec<ServiceRow>),
    Operations(Vec<OperationRow>),
    Stats(Option<StoreStats>),
    /// All of the source is there; what could not be read of it.
    Loaded(Vec<Shown<'static>>),
    /// The trace of the ride that was ordered.
    Ordered(TraceId),
    /// Another backend is read from now on.
    Opened(Opened),
    /// Done, nothing more to say.
    Done,
    /// It failed; what came before stays true.
    Failed(Shown<'static>),
}

/// What is known of a backend from the start.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Opened {
    /// How people call it.
    pub name: String,
    /// What reopens it on a command line.
    pub source: String,
    /// The same as words of a command line.
    pub words: Vec<String>,
    pub capabilities: Capabilities,
    /// The trace to open at once: the source holds only one, or its id was given.
    pub first: Option<TraceId>,
}

impl Answer {
    /// Whether nothing of this job comes after it.
    pub fn is_last(&self) -> bool {
        if let Self::Studied(studied) = self {
            return studied.is_last();
        }
        !matches!(
            self,
            Self::Rows(_)
                | Self::Pushdown(_)
                | Self::Progress(_)
                | Self::Note(_)
                | Self::Grouped(_)
                | Self::Outlined(_)
        )
    }
}
