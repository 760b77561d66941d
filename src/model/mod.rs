//! What a trace *is*: ids, time, attribute values, columns of spans, and trees of them.
//!
//! Spans live in [`Block`]s: columns over a dictionary of their own, filled by a
//! [`BlockBuilder`] and never changed afterwards. A [`Trace`] is a view of rows of blocks in
//! depth-first order. Decoders write blocks; the store, the query language, the analyses, the
//! writers and the screens read blocks and traces, and nothing else stands for a span.
//!
//! This room knows no format, no terminal and no network, and imports no other room.
//!
//! ```
//! use vizsla::model::scenario;
//!
//! let trace = scenario::trace("shop: GET /cart 0..120 server\n  cart: load 10..90\n");
//! assert_eq!(trace.name(), "GET /cart");
//! assert_eq!(trace.self_time(0).0, 40_000_000);
//! ```

mod bits;
mod block;
mod builder;
mod cancellation;
mod column;
mod details;
mod dictionary;
mod durations;
mod fields;
mod id;
mod interner;
mod kind;
mod marks;
mod merge;
mod minutes;
mod narrow;
mod note;
mod operations;
mod parted;
mod paths;
mod presence;
pub mod scenario;
mod span;
mod span_set;
mod time;
mod trace;
mod tree;
mod value;
mod views;
mod wire;

pub use bits::Bits;
pub use block::{Block, LogIx, ResourceIx, Row, ScopeIx, TraceIx};
pub use builder::{BlockBuilder, Mark};
pub use cancellation::Cancellation;
pub use dictionary::{Dictionary, PairIx, Sym};
pub use durations::{DurationParts, Durations};
pub use fields::{LogFields, ResourceFields, ScopeFields, SpanFields};
pub use id::{ParseIdError, SpanId, TraceId};
pub use kind::{Kind, Status};
pub use marks::Marks;
pub use merge::Appender;
pub use minutes::{Minute, Minutes};
pub use narrow::Narrow;
pub use note::{Note, Notes};
pub use operations::Operations;
pub use parted::Parted;
pub use paths::{HIDDEN, Paths};
pub use span::{Attributes, SpanRef};
pub use span_set::SpanSet;
pub use time::{Nanos, Time};
pub use trace::{Parts, ServiceCount, Trace, Warning};
pub use value::{ArrayRef, MapRef, OwnedValue, Value};
pub use views::{EventRef, LinkRef, LogRef, ResourceRef, ScopeRef};
pub use wire::MAX_NESTING;
