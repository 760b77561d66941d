//! Evaluation: one evaluator for the store, for files, and for filters inside a trace.
//!
//! A [`Query`] is bound to a block ([`Query::bind`]), where each condition is decided once for
//! every distinct string, pair and resource; testing a span is then to compare integers. Rows
//! that may match are [`Bound::candidates`]; what it takes to decide is [`Query::needs`]. A
//! whole trace is answered by [`Query::eval`], or by an [`Evaluator`] where there are many.
//!
//! ```
//! use vizsla::model::scenario;
//! use vizsla::traceql::Query;
//!
//! let trace = scenario::trace("web: GET / 0..90 server\n  db: SELECT 10..80 client error\n");
//! let query = Query::parse("{ kind = server } > { status = error }")?;
//! assert_eq!(query.eval(&trace).map(|found| found.spans), Some(vec![1]));
//! # Ok::<(), vizsla::traceql::QueryError>(())
//! ```

mod anchor;
mod bind;
mod bound;
mod census;
mod datum;
mod evaluator;
mod expr;
mod note;
mod pipeline;
mod presence;
mod query;
mod relation;
mod spot;
mod tag;
mod test;

pub use crate::model::Bits;
pub use bound::Bound;
pub use census::Census;
pub use datum::Datum;
pub(super) use datum::compare;
pub use evaluator::Evaluator;
pub use note::Note;
pub use pipeline::Group;
pub use query::Query;
pub use spot::{Around, Facts, Spot};
pub(super) use tag::text_of as tag_text;

use super::attribute::Attribute;
use bind::{needs_facts, needs_tree};

/// What it takes to decide whether a trace matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Needs {
    /// Nothing more: the candidates are the spans that match.
    Rows,
    /// For each candidate, the [`Facts`] of its trace: [`Bound::accepts`].
    Facts,
    /// The trace: [`Query::eval`].
    Tree,
}

/// What it takes to read an attribute of a span.
pub fn needs_of(attribute: &Attribute) -> Needs {
    if needs_tree(attribute) {
        Needs::Tree
    } else if needs_facts(attribute) {
        Needs::Facts
    } else {
        Needs::Rows
    }
}

/// What a query found in a trace.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Match {
    /// All spans that match, by number in the trace, ascending.
    pub spans: Vec<u32>,
    /// The sets that they stand in: one, unless `by()` made several.
    pub groups: Vec<Group>,
}

#[cfg(test)]
mod tests;
