//! Series over time: what `{ ... } | rate() by (...)` and its like make of spans.
//!
//! A [`Metrics`] query has a [`Selection`] of spans for each function in it. Whoever holds the
//! spans finds those of a selection as it finds those of any query ([`Selection::query`]), shows
//! them to a [`Tally`] (or, for `compare()`, to a [`Comparison`]), and hands the [`Tallied`] back
//! to [`Metrics::answer`]. Memory is bounded by the number of cells, whatever is grouped by.
//!
//! The meaning is Tempo's, but for quantiles: those are exact up to 256 values a cell and within
//! 1 % beyond, where Tempo interpolates between powers of two; and a step without values has no
//! quantile, rather than 0.
//!
//! ```
//! use vizsla::model::{Nanos, scenario};
//! use vizsla::traceql::Metrics;
//!
//! let trace = scenario::trace("web: GET / 0..90 server\n  db: SELECT 10..80 client\n");
//! let metrics = Metrics::parse("{ } | count_over_time() by (resource.service.name)")?;
//! let steps = vizsla::traceql::Steps::whole(scenario::EPOCH, scenario::EPOCH + Nanos(1_000_000_000));
//! let series = metrics.of_trace(&trace, steps);
//! let counts: Vec<_> = series.iter().map(|s| (s.labels[0].value.to_string(), s.values[0])).collect();
//! assert_eq!(counts, [("\"db\"".to_owned(), 1.0), ("\"web\"".to_owned(), 1.0)]);
//! # Ok::<(), vizsla::traceql::QueryError>(())
//! ```

mod cells;
mod column;
mod compare;
mod series;
mod steps;
mod tally;
mod values;

pub use column::read;
pub use compare::{Comparison, Pass};
pub use series::{Exemplar, Label, Series};
pub use steps::Steps;
pub use tally::Tally;

use super::attribute::Attribute;
use super::error::{Fault, QueryError};
use super::eval::{Around, Bits, Facts, Needs, Query, Spot, needs_of};
use super::operator::Arithmetic;
use super::parser;
use super::place::Placed;
use super::tree::{Body, Metric, MetricFunction, SecondStage, Tree};
use super::types::Type;
use crate::model::{Time, Trace};
use series::Side;

/// A query for series, ready to be asked.
#[derive(Debug, Clone)]
pub struct Metrics {
    tree: Tree,
    plan: Plan,
    selections: Vec<Selection>,
}

/// How series come together.
#[derive(Debug, Clone)]
enum Plan {
    /// Those of a selection.
    Selection(usize, Vec<SecondStage>),
    /// A number.
    Number(f64),
    /// Two of these.
    Operation(Arithmetic, Box<[Plan; 2]>, Vec<SecondStage>),
}

/// Spans, and what is computed of them.
#[derive(Debug, Clone)]
pub struct Selection {
    query: Query,
    /// The second set of a `compare()`.
    compared: Option<Query>,
    function: MetricFunction,
    by: Vec<Attribute>,
    /// What numbers are read from.
    value: Option<Attribute>,
}

/// What was counted for a selection.
#[derive(Debug)]
pub enum Tallied<'q> {
    /// For `compare()`.
    Comparison(Comparison),
    /// For all other functions.
    Tally(Tally<'q>),
}

/// What the numbers of series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Spans a second.
    Rate,
    /// Spans.
    Count,
    /// Seconds.
    Seconds,
    /// Whatever an attribute counts, or what was computed of several series.
    Number,
}

impl Metrics {
    /// Reads a query.
    ///
    /// # Errors
    /// What [`parse`](super::parse) refuses, and queries that ask for spans.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        Self::new(parser::parse(text)?)
    }

    /// Makes a query of a tree.
    ///
    /// # Errors
    /// If it asks for spans.
    pub fn new(tree: Tree) -> Result<Self, QueryError> {
        let Body::Metrics(metric) = &tree.body else {
            let message = "this asks for spans, not for series over time".to_owned();
            let error = QueryError::new(super::Place::default(), Fault::Refused(message));
            return Err(error.with_hint("add a function, e.g. | rate()"));
        };
        let mut selections = Vec::new();
        let plan = plan(metric, &mut selections)?;
        Ok(Self {
            tree,
            plan,
            selections,
        })
    }

    /// The query as a tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The spans it is about, one selection for each function.
    pub fn selections(&self) -> &[Selection] {
        &self.selections
    }

    /// What its numbers are.
    pub fn measure(&self) -> Measure {
        let (Plan::Selection(..), [selection]) = (&self.plan, self.selections.as_slice()) else {
            return Measure::Number;
        };
        match (&selection.function, &selection.value) {
            (MetricFunction::Rate, _) => Measure::Rate,
            (_, None) | (MetricFunction::Histogram(_), _) => Measure::Count,
            (_, Some(value)) if value.value_type() == Type::Duration => Measure::Seconds,
            _ => Measure::Number,
        }
    }

    /// Whether it is a `compare()`.
    pub fn is_comparison(&self) -> bool {
        let mut compared = self.selections.iter().filter_map(Selection::compared);
        compared.next().is_some()
    }

    /// The series, by their labels, of what was counted for each of the
    /// [`selections`](Self::selections), in their order.
    pub fn answer(&self, tallied: &[Tallied<'_>]) -> Vec<Series> {
        let side = of_plan(&self.plan, tallied);
        let mut series = match side {
            Side::Series(series) => series,
            Side::Number(_) => Vec::new(),
        };
        series::sort(&mut series);
        series
    }

    /// The series of one trace.
    pub fn of_trace(&self, trace: &Trace, steps: Steps) -> Vec<Series> {
        let selections = self.selections.iter();
        let tallied: Vec<Tallied<'_>> = selections
            .map(|selection| selection.of_trace(trace, steps))
            .collect();
        self.answer(&tallied)
    }
}

