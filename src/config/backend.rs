//! Systems that traces are read from, and links out, as they are configured.

use std::fmt;
use std::path::PathBuf;

use super::{Origin, SecretSource};

/// One `[backend.NAME]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackendConfig {
    /// Where it is; the scheme may name the system: `jaeger+https://host/base`.
    pub url: String,
    /// The bearer token.
    pub token: Option<SecretSource>,
    /// Further headers of every request.
    pub headers: Vec<Header>,
    /// How long a request may take, in ns.
    pub timeout: Option<u64>,
    /// Certificates of authorities to trust instead of the system's, as PEM.
    pub ca_file: Option<PathBuf>,
    /// Where it is configured.
    pub origin: Origin,
}

/// A header of every request to a backend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Its name.
    pub name: String,
    /// Its value, or where that is fetched.
    pub value: HeaderValue,
}

/// The value of a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderValue {
    /// As it stands in the file; not a secret.
    Plain(String),
    /// Fetched.
    Secret(SecretSource),
}

impl BackendConfig {
    /// Its settings as key and value; no secrets.
    pub fn rows(&self) -> Vec<(String, String)> {
        let mut rows = vec![("url".to_owned(), self.url.clone())];
        rows.extend(
            self.token
                .iter()
                .map(|source| ("token".to_owned(), source.to_string())),
        );
        for header in &self.headers {
            let value = match &header.value {
                HeaderValue::Plain(value) => value.clone(),
                HeaderValue::Secret(source) => source.to_string(),
            };
            rows.push((format!("headers.{}", header.name), value));
        }
        rows.extend(
            self.timeout
                .map(|nanos| ("timeout".to_owned(), crate::text::duration_exact(nanos))),
        );
        rows.extend(
            self.ca_file
                .iter()
                .map(|path| ("ca_file".to_owned(), path.display().to_string())),
        );
        rows
    }
}

/// Whether a header's value is a secret by its name, so that it may not stand in a file.
pub(super) fn is_secret_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "authorization",
        "cookie",
        "token",
        "secret",
        "password",
        "api-key",
        "apikey",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Where an attribute that a link starts from stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPlace {
    /// Attributes of a span (Jaeger's `tags`).
    Span,
    /// Attributes of a resource (`process`).
    Resource,
    /// Attributes of an event (`logs`).
    Event,
    /// The trace itself (`traces`).
    Trace,
}

impl LinkPlace {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Span, Self::Resource, Self::Event, Self::Trace];

    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Span => "span",
            Self::Resource => "resource",
            Self::Event => "event",
            Self::Trace => "trace",
        }
    }
}

/// A `[[link]]` to another page, after Jaeger's `linkPatterns`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPattern {
    /// What it starts from.
    pub place: LinkPlace,
    /// The attribute's key; `None` for any, and for a trace.
    pub key: Option<String>,
    /// The page, `http` or `https`, with `#{parameter}`s.
    pub url: String,
    /// What the link says, with `#{parameter}`s.
    pub text: String,
    /// Where it is configured.
    pub origin: Origin,
}

impl fmt::Display for LinkPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_deref().unwrap_or("any");
        write!(
            f,
            "{} {key}: {} -> {}",
            self.place.name(),
            self.text,
            self.url
        )
    }
}
