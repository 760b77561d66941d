//! The socket: who may ask, how much, and how long the service runs.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::Next;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::{Denied, NoListen};
use crate::socket::{self, Limits};

use super::{QueryService, answer};

/// Requests answered at one time; an answer is gathered in memory.
pub const REQUESTS: usize = 32;

/// The service, running.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub at: SocketAddr,
    task: JoinHandle<()>,
}

impl Running {
    /// Waits until the service has ended, which its token asks it to.
    pub async fn ended(self) {
        _ = self.task.await;
    }
}

/// Listens at an address until `stop`.
///
/// # Errors
/// The address is not ours to open, or taken.
pub async fn start(
    service: QueryService,
    at: SocketAddr,
    stop: CancellationToken,
) -> Result<Running, NoListen> {
    let (listener, at) = socket::bind(at, &service.access).await?;
    let router = service.router();
    let task = tokio::spawn(socket::serve(listener, Limits::PEOPLE, stop, router));
    Ok(Running { at, task })
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Turns strangers away, and answers browsers of allowed origins with the headers they need.
pub async fn guard(
    State(service): State<QueryService>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let headers = request.headers();
    let host = text(headers, header::HOST)
        .or_else(|| request.uri().host())
        .map(str::to_owned);
    let origin = text(headers, header::ORIGIN).map(str::to_owned);
    let preflight = request.method() == Method::OPTIONS;
    // A browser sends no token with its question whether it may ask.
    let authorization = text(headers, header::AUTHORIZATION);
    let checked = service
        .access
        .check(host.as_deref(), origin.as_deref(), authorization);
    let allowed = origin.filter(|origin| service.access.allows_origin(origin));
    match checked {
        Err(Denied::Token) if preflight && allowed.is_some() => {}
        Err(denied) => return turned_away(&denied),
        Ok(()) => {}
    }
    let mut response = match (preflight, &allowed) {
        (true, Some(_)) => answer::plain(StatusCode::NO_CONTENT, String::new()),
        _ => in_turn(&service, request, next).await,
    };
    if let Some(origin) = allowed.and_then(|origin| HeaderValue::try_from(origin).ok()) {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_METHODS,
            HeaderValue::from_static("GET, HEAD, POST, OPTIONS"),
        );
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization, content-type"),
        );
    }
    response
}

/// Answers, unless as many requests as may be are being answered.
async fn in_turn(service: &QueryService, request: Request, next: Next) -> Response<Body> {
    let Ok(_place) = service.places.try_acquire() else {
        let words = format!("{REQUESTS} requests are being answered: try again in a moment\n");
        let mut response = answer::plain(StatusCode::SERVICE_UNAVAILABLE, words);
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return response;
    };
    next.run(request).await
}

fn turned_away(denied: &Denied) -> Response<Body> {
    let status = match denied {
        Denied::Token => StatusCode::UNAUTHORIZED,
        Denied::Host(_) | Denied::Origin(_) => StatusCode::FORBIDDEN,
    };
    answer::plain(status, format!("{denied}\n"))
}
