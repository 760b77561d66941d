//! Systems that traces are read from: one trait, one file per system.
//!
//! Everything that shows or prints traces asks a [`Backend`], be it the embedded store, files,
//! or another machine's query service, and consumes the same stream of [`Part`]s. A backend
//! evaluates what it can where the data is and the rest here, and says which was which.
//!
//! No drawing, no printing; composition (which store, which file, which URL) is `cli`'s.

pub mod archive;
mod file;
pub mod http;
mod jaeger;
mod memory;
mod part;
mod probe;
mod progress;
mod request;
mod row;
mod sent;
mod series;
pub mod source;
mod stored;
mod vizsla;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::analysis::Trends;
use crate::graph::service::ServiceGraph;
use crate::model::{Trace, TraceId};
use crate::traceql::Census;

pub use archive::Archive;
pub use file::{Files, Input, Reading, Windows};
pub use jaeger::{Dialect, Jaeger};
pub use memory::Memory;
pub use part::{
    BackendError, Dependencies, Edge, Node, OperationRow, Part, Parts, Pushdown, SearchDone,
    ServiceRow, StoreStats, TraceRow,
};
pub use probe::Probed;
pub use progress::Progress;
pub use request::{SearchRequest, Sort, Window};
pub use sent::SentRequest;
pub use series::{Division, SeriesAnswer, SeriesRequest};
pub use vizsla::Vizsla;

/// What a backend can do beyond finding traces and opening them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent answers, not a state"
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// Evaluates the whole of TraceQL where the data is.
    pub traceql: bool,
    /// Computes series over time: [`Backend::series`].
    pub metrics: bool,
    /// New data arrives by itself: [`Backend::epoch`] tells when.
    pub live: bool,
    /// Can be emptied: [`Backend::clear`].
    pub clear: bool,
    /// Counts what it received and dropped: [`Backend::stats`].
    pub stats: bool,
    /// A search without a time window is cheap and sensible (files).
    pub windowless: bool,
}

/// A system that traces are read from.
///
/// Every method that may take time takes a token: once it is cancelled, streams end with
/// [`Part::Failed`] ([`BackendError::Cancelled`]) or simply stop, and futures may be dropped.
pub trait Backend: Send + Sync {
    /// How people call it: `embedded`, `orders.json`, `jaeger prod`.
    fn name(&self) -> &str;

    /// The source that reopens it on a command line, without secrets: `jaeger+http://host:16686`.
    fn source(&self) -> String;

    /// The same as words of a command line: several files are one data set.
    fn words(&self) -> Vec<String> {
        let source = self.source();
        Some(source)
            .filter(|source| !source.is_empty())
            .into_iter()
            .collect()
    }

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Finds traces. Rows come as they are found; the last part is [`Part::Done`] or
    /// [`Part::Failed`].
    fn search(&self, request: SearchRequest, cancel: CancellationToken) -> Parts;

    /// Opens a trace; `None` if the backend does not have it.
    fn trace(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>>;

    /// The services known, by name.
    fn services(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<ServiceRow>>;

    /// The operations of one service, or of all, by service, name and kind.
    fn operations(
        &self,
        service: Option<String>,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<OperationRow>>;

    /// Who calls whom.
    fn dependencies(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Dependencies>;

    /// Who calls whom with all that a map can show: peers that only their callers tell of, kinds,
    /// durations and errors over time, as far as the backend knows them; and how many traces it
    /// comes from, if known.
    fn service_graph(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        Box::pin(async move {
            let found = self.dependencies(window, cancel).await?;
            Ok((found.graph(), found.traces))
        })
    }

    /// Who calls whom as far as the spans tell that a query finds: those spans, the calls they
    /// answer and the ones they make of what sends no spans; and how many traces they are of.
    fn calls_of(
        &self,
        _query: String,
        _window: Option<Window>,
        _: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        Box::pin(std::future::ready(Err(BackendError::Unsupported(
            "this backend tells the calls of all its spans, not of those that a query finds: save \
             the traces to a file and ask that",
        ))))
    }

    /// How all operations fare: calls, errors and durations by version and minute. `None` where
    /// the backend would have to be asked for every span.
    fn trends(&self) -> Answer<'_, Option<Trends>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Series over time, where [`Capabilities::metrics`] says so: elsewhere every span would have to
    /// be fetched.
    fn series(&self, _: SeriesRequest, _: CancellationToken) -> Answer<'_, SeriesAnswer> {
        Box::pin(std::future::ready(Err(BackendError::Unsupported(
            "this backend tells traces but computes no series: ask a vizsla that collects the spans, \
             or save traces to a file and ask that",
        ))))
    }

    /// Which attributes there are, with their values, most frequent first. `None` where the
    /// backend would have to be asked for every span.
    fn vocabulary(&self, _: CancellationToken) -> Answer<'_, Option<Arc<Census>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// The same of the spans that a query finds and that start within a window. A backend that
    /// cannot tell them apart tells of all.
    fn vocabulary_of(
        &self,
        _query: String,
        _window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Option<Arc<Census>>> {
        self.vocabulary(cancel)
    }

    /// What was received, kept and dropped. `None` where nobody counts.
    fn stats(&self) -> Answer<'_, Option<StoreStats>>;

    /// Changes whenever there may be something new; `None` if that never happens.
    fn epoch(&self) -> Option<watch::Receiver<u64>> {
        None
    }

    /// How far reading is, while a source is being read (files); `None` once all is there.
    fn loading(&self) -> Option<Progress> {
        None
    }

    /// Stops reading. What was read stays.
    fn stop_loading(&self) {}

    /// What is to be told of the source itself, a line each: input that could not be read,
    /// spans that did not fit. Complete once nothing is [`loading`](Self::loading) any more.
    fn remarks(&self) -> Vec<String> {
        Vec::new()
    }

    /// What its inputs were recognised as and why, a line each. Complete as [`Self::remarks`] is.
    fn recognised(&self) -> Vec<String> {
        Vec::new()
    }

    /// What it was really asked, oldest first; `None` where nothing is sent anywhere.
    fn sent(&self) -> Option<Vec<SentRequest>> {
        None
    }

    /// Holds a trace when others are dropped, or no longer. False where it holds nothing itself, the
    /// trace is not there, or there is no room for what is held.
    fn pin(&self, _: TraceId, _pinned: bool) -> bool {
        false
    }

    /// Has the backend itself keep a trace for good. False where it has no archive.
    fn archive(&self, _: TraceId, _: CancellationToken) -> Answer<'_, bool> {
        Box::pin(std::future::ready(Ok(false)))
    }

    /// Forgets every trace, where [`Capabilities::clear`] says so.
    fn clear(&self) -> Result<(), BackendError> {
        Err(BackendError::Unsupported("this backend cannot be emptied"))
    }
}

/// An answer that may take time.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, BackendError>>;

/// A channel for the parts of one search, with room for few: a slow reader slows the search.
pub fn parts() -> (mpsc::Sender<Part>, Parts) {
    mpsc::channel(16)
}
