//! Jaeger's search form, as a way to write TraceQL. Form and query edit one tree: what the form
//! writes, it reads back.

use super::attribute::{Attribute, Intrinsic, Scope};
use super::eval::tag_text;
use super::operator::{Compare, Logic};
use super::tree::{Body, Field, FieldExpr, Literal, Pipeline, SetExpr, Stage, Tree};
use crate::model::{Nanos, Time};

/// The fields of the search form. Empty texts and `None` mean any.
///
/// All conditions but those on the trace have to hold of one span, as in Jaeger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// Tags: key and value as text, as [`logfmt`](super::logfmt) reads and writes them.
    pub tags: Vec<(String, String)>,
    /// How long the span lasts.
    pub span: Lasts,
    /// How long the trace lasts.
    pub trace: Lasts,
    /// When. No part of the query's text.
    pub when: When,
    /// How many traces at most. No part of the query's text.
    pub limit: usize,
}

/// Bounds of a duration, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lasts {
    /// At least this.
    pub at_least: Option<Nanos>,
    /// At most this.
    pub at_most: Option<Nanos>,
}

/// The time that a search covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// All there is.
    Always,
    /// Up to now, from this long ago.
    Last(Nanos),
    /// From one instant to another.
    Between(Time, Time),
}

/// The lookbacks that Jaeger's form offers.
pub const LOOKBACKS: [&str; 16] = [
    "5m", "15m", "30m", "1h", "2h", "3h", "6h", "12h", "24h", "2d", "3d", "5d", "7d", "2w", "3w",
    "4w",
];

impl Default for Form {
    /// Anything in the last hour, 20 traces.
    fn default() -> Self {
        Self {
            service: String::new(),
            operation: String::new(),
            tags: Vec::new(),
            span: Lasts::default(),
            trace: Lasts::default(),
            when: When::Last(Nanos(3_600_000_000_000)),
            limit: 20,
        }
    }
}

impl Form {
    /// The query that the form stands for.
    pub fn to_tree(&self) -> Tree {
        let mut terms = Vec::new();
        let text = |text: &str| Literal::Text(text.to_owned());
        if !self.service.is_empty() {
            terms.push(FieldExpr::comparison(
                Attribute::service(),
                Compare::Equal,
                text(&self.service),
            ));
        }
        if !self.operation.is_empty() {
            let name = Attribute::Intrinsic(Intrinsic::Name);
            terms.push(FieldExpr::comparison(
                name,
                Compare::Equal,
                text(&self.operation),
            ));
        }
        for (key, value) in &self.tags {
            let tag = Attribute::keyed(Scope::Tag, key.as_str());
            terms.push(FieldExpr::comparison(tag, Compare::Equal, text(value)));
        }
        let bounds = [
            (Intrinsic::Duration, self.span),
            (Intrinsic::TraceDuration, self.trace),
        ];
        for (intrinsic, lasts) in bounds {
            let ends = [
                (Compare::GreaterEqual, lasts.at_least),
                (Compare::LessEqual, lasts.at_most),
            ];
            for (op, nanos) in ends {
                terms.extend(nanos.map(|nanos| {
                    let nanos = i64::try_from(nanos.0).unwrap_or(i64::MAX);
                    FieldExpr::comparison(
                        Attribute::Intrinsic(intrinsic),
                        op,
                        Literal::Duration(nanos),
                    )
                }));
            }
        }
        Tree::of_filter(FieldExpr::all_of(terms))
    }

    /// This form with what a query says in place of its own fields; time and limit stay.
    /// `None` if the query says something that no form can.
    pub fn with_tree(&self, tree: &Tree) -> Option<Self> {
        let Body::Spans(Pipeline { stages }) = &tree.body else {
            return None;
        };
        let ([stage], true) = (stages.as_slice(), tree.hints.is_empty()) else {
            return None;
        };
        let Stage::Spans(SetExpr::Filter(field)) = &stage.value else {
            return None;
        };
        let mut form = Self {
            when: self.when,
            limit: self.limit,
            ..Self::default()
        };
        let terms = match field {
            None => Vec::new(),
            Some(field) => match &field.value {
                FieldExpr::Logic(Logic::And, terms) => terms.iter().collect(),
                _ => vec![field],
            },
        };
        for term in terms {
            form.take(term)?;
        }
        Some(form)
    }

