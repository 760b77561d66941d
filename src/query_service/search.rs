//! Asking the backend for traces and gathering what it answers.

use std::cmp::Reverse;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, BackendError, Part, SearchDone, SearchRequest, Sort, TraceRow};
use crate::model::{Trace, TraceId};

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
pub async fn trace(backend: &dyn Backend, id: TraceId) -> Result<Option<Arc<Trace>>, Refused> {
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    Ok(backend.trace(id, cancel).await?)
}
