//! What became of every span that was received. Nothing is dropped silently:
//! received = stored + duplicate + rejected + evicted + sampled out, at every moment.

use std::collections::BTreeMap;

/// Why a span that had arrived is not kept, by the name that the counters show.
pub type Reason = &'static str;

/// Rejected: the request alone is larger than the budget can ever hold.
pub const OVER_BUDGET: Reason = "over_budget";
/// Rejected: its trace already takes its share of the budget; the first spans stay.
pub const TRACE_TOO_LARGE: Reason = "trace_too_large";
/// Rejected: the span names no trace.
pub const NO_TRACE_ID: Reason = "no_trace_id";
/// Evicted: the oldest traces made room for new ones.
pub const MEMORY: Reason = "memory";
/// Evicted: the span came after its trace was evicted.
pub const LATE: Reason = "late";
/// Evicted: the user cleared the store.
pub const CLEARED: Reason = "cleared";

/// Kept longer: somebody looks at the trace, or has pinned it.
pub const WANTED: Reason = "wanted";
/// Kept longer: a span of the trace failed.
pub const ERROR: Reason = "error";
/// Kept longer: among the slowest of its root operation.
pub const SLOW: Reason = "slow";
/// Kept longer: the only trace of its shape among many of its root operation.
pub const RARE: Reason = "rare";

/// Counters of spans, and the size of what is stored.
///
/// ```
/// # use vizsla::storage::Stats;
/// let stats = Stats::default();
/// assert!(stats.adds_up());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stats {
    /// Spans that arrived, whatever became of them.
    pub received: u64,
    /// Spans that are kept now.
    pub stored: u64,
    /// Spans that were there already, identical in trace, id, parent, kind, service,
    /// operation, start and end.
    pub duplicate: u64,
    /// Spans refused on arrival, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// Spans that were let go, by reason.
    pub evicted: BTreeMap<Reason, u64>,
    /// Spans that sampling left out, by policy.
    pub sampled_out: BTreeMap<Reason, u64>,
    /// Traces that are kept now.
    pub traces: u64,
    /// Those of them that are kept longer than what came with them, by why.
    pub kept: BTreeMap<Reason, u64>,
    /// Log records that are kept beside their traces now.
    pub logs: u64,
    /// Log records that were not kept: their trace was evicted, or has had its share.
    pub logs_dropped: u64,
    /// Bytes of blocks and indices, those included that only a reader still holds.
    pub bytes: u64,
}

impl Stats {
    /// Whether every received span is accounted for.
    pub fn adds_up(&self) -> bool {
        let rejected: u64 = self.rejected.values().sum();
        let evicted: u64 = self.evicted.values().sum();
        let sampled_out: u64 = self.sampled_out.values().sum();
        self.received == self.stored + self.duplicate + rejected + evicted + sampled_out
    }

    /// Counts `n` spans as evicted.
    pub(super) fn evict(&mut self, reason: Reason, n: u64) {
        if n > 0 {
            *self.evicted.entry(reason).or_default() += n;
        }
    }

    /// Counts `n` spans as rejected.
    pub(super) fn reject(&mut self, reason: Reason, n: u64) {
        if n > 0 {
            *self.rejected.entry(reason).or_default() += n;
        }
    }
}
