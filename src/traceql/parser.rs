//! Tokens to tree: pipelines and their stages. Fields, sets and metrics have files of their own.
//!
//! Operators are read by precedence climbing; every descent is counted and refused beyond
//! [`MAX_DEPTH`], and so is a tree that grows deeper to the left.

mod field;
mod metric;
mod set;

use super::attribute::{Attribute, Intrinsic, Scope};
use super::check;
use super::error::{Fault, QueryError};
use super::lexer::{self, Token};
use super::place::{Place, Placed};
use super::suggest;
use super::tree::{Body, Hint, MAX_DEPTH, Pipeline, Stage, Tree};
use set::Part;

/// The longest query, in KiB; Tempo's limit.
const MAX_KIB: usize = 128;

/// Reads and type-checks a query.
///
/// # Errors
/// The first fault, with its place. What Tempo refuses is refused.
pub fn parse(text: &str) -> Result<Tree, QueryError> {
    let mut parser = Parser::new(text)?;
    let tree = parser.query();
    // The lexer's fault ends the tokens: it counts unless something before it is wrong.
    match (tree, parser.lexical.take()) {
        (Err(error), Some(lexical)) if error.place.start < lexical.place.start => Err(error),
        (_, Some(lexical)) => Err(lexical),
        (Err(error), None) => Err(error),
        (Ok(tree), None) => check::tree(&tree).map(|()| tree),
    }
}

/// A piece of the tree with its height.
type Grown<T> = Result<(T, usize), QueryError>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Placed<Token>>,
    at: usize,
    depth: usize,
    lexical: Option<QueryError>,
    end: Placed<Token>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self, QueryError> {
        if text.len() > MAX_KIB * 1024 {
            let place = Place::new(MAX_KIB * 1024, text.len());
            return Err(QueryError::new(place, Fault::TooLong(MAX_KIB)));
        }
        let (tokens, lexical) = lexer::tokens(text);
        let end = Place::new(text.len(), text.len());
        Ok(Self {
            text,
            tokens,
            at: 0,
            depth: 0,
            lexical,
            end: Placed::new(Token::End, end),
        })
    }

    fn peek(&self) -> &Placed<Token> {
        self.tokens.get(self.at).unwrap_or(&self.end)
    }

    fn second(&self) -> &Placed<Token> {
        self.tokens.get(self.at + 1).unwrap_or(&self.end)
    }

    fn place(&self) -> Place {
        self.peek().place
    }

    fn advance(&mut self) -> Placed<Token> {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek().value, Token::Sign(found) if found == sign)
    }

    /// The sign at the cursor, if one is there.
    fn sign(&self) -> Option<&'static str> {
        match self.peek().value {
            Token::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    fn word(&self) -> Option<&str> {
        match &self.peek().value {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn accept(&mut self, sign: &str) -> bool {
        let here = self.is_sign(sign);
        self.at += usize::from(here);
        here
    }

    fn expect(&mut self, sign: &str) -> Result<Place, QueryError> {
        if self.is_sign(sign) {
            return Ok(self.advance().place);
        }
        Err(self.unexpected(sign))
    }

    /// "Expected this, found what is at the cursor."
    fn unexpected(&self, expected: impl Into<String>) -> QueryError {
        let token = self.peek();
        let found = match &token.value {
            Token::End => "the end".to_owned(),
            _ => self.text.get(token.place.range()).unwrap_or("").to_owned(),
        };
        let doubled = found == "=" && self.follows("=");
        let expected = expected.into();
        let error = QueryError::new(token.place, Fault::Unexpected { expected, found });
        if doubled {
            return error.with_hint("equality is written with one =");
        }
        error
    }

    /// Whether the token before the cursor is this sign.
    fn follows(&self, sign: &str) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        matches!(before.map(|token| &token.value), Some(Token::Sign(found)) if *found == sign)
    }

    /// One level deeper.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, QueryError>,
    ) -> Result<T, QueryError> {
        if self.depth >= MAX_DEPTH {
            return Err(QueryError::new(self.place(), Fault::TooDeep(MAX_DEPTH)));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn query(&mut self) -> Result<Tree, QueryError> {
        let body = match self.sequence()? {
            Part::Metric(metric) => Body::Metrics(metric),
            part => Body::Spans(self.pipeline_of(part)?),
        };
        let mut hints = Vec::new();
        while self.word() == Some("with") {
            self.hints(&mut hints)?;
        }
        match self.peek().value {
            Token::End => Ok(Tree { body, hints }),
            _ if self.is_sign("}") || self.is_sign(")") => {
                Err(self.unexpected("the end: nothing is open here"))
            }
            _ => Err(self.unexpected("| and a further stage, an operator, or the end")),
        }
    }

    fn hints(&mut self, hints: &mut Vec<Hint>) -> Result<(), QueryError> {
        self.at += 1;
        self.expect("(")?;
        loop {
            let token = self.advance();
            let Token::Word(name) = token.value else {
                self.at -= 1;
                return Err(self.unexpected("the name of a hint, e.g. most_recent=true"));
            };
            self.expect("=")?;
            let (value, place) = self.literal()?;
            hints.push(Hint {
                name: Placed::new(name, token.place),
                value: Placed::new(value, place),
            });
            if !self.accept(",") {
                self.expect(")")?;
                return Ok(());
            }
        }
    }

    /// The body of a query, or what stands in parentheses: an expression, or stages.
    fn sequence(&mut self) -> Result<Part, QueryError> {
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
    fn pipeline_of(&self, part: Part) -> Result<Pipeline, QueryError> {
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

    fn attributes(&mut self) -> Result<Vec<Placed<Attribute>>, QueryError> {
        let mut attributes = vec![self.attribute()?];
        while self.accept(",") {
            attributes.push(self.attribute()?);
        }
        Ok(attributes)
    }

    fn attribute(&mut self) -> Result<Placed<Attribute>, QueryError> {
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

/// The height of a node above children of these heights.
fn above(left: usize, right: usize, place: Place) -> Result<usize, QueryError> {
    let height = left.max(right) + 1;
    if height > MAX_DEPTH {
        return Err(QueryError::new(place, Fault::TooDeep(MAX_DEPTH)));
    }
    Ok(height)
}

fn unknown_stage(place: Place, word: &str) -> QueryError {
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
