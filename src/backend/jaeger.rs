//! Jaeger, asked over the HTTP API of its query service.
//!
//! Jaeger's APIs came and went with its versions ([`Dialect`]): the server is asked once which it
//! has. A search is cut down to Jaeger's form ([`pushdown`]), asked slice by slice of its window
//! ([`search`]), and the whole query is evaluated here on the traces that come back
//! ([`judge`]). Traces are asked for as they were received, without Jaeger's adjustments.

mod answer;
mod ask;
mod dialect;
mod judge;
mod pushdown;
mod search;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::http::{HttpClient, Reply};
use super::{
    Answer, Backend, BackendError, Capabilities, Dependencies, Edge, Node, OperationRow, Parts,
    SearchRequest, ServiceRow, StoreStats, Window, parts,
};
use crate::config::BackendConfig;
use crate::model::{Kind, Nanos, Time, Trace, TraceId};
use answer::{Link, Operation, Operations, Services};
use ask::Finder;

pub use dialect::Dialect;

/// Services asked for their operations at a time.
const AT_ONCE: usize = 6;

/// A Jaeger server.
#[derive(Debug, Clone)]
pub struct Jaeger {
    name: String,
    server: Arc<Server>,
}

/// What is known of the server.
#[derive(Debug)]
struct Server {
    http: HttpClient,
    dialect: OnceCell<Dialect>,
    needs_service: OnceCell<bool>,
}

impl Jaeger {
    /// A Jaeger as configured; `name` is what people call it, by default its host. Nothing is
    /// asked yet.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn new(name: Option<&str>, config: &BackendConfig) -> Result<Self, BackendError> {
        let http = HttpClient::new(config)?;
        let name = name.map_or_else(|| format!("jaeger {}", http.host()), str::to_owned);
        let server = Server {
            http,
            dialect: OnceCell::new(),
            needs_service: OnceCell::new(),
        };
        Ok(Self {
            name,
            server: Arc::new(server),
        })
    }

    /// Which APIs the server has: also the way to find out whether it is a Jaeger at all.
    ///
    /// # Errors
    /// [`BackendError::Remote`] if it cannot be reached or is none.
    pub async fn dialect(&self, cancel: &CancellationToken) -> Result<Dialect, BackendError> {
        self.server.dialect(cancel).await
    }
}

impl Server {
    async fn dialect(&self, cancel: &CancellationToken) -> Result<Dialect, BackendError> {
        self.dialect
            .get_or_try_init(|| Dialect::of(&self.http, cancel))
            .await
            .copied()
    }

    /// Whether a search has to name a service.
    async fn needs_service(
        &self,
        finder: Finder,
        window: Window,
        cancel: &CancellationToken,
    ) -> Result<bool, BackendError> {
        if finder == Finder::Legacy {
            return Ok(true);
        }
        let try_without = || async {
            let ask = ask::Ask {
                form: pushdown::Form::default(),
                service: None,
            };
            let reply = self
                .http
                .get(
                    &["api", "v3", "trace-summaries"],
                    &ask.v3_query(window, 1),
                    cancel,
                )
                .await?;
            Ok(!reply.is_ok())
        };
        self.needs_service
            .get_or_try_init(try_without)
            .await
            .copied()
    }

