//! What may be typed next on the query line: services before there are braces, the query language's
//! own completion within them.

use crate::traceql::complete::{KeySeen, ValueSeen};
use crate::traceql::operator::Compare;
use crate::traceql::tree::{FieldExpr, Literal};
use crate::traceql::{Attribute, Census, Intrinsic, Scope, Vocabulary};
use crate::tui::answer::Held;
use crate::tui::widget::completing::{Proposal, in_query};

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

/// What may follow `text` up to byte `cursor`.
pub fn propose(text: &str, cursor: usize, names: &Names) -> Vec<Proposal> {
    let before = text.get(..cursor).unwrap_or(text);
    if !before.contains(['{', '(']) {
        return plain(before, names);
    }
    in_query(text, cursor, names)
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
