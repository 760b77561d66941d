//! Field expressions at a spot, read as they are written: for what no column answers, and as
//! the definition that the compiled tests have to agree with.

use std::collections::HashMap;

use regex::Regex;

use super::datum::{Datum, compare};
use super::spot::Spot;
use super::tag;
use crate::traceql::attribute::{Attribute, Scope};
use crate::traceql::number::Number;
use crate::traceql::operator::{Compare, Logic};
use crate::traceql::pattern;
use crate::traceql::tree::{Field, FieldExpr, Literal};

/// The compiled regular expressions of a query, by their text.
#[derive(Debug, Clone, Default)]
pub struct Patterns(HashMap<String, Regex>);

impl Patterns {
    /// Compiles what stands to the right of `=~` and `!~` in an expression.
    pub fn collect(&mut self, field: &Field) {
        if let FieldExpr::Compare(op, _, right) = &field.value
            && op.is_regex()
            && let FieldExpr::Literal(Literal::Text(text)) = &right.value
            && let Ok(regex) = pattern::compile(text)
        {
            self.0.insert(text.clone(), regex);
        }
        for child in field.children() {
            self.collect(child);
        }
    }

    /// The expression compiled from a text.
    pub fn get(&self, text: &str) -> Option<&Regex> {
        self.0.get(text)
    }

    /// The expression that an operator and its right side stand for, if they do.
    pub fn of(&self, op: Compare, right: &Literal) -> Option<&Regex> {
        match right {
            Literal::Text(text) if op.is_regex() => self.get(text),
            _ => None,
        }
    }
}

/// Whether a filter's expression is true of a span.
///
/// Conditions on events hold together on one event, and so with links; without any, they read
/// nil. What stands under a `!` is denied of every event, whatever stands beside it.
pub fn holds(field: &Field, spot: &Spot<'_>, patterns: &Patterns) -> bool {
    quantified(field, spot, patterns).is_true()
}

fn quantified<'a>(field: &'a Field, spot: &Spot<'a>, patterns: &'a Patterns) -> Datum<'a> {
    if spot.event.is_none() && binds(field, Scope::Event) && spot.span.events().len() > 0 {
        let spots = spot.span.events().map(|event| Spot {
            event: Some(event),
            ..*spot
        });
        return first_true(spots, field, patterns);
    }
    if spot.link.is_none() && binds(field, Scope::Link) && spot.span.links().len() > 0 {
        let spots = spot.span.links().map(|link| Spot {
            link: Some(link),
            ..*spot
        });
        return first_true(spots, field, patterns);
    }
    value(field, spot, patterns)
}

fn first_true<'a>(
    spots: impl Iterator<Item = Spot<'a>>,
    field: &'a Field,
    patterns: &'a Patterns,
) -> Datum<'a> {
    let mut last = Datum::Nil;
    for spot in spots {
        last = quantified(field, &spot, patterns);
        if last.is_true() {
            break;
        }
    }
    last
}

/// Whether an expression reads events (or links) other than under a `!`.
pub fn binds(field: &Field, scope: Scope) -> bool {
    match &field.value {
        FieldExpr::Attribute(attribute) => attribute.element_scope() == Some(scope),
        FieldExpr::Not(_) => false,
        _ => field
            .children()
            .into_iter()
            .any(|child| binds(child, scope)),
    }
}

/// The value of an expression at a spot.
pub fn value<'a>(field: &'a Field, spot: &Spot<'a>, patterns: &'a Patterns) -> Datum<'a> {
    match &field.value {
        FieldExpr::Literal(literal) => Datum::literal(literal),
        FieldExpr::Attribute(attribute) => spot.read(attribute),
        FieldExpr::Exists { field, present } => {
            let there = value(field, spot, patterns) != Datum::Nil;
            Datum::Bool(there == *present)
        }
        FieldExpr::Not(field) => match quantified(field, &spot.alone(), patterns) {
            Datum::Bool(truth) => Datum::Bool(!truth),
            _ => Datum::Nil,
        },
        FieldExpr::Negate(field) => {
            let number = value(field, spot, patterns).number();
            number
                .and_then(Number::negated)
                .map_or(Datum::Nil, Datum::Number)
        }
        FieldExpr::Arithmetic(op, left, right) => {
            let left = value(left, spot, patterns).number();
            let right = value(right, spot, patterns).number();
            let result = left
                .zip(right)
                .and_then(|(left, right)| left.apply(*op, right));
            result.map_or(Datum::Nil, Datum::Number)
        }
        FieldExpr::Compare(op, left, right) => {
            Datum::Bool(compared(*op, left, right, spot, patterns))
        }
        FieldExpr::Logic(op, terms) => {
            let mut truths = terms
                .iter()
                .map(|term| value(term, spot, patterns).is_true());
            Datum::Bool(match op {
                Logic::And => truths.all(|truth| truth),
                Logic::Or => truths.any(|truth| truth),
            })
        }
    }
}

fn compared<'a>(
    op: Compare,
    left: &'a Field,
    right: &'a Field,
    spot: &Spot<'a>,
    patterns: &'a Patterns,
) -> bool {
    let literal = match &right.value {
        FieldExpr::Literal(literal) => Some(literal),
        _ => None,
    };
    if let FieldExpr::Attribute(Attribute::Keyed {
        scope: Scope::Tag,
        key,
    }) = &left.value
    {
        return literal.is_some_and(|literal| tag::holds(spot.span, key, op, literal, patterns));
    }
    let regex = literal.and_then(|literal| patterns.of(op, literal));
    let left = value(left, spot, patterns);
    compare(op, &left, &value(right, spot, patterns), regex)
}
