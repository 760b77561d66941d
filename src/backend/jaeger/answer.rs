//! The small answers of Jaeger's query service. Traces are `format`'s.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::backend::BackendError;
use crate::backend::http::{HttpClient, Reply};

/// The envelope of the legacy API; `data` is null where there is none.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<T> {
    pub data: Option<T>,
    #[serde(default)]
    pub errors: Option<Vec<LegacyError>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct LegacyError {
    #[serde(default)]
    pub msg: String,
}

/// An error of API v3.
#[derive(Debug, Deserialize)]
struct V3Error {
    error: V3Message,
}

#[derive(Debug, Deserialize)]
struct V3Message {
    #[serde(default)]
    message: String,
}

/// `/api/v3/services`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Services {
    #[serde(default)]
    pub services: Vec<String>,
}

/// `/api/v3/operations`.
#[derive(Debug, Deserialize)]
pub(super) struct Operations {
    #[serde(default)]
    pub operations: Vec<Operation>,
}

/// An operation, in either API.
#[derive(Debug, Deserialize)]
pub(super) struct Operation {
    pub name: String,
    #[serde(default, rename = "spanKind")]
    pub kind: String,
}

/// `/api/v3/trace-summaries`.
#[derive(Debug, Deserialize)]
pub(super) struct Summaries {
    #[serde(default)]
    pub summaries: Vec<Summary>,
}

/// What a summary tells; members that are zero are left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Summary {
    pub trace_id: String,
    pub root_service_name: String,
    pub root_operation_name: String,
    pub min_start_time_unix_nano: String,
    pub max_end_time_unix_nano: String,
    pub span_count: u32,
    pub error_span_count: u32,
    pub orphan_span_count: u32,
    pub services: Vec<ServiceSummary>,
}

/// A service in a summary.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ServiceSummary {
    pub name: String,
    pub span_count: u32,
    pub error_span_count: u32,
}

/// `/api/dependencies`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    pub parent: String,
    pub child: String,
    #[serde(default)]
    pub call_count: u64,
}

/// Reads an answer, or says what the server said instead.
pub(super) fn read<T: DeserializeOwned>(
    http: &HttpClient,
    reply: &Reply,
) -> Result<T, BackendError> {
    if !reply.is_ok() || reply.is_page() {
        return Err(refusal(http, reply));
    }
    serde_json::from_slice(&reply.body).map_err(|error| {
        http.error(&format!(
            "answers what is no answer of Jaeger ({error}): {}",
            reply.quote()
        ))
    })
}

/// An answer of the legacy API; an empty one of old servers is null.
pub(super) fn read_legacy<T: DeserializeOwned + Default>(
    http: &HttpClient,
    reply: &Reply,
) -> Result<T, BackendError> {
    let envelope: Envelope<T> = read(http, reply)?;
    let first = envelope.errors.into_iter().flatten().next();
    match (envelope.data, first) {
        (Some(data), _) => Ok(data),
        (None, None) => Ok(T::default()),
        (None, Some(error)) => Err(http.error(&format!("says: {}", error.msg))),
    }
}

/// What a server said that did not answer.
pub(super) fn refusal(http: &HttpClient, reply: &Reply) -> BackendError {
    if reply.is_page() {
        return http.error("answers with a web page: a login, or a wrong base path (try .../jaeger behind the host)");
    }
    http.error(&format!("says ({}): {}", reply.status, message(reply)))
}

/// The words of an error in either API.
pub(super) fn message(reply: &Reply) -> String {
    let v3 = serde_json::from_slice::<V3Error>(&reply.body).map(|error| error.error.message);
    let legacy = || {
        let envelope =
            serde_json::from_slice::<Envelope<serde::de::IgnoredAny>>(&reply.body).ok()?;
        envelope.errors?.into_iter().next().map(|error| error.msg)
    };
    v3.ok()
        .or_else(legacy)
        .map_or_else(|| reply.quote(), |text| text.chars().take(300).collect())
}
