//! The embedded backend: the store of this very process, which the collector fills.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::stored::{Stored, at_leisure};
use super::{
    Answer, Backend, BackendError, Capabilities, Dependencies, OperationRow, Parts, SearchRequest,
    SeriesAnswer, SeriesRequest, ServiceRow, StoreStats, Window,
};
use crate::analysis::Trends;
use crate::graph::service::ServiceGraph;
use crate::model::{Trace, TraceId};
use crate::storage::Store;
use crate::traceql::Census;

/// Traces in the memory of this process.
pub struct Memory {
    stored: Arc<Stored>,
    name: String,
    source: String,
    live: bool,
}

impl Memory {
    /// The backend over a store that is being filled.
    pub fn new(store: Store) -> Self {
        Self {
            stored: Stored::new(store),
            name: "embedded".to_owned(),
            source: String::new(),
            live: true,
        }
    }

    /// Calls it by another name than `embedded`.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Says where another process finds the same traces.
    #[must_use]
    pub fn served_at(mut self, source: String) -> Self {
        self.source = source;
        self
    }

    /// The backend over a store that nobody fills any more, under the name of what is in it.
    pub fn frozen(store: Store, source: String) -> Self {
        store.freeze();
        Self {
            stored: Stored::new(store),
            name: source.clone(),
            source,
            live: false,
        }
    }
}

impl Backend for Memory {
    fn name(&self) -> &str {
        &self.name
    }

    fn source(&self) -> String {
        self.source.clone()
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            traceql: true,
            metrics: true,
            live: self.live,
            clear: self.live,
            stats: true,
            windowless: !self.live,
        }
    }

    fn search(&self, request: SearchRequest, cancel: CancellationToken) -> Parts {
        self.stored.search(request, cancel)
    }

    fn trace(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |_| Ok(stored.trace(id)))
    }

    fn services(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<ServiceRow>> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |_| Ok(stored.services(window)))
    }

    fn operations(
        &self,
        service: Option<String>,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<OperationRow>> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |_| {
            Ok(stored.operations(service.as_deref(), window))
        })
    }

    fn dependencies(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Dependencies> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |cancel| stored.dependencies(window, cancel))
    }

    fn service_graph(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |cancel| stored.calls(window, cancel))
    }

    fn calls_of(
        &self,
        query: String,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |cancel| {
            stored.calls_of(&query, window, cancel)
        })
    }

    fn trends(&self) -> Answer<'_, Option<Trends>> {
        let stored = Arc::clone(&self.stored);
        at_leisure(CancellationToken::new(), move |_| Ok(Some(stored.trends())))
    }

    fn series(
        &self,
        request: SeriesRequest,
        cancel: CancellationToken,
    ) -> Answer<'_, SeriesAnswer> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |cancel| stored.series(&request, cancel))
    }

    fn vocabulary(&self, cancel: CancellationToken) -> Answer<'_, Option<Arc<Census>>> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |_| Ok(Some(stored.vocabulary())))
    }

    fn vocabulary_of(
        &self,
        query: String,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Option<Arc<Census>>> {
        let stored = Arc::clone(&self.stored);
        at_leisure(cancel, move |cancel| {
            let census = stored.vocabulary_of(&query, window, cancel)?;
            Ok(Some(Arc::new(census)))
        })
    }

    fn stats(&self) -> Answer<'_, Option<StoreStats>> {
        Box::pin(std::future::ready(Ok(Some(self.stored.stats()))))
    }

    fn epoch(&self) -> Option<watch::Receiver<u64>> {
        self.live.then(|| self.stored.store().changes())
    }

    fn pin(&self, id: TraceId, pinned: bool) -> bool {
        let store = self.stored.store();
        if pinned {
            return self.live && store.pin(id);
        }
        store.unpin(id);
        true
    }

    fn clear(&self) -> Result<(), BackendError> {
        if !self.live {
            return Err(BackendError::Unsupported(
                "a source that does not grow is not emptied",
            ));
        }
        self.stored.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
