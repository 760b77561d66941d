//! Trees at random: they read back from what they print, and no text is too strange.

use proptest::prelude::*;

use crate::model::{Kind, Status};
use crate::traceql::operator::{Arithmetic, Compare, Logic, SetOp};
use crate::traceql::place::Placed;
use crate::traceql::tree::{
    Aggregate, Body, Field, FieldExpr, Fold, Hint, Literal, Pipeline, ScalarFilter, SetExpr, Stage,
    Tree,
};
use crate::traceql::{Attribute, Intrinsic, Scope, parse};

fn unwritten<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Placed<T>> {
    of.prop_map(Placed::unwritten)
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let intrinsics: Vec<Intrinsic> = Intrinsic::all().collect();
    let scopes = [
        Scope::Any,
        Scope::Span,
        Scope::Resource,
        Scope::Event,
        Scope::Link,
    ];
    prop_oneof![
        proptest::sample::select(intrinsics).prop_map(Attribute::Intrinsic),
        (
            proptest::sample::select(scopes.to_vec()),
            "\\PC{1,6}|[a-z.\"\\\\ =]{1,8}"
        )
            .prop_map(|(scope, key)| Attribute::Keyed { scope, key }),
    ]
}

fn number() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<i64>().prop_map(Literal::Int),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(Literal::Float),
        (-i64::MAX..i64::MAX).prop_map(Literal::Duration),
    ]
}

/// Something true or false that passes the type checks.
fn condition() -> impl Strategy<Value = Field> {
    let numeric = prop_oneof![number().prop_map(FieldExpr::Literal), untyped()];
    let numeric = unwritten(numeric).prop_recursive(3, 8, 2, |inner| {
        let ops = [
            Arithmetic::Add,
            Arithmetic::Subtract,
            Arithmetic::Multiply,
            Arithmetic::Divide,
            Arithmetic::Modulo,
            Arithmetic::Power,
        ];
        unwritten(prop_oneof![
            inner
                .clone()
                .prop_map(|field| FieldExpr::Negate(Box::new(field))),
            (proptest::sample::select(ops.to_vec()), inner.clone(), inner).prop_map(
                |(op, left, right)| FieldExpr::Arithmetic(op, Box::new(left), Box::new(right))
            ),
        ])
    });
    let orders = proptest::sample::select(Compare::ALL[..6].to_vec());
    let compared = (orders, numeric.clone(), numeric)
        .prop_map(|(op, left, right)| FieldExpr::Compare(op, Box::new(left), Box::new(right)));
    let text = ("\\PC{0,8}", untyped()).prop_map(|(text, left)| {
        let text = FieldExpr::Literal(Literal::Text(text));
        FieldExpr::Compare(
            Compare::Equal,
            Box::new(Placed::unwritten(left)),
            Box::new(Placed::unwritten(text)),
        )
    });
    let fixed = prop_oneof![
        Just(FieldExpr::Literal(Literal::Bool(true))),
        Just(equal(Intrinsic::Status, Literal::Status(Status::Error))),
        Just(equal(Intrinsic::Kind, Literal::Kind(Kind::Producer))),
        (untyped(), any::<bool>()).prop_map(|(field, present)| FieldExpr::Exists {
            field: Box::new(Placed::unwritten(field)),
            present,
        }),
    ];
    unwritten(prop_oneof![compared, text, fixed]).prop_recursive(4, 24, 4, |inner| {
        unwritten(prop_oneof![
            inner
                .clone()
                .prop_map(|field| FieldExpr::Not(Box::new(field))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| FieldExpr::logic(Logic::And, a, b)),
            (inner.clone(), inner).prop_map(|(a, b)| FieldExpr::logic(Logic::Or, a, b)),
        ])
    })
}

fn equal(intrinsic: Intrinsic, literal: Literal) -> FieldExpr {
    FieldExpr::Compare(
        Compare::Equal,
        Box::new(Placed::unwritten(FieldExpr::Attribute(
            Attribute::Intrinsic(intrinsic),
        ))),
        Box::new(Placed::unwritten(FieldExpr::Literal(literal))),
    )
}

/// An attribute whose type only the data knows.
fn untyped() -> impl Strategy<Value = FieldExpr> + Clone {
    "[a-z][a-z0-9._-]{0,8}|\\PC{1,4}"
        .prop_map(|key| FieldExpr::Attribute(Attribute::keyed(Scope::Any, key)))
        .boxed()
}

fn set() -> impl Strategy<Value = SetExpr> {
    let ops: Vec<SetOp> = SetOp::all().collect();
    let leaf = proptest::option::of(condition()).prop_map(SetExpr::Filter);
    leaf.prop_recursive(3, 8, 2, move |inner| {
        (proptest::sample::select(ops.clone()), inner.clone(), inner).prop_map(
            |(op, left, right)| SetExpr::Operation {
                op,
                left: Box::new(Placed::unwritten(left)),
                right: Box::new(Placed::unwritten(right)),
            },
        )
    })
}

fn stage() -> impl Strategy<Value = Stage> {
    let folds = proptest::sample::select(vec![Fold::Min, Fold::Max, Fold::Avg, Fold::Sum]);
    let aggregate = prop_oneof![
        Just(Aggregate::Count),
        (folds, unwritten(untyped())).prop_map(|(fold, field)| Aggregate::Over(fold, field)),
    ];
    let orders = proptest::sample::select(Compare::ALL[..6].to_vec());
    prop_oneof![
        proptest::option::of(condition()).prop_map(|field| Stage::Spans(SetExpr::Filter(field))),
        (unwritten(aggregate), orders, unwritten(number())).prop_map(|(aggregate, op, value)| {
            Stage::Filter(ScalarFilter {
                aggregate,
                op,
                value,
            })
        }),
        unwritten(untyped()).prop_map(Stage::By),
        Just(Stage::Coalesce),
        proptest::collection::vec(unwritten(attribute()), 1..4).prop_map(Stage::Select),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    let rest = proptest::collection::vec(unwritten(stage()), 0..4);
    (unwritten(set().prop_map(Stage::Spans)), rest, any::<bool>()).prop_map(
        |(first, rest, hint)| {
            let stages = std::iter::once(first).chain(rest).collect();
            let hint = hint.then(|| Hint {
                name: Placed::unwritten("most_recent".to_owned()),
                value: Placed::unwritten(Literal::Bool(true)),
            });
            Tree {
                body: Body::Spans(Pipeline { stages }),
                hints: hint.into_iter().collect(),
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_printed_tree_reads_back(tree in tree()) {
        let text = tree.to_string();
        match parse(&text) {
            Ok(again) => prop_assert_eq!(again, tree, "{}", text),
            Err(error) => prop_assert!(false, "{}", error.render(&text)),
        }
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,40}|[{}()|&<>=~!.a1\"`' /*+^,:-]{0,40}") {
        if let Err(error) = parse(&text) {
            prop_assert!(error.place.start <= error.place.end && error.place.end <= text.len());
            error.render(&text);
        }
    }

    #[test]
    fn nor_is_any_cut_of_a_query(tree in tree(), at in any::<prop::sample::Index>()) {
        let text = tree.to_string();
        let at = (0..=at.index(text.len() + 1)).rev().find(|&at| text.is_char_boundary(at));
        let cut = text.get(..at.unwrap_or(0)).unwrap_or("");
        if let Err(error) = parse(cut) {
            error.render(cut);
        }
    }
}