fn plan(metric: &Placed<Metric>, selections: &mut Vec<Selection>) -> Result<Plan, QueryError> {
    Ok(match &metric.value {
        Metric::Number(literal) => Plan::Number(series::number(literal).unwrap_or(f64::NAN)),
        Metric::Operation {
            op,
            left,
            right,
            then,
        } => {
            let sides = [plan(left, selections)?, plan(right, selections)?];
            Plan::Operation(*op, Box::new(sides), then.clone())
        }
        Metric::Series(series) => {
            selections.push(Selection::new(series)?);
            Plan::Selection(selections.len() - 1, series.then.clone())
        }
    })
}

fn of_plan(plan: &Plan, tallied: &[Tallied<'_>]) -> Side {
    match plan {
        Plan::Number(n) => Side::Number(*n),
        Plan::Selection(at, then) => {
            let series = tallied.get(*at).map_or_else(Vec::new, Tallied::series);
            Side::Series(series::staged(series, then))
        }
        Plan::Operation(op, sides, then) => {
            let [left, right] = &**sides;
            match series::joined(*op, of_plan(left, tallied), of_plan(right, tallied)) {
                Side::Series(series) => Side::Series(series::staged(series, then)),
                number @ Side::Number(_) => number,
            }
        }
    }
}

impl Selection {
    fn new(series: &super::tree::Series) -> Result<Self, QueryError> {
        let spans = |body| {
            Query::new(Tree {
                body,
                hints: Vec::new(),
            })
        };
        let compared = match &series.function {
            MetricFunction::Compare { selection, .. } => {
                Some(Query::new(Tree::of_filter(selection.clone()))?)
            }
            _ => None,
        };
        let value = match &series.function {
            MetricFunction::Over(_, attribute)
            | MetricFunction::Quantiles(attribute, _)
            | MetricFunction::Histogram(attribute) => Some(attribute.clone()),
            MetricFunction::Rate | MetricFunction::Count | MetricFunction::Compare { .. } => None,
        };
        Ok(Self {
            query: spans(Body::Spans(series.pipeline.clone()))?,
            compared,
            function: series.function.clone(),
            by: series.by.iter().map(|by| by.value.clone()).collect(),
            value,
        })
    }

    /// Which spans.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Which of them are compared with the others, for `compare()`.
    pub fn compared(&self) -> Option<&Query> {
        self.compared.as_ref()
    }

    /// Whether a span's block says all that is asked of it: then rows are counted
    /// ([`Tally::rows`]), else spans in their traces ([`Tally::span`]).
    pub fn reads_blocks_only(&self) -> bool {
        let mut read = self.by.iter().chain(&self.value);
        read.all(|attribute| needs_of(attribute) == Needs::Rows)
    }

    /// Nothing counted yet; with exemplars, if those are wanted.
    pub fn tally(&self, steps: Steps, exemplars: bool) -> Tallied<'_> {
        match &self.function {
            MetricFunction::Compare { top, window, .. } => {
                let window = window.map(|(from, to)| (Time(from), Time(to)));
                Tallied::Comparison(Comparison::new(*top, window, steps))
            }
            _ => Tallied::Tally(Tally::new(self, steps, exemplars)),
        }
    }

    fn of_trace(&self, trace: &Trace, steps: Steps) -> Tallied<'_> {
        let mut tallied = self.tally(steps, true);
        let matching = |query: &Query| query.eval(trace).map_or_else(Vec::new, |found| found.spans);
        let spans = matching(&self.query);
        match &mut tallied {
            Tallied::Tally(tally) => {
                let facts = Facts::of(trace);
                for &span in &spans {
                    let around = Around {
                        facts: Some(&facts),
                        tree: Some((trace, span as usize)),
                    };
                    tally.span(&Spot::new(trace.span(span as usize), around));
                }
            }
            Tallied::Comparison(comparison) => {
                let compared = self.compared.as_ref().map_or_else(Vec::new, matching);
                for pass in [Pass::Count, Pass::Time] {
                    for (at, block) in trace.blocks().iter().enumerate() {
                        let rows = |spans: &[u32]| {
                            let mut rows = Bits::none(block.len());
                            let places = spans.iter().map(|&span| trace.place(span as usize));
                            places
                                .filter(|(block, _)| *block == at)
                                .for_each(|(_, row)| rows.insert(row as usize));
                            rows
                        };
                        comparison.rows(pass, block, &rows(&spans), &rows(&compared));
                    }
                    comparison.choose();
                }
            }
        }
        tallied
    }

    fn function_name(&self) -> &'static str {
        use super::tree::Fold::{Avg, Max, Min, Sum};
        match &self.function {
            MetricFunction::Rate => "rate",
            MetricFunction::Count => "count_over_time",
            MetricFunction::Over(Min, _) => "min_over_time",
            MetricFunction::Over(Max, _) => "max_over_time",
            MetricFunction::Over(Avg, _) => "avg_over_time",
            MetricFunction::Over(Sum, _) => "sum_over_time",
            MetricFunction::Quantiles(..) => "quantile_over_time",
            MetricFunction::Histogram(_) => "histogram_over_time",
            MetricFunction::Compare { .. } => "compare",
        }
    }
}

impl Tallied<'_> {
    fn series(&self) -> Vec<Series> {
        match self {
            Self::Comparison(comparison) => comparison.series(),
            Self::Tally(tally) => tally.series(),
        }
    }

    /// Spans that no series counts, because there would have been too many series.
    pub fn left_out(&self) -> u64 {
        match self {
            Self::Comparison(_) => 0,
            Self::Tally(tally) => tally.left_out(),
        }
    }
}

#[cfg(test)]
mod tests;
