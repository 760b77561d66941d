//! Text to tokens, by the rules of Tempo's scanner.
//!
//! An attribute's name runs to the next blank or one of `{ } ( ) = ~ ! < > & | ^ ,`, so
//! `+ - * / : %` belong to it; quoted parts may hold anything. Comments are skipped.

mod literal;

use super::attribute::Scope;
use super::error::{Fault, QueryError};
use super::place::{Place, Placed};
use super::suggest;

/// A word or sign of a query.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// `.key` or `scope.key`, the key unquoted.
    Key(Scope, String),
    /// `scope:name`.
    Scoped(String, String),
    /// A word: a keyword or an intrinsic without a scope.
    Word(String),
    /// A string literal.
    Text(String),
    /// An integer literal without a sign.
    Int(u64),
    /// A float literal without a sign, finite.
    Float(f64),
    /// A duration literal in nanoseconds.
    Duration(i64),
    /// An operator or bracket.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// Operators and brackets, those that begin others after them.
const SIGNS: [&str; 36] = [
    "!>>", "!<<", "&>>", "&<<", "!>", "!<", "!~", "!=", "&>", "&<", "&~", "&&", "||", "=~", ">>",
    "<<", ">=", "<=", "{", "}", "(", ")", ",", "|", "+", "-", "*", "/", "%", "^", "=", "<", ">",
    "!", "~", "&",
];

/// The tokens of `text`, the last of them [`Token::End`], and the first fault if there is one:
/// the tokens before it are good.
pub fn tokens(text: &str) -> (Vec<Placed<Token>>, Option<QueryError>) {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        match lexer.next() {
            Ok(token) => {
                let last = token.value == Token::End;
                tokens.push(token);
                if last {
                    return (tokens, None);
                }
            }
            Err(error) => {
                tokens.push(Placed::new(Token::End, error.place));
                return (tokens, Some(error));
            }
        }
    }
}

