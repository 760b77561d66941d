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
mod server;

use std::sync::Arc;
use std::time::SystemTime;

use futures_util::FutureExt;
use tokio_util::sync::CancellationToken;

use super::http::HttpClient;
use super::{
    Answer, Backend, BackendError, Capabilities, Dependencies, OperationRow, Parts, SearchRequest,
    ServiceRow, StoreStats, Window, parts,
};
use crate::config::BackendConfig;
use crate::model::{Nanos, Time, Trace, TraceId};
use server::Server;

pub use dialect::Dialect;

/// How far back it is looked where no window is given.
const LAST_HOUR: Nanos = Nanos::from_millis(3_600_000);

/// A Jaeger server.
#[derive(Debug, Clone)]
pub struct Jaeger {
    name: String,
    server: Arc<Server>,
}

impl Jaeger {
    /// A Jaeger as configured; `name` is what people call it, by default its host. Nothing is
    /// asked yet.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn new(name: Option<&str>, config: &BackendConfig) -> Result<Self, BackendError> {
        Ok(Self::over(name, HttpClient::new(config)?))
    }

    /// The Jaeger that a client leads to.
    pub fn over(name: Option<&str>, http: HttpClient) -> Self {
        let name = name.map_or_else(|| format!("jaeger {}", http.host()), str::to_owned);
        Self {
            name,
            server: Arc::new(Server::new(http)),
        }
    }

    /// Which APIs the server has: also the way to find out whether it is a Jaeger at all.
    ///
    /// # Errors
    /// [`BackendError::Remote`] if it cannot be reached or is none.
    pub async fn dialect(&self, cancel: &CancellationToken) -> Result<Dialect, BackendError> {
        self.server.dialect(cancel).await
    }
}

fn now() -> Time {
    let since = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Time(Nanos::from(since).0)
}

/// The hour up to now.
fn last_hour() -> Window {
    let to = now();
    Window {
        from: to - LAST_HOUR,
        to,
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

    fn sent(&self) -> Option<Vec<super::SentRequest>> {
        Some(self.server.http.sent())
    }

    fn search(&self, request: SearchRequest, cancel: CancellationToken) -> Parts {
        let (out, parts) = parts();
        tokio::spawn(search::run(Arc::clone(&self.server), request, cancel, out));
        parts
    }

    fn trace(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>> {
        async move { Ok(self.server.open(id, &cancel).await?.map(Arc::new)) }.boxed()
    }

    fn archive(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, bool> {
        async move { self.server.archive(id, &cancel).await }.boxed()
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
            self.server.operation_rows(services, &cancel).await
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
                .dependencies(window.unwrap_or_else(last_hour), &cancel)
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
