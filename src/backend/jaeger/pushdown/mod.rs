//! What of a query Jaeger can evaluate itself.
//!
//! Jaeger finds traces by *one span* that has a service, an operation, tags and a duration. A
//! query is therefore cut down to alternatives of that form such that every matching trace has
//! a span that fits one of them; the query itself is evaluated here, on what comes back.

use std::collections::BTreeMap;

use crate::backend::Pushdown;
use crate::model::{Kind, Status};
use crate::text::{Charset, duration};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::operator::{Compare, Keep, Logic, SetOp};
use crate::traceql::tree::{Body, Field, FieldExpr, Literal, Pipeline, SetExpr, Stage, Tree};

/// Alternatives beyond this are not asked one by one.
const MOST_ALTERNATIVES: usize = 8;

/// One search as Jaeger's form can express it; empty parts do not restrict it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub service: Option<String>,
    /// A pattern for the whole name of the service, which Jaeger does not know: it narrows the
    /// services that are asked for.
    pub service_pattern: Option<String>,
    pub operation: Option<String>,
    /// Nanoseconds.
    pub min_duration: Option<u64>,
    /// Nanoseconds.
    pub max_duration: Option<u64>,
    pub tags: BTreeMap<String, String>,
}

/// The forms whose answers together hold every trace that matches a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub forms: Vec<Form>,
    /// Whether the forms say all that the query says of spans.
    exact: bool,
    query: String,
}

/// Terms that one span has to meet, all of them.
type Terms<'t> = Vec<&'t Field>;

impl Plan {
    /// The plan for a query; `with_tags` says whether the server takes tags.
    pub(super) fn of(tree: &Tree, with_tags: bool) -> Self {
        let alternatives = match &tree.body {
            Body::Spans(pipeline) => of_pipeline(pipeline),
            Body::Metrics(_) => anything(),
        };
        let mut exact = is_one_filter(tree);
        let forms = alternatives.iter().map(|terms| {
            let mut form = Form::default();
            for term in terms {
                let pushed = form.push(term, with_tags);
                exact &= pushed;
            }
            form
        });
        let mut forms: Vec<Form> = forms.collect();
        if forms.contains(&Form::default()) {
            exact &= alternatives.iter().all(Vec::is_empty);
            forms = vec![Form::default()];
        }
        Self {
            forms,
            exact,
            query: tree.to_string(),
        }
    }

    /// Whether every span that fits a form matches the query.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    /// The plan in words.
    pub(super) fn in_words(&self) -> Pushdown {
        let pushed = self
            .forms
            .iter()
            .map(Form::in_words)
            .filter(|words| !words.is_empty())
            .collect();
        let local = if self.exact {
            Vec::new()
        } else {
            vec![self.query.clone()]
        };
        Pushdown { pushed, local }
    }
}

/// Whether a query is nothing but a condition on one span.
fn is_one_filter(tree: &Tree) -> bool {
    let Body::Spans(pipeline) = &tree.body else {
        return false;
    };
    let [stage] = pipeline.stages.as_slice() else {
        return false;
    };
    matches!(stage.value, Stage::Spans(SetExpr::Filter(_)))
}

fn anything<'t>() -> Vec<Terms<'t>> {
    vec![Vec::new()]
}

fn of_pipeline(pipeline: &Pipeline) -> Vec<Terms<'_>> {
    match pipeline.stages.first().map(|stage| &stage.value) {
        Some(Stage::Spans(set)) => of_set(set),
        _ => anything(),
    }
}

fn of_set(set: &SetExpr) -> Vec<Terms<'_>> {
    match set {
        SetExpr::Filter(None) => anything(),
        SetExpr::Filter(Some(field)) => of_field(field),
        SetExpr::Pipeline(pipeline) => of_pipeline(pipeline),
        SetExpr::Operation { op, left, right } => match op {
            SetOp::Logic(Logic::Or) => either(of_set(left), of_set(right)),
            SetOp::Structural(Keep::RightWithout, _) => of_set(right),
            SetOp::Logic(Logic::And) | SetOp::Structural(..) => {
                narrower(of_set(left), of_set(right))
            }
        },
    }
}

/// Both have to be met, but by two spans: the one that says more is asked for.
fn narrower<'t>(left: Vec<Terms<'t>>, right: Vec<Terms<'t>>) -> Vec<Terms<'t>> {
    let weight = |alternatives: &[Terms<'_>]| {
        let least = alternatives.iter().map(|terms| {
            let mut form = Form::default();
            terms.iter().filter(|term| form.push(term, true)).count()
                + usize::from(form.service.is_some()) * 2
        });
        least.min().unwrap_or(0)
    };
    if weight(&left) >= weight(&right) {
        left
    } else {
        right
    }
}

fn either<'t>(mut left: Vec<Terms<'t>>, right: Vec<Terms<'t>>) -> Vec<Terms<'t>> {
    left.extend(right);
    if left.len() > MOST_ALTERNATIVES {
        anything()
    } else {
        left
    }
}

/// Alternatives of terms; a term that is none of `&&` and `||` stands as it is.
fn of_field(field: &Field) -> Vec<Terms<'_>> {
    match &field.value {
        FieldExpr::Logic(Logic::Or, terms) => terms.iter().map(of_field).fold(Vec::new(), either),
        FieldExpr::Logic(Logic::And, terms) => terms.iter().map(of_field).fold(anything(), both),
        _ => vec![vec![field]],
    }
}

