//! The client of one server as its configuration wants it: base URL, certificates, headers with
//! their secrets, and where redirects may lead.

use std::sync::Once;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, Url, redirect};

use super::cause;
use crate::backend::BackendError;
use crate::config::{BackendConfig, HeaderValue as ConfiguredValue, Secret};

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The client, not connected yet, and the URL that all paths are below.
pub(super) fn client(config: &BackendConfig) -> Result<(Client, Url), BackendError> {
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
        builder = builder
            .tls_certs_only(Certificate::from_pem_bundle(&pem).map_err(|cause| unusable(&cause))?);
    }
    let client = builder.build().map_err(|error| {
        BackendError::Input(format!(
            "cannot prepare a client of {base}: {}",
            cause(&error)
        ))
    })?;
    Ok((client, base))
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
pub(super) fn base_url(text: &str) -> Result<Url, BackendError> {
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