    /// Puts one condition into its field, if there is an empty one for it.
    fn take(&mut self, term: &Field) -> Option<()> {
        let FieldExpr::Compare(op, left, right) = &term.value else {
            return None;
        };
        let (FieldExpr::Attribute(attribute), FieldExpr::Literal(literal)) =
            (&left.value, &right.value)
        else {
            return None;
        };
        match (attribute, op) {
            (
                Attribute::Keyed {
                    scope: Scope::Tag,
                    key,
                },
                Compare::Equal,
            ) => {
                self.tags.push((key.clone(), tag_text(literal)));
                Some(())
            }
            (Attribute::Intrinsic(Intrinsic::Name), Compare::Equal) => {
                fill(&mut self.operation, literal)
            }
            (attribute, Compare::Equal) if *attribute == Attribute::service() => {
                fill(&mut self.service, literal)
            }
            (Attribute::Intrinsic(Intrinsic::Duration), op) => bound(&mut self.span, *op, literal),
            (Attribute::Intrinsic(Intrinsic::TraceDuration), op) => {
                bound(&mut self.trace, *op, literal)
            }
            _ => None,
        }
    }
}

fn fill(field: &mut String, literal: &Literal) -> Option<()> {
    let Literal::Text(text) = literal else {
        return None;
    };
    if text.is_empty() || !field.is_empty() {
        return None;
    }
    field.clone_from(text);
    Some(())
}

fn bound(lasts: &mut Lasts, op: Compare, literal: &Literal) -> Option<()> {
    let (Literal::Duration(nanos) | Literal::Int(nanos)) = literal else {
        return None;
    };
    let nanos = Nanos(u64::try_from(*nanos).ok()?);
    let end = match op {
        Compare::GreaterEqual => &mut lasts.at_least,
        Compare::LessEqual => &mut lasts.at_most,
        _ => return None,
    };
    end.is_none().then(|| *end = Some(nanos))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::traceql::{logfmt, parse};

    #[test]
    fn the_form_writes_what_it_reads() {
        let form = Form {
            service: "frontend".into(),
            operation: "HTTP GET /dispatch".into(),
            tags: logfmt::parse(r#"error http.status_code=500 k="a b""#).unwrap(),
            span: Lasts {
                at_least: Some(Nanos::from_millis(500)),
                at_most: None,
            },
            trace: Lasts {
                at_least: None,
                at_most: Some(Nanos::from_millis(90_000)),
            },
            ..Form::default()
        };
        let text = form.to_tree().to_string();
        assert_eq!(
            text,
            "{ resource.service.name = \"frontend\" && name = \"HTTP GET /dispatch\" && tag.error = \"true\" \
             && tag.http.status_code = \"500\" && tag.k = \"a b\" && duration >= 500ms && trace:duration <= 90s }"
        );
        assert_eq!(
            Form::default().with_tree(&parse(&text).unwrap()),
            Some(form)
        );
        let empty = Form::default().to_tree();
        assert_eq!(empty.to_string(), "{ }");
    }

    #[test]
    fn what_no_form_can_say_is_none() {
        let queries = [
            "{ status = error }",
            "{ duration > 1s }",
            "{ duration >= 1s && duration >= 2s }",
            "{ name = \"a\" || name = \"b\" }",
            "{ name != \"a\" }",
            "{ name = \"a\" } | count() > 1",
            "{ } > { }",
            "{ } with (most_recent=true)",
            "{ resource.service.name = \"\" }",
            "{ } | rate()",
        ];
        for query in queries {
            assert_eq!(
                Form::default().with_tree(&parse(query).unwrap()),
                None,
                "{query}"
            );
        }
        let tree = parse("{ (tag.n = 5 && duration <= 1s) && name = \"a\" }").unwrap();
        let form = Form::default().with_tree(&tree).unwrap();
        assert_eq!(
            (form.operation.as_str(), logfmt::print(&form.tags)),
            ("a", "n=5".to_owned())
        );
    }

    proptest! {
        #[test]
        fn any_form_reads_back(
            service in "\\PC{0,6}",
            operation in "\\PC{0,6}",
            tags in proptest::collection::vec(("\\PC{1,6}", "\\PC{0,6}"), 0..3),
            nanos in proptest::collection::vec(proptest::option::of(0..i64::MAX as u64), 4),
        ) {
            let lasts = |from: usize| Lasts {
                at_least: nanos[from].map(Nanos),
                at_most: nanos[from + 1].map(Nanos),
            };
            let form = Form { service, operation, tags, span: lasts(0), trace: lasts(2), ..Form::default() };
            let tree = parse(&form.to_tree().to_string()).unwrap();
            prop_assert_eq!(Form::default().with_tree(&tree), Some(form));
        }
    }
}
