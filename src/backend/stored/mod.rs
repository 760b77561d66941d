//! Answers from a store of our own: what the embedded backend and files have in common.

mod calls;
mod census;
mod find;
mod series;
mod trends;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio_util::sync::CancellationToken;

use super::{
    Answer, BackendError, Dependencies, OperationRow, Part, Parts, SearchRequest, SeriesAnswer,
    SeriesRequest, ServiceRow, StoreStats, Window, parts,
};
use crate::analysis::Trends;
use crate::graph::service::ServiceGraph;
use crate::model::{Trace, TraceId};
use crate::storage::{Hold, Stats, Store, Summary};
use crate::traceql::Census;
use calls::KeptCalls;
use trends::KeptTrends;

/// A summary of a store, once somebody has asked for it.
type Slot<S> = Mutex<Option<Arc<Mutex<S>>>>;

/// A store, and what is kept beside it to answer quickly.
pub(super) struct Stored {
    store: Store,
    /// The service graph, kept from the first time that somebody asks for it.
    calls: Slot<KeptCalls>,
    /// How operations fare, likewise.
    trends: Slot<KeptTrends>,
    /// The attributes there are, and when they were counted.
    vocabulary: Mutex<Option<(u64, Arc<Census>)>>,
    /// Traces that somebody looks at.
    opened: Mutex<HashMap<TraceId, (Weak<Trace>, Hold)>>,
}

impl Stored {
    pub(super) fn new(store: Store) -> Arc<Self> {
        Arc::new(Self {
            store,
            calls: Mutex::default(),
            trends: Mutex::default(),
            vocabulary: Mutex::default(),
            opened: Mutex::default(),
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
        drop(self.opened());
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

    /// Computes series over what is stored now.
    pub(super) fn series(
        &self,
        request: &SeriesRequest,
        cancel: &CancellationToken,
    ) -> Result<SeriesAnswer, BackendError> {
        series::series(&self.store, request, cancel)
    }

    /// The attributes of what is stored, counted again only after something was stored.
    pub(super) fn vocabulary(&self) -> Arc<Census> {
        let snapshot = self.store.snapshot();
        let mut kept = self
            .vocabulary
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match &*kept {
            Some((epoch, census)) if *epoch == snapshot.epoch() => Arc::clone(census),
            _ => {
                let census = Arc::new(Census::of(snapshot.blocks().map(|block| &**block)));
                *kept = Some((snapshot.epoch(), Arc::clone(&census)));
                census
            }
        }
    }

    /// The attributes of the spans that a query finds and that start within a window.
    pub(super) fn vocabulary_of(
        &self,
        query: &str,
        window: Option<Window>,
        cancel: &CancellationToken,
    ) -> Result<Census, BackendError> {
        let query = find::parse(query)?;
        let window = window.map(|window| (window.from, window.to));
        let snapshot = self.store.snapshot();
        let subset = snapshot.select_spans(&query, window, &|| cancel.is_cancelled());
        let subset = subset.ok_or(BackendError::Cancelled)?;
        let blocks = subset.blocks.iter().map(|of| (of.block, &of.rows));
        Ok(Census::of_rows(blocks))
    }

    /// A trace, which stays in the store for as long as somebody has it.
    pub(super) fn trace(&self, id: TraceId) -> Option<Arc<Trace>> {
        let stored = self.store.trace(id)?;
        let trace = Arc::new(stored.tree());
        let hold = self.store.hold(id, trace.bytes());
        let mut opened = self.opened();
        opened.insert(id, (Arc::downgrade(&trace), hold));
        Some(trace)
    }

    /// The traces that somebody still looks at: those that nobody does are let go.
    fn opened(&self) -> MutexGuard<'_, HashMap<TraceId, (Weak<Trace>, Hold)>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.retain(|_, (trace, _)| trace.strong_count() > 0);
        opened
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
        let (graph, traces) = self.calls(window, cancel)?;
        Ok(Dependencies::of_graph(&graph, traces))
    }

    /// Who calls whom, and in how many traces. What is kept up to date answers if it is all
    /// that was asked for, else every trace in question is looked at.
    pub(super) fn calls(
        &self,
        window: Option<Window>,
        cancel: &CancellationToken,
    ) -> Result<(ServiceGraph, Option<u64>), BackendError> {
        let snapshot = self.store.snapshot();
        let all = window.is_none_or(|window| {
            let reach = snapshot.reach();
            reach.is_none_or(|(from, to)| window.contains(from) && window.contains(to))
        });
        if all && let Some(graph) = self.kept_calls() {
            return Ok((graph, Some(self.store.stats().traces)));
        }
        calls::Asked::Traces(window).of(&snapshot, cancel)
    }

    /// Who calls the services of the spans that a query finds, and in how many traces.
    pub(super) fn calls_of(
        &self,
        query: &str,
        window: Option<Window>,
        cancel: &CancellationToken,
    ) -> Result<(ServiceGraph, Option<u64>), BackendError> {
        let query = find::parse(query)?;
        calls::Asked::Spans(&query, window).of(&self.store.snapshot(), cancel)
    }

    /// The graph that is kept up to date, unless only whole trees would tell it exactly. A
    /// commit asks for the same lock while it holds the store's: it is given back at once.
    fn kept_calls(&self) -> Option<ServiceGraph> {
        let kept = self.kept(&self.calls);
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.is_exact().then(|| kept.graph())
    }

    /// How all operations fare.
    pub(super) fn trends(&self) -> Trends {
        let kept = self.kept(&self.trends);
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.all()
    }

    /// A summary that is kept from the first time that somebody asks for it.
    fn kept<S: Summary + Default + 'static>(&self, slot: &Slot<S>) -> Arc<Mutex<S>> {
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = slot.get_or_insert_with(|| {
            let kept = Arc::<Mutex<S>>::default();
            self.store.register(Box::new(Arc::clone(&kept)));
            kept
        });
        Arc::clone(kept)
    }

    pub(super) fn stats(&self) -> StoreStats {
        drop(self.opened());
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
        kept: named(stats.kept),
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
