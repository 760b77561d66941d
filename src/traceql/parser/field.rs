//! Expressions over one span.

use super::{Grown, Parser, above};
use crate::model::{Kind, Status};
use crate::traceql::attribute::Intrinsic;
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::lexer::Token;
use crate::traceql::operator::{Arithmetic, Compare, Logic, binding};
use crate::traceql::place::{Place, Placed};
use crate::traceql::suggest;
use crate::traceql::tree::{Field, FieldExpr, Literal};
use crate::traceql::types::Type;

/// A word that is a constant.
const CONSTANTS: [&str; 14] = [
    "true",
    "false",
    "nil",
    "ok",
    "error",
    "unset",
    "unspecified",
    "internal",
    "server",
    "client",
    "producer",
    "consumer",
    "minInt",
    "maxInt",
];

/// An operator between two fields.
#[derive(Clone, Copy)]
enum Between {
    Logic(Logic),
    Compare(Compare),
    Arithmetic(Arithmetic),
}

impl Between {
    fn from_sign(sign: &str) -> Option<Self> {
        let op = match sign {
            "&&" => Self::Logic(Logic::And),
            "||" => Self::Logic(Logic::Or),
            "+" => Self::Arithmetic(Arithmetic::Add),
            "-" => Self::Arithmetic(Arithmetic::Subtract),
            "*" => Self::Arithmetic(Arithmetic::Multiply),
            "/" => Self::Arithmetic(Arithmetic::Divide),
            "%" => Self::Arithmetic(Arithmetic::Modulo),
            "^" => Self::Arithmetic(Arithmetic::Power),
            _ => Self::Compare(Compare::ALL.into_iter().find(|op| op.symbol() == sign)?),
        };
        Some(op)
    }

    fn binding(self) -> u8 {
        match self {
            Self::Logic(_) => binding::LOGIC,
            Self::Compare(_) => binding::COMPARE,
            Self::Arithmetic(op) => op.binding(),
        }
    }

    /// What the right side has to bind at least: more than this one, but for `^`.
    fn right(self) -> u8 {
        match self {
            Self::Arithmetic(Arithmetic::Power) => binding::POWER,
            other => other.binding() + 1,
        }
    }

    fn join(self, left: Field, right: Field) -> Field {
        let place = left.place.to(right.place);
        let expr = match self {
            Self::Logic(op) => FieldExpr::logic(op, left, right),
            Self::Arithmetic(op) => FieldExpr::Arithmetic(op, Box::new(left), Box::new(right)),
            Self::Compare(op) => compare(op, left, right),
        };
        Placed::new(expr, place)
    }
}

/// `left op right`; beside `nil`, `=` and `!=` ask whether something is there.
fn compare(op: Compare, left: Field, right: Field) -> FieldExpr {
    let is_nil = |field: &Field| field.value == FieldExpr::Literal(Literal::Nil);
    let equality = matches!(op, Compare::Equal | Compare::NotEqual);
    let present = op == Compare::NotEqual;
    match (is_nil(&left), is_nil(&right)) {
        (true, true) if equality => FieldExpr::Literal(Literal::Bool(false)),
        (true, false) if equality => FieldExpr::Exists {
            field: Box::new(right),
            present,
        },
        (false, true) if equality => FieldExpr::Exists {
            field: Box::new(left),
            present,
        },
        _ => FieldExpr::Compare(op, Box::new(left), Box::new(right)),
    }
}

