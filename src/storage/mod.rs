//! Where spans are kept: the embedded in-memory store.
//!
//! A [`Store`] takes whole blocks ([`Store::commit`]) and answers from [`Snapshot`]s. Spans are
//! kept by generation; the byte budget is kept by dropping the oldest one, so that a trace is
//! there whole or not at all, and memory really returns. What was received is accounted for to
//! the last span ([`Stats`]).
//!
//! This room does no I/O and knows neither formats nor screens; others reach it through
//! `backend` (to read) and `collector` (to write).
//!
//! ```
//! use vizsla::model::scenario;
//! use vizsla::storage::{Limits, Origin, Store};
//!
//! let store = Store::new(Limits::default());
//! store.commit(scenario::block("shop: GET /cart 0..120 server\n"), Origin::default());
//! let trace = store.trace(scenario::TRACE).map(|trace| trace.tree());
//! assert_eq!(trace.map(|trace| trace.name().to_owned()), Some("GET /cart".to_owned()));
//! ```

mod commit;
mod evict;
mod forgotten;
mod generation;
mod hold;
mod limits;
mod merge;
mod names;
mod paged;
mod retain;
mod rows;
mod search;
mod seen;
mod select;
mod series;
mod share;
mod sieve;
mod snapshot;
mod state;
mod stats;
mod store;
mod summary;
#[cfg(test)]
mod tests;

pub use commit::{Committed, Origin};
pub use hold::{Hold, Reserved};
pub use limits::{DEFAULT_BUDGET, Limits};
pub use search::{Ended, Found, Order, Search};
pub use select::{LEFT_OUT, Selected, Subset};
pub use series::{Counted, Counting};
pub use share::shared;
pub use snapshot::{Snapshot, StoredTrace};
pub use stats::{
    CLEARED, ERROR, LATE, MEMORY, NO_TRACE_ID, OVER_BUDGET, RARE, Reason, SLOW, Stats,
    TRACE_TOO_LARGE, WANTED,
};
pub use store::Store;
pub use summary::{NewSpans, Summary};
