//! Queries as lists of simple terms: what the form edits, what plain words mean, what `x` and `a`
//! add. All of it goes through the syntax tree of the query language, which also prints it.

use crate::model::{Kind, Status};
use crate::text::parse_duration;
use crate::traceql::operator::{Compare, Logic};
use crate::traceql::tree::{Body, FieldExpr, Literal, Pipeline, SetExpr, Stage, Tree};
use crate::traceql::{self, Attribute, Intrinsic, Placed, Scope};

/// `attribute op value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    pub attribute: Attribute,
    pub op: Compare,
    pub value: Literal,
}

impl Term {
    /// A term over a built-in property.
    pub fn intrinsic(intrinsic: Intrinsic, op: Compare, value: Literal) -> Self {
        Self {
            attribute: Attribute::Intrinsic(intrinsic),
            op,
            value,
        }
    }

    /// Spans of this service.
    pub fn service(name: &str) -> Self {
        Self {
            attribute: Attribute::service(),
            op: Compare::Equal,
            value: Literal::Text(name.to_owned()),
        }
    }

    /// Spans of this operation.
    pub fn operation(name: &str) -> Self {
        Self::intrinsic(
            Intrinsic::Name,
            Compare::Equal,
            Literal::Text(name.to_owned()),
        )
    }

    /// A tag in Jaeger's sense: compared as text, in span, scope, resource, events and links.
    pub fn tag(key: &str, value: &str) -> Self {
        let attribute = Attribute::keyed(Scope::Tag, key);
        Self {
            attribute,
            op: Compare::Equal,
            value: Literal::Text(value.to_owned()),
        }
    }

    fn expression(self) -> FieldExpr {
        let left = Placed::unwritten(FieldExpr::Attribute(self.attribute));
        let right = Placed::unwritten(FieldExpr::Literal(self.value));
        FieldExpr::Compare(self.op, Box::new(left), Box::new(right))
    }
}

/// The query for spans to which all terms apply.
pub fn query(terms: Vec<Term>) -> String {
    let expressions = terms
        .into_iter()
        .map(|term| Placed::unwritten(term.expression()));
    let all = expressions
        .reduce(|left, right| Placed::unwritten(FieldExpr::logic(Logic::And, left, right)));
    print(all.map(|field| field.value))
}

fn print(filter: Option<FieldExpr>) -> String {
    let stage = Stage::Spans(SetExpr::Filter(filter.map(Placed::unwritten)));
    let pipeline = Pipeline {
        stages: vec![Placed::unwritten(stage)],
    };
    Tree {
        body: Body::Spans(pipeline),
        hints: Vec::new(),
    }
    .to_string()
}

/// The filter of a query that is one set of braces and nothing more.
fn filter(query: &str) -> Option<Option<FieldExpr>> {
    let tree = traceql::parse(query).ok()?;
    let Body::Spans(pipeline) = tree.body else {
        return None;
    };
    let mut stages = pipeline.stages.into_iter();
    let (Some(only), None) = (stages.next(), stages.next()) else {
        return None;
    };
    match only.value {
        Stage::Spans(SetExpr::Filter(filter)) if tree.hints.is_empty() => {
            Some(filter.map(|field| field.value))
        }
        _ => None,
    }
}

/// The terms of a query; `None` if it says more than a list of terms can.
pub fn terms(query: &str) -> Option<Vec<Term>> {
    let Some(filter) = filter(query)? else {
        return Some(Vec::new());
    };
    let parts = match filter {
        FieldExpr::Logic(Logic::And, parts) => parts.into_iter().map(|part| part.value).collect(),
        single => vec![single],
    };
    parts.into_iter().map(term).collect()
}

fn term(expression: FieldExpr) -> Option<Term> {
    let FieldExpr::Compare(op, left, right) = expression else {
        return None;
    };
    match (left.value, right.value) {
        (FieldExpr::Attribute(attribute), FieldExpr::Literal(value)) => Some(Term {
            attribute,
            op,
            value,
        }),
        _ => None,
    }
}

/// The query, and the term too. Inside its braces if it is one set of them, else beside it.
pub fn narrowed(query: &str, term: Term) -> String {
    match filter(query) {
        Some(None) => print(Some(term.expression())),
        Some(Some(filter)) => {
            let (left, right) = (
                Placed::unwritten(filter),
                Placed::unwritten(term.expression()),
            );
            print(Some(FieldExpr::logic(Logic::And, left, right)))
        }
        None => format!("({query}) && ({})", self::query(vec![term])),
    }
}

