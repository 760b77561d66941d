//! The front door: who may come in, which protocol is spoken, and what all of them share.
//!
//! Both OTLP ports speak both protocols: an exporter pointed at the wrong one is the most
//! common mistake there is, and the content type tells them apart.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Body};
use super::body::{self, Held, Patience};
use super::budget::Budget;
use super::encoding::{self, Encoding};
use super::intake::{Accepted, Intake, Syntax};
use super::limits::Limits;
use super::refusal::Refusal;
use super::{grpc, http};
use crate::config::Access;
use crate::format::otlp::Signal;

/// Bodies from this size on are decoded beside the reactor: a millisecond of decoding.
const LARGE: usize = 256 << 10;
/// The same for compressed ones, which may unpack to a thousand times as much.
const LARGE_COMPRESSED: usize = 4 << 10;

/// What has come through the door so far.
#[derive(Debug, Default)]
pub struct Traffic {
    /// Requests answered, whatever the answer.
    pub requests: AtomicU64,
    /// Requests refused as a whole.
    pub refused: AtomicU64,
    /// Bytes of bodies as sent.
    pub bytes: AtomicU64,
}

/// What all requests share.
pub struct Front {
    pub(super) access: Access,
    pub(super) limits: Limits,
    pub(super) budget: Arc<Budget>,
    pub(super) intake: Arc<dyn Intake>,
    pub(super) stop: CancellationToken,
    pub(super) traffic: Arc<Traffic>,
    places: Semaphore,
    queue: Semaphore,
    decoders: Semaphore,
}

impl Front {
    /// A door to `intake`.
    pub fn new(
        access: Access,
        limits: Limits,
        intake: Arc<dyn Intake>,
        stop: CancellationToken,
    ) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            access,
            limits,
            budget: Budget::new(limits.in_flight),
            intake,
            stop,
            traffic: Arc::default(),
            places: Semaphore::new(limits.requests),
            queue: Semaphore::new(limits.queue),
            decoders: Semaphore::new(cores),
        }
    }

    /// Answers one request, whatever it is.
    pub async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let origin = request.headers().get(header::ORIGIN).cloned();
        let mut answer = self.guarded(request).await;
        if let Some(origin) = origin {
            self.share_with(&origin, answer.headers_mut());
        }
        self.traffic.requests.fetch_add(1, Ordering::Relaxed);
        let refused =
            answer.status().as_u16() >= 400 || answer.headers().contains_key("grpc-status");
        self.traffic
            .refused
            .fetch_add(u64::from(refused), Ordering::Relaxed);
        answer
    }

    async fn guarded(&self, request: Request<Incoming>) -> Response<Body> {
        let preflight = request.method() == Method::OPTIONS
            && request
                .headers()
                .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if let Err(refusal) = self.admit(&request, preflight) {
            return refuse(request.headers(), &refusal);
        }
        if preflight {
            return preflight_answer(request.headers());
        }
        let Some(_place) = self.place().await else {
            return refuse(
                request.headers(),
                &Refusal::overloaded("too many requests at once"),
            );
        };
        if grpc::is_grpc(request.headers()) {
            grpc::answer(self, request).await
        } else {
            http::answer(self, request).await
        }
    }

    /// A place to be answered in. A crowd of slow bodies is soon given up: it is worth waiting for,
    /// if not too many wait already.
    async fn place(&self) -> Option<SemaphorePermit<'_>> {
        if let Ok(place) = self.places.try_acquire() {
            return Some(place);
        }
        let _queued = self.queue.try_acquire().ok()?;
        let place = timeout(self.limits.wait, self.places.acquire()).await;
        place.ok()?.ok()
    }

    /// A browser's preflight carries no token; the request after it does.
    fn admit(&self, request: &Request<Incoming>, preflight: bool) -> Result<(), Refusal> {
        let text = |name| {
            request
                .headers()
                .get(name)
                .map(|v: &HeaderValue| v.to_str().unwrap_or("?"))
        };
        let authority = request
            .uri()
            .authority()
            .map(hyper::http::uri::Authority::as_str);
        let host = text(header::HOST).or(authority);
        let origin = text(header::ORIGIN);
        match self.access.check(host, origin, text(header::AUTHORIZATION)) {
            Err(crate::config::Denied::Token) if preflight => Ok(()),
            checked => Ok(checked?),
        }
    }

    fn share_with(&self, origin: &HeaderValue, headers: &mut HeaderMap) {
        if origin
            .to_str()
            .is_ok_and(|origin| self.access.allows_origin(origin))
        {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        headers.insert(header::VARY, HeaderValue::from_static("origin"));
    }

    /// Reads the body within the limits, `beyond` bytes more than a body may have.
    pub(super) async fn read(
        &self,
        request: Request<Incoming>,
        beyond: usize,
    ) -> Result<Held, Refusal> {
        let waits = request.headers().contains_key(header::EXPECT);
        let mut body = request.into_body();
        let limit = self.limits.body + beyond;
        let patience = Patience {
            limits: &self.limits,
            places: &self.places,
        };
        let read = body::read(&mut body, limit, &patience, &self.budget).await;
        match &read {
            Ok(held) => {
                self.traffic
                    .bytes
                    .fetch_add(held.bytes.len() as u64, Ordering::Relaxed);
            }
            // Who asked with `Expect: 100-continue` has not begun to send.
            Err(Refusal::TooLarge { .. } | Refusal::Overloaded { .. }) if !waits => {
                body::linger(&mut body, &patience).await;
            }
            Err(_) => {}
        }
        read
    }

    /// Unpacks a body and hands it in; beside the reactor if that takes long.
    pub(super) async fn take(
        &self,
        signal: Signal,
        syntax: Syntax,
        layers: Vec<Encoding>,
        held: Held,
    ) -> Result<Accepted, Refusal> {
        let large = if layers.is_empty() {
            LARGE
        } else {
            LARGE_COMPRESSED
        };
        let small = held.bytes.len() < large;
        let limit = self.limits.body;
        let intake = Arc::clone(&self.intake);
        let work = move || {
            let Held { bytes, mut share } = held;
            let request: Bytes = encoding::decode(&layers, bytes, limit, &mut share)?;
            let accepted = intake.take(signal, syntax, &request);
            share.put_back(request);
            accepted
        };
        if small {
            return work();
        }
        let _permit = self.decoders.acquire().await;
        let failed = |error: tokio::task::JoinError| Refusal::Internal(error.to_string());
        spawn_blocking(work).await.map_err(failed)?
    }
}

/// A refusal before the protocol's own code has seen the request.
fn refuse(headers: &HeaderMap, refusal: &Refusal) -> Response<Body> {
    if grpc::is_grpc(headers) {
        return grpc::refuse(refusal);
    }
    http::syntax(headers).map_or_else(
        || answer::plain(refusal.http_status(), &refusal.to_string()),
        |syntax| answer::http_refusal(refusal, syntax),
    )
}

fn preflight_answer(headers: &HeaderMap) -> Response<Body> {
    let mut answer = answer::whole(StatusCode::NO_CONTENT, "", Vec::new());
    let set: [(HeaderName, HeaderValue); 2] = [
        (
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("POST"),
        ),
        (
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("600"),
        ),
    ];
    answer.headers_mut().extend(set);
    if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        answer
            .headers_mut()
            .insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    answer
}
