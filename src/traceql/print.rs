//! Trees back to text: one way to write each, with no parentheses that are not needed.

use std::fmt::{self, Display, Formatter, Write as _};

use super::attribute::{Attribute, Scope};
use super::duration;
use super::lexer::is_name_char;
use super::operator::{Arithmetic, binding};
use super::place::Placed;
use super::tree::{
    Aggregate, Body, Field, FieldExpr, Literal, Metric, MetricFunction, Pipeline, ScalarFilter,
    SecondStage, Series, SetExpr, Stage, Tree,
};

impl Display for Tree {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match &self.body {
            Body::Spans(pipeline) => pipeline.fmt(out)?,
            Body::Metrics(metric) => metric.value.fmt(out)?,
        }
        for (i, hint) in self.hints.iter().enumerate() {
            out.write_str(if i == 0 { " with (" } else { ", " })?;
            write!(out, "{}={}", hint.name.value, hint.value.value)?;
        }
        out.write_str(if self.hints.is_empty() { "" } else { ")" })
    }
}

impl Display for Pipeline {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        separated(out, &self.stages, " | ")
    }
}

/// Items between separators.
fn separated<T: Display>(out: &mut Formatter<'_>, items: &[Placed<T>], by: &str) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        out.write_str(if i == 0 { "" } else { by })?;
        item.value.fmt(out)?;
    }
    Ok(())
}

impl Display for Stage {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spans(set) => set.fmt(out),
            Self::Filter(filter) => filter.fmt(out),
            Self::By(field) => write!(out, "by({})", field.value),
            Self::Coalesce => out.write_str("coalesce()"),
            Self::Select(attributes) => {
                out.write_str("select(")?;
                separated(out, attributes, ", ")?;
                out.write_char(')')
            }
        }
    }
}

impl Display for ScalarFilter {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let op = self.op.symbol();
        write!(out, "{} {op} {}", self.aggregate.value, self.value.value)
    }
}

impl Display for Aggregate {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count => out.write_str("count()"),
            Self::Over(fold, field) => write!(out, "{}({})", fold.name(), field.value),
        }
    }
}

impl Display for SetExpr {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Filter(None) => out.write_str("{ }"),
            Self::Filter(Some(field)) => write!(out, "{{ {} }}", field.value),
            Self::Pipeline(pipeline) => write!(out, "({pipeline})"),
            Self::Operation { op, left, right } => {
                let piped = self.is_piped();
                set_operand(out, left, op.binding(), piped)?;
                write!(out, " {} ", op.symbol())?;
                set_operand(out, right, op.binding() + 1, piped)
            }
        }
    }
}

/// An operand beside an operator; beside a pipeline every other needs parentheses too.
fn set_operand(out: &mut Formatter<'_>, set: &SetExpr, least: u8, piped: bool) -> fmt::Result {
    let loose = matches!(set, SetExpr::Operation { op, .. } if op.binding() < least);
    if loose || (piped && !set.is_piped()) {
        write!(out, "({set})")
    } else {
        set.fmt(out)
    }
}

impl FieldExpr {
    /// How tightly its outermost operator binds.
    fn binding(&self) -> u8 {
        match self {
            Self::Literal(_) | Self::Attribute(_) => binding::ATOM,
            Self::Exists { .. } | Self::Compare(..) => binding::COMPARE,
            Self::Not(_) => binding::NOT,
            Self::Negate(_) => binding::NEGATE,
            Self::Arithmetic(op, ..) => op.binding(),
            Self::Logic(..) => binding::LOGIC,
        }
    }
}

/// A part of a field, in parentheses if it binds looser than `least`.
fn part(out: &mut Formatter<'_>, field: &Field, least: u8) -> fmt::Result {
    if field.value.binding() < least {
        write!(out, "({})", field.value)
    } else {
        field.value.fmt(out)
    }
}

impl Display for FieldExpr {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(literal) => literal.fmt(out),
            Self::Attribute(attribute) => attribute.fmt(out),
            Self::Exists { field, present } => {
                part(out, field, binding::COMPARE)?;
                out.write_str(if *present { " != nil" } else { " = nil" })
            }
            Self::Not(field) => {
                out.write_char('!')?;
                part(out, field, binding::PRODUCT)
            }
            // A sign before a number would belong to the number.
            Self::Negate(field) if matches!(field.value, FieldExpr::Literal(_)) => {
                write!(out, "-({})", field.value)
            }
            Self::Negate(field) => {
                out.write_char('-')?;
                part(out, field, binding::NEGATE)
            }
            Self::Arithmetic(op, left, right) => {
                let (before, after) = sides(op.binding(), *op == Arithmetic::Power);
                part(out, left, before)?;
                write!(out, " {} ", op.symbol())?;
                part(out, right, after)
            }
            Self::Compare(op, left, right) => {
                part(out, left, binding::COMPARE)?;
                write!(out, " {} ", op.symbol())?;
                part(out, right, binding::COMPARE + 1)
            }
            Self::Logic(op, terms) => {
                for (i, term) in terms.iter().enumerate() {
                    if i > 0 {
                        write!(out, " {} ", op.symbol())?;
                    }
                    // `&&` and `||` bind alike: parentheses even where the left needs none.
                    part(out, term, binding::COMPARE)?;
                }
                Ok(())
            }
        }
    }
}

