//! Completion of a query that is being typed: what may stand at the cursor, best first, with
//! types and frequencies from the data.

mod position;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::attribute::{Attribute, Intrinsic, Scope};
use super::lexer::is_name_char;
use super::suggest;
use super::tree::Literal;
use super::types::Type;
use crate::model::{Kind, Status};
use position::{Position, Wanted};

/// What is known of the data that a query is asked of.
pub trait Vocabulary {
    /// The keys of a scope, most frequent first.
    fn keys(&self, scope: Scope) -> Vec<KeySeen>;

    /// The values of an attribute, most frequent first. Services are those of
    /// `resource.service.name`, operations those of `name`.
    fn values(&self, attribute: &Attribute) -> Vec<ValueSeen>;
}

/// A key and how often it occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySeen {
    /// The key, without its scope.
    pub key: String,
    /// The type that most of its values have: `str`, `int`, ...
    pub value_type: &'static str,
    /// How many distinct values.
    pub values: u64,
    /// How many spans.
    pub spans: u64,
}

/// A value and how often it occurs.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueSeen {
    /// The value.
    pub value: Literal,
    /// How many spans.
    pub spans: u64,
}

/// Nothing is known.
impl Vocabulary for () {
    fn keys(&self, _: Scope) -> Vec<KeySeen> {
        Vec::new()
    }

    fn values(&self, _: &Attribute) -> Vec<ValueSeen> {
        Vec::new()
    }
}

/// What may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a candidate takes the place of.
    pub range: Range<usize>,
    /// Best first.
    pub candidates: Vec<Candidate>,
}

/// One thing that may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// What to put there.
    pub text: String,
    /// What it is: a type (`int`), or a few words.
    pub detail: String,
    /// How many distinct values it has; 0 where that means nothing.
    pub values: u64,
    /// How many spans have it; 0 where that means nothing.
    pub spans: u64,
}

impl Candidate {
    fn new(text: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            detail: detail.into(),
            values: 0,
            spans: 0,
        }
    }
}

/// How many candidates are worth showing.
const MAX_CANDIDATES: usize = 100;

/// What may stand at the byte `cursor` of a query.
pub fn complete(text: &str, cursor: usize, vocabulary: &dyn Vocabulary) -> Completion {
    let position = Position::at(text, cursor);
    let typed = text.get(position.start..position.cursor).unwrap_or("");
    let candidates = match &position.wanted {
        Wanted::Set => signs(&[("{ ", "spans"), ("({ ", "a pipeline as an operand")]),
        Wanted::AfterSet => signs(AFTER_SET),
        Wanted::Stage => signs(STAGES),
        Wanted::AfterCondition => signs(&[("&&", "and"), ("||", "or"), ("}", "end")]),
        Wanted::Operand => operands(typed, vocabulary),
        Wanted::Operator(attribute) => operators(attribute, vocabulary),
        Wanted::Value(attribute) => values(attribute, vocabulary),
        Wanted::Nothing => Vec::new(),
    };
    Completion {
        range: position.start..end(text, position.cursor, typed),
        candidates: ranked(candidates, typed),
    }
}

/// The key of `scope` that a key nobody has was meant to be.
pub fn meant(scope: Scope, key: &str, vocabulary: &dyn Vocabulary) -> Option<KeySeen> {
    let keys = vocabulary.keys(scope);
    let near = suggest::nearest(key, keys.iter().map(|seen| seen.key.as_str()))?.to_owned();
    keys.into_iter().find(|seen| seen.key == near)
}

const AFTER_SET: &[(&str, &str)] = &[
    ("|", "next stage"),
    ("&&", "and in the same trace"),
    ("||", "or"),
    (">>", "its descendants"),
    (">", "its children"),
    ("<<", "its ancestors"),
    ("<", "its parent"),
    ("~", "its siblings"),
    ("!>>", "not its descendants"),
    ("!>", "not its children"),
    ("&>>", "both, one below the other"),
    ("&>", "both, parent and child"),
];

const STAGES: &[(&str, &str)] = &[
    ("count() > ", "how many spans"),
    ("avg(duration) > ", "mean"),
    ("max(duration) > ", "greatest"),
    ("min(duration) > ", "least"),
    ("sum(duration) > ", "sum"),
    ("by(", "a set for each value"),
    ("coalesce()", "one set again"),
    ("select(", "what to bring along"),
    ("{ ", "of these, spans"),
    ("rate()", "series: spans a second"),
    ("count_over_time()", "series: spans"),
    ("quantile_over_time(duration, .95)", "series: quantiles"),
    ("histogram_over_time(duration)", "series: by powers of two"),
    ("max_over_time(duration)", "series: greatest"),
    ("avg_over_time(duration)", "series: mean"),
    ("min_over_time(duration)", "series: least"),
    ("sum_over_time(duration)", "series: sum"),
    (
        "compare({ status = error })",
        "what these have that others have not",
    ),
    ("topk(", "of series, the greatest"),
    ("bottomk(", "of series, the least"),
];

fn signs(list: &[(&str, &str)]) -> Vec<Candidate> {
    list.iter()
        .map(|(text, detail)| Candidate::new(*text, *detail))
        .collect()
}

fn key_candidate(scope: Scope, seen: KeySeen) -> Candidate {
    Candidate {
        text: Attribute::keyed(scope, seen.key).to_string(),
        detail: seen.value_type.to_owned(),
        values: seen.values,
        spans: seen.spans,
    }
}

