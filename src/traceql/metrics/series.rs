//! Series, and what is done to them afterwards.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::model::{SpanId, SpanRef, Time, TraceId};
use crate::traceql::eval::{Datum, compare};
use crate::traceql::number::Number;
use crate::traceql::operator::{Arithmetic, Compare};
use crate::traceql::tree::{Literal, SecondStage};

/// What tells a series from others.
#[derive(Debug, Clone, PartialEq)]
pub struct Label {
    /// An attribute as written, `p` of a quantile, `__bucket` of a histogram, or
    /// [`Label::NAME`].
    pub name: String,
    /// Its value.
    pub value: Literal,
}

impl Label {
    /// The label of a series without others: the function.
    pub const NAME: &'static str = "__name__";

    /// A label.
    pub fn new(name: &str, value: Literal) -> Self {
        Self {
            name: name.to_owned(),
            value,
        }
    }
}

/// Numbers over time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// What it is about.
    pub labels: Vec<Label>,
    /// A number for each step; NaN where there is none. Durations are in seconds.
    pub values: Vec<f64>,
    /// Spans that stand for others, at most one a step: the one with the greatest value, or the
    /// longest.
    pub exemplars: Vec<Exemplar>,
}

/// A span that stands for those of its step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exemplar {
    /// Its trace.
    pub trace_id: TraceId,
    /// The span.
    pub span_id: SpanId,
    /// Its start.
    pub time: Time,
    /// Its own value, if the function is about one.
    pub value: Option<f64>,
    /// What it was chosen for.
    weight: f64,
}

impl Exemplar {
    /// A span that somebody else chose.
    pub fn told(trace_id: TraceId, span_id: SpanId, time: Time, value: Option<f64>) -> Self {
        Self {
            trace_id,
            span_id,
            time,
            value,
            weight: 0.0,
        }
    }

    /// Puts a span in a place if it is the better one to show.
    pub(super) fn offer(place: &mut Option<Self>, span: SpanRef<'_>, value: Option<f64>) {
        let weight = value.unwrap_or(span.duration().0 as f64);
        if place.as_ref().is_some_and(|known| known.weight >= weight) {
            return;
        }
        *place = Some(Self {
            trace_id: span.trace_id(),
            span_id: span.span_id(),
            time: span.start(),
            value,
            weight,
        });
    }

    /// Leaves the better of two in a place.
    pub(super) fn best(place: &mut Option<Self>, other: Option<&Self>) {
        let better = match (&place, other) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(known), Some(other)) => other.weight > known.weight,
        };
        if better {
            *place = other.copied();
        }
    }
}

impl Series {
    /// Whether there is a number anywhere.
    pub fn is_told(&self) -> bool {
        self.values.iter().any(|value| !value.is_nan())
    }

    /// Its labels but the function's name: by these it is joined with others.
    fn identity(&self) -> String {
        let labels = self.labels.iter().filter(|label| label.name != Label::NAME);
        let mut labels: Vec<String> = labels
            .map(|label| format!("{}={}", label.name, label.value))
            .collect();
        labels.sort();
        labels.join(",")
    }
}

/// Puts series in the order of their labels.
pub fn sort(series: &mut [Series]) {
    let order = |a: &Label, b: &Label| {
        let values = match (&a.value, &b.value) {
            (Literal::Text(a), Literal::Text(b)) => a.cmp(b),
            (a, b) => match (number(a), number(b)) {
                (Some(a), Some(b)) => a.total_cmp(&b),
                _ => a.to_string().cmp(&b.to_string()),
            },
        };
        a.name.cmp(&b.name).then(values)
    };
    series.sort_by(|a, b| {
        let pairs = a.labels.iter().zip(&b.labels);
        let unequal = pairs.map(|(a, b)| order(a, b)).find(|order| order.is_ne());
        unequal.unwrap_or_else(|| a.labels.len().cmp(&b.labels.len()))
    });
}

/// A literal as a number; durations are seconds.
pub fn number(literal: &Literal) -> Option<f64> {
    match literal {
        Literal::Int(n) => Some(*n as f64),
        Literal::Float(n) => Some(*n),
        Literal::Duration(n) => Some(*n as f64 / 1e9),
        _ => None,
    }
}

