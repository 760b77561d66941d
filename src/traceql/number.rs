//! Arithmetic and order of TraceQL's numbers.
//!
//! Two ints make an int, anything else a float; a duration counts its nanoseconds.

use std::cmp::Ordering;

use super::operator::Arithmetic;
use super::tree::Literal;

/// A number in a query or in a span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A signed integer.
    Int(i64),
    /// Nanoseconds.
    Duration(i64),
    /// A double.
    Float(f64),
}

impl Number {
    /// As a double.
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Int(n) | Self::Duration(n) => n as f64,
            Self::Float(n) => n,
        }
    }

    /// Exact among ints and durations, by doubles otherwise; `None` beside NaN.
    pub fn order(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a) | Self::Duration(a), Self::Int(b) | Self::Duration(b)) => Some(a.cmp(&b)),
            (a, b) => a.to_f64().partial_cmp(&b.to_f64()),
        }
    }

    /// `-self`, if it fits.
    pub fn negated(self) -> Option<Self> {
        Some(match self {
            Self::Int(n) => Self::Int(n.checked_neg()?),
            Self::Duration(n) => Self::Duration(n.checked_neg()?),
            Self::Float(n) => Self::Float(-n),
        })
    }

    /// `self op other`. `None` for an int that does not fit, or divided by zero.
    pub fn apply(self, op: Arithmetic, other: Self) -> Option<Self> {
        if let (Self::Int(a), Self::Int(b)) = (self, other) {
            return ints(op, a, b).map(Self::Int);
        }
        let (a, b) = (self.to_f64(), other.to_f64());
        Some(Self::Float(match op {
            Arithmetic::Add => a + b,
            Arithmetic::Subtract => a - b,
            Arithmetic::Multiply => a * b,
            Arithmetic::Divide => a / b,
            Arithmetic::Modulo => a % b,
            Arithmetic::Power => a.powf(b),
        }))
    }
}

fn ints(op: Arithmetic, a: i64, b: i64) -> Option<i64> {
    match op {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide => a.checked_div(b),
        Arithmetic::Modulo => a.checked_rem(b),
        Arithmetic::Power => a.checked_pow(u32::try_from(b).ok()?),
    }
}

/// `left op right` of two constants. `None` for durations, which make no constants.
pub(super) fn constant(op: Arithmetic, left: &Literal, right: &Literal) -> Option<Literal> {
    let number = |literal: &Literal| match literal {
        Literal::Int(n) => Some(Number::Int(*n)),
        Literal::Float(n) => Some(Number::Float(*n)),
        _ => None,
    };
    match number(left)?.apply(op, number(right)?)? {
        Number::Int(n) => Some(Literal::Int(n)),
        Number::Float(n) if n.is_finite() => Some(Literal::Float(n)),
        Number::Float(_) | Number::Duration(_) => None,
    }
}

/// `-literal`; what is no number stays, and so does the one int that has no opposite.
pub(super) fn negate(literal: &Literal) -> Literal {
    match literal {
        Literal::Int(n) => Literal::Int(n.checked_neg().unwrap_or(*n)),
        Literal::Duration(n) => Literal::Duration(n.checked_neg().unwrap_or(*n)),
        Literal::Float(n) => Literal::Float(-n),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_stay_ints_and_never_overflow() {
        let int = |n| Number::Int(n);
        assert_eq!(int(7).apply(Arithmetic::Divide, int(2)), Some(int(3)));
        assert_eq!(int(7).apply(Arithmetic::Divide, int(0)), None);
        assert_eq!(int(i64::MIN).apply(Arithmetic::Modulo, int(-1)), None);
        assert_eq!(int(i64::MAX).apply(Arithmetic::Add, int(1)), None);
        assert_eq!(int(2).apply(Arithmetic::Power, int(-1)), None);
        let half = Number::Float(0.5);
        assert_eq!(
            int(7).apply(Arithmetic::Multiply, half),
            Some(Number::Float(3.5))
        );
    }

    #[test]
    fn large_ints_are_ordered_exactly() {
        let big = 9_007_199_254_740_993;
        let order = Number::Int(big).order(Number::Duration(big - 1));
        assert_eq!(order, Some(Ordering::Greater));
        assert_eq!(Number::Float(f64::NAN).order(Number::Int(1)), None);
    }
}
