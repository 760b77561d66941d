//! Queries made of other queries: what `x` and `a` add.

use crate::traceql::operator::{Compare, Logic};
use crate::traceql::tree::{Body, Field, FieldExpr, Literal, SetExpr, Stage, Tree};
use crate::traceql::{self, Attribute, Intrinsic, Placed};

/// `intrinsic op "text"`.
pub fn text(intrinsic: Intrinsic, op: Compare, text: &str) -> Field {
    FieldExpr::comparison(
        Attribute::Intrinsic(intrinsic),
        op,
        Literal::Text(text.to_owned()),
    )
}

/// The query for spans to which all terms apply.
pub fn all(terms: Vec<Field>) -> String {
    Tree::of_filter(FieldExpr::all_of(terms)).to_string()
}

/// The query for spans to which one term applies.
pub fn query_of(term: Field) -> String {
    all(vec![term])
}

/// The query, and the term too. Inside its braces if it is one set of them, else beside it.
pub fn narrowed(query: &str, term: Field) -> String {
    match only_filter(query) {
        Some(SetExpr::Filter(None)) => all(vec![term]),
        Some(SetExpr::Filter(Some(filter))) => {
            let both = Placed::unwritten(FieldExpr::logic(Logic::And, filter, term));
            Tree::of_filter(Some(both)).to_string()
        }
        _ => format!("({query}) && ({})", all(vec![term])),
    }
}

/// The set of a query that is one stage and nothing more.
fn only_filter(query: &str) -> Option<SetExpr> {
    let tree = traceql::parse(query)
        .ok()
        .filter(|tree| tree.hints.is_empty())?;
    let Body::Spans(pipeline) = tree.body else {
        return None;
    };
    let mut stages = pipeline.stages.into_iter();
    match (stages.next().map(|stage| stage.value), stages.next()) {
        (Some(Stage::Spans(set)), None) => Some(set),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_added_inside_or_beside() {
        let term = || text(Intrinsic::RootService, Compare::NotEqual, "x");
        let alone = narrowed("{ }", term());
        let inside = narrowed("{ status = error }", term());
        let beside = narrowed("{ status = error } | count() > 2", term());
        assert_eq!(inside, alone.replace("{ ", "{ status = error && "));
        assert_eq!(
            beside,
            format!("({{ status = error }} | count() > 2) && ({alone})")
        );
        for query in [alone, inside, beside] {
            assert!(traceql::parse(&query).is_ok(), "{query}");
        }
    }
}
