//! A server whose URL does not say what it is: it is asked, when something is first wanted of it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::{OnceCell, watch};
use tokio_util::sync::CancellationToken;

use super::http::HttpClient;
use super::vizsla::answers_as_vizsla;
use super::{
    Answer, Backend, BackendError, Capabilities, Dependencies, Jaeger, OperationRow, Part, Parts,
    SearchRequest, SentRequest, SeriesAnswer, SeriesRequest, ServiceRow, StoreStats, Vizsla,
    Window, parts,
};
use crate::analysis::Trends;
use crate::config::BackendConfig;
use crate::graph::service::ServiceGraph;
use crate::model::{Trace, TraceId};
use crate::traceql::Census;

/// How long a server that did not answer is left alone.
const AGAIN: Duration = Duration::from_secs(15);

/// A server of which only the address is known, and what it turned out to be.
#[derive(Clone)]
pub struct Probed(Arc<Server>);

struct Server {
    name: Option<String>,
    host: String,
    http: HttpClient,
    /// What it is, once it has answered.
    found: OnceCell<Arc<dyn Backend>>,
}

impl Probed {
    /// A server as configured; `name` is what people call it, by default its host. Nothing is
    /// asked yet.
    ///
    /// # Errors
    /// As [`HttpClient::new`].
    pub fn new(name: Option<&str>, config: &BackendConfig) -> Result<Self, BackendError> {
        let http = HttpClient::new(config)?;
        Ok(Self(Arc::new(Server {
            name: name.map(str::to_owned),
            host: http.host(),
            http,
            found: OnceCell::new(),
        })))
    }

    /// Another vizsla, if it says so; else a Jaeger, which finds out by itself which one. A server
    /// that did not answer is asked again the next time.
    async fn backend(&self, cancel: &CancellationToken) -> Result<&dyn Backend, BackendError> {
        let server = &self.0;
        let ask = || async {
            let (name, http) = (server.name.as_deref(), server.http.clone());
            Ok(if answers_as_vizsla(&http, cancel).await? {
                Arc::new(Vizsla::over(name, http)) as Arc<dyn Backend>
            } else {
                Arc::new(Jaeger::over(name, http))
            })
        };
        let found = server.found.get_or_try_init(ask).await?;
        Ok(found.as_ref())
    }

    /// Passes on when there is something new, once it is known what the server is.
    async fn follow(&self, to: &watch::Sender<u64>) {
        let backend = loop {
            match self.backend(&CancellationToken::new()).await {
                Ok(backend) => break backend,
                Err(_) => tokio::time::sleep(AGAIN).await,
            }
        };
        let Some(mut epoch) = backend.epoch() else {
            return;
        };
        while epoch.changed().await.is_ok() {
            to.send_replace(*epoch.borrow_and_update());
        }
    }

    fn known(&self) -> Option<&dyn Backend> {
        self.0.found.get().map(AsRef::as_ref)
    }
}

impl Backend for Probed {
    fn name(&self) -> &str {
        let unasked = self.0.name.as_ref().unwrap_or(&self.0.host);
        self.known().map_or(unasked, |backend| backend.name())
    }

    fn source(&self) -> String {
        let unasked = || self.0.http.base().to_owned();
        self.known().map_or_else(unasked, Backend::source)
    }

    /// Before it has answered: whether it counts is found out by asking.
    fn capabilities(&self) -> Capabilities {
        let unasked = || Capabilities {
            stats: true,
            ..Capabilities::default()
        };
        self.known().map_or_else(unasked, Backend::capabilities)
    }

    fn search(&self, request: SearchRequest, cancel: CancellationToken) -> Parts {
        if let Some(backend) = self.known() {
            return backend.search(request, cancel);
        }
        let (out, parts) = parts();
        let server = self.clone();
        tokio::spawn(async move {
            let mut told = match server.backend(&cancel).await {
                Ok(backend) => backend.search(request, cancel),
                // A reader that went away wants no end.
                Err(error) => return drop(out.send(Part::Failed(error)).await),
            };
            while let Some(part) = told.recv().await {
                if out.send(part).await.is_err() {
                    break;
                }
            }
        });
        parts
    }

    fn trace(&self, id: TraceId, cancel: CancellationToken) -> Answer<'_, Option<Arc<Trace>>> {
        async move { self.backend(&cancel).await?.trace(id, cancel).await }.boxed()
    }

    fn services(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<ServiceRow>> {
        async move { self.backend(&cancel).await?.services(window, cancel).await }.boxed()
    }

    fn operations(
        &self,
        service: Option<String>,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Vec<OperationRow>> {
        async move {
            let backend = self.backend(&cancel).await?;
            backend.operations(service, window, cancel).await
        }
        .boxed()
    }

    fn dependencies(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Dependencies> {
        async move {
            let backend = self.backend(&cancel).await?;
            backend.dependencies(window, cancel).await
        }
        .boxed()
    }

    fn service_graph(
        &self,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, (ServiceGraph, Option<u64>)> {
        async move {
            let backend = self.backend(&cancel).await?;
            backend.service_graph(window, cancel).await
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
            let backend = self.backend(&cancel).await?;
            backend.calls_of(query, window, cancel).await
        }
        .boxed()
    }

    fn series(
        &self,
        request: SeriesRequest,
        cancel: CancellationToken,
    ) -> Answer<'_, SeriesAnswer> {
        async move { self.backend(&cancel).await?.series(request, cancel).await }.boxed()
    }

    fn vocabulary(&self, cancel: CancellationToken) -> Answer<'_, Option<Arc<Census>>> {
        async move { self.backend(&cancel).await?.vocabulary(cancel).await }.boxed()
    }

    fn vocabulary_of(
        &self,
        query: String,
        window: Option<Window>,
        cancel: CancellationToken,
    ) -> Answer<'_, Option<Arc<Census>>> {
        async move {
            let backend = self.backend(&cancel).await?;
            backend.vocabulary_of(query, window, cancel).await
        }
        .boxed()
    }

    fn trends(&self) -> Answer<'_, Option<Trends>> {
        async move {
            let backend = self.backend(&CancellationToken::new()).await?;
            backend.trends().await
        }
        .boxed()
    }

    fn stats(&self) -> Answer<'_, Option<StoreStats>> {
        async move {
            let backend = self.backend(&CancellationToken::new()).await?;
            backend.stats().await
        }
        .boxed()
    }

    fn sent(&self) -> Option<Vec<SentRequest>> {
        Some(self.0.http.sent())
    }

    fn epoch(&self) -> Option<watch::Receiver<u64>> {
        let (to, epoch) = watch::channel(0);
        let server = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = to.closed() => {}
                () = server.follow(&to) => {}
            }
        });
        Some(epoch)
    }
}