/// What second stages leave of series.
pub fn staged(mut series: Vec<Series>, stages: &[SecondStage]) -> Vec<Series> {
    for stage in stages {
        match stage {
            SecondStage::Top(n) => keep_first(&mut series, *n, |a, b| b.total_cmp(&a)),
            SecondStage::Bottom(n) => keep_first(&mut series, *n, |a, b| a.total_cmp(&b)),
            SecondStage::Filter(op, literal) => keep_fitting(&mut series, *op, literal),
        }
        series.retain(Series::is_told);
    }
    series
}

/// In every step, the first `n` numbers; of equal ones those of the series that come first.
fn keep_first(series: &mut [Series], n: u64, order: impl Fn(f64, f64) -> Ordering) {
    sort(series);
    let n = usize::try_from(n).unwrap_or(usize::MAX);
    let steps = series.iter().map(|series| series.values.len()).max();
    for step in 0..steps.unwrap_or(0) {
        let at = |series: &Series| series.values.get(step).copied().unwrap_or(f64::NAN);
        let mut ranks: Vec<(usize, f64)> = series.iter().map(at).enumerate().collect();
        ranks.retain(|(_, value)| !value.is_nan());
        ranks.sort_by(|a, b| order(a.1, b.1));
        for (index, _) in ranks.into_iter().skip(n) {
            let value = series.get_mut(index).and_then(|s| s.values.get_mut(step));
            if let Some(value) = value {
                *value = f64::NAN;
            }
        }
    }
}

fn keep_fitting(series: &mut [Series], op: Compare, literal: &Literal) {
    let Some(limit) = number(literal) else {
        return;
    };
    let limit = Datum::Number(Number::Float(limit));
    let fits = |value: f64| {
        !value.is_nan() && compare(op, &Datum::Number(Number::Float(value)), &limit, None)
    };
    let values = series.iter_mut().flat_map(|series| &mut series.values);
    for value in values.filter(|value| !fits(**value)) {
        *value = f64::NAN;
    }
}

/// What stands on a side of an operator.
pub enum Side {
    /// Series.
    Series(Vec<Series>),
    /// The same number in every step.
    Number(f64),
}

/// `left op right`, series by series: those with equal labels are joined, and a side that is one
/// series without labels is joined with every one.
pub fn joined(op: Arithmetic, left: Side, right: Side) -> Side {
    match (left, right) {
        (Side::Number(a), Side::Number(b)) => Side::Number(applied(op, a, b)),
        (Side::Series(all), Side::Number(b)) => mapped(all, |a| applied(op, a, b)),
        (Side::Number(a), Side::Series(all)) => mapped(all, |b| applied(op, a, b)),
        (Side::Series(left), Side::Series(right)) => Side::Series(pairwise(op, &left, &right)),
    }
}

fn mapped(mut all: Vec<Series>, apply: impl Fn(f64) -> f64) -> Side {
    for value in all.iter_mut().flat_map(|series| &mut series.values) {
        *value = apply(*value);
    }
    Side::Series(all)
}

fn pairwise(op: Arithmetic, left: &[Series], right: &[Series]) -> Vec<Series> {
    let alone = |side: &[Series]| matches!(side, [one] if one.identity().is_empty());
    let join = |labels: &[Label], a: &Series, b: &Series| Series {
        labels: labels.to_vec(),
        values: a
            .values
            .iter()
            .zip(&b.values)
            .map(|(&a, &b)| applied(op, a, b))
            .collect(),
        exemplars: a.exemplars.iter().chain(&b.exemplars).copied().collect(),
    };
    match (left, right) {
        (left, [right]) if alone(std::slice::from_ref(right)) => left
            .iter()
            .map(|left| join(&left.labels, left, right))
            .collect(),
        ([left], right) if alone(std::slice::from_ref(left)) => right
            .iter()
            .map(|right| join(&right.labels, left, right))
            .collect(),
        (left, right) => {
            let others: HashMap<String, &Series> = right
                .iter()
                .map(|series| (series.identity(), series))
                .collect();
            let with_other = |left: &Series| {
                let right = others.get(&left.identity())?;
                Some(join(&left.labels, left, right))
            };
            left.iter().filter_map(with_other).collect()
        }
    }
}

/// NaN beside NaN, and of a division by zero.
fn applied(op: Arithmetic, a: f64, b: f64) -> f64 {
    if op == Arithmetic::Divide && b == 0.0 {
        return f64::NAN;
    }
    let result = Number::Float(a).apply(op, Number::Float(b));
    result.map_or(f64::NAN, Number::to_f64)
}
