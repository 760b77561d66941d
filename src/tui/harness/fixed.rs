//! A backend of a few given traces, for tests, benches and pictures of single screens. It answers
//! every search with all of them, newest first.

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio_util::sync::CancellationToken;

use crate::analysis::Trends;
use crate::backend::{
    Answer, Backend, Capabilities, Dependencies, OperationRow, Part, Parts, SearchDone,
    SearchRequest, ServiceRow, StoreStats, TraceRow, Window, parts,
};
use crate::graph::service::{Calls, ServiceGraph, service_graph};
use crate::model::{Trace, TraceId};

/// Given traces.
#[derive(Debug, Default)]
pub struct Fixed {
    traces: ArcSwap<Vec<Arc<Trace>>>,
    capabilities: Capabilities,
    stats: Option<StoreStats>,
    tells_trends: bool,
}

impl Fixed {
    /// A backend of these traces.
    pub fn new(traces: Vec<Trace>) -> Self {
        let fixed = Self::default();
        fixed.set(traces);
        fixed
    }

    /// Holds these traces from now on.
    pub fn set(&self, traces: Vec<Trace>) {
        let traces = traces.into_iter().map(Arc::new).collect();
        self.traces.store(Arc::new(traces));
    }

    /// The same, with figures as an embedded store has them.
    #[must_use]
    pub fn live(mut self, stats: StoreStats) -> Self {
        self.capabilities = Capabilities {
            traceql: true,
            live: true,
            clear: true,
            stats: true,
            windowless: false,
            metrics: false,
        };
        self.stats = Some(stats);
        self
    }

    /// The same, able to tell how all operations fare.
    #[must_use]
    pub fn with_trends(mut self) -> Self {
        self.tells_trends = true;
        self
    }

    fn rows(&self) -> Vec<TraceRow> {
        let mut rows: Vec<TraceRow> = self
            .traces
            .load()
            .iter()
            .map(|trace| TraceRow::of(trace, Vec::new()))
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.start));
        rows
    }
}

impl Backend for Fixed {
    fn name(&self) -> &'static str {
        "fixed"
    }

    fn source(&self) -> String {
        "fixed".to_owned()
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn search(&self, request: SearchRequest, _cancel: CancellationToken) -> Parts {
        let (to, parts) = parts();
        let mut rows = self.rows();
        let all = rows.len() as u64;
        rows.truncate(request.limit);
        let done = SearchDone {
            complete: true,
            matching: Some(all),
            of: Some(all),
        };
        // The channel has room for both.
        let _ = to.try_send(Part::Rows(rows));
        let _ = to.try_send(Part::Done(done));
        parts
    }

    fn trace(&self, id: TraceId, _cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>> {
        let traces = self.traces.load();
        let found = traces.iter().find(|trace| trace.id() == id).cloned();
        Box::pin(async move { Ok(found) })
    }

    fn services(
        &self,
        _window: Option<Window>,
        _cancel: CancellationToken,
    ) -> Answer<'_, Vec<ServiceRow>> {
        let mut services: std::collections::BTreeMap<String, (u64, u64)> =
            std::collections::BTreeMap::new();
        for trace in self.traces.load().iter() {
            for (name, count) in trace.services() {
                let sum = services.entry(name.to_owned()).or_default();
                *sum = (
                    sum.0 + u64::from(count.spans),
                    sum.1 + u64::from(count.errors),
                );
            }
        }
        let row = |(service, (spans, errors))| ServiceRow {
            service,
            spans: Some(spans),
            errors: Some(errors),
        };
        let rows = services.into_iter().map(row).collect();
        Box::pin(async move { Ok(rows) })
    }

    fn operations(
        &self,
        service: Option<String>,
        _window: Option<Window>,
        _cancel: CancellationToken,
    ) -> Answer<'_, Vec<OperationRow>> {
        let mut names = std::collections::BTreeSet::new();
        for span in self.traces.load().iter().flat_map(|trace| trace.spans()) {
            if service
                .as_deref()
                .is_none_or(|service| service == span.service())
            {
                names.insert((
                    span.service().to_owned(),
                    span.operation().to_owned(),
                    span.kind().name(),
                ));
            }
        }
        let row = |(service, operation, kind): (String, String, &str)| OperationRow {
            service,
            operation,
            kind: kind.to_owned(),
            spans: None,
            errors: None,
        };
        let rows = names.into_iter().map(row).collect();
        Box::pin(async move { Ok(rows) })
    }

    fn dependencies(
        &self,
        _window: Option<Window>,
        _cancel: CancellationToken,
    ) -> Answer<'_, Dependencies> {
        Box::pin(async { Ok(Dependencies::default()) })
    }

    fn service_graph(
        &self,
        _window: Option<Window>,
        _cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        let mut calls = Calls::new();
        for trace in self.traces.load().iter() {
            calls.add_trace(trace);
        }
        let answer = (
            service_graph([&calls]),
            Some(self.traces.load().len() as u64),
        );
        Box::pin(async move { Ok(answer) })
    }

    fn trends(&self) -> Answer<'_, Option<Trends>> {
        let trends = self.tells_trends.then(|| {
            let mut trends = Trends::new();
            self.traces
                .load()
                .iter()
                .for_each(|trace| trends.add_trace(trace));
            trends
        });
        Box::pin(async move { Ok(trends) })
    }

    fn stats(&self) -> Answer<'_, Option<StoreStats>> {
        let stats = self.stats.clone();
        Box::pin(async move { Ok(stats) })
    }
}
