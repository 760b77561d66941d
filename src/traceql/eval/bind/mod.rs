//! Expressions compiled for one block: see [`Test`].

mod leaf;

use super::expr::binds;
use super::test::{Test, With};
use crate::model::{Block, Value};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::operator::Logic;
use crate::traceql::place::Placed;
use crate::traceql::tree::{Field, FieldExpr, Literal};
use leaf::Condition;

/// Compiles expressions for one block.
#[derive(Clone, Copy)]
pub struct Binder<'a> {
    /// The block.
    pub block: &'a Block,
    /// What conditions are compiled with.
    pub with: With<'a>,
    /// What to put for a condition on the trace that cannot be decided from the block: `Some`
    /// when looking for candidates, which may be too many but never too few; then it is the
    /// truth that lets a span pass. `None` when the trace is known.
    pub unknown: Option<bool>,
}

impl Binder<'_> {
    /// An expression that is true or false.
    pub fn test(self, field: &Field) -> Test {
        match &field.value {
            FieldExpr::Literal(literal) => Test::Always(*literal == Literal::Bool(true)),
            FieldExpr::Attribute(attribute) => self.flag(field, attribute, true),
            FieldExpr::Not(inner) => self.denial(field, inner),
            FieldExpr::Logic(Logic::And, terms) => self.all(terms),
            FieldExpr::Logic(Logic::Or, terms) => {
                any(terms.iter().map(|term| self.test(term)).collect())
            }
            FieldExpr::Exists {
                field: inner,
                present,
            } => self.exists(field, inner, *present),
            FieldExpr::Compare(op, left, right) => match (&left.value, &right.value) {
                (FieldExpr::Attribute(attribute), FieldExpr::Literal(literal)) => {
                    self.leaf(field, attribute, Condition { op: *op, literal })
                }
                (FieldExpr::Literal(literal), FieldExpr::Attribute(attribute))
                    if !op.is_regex() =>
                {
                    let op = op.flipped();
                    self.leaf(field, attribute, Condition { op, literal })
                }
                _ => self.read(field),
            },
            FieldExpr::Negate(_) | FieldExpr::Arithmetic(..) => Test::Always(false),
        }
    }

    /// `field`, read as it is written, on rows that can fulfil it.
    fn read(self, field: &Field) -> Test {
        let beyond = field
            .attributes()
            .iter()
            .any(|attribute| needs_trace(attribute));
        match self.unknown {
            Some(passes) if beyond => Test::Always(passes),
            _ => Test::Read(Box::new(field.clone())),
        }
    }

    /// An attribute alone, or `!` before it: whether it is the boolean `wanted`.
    fn flag(self, whole: &Field, attribute: &Attribute, wanted: bool) -> Test {
        match attribute {
            Attribute::Keyed {
                scope: scope @ (Scope::Event | Scope::Link),
                ..
            } => self.element(whole, *scope),
            Attribute::Keyed {
                scope: Scope::Tag, ..
            }
            | Attribute::Intrinsic(_) => self.read(whole),
            Attribute::Keyed { scope, key } => {
                self.keyed(*scope, key, None, &|value| value == Value::Bool(wanted))
            }
        }
    }

    fn denial(self, whole: &Field, inner: &Field) -> Test {
        let elements = [Scope::Event, Scope::Link];
        if elements.into_iter().any(|scope| binds(inner, scope)) {
            return self.read(whole);
        }
        match &inner.value {
            FieldExpr::Attribute(attribute) => self.flag(whole, attribute, false),
            FieldExpr::Compare(..) | FieldExpr::Exists { .. } | FieldExpr::Logic(..) => {
                let flipped = Self {
                    unknown: self.unknown.map(|passes| !passes),
                    ..self
                };
                not(flipped.test(inner))
            }
            FieldExpr::Literal(literal) => Test::Always(*literal == Literal::Bool(false)),
            FieldExpr::Not(_) | FieldExpr::Negate(_) | FieldExpr::Arithmetic(..) => {
                self.read(whole)
            }
        }
    }

    /// All of some terms; those on events or links have to hold of one event, one link.
    fn all(self, terms: &[Field]) -> Test {
        let reads = |term: &&Field| {
            [Scope::Event, Scope::Link]
                .into_iter()
                .any(|scope| binds(term, scope))
        };
        let (elements, plain): (Vec<&Field>, Vec<&Field>) = terms.iter().partition(reads);
        let mut tests: Vec<Test> = plain.into_iter().map(|term| self.test(term)).collect();
        match elements.as_slice() {
            [] => {}
            [one] => tests.push(self.test(one)),
            several => {
                for scope in [Scope::Event, Scope::Link] {
                    if several.iter().any(|term| wants_element(term, scope)) {
                        tests.push(Test::Rows(self.rows_with(scope)));
                    }
                }
                let terms = several.iter().map(|&term| term.clone()).collect();
                tests.push(self.read(&Placed::unwritten(FieldExpr::Logic(Logic::And, terms))));
            }
        }
        all(tests)
    }

    fn exists(self, whole: &Field, inner: &Field, present: bool) -> Test {
        let FieldExpr::Attribute(attribute) = &inner.value else {
            return self.read(whole);
        };
        let Attribute::Keyed { scope, key } = attribute else {
            return self.read(whole);
        };
        if matches!(scope, Scope::Event | Scope::Link | Scope::Tag) {
            return self.read(whole);
        }
        let test = self.keyed(*scope, key, None, &|value| value != Value::Empty);
        if present { test } else { not(test) }
    }
}

