//! What can be told of a query from its tree alone: conditions that some span of every matching
//! trace fulfils, and what it takes to decide.

use super::Needs;
use super::bind::{needs_facts, needs_tree};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::operator::{Compare, Keep, Logic, SetOp};
use crate::traceql::place::Placed;
use crate::traceql::tree::{Field, FieldExpr, Literal, Pipeline, SetExpr, Stage};

/// As many conditions are worth looking for.
const MOST: usize = 4;

/// Conditions each of which at least one span of every matching trace fulfils, the one that fewest
/// spans are likely to fulfil first; none if any trace may match.
pub fn of(pipeline: &Pipeline) -> Vec<Field> {
    let mut conditions = of_pipeline(pipeline);
    conditions.sort_by_key(|condition| std::cmp::Reverse(rarity(condition)));
    let mut distinct: Vec<Field> = Vec::new();
    for condition in conditions {
        if distinct.len() < MOST && !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    distinct
}

fn of_pipeline(pipeline: &Pipeline) -> Vec<Field> {
    match pipeline.stages.first().map(|stage| &stage.value) {
        Some(Stage::Spans(set)) => of_set(set),
        // What comes later is asked of what these let pass.
        _ => Vec::new(),
    }
}

fn of_set(set: &SetExpr) -> Vec<Field> {
    match set {
        SetExpr::Filter(field) => field.iter().cloned().collect(),
        SetExpr::Pipeline(pipeline) => of_pipeline(pipeline),
        SetExpr::Operation { op, left, right } => {
            let (left, right) = (of_set(left), of_set(right));
            match op {
                // One side or the other: what is rarest on each.
                SetOp::Logic(Logic::Or) => {
                    let either = rarest(left).zip(rarest(right));
                    let either = either.map(|(a, b)| FieldExpr::logic(Logic::Or, a, b));
                    either.into_iter().map(Placed::unwritten).collect()
                }
                SetOp::Structural(Keep::RightWithout, _) => right,
                SetOp::Logic(Logic::And) | SetOp::Structural(..) => [left, right].concat(),
            }
        }
    }
}

fn rarest(conditions: Vec<Field>) -> Option<Field> {
    conditions.into_iter().max_by_key(rarity)
}

/// A guess; the greater, the fewer spans.
fn rarity(field: &Field) -> u32 {
    match &field.value {
        FieldExpr::Logic(Logic::And, terms) => terms.iter().map(rarity).sum(),
        FieldExpr::Logic(Logic::Or, terms) => terms.iter().map(rarity).min().unwrap_or(0),
        FieldExpr::Compare(op, left, right) => {
            let (FieldExpr::Attribute(attribute), FieldExpr::Literal(literal)) =
                (&left.value, &right.value)
            else {
                return 1;
            };
            let exact = matches!(op, Compare::Equal | Compare::Matches);
            match attribute {
                _ if op.denies().is_some() => 0,
                Attribute::Intrinsic(Intrinsic::Kind) => 1,
                Attribute::Intrinsic(Intrinsic::Status) => {
                    u32::from(literal.to_string() == "error") * 4
                }
                Attribute::Keyed {
                    scope: Scope::Resource,
                    ..
                } if exact => 3,
                _ if exact && matches!(literal, Literal::Text(_)) => 5,
                _ if exact => 4,
                _ => 2,
            }
        }
        _ => 0,
    }
}

/// What it takes to decide whether a trace matches a pipeline with these filters.
pub fn needs(pipeline: &Pipeline, filters: &[Field]) -> Needs {
    let mut stages = pipeline
        .stages
        .iter()
        .filter(|stage| !matches!(stage.value, Stage::Select(_)));
    let (Some(first), None) = (stages.next(), stages.next()) else {
        return Needs::Tree;
    };
    let Stage::Spans(set) = &first.value else {
        return Needs::Tree;
    };
    let reads = |test: fn(&Attribute) -> bool| {
        filters
            .iter()
            .any(|filter| filter.attributes().into_iter().any(test))
    };
    if !is_union(set) || reads(needs_tree) {
        Needs::Tree
    } else if reads(needs_facts) {
        Needs::Facts
    } else {
        Needs::Rows
    }
}

/// Whether a set is a filter, or filters joined by `||`: a span counts for itself.
fn is_union(set: &SetExpr) -> bool {
    match set {
        SetExpr::Filter(_) => true,
        SetExpr::Pipeline(_) => false,
        SetExpr::Operation { op, left, right } => {
            *op == SetOp::Logic(Logic::Or) && is_union(left) && is_union(right)
        }
    }
}
