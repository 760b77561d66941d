//! Another vizsla, asked through its query service.
//!
//! Searches go to `/api/search` as the TraceQL that they are, traces come as protobuf from
//! `/api/v2/traces/{id}` and lose nothing, and what neither Tempo nor Jaeger tells comes from below
//! `/api/vizsla/`. Nothing is evaluated here.

mod answer;
mod epoch;
mod figures;
mod graph;
mod series;

use std::sync::Arc;

use futures_util::FutureExt;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::http::{HttpClient, Reply};
use super::{
    Answer, Backend, BackendError, Capabilities, Dependencies, Division, OperationRow, Part, Parts,
    Pushdown, SearchDone, SearchRequest, SentRequest, SeriesAnswer, SeriesRequest, ServiceRow,
    Sort, StoreStats, Window, parts,
};
use crate::analysis::Trends;
use crate::config::BackendConfig;
use crate::format::{Findings, otlp};
use crate::graph::service::ServiceGraph;
use crate::model::{Trace, TraceId};
use answer::{Calls, Found, OperationCount, ServiceCount, Stats};

/// More traces than a query service tells at once.
const MOST: usize = 262_144;

/// Another vizsla.
#[derive(Debug, Clone)]
pub struct Vizsla {
    name: String,
    http: HttpClient,
}

type Parameters = Vec<(&'static str, String)>;

impl Vizsla {
    /// A vizsla as configured; `name` is what people call it, by default its host. Nothing is asked
    /// yet.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn new(name: Option<&str>, config: &BackendConfig) -> Result<Self, BackendError> {
        Ok(Self::over(name, HttpClient::new(config)?))
    }

    /// The vizsla that a client leads to.
    pub fn over(name: Option<&str>, http: HttpClient) -> Self {
        let name = name.map_or_else(|| format!("vizsla {}", http.host()), str::to_owned);
        Self { name, http }
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &Parameters,
        cancel: &CancellationToken,
    ) -> Result<T, BackendError> {
        self.read(&self.http.get(path, query, cancel).await?)
    }

    fn read<T: DeserializeOwned>(&self, reply: &Reply) -> Result<T, BackendError> {
        self.accepted(reply)?;
        serde_json::from_slice(&reply.body).map_err(|error| {
            let quote = reply.quote();
            self.http.error(&format!(
                "answers what is no answer of vizsla ({error}): {quote}"
            ))
        })
    }

    /// A service graph, and how many traces it comes from.
    async fn graph_at(
        &self,
        path: &[&str],
        query: &Parameters,
        cancel: &CancellationToken,
    ) -> Result<(ServiceGraph, Option<u64>), BackendError> {
        let told: graph::Told = self.ask(path, query, cancel).await?;
        let traces = told.traces;
        let broken = || {
            let what = "tells a service graph that does not hold together";
            self.http.error(what)
        };
        Ok((told.graph().ok_or_else(broken)?, traces))
    }

    /// Errors if an answer is none.
    fn accepted(&self, reply: &Reply) -> Result<(), BackendError> {
        if reply.is_ok() && !reply.is_page() {
            return Ok(());
        }
        if reply.status == 400 {
            return Err(BackendError::Query(reply.quote()));
        }
        if reply.status == 404 || reply.is_page() {
            let hint = "is this the address that vizsla or vizsla serve printed for query? A plain http:// URL finds out what answers there";
            return Err(self.http.error(&format!(
                "does not answer as vizsla does ({}): {hint}",
                reply.status
            )));
        }
        let quote = reply.quote();
        Err(self
            .http
            .error(&format!("says ({}): {quote}", reply.status)))
    }

    async fn find(
        &self,
        request: SearchRequest,
        cancel: &CancellationToken,
        out: &mpsc::Sender<Part>,
    ) -> Result<SearchDone, BackendError> {
        let tell = async |part| out.send(part).await.map_err(|_| BackendError::Cancelled);
        tell(Part::Pushdown(Pushdown {
            pushed: vec![request.query.clone()],
            local: Vec::new(),
        }))
        .await?;
        let query = search_parameters(&request);
        let found: Found = self.ask(&["api", "search"], &query, cancel).await?;
        let done = found.done();
        let rows = found.traces.iter().map(|trace| trace.row(&self.http));
        tell(Part::Rows(rows.collect::<Result<_, _>>()?)).await?;
        for note in found.notes {
            tell(Part::Note(note)).await?;
        }
        Ok(done)
    }

    async fn open(
        &self,
        id: TraceId,
        cancel: &CancellationToken,
    ) -> Result<Option<Arc<Trace>>, BackendError> {
        let hex = id.to_string();
        let path = ["api", "v2", "traces", &hex];
        let reply = self
            .http
            .get_as("application/protobuf", &path, &[], cancel)
            .await?;
        self.accepted(&reply)?;
        let read = move || otlp::answer::read(&reply.body, id, &mut Findings::of("the answer"));
        let read = tokio::task::spawn_blocking(read).await;
        let trace = read.map_err(|error| {
            self.http
                .error(&format!("answers what cannot be read: {error}"))
        })?;
        let trace = trace.map_err(|problem| {
            self.http
                .error(&format!("answers what is no trace: {problem}"))
        })?;
        Ok(trace.map(Arc::new))
    }
}

