//! What is folded of a trace, in the fewest words: what holds for most, and what differs.

use std::fmt;

use super::name::SpanName;
use super::words::{name_of, named};

/// How many spans are named that differ from the folds of all others.
pub const MOST_FOLDS: usize = 200;

/// What is folded: most of it alike, and some that differ.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folds {
    /// What holds for most.
    pub most: Most,
    /// Spans that differ.
    pub spans: Vec<SpanName>,
    /// First spans of runs of alike siblings that differ.
    pub runs: Vec<SpanName>,
    /// First spans of chains that differ.
    pub chains: Vec<SpanName>,
}

/// What holds for most folds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Most {
    /// Spans are open, alike ones and chains share a row.
    #[default]
    Open,
    /// All is open.
    All,
    /// All is folded.
    Closed,
    /// What has neither a failure nor a part of the critical path in it is folded.
    Telling,
}

const MOST: &[(&str, Most)] = &[
    ("open", Most::Open),
    ("all", Most::All),
    ("closed", Most::Closed),
    ("telling", Most::Telling),
];

/// Reads what [`Folds`] writes.
pub(super) fn folds(text: &str) -> Option<Folds> {
    let mut words = text.split(',');
    let mut folds = Folds {
        most: named(MOST, words.next()?)?,
        ..Folds::default()
    };
    for word in words {
        let (list, id) = match (word.strip_prefix('@'), word.strip_prefix('/')) {
            (Some(id), _) => (&mut folds.runs, id),
            (_, Some(id)) => (&mut folds.chains, id),
            _ => (&mut folds.spans, word),
        };
        list.push(id.parse().ok()?);
    }
    Some(folds)
}

/// The name of what holds for most, then what differs: spans by their ids, runs behind `@`, chains
/// behind `/`.
impl fmt::Display for Folds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name_of(MOST, self.most))?;
        self.spans.iter().try_for_each(|id| write!(f, ",{id}"))?;
        self.runs.iter().try_for_each(|id| write!(f, ",@{id}"))?;
        self.chains.iter().try_for_each(|id| write!(f, ",/{id}"))
    }
}
