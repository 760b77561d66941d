//! Type checks: what Tempo refuses when it validates a query, with what to write instead.

use super::attribute::{Attribute, Intrinsic, Scope};
use super::duration;
use super::error::{Fault, QueryError};
use super::operator::Compare;
use super::pattern;
use super::place::Placed;
use super::tree::{
    Aggregate, Body, Field, FieldExpr, Literal, Metric, MetricFunction, Pipeline, SetExpr, Stage,
    Tree,
};
use super::types::Type;
use crate::model::Kind;

type Checked<T = ()> = Result<T, QueryError>;

/// Checks the types of a whole query.
///
/// # Errors
/// The first mismatch, with its place.
pub(super) fn tree(tree: &Tree) -> Checked {
    match &tree.body {
        Body::Spans(stages) => pipeline(stages),
        Body::Metrics(query) => metric(query),
    }
}

fn metric(query: &Placed<Metric>) -> Checked {
    match &query.value {
        Metric::Number(_) => Ok(()),
        Metric::Operation { left, right, .. } => {
            for side in [left, right] {
                if let Metric::Series(series) = &side.value
                    && matches!(series.function, MetricFunction::Compare { .. })
                {
                    let message = "compare() stands alone".to_owned();
                    return Err(QueryError::new(side.place, Fault::Refused(message)));
                }
                metric(side)?;
            }
            Ok(())
        }
        Metric::Series(series) => {
            pipeline(&series.pipeline)?;
            match &series.function {
                MetricFunction::Compare {
                    selection: Some(field),
                    ..
                } => filter(field),
                _ => Ok(()),
            }
        }
    }
}

fn pipeline(pipeline: &Pipeline) -> Checked {
    let mut grouped = false;
    for stage in &pipeline.stages {
        match &stage.value {
            Stage::Spans(expr) => set(expr, grouped, stage)?,
            Stage::Filter(filter) => aggregate(&filter.aggregate)?,
            Stage::By(expr) => {
                field(expr)?;
                reads_span(expr, "by()")?;
                grouped = true;
            }
            Stage::Coalesce => grouped = false,
            Stage::Select(_) => {}
        }
    }
    Ok(())
}

fn set(expr: &SetExpr, grouped: bool, stage: &Placed<Stage>) -> Checked {
    match expr {
        SetExpr::Filter(None) => Ok(()),
        SetExpr::Filter(Some(field)) => filter(field),
        SetExpr::Pipeline(inner) => pipeline(inner),
        SetExpr::Operation { op, .. } if grouped && op.structural().is_some() => {
            let message = format!("{} cannot follow by(): there are many sets", op.symbol());
            let error = QueryError::new(stage.place, Fault::Refused(message));
            Err(error.with_hint("put | coalesce() between them"))
        }
        SetExpr::Operation { left, right, .. } => {
            set(left, grouped, stage)?;
            set(right, grouped, stage)
        }
    }
}

fn filter(expr: &Field) -> Checked {
    let found = field(expr)?;
    if matches!(found, Type::Any | Type::Bool) {
        return Ok(());
    }
    let message = format!(
        "{{ }} wants something true or false, this is {}",
        found.phrase()
    );
    let error = QueryError::new(expr.place, Fault::Type(message));
    Err(match &expr.value {
        FieldExpr::Literal(Literal::Status(_)) => {
            error.with_hint(format!("write status = {}", expr.value))
        }
        FieldExpr::Literal(Literal::Kind(_)) => {
            error.with_hint(format!("write kind = {}", expr.value))
        }
        FieldExpr::Literal(Literal::Text(_)) => {
            error.with_hint(format!("write name = {}", expr.value))
        }
        _ => error,
    })
}

fn aggregate(aggregate: &Placed<Aggregate>) -> Checked {
    let Aggregate::Over(fold, expr) = &aggregate.value else {
        return Ok(());
    };
    let found = field(expr)?;
    if found != Type::Any && !found.is_number() {
        let message = format!(
            "{}() wants numbers, this is {}",
            fold.name(),
            found.phrase()
        );
        return Err(QueryError::new(expr.place, Fault::Type(message)));
    }
    reads_span(expr, &format!("{}()", fold.name()))
}

fn reads_span(expr: &Field, stage: &str) -> Checked {
    if !expr.attributes().is_empty() {
        return Ok(());
    }
    let message = format!("{stage} wants something that differs between spans");
    Err(QueryError::new(expr.place, Fault::Type(message)))
}

/// The type of an expression whose parts fit each other.
fn field(expr: &Field) -> Checked<Type> {
    match &expr.value {
        FieldExpr::Literal(literal) => Ok(literal.value_type()),
        FieldExpr::Attribute(attribute) => Ok(attribute.value_type()),
        FieldExpr::Exists {
            field: inner,
            present,
        } => {
            field(inner)?;
            if !present {
                may_be_missing(inner)?;
            }
            Ok(Type::Bool)
        }
        FieldExpr::Not(inner) => operand(inner, "!", |t| t == Type::Bool),
        FieldExpr::Negate(inner) => operand(inner, "-", Type::is_number),
        FieldExpr::Arithmetic(op, left, right) => {
            let left = operand(left, op.symbol(), Type::is_number)?;
            let right = operand(right, op.symbol(), Type::is_number)?;
            Ok(if left == Type::Any { right } else { left })
        }
        FieldExpr::Logic(op, terms) => {
            for term in terms {
                operand(term, op.symbol(), |t| t == Type::Bool)?;
            }
            Ok(Type::Bool)
        }
        FieldExpr::Compare(op, left, right) => {
            compare(*op, expr, left, right)?;
            Ok(Type::Bool)
        }
    }
}

