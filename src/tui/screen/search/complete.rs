//! What may be typed next on the query line: services before there are braces, the query language's
//! own completion within them.

use std::ops::Range;

use crate::traceql::complete::{Completion, KeySeen, ValueSeen, complete};
use crate::traceql::operator::Compare;
use crate::traceql::tree::{FieldExpr, Literal};
use crate::traceql::{Attribute, Census, Intrinsic, Scope, Vocabulary};
use crate::tui::answer::Held;

use super::narrow;

/// What is known of the backend's data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// Services with their spans, 0 if nobody counts.
    pub services: Vec<(String, u64)>,
    /// Operations, once each.
    pub operations: Vec<(String, u64)>,
    /// Keys and values of the traces that were looked at for them.
    pub census: Option<Held<Census>>,
}

impl Names {
    /// The keys of spans and resources, each with how many spans have it.
    pub fn attributes(&self) -> Vec<(String, u64)> {
        let seen = |scope| self.keys(scope).into_iter().map(|key| (key.key, key.spans));
        let mut all: Vec<_> = seen(Scope::Span).chain(seen(Scope::Resource)).collect();
        all.sort_by_key(|(_, spans)| std::cmp::Reverse(*spans));
        all
    }
}

impl Vocabulary for Names {
    fn keys(&self, scope: Scope) -> Vec<KeySeen> {
        self.census
            .as_ref()
            .map(|census| census.keys(scope))
            .unwrap_or_default()
    }

    fn values(&self, attribute: &Attribute) -> Vec<ValueSeen> {
        let named = |names: &[(String, u64)]| {
            let seen = |(name, spans): &(String, u64)| ValueSeen {
                value: Literal::Text(name.clone()),
                spans: *spans,
            };
            names.iter().map(seen).collect()
        };
        match attribute {
            service if *service == Attribute::service() => named(&self.services),
            Attribute::Intrinsic(Intrinsic::RootService) => named(&self.services),
            Attribute::Intrinsic(Intrinsic::Name | Intrinsic::RootName) => named(&self.operations),
            other => self
                .census
                .as_ref()
                .map(|census| census.values(other))
                .unwrap_or_default(),
        }
    }
}

/// Something that may be typed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the user sees.
    pub label: String,
    /// What it is: `service`, `int`, a few words.
    pub class: String,
    /// How many distinct values it has, and in how many spans it occurs; 0 where that says nothing.
    pub values: u64,
    pub spans: u64,
    /// The bytes of the line that it takes the place of.
    pub replaces: Range<usize>,
    /// What it puts there.
    pub text: String,
    /// Where the cursor goes, as a byte of that text.
    pub cursor: usize,
}

/// What may follow `text` up to byte `cursor`.
pub fn propose(text: &str, cursor: usize, names: &Names) -> Vec<Proposal> {
    let before = text.get(..cursor).unwrap_or(text);
    if !before.contains(['{', '(']) {
        return plain(before, names);
    }
    let Completion { range, candidates } = complete(text, cursor, names);
    let proposal = |candidate: crate::traceql::complete::Candidate| Proposal {
        label: candidate.text.clone(),
        class: candidate.detail,
        values: candidate.values,
        spans: candidate.spans,
        replaces: range.clone(),
        cursor: candidate.text.len(),
        text: candidate.text,
    };
    candidates.into_iter().map(proposal).collect()
}

/// Without braces: a service, which writes the whole query.
fn plain(before: &str, names: &Names) -> Vec<Proposal> {
    let word = before.trim_start();
    if word.is_empty() || word.contains(char::is_whitespace) {
        return Vec::new();
    }
    let proposal = |(name, spans): &(String, u64)| {
        let service = FieldExpr::comparison(
            Attribute::service(),
            Compare::Equal,
            Literal::Text(name.clone()),
        );
        let text = narrow::all(vec![service]);
        Proposal {
            label: name.clone(),
            class: "service".to_owned(),
            values: 0,
            spans: *spans,
            replaces: 0..before.len(),
            cursor: text.len().saturating_sub(2),
            text,
        }
    };
    let wanted = word.to_lowercase();
    let lower = |name: &str| name.to_lowercase();
    let begin = names
        .services
        .iter()
        .filter(|(name, _)| lower(name).starts_with(&wanted));
    let hold = names
        .services
        .iter()
        .filter(|(name, _)| !lower(name).starts_with(&wanted) && lower(name).contains(&wanted));
    begin.chain(hold).map(proposal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Option<(String, usize)> {
        let names = Names {
            services: vec![("frontend".into(), 812), ("checkout".into(), 0)],
            operations: vec![("GET /cart".into(), 3)],
            census: None,
        };
        let proposal = propose(text, text.len(), &names).into_iter().next()?;
        let mut taken = text.to_owned();
        taken.replace_range(proposal.replaces.clone(), &proposal.text);
        Some((taken, proposal.replaces.start + proposal.cursor))
    }

    #[test]
    fn a_service_writes_the_whole_query_and_the_cursor_stays_inside() {
        let (text, cursor) = taken("che").unwrap();
        assert_eq!(text, r#"{ resource.service.name = "checkout" }"#);
        assert_eq!(&text[cursor..], " }");
        assert_eq!(taken(""), None);
    }

    #[test]
    fn within_braces_the_language_proposes() {
        assert_eq!(taken("{ trace:du").unwrap().0, "{ trace:duration");
        assert_eq!(
            taken("{ resource.service.name = \"fr").unwrap().0,
            "{ resource.service.name = \"frontend\""
        );
        assert_eq!(taken("{ name = ").unwrap().0, "{ name = \"GET /cart\"");
    }
}
