//! Pure functions of traces: critical path, self time, what stands out. No I/O, no terminal.
//!
//! Each analysis says what it rests on: its sample, and a refusal below its minimum. Each cites
//! the source of its algorithm.
//!
//! ```
//! use vizsla::analysis::critical_path;
//! use vizsla::model::{Nanos, scenario};
//!
//! let trace = scenario::trace("shop: GET /cart 0..100 server\n  mysql: SELECT 10..90\n");
//! let path = critical_path(&trace);
//! assert_eq!(path.time_of(1), Nanos::from_millis(80));
//! ```

mod blame;
mod call;
mod chatty;
mod concurrency;
mod critical_path;
mod elapsed;
pub mod errors;
mod finding;
mod flame;
mod gaps;
mod happenings;
mod onset;
mod repeats;
mod retries;
mod sequential;
mod share;
mod skew;
mod slow;
mod spell;
mod split;
mod statistics;
mod survey;
mod timeouts;
mod trends;
mod waits;
mod why;

pub use blame::{CallFigures, blame};
pub use chatty::{Chatter, chatter};
pub use concurrency::{Concurrency, concurrency};
pub use critical_path::{
    CriticalPath, Doubt, Section, Succession, critical_path, critical_path_by, critical_path_until,
};
pub use elapsed::{Elapsed, Pause, elapsed};
pub use finding::{Evidence, Finding, FindingKind, OperationEvidence, Why, between};
pub use flame::{Flame, Frame, Sum, Weight};
pub use gaps::{Gap, Place, Way, gaps, ways};
pub use happenings::{Happening, What, happenings, happenings_until};
pub use onset::{Onset, Tally, onset};
pub use repeats::{Repeat, repeats};
pub use retries::{Retry, retries};
pub use sequential::{Sequence, sequences};
pub use share::{Share, per_cents, shares};
pub use skew::{Skew, Verdict, clock_verdict, skew};
pub use slow::{Alike, ENOUGH, Standing, standing};
pub use spell::{Spell, spells};
pub use statistics::{Figures, Group, GroupBy, statistics, statistics_until};
pub use survey::{Words, survey};
pub use timeouts::{Timeout, timeouts};
pub use trends::{Trend, Trends, VersionTrend};
pub use waits::{Wait, waits};
pub use why::{why, why_until};
