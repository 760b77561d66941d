//! A search over a store, told in parts.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::backend::{BackendError, Part, Pushdown, SearchDone, SearchRequest, Sort, TraceRow};
use crate::model::Block;
use crate::storage::{Found, Order, Search, Store, StoredTrace};
use crate::traceql::Query;

/// Spans whose attributes are looked at to say why nothing was found: enough to know which keys
/// there are and of which types, and few enough that nobody waits for it.
const EXPLAINING: usize = 50_000;

/// Rows that are told together.
const BATCH: usize = 64;

/// Finds traces and says so, in order. `say` is false when nobody listens any more.
pub fn find(
    store: &Store,
    request: &SearchRequest,
    cancel: &CancellationToken,
    say: &dyn Fn(Part) -> bool,
) -> Result<SearchDone, BackendError> {
    let query = parse(&request.query)?;
    say(Part::Pushdown(Pushdown {
        pushed: vec![query.tree().to_string()],
        local: Vec::new(),
    }));
    let search = Search {
        query: &query,
        window: request.window.map(|window| (window.from, window.to)),
        limit: request.limit,
        order: match request.sort {
            Sort::Newest => Order::Newest,
            Sort::Slowest => Order::Slowest,
        },
    };
    let snapshot = store.snapshot();
    let mut rows = Vec::new();
    let mut any = false;
    let ended = snapshot.search(search, &|| cancel.is_cancelled(), &mut |found| {
        rows.push(row(&found));
        any = true;
        rows.len() < BATCH || say(Part::Rows(std::mem::take(&mut rows)))
    });
    if ended.stopped {
        return Err(BackendError::Cancelled);
    }
    if !rows.is_empty() {
        say(Part::Rows(rows));
    }
    if !any {
        let blocks = snapshot.blocks().map(|block| &**block);
        for note in query.notes(explaining(blocks)) {
            say(Part::Note(note.to_string()));
        }
    }
    Ok(SearchDone {
        complete: true,
        matching: ended.matching,
        of: Some(snapshot.trace_count() as u64),
    })
}

/// A query; an empty one finds everything.
pub fn parse(text: &str) -> Result<Query, BackendError> {
    let text = if text.trim().is_empty() { "{ }" } else { text };
    Query::parse(text).map_err(|error| BackendError::Query(error.to_string()))
}

/// The first blocks, up to [`EXPLAINING`] spans.
pub fn explaining<'b>(blocks: impl Iterator<Item = &'b Block>) -> impl Iterator<Item = &'b Block> {
    let mut seen = 0;
    blocks.take_while(move |block| {
        let enough = seen >= EXPLAINING;
        seen += block.len();
        !enough
    })
}

/// A trace that was found, as a row of a list.
pub fn row(found: &Found) -> TraceRow {
    let trace = &found.trace;
    let (name, service) = name(trace);
    let services = trace.services().into_iter();
    TraceRow {
        trace_id: trace.id(),
        name,
        service,
        start: trace.start(),
        duration: trace.duration(),
        spans: trace.span_count() as u32,
        errors: trace.error_count() as u32,
        services: services.map(|(name, count)| (name.into(), count)).collect(),
        matched: found.matched.clone(),
        incomplete: trace.root().is_none() || trace.spans_cut() > 0,
    }
}

/// Operation and service of a trace's root: of its earliest span without a parent, else of
/// its earliest orphan, which only the tree knows.
fn name(trace: &StoredTrace) -> (Arc<str>, Arc<str>) {
    if let Some(root) = trace.root() {
        return (root.operation().into(), root.service().into());
    }
    let tree = trace.tree();
    (tree.name().into(), tree.service().into())
}
