//! Sending the story as any application sends its spans: OTLP over HTTP, in protobuf.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};
use tokio::time::sleep;

use crate::config::Secret;
use crate::format::otlp;
use crate::model::Block;

/// Why spans cannot be sent, for good.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The target is no URL.
    #[error("{0:?} is not a URL to send spans to: write it like http://127.0.0.1:4318")]
    Target(String),
    /// The target answers, but does not want them.
    #[error("{url} refuses the spans: {status}{}", said(.answer))]
    Refused {
        /// Where they were sent.
        url: String,
        /// What it answered.
        status: StatusCode,
        /// What it said, if it was text.
        answer: String,
    },
    /// No client could be made.
    #[error("cannot speak HTTP: {0}")]
    Client(String),
}

fn said(answer: &str) -> String {
    if answer.is_empty() {
        String::new()
    } else {
        format!(" ({answer})")
    }
}

/// What one attempt came to.
enum Attempt {
    Taken,
    Later(Duration, String),
    Never(Trouble),
}

/// A connection to an OTLP/HTTP endpoint.
pub struct Sender {
    client: Client,
    url: Url,
    authorization: Option<HeaderValue>,
}

impl Sender {
    /// Sends to `target`: a base URL, to which OTLP's path is added, or one with a path.
    ///
    /// # Errors
    /// The target is no URL.
    pub fn new(target: &str, token: Option<&Secret>) -> Result<Self, Trouble> {
        let wrong = || Trouble::Target(target.to_owned());
        let mut url = Url::parse(target).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong());
        }
        if matches!(url.path(), "" | "/") {
            url.set_path("/v1/traces");
        }
        // Whoever installed a provider before is content with it.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| Trouble::Client(error.to_string()))?;
        let authorization = token.and_then(|token| {
            let mut value = HeaderValue::from_str(&format!("Bearer {}", token.reveal())).ok()?;
            value.set_sensitive(true);
            Some(value)
        });
        Ok(Self {
            client,
            url,
            authorization,
        })
    }

    /// Sends a block, again and again until it is taken. `waits` hears why it was not.
    ///
    /// # Errors
    /// It never will be.
    pub async fn send(&self, block: &Block, mut waits: impl FnMut(String)) -> Result<(), Trouble> {
        let body = request(block);
        let mut pause = Duration::from_millis(250);
        loop {
            match self.attempt(body.clone()).await {
                Attempt::Taken => return Ok(()),
                Attempt::Never(trouble) => return Err(trouble),
                Attempt::Later(least, why) => {
                    waits(why);
                    sleep(pause.max(least)).await;
                    pause = (pause * 2).min(Duration::from_secs(5));
                }
            }
        }
    }

    async fn attempt(&self, body: Bytes) -> Attempt {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/x-protobuf")
            .body(body);
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) => {
                let why = format!("{} does not answer: {}", self.url, cause(&error));
                return Attempt::Later(Duration::ZERO, why);
            }
        };
        let status = answer.status();
        match status.as_u16() {
            200..=299 => Attempt::Taken,
            429 | 502 | 503 | 504 => {
                let after = answer.headers().get(RETRY_AFTER);
                let after = after.and_then(|value| value.to_str().ok()?.parse().ok());
                let after = Duration::from_secs(after.unwrap_or(0));
                Attempt::Later(after, format!("{} is busy: {status}", self.url))
            }
            _ => Attempt::Never(self.refusal(status, answer).await),
        }
    }

    async fn refusal(&self, status: StatusCode, answer: reqwest::Response) -> Trouble {
        let plain = answer
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/plain"));
        let short = answer.content_length().is_some_and(|length| length < 1000);
        let text = if plain && short {
            answer.text().await.unwrap_or_default()
        } else {
            String::new()
        };
        Trouble::Refused {
            url: self.url.to_string(),
            status,
            answer: text.trim().to_owned(),
        }
    }
}

/// The block as an export request, each process's spans together.
fn request(block: &Block) -> Bytes {
    let mut spans: Vec<_> = block.spans().collect();
    spans.sort_by_key(|span| span.resource().index());
    let mut body = Vec::new();
    // Writing to memory does not fail.
    drop(otlp::write::proto(&mut body, spans));
    body.into()
}

/// The innermost cause: reqwest's own words say only that a request failed.
fn cause(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
