//! Systems that traces are read from, as they are configured.

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
