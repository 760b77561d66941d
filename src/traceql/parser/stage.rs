//! Pipelines: stages joined by `|`, and the attributes that some of them name.

use super::set::{self, Part};
use super::{Parser, field, metric};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::lexer::Token;
use crate::traceql::place::{Place, Placed};
use crate::traceql::suggest;
use crate::traceql::tree::{Pipeline, Stage};

impl Parser<'_> {
    /// The body of a query, or what stands in parentheses: an expression, or stages.
    pub(super) fn sequence(&mut self) -> Result<Part, QueryError> {
        let part = match self.word() {
            Some("coalesce") => {
                let error = self.unexpected("a set of spans, { ... }, before coalesce()");
                return Err(error);
            }
            Some("by" | "select") => Part::Pipeline(Pipeline {
                stages: vec![self.stage()?],
            }),
            _ => self.nested(Self::expression)?,
        };
        if let Part::Metric(mut metric) = part {
            self.second_stages(&mut metric)?;
            return Ok(Part::Metric(metric));
        }
        if !self.is_sign("|") {
            return Ok(part);
        }
        let mut pipeline = self.pipeline_to_extend(part)?;
        while self.accept("|") {
            if self.at_metric_function() {
                return self.series(pipeline);
            }
            pipeline.stages.push(self.stage()?);
        }
        Ok(Part::Pipeline(pipeline))
    }

    /// A pipeline that a `|` may follow.
    fn pipeline_to_extend(&self, part: Part) -> Result<Pipeline, QueryError> {
        let wrapped = match &part {
            Part::Set(set) => set.piped,
            Part::Wrapped(_) => true,
            _ => false,
        };
        if wrapped {
            let message = "no further stage can follow a pipeline in parentheses";
            let fault = Fault::Refused(message.to_owned());
            return Err(QueryError::new(self.place(), fault).with_hint("take the parentheses away"));
        }
        self.pipeline_of(part)
    }

    /// What a body or a pair of parentheses may hold, as a pipeline.
    pub(super) fn pipeline_of(&self, part: Part) -> Result<Pipeline, QueryError> {
        let stage = match part {
            Part::Pipeline(pipeline) => return Ok(pipeline),
            Part::Wrapped(pipeline) => return Ok(pipeline.value),
            Part::Set(set) => Placed::new(Stage::Spans(set.expr.value), set.expr.place),
            Part::Filter(filter) => {
                let place = filter.aggregate.place.to(filter.value.place);
                Placed::new(Stage::Filter(filter), place)
            }
            Part::Aggregate(aggregate) => {
                return Err(
                    self.unexpected(format!("a comparison after {}, e.g. > 1", aggregate.value))
                );
            }
            Part::Number(..) => return Err(self.unexpected("a set of spans, { ... }")),
            Part::Metric(metric) => {
                let fault = Fault::Refused("series cannot be searched".to_owned());
                return Err(QueryError::new(metric.place, fault));
            }
        };
        Ok(Pipeline {
            stages: vec![stage],
        })
    }

    /// One stage after a `|`, or a first one that begins with a word.
    fn stage(&mut self) -> Result<Placed<Stage>, QueryError> {
        let start = self.place();
        let stage = match self.word() {
            Some("by") => {
                self.at += 1;
                self.expect("(")?;
                let field = self.nested(|parser| parser.field(0))?.0;
                Stage::By(field)
            }
            Some("coalesce") => {
                self.at += 1;
                self.expect("(")?;
                Stage::Coalesce
            }
            Some("select") => {
                self.at += 1;
                self.expect("(")?;
                Stage::Select(self.attributes()?)
            }
            Some(word) if !set::AGGREGATES.contains(&word) => {
                return Err(unknown_stage(start, word));
            }
            _ => {
                let part = self.nested(Self::expression)?;
                let mut pipeline = self.pipeline_to_extend(part)?;
                return pipeline
                    .stages
                    .pop()
                    .ok_or_else(|| self.unexpected("a stage"));
            }
        };
        let end = self.expect(")")?;
        Ok(Placed::new(stage, start.to(end)))
    }

    pub(super) fn attributes(&mut self) -> Result<Vec<Placed<Attribute>>, QueryError> {
        let mut attributes = vec![self.attribute()?];
        while self.accept(",") {
            attributes.push(self.attribute()?);
        }
        Ok(attributes)
    }

    pub(super) fn attribute(&mut self) -> Result<Placed<Attribute>, QueryError> {
        let token = self.peek().clone();
        let attribute = match token.value {
            Token::Key(scope, key) => Attribute::Keyed { scope, key },
            Token::Scoped(scope, name) => {
                Attribute::Intrinsic(scoped_intrinsic(&scope, &name, token.place)?)
            }
            Token::Word(word) => match Intrinsic::from_bare(&word) {
                Some(intrinsic) => Attribute::Intrinsic(intrinsic),
                None => return Err(field::unknown_word(&word, token.place)),
            },
            _ => return Err(self.unexpected("an attribute, e.g. span.http.route or name")),
        };
        self.at += 1;
        Ok(Placed::new(attribute, token.place))
    }
}

pub(super) fn unknown_stage(place: Place, word: &str) -> QueryError {
    if matches!(word, "topk" | "bottomk") {
        let message = format!("{word} needs series: it follows rate() and its like");
        return QueryError::new(place, Fault::Refused(message));
    }
    let known = ["by", "select", "coalesce"]
        .into_iter()
        .chain(set::AGGREGATES)
        .chain(metric::FUNCTIONS);
    let near = suggest::nearest(word, known);
    let fault = Fault::Unknown {
        what: "stage",
        word: word.to_owned(),
    };
    let error = QueryError::new(place, fault);
    match near {
        Some(near) => error.with_hint(format!("did you mean {near}")),
        None => error.with_hint("stages are { ... }, count() > 1, by(), select(), coalesce()"),
    }
}

/// `scope:name` or why there is no such thing.
fn scoped_intrinsic(scope: &str, name: &str, place: Place) -> Result<Intrinsic, QueryError> {
    Intrinsic::from_scoped(scope, name).ok_or_else(|| {
        let written = format!("{scope}:{name}");
        let known: Vec<String> = Intrinsic::all().flat_map(Intrinsic::names).collect();
        let elsewhere = known.iter().find(|known| {
            known
                .split_once(':')
                .is_some_and(|(_, other)| other == name)
        });
        let near = elsewhere
            .map(String::as_str)
            .or_else(|| suggest::nearest(&written, known.iter().map(String::as_str)));
        let hint = match (near, Scope::from_name(scope)) {
            (Some(near), _) => format!("did you mean {near}"),
            (None, Some(scope)) => format!("an attribute is written {}.{name}", scope.name()),
            (None, None) => format!("an attribute is written .{name}"),
        };
        let fault = Fault::Unknown {
            what: "intrinsic",
            word: written,
        };
        QueryError::new(place, fault).with_hint(hint)
    })
}