impl Parser<'_> {
    /// `{ field }` or `{}`.
    pub(super) fn filter(&mut self) -> Grown<Placed<Option<Field>>> {
        let start = self.expect("{")?;
        if self.is_sign("}") {
            let end = self.advance().place;
            return Ok((Placed::new(None, start.to(end)), 1));
        }
        let (field, height) = self.nested(|parser| parser.field(0))?;
        if !self.is_sign("}") {
            return Err(self.after_field(&field));
        }
        let end = self.advance().place;
        Ok((Placed::new(Some(field), start.to(end)), height + 1))
    }

    /// What is missing after a field that goes on with neither an operator nor `}`.
    fn after_field(&self, field: &Field) -> QueryError {
        if matches!(
            self.sign(),
            Some(">>" | "<<" | "!>" | "!<" | "!>>" | "!<<" | "~" | "&>" | "&<")
        ) {
            return self
                .unexpected("&&, || or }")
                .with_hint("structural operators stand between sets: { ... } >> { ... }");
        }
        let mut last = field;
        while let FieldExpr::Logic(_, terms) = &last.value {
            let Some(term) = terms.last() else { break };
            last = term;
        }
        let FieldExpr::Attribute(attribute) = &last.value else {
            return self.unexpected("&&, || or }");
        };
        let example = match attribute.value_type() {
            Type::Status => "= error",
            Type::Kind => "= server",
            Type::Duration => "> 100ms",
            Type::Text => "= \"...\"",
            _ => "= 500",
        };
        self.unexpected(format!("a comparison after {attribute}, e.g. {example}"))
    }

    /// An expression whose operators bind at least as tight as `least`.
    pub(super) fn field(&mut self, least: u8) -> Grown<Field> {
        let (mut left, mut height) = self.operand()?;
        while let Some(op) = self.sign().and_then(Between::from_sign) {
            if op.binding() < least {
                break;
            }
            self.at += 1;
            let (right, beside) = self.nested(|parser| parser.field(op.right()))?;
            let flat = matches!((op, &left.value), (Between::Logic(op), FieldExpr::Logic(before, _)) if op == *before);
            // A term more in a list makes it no higher.
            height = above(height - usize::from(flat), beside, right.place)?;
            left = op.join(left, right);
        }
        Ok((left, height))
    }

    fn operand(&mut self) -> Grown<Field> {
        let start = self.place();
        if self.accept("(") {
            let (field, height) = self.nested(|parser| parser.field(0))?;
            if !self.is_sign(")") {
                return Err(self.unexpected("&&, || or )"));
            }
            let end = self.advance().place;
            return Ok((Placed::new(field.value, start.to(end)), height));
        }
        if self.accept("!") {
            let (field, height) = self.nested(|parser| parser.field(binding::PRODUCT))?;
            let place = start.to(field.place);
            let height = above(height, 0, place)?;
            return Ok((Placed::new(FieldExpr::Not(Box::new(field)), place), height));
        }
        if self.is_sign("-") && !self.number_follows() {
            self.at += 1;
            let (field, height) = self.nested(|parser| parser.field(binding::NEGATE))?;
            let place = start.to(field.place);
            let height = above(height, 0, place)?;
            return Ok((
                Placed::new(FieldExpr::Negate(Box::new(field)), place),
                height,
            ));
        }
        let expr = match &self.peek().value {
            Token::Word(word) if CONSTANTS.contains(&word.as_str()) => self.constant_field()?,
            Token::Key(..) | Token::Scoped(..) | Token::Word(_) => {
                let attribute = self.attribute()?;
                Placed::new(FieldExpr::Attribute(attribute.value), attribute.place)
            }
            _ => self.constant_field()?,
        };
        Ok((expr, 1))
    }

    fn constant_field(&mut self) -> Result<Field, QueryError> {
        let (literal, place) = self.literal()?;
        Ok(Placed::new(FieldExpr::Literal(literal), place))
    }

    fn number_follows(&self) -> bool {
        matches!(
            self.second().value,
            Token::Int(_) | Token::Float(_) | Token::Duration(_)
        )
    }

    /// A constant; the sign before a number belongs to it.
    pub(super) fn literal(&mut self) -> Result<(Literal, Place), QueryError> {
        let start = self.place();
        let negative = self.is_sign("-") && self.number_follows();
        self.at += usize::from(negative);
        let token = self.peek().clone();
        let place = start.to(token.place);
        let literal = match token.value {
            Token::Text(text) => Literal::Text(text),
            Token::Int(n) => Literal::Int(signed(n, negative).ok_or_else(|| {
                let message = format!("{n} is too large an int: the largest is {}", i64::MAX);
                QueryError::new(place, Fault::Literal(message))
            })?),
            Token::Float(n) => Literal::Float(if negative { -n } else { n }),
            Token::Duration(n) => Literal::Duration(if negative { -n } else { n }),
            Token::Word(word) => {
                let Some(literal) = constant(&word) else {
                    return Err(unknown_word(&word, place));
                };
                literal
            }
            _ => {
                return Err(self.unexpected(
                    "a value or an attribute, e.g. 500, \"text\", 100ms, span.http.route",
                ));
            }
        };
        self.at += 1;
        Ok((literal, place))
    }
}

/// A word that is neither intrinsic nor constant here.
pub(super) fn unknown_word(word: &str, place: Place) -> QueryError {
    if word == "parent" {
        let message = "the parent cannot be asked for".to_owned();
        return QueryError::new(place, Fault::Refused(message))
            .with_hint("ask for two spans, { ... } > { ... }, or span:parentID");
    }
    let fault = Fault::Unknown {
        what: "word",
        word: word.to_owned(),
    };
    let error = QueryError::new(place, fault);
    if super::set::AGGREGATES.contains(&word) || word == "by" || word == "select" {
        return error.with_hint(format!(
            "{word}() is a stage of its own: {{ ... }} | {word}(...)"
        ));
    }
    let names: Vec<String> = Intrinsic::all().flat_map(Intrinsic::names).collect();
    let known = names.iter().map(String::as_str).chain(CONSTANTS);
    match suggest::nearest(word, known) {
        Some(near) => error.with_hint(format!("did you mean {near}, or the attribute .{word}")),
        None => error.with_hint(format!(
            "an attribute is written .{word}, a string \"{word}\""
        )),
    }
}

fn signed(n: u64, negative: bool) -> Option<i64> {
    if negative {
        return 0_i64.checked_sub_unsigned(n);
    }
    i64::try_from(n).ok()
}

fn constant(word: &str) -> Option<Literal> {
    let literal = match word {
        "true" => Literal::Bool(true),
        "false" => Literal::Bool(false),
        "nil" => Literal::Nil,
        "ok" => Literal::Status(Status::Ok),
        "error" => Literal::Status(Status::Error),
        "unset" => Literal::Status(Status::Unset),
        "unspecified" => Literal::Kind(Kind::Unspecified),
        "internal" => Literal::Kind(Kind::Internal),
        "server" => Literal::Kind(Kind::Server),
        "client" => Literal::Kind(Kind::Client),
        "producer" => Literal::Kind(Kind::Producer),
        "consumer" => Literal::Kind(Kind::Consumer),
        "minInt" => Literal::Int(i64::MIN),
        "maxInt" => Literal::Int(i64::MAX),
        _ => return None,
    };
    Some(literal)
}
