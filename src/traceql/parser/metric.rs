//! Series over time: functions, their grouping, and what is done to series afterwards.

use super::Parser;
use super::set::Part;
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::lexer::Token;
use crate::traceql::operator::{Compare, binding};
use crate::traceql::place::{Place, Placed};
use crate::traceql::tree::{Fold, Literal, Metric, MetricFunction, Pipeline, SecondStage, Series};

/// Words that begin a metrics function.
pub(super) const FUNCTIONS: [&str; 9] = [
    "rate",
    "count_over_time",
    "min_over_time",
    "max_over_time",
    "avg_over_time",
    "sum_over_time",
    "quantile_over_time",
    "histogram_over_time",
    "compare",
];

impl Parser<'_> {
    pub(super) fn at_metric_function(&self) -> bool {
        self.word().is_some_and(|word| FUNCTIONS.contains(&word))
    }

    /// A metrics function after its pipeline, with its grouping and second stages.
    pub(super) fn series(&mut self, pipeline: Pipeline) -> Result<Part, QueryError> {
        let start = pipeline
            .stages
            .first()
            .map_or(self.place(), |stage| stage.place);
        let function_place = self.place();
        let function = self.metric_function()?;
        let mut by = Vec::new();
        if self.word() == Some("by") {
            if matches!(function, MetricFunction::Compare { .. }) {
                let message = "compare() takes no by()".to_owned();
                return Err(QueryError::new(self.place(), Fault::Refused(message)));
            }
            self.at += 1;
            self.expect("(")?;
            by = self.attributes()?;
            self.expect(")")?;
        }
        let series = Series {
            pipeline,
            function,
            by,
            then: Vec::new(),
        };
        let mut metric = Placed::new(Metric::Series(series), start.to(function_place));
        self.second_stages(&mut metric)?;
        if matches!(self.sign(), Some("+" | "-" | "*" | "/")) {
            return Err(self
                .unexpected("| topk(n), a comparison, or the end")
                .with_hint("arithmetic wants parentheses: ({ } | rate()) * 60"));
        }
        Ok(Part::Metric(metric))
    }

    fn metric_function(&mut self) -> Result<MetricFunction, QueryError> {
        let token = self.advance();
        let Token::Word(name) = &token.value else {
            return Err(self.unexpected("a metrics function, e.g. rate()"));
        };
        self.expect("(")?;
        let function = match name.as_str() {
            "rate" => MetricFunction::Rate,
            "count_over_time" => MetricFunction::Count,
            "min_over_time" => MetricFunction::Over(Fold::Min, self.attribute()?.value),
            "max_over_time" => MetricFunction::Over(Fold::Max, self.attribute()?.value),
            "avg_over_time" => MetricFunction::Over(Fold::Avg, self.attribute()?.value),
            "sum_over_time" => MetricFunction::Over(Fold::Sum, self.attribute()?.value),
            "histogram_over_time" => MetricFunction::Histogram(self.attribute()?.value),
            "quantile_over_time" => {
                let attribute = self.attribute()?.value;
                MetricFunction::Quantiles(attribute, self.quantiles()?)
            }
            _ => self.comparison()?,
        };
        self.expect(")")?;
        Ok(function)
    }

    fn quantiles(&mut self) -> Result<Vec<f64>, QueryError> {
        let mut quantiles = Vec::new();
        if !self.is_sign(",") {
            return Err(self.unexpected(", and a quantile, e.g. 0.95"));
        }
        while self.accept(",") {
            let (literal, place) = self.literal()?;
            let quantile = match literal {
                Literal::Int(n) => n as f64,
                Literal::Float(n) => n,
                _ => -1.0,
            };
            if !(0.0..=1.0).contains(&quantile) {
                let message = "a quantile is a number from 0 to 1".to_owned();
                return Err(QueryError::new(place, Fault::Type(message)));
            }
            quantiles.push(quantile);
        }
        Ok(quantiles)
    }

    /// What stands in `compare(...)`.
    fn comparison(&mut self) -> Result<MetricFunction, QueryError> {
        let selection = self.filter()?.0.value;
        let mut numbers = Vec::new();
        while self.accept(",") {
            numbers.push(self.natural()?);
        }
        let (top, window) = match numbers.as_slice() {
            [] => (10, None),
            [top] => (*top, None),
            [top, start, end] => (*top, Some((*start, *end))),
            _ => return Err(self.unexpected("compare({ ... }, top, start, end)")),
        };
        Ok(MetricFunction::Compare {
            selection,
            top,
            window,
        })
    }

    fn natural(&mut self) -> Result<u64, QueryError> {
        let Token::Int(n) = self.peek().value else {
            return Err(self.unexpected("a whole number"));
        };
        self.at += 1;
        Ok(n)
    }

    /// `| topk(n)`, `| bottomk(n)` and `op number`, as many as there are.
    pub(super) fn second_stages(&mut self, metric: &mut Placed<Metric>) -> Result<(), QueryError> {
        loop {
            let start = self.place();
            let next = if self.is_sign("|") {
                self.at += 1;
                self.top()?
            } else if let Some(op) = self.comparison_sign() {
                self.at += 1;
                SecondStage::Filter(op, self.number()?.value)
            } else {
                return Ok(());
            };
            push(metric, next, start)?;
        }
    }

    fn comparison_sign(&self) -> Option<Compare> {
        let sign = self.sign()?;
        Compare::ALL
            .into_iter()
            .find(|op| op.symbol() == sign && !op.is_regex())
    }

    fn top(&mut self) -> Result<SecondStage, QueryError> {
        let top = match self.word() {
            Some("topk") => true,
            Some("bottomk") => false,
            _ => return Err(self.unexpected("topk(n) or bottomk(n) after series")),
        };
        self.at += 1;
        self.expect("(")?;
        let place = self.place();
        let n = self.natural()?;
        self.expect(")")?;
        if n == 0 {
            let message = "this keeps no series: 1 is the least".to_owned();
            return Err(QueryError::new(place, Fault::Type(message)));
        }
        Ok(if top {
            SecondStage::Top(n)
        } else {
            SecondStage::Bottom(n)
        })
    }

    /// A number, perhaps computed from others.
    fn number(&mut self) -> Result<Placed<Literal>, QueryError> {
        match self.nested(|parser| parser.climb(binding::SUM))?.0 {
            Part::Number(number) => Ok(number),
            _ => Err(self.unexpected("a number")),
        }
    }
}

fn push(metric: &mut Placed<Metric>, next: SecondStage, place: Place) -> Result<(), QueryError> {
    let message = match &mut metric.value {
        Metric::Series(series) if matches!(series.function, MetricFunction::Compare { .. }) => {
            "nothing can follow compare()"
        }
        Metric::Series(Series { then, .. }) | Metric::Operation { then, .. } => {
            then.push(next);
            return Ok(());
        }
        Metric::Number(_) => "a number has no series",
    };
    Err(QueryError::new(place, Fault::Refused(message.to_owned())))
}