/// Whether a server says that it is a vizsla.
pub(super) async fn answers_as_vizsla(
    http: &HttpClient,
    cancel: &CancellationToken,
) -> Result<bool, BackendError> {
    let reply = http.short().get(&["api", "stats"], &[], cancel).await?;
    let stats = serde_json::from_slice::<Stats>(&reply.body);
    Ok(reply.is_ok() && stats.is_ok_and(|stats| stats.server == "vizsla"))
}

fn search_parameters(request: &SearchRequest) -> Parameters {
    let sort = match request.sort {
        Sort::Newest => "newest",
        Sort::Slowest => "slowest",
    };
    let mut parameters = within(request.window);
    if !request.query.trim().is_empty() {
        parameters.push(("q", request.query.clone()));
    }
    parameters.push(("limit", request.limit.clamp(1, MOST).to_string()));
    parameters.push(("sort", sort.to_owned()));
    parameters.push(("matched", "ids".to_owned()));
    parameters
}

fn within(window: Option<Window>) -> Parameters {
    let Some(window) = window else {
        return Vec::new();
    };
    vec![
        ("from", window.from.0.to_string()),
        ("to", window.to.0.to_string()),
    ]
}

impl Backend for Vizsla {
    fn name(&self) -> &str {
        &self.name
    }

    fn source(&self) -> String {
        format!("vizsla+{}", self.http.base())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            traceql: true,
            metrics: true,
            live: true,
            stats: true,
            ..Capabilities::default()
        }
    }

    fn search(&self, request: SearchRequest, cancel: CancellationToken) -> Parts {
        let (out, parts) = parts();
        let vizsla = self.clone();
        tokio::spawn(async move {
            let end = match vizsla.find(request, &cancel, &out).await {
                Ok(done) => Part::Done(done),
                Err(error) => Part::Failed(error),
            };
            // A reader that went away wants no end.
            drop(out.send(end).await);
        });
        parts
    }

    fn trace(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>> {
        async move { self.open(id, &cancel).await }.boxed()
    }

    fn services(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<ServiceRow>> {
        async move {
            let path = ["api", "vizsla", "services"];
            let rows: Vec<ServiceCount> = self.ask(&path, &within(window), &cancel).await?;
            Ok(rows.into_iter().map(ServiceRow::from).collect())
        }
        .boxed()
    }

    fn operations(
        &self,
        service: Option<String>,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<OperationRow>> {
        async move {
            let mut query = within(window);
            query.extend(service.map(|service| ("service", service)));
            let path = ["api", "vizsla", "operations"];
            let rows: Vec<OperationCount> = self.ask(&path, &query, &cancel).await?;
            Ok(rows.into_iter().map(OperationRow::from).collect())
        }
        .boxed()
    }

    fn dependencies(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Dependencies> {
        async move {
            let path = ["api", "vizsla", "dependencies"];
            let calls: Calls = self.ask(&path, &within(window), &cancel).await?;
            Ok(calls.into())
        }
        .boxed()
    }

    fn service_graph(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        async move {
            let path = ["api", "vizsla", "graph"];
            self.graph_at(&path, &within(window), &cancel).await
        }
        .boxed()
    }

    fn calls_of(
        &self,
        query: String,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        async move {
            let mut asked = within(window);
            asked.push(("q", query));
            self.graph_at(&["api", "vizsla", "calls"], &asked, &cancel)
                .await
        }
        .boxed()
    }

    fn trends(&self) -> Answer<'_, Option<Trends>> {
        async move {
            let path = ["api", "vizsla", "trends"];
            let cancel = CancellationToken::new();
            let reply = self.http.get(&path, &[], &cancel).await?;
            if reply.status == 404 {
                // An older one does not tell.
                return Ok(None);
            }
            let told: Option<Vec<figures::ToldTrend>> = self.read(&reply)?;
            let wrong = || self.http.error("tells durations that cannot be");
            told.map(|told| figures::trends(told).ok_or_else(wrong))
                .transpose()
        }
        .boxed()
    }

    fn series(
        &self,
        request: SeriesRequest,
        cancel: CancellationToken,
    ) -> Answer<'_, SeriesAnswer> {
        async move {
            let path = match request.by {
                Division::Whole => ["api", "metrics", "query"],
                Division::Suitable | Division::Steps(_) => ["api", "metrics", "query_range"],
            };
            let told: series::Told = self
                .ask(&path, &series::parameters(&request), &cancel)
                .await?;
            told.answer().ok_or_else(|| {
                self.http
                    .error("tells series whose steps of time cannot be read")
            })
        }
        .boxed()
    }

    fn stats(&self) -> Answer<'_, Option<StoreStats>> {
        async move {
            let cancel = CancellationToken::new();
            let stats: Stats = self.ask(&["api", "stats"], &Vec::new(), &cancel).await?;
            Ok(stats.into())
        }
        .boxed()
    }

    fn sent(&self) -> Option<Vec<SentRequest>> {
        Some(self.http.sent())
    }

    fn epoch(&self) -> Option<watch::Receiver<u64>> {
        let (to, epoch) = watch::channel(0);
        tokio::spawn(epoch::follow(self.clone(), to));
        Some(epoch)
    }
}

#[cfg(test)]
mod tests;
