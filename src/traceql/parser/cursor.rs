//! The cursor over the tokens, and what is said where another one was expected.

use super::{MAX_KIB, Parser};
use crate::traceql::error::{Fault, QueryError};
use crate::traceql::lexer::{self, Token};
use crate::traceql::place::{Place, Placed};
use crate::traceql::tree::MAX_DEPTH;

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Result<Self, QueryError> {
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

    pub(super) fn peek(&self) -> &Placed<Token> {
        self.tokens.get(self.at).unwrap_or(&self.end)
    }

    pub(super) fn second(&self) -> &Placed<Token> {
        self.tokens.get(self.at + 1).unwrap_or(&self.end)
    }

    pub(super) fn place(&self) -> Place {
        self.peek().place
    }

    pub(super) fn advance(&mut self) -> Placed<Token> {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek().value, Token::Sign(found) if found == sign)
    }

    /// The sign at the cursor, if one is there.
    pub(super) fn sign(&self) -> Option<&'static str> {
        match self.peek().value {
            Token::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    pub(super) fn word(&self) -> Option<&str> {
        match &self.peek().value {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    pub(super) fn accept(&mut self, sign: &str) -> bool {
        let here = self.is_sign(sign);
        self.at += usize::from(here);
        here
    }

    pub(super) fn expect(&mut self, sign: &str) -> Result<Place, QueryError> {
        if self.is_sign(sign) {
            return Ok(self.advance().place);
        }
        Err(self.unexpected(sign))
    }

    /// "Expected this, found what is at the cursor."
    pub(super) fn unexpected(&self, expected: impl Into<String>) -> QueryError {
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
    pub(super) fn nested<T>(
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
}
