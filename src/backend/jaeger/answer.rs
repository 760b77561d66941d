//! The small answers of Jaeger's query service. Traces are `format`'s.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::backend::http::{HttpClient, Reply};
use crate::backend::{BackendError, TraceRow};
use crate::model::{ServiceCount, Time, TraceId};

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

impl Summary {
    /// The row of a trace of which only this is known.
    pub(super) fn row(&self, trace_id: TraceId, start: Time) -> TraceRow {
        let end = Time(self.max_end_time_unix_nano.parse().unwrap_or(start.0));
        let services = self.services.iter().map(|service| {
            let (spans, errors) = (service.span_count, service.error_span_count);
            (service.name.as_str().into(), ServiceCount { spans, errors })
        });
        TraceRow {
            trace_id,
            name: self.root_operation_name.as_str().into(),
            service: self.root_service_name.as_str().into(),
            start,
            duration: end.since(start),
            spans: self.span_count,
            errors: self.error_span_count,
            services: services.collect(),
            matched: Vec::new(),
            incomplete: self.orphan_span_count > 0 || self.root_service_name.is_empty(),
        }
    }
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