/// Each of the one with each of the other. What would become too many is left to evaluate here.
fn both<'t>(left: Vec<Terms<'t>>, right: Vec<Terms<'t>>) -> Vec<Terms<'t>> {
    if left.len() * right.len() > MOST_ALTERNATIVES {
        return narrower(left, right);
    }
    let pairs = left.iter().flat_map(|one| {
        right
            .iter()
            .map(move |other| [one.as_slice(), other].concat())
    });
    pairs.collect()
}

impl Form {
    /// Adds a term, if Jaeger can evaluate it. It may let more spans pass than the term does,
    /// never fewer.
    fn push(&mut self, term: &Field, with_tags: bool) -> bool {
        let FieldExpr::Compare(op, left, right) = &term.value else {
            return false;
        };
        let (op, attribute, literal) = match (&left.value, &right.value) {
            (FieldExpr::Attribute(attribute), FieldExpr::Literal(literal)) => {
                (*op, attribute, literal)
            }
            (FieldExpr::Literal(literal), FieldExpr::Attribute(attribute)) => {
                (op.flipped(), attribute, literal)
            }
            _ => return false,
        };
        match attribute {
            Attribute::Intrinsic(intrinsic) => {
                self.push_intrinsic(*intrinsic, op, literal, with_tags)
            }
            Attribute::Keyed { scope, key }
                if key == "service.name" && matches!(scope, Scope::Resource | Scope::Any) =>
            {
                self.push_service(op, literal)
            }
            Attribute::Keyed { scope, key } if with_tags && op == Compare::Equal => {
                self.push_tag(*scope, key, literal)
            }
            Attribute::Keyed { .. } => false,
        }
    }

    fn push_intrinsic(
        &mut self,
        intrinsic: Intrinsic,
        op: Compare,
        literal: &Literal,
        with_tags: bool,
    ) -> bool {
        match (intrinsic, op, literal) {
            (Intrinsic::Name, Compare::Equal, Literal::Text(name)) => {
                set(&mut self.operation, name)
            }
            (Intrinsic::Duration, _, Literal::Duration(nanos) | Literal::Int(nanos)) => {
                self.push_duration(op, *nanos)
            }
            (Intrinsic::Status, Compare::Equal, Literal::Status(Status::Error)) if with_tags => {
                self.set_tag("error", "true")
            }
            (Intrinsic::Kind, Compare::Equal, Literal::Kind(kind))
                if with_tags && *kind != Kind::Unspecified =>
            {
                self.set_tag("span.kind", kind.name())
            }
            _ => false,
        }
    }

    /// Jaeger's bounds are inclusive, and its servers count in microseconds.
    fn push_duration(&mut self, op: Compare, nanos: i64) -> bool {
        let Ok(nanos) = u64::try_from(nanos) else {
            return false;
        };
        let (at_least, at_most) = match op {
            Compare::Equal => (true, true),
            Compare::Greater | Compare::GreaterEqual => (true, false),
            Compare::Less | Compare::LessEqual => (false, true),
            _ => return false,
        };
        if at_least {
            let floor = nanos / 1000 * 1000;
            self.min_duration = Some(self.min_duration.map_or(floor, |min| min.max(floor)));
        }
        if at_most {
            let ceiling = nanos.div_ceil(1000).max(1) * 1000;
            self.max_duration = Some(self.max_duration.map_or(ceiling, |max| max.min(ceiling)));
        }
        true
    }

    fn push_service(&mut self, op: Compare, literal: &Literal) -> bool {
        match (op, literal) {
            (Compare::Equal, Literal::Text(name)) if !name.is_empty() => {
                set(&mut self.service, name)
            }
            (Compare::Matches, Literal::Text(pattern)) => set(&mut self.service_pattern, pattern),
            _ => false,
        }
    }

    /// Jaeger looks for a tag in span, resource and events alike, by its text.
    fn push_tag(&mut self, scope: Scope, key: &str, literal: &Literal) -> bool {
        let special = matches!(key, "error" | "span.kind" | "span.status")
            || key.starts_with("scope.")
            || key.starts_with("resource.");
        let value = match literal {
            Literal::Text(text) if !text.is_empty() => text.clone(),
            Literal::Int(value) => value.to_string(),
            Literal::Bool(value) => value.to_string(),
            _ => return false,
        };
        match scope {
            Scope::Tag => self.set_tag(key, &value),
            Scope::Any | Scope::Span | Scope::Resource | Scope::Event if !special => {
                self.set_tag(key, &value)
            }
            _ => false,
        }
    }

    fn set_tag(&mut self, key: &str, value: &str) -> bool {
        self.tags
            .entry(key.to_owned())
            .or_insert_with(|| value.to_owned())
            == value
    }

    fn in_words(&self) -> String {
        let nanos = |nanos: &u64| duration(*nanos, Charset::Unicode);
        let mut words = Vec::new();
        words.extend(self.service.iter().map(|name| format!("service {name}")));
        words.extend(
            self.service_pattern
                .iter()
                .map(|pattern| format!("services like {pattern}")),
        );
        words.extend(
            self.operation
                .iter()
                .map(|name| format!("operation {name}")),
        );
        words.extend(
            self.min_duration
                .iter()
                .map(|min| format!("duration from {}", nanos(min))),
        );
        words.extend(
            self.max_duration
                .iter()
                .map(|max| format!("duration to {}", nanos(max))),
        );
        words.extend(
            self.tags
                .iter()
                .map(|(key, value)| format!("tag {key}={value}")),
        );
        words.join(", ")
    }
}

fn set(slot: &mut Option<String>, value: &str) -> bool {
    slot.get_or_insert_with(|| value.to_owned()) == value
}

#[cfg(test)]
mod tests;
