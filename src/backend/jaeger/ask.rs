//! One request for traces: the form of a search in the words of each API.

use std::sync::Arc;

use regex::Regex;
use tokio_util::sync::CancellationToken;

use super::answer::{self, Summaries, Summary};
use super::dialect::Dialect;
use super::judge::{Judge, Judged};
use super::pushdown::Form;
use super::server::Server;
use crate::backend::http::{HttpClient, Reply};
use crate::backend::{BackendError, Window};
use crate::model::{Time, TraceId};
use crate::text::Clock;

/// By which of its APIs a server is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finder {
    /// Summaries tell where to look; traces are fetched one by one.
    Summaries,
    /// Whole traces of the legacy API.
    Legacy,
}

/// A search of one service, or of all where the server can do that.
#[derive(Debug, Clone)]
pub(super) struct Ask {
    pub form: Form,
    pub service: Option<String>,
}

/// A trace that was found, judged already if it came whole.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub id: TraceId,
    pub start: Time,
    pub judged: Option<Judged>,
    pub summary: Option<Summary>,
}

/// What one request found.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub found: Vec<Found>,
    /// There may be more than the request let through.
    pub full: bool,
    pub notes: Vec<String>,
}

impl Finder {
    pub(super) fn of(dialect: Dialect) -> Self {
        if dialect.summaries || !dialect.legacy {
            Self::Summaries
        } else {
            Self::Legacy
        }
    }
}

/// A request for each form, and for each service where the server does not search all of them.
pub(super) async fn spread(
    server: &Server,
    finder: Finder,
    forms: Vec<Form>,
    window: Window,
    cancel: &CancellationToken,
) -> Result<Vec<Ask>, BackendError> {
    let mut asks = Vec::new();
    for form in forms {
        if form.service.is_some() {
            asks.push(Ask {
                service: form.service.clone(),
                form,
            });
        } else if form.service_pattern.is_none()
            && !server.needs_service(finder, window, cancel).await?
        {
            asks.push(Ask {
                form,
                service: None,
            });
        } else {
            let pattern = form
                .service_pattern
                .as_deref()
                .and_then(|pattern| Regex::new(&format!("^(?:{pattern})$")).ok());
            let services = server.service_names(cancel).await?;
            let fits = |name: &String| {
                pattern
                    .as_ref()
                    .is_none_or(|pattern| pattern.is_match(name))
            };
            asks.extend(services.into_iter().filter(fits).map(|service| Ask {
                form: form.clone(),
                service: Some(service),
            }));
        }
    }
    Ok(asks)
}

impl Ask {
    /// Asks for at most `depth` traces with a span that starts in `slice`.
    pub(super) async fn send(
        &self,
        (http, finder): (&HttpClient, Finder),
        (slice, depth): (Window, usize),
        judge: &Arc<Judge>,
        cancel: &CancellationToken,
    ) -> Result<Batch, BackendError> {
        let mut depth = depth;
        loop {
            let reply = match finder {
                Finder::Summaries => {
                    http.get(
                        &["api", "v3", "trace-summaries"],
                        &self.v3_query(slice, depth),
                        cancel,
                    )
                    .await?
                }
                Finder::Legacy => {
                    http.get(&["api", "traces"], &self.legacy_query(slice, depth), cancel)
                        .await?
                }
            };
            // A small memory store refuses to look for more traces than it can hold.
            if !reply.is_ok() && depth > 1 && answer::message(&reply).contains("search depth") {
                depth /= 2;
                continue;
            }
            let mut batch = match finder {
                Finder::Summaries => summaries(http, &reply)?,
                Finder::Legacy => whole(http, reply, judge).await?,
            };
            batch.full = batch.found.len() >= depth;
            return Ok(batch);
        }
    }

    fn legacy_query(&self, slice: Window, depth: usize) -> Vec<(&'static str, String)> {
        let form = &self.form;
        let mut query = vec![
            ("start", (slice.from.0 / 1000).to_string()),
            ("end", slice.to.0.div_ceil(1000).to_string()),
            ("limit", depth.to_string()),
            ("raw", "true".to_owned()),
        ];
        query.extend(
            self.service
                .iter()
                .map(|service| ("service", service.clone())),
        );
        query.extend(
            form.operation
                .iter()
                .map(|name| ("operation", name.clone())),
        );
        query.extend(
            form.min_duration
                .iter()
                .map(|min| ("minDuration", go_duration(*min))),
        );
        query.extend(
            form.max_duration
                .iter()
                .map(|max| ("maxDuration", go_duration(*max))),
        );
        query.extend(self.tags().map(|tags| ("tags", tags)));
        query
    }

    pub(super) fn v3_query(&self, slice: Window, depth: usize) -> Vec<(&'static str, String)> {
        let form = &self.form;
        let mut query = vec![
            ("query.startTimeMin", Clock::rfc3339(slice.from.0)),
            // The server wants an end after the start.
            (
                "query.startTimeMax",
                Clock::rfc3339(slice.to.0.max(slice.from.0 + 1)),
            ),
            ("query.searchDepth", depth.to_string()),
        ];
        query.extend(
            self.service
                .iter()
                .map(|service| ("query.serviceName", service.clone())),
        );
        query.extend(
            form.operation
                .iter()
                .map(|name| ("query.operationName", name.clone())),
        );
        query.extend(
            form.min_duration
                .iter()
                .map(|min| ("query.durationMin", go_duration(*min))),
        );
        query.extend(
            form.max_duration
                .iter()
                .map(|max| ("query.durationMax", go_duration(*max))),
        );
        query.extend(self.tags().map(|tags| ("query.attributes", tags)));
        query
    }

    fn tags(&self) -> Option<String> {
        let tags = &self.form.tags;
        if tags.is_empty() {
            None
        } else {
            serde_json::to_string(tags).ok()
        }
    }
}

/// Whole microseconds, which every version of Jaeger reads.
fn go_duration(nanos: u64) -> String {
    format!("{}us", nanos / 1000)
}

fn summaries(http: &HttpClient, reply: &Reply) -> Result<Batch, BackendError> {
    let answer: Summaries = answer::read(http, reply)?;
    let found = answer.summaries.into_iter().filter_map(|summary| {
        let id = summary.trace_id.parse().ok()?;
        let start = Time(summary.min_start_time_unix_nano.parse().unwrap_or(0));
        Some(Found {
            id,
            start,
            judged: None,
            summary: Some(summary),
        })
    });
    Ok(Batch {
        found: found.collect(),
        ..Batch::default()
    })
}

async fn whole(http: &HttpClient, reply: Reply, judge: &Arc<Judge>) -> Result<Batch, BackendError> {
    if !reply.is_ok() || reply.is_page() {
        return Err(answer::refusal(http, &reply));
    }
    let judge = Arc::clone(judge);
    let judged = tokio::task::spawn_blocking(move || judge.legacy(&reply.body)).await;
    let (judged, notes) =
        judged.map_err(|error| http.error(&format!("answers what cannot be read: {error}")))?;
    let found = judged.into_iter().map(|judged| Found {
        id: judged.id,
        start: judged.start,
        judged: Some(judged),
        summary: None,
    });
    Ok(Batch {
        found: found.collect(),
        full: false,
        notes,
    })
}