/// Whether `c` can stand in an attribute's name without quotes.
pub fn is_name_char(c: char) -> bool {
    !c.is_whitespace() && !"{}()=~!<>&|^,".contains(c)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    /// Takes characters as long as `accept` holds, and returns them.
    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or("")
    }

    fn error(&self, start: usize, message: impl Into<String>) -> QueryError {
        QueryError::new(Place::new(start, self.at), Fault::Literal(message.into()))
    }

    fn next(&mut self) -> Result<Placed<Token>, QueryError> {
        self.skip_blanks()?;
        let start = self.at;
        let token = match self.peek() {
            None => Token::End,
            Some('"') => self.quoted(start)?,
            Some('`') => self.raw(start)?,
            Some('\'') => return Err(self.single_quoted(start)),
            Some('.') if self.second().is_some_and(|c| c.is_ascii_digit()) => self.number(start)?,
            Some('.') => {
                self.at += 1;
                Token::Key(Scope::Any, self.name(start)?)
            }
            Some(c) if c.is_ascii_digit() => self.number(start)?,
            Some(c) if c.is_alphabetic() || c == '_' => self.word(start)?,
            Some(c) => self.sign(start, c)?,
        };
        Ok(Placed::new(token, Place::new(start, self.at)))
    }

    fn skip_blanks(&mut self) -> Result<(), QueryError> {
        loop {
            self.take_while(char::is_whitespace);
            let start = self.at;
            if self.rest().starts_with("//") {
                self.take_while(|c| c != '\n');
            } else if self.rest().starts_with("/*") {
                let Some(end) = self.rest().find("*/") else {
                    self.at = self.text.len();
                    return Err(self.error(start, "this comment does not end: */ is missing"));
                };
                self.at += end + 2;
            } else {
                return Ok(());
            }
        }
    }

    fn sign(&mut self, start: usize, c: char) -> Result<Token, QueryError> {
        if let Some(sign) = SIGNS.into_iter().find(|sign| self.rest().starts_with(sign)) {
            self.at += sign.len();
            return Ok(Token::Sign(sign));
        }
        self.at += c.len_utf8();
        Err(self.error(start, format!("{c:?} means nothing here")))
    }

    fn word(&mut self, start: usize) -> Result<Token, QueryError> {
        let word = self.take_while(|c| c.is_alphanumeric() || c == '_');
        match self.peek() {
            Some('.') => {
                let Some(scope) = Scope::from_name(word) else {
                    return Err(self.unscoped(start, word));
                };
                self.at += 1;
                Ok(Token::Key(scope, self.name(start)?))
            }
            Some(':') => {
                self.at += 1;
                let name = self.take_while(|c| c.is_alphanumeric() || c == '_');
                Ok(Token::Scoped(word.to_owned(), name.to_owned()))
            }
            _ => Ok(Token::Word(word.to_owned())),
        }
    }

    /// `service.name` without a scope before it, or `parent.x`.
    fn unscoped(&mut self, start: usize, word: &str) -> QueryError {
        self.take_while(is_name_char);
        let place = Place::new(start, self.at);
        let whole = self.text.get(place.range()).unwrap_or(word).to_owned();
        if word == "parent" {
            let refusal = "attributes of the parent cannot be asked for";
            return QueryError::new(place, Fault::Refused(refusal.to_owned()))
                .with_hint("ask for two spans, { ... } > { ... }");
        }
        let scopes = Scope::ALL.map(Scope::name);
        let hint = match suggest::nearest(word, scopes) {
            Some(scope) => format!(
                "did you mean {scope}{}",
                whole.strip_prefix(word).unwrap_or("")
            ),
            None if whole.starts_with("service.") => format!("write resource.{whole}"),
            None => format!("write span.{whole}, resource.{whole} or .{whole}"),
        };
        let fault = Fault::Unknown {
            what: "word",
            word: whole,
        };
        QueryError::new(place, fault).with_hint(hint)
    }

    /// The name of an attribute, after its dot.
    fn name(&mut self, start: usize) -> Result<String, QueryError> {
        let mut name = String::new();
        loop {
            name.push_str(self.take_while(|c| is_name_char(c) && c != '"'));
            if self.peek() != Some('"') {
                break;
            }
            self.quoted_name(start, &mut name)?;
        }
        if name.is_empty() {
            return Err(QueryError::new(
                Place::new(start, self.at),
                Fault::Unexpected {
                    expected: "the name of an attribute after the dot".into(),
                    found: match self.peek() {
                        None => "the end".into(),
                        Some(c) if c.is_whitespace() => "a blank".into(),
                        Some(c) => c.to_string(),
                    },
                },
            ));
        }
        Ok(name)
    }

    /// A quoted part of a name; only `\"` and `\\` are escapes.
    fn quoted_name(&mut self, start: usize, name: &mut String) -> Result<(), QueryError> {
        self.at += 1;
        loop {
            name.push_str(self.take_while(|c| c != '"' && c != '\\'));
            let sign = self.peek();
            self.at += usize::from(sign.is_some());
            match (sign, self.peek()) {
                (Some('"'), _) => return Ok(()),
                (Some(_), Some(escaped @ ('"' | '\\'))) => {
                    self.at += 1;
                    name.push(escaped);
                }
                (Some(_), Some(_)) => {
                    return Err(self.error(start, r#"in a name only \" and \\ are escapes"#));
                }
                _ => return Err(self.error(start, "this name does not end: \" is missing")),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Token> {
        let (tokens, error) = tokens(text);
        assert_eq!(error, None, "{text}");
        tokens.into_iter().map(|token| token.value).collect()
    }

    #[test]
    fn names_run_to_a_blank_or_a_sign() {
        let key = |scope, key: &str| Token::Key(scope, key.to_owned());
        let cases = [
            (".a-b/c:d%*+", key(Scope::Any, "a-b/c:d%*+")),
            (
                "span.http.status_code",
                key(Scope::Span, "http.status_code"),
            ),
            (r#"resource."a b\"c\\d""#, key(Scope::Resource, "a b\"c\\d")),
            ("tag.x", key(Scope::Tag, "x")),
            ("span:name", Token::Scoped("span".into(), "name".into())),
            (".5", Token::Float(0.5)),
            ("1h30m", Token::Duration(5_400_000_000_000)),
            ("1e3", Token::Float(1000.0)),
            ("007", Token::Int(7)),
            (r#""\x41\u00e9\t\101""#, Token::Text("Aé\tA".into())),
            ("`a\\d`", Token::Text("a\\d".into())),
        ];
        for (text, token) in cases {
            assert_eq!(kinds(text), [token, Token::End], "{text}");
        }
        assert_eq!(
            kinds(".a=~.b"),
            [
                key(Scope::Any, "a"),
                Token::Sign("=~"),
                key(Scope::Any, "b"),
                Token::End
            ]
        );
        assert_eq!(kinds("/* x */ { // y\n"), [Token::Sign("{"), Token::End]);
    }

    #[test]
    fn faults_have_a_place_and_often_a_remedy() {
        let cases = [
            ("{ service.name", 2..14, "write resource.service.name"),
            ("{ name = 'x'", 9..12, "write \"x\""),
            ("{ spam.x", 2..8, "did you mean span.x"),
            (r#""a\d""#, 2..4, "in `backquotes` a backslash is itself"),
            ("5sec", 0..4, "write 5s"),
        ];
        for (text, range, hint) in cases {
            let error = tokens(text).1.unwrap();
            assert_eq!(error.place.range(), range, "{text}");
            assert_eq!(error.hint.as_deref(), Some(hint), "{text}");
        }
        for text in [
            "\"abc",
            "`abc",
            "/* abc",
            ". ",
            "span.",
            "99999999999999999999",
            "1e999",
            "\"\\xff\"",
            "#",
        ] {
            assert!(tokens(text).1.is_some(), "{text}");
        }
    }
}
