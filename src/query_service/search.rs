//! Asking the backend for traces and gathering what it answers.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::backend::{Backend, Part, SearchRequest, TraceRow};
use crate::model::{Trace, TraceId};

use super::answer::Refused;

/// The rows of a search, in the order asked for; dropping the future cancels the search.
pub async fn rows(backend: &dyn Backend, request: SearchRequest) -> Result<Vec<TraceRow>, Refused> {
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    let mut parts = backend.search(request, cancel);
    let mut rows = Vec::new();
    while let Some(part) = parts.recv().await {
        match part {
            Part::Rows(more) => rows.extend(more),
            Part::Failed(error) => return Err(error.into()),
            Part::Done(_) => break,
            Part::Pushdown(_) | Part::Progress(_) | Part::Note(_) => {}
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.start, row.trace_id)));
    Ok(rows)
}

/// A whole trace.
pub async fn trace(backend: &dyn Backend, id: TraceId) -> Result<Option<Arc<Trace>>, Refused> {
    let cancel = CancellationToken::new();
    let _guard = cancel.clone().drop_guard();
    Ok(backend.trace(id, cancel).await?)
}
