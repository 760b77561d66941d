//! HTTP to the query APIs of other systems: one client for each backend.
//!
//! What answers is not trusted: answers are capped and timed out, redirects are followed only
//! within the same host (so that no credential reaches another), and every error says what to
//! try. Secrets are fetched once and never shown.

mod connect;

use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use reqwest::header::{ACCEPT, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, Url};
use tokio_util::sync::CancellationToken;

use super::BackendError;
use super::sent::{Sent, SentRequest};
use crate::config::BackendConfig;
use crate::model::{Nanos, Time};

/// Bytes of one answer, decompressed.
const ANSWER_CAP: usize = 256 << 20;

/// Bytes of an answer that is short, by rights.
const SHORT_CAP: usize = 16 << 20;

/// How long a request may take, unless the configuration says otherwise.
const TIMEOUT: Duration = Duration::from_mins(1);

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
        let (client, base) = connect::client(config)?;
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
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let asked = url.to_string();
        self.told(asked, self.get_patiently(url, media_type), cancel)
            .await
    }

    /// Sends an empty request to change something: once, whatever is answered.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub async fn post(
        &self,
        path: &[&str],
        cancel: &CancellationToken,
    ) -> Result<Reply, BackendError> {
        let url = self.url(path);
        let asked = url.to_string();
        let reply = async {
            let sent = self.client.post(url).timeout(self.timeout).send().await;
            self.finish(sent).await
        };
        self.told(asked, reply, cancel).await
    }

    fn url(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// Waits for a reply unless cancelled, and keeps what was asked and how it went.
    async fn told(
        &self,
        asked: String,
        reply: impl Future<Output = Result<Reply, BackendError>>,
        cancel: &CancellationToken,
    ) -> Result<Reply, BackendError> {
        let (at, before) = (SystemTime::now(), Instant::now());
        let reply = tokio::select! {
            () = cancel.cancelled() => Err(BackendError::Cancelled),
            reply = reply => reply,
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