/// Attributes and intrinsics: of the scope that is typed, or of all.
fn operands(typed: &str, vocabulary: &dyn Vocabulary) -> Vec<Candidate> {
    let keys = |scope: Scope| {
        let keys = vocabulary.keys(scope).into_iter();
        keys.map(move |seen| key_candidate(scope, seen))
    };
    let scope = typed
        .split_once('.')
        .map(|(scope, _)| Scope::from_name(scope));
    if let Some(Some(scope)) = scope {
        return keys(scope).collect();
    }
    let places = [
        Scope::Span,
        Scope::Resource,
        Scope::Event,
        Scope::Link,
        Scope::Instrumentation,
    ];
    let intrinsics = Intrinsic::all()
        .map(|intrinsic| Candidate::new(intrinsic.name(), intrinsic.value_type().to_string()));
    let found = places.into_iter().flat_map(keys);
    let mut candidates: Vec<Candidate> = intrinsics.chain(found).collect();
    let scopes = Scope::ALL.iter().filter(|scope| **scope != Scope::Any);
    candidates.extend(scopes.map(|scope| Candidate::new(format!("{}.", scope.name()), "scope")));
    candidates
}

fn operators(attribute: &Attribute, vocabulary: &dyn Vocabulary) -> Vec<Candidate> {
    let words = &[("=", "equal"), ("!=", "other than")];
    let order = &[
        (">", "more than"),
        (">=", "at least"),
        ("<", "less than"),
        ("<=", "at most"),
    ];
    let patterns = &[("=~", "matches"), ("!~", "does not match")];
    let seen = match attribute {
        Attribute::Keyed { scope, key } => {
            let keys = vocabulary.keys(*scope);
            keys.into_iter()
                .find(|seen| seen.key == *key)
                .map_or("", |seen| seen.value_type)
        }
        Attribute::Intrinsic(_) => "",
    };
    let lists: &[&[(&str, &str)]] = match (attribute.value_type(), seen) {
        (Type::Status | Type::Kind | Type::Bool, _) | (_, "bool") => &[words],
        (Type::Int | Type::Float | Type::Duration, _) | (_, "int" | "float") => &[order, words],
        (Type::Text, _) | (_, "str") => &[words, patterns],
        _ => &[words, order, patterns],
    };
    lists.iter().flat_map(|list| signs(list)).collect()
}

fn values(attribute: &Attribute, vocabulary: &dyn Vocabulary) -> Vec<Candidate> {
    let literals = |list: Vec<Literal>| {
        let candidate = |literal: &Literal| {
            Candidate::new(literal.to_string(), literal.value_type().to_string())
        };
        list.iter().map(candidate).collect()
    };
    match attribute.value_type() {
        Type::Status => literals(
            [Status::Error, Status::Ok, Status::Unset]
                .map(Literal::Status)
                .into(),
        ),
        Type::Kind => {
            let mut kinds = Kind::ALL.map(Literal::Kind).to_vec();
            kinds.rotate_left(2);
            literals(kinds)
        }
        Type::Duration => signs(&[
            ("100ms", "duration"),
            ("500ms", "duration"),
            ("1s", "duration"),
            ("10s", "duration"),
        ]),
        _ => {
            let seen = vocabulary.values(attribute).into_iter();
            let candidate = |seen: ValueSeen| Candidate {
                spans: seen.spans,
                ..Candidate::new(seen.value.to_string(), seen.value.value_type().to_string())
            };
            seen.map(candidate).collect()
        }
    }
}

/// Candidates that fit what is typed, best first: those that begin so, those with a part that
/// begins so, those that contain it, and if there is none of these, those that are near.
fn ranked(mut candidates: Vec<Candidate>, typed: &str) -> Vec<Candidate> {
    if typed.is_empty() {
        candidates.truncate(MAX_CANDIDATES);
        return candidates;
    }
    let wanted = typed.trim_matches(['"', '`']).to_lowercase();
    let rank = |candidate: &Candidate| {
        let text = candidate.text.to_lowercase();
        let text = text.trim_matches(['"', '`']);
        let part = |at: usize| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            before.is_some_and(|c| !c.is_alphanumeric())
        };
        match text.find(&wanted) {
            Some(0) => Some(0),
            Some(at) if part(at) => Some(1),
            Some(_) => Some(2),
            None => None,
        }
    };
    let mut fitting: Vec<(u8, Candidate)> = candidates
        .iter()
        .filter_map(|candidate| Some((rank(candidate)?, candidate.clone())))
        .filter(|(_, candidate)| candidate.text != typed)
        .collect();
    fitting.sort_by_key(|(rank, candidate)| (*rank, std::cmp::Reverse(candidate.spans)));
    fitting.truncate(MAX_CANDIDATES);
    if fitting.is_empty() {
        let texts = candidates.iter().map(|candidate| candidate.text.as_str());
        let near = suggest::nearest(typed, texts).map(str::to_owned);
        return candidates
            .into_iter()
            .filter(|c| Some(&c.text) == near.as_ref())
            .take(1)
            .collect();
    }
    fitting
        .into_iter()
        .map(|(_, candidate)| candidate)
        .collect()
}

/// Where the word at the cursor ends: it is replaced whole.
fn end(text: &str, cursor: usize, typed: &str) -> usize {
    let rest = text.get(cursor..).unwrap_or("");
    if let Some(quote) = typed.chars().next().filter(|c| matches!(c, '"' | '`')) {
        return match rest.find(quote) {
            Some(at)
                if !rest
                    .get(..at)
                    .is_some_and(|inside| inside.contains(['\n', '}'])) =>
            {
                cursor + at + 1
            }
            _ => cursor,
        };
    }
    if typed.is_empty() {
        return cursor;
    }
    cursor + rest.find(|c: char| !is_name_char(c)).unwrap_or(rest.len())
}