/// Whether an attribute is a property of the trace or of the tree.
pub fn needs_trace(attribute: &Attribute) -> bool {
    needs_facts(attribute) || needs_tree(attribute)
}

/// Whether an attribute is a property of the trace as a whole.
pub fn needs_facts(attribute: &Attribute) -> bool {
    use Intrinsic::{RootName, RootService, TraceDuration};
    matches!(
        attribute,
        Attribute::Intrinsic(TraceDuration | RootName | RootService)
    )
}

/// Whether an attribute is a property of the span's place in the tree.
pub fn needs_tree(attribute: &Attribute) -> bool {
    use Intrinsic::{ChildCount, NestedSetLeft, NestedSetParent, NestedSetRight};
    let tree = [ChildCount, NestedSetLeft, NestedSetRight, NestedSetParent];
    matches!(attribute, Attribute::Intrinsic(intrinsic) if tree.contains(intrinsic))
}

/// Whether a term is false where there is no event (or link).
fn wants_element(term: &Field, scope: Scope) -> bool {
    let FieldExpr::Compare(_, left, right) = &term.value else {
        return false;
    };
    [left, right].into_iter().any(|side| match &side.value {
        FieldExpr::Attribute(attribute) => attribute.element_scope() == Some(scope),
        _ => false,
    })
}

fn not(test: Test) -> Test {
    match test {
        Test::Always(truth) => Test::Always(!truth),
        Test::Not(inner) => *inner,
        other => Test::Not(Box::new(other)),
    }
}

/// All of some tests.
fn all(tests: Vec<Test>) -> Test {
    joined(tests, true, Test::All)
}

/// Any of some tests.
fn any(tests: Vec<Test>) -> Test {
    joined(tests, false, Test::Any)
}

/// Some tests as one, cheap ones first. One that is always `neutral` changes nothing, one that
/// never is decides.
fn joined(mut tests: Vec<Test>, neutral: bool, join: fn(Vec<Test>) -> Test) -> Test {
    let always = |test: &Test, truth: bool| matches!(test, Test::Always(this) if *this == truth);
    tests.retain(|test| !always(test, neutral));
    if tests.iter().any(|test| always(test, !neutral)) {
        return Test::Always(!neutral);
    }
    tests.sort_by_key(Test::cost);
    match tests.pop() {
        None => Test::Always(neutral),
        Some(only) if tests.is_empty() => only,
        Some(last) => {
            tests.push(last);
            join(tests)
        }
    }
}