/// What plain words mean, without braces: `checkout` is a service if one is called so, `k=v` a tag,
/// `>2s` a length of trace, `error` a status; other words are looked for in names of operations.
pub fn of_words(text: &str, services: &[String]) -> String {
    query(
        words(text)
            .into_iter()
            .map(|word| of_word(&word, services))
            .collect(),
    )
}

fn of_word(word: &str, services: &[String]) -> Term {
    if let Some(service) = services.iter().find(|name| name.eq_ignore_ascii_case(word)) {
        return Term::service(service);
    }
    if let Some(length) = longer_than(word) {
        return length;
    }
    if let Some((key, value)) = word.split_once('=').filter(|(key, _)| !key.is_empty()) {
        return Term::tag(key, value);
    }
    if let Some(status) = [Status::Ok, Status::Error, Status::Unset]
        .into_iter()
        .find(|status| status.name() == word)
    {
        return Term::intrinsic(Intrinsic::Status, Compare::Equal, Literal::Status(status));
    }
    if let Some(kind) = Kind::from_name(word) {
        return Term::intrinsic(Intrinsic::Kind, Compare::Equal, Literal::Kind(kind));
    }
    let pattern = format!("(?i).*{}.*", regex::escape(word));
    Term::intrinsic(Intrinsic::Name, Compare::Matches, Literal::Text(pattern))
}

/// `>2s`, `<=300ms`: how long the trace lasts.
fn longer_than(word: &str) -> Option<Term> {
    let forms = [
        (">=", Compare::GreaterEqual),
        ("<=", Compare::LessEqual),
        (">", Compare::Greater),
        ("<", Compare::Less),
    ];
    let (text, op) = forms
        .into_iter()
        .find_map(|(symbol, op)| Some((word.strip_prefix(symbol)?, op)))?;
    let nanos = parse_duration(text).ok()?;
    Some(Term::intrinsic(
        Intrinsic::TraceDuration,
        op,
        Literal::Duration(nanos as i64),
    ))
}

/// Words parted by blanks, as logfmt has them: `k="a b"` is one word, a backslash spares a quote.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted, mut spared) = (None::<String>, false, false);
    for c in text.chars() {
        match c {
            c if spared => {
                word.get_or_insert_default().push(c);
                spared = false;
            }
            '\\' if quoted => spared = true,
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            c if c.is_whitespace() && !quoted => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// One word of logfmt: quoted if it has to be.
pub fn word(key: &str, value: &str) -> String {
    let plain = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "\"=\\".contains(c))
    };
    let quoted = |text: &str| {
        if plain(text) {
            text.to_owned()
        } else {
            format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
        }
    };
    format!("{}={}", quoted(key), quoted(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_become_a_query() {
        let services = ["checkout".to_owned()];
        for (text, want) in [
            ("", "{ }"),
            ("checkout", r#"{ resource.service.name = "checkout" }"#),
            (
                "checkout >2s",
                r#"{ resource.service.name = "checkout" && trace:duration > 2s }"#,
            ),
            (
                "error http.method=GET",
                r#"{ status = error && tag.http.method = "GET" }"#,
            ),
            (r#"k="a b""#, r#"{ tag.k = "a b" }"#),
            ("a.b", r"{ name =~ `(?i).*a\.b.*` }"),
        ] {
            assert_eq!(of_words(text, &services), want, "{text}");
            assert!(traceql::parse(want).is_ok(), "{want}");
        }
    }

    #[test]
    fn a_term_is_added_inside_or_beside() {
        let term = || Term::service("x");
        assert_eq!(
            narrowed("{ }", term()),
            r#"{ resource.service.name = "x" }"#
        );
        let both = r#"{ status = error && resource.service.name = "x" }"#;
        assert_eq!(narrowed("{ status = error }", term()), both);
        let piped = narrowed("{ status = error } | count() > 2", term());
        assert_eq!(
            piped,
            r#"({ status = error } | count() > 2) && ({ resource.service.name = "x" })"#
        );
        assert!(traceql::parse(&piped).is_ok());
    }

    #[test]
    fn logfmt_words_survive_being_written_and_read() {
        for (key, value) in [("k", "v"), ("k", "a b"), ("a b", "x=\"y\\"), ("k", "")] {
            let all = words(&word(key, value));
            assert_eq!(all, [format!("{key}={value}")], "{key} {value}");
        }
    }
}
