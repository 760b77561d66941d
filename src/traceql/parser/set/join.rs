//! What an operator makes of the two parts beside it: a set, a comparison, series, a constant, or
//! the reason why there is no such thing.

use super::{Part, Set};
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::number;
use crate::traceql::operator::{Arithmetic, Compare, SetOp, binding};
use crate::traceql::place::{Place, Placed};
use crate::traceql::tree::{Literal, Metric, ScalarFilter, SetExpr};

/// An operator between two parts: which one it is depends on them.
#[derive(Clone, Copy)]
pub(super) struct Between {
    sign: &'static str,
    set: Option<SetOp>,
    pub(super) compare: Option<Compare>,
    arithmetic: Option<Arithmetic>,
}

impl Between {
    pub(super) fn from_sign(sign: &'static str) -> Option<Self> {
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

    pub(super) fn binding(self) -> u8 {
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

/// `left op right`, if such a thing exists.
pub(super) fn join(op: Between, at: Place, left: Part, right: Part) -> Result<Part, QueryError> {
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