/// What the sides of an operator have to bind at least.
fn sides(binding: u8, to_the_right: bool) -> (u8, u8) {
    if to_the_right {
        (binding + 1, binding)
    } else {
        (binding, binding + 1)
    }
}

impl Display for Attribute {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intrinsic(intrinsic) => out.write_str(&intrinsic.name()),
            Self::Keyed { scope, key } => {
                write!(out, "{}.", scope.name())?;
                let digit = *scope == Scope::Any && key.starts_with(|c: char| c.is_ascii_digit());
                let plain = !key.is_empty() && key.chars().all(|c| is_name_char(c) && c != '"');
                if plain && !digit {
                    return out.write_str(key);
                }
                let escaped = key.replace('\\', "\\\\").replace('"', "\\\"");
                write!(out, "\"{escaped}\"")
            }
        }
    }
}

impl Display for Literal {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nil => out.write_str("nil"),
            Self::Bool(value) => value.fmt(out),
            Self::Text(text) => quoted(out, text),
            Self::Int(n) => n.fmt(out),
            Self::Float(n) => write!(out, "{n:?}"),
            Self::Duration(nanos) => out.write_str(&duration::print(*nanos)),
            Self::Status(status) => out.write_str(status.name()),
            Self::Kind(kind) => out.write_str(kind.name()),
        }
    }
}

/// A string literal; backquotes where they save escapes.
fn quoted(out: &mut Formatter<'_>, text: &str) -> fmt::Result {
    let escapes = text.contains('\\') || text.contains('"');
    if escapes && !text.chars().any(|c| c == '`' || c.is_control()) {
        return write!(out, "`{text}`");
    }
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\t' => out.write_str("\\t")?,
            '\r' => out.write_str("\\r")?,
            c if c.is_control() => write!(out, "\\u{:04x}", c as u32)?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

impl Display for Metric {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(literal) => literal.fmt(out),
            Self::Series(series) => series.fmt(out),
            Self::Operation {
                op,
                left,
                right,
                then,
            } => {
                metric_operand(out, left, op.binding())?;
                write!(out, " {} ", op.symbol())?;
                metric_operand(out, right, op.binding() + 1)?;
                second_stages(out, then)
            }
        }
    }
}

fn metric_operand(out: &mut Formatter<'_>, metric: &Metric, least: u8) -> fmt::Result {
    match metric {
        Metric::Number(literal) => literal.fmt(out),
        Metric::Operation { op, then, .. } if then.is_empty() && op.binding() >= least => {
            metric.fmt(out)
        }
        _ => write!(out, "({metric})"),
    }
}

fn second_stages(out: &mut Formatter<'_>, stages: &[SecondStage]) -> fmt::Result {
    for stage in stages {
        match stage {
            SecondStage::Top(n) => write!(out, " | topk({n})")?,
            SecondStage::Bottom(n) => write!(out, " | bottomk({n})")?,
            SecondStage::Filter(op, value) => write!(out, " {} {value}", op.symbol())?,
        }
    }
    Ok(())
}

impl Display for Series {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        write!(out, "{} | {}", self.pipeline, self.function)?;
        if !self.by.is_empty() {
            out.write_str(" by (")?;
            separated(out, &self.by, ", ")?;
            out.write_char(')')?;
        }
        second_stages(out, &self.then)
    }
}

impl Display for MetricFunction {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rate => out.write_str("rate()"),
            Self::Count => out.write_str("count_over_time()"),
            Self::Over(fold, attribute) => write!(out, "{}_over_time({attribute})", fold.name()),
            Self::Histogram(attribute) => write!(out, "histogram_over_time({attribute})"),
            Self::Quantiles(attribute, quantiles) => {
                write!(out, "quantile_over_time({attribute}")?;
                for quantile in quantiles {
                    write!(out, ", {quantile}")?;
                }
                out.write_char(')')
            }
            Self::Compare {
                selection,
                top,
                window,
            } => {
                let selection = SetExpr::Filter(selection.clone());
                write!(out, "compare({selection}, {top}")?;
                if let Some((start, end)) = window {
                    write!(out, ", {start}, {end}")?;
                }
                out.write_char(')')
            }
        }
    }
}