fn operand(expr: &Field, op: &str, fits: impl Fn(Type) -> bool) -> Checked<Type> {
    let found = field(expr)?;
    if found == Type::Any || fits(found) {
        return Ok(found);
    }
    let message = format!("{op} does not take {}", found.phrase());
    let error = QueryError::new(expr.place, Fault::Type(message));
    match (&expr.value, op) {
        (FieldExpr::Attribute(_), "!") => {
            Err(error.with_hint("put the comparison in parentheses: !(... = ...)"))
        }
        _ => Err(error),
    }
}

fn may_be_missing(expr: &Field) -> Checked {
    let FieldExpr::Attribute(attribute) = &expr.value else {
        return Ok(());
    };
    if matches!(attribute, Attribute::Intrinsic(_)) || *attribute == Attribute::service() {
        let message = format!("{attribute} is never nil");
        return Err(QueryError::new(expr.place, Fault::Type(message)));
    }
    Ok(())
}

fn compare(op: Compare, whole: &Field, left: &Field, right: &Field) -> Checked {
    let types = (field(left)?, field(right)?);
    tags_by_text(op, whole, left, right)?;
    if op.is_regex() {
        return regex(op, whole, left, right, types.0);
    }
    if types.0.meets(types.1) && op.takes(types.0) && op.takes(types.1) {
        return Ok(());
    }
    let error = QueryError::new(
        whole.place,
        Fault::Mismatch {
            op: op.symbol().to_owned(),
            left: types.0.phrase().to_owned(),
            right: types.1.phrase().to_owned(),
        },
    );
    Err(match remedy(op, left, right) {
        Some(remedy) => error.with_hint(format!("write {remedy}")),
        None => error,
    })
}

fn regex(op: Compare, whole: &Field, left: &Field, right: &Field, found: Type) -> Checked {
    let FieldExpr::Literal(Literal::Text(text)) = &right.value else {
        let message = format!(
            "the right side of {} is a string that is written out",
            op.symbol()
        );
        return Err(QueryError::new(right.place, Fault::Type(message)));
    };
    if !found.meets(Type::Text) || found == Type::Nil {
        let message = format!(
            "{} matches strings, the left side is {}",
            op.symbol(),
            found.phrase()
        );
        return Err(QueryError::new(
            whole.place.to(left.place),
            Fault::Type(message),
        ));
    }
    pattern::compile(text).map_err(|cause| QueryError::new(right.place, Fault::Regex(cause)))?;
    Ok(())
}

/// A tag is compared as text, by equality or pattern, with a constant.
fn tags_by_text(op: Compare, whole: &Field, left: &Field, right: &Field) -> Checked {
    let is_tag = |field: &Field| {
        matches!(
            &field.value,
            FieldExpr::Attribute(Attribute::Keyed {
                scope: Scope::Tag,
                ..
            })
        )
    };
    if !is_tag(left) && !is_tag(right) {
        return Ok(());
    }
    let ordered = !op.is_regex() && !matches!(op, Compare::Equal | Compare::NotEqual);
    let constant = matches!(right.value, FieldExpr::Literal(_));
    if is_tag(left) && constant && !ordered {
        return Ok(());
    }
    let message = "a tag is compared as text with a constant, by = != =~ !~".to_owned();
    let error = QueryError::new(whole.place, Fault::Type(message));
    Err(error.with_hint("span. and resource. compare by value"))
}

/// What was meant by comparing an intrinsic with a constant of another type.
fn remedy(op: Compare, left: &Field, right: &Field) -> Option<String> {
    let ((FieldExpr::Attribute(attribute), FieldExpr::Literal(literal))
    | (FieldExpr::Literal(literal), FieldExpr::Attribute(attribute))) = (&left.value, &right.value)
    else {
        return None;
    };
    let op = op.symbol();
    match (attribute.value_type(), literal) {
        (Type::Status, Literal::Text(text))
            if ["ok", "error", "unset"].contains(&text.as_str()) =>
        {
            Some(format!("{attribute} {op} {text}"))
        }
        (Type::Status, Literal::Kind(kind)) => Some(format!("kind {op} {}", Literal::Kind(*kind))),
        (Type::Kind, Literal::Text(text)) => {
            let kind = Kind::from_name(text)?;
            Some(format!("{attribute} {op} {}", kind.name()))
        }
        (Type::Duration, Literal::Text(text)) if duration::parse(text).is_some() => {
            Some(format!("{attribute} {op} {text}"))
        }
        (Type::Int, Literal::Text(text)) if text.parse::<i64>().is_ok() => {
            Some(format!("{attribute} {op} {text}"))
        }
        (Type::Text, Literal::Status(status))
            if *attribute == Attribute::Intrinsic(Intrinsic::Name) =>
        {
            Some(format!("status {op} {}", Literal::Status(*status)))
        }
        (Type::Text, literal) => {
            let text = Literal::Text(literal.to_string());
            Some(format!("{attribute} {op} {text}"))
        }
        _ => None,
    }
}
