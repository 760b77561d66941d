//! Answers from a store of our own: what the embedded backend and files have in common.

mod calls;
mod census;
mod find;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio_util::sync::CancellationToken;

use super::{
    Answer, BackendError, Dependencies, OperationRow, Part, Parts, SearchRequest, ServiceRow,
    StoreStats, Window, parts,
};
use crate::model::{Trace, TraceId};
use crate::storage::{Hold, Stats, Store};
use calls::Kept;

/// A store, and what is kept beside it to answer quickly.
pub(super) struct Stored {
    store: Store,
    /// The service graph, kept from the first time that somebody asks for it.
    calls: Mutex<Option<Arc<Mutex<Kept>>>>,
    /// Traces that somebody looks at.
    opened: Mutex<HashMap<TraceId, (Weak<Trace>, Hold)>>,
}

impl Stored {
    pub(super) fn new(store: Store) -> Arc<Self> {
        let (calls, opened) = (Mutex::default(), Mutex::default());
        Arc::new(Self {
            store,
            calls,
            opened,
        })
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Finds traces among what is stored now.
    pub(super) fn search(
        self: &Arc<Self>,
        request: SearchRequest,
        cancel: CancellationToken,
    ) -> Parts {
        let (to, parts) = parts();
        let stored = Arc::clone(self);
        tokio::task::spawn_blocking(move || {
            let said = |part| to.blocking_send(part).is_ok();
            let last = match find::find(&stored.store, &request, &cancel, &said) {
                Ok(done) => Part::Done(done),
                Err(error) => Part::Failed(error),
            };
            said(last);
        });
        parts
    }

    /// A trace, which stays in the store for as long as somebody has it.
    pub(super) fn trace(&self, id: TraceId) -> Option<Arc<Trace>> {
        let stored = self.store.trace(id)?;
        let hold = self.store.hold(id);
        let trace = Arc::new(stored.tree());
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|_, (trace, _)| trace.strong_count() > 0);
        opened.insert(id, (Arc::downgrade(&trace), hold));
        Some(trace)
    }

    pub(super) fn services(&self, window: Option<Window>) -> Vec<ServiceRow> {
        census::services(&self.store.snapshot(), window)
    }

    pub(super) fn operations(
        &self,
        service: Option<&str>,
        window: Option<Window>,
    ) -> Vec<OperationRow> {
        census::operations(&self.store.snapshot(), service, window)
    }

    pub(super) fn dependencies(
        &self,
        window: Option<Window>,
        cancel: &CancellationToken,
    ) -> Result<Dependencies, BackendError> {
        match window {
            Some(window) => calls::within(&self.store.snapshot(), window, cancel),
            None => Ok(self.kept_calls(cancel)?),
        }
    }

    fn kept_calls(&self, cancel: &CancellationToken) -> Result<Dependencies, BackendError> {
        let kept = {
            let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = calls.get_or_insert_with(|| {
                let kept = Arc::<Mutex<Kept>>::default();
                self.store.register(Box::new(Arc::clone(&kept)));
                kept
            });
            Arc::clone(kept)
        };
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.is_exact() {
            let traces = self.store.stats().traces;
            return Ok(kept.dependencies(traces));
        }
        drop(kept);
        calls::all(&self.store.snapshot(), cancel)
    }

    pub(super) fn stats(&self) -> StoreStats {
        let budget = self.store.limits().budget as u64;
        stats(self.store.stats(), budget)
    }

    pub(super) fn clear(&self) {
        self.store.clear();
    }
}

fn stats(stats: Stats, budget: u64) -> StoreStats {
    let named = |counts: std::collections::BTreeMap<&'static str, u64>| {
        let counts = counts.into_iter();
        counts
            .map(|(name, count)| (name.to_owned(), count))
            .collect()
    };
    StoreStats {
        received: stats.received,
        stored: stats.stored,
        duplicate: stats.duplicate,
        rejected: named(stats.rejected),
        evicted: named(stats.evicted),
        sampled_out: named(stats.sampled_out),
        traces: stats.traces,
        bytes: stats.bytes,
        budget,
    }
}

/// Work that may take a while, off the threads that answer others.
pub(super) fn at_leisure<T: Send + 'static>(
    cancel: CancellationToken,
    work: impl FnOnce(&CancellationToken) -> Result<T, BackendError> + Send + 'static,
) -> Answer<'static, T> {
    Box::pin(async move {
        let token = cancel.clone();
        let work = tokio::task::spawn_blocking(move || work(&token));
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(BackendError::Cancelled),
            done = work => done.unwrap_or(Err(BackendError::Cancelled)),
        }
    })
}
