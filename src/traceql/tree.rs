//! The syntax tree of a query, typed, each piece with its place in the text.
//!
//! Its depth is bounded by the parser ([`MAX_DEPTH`]), so that walks of it may recurse.
//! Chains of `&&` and of `||` are lists, for those are what programs write by the thousand.

use crate::model::{Kind, Status};

use super::attribute::Attribute;
use super::operator::{Arithmetic, Compare, Logic, SetOp};
use super::place::Placed;
use super::types::Type;

/// The deepest tree that a query may make.
pub const MAX_DEPTH: usize = 120;

/// A whole query.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// What is asked.
    pub body: Body,
    /// `with (name = literal, ...)`.
    pub hints: Vec<Hint>,
}

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Sets of spans.
    Spans(Pipeline),
    /// Series over time.
    Metrics(Placed<Metric>),
}

/// `name = literal` of a `with`.
#[derive(Debug, Clone, PartialEq)]
pub struct Hint {
    /// Such as `most_recent`.
    pub name: Placed<String>,
    /// Its value.
    pub value: Placed<Literal>,
}

/// Stages, each of which reads what the one before found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pipeline {
    /// At least one.
    pub stages: Vec<Placed<Stage>>,
}

/// One stage of a pipeline.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Spans that fit.
    Spans(SetExpr),
    /// Sets whose aggregate fits.
    Filter(ScalarFilter),
    /// `by(field)`: a set for each value.
    By(Field),
    /// `coalesce()`: one set again.
    Coalesce,
    /// `select(attribute, ...)`: what to bring along.
    Select(Vec<Placed<Attribute>>),
}

/// Sets of spans and how they stand to each other.
#[derive(Debug, Clone, PartialEq)]
pub enum SetExpr {
    /// `{ field }`; `{}` is `None`.
    Filter(Option<Field>),
    /// `(pipeline)` as an operand.
    Pipeline(Pipeline),
    /// `left op right`.
    Operation {
        /// The operator.
        op: SetOp,
        /// Its left side.
        left: Box<Placed<SetExpr>>,
        /// Its right side.
        right: Box<Placed<SetExpr>>,
    },
}

impl SetExpr {
    /// Whether an operand anywhere in it is a pipeline in parentheses.
    pub fn is_piped(&self) -> bool {
        match self {
            Self::Filter(_) => false,
            Self::Pipeline(_) => true,
            Self::Operation { left, right, .. } => left.is_piped() || right.is_piped(),
        }
    }

    /// Levels of operations, without those inside filters.
    pub fn height(&self) -> usize {
        match self {
            Self::Filter(_) => 1,
            Self::Pipeline(pipeline) => {
                let sets = pipeline.stages.iter().map(|stage| match &stage.value {
                    Stage::Spans(set) => set.height(),
                    _ => 1,
                });
                1 + sets.max().unwrap_or(0)
            }
            Self::Operation { left, right, .. } => 1 + left.height().max(right.height()),
        }
    }
}

/// An expression over one span.
pub type Field = Placed<FieldExpr>;

/// What stands in a [`Field`].
#[derive(Debug, Clone, PartialEq)]
pub enum FieldExpr {
    /// A constant.
    Literal(Literal),
    /// Something read from the span.
    Attribute(Attribute),
    /// `field != nil` (`present`) or `field = nil`.
    Exists {
        /// What is looked for.
        field: Box<Field>,
        /// Whether it has to be there, or not to.
        present: bool,
    },
    /// `!field`.
    Not(Box<Field>),
    /// `-field`.
    Negate(Box<Field>),
    /// `left op right` over numbers.
    Arithmetic(Arithmetic, Box<Field>, Box<Field>),
    /// `left op right` that is true or false. The right side of a regex is a string literal.
    Compare(Compare, Box<Field>, Box<Field>),
    /// Two or more terms, none of them with the same operator again.
    Logic(Logic, Vec<Field>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `nil`.
    Nil,
    /// `true`, `false`.
    Bool(bool),
    /// A string.
    Text(String),
    /// An integer.
    Int(i64),
    /// A double, finite.
    Float(f64),
    /// A duration in nanoseconds.
    Duration(i64),
    /// `ok`, `error`, `unset`.
    Status(Status),
    /// `server`, `client`, ...
    Kind(Kind),
}

impl Literal {
    /// Its type.
    pub fn value_type(&self) -> Type {
        match self {
            Self::Nil => Type::Nil,
            Self::Bool(_) => Type::Bool,
            Self::Text(_) => Type::Text,
            Self::Int(_) => Type::Int,
            Self::Float(_) => Type::Float,
            Self::Duration(_) => Type::Duration,
            Self::Status(_) => Type::Status,
            Self::Kind(_) => Type::Kind,
        }
    }
}

impl Tree {
    /// `{ field }`, or `{ }`.
    pub fn of_filter(field: Option<Field>) -> Self {
        let stage = Placed::unwritten(Stage::Spans(SetExpr::Filter(field)));
        Self {
            body: Body::Spans(Pipeline {
                stages: vec![stage],
            }),
            hints: Vec::new(),
        }
    }
}

impl FieldExpr {
    /// `attribute op literal`, written nowhere.
    pub fn comparison(attribute: Attribute, op: Compare, literal: Literal) -> Field {
        let left = Box::new(Placed::unwritten(Self::Attribute(attribute)));
        let right = Box::new(Placed::unwritten(Self::Literal(literal)));
        Placed::unwritten(Self::Compare(op, left, right))
    }

