//! A condition on spans, compiled for one block: what can be decided once for each distinct
//! string, pair, resource or scope is, and what is left for a span is to compare integers.

use super::expr::{self, Patterns};
use super::spot::{Around, Spot};
use crate::model::{Bits, Block, Cancellation, Marks, Narrow, PairIx, Row, SpanId, Sym};
use crate::traceql::tree::Field;

/// What a condition is compiled and asked with.
#[derive(Debug, Clone, Copy)]
pub struct With<'a> {
    /// The query's regular expressions.
    pub patterns: &'a Patterns,
    /// What ends the work early.
    pub cancellation: &'a Cancellation<'a>,
}

/// Pairs of a dictionary that fulfil a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Hits {
    /// None: no span can fulfil it.
    None,
    /// Just this one.
    One(PairIx),
    /// These.
    Many(Bits),
}

impl Hits {
    /// Those of `pairs`, out of `count` in the dictionary.
    pub fn collect(pairs: impl Iterator<Item = PairIx>, count: usize) -> Self {
        let mut hits = Self::None;
        for pair in pairs {
            hits = match hits {
                Self::None => Self::One(pair),
                Self::One(first) => {
                    let mut bits = Bits::none(count);
                    bits.insert(first.index());
                    bits.insert(pair.index());
                    Self::Many(bits)
                }
                Self::Many(mut bits) => {
                    bits.insert(pair.index());
                    Self::Many(bits)
                }
            };
        }
        hits
    }

    /// Whether a pair is one of them.
    pub fn has(&self, pair: PairIx) -> bool {
        match self {
            Self::None => false,
            Self::One(one) => *one == pair,
            Self::Many(bits) => bits.contains(pair.index()),
        }
    }
}

/// A condition, compiled for one block.
#[derive(Debug, Clone)]
pub enum Test {
    /// The same for every span.
    Always(bool),
    /// All of these, cheap ones first.
    All(Vec<Test>),
    /// Any of these.
    Any(Vec<Test>),
    /// Not this.
    Not(Box<Test>),
    /// The span's attribute with this key is one of these.
    Attribute(Sym, Hits),
    /// Any of the span's attributes is one of these.
    Carries(Hits),
    /// `.key`: what the span's own attribute says, or else its resource's, or its scope's.
    AnyScope(Box<AnyScope>),
    /// The resource is one of these.
    Resource(Bits),
    /// The instrumentation scope is one of these.
    Scope(Bits),
    /// The trace is one of these.
    Trace(Bits),
    /// The row is one of these.
    Rows(Bits),
    /// The span id is this.
    SpanId(SpanId),
    /// Whether the span failed.
    Failed(bool),
    /// The operation is this one of the block's.
    Operation(u32),
    /// The operation is one of these of the block.
    Operations(Bits),
    /// The duration in nanoseconds is in this range, ends included.
    Duration(u64, u64),
    /// The status, as a bit, is one of these.
    Status(u8),
    /// The kind, as a bit, is one of these.
    Kind(u8),
    /// Whatever this says when it is read as it is written.
    Read(Box<Field>),
}

/// `.key` where resources or scopes have the key too.
#[derive(Debug, Clone)]
pub struct AnyScope {
    /// The key.
    pub key: Sym,
    /// Its pairs that fulfil the condition.
    pub hits: Hits,
    /// Pairs that say nothing: their value is empty.
    pub empty: Hits,
    /// For each resource, whether it fulfils the condition, if it has the key.
    pub resources: Vec<Option<bool>>,
    /// The same for each scope.
    pub scopes: Vec<Option<bool>>,
}

