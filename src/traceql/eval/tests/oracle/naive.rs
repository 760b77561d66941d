//! The naive evaluation: for each span of a trace, a walk through the query's tree.

use std::collections::BTreeSet;

use crate::model::Trace;
use crate::traceql::eval::expr::{self, Patterns};
use crate::traceql::eval::{Around, Datum, Facts, Spot};
use crate::traceql::number::Number;
use crate::traceql::operator::{Compare, Keep, Logic, Relation, SetOp};
use crate::traceql::tree::{Aggregate, Field, Fold, Pipeline, ScalarFilter, SetExpr, Stage};

/// A trace, read as it is written.
pub(super) struct Naive<'a> {
    pub(super) trace: &'a Trace,
    pub(super) facts: Facts<'a>,
    pub(super) patterns: &'a Patterns,
}

impl Naive<'_> {
    fn spot(&self, span: usize) -> Spot<'_> {
        let around = Around {
            facts: Some(&self.facts),
            tree: Some((self.trace, span)),
        };
        Spot::new(self.trace.span(span), around)
    }

    /// All spans of the groups that a pipeline leaves.
    pub(super) fn pipeline(&self, pipeline: &Pipeline) -> Vec<usize> {
        let mut groups = vec![(0..self.trace.len()).collect::<Vec<_>>()];
        for stage in &pipeline.stages {
            groups = match &stage.value {
                Stage::Spans(set) => {
                    let groups = groups.iter();
                    groups.map(|spans| self.set(set, spans)).collect()
                }
                Stage::Filter(filter) => {
                    groups.retain(|spans| self.passes(filter, spans));
                    groups
                }
                Stage::By(field) => groups
                    .iter()
                    .flat_map(|spans| self.split(field, spans))
                    .collect(),
                Stage::Coalesce => vec![all_of(groups)],
                Stage::Select(_) => groups,
            };
            groups.retain(|spans| !spans.is_empty());
        }
        all_of(groups)
    }

    /// A set by its definition, each pair of spans asked.
    fn set(&self, set: &SetExpr, among: &[usize]) -> Vec<usize> {
        let spans = among.iter().copied();
        match set {
            SetExpr::Filter(None) => spans.collect(),
            SetExpr::Filter(Some(field)) => spans
                .filter(|&span| expr::holds(field, &self.spot(span), self.patterns))
                .collect(),
            SetExpr::Pipeline(_) => Vec::new(),
            SetExpr::Operation { op, left, right } => {
                let (left, right) = (self.set(left, among), self.set(right, among));
                spans
                    .filter(|span| kept(*op, self.trace, &left, &right, *span))
                    .collect()
            }
        }
    }

    fn passes(&self, filter: &ScalarFilter, spans: &[usize]) -> bool {
        let found = match &filter.aggregate.value {
            Aggregate::Count => spans.len() as f64,
            Aggregate::Over(fold, field) => {
                let read =
                    |&span: &usize| expr::value(field, &self.spot(span), self.patterns).number();
                let numbers: Vec<Number> = spans.iter().filter_map(read).collect();
                let values = || numbers.iter().map(|number| number.to_f64());
                let sum: f64 = values().sum();
                let Some(least) = values().reduce(f64::min) else {
                    return false;
                };
                match fold {
                    Fold::Min => least,
                    Fold::Max => values().fold(least, f64::max),
                    Fold::Sum => sum,
                    Fold::Avg if matches!(numbers[0], Number::Duration(_)) => {
                        (sum / numbers.len() as f64).round()
                    }
                    Fold::Avg => sum / numbers.len() as f64,
                }
            }
        };
        let asked = Datum::literal(&filter.value)
            .number()
            .map_or(f64::NAN, Number::to_f64);
        match filter.op {
            Compare::Equal => found.total_cmp(&asked).is_eq(),
            Compare::NotEqual => found.total_cmp(&asked).is_ne(),
            Compare::Less => found < asked,
            Compare::LessEqual => found <= asked,
            Compare::Greater => found > asked,
            Compare::GreaterEqual => found >= asked,
            Compare::Matches | Compare::NotMatches => false,
        }
    }

    /// Spans with equal values stand together.
    fn split(&self, field: &Field, spans: &[usize]) -> Vec<Vec<usize>> {
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for &span in spans {
            let value = format!("{:?}", expr::value(field, &self.spot(span), self.patterns));
            match groups.iter_mut().find(|(known, _)| *known == value) {
                Some((_, spans)) => spans.push(span),
                None => groups.push((value, vec![span])),
            }
        }
        groups.into_iter().map(|(_, spans)| spans).collect()
    }
}

fn all_of(groups: Vec<Vec<usize>>) -> Vec<usize> {
    let all: BTreeSet<usize> = groups.into_iter().flatten().collect();
    all.into_iter().collect()
}

fn kept(op: SetOp, trace: &Trace, left: &[usize], right: &[usize], span: usize) -> bool {
    let (in_left, in_right) = (left.contains(&span), right.contains(&span));
    match op {
        SetOp::Logic(Logic::Or) => in_left || in_right,
        SetOp::Logic(Logic::And) => (in_left || in_right) && !left.is_empty() && !right.is_empty(),
        SetOp::Structural(keep, relation) => {
            let as_right = left.iter().any(|&a| stands(relation, trace, a, span));
            let as_left = right.iter().any(|&b| stands(relation, trace, span, b));
            match keep {
                Keep::Right => in_right && as_right,
                Keep::RightWithout => in_right && !as_right,
                Keep::Both => (in_right && as_right) || (in_left && as_left),
            }
        }
    }
}

/// Whether `b` is the child, parent, ... of `a`.
fn stands(relation: Relation, trace: &Trace, a: usize, b: usize) -> bool {
    let above = |span: usize| std::iter::successors(trace.parent(span), |&up| trace.parent(up));
    match relation {
        Relation::Child => trace.parent(b) == Some(a),
        Relation::Parent => trace.parent(a) == Some(b),
        Relation::Descendant => above(b).any(|up| up == a),
        Relation::Ancestor => above(a).any(|up| up == b),
        Relation::Sibling => {
            let family = |span| (trace.parent(span), trace.missing_parent(span));
            a != b && family(a) == family(b)
        }
    }
}