    async fn service_names(&self, cancel: &CancellationToken) -> Result<Vec<String>, BackendError> {
        let mut names = if self.dialect(cancel).await?.legacy {
            let reply = self.http.get(&["api", "services"], &[], cancel).await?;
            answer::read_legacy::<Vec<String>>(&self.http, &reply)?
        } else {
            let reply = self
                .http
                .get(&["api", "v3", "services"], &[], cancel)
                .await?;
            answer::read::<Services>(&self.http, &reply)?.services
        };
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Operations of a service with their kinds. The legacy API tells a kind that is not given from
    /// `internal`, API v3 does not; the oldest servers know names only.
    async fn operations(
        &self,
        service: &str,
        cancel: &CancellationToken,
    ) -> Result<Vec<Operation>, BackendError> {
        let query = [("service", service.to_owned())];
        if !self.dialect(cancel).await?.legacy {
            let reply = self
                .http
                .get(&["api", "v3", "operations"], &query, cancel)
                .await?;
            return Ok(answer::read::<Operations>(&self.http, &reply)?.operations);
        }
        let reply = self
            .http
            .get(&["api", "operations"], &query, cancel)
            .await?;
        if reply.is_ok() && !reply.is_page() {
            return answer::read_legacy(&self.http, &reply);
        }
        let reply = self
            .http
            .get(&["api", "services", service, "operations"], &[], cancel)
            .await?;
        let names: Vec<String> = answer::read_legacy(&self.http, &reply)?;
        Ok(names
            .into_iter()
            .map(|name| Operation {
                name,
                kind: String::new(),
            })
            .collect())
    }

    async fn operation_rows(
        &self,
        service: String,
        cancel: &CancellationToken,
    ) -> Result<Vec<OperationRow>, BackendError> {
        let operations = self.operations(&service, cancel).await?;
        Ok(operations
            .into_iter()
            .map(|operation| operation_row(&service, operation))
            .collect())
    }

    async fn open(
        &self,
        id: TraceId,
        cancel: &CancellationToken,
    ) -> Result<Option<Trace>, BackendError> {
        let raw = [("raw", "true".to_owned())];
        let reply = self
            .http
            .get(&["api", "traces", &id.to_string()], &raw, cancel)
            .await?;
        if reply.status == 404 && !reply.is_page() {
            return Ok(None);
        }
        self.decode(id, reply).await
    }

    async fn decode(&self, id: TraceId, reply: Reply) -> Result<Option<Trace>, BackendError> {
        if !reply.is_ok() || reply.is_page() {
            return Err(answer::refusal(&self.http, &reply));
        }
        let decoded = tokio::task::spawn_blocking(move || judge::traces_of(&reply.body)).await;
        let (traces, problems) = decoded.map_err(|error| {
            self.http
                .error(&format!("answers what cannot be read: {error}"))
        })?;
        let found = traces.into_iter().find(|trace| trace.id() == id);
        match (found, problems.first()) {
            (None, Some(problem)) => Err(self
                .http
                .error(&format!("answers what is no trace: {problem}"))),
            (found, _) => Ok(found),
        }
    }

    async fn dependencies(
        &self,
        window: Window,
        cancel: &CancellationToken,
    ) -> Result<Dependencies, BackendError> {
        let query = [
            ("endTs", window.to.0.div_ceil(1_000_000).to_string()),
            (
                "lookback",
                (window.to.since(window.from).0 / 1_000_000).to_string(),
            ),
        ];
        let reply = self
            .http
            .get(&["api", "dependencies"], &query, cancel)
            .await?;
        Ok(graph(answer::read_legacy(&self.http, &reply)?))
    }
}

/// Jaeger tells how often, and no more.
fn graph(mut links: Vec<Link>) -> Dependencies {
    links.sort_by(|a, b| (&a.parent, &a.child).cmp(&(&b.parent, &b.child)));
    let names: BTreeSet<&String> = links
        .iter()
        .flat_map(|link| [&link.parent, &link.child])
        .collect();
    let nodes = names.into_iter().map(|name| Node {
        service: name.clone(),
        spans: 0,
        errors: 0,
        kind: "",
    });
    let nodes = nodes.collect();
    let edges = links.into_iter().map(|link| Edge {
        parent: link.parent,
        child: link.child,
        calls: link.call_count,
        errors: 0,
        p50: None,
        p95: None,
        p99: None,
    });
    Dependencies {
        nodes,
        edges: edges.collect(),
        traces: None,
    }
}

fn now() -> Time {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Time(Nanos::from(since).0)
}

/// The window, else the last hour.
fn or_last_hour(window: Option<Window>) -> Window {
    window.unwrap_or_else(|| {
        let to = now();
        Window {
            from: to - Nanos::from_millis(3_600_000),
            to,
        }
    })
}

fn operation_row(service: &str, operation: Operation) -> OperationRow {
    let kind = Kind::from_name(&operation.kind)
        .unwrap_or_default()
        .name()
        .to_owned();
    OperationRow {
        service: service.to_owned(),
        operation: operation.name,
        kind,
        spans: None,
        errors: None,
    }
}

impl Backend for Jaeger {
    fn name(&self) -> &str {
        &self.name
    }

    fn source(&self) -> String {
        format!("jaeger+{}", self.server.http.base())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn search(&self, request: SearchRequest, cancel: CancellationToken) -> Parts {
        let (out, parts) = parts();
        tokio::spawn(search::run(Arc::clone(&self.server), request, cancel, out));
        parts
    }

    fn trace(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>> {
        async move { Ok(self.server.open(id, &cancel).await?.map(Arc::new)) }.boxed()
    }

    fn services(
        &self,
        _: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<ServiceRow>> {
        let row = |service| ServiceRow {
            service,
            spans: None,
            errors: None,
        };
        async move {
            Ok(self
                .server
                .service_names(&cancel)
                .await?
                .into_iter()
                .map(row)
                .collect())
        }
        .boxed()
    }

    fn operations(
        &self,
        service: Option<String>,
        _: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<OperationRow>> {
        async move {
            let services = match service {
                Some(service) => vec![service],
                None => self.server.service_names(&cancel).await?,
            };
            let mut each = Vec::new();
            for service in services {
                each.push(self.server.operation_rows(service, &cancel).boxed());
            }
            let rows = stream::iter(each).buffered(AT_ONCE);
            let rows: Vec<Vec<OperationRow>> = rows.try_collect().await?;
            let mut rows = rows.concat();
            rows.sort_by(|a, b| {
                (&a.service, &a.operation, &a.kind).cmp(&(&b.service, &b.operation, &b.kind))
            });
            Ok::<_, BackendError>(rows)
        }
        .boxed()
    }

    fn dependencies(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Dependencies> {
        async move {
            self.server
                .dependencies(or_last_hour(window), &cancel)
                .await
        }
        .boxed()
    }

    fn stats(&self) -> Answer<'_, Option<StoreStats>> {
        async { Ok(None) }.boxed()
    }
}

#[cfg(test)]
mod tests;
