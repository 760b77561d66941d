//! Export requests on their way into the store: decoded into one block, committed whole.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::intake::{Accepted, Intake, Syntax};
use super::refusal::Refusal;
use crate::format::otlp::{self, Signal};
use crate::format::{Findings, Output, Problem, Reason};
use crate::model::{Block, BlockBuilder};
use crate::storage::{Committed, Origin, Store};

/// Builders kept for reuse: as many as requests are decoded at one time.
const IDLE_BUILDERS: usize = 4;
/// A builder that made a larger block than this is not kept, for its tables are as large.
const LARGE_BLOCK: usize = 4 << 20;

/// How much larger than its request a block may be. Honest spans become smaller; a span of
/// empty events, two bytes each, would grow fourteenfold.
const MOST_GROWTH: usize = 3;
/// What any block may take.
const LEAST_ROOM: usize = 1 << 20;
/// Requests of fewer bytes grow to what is in nobody's way: one is decoded on a core at a time.
const SMALL: usize = 256 << 10;

/// What applications send beside spans, counted and not kept.
#[derive(Debug, Default)]
pub struct Aside {
    /// Log records that name no trace.
    pub logs_without_trace: AtomicU64,
    /// Log records that came, kept or not.
    pub logs: AtomicU64,
    /// Data points of metrics.
    pub metric_points: AtomicU64,
}

/// Takes requests into a store.
pub struct Exports {
    store: Store,
    idle: Mutex<Vec<BlockBuilder>>,
    aside: Arc<Aside>,
}

impl Exports {
    /// An intake into `store`.
    pub fn new(store: Store) -> Self {
        Self {
            store,
            idle: Mutex::default(),
            aside: Arc::default(),
        }
    }

    /// What came beside spans.
    pub fn aside(&self) -> &Arc<Aside> {
        &self.aside
    }

    fn builder(&self) -> BlockBuilder {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop().unwrap_or_default()
    }

    fn put_back(&self, builder: BlockBuilder) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_BUILDERS {
            idle.push(builder);
        }
    }

    fn commit(&self, block: Block, findings: &Findings) -> Committed {
        for (reason, spans) in &findings.rejected {
            self.store.count_rejected(reason.name(), *spans);
        }
        let logs = block.log_count() as u64 + findings.logs_without_trace;
        self.aside.logs.fetch_add(logs, Ordering::Relaxed);
        let without = findings.logs_without_trace;
        self.aside
            .logs_without_trace
            .fetch_add(without, Ordering::Relaxed);
        self.aside
            .metric_points
            .fetch_add(findings.metric_points, Ordering::Relaxed);
        if block.is_empty() && block.log_count() == 0 {
            return Committed::default();
        }
        self.store.commit(block, Origin::default())
    }
}

impl Intake for Exports {
    fn take(&self, signal: Signal, syntax: Syntax, request: &[u8]) -> Result<Accepted, Refusal> {
        let mut builder = self.builder();
        let most = request.len() * MOST_GROWTH + LEAST_ROOM;
        builder.limit(most);
        let room = (request.len() > SMALL).then(|| self.store.reserve(most));
        let mut findings = Findings::default();
        let out = Output::new(&mut builder, &mut findings);
        let decoded = match syntax {
            Syntax::Protobuf => otlp::proto::decode(signal, request, out),
            // JSON says itself which signal it is.
            Syntax::Json => otlp::json::decode(request, out),
        };
        let refused = match decoded {
            Err(problem) => Some((problem.reason, refusal(&problem))),
            Ok(()) if builder.is_over() => {
                let (what, limit) = ("decoded request", most);
                Some((Reason::TooLarge, Refusal::TooLarge { what, limit }))
            }
            Ok(()) => None,
        };
        if let Some((reason, refusal)) = refused {
            // Nothing of a refused request is kept; what was read of it had been received.
            let lost = builder.len() as u64 + findings.rejected_spans();
            self.store.count_rejected(reason.name(), lost);
            return Err(refusal);
        }
        let block = builder.finish();
        if block.bytes() < LARGE_BLOCK {
            self.put_back(builder);
        }
        // From here on the block itself is counted.
        drop(room);
        let committed = self.commit(block, &findings);
        Ok(accepted(&findings, &committed))
    }
}

fn refusal(problem: &Problem) -> Refusal {
    match problem.reason {
        Reason::Io => Refusal::Internal(problem.to_string()),
        _ => Refusal::Malformed(problem.to_string()),
    }
}

/// What the client is told: how many were left out, and the first reason.
fn accepted(findings: &Findings, committed: &Committed) -> Accepted {
    let rejected = findings.rejected_spans() + committed.rejected;
    let message = match findings.problems.first() {
        Some(problem) => problem.to_string(),
        None if committed.rejected > 0 => {
            "some spans are beyond what one trace or the store may hold".to_owned()
        }
        None => String::new(),
    };
    Accepted { rejected, message }
}
