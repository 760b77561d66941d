//! What has a name in some traces: attributes and their values, to be proposed and grouped by.

use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio_util::sync::CancellationToken;

use crate::backend::Backend;
use crate::model::{Block, TraceId};
use crate::traceql::Census;
use crate::tui::answer::{Answer, Held};
use crate::tui::screen::groups;

use super::ask::Reply;

/// Looks at the attributes of some traces, each block once. A trace that cannot be opened is left
/// out: proposals are no promise.
pub async fn census(
    backend: &dyn Backend,
    ids: Vec<TraceId>,
    reply: &Reply,
    cancel: CancellationToken,
) {
    let mut blocks: Vec<Arc<Block>> = Vec::new();
    for id in ids {
        let Ok(Some(trace)) = backend.trace(id, cancel.clone()).await else {
            continue;
        };
        for block in trace.blocks() {
            if !blocks.iter().any(|known| Arc::ptr_eq(known, block)) {
                blocks.push(Arc::clone(block));
            }
        }
    }
    let counted = spawn_blocking(move || Census::of(blocks.iter().map(AsRef::as_ref)));
    if let Ok(census) = counted.await {
        reply.say(Answer::Census(Held(Arc::new(census)))).await;
    } else {
        reply.say(Answer::Done).await;
    }
}

/// An attribute's values in some traces. One that cannot be opened has none.
pub async fn values(
    backend: &dyn Backend,
    ids: Vec<TraceId>,
    name: String,
    reply: &Reply,
    cancel: CancellationToken,
) {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        if let Ok(Some(trace)) = backend.trace(id, cancel.clone()).await {
            found.push((id, groups::values(&trace, &name)));
        }
    }
    reply.say(Answer::Values(name, found)).await;
}
