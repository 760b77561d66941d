//! HTTP to the query APIs of other systems: one client for each backend.
//!
//! What answers is not trusted: answers are capped and timed out, redirects are followed only
//! within the same host (so that no credential reaches another), and every error says what to
//! try. Secrets are fetched once and never shown.

use std::net::IpAddr;
use std::sync::Once;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Certificate, Client, Response, StatusCode, Url, redirect};
use tokio_util::sync::CancellationToken;

use super::BackendError;
use super::sent::{Sent, SentRequest};
use crate::config::{BackendConfig, HeaderValue as ConfiguredValue, Secret};
use crate::model::{Nanos, Time};

/// Bytes of one answer, decompressed.
const ANSWER_CAP: usize = 256 << 20;

/// Bytes of an answer that is short, by rights.
const SHORT_CAP: usize = 16 << 20;

/// How long a request may take, unless the configuration says otherwise.
const TIMEOUT: Duration = Duration::from_mins(1);

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Waits before a request is tried again after a failure that may pass.
const RETRIES: [Duration; 2] = [Duration::from_millis(200), Duration::from_secs(1)];

/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Characters of a server's words that are repeated in an error.
const QUOTED: usize = 300;

/// A client of one server.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: Client,
    base: Url,
    timeout: Duration,
    cap: usize,
    sent: Sent,
}

/// An answer that is neither a refusal of credentials nor a redirect.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body, decompressed.
    pub body: Bytes,
}

impl Reply {
    /// Whether the status says that all is well.
    pub fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether the body is a web page rather than data.
    pub fn is_page(&self) -> bool {
        self.body.trim_ascii_start().first() == Some(&b'<')
    }

    /// The start of the body as text, for an error.
    pub fn quote(&self) -> String {
        let text = String::from_utf8_lossy(self.body.get(..4 * QUOTED).unwrap_or(&self.body));
        text.trim().chars().take(QUOTED).collect()
    }
}

impl HttpClient {
    /// A client of the server that `config` names; fetches its secrets and reads its
    /// certificates, but does not connect.
    ///
    /// # Errors
    /// [`BackendError::Input`] if the URL, a header, a secret or a certificate is unusable.
    pub fn new(config: &BackendConfig) -> Result<Self, BackendError> {
        use_ring();
        let base = base_url(&config.url)?;
        let mut builder = Client::builder()
            .user_agent(concat!("vizsla/", env!("CARGO_PKG_VERSION")))
            .default_headers(headers(config)?)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(redirect::Policy::custom(stay_on_host));
        if base.scheme() == "http" {
            // Nothing to verify: the system's certificates are not worth reading.
            builder = builder.tls_certs_only([]);
        } else if let Some(path) = &config.ca_file {
            let unusable = |cause: &dyn std::fmt::Display| {
                BackendError::Input(format!("cannot use ca_file {}: {cause}", path.display()))
            };
            let pem = std::fs::read(path).map_err(|cause| unusable(&cause))?;
            builder = builder.tls_certs_only(
                Certificate::from_pem_bundle(&pem).map_err(|cause| unusable(&cause))?,
            );
        }
        let client = builder.build().map_err(|error| {
            BackendError::Input(format!(
                "cannot prepare a client of {base}: {}",
                cause(&error)
            ))
        })?;
        let timeout = config.timeout.map_or(TIMEOUT, Duration::from_nanos);
        Ok(Self {
            client,
            base,
            timeout,
            cap: ANSWER_CAP,
            sent: Sent::default(),
        })
    }

    /// The same client, for answers that should be short: what a stranger sends is asked for by
    /// several requests at once.
    #[must_use]
    pub fn short(&self) -> Self {
        Self {
            cap: self.cap.min(SHORT_CAP),
            ..self.clone()
        }
    }

    /// The server's URL, without credentials and without a slash at its end.
    pub fn base(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }

    /// What was asked so far, oldest first.
    pub fn sent(&self) -> Vec<SentRequest> {
        self.sent.all()
    }

