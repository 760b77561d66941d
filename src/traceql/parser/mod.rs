//! Tokens to tree. Stages, fields, sets and metrics have files of their own.
//!
//! Operators are read by precedence climbing; every descent is counted and refused beyond
//! [`MAX_DEPTH`], and so is a tree that grows deeper to the left.

mod cursor;
mod field;
mod metric;
mod set;
mod stage;

use super::check;
use super::error::{Fault, QueryError};
use super::lexer::Token;
use super::place::{Place, Placed};
use super::tree::{Body, Hint, MAX_DEPTH, Tree};
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

impl Parser<'_> {
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
}

/// The height of a node above children of these heights.
fn above(left: usize, right: usize, place: Place) -> Result<usize, QueryError> {
    let height = left.max(right) + 1;
    if height > MAX_DEPTH {
        return Err(QueryError::new(place, Fault::TooDeep(MAX_DEPTH)));
    }
    Ok(height)
}
