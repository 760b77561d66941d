//! Expressions over sets of spans, and what else may stand at the head of a stage: aggregates,
//! numbers, series. What an operand is shows only when it has been read, so one climb reads all.

use super::{Grown, Parser, above, unknown_stage};
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::lexer::Token;
use crate::traceql::number;
use crate::traceql::operator::{Arithmetic, Compare, SetOp, binding};
use crate::traceql::place::{Place, Placed};
use crate::traceql::tree::{Aggregate, Fold, Literal, Metric, Pipeline, ScalarFilter, SetExpr};

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

/// An operator between two parts: which one it is depends on them.
#[derive(Clone, Copy)]
struct Between {
    sign: &'static str,
    set: Option<SetOp>,
    compare: Option<Compare>,
    arithmetic: Option<Arithmetic>,
}

impl Between {
    fn from_sign(sign: &'static str) -> Option<Self> {
        use Arithmetic::{Add, Divide, Modulo, Multiply, Power, Subtract};
        let arithmetic = [Add, Subtract, Multiply, Divide, Modulo, Power];
        let found = Self {
            sign,
            set: SetOp::all().find(|op| op.symbol() == sign),
            compare: Compare::ALL
                .into_iter()
                .find(|op| op.symbol() == sign && !op.is_regex()),
            arithmetic: arithmetic.into_iter().find(|op| op.symbol() == sign),
        };
        let known = found.set.is_some() || found.compare.is_some() || found.arithmetic.is_some();
        known.then_some(found)
    }

    fn binding(self) -> u8 {
        match (self.set, self.arithmetic) {
            (Some(set), _) => set.binding(),
            (None, Some(arithmetic)) => arithmetic.binding(),
            (None, None) => binding::COMPARE,
        }
    }
}

impl Part {
    fn place(&self) -> Place {
        match self {
            Self::Set(set) => set.expr.place,
            Self::Pipeline(pipeline) => pipeline
                .stages
                .iter()
                .map(|stage| stage.place)
                .reduce(Place::to)
                .unwrap_or_default(),
            Self::Wrapped(pipeline) => pipeline.place,
            Self::Aggregate(aggregate) => aggregate.place,
            Self::Filter(filter) => filter.aggregate.place.to(filter.value.place),
            Self::Number(number) => number.place,
            Self::Metric(metric) => metric.place,
        }
    }

    /// As an operand between sets.
    fn into_set(self) -> Result<Set, QueryError> {
        match self {
            Self::Set(set) => Ok(set),
            Self::Wrapped(pipeline) => Ok(Set {
                expr: Placed::new(SetExpr::Pipeline(pipeline.value), pipeline.place),
                wrapped: true,
                piped: true,
            }),
            other => Err(not_a_set(&other)),
        }
    }
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

/// `left op right`, if such a thing exists.
fn join(op: Between, at: Place, left: Part, right: Part) -> Result<Part, QueryError> {
    let place = left.place().to(right.place());
    match (left, right) {
        (Part::Number(left), Part::Number(right)) => constant(op, at, &left, &right),
        (Part::Aggregate(aggregate), Part::Number(value)) if op.compare.is_some() => {
            let op = op.compare.unwrap_or(Compare::Equal);
            Ok(Part::Filter(ScalarFilter {
                aggregate,
                op,
                value,
            }))
        }
        (Part::Number(number), Part::Aggregate(aggregate)) if op.compare.is_some() => {
            let flipped = op.compare.map_or("", |op| op.flipped().symbol());
            let hint = format!("write {} {flipped} {}", aggregate.value, number.value);
            Err(refused(place, "the aggregate comes first").with_hint(hint))
        }
        (Part::Aggregate(_) | Part::Number(_), Part::Aggregate(_))
        | (Part::Aggregate(_), Part::Number(_)) => {
            let message = "an aggregate can only be compared with a constant";
            Err(refused(place, message).with_hint("e.g. | count() > 2 | max(duration) > 1s"))
        }
        (
            left @ (Part::Metric(_) | Part::Number(_)),
            right @ (Part::Metric(_) | Part::Number(_)),
        ) => series(op, at, place, left, right),
        (left, right) => sets(op, at, place, left, right),
    }
}

fn refused(place: Place, message: &str) -> QueryError {
    QueryError::new(place, Fault::Refused(message.to_owned()))
}

/// Arithmetic of constants, done at once.
fn constant(
    op: Between,
    at: Place,
    left: &Placed<Literal>,
    right: &Placed<Literal>,
) -> Result<Part, QueryError> {
    let place = left.place.to(right.place);
    let Some(arithmetic) = op.arithmetic else {
        return Err(refused(at, "two constants cannot be compared here"));
    };
    let value = number::constant(arithmetic, &left.value, &right.value)
        .ok_or_else(|| refused(place, "this constant cannot be computed"))?;
    Ok(Part::Number(Placed::new(value, place)))
}

fn series(
    op: Between,
    at: Place,
    place: Place,
    left: Part,
    right: Part,
) -> Result<Part, QueryError> {
    use Arithmetic::{Add, Divide, Multiply, Subtract};
    let Some(op) = op
        .arithmetic
        .filter(|op| matches!(op, Add | Subtract | Multiply | Divide))
    else {
        return Err(refused(
            at,
            "series take + - * / and comparisons with a number",
        ));
    };
    let metric = |part| match part {
        Part::Metric(metric) => Ok(Box::new(metric)),
        Part::Number(number) if matches!(number.value, Literal::Duration(_)) => {
            Err(refused(number.place, "series take plain numbers")
                .with_hint("durations are seconds"))
        }
        Part::Number(number) => Ok(Box::new(Placed::new(
            Metric::Number(number.value),
            number.place,
        ))),
        other => Err(refused(other.place(), "this is no series")),
    };
    let metric = Metric::Operation {
        op,
        left: metric(left)?,
        right: metric(right)?,
        then: Vec::new(),
    };
    Ok(Part::Metric(Placed::new(metric, place)))
}

fn sets(op: Between, at: Place, place: Place, left: Part, right: Part) -> Result<Part, QueryError> {
    let (left, right) = (left.into_set()?, right.into_set()?);
    let Some(set_op) = op.set else {
        let message = format!("{} does not stand between sets of spans", op.sign);
        let error = QueryError::new(at, Fault::Refused(message));
        return Err(error.with_hint("between sets stand && || > < >> << ~ and their ! and & forms"));
    };
    let piped = left.piped || right.piped;
    if let Some(bare) = [&left, &right]
        .into_iter()
        .find(|side| piped && !side.piped && !side.wrapped)
    {
        let message = "beside a pipeline in parentheses this needs parentheses too";
        return Err(refused(bare.expr.place, message));
    }
    let expr = SetExpr::Operation {
        op: set_op,
        left: Box::new(left.expr),
        right: Box::new(right.expr),
    };
    Ok(Part::Set(Set {
        expr: Placed::new(expr, place),
        wrapped: false,
        piped,
    }))
}

fn not_a_set(part: &Part) -> QueryError {
    let what = match part {
        Part::Aggregate(_) | Part::Filter(_) => "an aggregate",
        Part::Number(_) => "a number",
        Part::Metric(_) => "series",
        Part::Set(_) | Part::Pipeline(_) | Part::Wrapped(_) => "a pipeline without parentheses",
    };
    let message = format!("this operator cannot join {what} and a set of spans");
    refused(part.place(), &message).with_hint("stages are joined by |")
}
