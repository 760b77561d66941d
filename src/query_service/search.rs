//! Asking the backend for traces and gathering what it answers.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::http::StatusCode;
use tokio_util::sync::CancellationToken;

use crate::backend::archive::Why;
use crate::backend::{Backend, BackendError, Part, SearchDone, SearchRequest, Sort, TraceRow};
use crate::model::{Trace, TraceId};

use super::QueryService;
use super::answer::Refused;

/// A whole answer.
pub struct Found {
    /// The traces, in the order asked for.
    pub rows: Vec<TraceRow>,
    /// What the backend had to remark.
    pub notes: Vec<String>,
    /// How complete it is.
    pub done: SearchDone,
}

/// The answer to a search; dropping the future cancels the search.
pub async fn find(backend: &dyn Backend, request: SearchRequest) -> Result<Found, Refused> {
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    let sort = request.sort;
    let mut parts = backend.search(request, cancel);
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(more) => rows.extend(more),
            Part::Note(note) => notes.push(note),
            Part::Pushdown(_) | Part::Progress(_) => {}
            Part::Failed(error) => return Err(error.into()),
            Part::Done(done) => {
                match sort {
                    Sort::Newest => rows.sort_by_key(|row| (Reverse(row.start), row.trace_id)),
                    Sort::Slowest => rows.sort_by_key(|row| (Reverse(row.duration), row.trace_id)),
                }
                return Ok(Found { rows, notes, done });
            }
        }
    }
    Err(BackendError::Cancelled.into())
}

/// A whole trace.
/// A trace by its id: the backend's, else the archived one.
pub async fn kept(service: &QueryService, id: TraceId) -> Result<Option<Arc<Trace>>, Refused> {
    let found = trace(service.backend.as_ref(), id).await?;
    let (None, Some(archive)) = (&found, service.archive.clone()) else {
        return Ok(found);
    };
    let read = tokio::task::spawn_blocking(move || archive.trace(id)).await;
    let archived = read.map_err(failed)?.map_err(failed)?;
    Ok(archived.map(Arc::new))
}

/// Copies a trace into the archive. False if there is none of that id.
pub async fn archive(service: &QueryService, id: TraceId) -> Result<bool, Refused> {
    let archive = service
        .archive
        .clone()
        .ok_or_else(|| failed("archive span storage was not configured"))?;
    let Some(trace) = kept(service, id).await? else {
        return Ok(false);
    };
    let written = tokio::task::spawn_blocking(move || archive.keep(&trace, Why::Archived)).await;
    written.map_err(failed)?.map_err(failed)?;
    Ok(true)
}

fn failed(why: impl std::fmt::Display) -> Refused {
    Refused {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        message: why.to_string(),
    }
}

pub async fn trace(backend: &dyn Backend, id: TraceId) -> Result<Option<Arc<Trace>>, Refused> {
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    Ok(backend.trace(id, cancel).await?)
}
