//! Expressions over sets of spans, and what else may stand at the head of a stage: aggregates,
//! numbers, series. What an operand is shows only when it has been read, so one climb reads all.

mod join;

use super::stage::unknown_stage;
use super::{Grown, Parser, above};
use crate::traceql::error::QueryError;
use crate::traceql::lexer::Token;
use crate::traceql::number;
use crate::traceql::place::Placed;
use crate::traceql::tree::{Aggregate, Fold, Literal, Metric, Pipeline, ScalarFilter, SetExpr};
use join::{Between, join};

/// Words that begin an aggregate.
pub(super) const AGGREGATES: [&str; 5] = ["count", "min", "max", "avg", "sum"];

/// What an expression turned out to be.
pub(super) enum Part {
    Set(Set),
    /// Stages without parentheses.
    Pipeline(Pipeline),
    /// Stages in parentheses.
    Wrapped(Placed<Pipeline>),
    Aggregate(Placed<Aggregate>),
    Filter(ScalarFilter),
    Number(Placed<Literal>),
    Metric(Placed<Metric>),
}

/// A set of spans, and how it was written.
pub(super) struct Set {
    pub expr: Placed<SetExpr>,
    /// In parentheses.
    wrapped: bool,
    /// With a pipeline as an operand somewhere in it.
    pub piped: bool,
}

impl Parser<'_> {
    /// An expression with its operators.
    pub(super) fn expression(&mut self) -> Result<Part, QueryError> {
        Ok(self.climb(0)?.0)
    }

    pub(super) fn climb(&mut self, least: u8) -> Grown<Part> {
        let (mut left, mut height) = self.part()?;
        while let Some(op) = self.sign().and_then(Between::from_sign) {
            // After series a comparison is a second stage, which the caller reads.
            let second_stage = op.compare.is_some() && matches!(left, Part::Metric(_));
            if op.binding() < least || second_stage {
                break;
            }
            let place = self.advance().place;
            if matches!(left, Part::Aggregate(_)) && !self.at_number() {
                return Err(self.unexpected("a number, e.g. 2 or 100ms"));
            }
            let (right, beside) = self.nested(|parser| parser.climb(op.binding() + 1))?;
            height = above(height, beside, place)?;
            left = join(op, place, left, right)?;
        }
        Ok((left, height))
    }

    /// Whether something that may be a number begins here.
    fn at_number(&self) -> bool {
        match &self.peek().value {
            Token::Int(_) | Token::Float(_) | Token::Duration(_) => true,
            Token::Sign(sign) => matches!(*sign, "-" | "("),
            Token::Word(word) => AGGREGATES.contains(&word.as_str()),
            _ => false,
        }
    }

    fn part(&mut self) -> Grown<Part> {
        match &self.peek().value {
            Token::Sign("{") => {
                let (filter, height) = self.filter()?;
                let expr = Placed::new(SetExpr::Filter(filter.value), filter.place);
                let set = Set {
                    expr,
                    wrapped: false,
                    piped: false,
                };
                Ok((Part::Set(set), height))
            }
            Token::Sign("(") => self.parentheses(),
            Token::Sign("-") if self.second().value == Token::Sign("(") => {
                self.at += 1;
                let (part, height) = self.part()?;
                let Part::Number(number) = part else {
                    return Err(self.unexpected("a number after -"));
                };
                let place = number.place;
                Ok((
                    Part::Number(Placed::new(number::negate(&number.value), place)),
                    height,
                ))
            }
            Token::Word(word) if AGGREGATES.contains(&word.as_str()) => self.aggregate(),
            Token::Int(_) | Token::Float(_) | Token::Duration(_) | Token::Sign("-") => {
                let (literal, place) = self.literal()?;
                Ok((Part::Number(Placed::new(literal, place)), 1))
            }
            Token::Word(word) if self.second().value == Token::Sign("(") => {
                Err(unknown_stage(self.place(), word))
            }
            _ => Err(self.no_set()),
        }
    }

    fn no_set(&self) -> QueryError {
        let error = self.unexpected("a set of spans, { ... }");
        if self.at > 0 || self.text.contains('{') || self.text.trim().is_empty() {
            return error;
        }
        error.with_hint(format!("write {{ {} }}", self.text.trim()))
    }

    fn parentheses(&mut self) -> Grown<Part> {
        let start = self.advance().place;
        let part = self.nested(Self::sequence)?;
        if !self.is_sign(")") {
            return Err(self.unexpected(")"));
        }
        let place = start.to(self.advance().place);
        // What is inside was bounded when it was read; its height is at most the bound less the
        // levels that are open here, so one more level is all there is to add.
        let part = match part {
            Part::Set(set) => Part::Set(Set {
                expr: Placed::new(set.expr.value, place),
                wrapped: true,
                piped: set.piped,
            }),
            Part::Number(number) => Part::Number(Placed::new(number.value, place)),
            Part::Metric(metric) => Part::Metric(Placed::new(metric.value, place)),
            aggregate @ Part::Aggregate(_) => aggregate,
            Part::Wrapped(pipeline) => Part::Wrapped(pipeline),
            other => Part::Wrapped(Placed::new(self.pipeline_of(other)?, place)),
        };
        let height = height_of(&part);
        Ok((part, height))
    }

    fn aggregate(&mut self) -> Grown<Part> {
        let start = self.advance();
        let Token::Word(name) = &start.value else {
            return Err(self.unexpected("an aggregate"));
        };
        let fold = match name.as_str() {
            "min" => Some(Fold::Min),
            "max" => Some(Fold::Max),
            "avg" => Some(Fold::Avg),
            "sum" => Some(Fold::Sum),
            _ => None,
        };
        self.expect("(")?;
        let (aggregate, height) = match fold {
            None => (Aggregate::Count, 1),
            Some(fold) => {
                let (field, height) = self.nested(|parser| parser.field(0))?;
                (Aggregate::Over(fold, field), height + 1)
            }
        };
        let end = self.expect(")")?;
        let place = start.place.to(end);
        Ok((Part::Aggregate(Placed::new(aggregate, place)), height))
    }
}

fn height_of(part: &Part) -> usize {
    match part {
        Part::Set(set) => set.expr.height(),
        Part::Metric(metric) => metric.height(),
        _ => 2,
    }
}
