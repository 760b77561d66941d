//! Pipelines over one trace: sets of spans, their aggregates and groups.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::bind::Binder;
use super::datum::{Datum, compare};
use super::expr;
use super::relation::{self, Spans};
use super::spot::{Around, Facts, Spot};
use super::test::{Test, With};
use crate::model::{Block, Trace};
use crate::traceql::number::Number;
use crate::traceql::operator::{Arithmetic, Logic, SetOp};
use crate::traceql::tree::{Aggregate, Field, Fold, Pipeline, ScalarFilter, SetExpr, Stage};

/// A set of spans of one trace, and what told it from others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Group {
    /// The spans, by number in the trace, ascending.
    pub spans: Vec<u32>,
    /// What `by()` and aggregates found, as written: `by(name)`, `count()`.
    pub labels: Vec<(String, Datum<'static>)>,
}

/// A pipeline whose filters have numbers.
#[derive(Debug, Clone)]
pub struct Plan {
    stages: Vec<Step>,
}

#[derive(Debug, Clone)]
enum Step {
    Spans(Set),
    Filter(ScalarFilter),
    By(Field),
    Coalesce,
}

#[derive(Debug, Clone)]
enum Set {
    All,
    /// Which of the query's filters.
    Filter(usize),
    Pipeline(Plan),
    Operation(SetOp, Box<Set>, Box<Set>),
}

impl Plan {
    /// The plan of a pipeline; its filters are added to `filters`.
    pub fn new(pipeline: &Pipeline, filters: &mut Vec<Field>) -> Self {
        let stages = pipeline.stages.iter().filter_map(|stage| {
            Some(match &stage.value {
                Stage::Spans(set) => Step::Spans(Set::new(set, filters)),
                Stage::Filter(filter) => Step::Filter(filter.clone()),
                Stage::By(field) => Step::By(field.clone()),
                Stage::Coalesce => Step::Coalesce,
                Stage::Select(_) => return None,
            })
        });
        Self {
            stages: stages.collect(),
        }
    }
}

impl Set {
    fn new(set: &SetExpr, filters: &mut Vec<Field>) -> Self {
        match set {
            SetExpr::Filter(None) => Self::All,
            SetExpr::Filter(Some(field)) => {
                filters.push(field.clone());
                Self::Filter(filters.len() - 1)
            }
            SetExpr::Pipeline(pipeline) => Self::Pipeline(Plan::new(pipeline, filters)),
            SetExpr::Operation { op, left, right } => {
                let left = Box::new(Self::new(left, filters));
                Self::Operation(*op, left, Box::new(Self::new(right, filters)))
            }
        }
    }
}

/// The filters of a query, compiled for one block.
pub fn compile(filters: &[Field], block: &Block, with: With<'_>) -> Vec<Test> {
    let binder = Binder {
        block,
        with,
        unknown: None,
    };
    filters.iter().map(|filter| binder.test(filter)).collect()
}

/// One trace, and the filters compiled for each of its blocks.
pub struct Run<'a> {
    /// The trace.
    pub trace: &'a Trace,
    /// The trace as a whole.
    pub facts: &'a Facts<'a>,
    /// For each of the trace's blocks, the compiled filters.
    pub filters: &'a [&'a [Test]],
    /// What tests are carried out with.
    pub with: With<'a>,
}

