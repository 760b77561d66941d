//! What the server is asked besides searches: services, operations, traces, calls.

use std::collections::BTreeSet;

use futures_util::{FutureExt, StreamExt, stream};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Link, Operation, Operations, Services};
use super::ask::{Ask, Finder};
use super::{Dialect, judge, pushdown};
use crate::backend::http::{HttpClient, Reply};
use crate::backend::{BackendError, Dependencies, Edge, Node, OperationRow, Window};
use crate::model::{Kind, Trace, TraceId};

/// Services asked for their operations at a time.
const AT_ONCE: usize = 6;

/// What is known of the server.
#[derive(Debug)]
pub(super) struct Server {
    pub http: HttpClient,
    dialect: OnceCell<Dialect>,
    needs_service: OnceCell<bool>,
}

impl Server {
    pub(super) fn new(http: HttpClient) -> Self {
        Self {
            http,
            dialect: OnceCell::new(),
            needs_service: OnceCell::new(),
        }
    }

    pub(super) async fn dialect(
        &self,
        cancel: &CancellationToken,
    ) -> Result<Dialect, BackendError> {
        self.dialect
            .get_or_try_init(|| Dialect::of(&self.http, cancel))
            .await
            .copied()
    }

    /// Whether a search has to name a service.
    pub(super) async fn needs_service(
        &self,
        finder: Finder,
        window: Window,
        cancel: &CancellationToken,
    ) -> Result<bool, BackendError> {
        if finder == Finder::Legacy {
            return Ok(true);
        }
        let try_without = || async {
            let ask = Ask {
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

    /// Has the server copy a trace into its archive. False if it has none.
    pub(super) async fn archive(
        &self,
        id: TraceId,
        cancel: &CancellationToken,
    ) -> Result<bool, BackendError> {
        let path = ["api", "archive", &id.to_string()];
        let reply = self.http.post(&path, cancel).await?;
        match reply.status {
            200 => Ok(true),
            // Jaeger's answer where no archive is configured, and that of servers without the path.
            404 | 405 => Ok(false),
            500 if reply.quote().contains("not configured") => Ok(false),
            _ => Err(self
                .http
                .error(&format!("does not archive: {}", reply.quote()))),
        }
    }

    pub(super) async fn service_names(
        &self,
        cancel: &CancellationToken,
    ) -> Result<Vec<String>, BackendError> {
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
        let dialect = self.dialect(cancel).await?;
        let query = [("service", service.to_owned())];
        if dialect.legacy {
            let reply = self
                .http
                .get(&["api", "operations"], &query, cancel)
                .await?;
            if reply.is_ok() && !reply.is_page() {
                return answer::read_legacy(&self.http, &reply);
            }
        }
        if dialect.v3 {
            let reply = self
                .http
                .get(&["api", "v3", "operations"], &query, cancel)
                .await?;
            return Ok(answer::read::<Operations>(&self.http, &reply)?.operations);
        }
        let path = ["api", "services", service, "operations"];
        let reply = self.http.get(&path, &[], cancel).await?;
        let names: Vec<String> = answer::read_legacy(&self.http, &reply)?;
        let without_kind = |name| Operation {
            name,
            kind: String::new(),
        };
        Ok(names.into_iter().map(without_kind).collect())
    }

    /// Operations of some services, by service, name and kind. One service of several that fails
    /// costs its own operations only.
    pub(super) async fn operation_rows(
        &self,
        services: Vec<String>,
        cancel: &CancellationToken,
    ) -> Result<Vec<OperationRow>, BackendError> {
        let mut each = Vec::new();
        for service in services {
            let asked = async move {
                let operations = self.operations(&service, cancel).await?;
                let rows = operations
                    .into_iter()
                    .map(|operation| operation_row(&service, operation));
                Ok::<Vec<OperationRow>, BackendError>(rows.collect())
            };
            each.push(asked.boxed());
        }
        let answers: Vec<Result<Vec<OperationRow>, BackendError>> =
            stream::iter(each).buffered(AT_ONCE).collect().await;
        if answers.iter().all(Result::is_err) {
            return answers.into_iter().next().unwrap_or(Ok(Vec::new()));
        }
        let mut rows: Vec<OperationRow> = answers.into_iter().flatten().flatten().collect();
        rows.sort_by(|a, b| {
            (&a.service, &a.operation, &a.kind).cmp(&(&b.service, &b.operation, &b.kind))
        });
        Ok(rows)
    }

    /// A trace as it was received: from API v3, which has nanoseconds and all types, or else from
    /// the legacy API, which every server has for single traces.
    pub(super) async fn open(
        &self,
        id: TraceId,
        cancel: &CancellationToken,
    ) -> Result<Option<Trace>, BackendError> {
        let dialect = self.dialect(cancel).await?;
        if dialect.v3 {
            let raw = if dialect.summaries {
                "rawTraces"
            } else {
                "raw_traces"
            };
            let path = ["api", "v3", "traces", &id.to_string()];
            let reply = self
                .http
                .get(&path, &[(raw, "true".to_owned())], cancel)
                .await?;
            if reply.is_ok() && !reply.is_page() {
                let trace = self.decode(id, reply, judge::traces_of_v3).await?;
                return Ok(trace);
            }
        }
        let path = ["api", "traces", &id.to_string()];
        let reply = self
            .http
            .get(&path, &[("raw", "true".to_owned())], cancel)
            .await?;
        if reply.status == 404 && !reply.is_page() {
            return Ok(None);
        }
        self.decode(id, reply, judge::traces_of).await
    }

    pub(super) async fn decode(
        &self,
        id: TraceId,
        reply: Reply,
        read: judge::Read,
    ) -> Result<Option<Trace>, BackendError> {
        if !reply.is_ok() || reply.is_page() {
            return Err(answer::refusal(&self.http, &reply));
        }
        let decoded = tokio::task::spawn_blocking(move || read(&reply.body)).await;
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

    pub(super) async fn dependencies(
        &self,
        window: Window,
        cancel: &CancellationToken,
    ) -> Result<Dependencies, BackendError> {
        // Jaeger adds them up in nanoseconds of 63 bits: an open end would be before the start.
        let to = window.to.min(super::now() + super::LAST_HOUR);
        let query = [
            ("endTs", to.0.div_ceil(1_000_000).to_string()),
            (
                "lookback",
                (to.since(window.from).0 / 1_000_000).to_string(),
            ),
        ];
        let reply = self
            .http
            .get(&["api", "dependencies"], &query, cancel)
            .await?;
        Ok(graph(answer::read_legacy(&self.http, &reply)?))
    }
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
