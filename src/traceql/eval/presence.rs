//! Whether a block can hold a match at all, told by the strings it would need: a question about
//! a rare value goes no further than the few blocks that may have it.

use crate::model::Dictionary;
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::operator::{Compare, Logic};
use crate::traceql::tree::{Field, FieldExpr, Literal};

/// Whether some span of a block may fulfil a condition, as far as the block's strings tell.
/// `false` is certain.
pub fn may_hold(field: &Field, dictionary: &Dictionary) -> bool {
    match &field.value {
        FieldExpr::Logic(Logic::And, terms) => terms.iter().all(|term| may_hold(term, dictionary)),
        FieldExpr::Logic(Logic::Or, terms) => terms.iter().any(|term| may_hold(term, dictionary)),
        FieldExpr::Compare(op, left, right) => match (&left.value, &right.value) {
            (FieldExpr::Attribute(attribute), FieldExpr::Literal(literal))
            | (FieldExpr::Literal(literal), FieldExpr::Attribute(attribute)) => {
                may_compare(*op, attribute, literal, dictionary)
            }
            _ => true,
        },
        _ => true,
    }
}

fn may_compare(
    op: Compare,
    attribute: &Attribute,
    literal: &Literal,
    dictionary: &Dictionary,
) -> bool {
    let value = match (op, literal) {
        (Compare::Equal, Literal::Text(text)) => Some(text),
        _ => None,
    };
    let may_equal = || value.is_none_or(|text| dictionary.may_hold(text));
    match attribute {
        Attribute::Intrinsic(Intrinsic::Name) => may_equal(),
        Attribute::Keyed {
            scope: Scope::Span | Scope::Resource | Scope::Instrumentation | Scope::Any,
            key,
        } => dictionary.may_hold(key) && (dictionary.has_lists() || may_equal()),
        _ => true,
    }
}