    /// All of some terms; `None` of none.
    pub fn all_of(terms: impl IntoIterator<Item = Field>) -> Option<Field> {
        let both = |left, right| Placed::unwritten(Self::logic(Logic::And, left, right));
        terms.into_iter().reduce(both)
    }

    /// `left op right`; equal operators on either side become one list.
    pub fn logic(op: Logic, left: Field, right: Field) -> Self {
        let mut terms = Vec::new();
        for side in [left, right] {
            match side.value {
                Self::Logic(inner, more) if inner == op => terms.extend(more),
                value => terms.push(Placed::new(value, side.place)),
            }
        }
        Self::Logic(op, terms)
    }

    /// The smaller expressions that it is made of.
    pub fn children(&self) -> Vec<&Field> {
        match self {
            Self::Literal(_) | Self::Attribute(_) => Vec::new(),
            Self::Exists { field, .. } | Self::Not(field) | Self::Negate(field) => vec![field],
            Self::Arithmetic(_, left, right) | Self::Compare(_, left, right) => vec![left, right],
            Self::Logic(_, terms) => terms.iter().collect(),
        }
    }

    /// All attributes that it reads.
    pub fn attributes(&self) -> Vec<&Attribute> {
        match self {
            Self::Attribute(attribute) => vec![attribute],
            other => other
                .children()
                .into_iter()
                .flat_map(|child| child.attributes())
                .collect(),
        }
    }
}

/// A number made from a set of spans.
#[derive(Debug, Clone, PartialEq)]
pub enum Aggregate {
    /// `count()`.
    Count,
    /// `min(field)`, `max(field)`, `avg(field)`, `sum(field)`.
    Over(Fold, Field),
}

/// How the values of an aggregate become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named as written")]
pub enum Fold {
    Min,
    Max,
    Avg,
    Sum,
}

impl Fold {
    /// As written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Min => "min",
            Self::Max => "max",
            Self::Avg => "avg",
            Self::Sum => "sum",
        }
    }
}

/// `aggregate op constant`, the one comparison of aggregates that servers run.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalarFilter {
    /// The left side.
    pub aggregate: Placed<Aggregate>,
    /// The operator, no regex.
    pub op: Compare,
    /// The right side, a number; computed, if it was an expression.
    pub value: Placed<Literal>,
}

/// An expression over series.
#[derive(Debug, Clone, PartialEq)]
pub enum Metric {
    /// `pipeline | function() by (...)` and its second stages.
    Series(Series),
    /// `left op right`, series by series.
    Operation {
        /// One of `+ - * /`.
        op: Arithmetic,
        /// Its left side.
        left: Box<Placed<Metric>>,
        /// Its right side.
        right: Box<Placed<Metric>>,
        /// Applied to the result.
        then: Vec<SecondStage>,
    },
    /// A number beside series.
    Number(Literal),
}

impl Metric {
    /// Levels of operations.
    pub fn height(&self) -> usize {
        match self {
            Self::Series(_) | Self::Number(_) => 1,
            Self::Operation { left, right, .. } => 1 + left.height().max(right.height()),
        }
    }
}

/// `pipeline | function() by (...)` and its second stages.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Where the spans come from.
    pub pipeline: Pipeline,
    /// What is computed in each step of time.
    pub function: MetricFunction,
    /// A series for each value of these.
    pub by: Vec<Placed<Attribute>>,
    /// Applied to the series.
    pub then: Vec<SecondStage>,
}

/// What a metrics query computes.
#[derive(Debug, Clone, PartialEq)]
pub enum MetricFunction {
    /// `rate()`: spans a second.
    Rate,
    /// `count_over_time()`.
    Count,
    /// `min_over_time(attribute)` and its like.
    Over(Fold, Attribute),
    /// `quantile_over_time(attribute, q, ...)`, each q in 0..=1.
    Quantiles(Attribute, Vec<f64>),
    /// `histogram_over_time(attribute)`.
    Histogram(Attribute),
    /// `compare({selection}, top, start, end)`; times in nanoseconds since the epoch.
    Compare {
        /// The spans to compare with the rest.
        selection: Option<Field>,
        /// How many values to keep for each attribute.
        top: u64,
        /// The window of the selection, if narrower.
        window: Option<(u64, u64)>,
    },
}

/// What is done to series afterwards.
#[derive(Debug, Clone, PartialEq)]
pub enum SecondStage {
    /// `topk(n)`.
    Top(u64),
    /// `bottomk(n)`.
    Bottom(u64),
    /// `op number`.
    Filter(Compare, Literal),
}