    /// The server's host and port.
    pub fn host(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Asks for `path` (one item for each segment) below the base, with a query.
    ///
    /// # Errors
    /// [`BackendError::Cancelled`], or [`BackendError::Remote`] with what happened and what to
    /// try: no connection, no trust, no time, credentials refused, a redirect elsewhere, too
    /// large an answer. Other HTTP statuses are answers.
    pub async fn get(
        &self,
        path: &[&str],
        query: &[(&str, String)],
        cancel: &CancellationToken,
    ) -> Result<Reply, BackendError> {
        self.get_as("*/*", path, query, cancel).await
    }

    /// [`Self::get`] of an answer of some media type.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn get_as(
        &self,
        media_type: &'static str,
        path: &[&str],
        query: &[(&str, String)],
        cancel: &CancellationToken,
    ) -> Result<Reply, BackendError> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let (at, before) = (SystemTime::now(), Instant::now());
        let asked = url.to_string();
        let reply = tokio::select! {
            () = cancel.cancelled() => Err(BackendError::Cancelled),
            reply = self.get_patiently(url, media_type) => reply,
        };
        let answer = reply.as_ref().ok();
        let since = at.duration_since(SystemTime::UNIX_EPOCH);
        self.sent.keep(SentRequest {
            at: Time(since.map_or(0, |since| since.as_nanos() as u64)),
            url: asked,
            status: answer.map(|answer| answer.status),
            took: Nanos(before.elapsed().as_nanos() as u64),
            bytes: answer.map_or(0, |answer| answer.body.len() as u64),
        });
        reply
    }

    async fn get_patiently(
        &self,
        url: Url,
        media_type: &'static str,
    ) -> Result<Reply, BackendError> {
        let mut waits = RETRIES.into_iter();
        loop {
            let sent = self
                .client
                .get(url.clone())
                .header(ACCEPT, media_type)
                .timeout(self.timeout)
                .send()
                .await;
            let asked = match &sent {
                Ok(response) if may_pass(response.status()) => retry_after(response),
                _ => return self.finish(sent).await,
            };
            let Some(wait) = waits.next() else {
                return self.finish(sent).await;
            };
            tokio::time::sleep(asked.unwrap_or(wait)).await;
        }
    }

    async fn finish(&self, sent: reqwest::Result<Response>) -> Result<Reply, BackendError> {
        let mut response = sent.map_err(|error| self.explain(&error))?;
        let status = response.status();
        self.refuse(&response)?;
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.explain(&error))?
        {
            if body.len() + chunk.len() > self.cap {
                let cap = crate::text::bytes(self.cap as u64);
                return Err(self.error(&format!(
                    "sends more than {cap}: narrow the window or lower the limit"
                )));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            status: status.as_u16(),
            body: body.into(),
        })
    }

    /// Answers that mean that credentials are missing or wrong.
    fn refuse(&self, response: &Response) -> Result<(), BackendError> {
        let status = response.status();
        if status.is_redirection() {
            let location = response.headers().get(reqwest::header::LOCATION);
            let to: String = location.map_or_else(String::new, |to| {
                String::from_utf8_lossy(to.as_bytes())
                    .chars()
                    .take(QUOTED)
                    .collect()
            });
            let hint = "it may want a login (configure a token), or that URL may be the one to use";
            return Err(self.error(&format!("sends us elsewhere, to {to:?}: {hint}")));
        }
        if matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let hint = "give a token (token_env, token_file or token_command) or headers in [backend.NAME] of config.toml";
            return Err(self.error(&format!("refuses us ({status}): {hint}")));
        }
        Ok(())
    }

    fn explain(&self, error: &reqwest::Error) -> BackendError {
        let cause = cause(error);
        if error.is_timeout() {
            let after = self.timeout.as_secs();
            return self.error(&format!("did not answer within {after} s: narrow the window, or raise its timeout in config.toml"));
        }
        if is_distrust(error) {
            return self.error(&format!("is not to be trusted ({cause}): if its authority is private, name its ca_file in config.toml"));
        }
        if error.is_connect() {
            let hint = if self.is_here() {
                "is it running? vizsla and vizsla serve answer on port 16686; -s FILE, -s URL or -s NAME asks something else"
            } else {
                "is it running, and is this the port of its query API?"
            };
            return self.error(&format!("cannot be reached ({cause}): {hint}"));
        }
        self.error(&format!("broke off: {cause}"))
    }

    /// Whether it is on this very machine.
    fn is_here(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// An error about this server.
    pub fn error(&self, what: &str) -> BackendError {
        BackendError::Remote(format!("{} {what}", self.base()))
    }
}

/// One implementation of cryptography for the process; a second call changes nothing.
fn use_ring() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error says that another is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

/// The URL without the name of a system before it (`jaeger+https://...`).
fn base_url(text: &str) -> Result<Url, BackendError> {
    let plain = match text.split_once("://") {
        Some((scheme, rest)) => format!("{}://{rest}", scheme.rsplit('+').next().unwrap_or(scheme)),
        None => format!("http://{text}"),
    };
    let mut url: Url = plain
        .parse()
        .map_err(|error| BackendError::Input(format!("{text:?} is no URL: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(BackendError::Input(format!(
            "{text:?} is no URL of a server: write http://host:port or https://host"
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let message =
            "a URL must not hold a password: use token_env, token_file or headers in config.toml";
        return Err(BackendError::Input(message.to_owned()));
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

fn headers(config: &BackendConfig) -> Result<HeaderMap, BackendError> {
    let mut headers = HeaderMap::new();
    if let Some(source) = &config.token {
        let token = source
            .fetch()
            .map_err(|error| BackendError::Input(error.to_string()))?;
        headers.insert(
            AUTHORIZATION,
            secret_value("the token", &format!("Bearer {}", token.reveal()))?,
        );
    }
    for header in &config.headers {
        let name = HeaderName::try_from(header.name.as_str());
        let name = name.map_err(|_| {
            BackendError::Input(format!("{:?} is no name of a header", header.name))
        })?;
        let value = match &header.value {
            ConfiguredValue::Plain(value) => Secret::new(value),
            ConfiguredValue::Secret(source) => source
                .fetch()
                .map_err(|error| BackendError::Input(error.to_string()))?,
        };
        headers.insert(name, secret_value(&header.name, value.reveal())?);
    }
    Ok(headers)
}

fn secret_value(what: &str, value: &str) -> Result<HeaderValue, BackendError> {
    let unusable =
        |_| BackendError::Input(format!("{what} holds characters that a header must not"));
    let mut value = HeaderValue::try_from(value).map_err(unusable)?;
    value.set_sensitive(true);
    Ok(value)
}

/// Follows redirects while scheme (or a better one), host and port stay; else hands the redirect over as
/// the answer.
fn stay_on_host(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let from = attempt.previous().last();
    let stays = from.is_some_and(|from| {
        let to = attempt.url();
        from.host_str() == to.host_str()
            && from.scheme() == to.scheme()
            && from.port_or_known_default() == to.port_or_known_default()
    });
    if stays && attempt.previous().len() <= 3 {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// Whether a status may be another one in a moment.
fn may_pass(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502..=504)
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds: u64 = response
        .headers()
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

fn is_distrust(error: &reqwest::Error) -> bool {
    cause(error).contains("certificate")
}

/// The innermost cause, which is what a reader can act on.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().chars().take(QUOTED).collect()
}

#[cfg(test)]
mod tests;
