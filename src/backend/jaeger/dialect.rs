//! Which of its APIs a server has: they came and went with Jaeger's versions.

use tokio_util::sync::CancellationToken;

use super::answer::{self, Envelope, Services};
use crate::backend::BackendError;
use crate::backend::http::{HttpClient, Reply};

/// What a server answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    /// `/api/traces` and its like; gone after 2.20.
    pub legacy: bool,
    /// `/api/v3/`.
    pub v3: bool,
    /// `/api/v3/trace-summaries`, since 2.19; with it come camel-case parameters and
    /// attributes in searches.
    pub summaries: bool,
}

impl Dialect {
    /// Asks the server.
    pub(super) async fn of(
        http: &HttpClient,
        cancel: &CancellationToken,
    ) -> Result<Self, BackendError> {
        let http = &http.short();
        let (legacy, v3, summaries) = tokio::try_join!(
            http.get(&["api", "services"], &[], cancel),
            http.get(&["api", "v3", "services"], &[], cancel),
            http.get(&["api", "v3", "trace-summaries"], &[], cancel),
        )?;
        if let Some(busy) = [&legacy, &v3, &summaries]
            .into_iter()
            .find(|reply| is_in_trouble(reply))
        {
            return Err(answer::refusal(http, busy));
        }
        let dialect = Self {
            legacy: is_data(&legacy),
            v3: is_services(&v3),
            // Without its parameters it refuses; where it is unknown, it is not found, or a page.
            summaries: summaries.status == 400 || (summaries.is_ok() && !summaries.is_page()),
        };
        if dialect.legacy || dialect.v3 {
            return Ok(dialect);
        }
        Err(strange(http, &legacy))
    }
}

fn is_data(reply: &Reply) -> bool {
    reply.is_ok() && serde_json::from_slice::<Envelope<Vec<String>>>(&reply.body).is_ok()
}

fn is_services(reply: &Reply) -> bool {
    reply.is_ok() && serde_json::from_slice::<Services>(&reply.body).is_ok()
}

/// What is missing from a server in trouble says nothing about its version.
fn is_in_trouble(reply: &Reply) -> bool {
    matches!(reply.status, 429 | 502..=504)
}

fn strange(http: &HttpClient, reply: &Reply) -> BackendError {
    if reply.is_page() || reply.is_ok() {
        return answer::refusal(http, reply);
    }
    let hint =
        "is this Jaeger's query service (port 16686)? With a base path, write it behind the host";
    http.error(&format!(
        "does not answer as Jaeger does (GET /api/services: {}): {hint}",
        reply.status
    ))
}
