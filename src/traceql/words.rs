//! Plain words to TraceQL: what people type before they know a language.
//!
//! `frontend error >500ms k=v "HTTP GET"` asks for one span to which all of that applies.

use super::attribute::{Attribute, Intrinsic, Scope};
use super::complete::Vocabulary;
use super::duration;
use super::error::QueryError;
use super::operator::{Compare, Logic};
use super::parser;
use super::place::{Place, Placed};
use super::tree::{Field, FieldExpr, Literal, Tree};
use crate::model::Status;

/// Reads a query, or plain words. The tree's text is what to show beside words.
///
/// A word that is the name of a service asks for that service; `error` for a failed span;
/// `>500ms` and `<2s` for a duration; `key=value` for a tag; any other for a service, an
/// operation or a status message in which it occurs, in any case. An expression without its
/// braces (`status = error`) is that expression.
///
/// # Errors
/// Those of [`parse`](super::parse), if the text looks like a query.
pub fn read(text: &str, vocabulary: &dyn Vocabulary) -> Result<Tree, QueryError> {
    let error = match parser::parse(text) {
        Ok(tree) => return Ok(tree),
        Err(error) => error,
    };
    if text.trim().is_empty() {
        return Ok(Tree::of_filter(None));
    }
    if text.contains(['{', '|']) {
        return Err(error);
    }
    let braced = match parser::parse(&format!("{{ {text} }}")) {
        Ok(tree) => return Ok(tree),
        Err(error) => error,
    };
    let operator =
        |word: &str| !word.is_empty() && word.chars().all(|c| "=!<>~&+-*/%^".contains(c));
    if text.split_whitespace().any(operator) {
        return Err(unbraced(braced, text));
    }
    Ok(Tree::of_filter(terms(text, vocabulary)))
}

/// An error of the text in braces, as one of the text without them.
fn unbraced(error: QueryError, text: &str) -> QueryError {
    let shifted = |at: usize| at.saturating_sub(2).min(text.len());
    let place = Place::new(shifted(error.place.start), shifted(error.place.end));
    QueryError { place, ..error }
}

fn terms(text: &str, vocabulary: &dyn Vocabulary) -> Option<Field> {
    let services = vocabulary.values(&Attribute::service());
    let known = |word: &str| {
        let name = Literal::Text(word.to_owned());
        services.iter().any(|service| service.value == name)
    };
    let terms = split(text).into_iter().map(|word| {
        if known(&word) {
            return FieldExpr::comparison(
                Attribute::service(),
                Compare::Equal,
                Literal::Text(word),
            );
        }
        special(&word).unwrap_or_else(|| occurs(&word))
    });
    FieldExpr::all_of(terms)
}

/// Words at blanks; what stands in quotes is one.
fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            c if c.is_whitespace() && !quoted => words.push(String::new()),
            c => {
                if let Some(word) = words.last_mut() {
                    word.push(c);
                }
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A word with a meaning of its own.
fn special(word: &str) -> Option<Field> {
    if word.eq_ignore_ascii_case("error") {
        let status = Attribute::Intrinsic(Intrinsic::Status);
        return Some(FieldExpr::comparison(
            status,
            Compare::Equal,
            Literal::Status(Status::Error),
        ));
    }
    for op in [
        Compare::GreaterEqual,
        Compare::LessEqual,
        Compare::Greater,
        Compare::Less,
    ] {
        if let Some(nanos) = word.strip_prefix(op.symbol()).and_then(duration::parse) {
            let duration = Attribute::Intrinsic(Intrinsic::Duration);
            return Some(FieldExpr::comparison(
                duration,
                op,
                Literal::Duration(nanos),
            ));
        }
    }
    let (key, value) = word.split_once('=').filter(|(key, _)| !key.is_empty())?;
    let tag = Attribute::keyed(Scope::Tag, key);
    Some(FieldExpr::comparison(
        tag,
        Compare::Equal,
        Literal::Text(value.to_owned()),
    ))
}

/// A word that occurs in the service, the operation or the status message.
fn occurs(word: &str) -> Field {
    let pattern = format!("(?i).*{}.*", regex::escape(word));
    let places = [
        Attribute::service(),
        Attribute::Intrinsic(Intrinsic::Name),
        Attribute::Intrinsic(Intrinsic::StatusMessage),
    ];
    let terms = places.map(|place| {
        FieldExpr::comparison(place, Compare::Matches, Literal::Text(pattern.clone()))
    });
    Placed::unwritten(FieldExpr::Logic(Logic::Or, terms.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::traceql::Census;
    use crate::traceql::parse;

    fn census() -> Census {
        Census::of([&crate::model::scenario::block("frontend: GET 0..1\n")])
    }

    #[test]
    fn words_become_conditions_on_one_span() {
        let cases = [
            ("", "{ }"),
            (
                "frontend error",
                "{ resource.service.name = \"frontend\" && status = error }",
            ),
            (
                ">500ms <=2s k=v",
                "{ duration > 500ms && duration <= 2s && tag.k = \"v\" }",
            ),
            ("status = error", "{ status = error }"),
            (
                "\"GET /a\"",
                "{ resource.service.name =~ \"(?i).*GET /a.*\" || name =~ \"(?i).*GET /a.*\" \
                 || statusMessage =~ \"(?i).*GET /a.*\" }",
            ),
            ("{status=error}", "{ status = error }"),
        ];
        for (words, query) in cases {
            assert_eq!(
                read(words, &census()).unwrap().to_string(),
                query,
                "{words}"
            );
        }
        let error = read("status = eror", &census()).unwrap_err();
        assert_eq!(error.place.range(), 9..13);
        assert!(read("{ status = eror }", &census()).is_err());
    }

    proptest! {
        #[test]
        fn what_is_made_of_words_is_a_query(text in "[a-z=\"<>.0-9() ]{0,20}|\\PC{0,12}") {
            if let Ok(tree) = read(&text, &census()) {
                prop_assert_eq!(parse(&tree.to_string()), Ok(tree));
            }
        }
    }
}
