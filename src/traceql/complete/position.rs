//! What the grammar wants at a cursor, told from the tokens before it.

use crate::traceql::attribute::{Attribute, Intrinsic};
use crate::traceql::lexer::{self, Token};
use crate::traceql::operator::{Compare, SetOp};
use crate::traceql::place::Placed;

/// What may stand at a cursor.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// `{`, at the start or after an operator between sets.
    Set,
    /// An operator between sets, or `|`.
    AfterSet,
    /// A stage, after `|`.
    Stage,
    /// An attribute or a value, within `{ }` or a function.
    Operand,
    /// An operator, after this attribute.
    Operator(Attribute),
    /// A value, compared with this attribute.
    Value(Attribute),
    /// `&&`, `||` or the end, after a comparison.
    AfterCondition,
    /// Nothing that can be proposed.
    Nothing,
}

/// A cursor in a query.
#[derive(Debug, Clone, PartialEq)]
pub struct Position {
    /// Where the word that the cursor touches begins; the cursor, if it touches none.
    pub start: usize,
    /// The cursor, on a character's boundary.
    pub cursor: usize,
    /// What may stand there.
    pub wanted: Wanted,
}

impl Position {
    /// The position of the byte `cursor`.
    pub fn at(text: &str, cursor: usize) -> Self {
        let mut cursor = cursor.min(text.len());
        while !text.is_char_boundary(cursor) {
            cursor -= 1;
        }
        let (mut tokens, fault) = lexer::tokens(text.get(..cursor).unwrap_or(""));
        // The last is the end.
        tokens.pop();
        let mut start = cursor;
        if let Some(fault) = fault {
            // A string, a name or a comment that is not complete yet.
            start = fault.place.start.min(cursor);
            start = if text.is_char_boundary(start) {
                start
            } else {
                cursor
            };
        } else if let Some(last) = tokens.pop_if(|last| touches(last, cursor)) {
            start = last.place.start;
        }
        let comment = text
            .get(start..cursor)
            .is_some_and(|word| word.starts_with("/*"));
        let wanted = if comment {
            Wanted::Nothing
        } else {
            wanted(&tokens)
        };
        Self {
            start,
            cursor,
            wanted,
        }
    }
}

/// Whether a token is a word that goes on at the cursor.
fn touches(token: &Placed<Token>, cursor: usize) -> bool {
    token.place.end == cursor && !matches!(token.value, Token::Sign(_) | Token::End)
}

/// What is in a pair of brackets.
#[derive(Clone, Copy, PartialEq)]
enum Inside {
    Field,
    Sets,
}

fn wanted(tokens: &[Placed<Token>]) -> Wanted {
    let mut open: Vec<Inside> = Vec::new();
    let mut subject: Option<Attribute> = None;
    let mut compared = false;
    let mut before: Option<&Token> = None;
    for token in tokens.iter().map(|token| &token.value) {
        match token {
            Token::Sign("{") => open.push(Inside::Field),
            Token::Sign("(") => {
                let nested = open.last() == Some(&Inside::Field);
                let call = matches!(before, Some(Token::Word(_)));
                open.push(if nested || call {
                    Inside::Field
                } else {
                    Inside::Sets
                });
            }
            Token::Sign("}" | ")") => {
                open.pop();
            }
            _ => {}
        }
        match token {
            Token::Sign("{" | "(" | "&&" | "||" | "," | "!") => (subject, compared) = (None, false),
            Token::Sign(sign) => compared |= is_comparison(sign),
            other => subject = attribute(other).or(subject),
        }
        before = Some(token);
    }
    match open.last() {
        Some(Inside::Field) => in_field(before, subject, compared),
        _ => between_sets(before),
    }
}

fn in_field(last: Option<&Token>, subject: Option<Attribute>, compared: bool) -> Wanted {
    match last {
        Some(Token::Sign(sign)) if is_comparison(sign) => {
            subject.map_or(Wanted::Operand, Wanted::Value)
        }
        Some(Token::Sign(")")) => Wanted::AfterCondition,
        None | Some(Token::Sign(_)) => Wanted::Operand,
        Some(token) => match attribute(token) {
            Some(attribute) if !compared => Wanted::Operator(attribute),
            _ => Wanted::AfterCondition,
        },
    }
}

fn between_sets(last: Option<&Token>) -> Wanted {
    match last {
        None | Some(Token::Sign("(")) => Wanted::Set,
        Some(Token::Sign("|")) => Wanted::Stage,
        Some(Token::Sign("}" | ")")) => Wanted::AfterSet,
        Some(Token::Sign(sign)) if SetOp::all().any(|op| op.symbol() == *sign) => Wanted::Set,
        _ => Wanted::Nothing,
    }
}

fn is_comparison(sign: &str) -> bool {
    Compare::ALL.iter().any(|op| op.symbol() == sign)
}

fn attribute(token: &Token) -> Option<Attribute> {
    match token {
        Token::Key(scope, key) => Some(Attribute::keyed(*scope, key.as_str())),
        Token::Scoped(scope, name) => Intrinsic::from_scoped(scope, name).map(Attribute::Intrinsic),
        Token::Word(word) => Intrinsic::from_bare(word).map(Attribute::Intrinsic),
        _ => None,
    }
}