impl Test {
    /// How dear a span is: the order of tests within [`Test::All`].
    pub fn cost(&self) -> u32 {
        match self {
            Self::Always(_) | Self::Attribute(_, Hits::None) => 0,
            Self::Rows(_) => 1,
            Self::Trace(_) | Self::Resource(_) | Self::Scope(_) | Self::Operation(_) => 2,
            Self::Duration(..) | Self::Operations(_) | Self::SpanId(_) => 3,
            Self::Status(_) | Self::Kind(_) | Self::Failed(_) => 4,
            Self::Attribute(_, Hits::One(_)) | Self::Carries(Hits::One(_)) => 5,
            Self::Attribute(..) | Self::Carries(_) => 10,
            Self::AnyScope(_) => 15,
            Self::Not(inner) => inner.cost() + 1,
            Self::All(tests) | Self::Any(tests) => tests.iter().map(Self::cost).sum(),
            Self::Read(_) => 1000,
        }
    }

    /// Takes out of `rows` those that do not fulfil the condition.
    pub fn narrow(&self, rows: &mut Bits, block: &Block, with: With<'_>) {
        match self {
            Self::Always(true) => {}
            Self::Always(false) | Self::Attribute(_, Hits::None) => rows.clear(),
            Self::All(tests) => {
                for test in tests {
                    if rows.is_empty() {
                        return;
                    }
                    test.narrow(rows, block, with);
                }
            }
            Self::Any(tests) => {
                let mut any = Bits::none(block.len());
                for test in tests {
                    let mut some = rows.clone();
                    test.narrow(&mut some, block, with);
                    any.union(&some);
                }
                *rows = any;
            }
            Self::Not(inner) => {
                let mut some = rows.clone();
                inner.narrow(&mut some, block, with);
                rows.subtract(&some);
            }
            Self::Read(field) => rows.retain(|row| {
                let spot = Spot::new(block.span(row as Row), Around::default());
                !with.cancellation.is_cancelled() && expr::holds(field, &spot, with.patterns)
            }),
            column => column.narrow_column(rows, block, with.cancellation),
        }
    }

    /// The same of a test that the block's columns answer.
    fn narrow_column(&self, rows: &mut Bits, block: &Block, cancellation: &Cancellation<'_>) {
        match self {
            Self::Rows(bits) => rows.intersect(bits),
            Self::Resource(bits) => {
                rows.retain_narrow(block.resource_column(), |i| bits.contains(i as usize));
            }
            Self::Scope(bits) => {
                rows.retain_narrow(block.scope_column(), |i| bits.contains(i as usize));
            }
            Self::Trace(bits) => {
                rows.retain_narrow(block.trace_column(), |i| bits.contains(i as usize));
            }
            Self::Operation(wanted) => {
                rows.retain_narrow(block.operation_column(), |i| i == *wanted);
            }
            Self::Operations(bits) => {
                rows.retain_narrow(block.operation_column(), |i| bits.contains(i as usize));
            }
            Self::Duration(from, to) => {
                // Below its start the difference wraps, and is greater than any within.
                let reach = to.saturating_sub(*from);
                rows.retain_column(block.duration_column(), |nanos| {
                    nanos.0.wrapping_sub(*from) <= reach
                });
            }
            Self::Status(mask) => {
                retain_marks(rows, block, |marks| mask >> (marks.status() as u8) & 1 == 1);
            }
            Self::Kind(mask) => {
                retain_marks(rows, block, |marks| mask >> (marks.kind() as u8) & 1 == 1);
            }
            Self::Failed(failed) => {
                retain_marks(rows, block, |marks| marks.is_error() == *failed);
            }
            Self::SpanId(id) => rows.retain_equal(block.span_id_column(), *id),
            Self::Attribute(_, Hits::One(pair)) | Self::Carries(Hits::One(pair))
                if rows.count() > block.len() / 8 =>
            {
                let mut found = with_pair(block, *pair);
                found.retain(|row| rows.contains(row) && self.holds(block, row as Row));
                *rows = found;
            }
            other => {
                rows.retain(|row| !cancellation.is_cancelled() && other.holds(block, row as Row));
            }
        }
    }

    /// Whether the span at a spot fulfils the condition.
    pub fn accepts(&self, spot: &Spot<'_>, with: With<'_>) -> bool {
        match self {
            Self::All(tests) => tests.iter().all(|test| test.accepts(spot, with)),
            Self::Any(tests) => tests.iter().any(|test| test.accepts(spot, with)),
            Self::Not(inner) => !inner.accepts(spot, with),
            Self::Read(field) => expr::holds(field, spot, with.patterns),
            column => column.holds(spot.span.block(), spot.span.row()),
        }
    }