impl Run<'_> {
    /// What a plan finds among some spans: groups that are not empty.
    pub fn plan(&self, plan: &Plan, input: Group) -> Vec<Group> {
        let mut groups = vec![input];
        for step in &plan.stages {
            groups = match step {
                Step::Spans(set) => groups
                    .into_iter()
                    .map(|group| Group {
                        spans: self.set(set, &group.spans),
                        ..group
                    })
                    .collect(),
                Step::Filter(filter) => groups
                    .into_iter()
                    .filter_map(|group| self.filtered(filter, group))
                    .collect(),
                Step::By(field) => groups
                    .iter()
                    .flat_map(|group| self.split(field, group))
                    .collect(),
                Step::Coalesce => vec![Group {
                    spans: all_spans(&groups),
                    labels: Vec::new(),
                }],
            };
            groups.retain(|group| !group.spans.is_empty());
        }
        groups
    }

    fn spot(&self, span: u32) -> Spot<'_> {
        let around = Around {
            facts: Some(self.facts),
            tree: Some((self.trace, span as usize)),
        };
        Spot::new(self.trace.span(span as usize), around)
    }

    fn set(&self, set: &Set, input: &[u32]) -> Spans {
        match set {
            Set::All => input.to_vec(),
            Set::Filter(number) => {
                let accepted = |&&span: &&u32| {
                    let (block, _) = self.trace.place(span as usize);
                    let test = self.filters.get(block).and_then(|tests| tests.get(*number));
                    !self.with.cancellation.is_cancelled()
                        && test.is_some_and(|test| test.accepts(&self.spot(span), self.with))
                };
                input.iter().filter(accepted).copied().collect()
            }
            Set::Pipeline(plan) => {
                let group = Group {
                    spans: input.to_vec(),
                    labels: Vec::new(),
                };
                all_spans(&self.plan(plan, group))
            }
            Set::Operation(op, left, right) => {
                let (left, right) = (self.set(left, input), self.set(right, input));
                match op {
                    SetOp::Logic(Logic::And) if left.is_empty() || right.is_empty() => Vec::new(),
                    SetOp::Logic(_) => relation::union(&left, &right),
                    SetOp::Structural(keep, relation) => {
                        relation::structural(self.trace, *keep, *relation, &left, &right)
                    }
                }
            }
        }
    }

    fn filtered(&self, filter: &ScalarFilter, mut group: Group) -> Option<Group> {
        let found = match &filter.aggregate.value {
            Aggregate::Count => Number::Int(group.spans.len() as i64),
            Aggregate::Over(fold, field) => {
                let numbers = group.spans.iter().filter_map(|&span| {
                    expr::value(field, &self.spot(span), self.with.patterns).number()
                });
                folded(*fold, numbers)?
            }
        };
        let found = Datum::Number(found);
        if !compare(filter.op, &found, &Datum::literal(&filter.value), None) {
            return None;
        }
        group.labels.push((filter.aggregate.to_string(), found));
        Some(group)
    }

    /// A group for each value of an expression, in order of first occurrence.
    fn split(&self, field: &Field, group: &Group) -> Vec<Group> {
        let mut order: Vec<Group> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let label = format!("by({})", field.value);
        let spans = group.spans.iter();
        for &span in spans.take_while(|_| !self.with.cancellation.is_cancelled()) {
            let value = expr::value(field, &self.spot(span), self.with.patterns).into_owned();
            let at = *known.entry(format!("{value:?}")).or_insert_with(|| {
                let mut labels = group.labels.clone();
                labels.push((label.clone(), value));
                order.push(Group {
                    spans: Vec::new(),
                    labels,
                });
                order.len() - 1
            });
            if let Some(group) = order.get_mut(at) {
                group.spans.push(span);
            }
        }
        order
    }
}

/// The spans of all groups.
pub fn all_spans(groups: &[Group]) -> Spans {
    let mut spans: Spans = groups
        .iter()
        .flat_map(|group| group.spans.iter().copied())
        .collect();
    spans.sort_unstable();
    spans.dedup();
    spans
}

/// `None` without numbers. A sum that no int holds goes on as a float.
fn folded(fold: Fold, mut numbers: impl Iterator<Item = Number>) -> Option<Number> {
    let first = numbers.next()?;
    let mut count = 1.0;
    let result = numbers.fold(first, |so_far, next| {
        count += 1.0;
        match fold {
            Fold::Min => {
                if next.order(so_far).is_some_and(Ordering::is_lt) {
                    next
                } else {
                    so_far
                }
            }
            Fold::Max => {
                if next.order(so_far).is_some_and(Ordering::is_gt) {
                    next
                } else {
                    so_far
                }
            }
            Fold::Sum | Fold::Avg => sum(so_far, next),
        }
    });
    if fold != Fold::Avg {
        return Some(result);
    }
    Some(match result {
        Number::Duration(nanos) => Number::Duration((nanos as f64 / count).round() as i64),
        other => Number::Float(other.to_f64() / count),
    })
}

fn sum(a: Number, b: Number) -> Number {
    if let (Number::Duration(a), Number::Duration(b)) = (a, b) {
        return Number::Duration(a.saturating_add(b));
    }
    let exact = a.apply(Arithmetic::Add, b);
    exact.unwrap_or_else(|| Number::Float(a.to_f64() + b.to_f64()))
}
