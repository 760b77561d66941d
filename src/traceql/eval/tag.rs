//! The scope `tag.`: Jaeger's meaning of a search by tags.
//!
//! The value is compared as text, and looked for in the span, its instrumentation scope, its
//! resource, its events and its links, each term for itself. Some keys are special. As Jaeger's
//! memory store matches since 2.16, with patterns and denials besides.

use crate::model::{EventRef, Kind, LinkRef, SpanRef, Value};
use crate::traceql::operator::Compare;
use crate::traceql::tree::Literal;

use super::expr::Patterns;

/// What the key of a tag stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special<'k> {
    /// `error`: whether the span failed.
    Error,
    /// `span.status`.
    Status,
    /// `span.kind`.
    Kind,
    /// `scope.name`.
    ScopeName,
    /// `scope.version`.
    ScopeVersion,
    /// `resource.<key>`: an attribute of the resource only.
    Resource(&'k str),
}

impl<'k> Special<'k> {
    /// The special meaning of a key, if it has one.
    pub fn of(key: &'k str) -> Option<Self> {
        match key {
            "error" => Some(Self::Error),
            "span.status" => Some(Self::Status),
            "span.kind" => Some(Self::Kind),
            "scope.name" => Some(Self::ScopeName),
            "scope.version" => Some(Self::ScopeVersion),
            _ => key.strip_prefix("resource.").map(Self::Resource),
        }
    }
}

/// A constant as the text that tags are compared with.
pub fn text_of(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What Go's `ParseBool` accepts.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Whether the text of one value meets `=` or `=~`, of which `op` is or which it denies.
pub fn text_fits(op: Compare, found: &str, wanted: &Literal, patterns: &Patterns) -> bool {
    match patterns.of(op, wanted) {
        Some(regex) => regex.is_match(found),
        None => match wanted {
            Literal::Text(text) => found == text,
            other => found == other.to_string(),
        },
    }
}

/// Whether `tag.key op literal` is true of a span.
pub fn holds(
    span: SpanRef<'_>,
    key: &str,
    op: Compare,
    literal: &Literal,
    patterns: &Patterns,
) -> bool {
    let fits = |found: &str| text_fits(op, found, literal, patterns);
    let denied = op.denies().is_some();
    if let Some(special) = Special::of(key) {
        return special_holds(span, special, op, literal, &fits).is_some_and(|fit| fit != denied);
    }
    let mut present = false;
    let mut any = false;
    each_value(span, key, |value| {
        present = true;
        any |= fits(&value.to_text());
    });
    present && any != denied
}

/// `None` where there is nothing to compare.
fn special_holds(
    span: SpanRef<'_>,
    special: Special<'_>,
    op: Compare,
    literal: &Literal,
    fits: &dyn Fn(&str) -> bool,
) -> Option<bool> {
    let pattern = op.is_regex();
    match special {
        // Whatever marks a span as failed counts, as everywhere in this program.
        Special::Error if pattern => Some(fits(if span.is_error() { "true" } else { "false" })),
        Special::Error => Some(parse_bool(&text_of(literal))? == span.is_error()),
        Special::Status if pattern => Some(fits(span.status().name())),
        Special::Status => Some(status_of(&text_of(literal)) == span.status()),
        Special::Kind if pattern => Some(fits(span.kind().name())),
        Special::Kind => {
            let kind = Kind::from_name(&text_of(literal)).unwrap_or_default();
            Some(kind == span.kind())
        }
        Special::ScopeName => Some(fits(span.scope().name())),
        Special::ScopeVersion => Some(fits(span.scope().version())),
        Special::Resource(key) => Some(fits(&span.resource().attributes().get(key)?.to_text())),
    }
}

fn status_of(name: &str) -> crate::model::Status {
    use crate::model::Status::{Error, Ok, Unset};
    match name.to_ascii_lowercase().as_str() {
        "ok" => Ok,
        "error" => Error,
        _ => Unset,
    }
}

fn each_value<'a>(span: SpanRef<'a>, key: &str, mut see: impl FnMut(Value<'a>)) {
    let events = span.events().map(EventRef::attributes);
    let links = span.links().map(LinkRef::attributes);
    let fixed = [
        span.attributes(),
        span.scope().attributes(),
        span.resource().attributes(),
    ];
    for attributes in fixed.into_iter().chain(events).chain(links) {
        for (_, value) in attributes.iter().filter(|(k, _)| *k == key) {
            see(value);
        }
    }
}