    /// A test that the block's columns answer; others are false.
    fn holds(&self, block: &Block, row: Row) -> bool {
        let at = row as usize;
        let among = |bits: &Bits, column: &Narrow| {
            let index = column.get(at);
            index.is_some_and(|index| bits.contains(index as usize))
        };
        match self {
            Self::Always(truth) => *truth,
            Self::Attribute(key, hits) => {
                let dictionary = block.dictionary();
                let pairs = block.attribute_pairs(row);
                // The first with the key counts; most spans have none that hits, so look there first.
                pairs.iter().any(|&pair| hits.has(pair))
                    && pairs
                        .iter()
                        .find(|&&pair| dictionary.key(pair) == *key)
                        .is_some_and(|&pair| hits.has(pair))
            }
            Self::Carries(hits) => {
                let mut pairs = block.attribute_pairs(row).iter();
                pairs.any(|&pair| hits.has(pair))
            }
            Self::AnyScope(any) => any.holds(block, row),
            Self::Resource(bits) => among(bits, block.resource_column()),
            Self::Scope(bits) => among(bits, block.scope_column()),
            Self::Trace(bits) => among(bits, block.trace_column()),
            Self::Rows(bits) => bits.contains(at),
            Self::SpanId(id) => block.span_id_column().get(at) == Some(id),
            Self::Failed(failed) => block.is_error(row) == *failed,
            Self::Operation(wanted) => block.operation_column().get(at) == Some(*wanted),
            Self::Operations(bits) => among(bits, block.operation_column()),
            Self::Duration(from, to) => {
                let duration = block.duration_column().get(at);
                duration.is_some_and(|nanos| (*from..=*to).contains(&nanos.0))
            }
            Self::Status(mask) => mask >> (block.status(row) as u8) & 1 == 1,
            Self::Kind(mask) => mask >> (block.kind(row) as u8) & 1 == 1,
            Self::All(_) | Self::Any(_) | Self::Not(_) | Self::Read(_) => false,
        }
    }
}

impl AnyScope {
    fn holds(&self, block: &Block, row: Row) -> bool {
        let dictionary = block.dictionary();
        let own = block
            .attribute_pairs(row)
            .iter()
            .find(|&&pair| dictionary.key(pair) == self.key)
            .filter(|&&pair| !self.empty.has(pair));
        if let Some(&pair) = own {
            return self.hits.has(pair);
        }
        let verdict = |of: &[Option<bool>], column: &Narrow| {
            let index = column.get(row as usize)?;
            *of.get(index as usize)?
        };
        verdict(&self.resources, block.resource_column())
            .or_else(|| verdict(&self.scopes, block.scope_column()))
            .unwrap_or(false)
    }
}

/// Keeps the rows whose kind, status or end passes.
fn retain_marks(rows: &mut Bits, block: &Block, keep: impl Fn(Marks) -> bool) {
    let passes = Marks::table(keep);
    let passes = |marks: Marks| passes.get(marks.index()).is_some_and(|&passes| passes);
    rows.retain_column(block.marks_column(), passes);
}

/// The rows that have a pair among their attributes, found by one pass over the column: a
/// stretch of it at a time, which is quickly told to hold the pair or, mostly, not to.
fn with_pair(block: &Block, pair: PairIx) -> Bits {
    const STRETCH: usize = 256;
    let (pairs, ends) = block.attribute_columns();
    let mut rows = Bits::none(block.len());
    for (number, stretch) in pairs.chunks(STRETCH).enumerate() {
        let found: u32 = stretch.iter().map(|&other| u32::from(other == pair)).sum();
        if found > 0 {
            let from = number * STRETCH;
            for (offset, _) in stretch
                .iter()
                .enumerate()
                .filter(|(_, other)| **other == pair)
            {
                rows.insert(ends.partition_point(|&end| end as usize <= from + offset));
            }
        }
    }
    rows
}
