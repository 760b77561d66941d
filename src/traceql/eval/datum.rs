//! Values as queries see them, and the one definition of comparing them.

use std::borrow::Cow;
use std::cmp::Ordering;

use regex::Regex;

use crate::model::{ArrayRef, Kind, Status, Value};
use crate::traceql::number::Number;
use crate::traceql::operator::Compare;
use crate::traceql::tree::Literal;

/// A value read from a span, written in a query, or computed.
#[derive(Debug, Clone, PartialEq)]
pub enum Datum<'a> {
    /// Not there.
    Nil,
    /// A boolean.
    Bool(bool),
    /// A string.
    Text(Cow<'a, str>),
    /// An int, a float or a duration.
    Number(Number),
    /// A span's status.
    Status(Status),
    /// A span's kind.
    Kind(Kind),
    /// A list: comparisons ask its elements.
    Array(ArrayRef<'a>),
    /// Bytes or a map: there, but equal to nothing.
    Opaque,
}

impl<'a> Datum<'a> {
    /// A value of an attribute.
    pub fn of(value: Value<'a>) -> Self {
        match value {
            Value::Empty => Self::Nil,
            Value::Str(text) => Self::Text(Cow::Borrowed(text)),
            Value::Bool(value) => Self::Bool(value),
            Value::Int(n) => Self::Number(Number::Int(n)),
            Value::Double(n) => Self::Number(Number::Float(n)),
            Value::Array(array) => Self::Array(array),
            Value::Bytes(_) | Value::Map(_) => Self::Opaque,
        }
    }

    /// A string that something else holds.
    pub fn text(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// The constant of a query.
    pub fn literal(literal: &'a Literal) -> Self {
        match literal {
            Literal::Nil => Self::Nil,
            Literal::Bool(value) => Self::Bool(*value),
            Literal::Text(text) => Self::text(text),
            Literal::Int(n) => Self::Number(Number::Int(*n)),
            Literal::Float(n) => Self::Number(Number::Float(*n)),
            Literal::Duration(n) => Self::Number(Number::Duration(*n)),
            Literal::Status(status) => Self::Status(*status),
            Literal::Kind(kind) => Self::Kind(*kind),
        }
    }

    /// The number, if it is one. An array of one number is that number.
    pub fn number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Array(array) => {
                let mut items = array.iter();
                let only = Self::of(items.next()?);
                (items.next().is_none()).then(|| only.scalar_number())?
            }
            _ => None,
        }
    }

    fn scalar_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether it is true, and not merely there.
    pub fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }

    /// As the constant of a query; lists, bytes and maps are none.
    pub fn into_literal(self) -> Literal {
        match self {
            Self::Text(text) => Literal::Text(text.into_owned()),
            Self::Bool(value) => Literal::Bool(value),
            Self::Number(Number::Int(n)) => Literal::Int(n),
            Self::Number(Number::Float(n)) => Literal::Float(n),
            Self::Number(Number::Duration(n)) => Literal::Duration(n),
            Self::Status(status) => Literal::Status(status),
            Self::Kind(kind) => Literal::Kind(kind),
            Self::Nil | Self::Array(_) | Self::Opaque => Literal::Nil,
        }
    }

    /// A copy that borrows nothing; a list becomes its JSON text.
    pub fn into_owned(self) -> Datum<'static> {
        match self {
            Self::Text(text) => Datum::Text(Cow::Owned(text.into_owned())),
            Self::Array(array) => {
                Datum::Text(Cow::Owned(Value::Array(array).to_text().into_owned()))
            }
            Self::Nil => Datum::Nil,
            Self::Bool(value) => Datum::Bool(value),
            Self::Number(number) => Datum::Number(number),
            Self::Status(status) => Datum::Status(status),
            Self::Kind(kind) => Datum::Kind(kind),
            Self::Opaque => Datum::Opaque,
        }
    }
}

/// `left op right`. A side that is not there, or a type that does not fit, makes every
/// comparison false, `!=` too. A list meets `=` if any element does, and `!=` if all do.
/// `regex` is the right side of `=~` and `!~`, compiled.
pub fn compare(op: Compare, left: &Datum<'_>, right: &Datum<'_>, regex: Option<&Regex>) -> bool {
    match (left, right) {
        (Datum::Array(array), other) => {
            over_elements(op, *array, |item| scalars(op, item, other, regex))
        }
        (other, Datum::Array(array)) => {
            over_elements(op, *array, |item| scalars(op, other, item, regex))
        }
        (left, right) => scalars(op, left, right, regex),
    }
}

fn over_elements(op: Compare, array: ArrayRef<'_>, test: impl Fn(&Datum<'_>) -> bool) -> bool {
    let mut items = array.iter().map(Datum::of);
    if op.denies().is_some() {
        items.all(|item| test(&item))
    } else {
        items.any(|item| test(&item))
    }
}

fn scalars(op: Compare, left: &Datum<'_>, right: &Datum<'_>, regex: Option<&Regex>) -> bool {
    let equality = |equal: bool| match op {
        Compare::Equal => equal,
        Compare::NotEqual => !equal,
        _ => false,
    };
    match (left, right) {
        (Datum::Text(left), Datum::Text(right)) => match (op, regex) {
            (Compare::Matches, Some(regex)) => regex.is_match(left),
            (Compare::NotMatches, Some(regex)) => !regex.is_match(left),
            _ => ordered(op, left.as_bytes().cmp(right.as_bytes())),
        },
        (Datum::Number(left), Datum::Number(right)) => left
            .order(*right)
            .map_or(op == Compare::NotEqual, |order| ordered(op, order)),
        (Datum::Bool(left), Datum::Bool(right)) => equality(left == right),
        (Datum::Status(left), Datum::Status(right)) => equality(left == right),
        (Datum::Kind(left), Datum::Kind(right)) => equality(left == right),
        _ => false,
    }
}

fn ordered(op: Compare, order: Ordering) -> bool {
    match op {
        Compare::Equal => order.is_eq(),
        Compare::NotEqual => order.is_ne(),
        Compare::Less => order.is_lt(),
        Compare::LessEqual => order.is_le(),
        Compare::Greater => order.is_gt(),
        Compare::GreaterEqual => order.is_ge(),
        Compare::Matches | Compare::NotMatches => false,
    }
}
