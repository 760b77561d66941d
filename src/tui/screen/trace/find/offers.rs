//! What a find line can go on with: what every span has, the keys of the trace's attributes, and
//! the values of a key.

use std::collections::HashSet;
use std::ops::Range;

use crate::model::{Block, Trace};
use crate::traceql::complete::{KeySeen, Vocabulary};
use crate::traceql::operator::Compare;
use crate::traceql::tree::Literal;
use crate::traceql::{Attribute, Census, Intrinsic, Scope};
use crate::tui::answer::Held;
use crate::tui::widget::completing::{Proposal, in_query};

use super::field;
use super::line::parts;
use super::words::rows_of;

/// So many are proposed at most.
const MOST: usize = 100;
/// Longer values are not typed again, they are looked for by a word.
const LONGEST: usize = 200;
/// Where a find line looks for a key, beside links.
const SCOPES: [Scope; 2] = [Scope::Any, Scope::Event];

/// What has a name in a trace. Its memory is bounded, as that of its census is.
#[derive(Debug, Default)]
pub struct Names {
    census: Census,
    /// Keys of spans, resources, scopes and events, once each, most frequent first.
    keys: Vec<KeySeen>,
}

/// What is known of the names of a trace that may still grow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known {
    pub names: Option<Held<Names>>,
    /// They were asked for of the trace as it is.
    pub asked: bool,
}

impl Known {
    /// What may follow a line. Before the names are there, what every span has.
    pub fn propose(&self, text: &str, cursor: usize) -> Vec<Proposal> {
        match &self.names {
            Some(names) => names.propose(text, cursor),
            None => Names::default().propose(text, cursor),
        }
    }
}

/// A candidate before it is known where it stands.
struct Offer {
    text: String,
    class: String,
    values: u64,
    spans: u64,
}

impl Names {
    /// Looks at the attributes of every span.
    pub fn of(trace: &Trace) -> Self {
        let blocks = || trace.blocks().iter().map(AsRef::as_ref);
        let is_whole = blocks().map(Block::len).sum::<usize>() == trace.len();
        let census = if is_whole {
            Census::of(blocks())
        } else {
            Census::of_rows(blocks().zip(&rows_of(trace, None)))
        };
        let mut keys: Vec<KeySeen> = Vec::new();
        let mut seen = HashSet::new();
        for key in SCOPES.into_iter().flat_map(|scope| census.keys(scope)) {
            if seen.insert(key.key.clone()) {
                keys.push(key);
            }
        }
        Self { census, keys }
    }

    /// What may follow a line up to byte `cursor`, best first.
    pub fn propose(&self, text: &str, cursor: usize) -> Vec<Proposal> {
        if text.trim_start().starts_with('{') {
            return in_query(text, cursor, &self.census);
        }
        let before = text.get(..cursor).unwrap_or(text);
        let mut start = term(before);
        let not = before.get(start..).is_some_and(|t| t.starts_with('-'));
        start += usize::from(not);
        let typed = before.get(start..).unwrap_or_default();
        if typed.is_empty() || typed.starts_with('"') {
            return Vec::new();
        }
        match parts(typed) {
            None => ranked(self.words(), typed, start..cursor),
            Some((key, Compare::Equal | Compare::NotEqual, value)) => {
                let start = cursor - value.len();
                let value = value.strip_prefix('"').unwrap_or(value);
                ranked(self.values(key), value, start..cursor)
            }
            Some(_) => Vec::new(),
        }
    }

    /// What a term can begin with.
    fn words(&self) -> impl Iterator<Item = Offer> {
        let own = field::OWN.into_iter().map(|(text, class)| Offer {
            text: text.to_owned(),
            class: class.to_owned(),
            values: 0,
            spans: 0,
        });
        let is_plain = |key: &&KeySeen| !key.key.contains(|c: char| " =<>!\"".contains(c));
        let keys = self.keys.iter().filter(is_plain).map(|key| Offer {
            text: format!("{}=", key.key),
            class: key.value_type.to_owned(),
            values: key.values,
            spans: key.spans,
        });
        own.chain(keys)
    }

    /// The values of a key, as they are typed.
    fn values(&self, key: &str) -> impl Iterator<Item = Offer> {
        let key = key.to_lowercase();
        let fixed = field::values(&key);
        let attributes = match key.as_str() {
            _ if !fixed.is_empty() => Vec::new(),
            "service" => vec![Attribute::service()],
            "operation" | "name" => vec![Attribute::Intrinsic(Intrinsic::Name)],
            key => {
                let known = self.keys.iter().find(|seen| seen.key.to_lowercase() == key);
                let in_scopes = |known: &KeySeen| {
                    SCOPES.map(|scope| Attribute::keyed(scope, known.key.as_str()))
                };
                known.map(in_scopes).into_iter().flatten().collect()
            }
        };
        let seen = attributes
            .into_iter()
            .flat_map(|attribute| self.census.values(&attribute));
        let seen = seen.filter_map(|seen| Some((written(&seen.value)?, seen.spans)));
        let fixed = fixed.into_iter().map(|value| (value.to_owned(), 0));
        fixed.chain(seen).map(|(text, spans)| Offer {
            text,
            class: String::new(),
            values: 0,
            spans,
        })
    }
}

/// A value as it stands in a term; `None` if it cannot.
fn written(value: &Literal) -> Option<String> {
    let text = match value {
        Literal::Text(text) => text.clone(),
        other => other.to_string(),
    };
    let fits = !text.is_empty() && text.len() <= LONGEST;
    let is_typed = !text.contains(|c: char| c == '"' || c.is_control());
    let quoted = text.contains(char::is_whitespace);
    (fits && is_typed).then(|| if quoted { format!("\"{text}\"") } else { text })
}

/// Where the last term of a text begins. Blanks within quotes do not end one.
fn term(text: &str) -> usize {
    let (mut start, mut within) = (0, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' => within = !within,
            c if c.is_whitespace() && !within => start = at + c.len_utf8(),
            _ => {}
        }
    }
    start
}

/// Those that begin with what is typed, then those that hold it, where they stand in the line.
fn ranked(
    offers: impl Iterator<Item = Offer>,
    typed: &str,
    replaces: Range<usize>,
) -> Vec<Proposal> {
    let wanted = typed.to_lowercase();
    let place = |offer: &Offer| offer.text.to_lowercase().find(&wanted);
    let (mut begin, mut hold) = (Vec::new(), Vec::new());
    for offer in offers.filter(|offer| offer.text != typed) {
        match place(&offer) {
            Some(at) if at <= usize::from(offer.text.starts_with('"')) => begin.push(offer),
            Some(_) => hold.push(offer),
            None => {}
        }
    }
    let proposal = |offer: Offer| Proposal {
        label: offer.text.clone(),
        class: offer.class,
        values: offer.values,
        spans: offer.spans,
        replaces: replaces.clone(),
        cursor: offer.text.len(),
        text: offer.text,
    };
    let all = begin.into_iter().chain(hold);
    all.take(MOST).map(proposal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    const TRACE: &str = "shop: GET 0..100 http.status=500 http.route=/cart\n  mysql: SELECT 1..50 error http.status=200\n  redis: GET 60..70 http.status=200\n";

    fn offered(text: &str) -> Vec<(String, u64, u64)> {
        let names = Names::of(&scenario::trace(TRACE));
        let all = names.propose(text, text.len()).into_iter();
        all.map(|p| {
            (
                text[..p.replaces.start].to_owned() + &p.text,
                p.values,
                p.spans,
            )
        })
        .collect()
    }

    fn texts(text: &str) -> Vec<String> {
        offered(text).into_iter().map(|offer| offer.0).collect()
    }

    #[test]
    fn keys_come_with_how_many_have_them_and_values_with_theirs() {
        let told = |text: &str, values, spans| (text.to_owned(), values, spans);
        let keys = [told("http.status=", 2, 3), told("http.route=", 1, 1)];
        assert_eq!(offered("http"), keys);
        let values = [told("http.status=200", 0, 2), told("http.status=500", 0, 1)];
        assert_eq!(offered("http.status="), values);
        assert_eq!(offered("get -HTTP.status=5")[0].0, "get -HTTP.status=500");
        assert_eq!(texts("http.status>="), [] as [&str; 0]);
    }

    #[test]
    fn what_every_span_has_is_offered_first() {
        assert_eq!(texts("s")[..3], ["service=", "status=", "share>"]);
        assert_eq!(texts("kind=cl"), ["kind=client"]);
        assert_eq!(texts("redis | service=my"), ["redis | service=mysql"]);
        assert_eq!(texts("operation="), ["operation=GET", "operation=SELECT"]);
        assert_eq!(texts(""), texts("\"a"));
    }

    #[test]
    fn values_of_several_words_stand_in_quotes() {
        assert_eq!(
            written(&Literal::Text("GET /a".into())).unwrap(),
            "\"GET /a\""
        );
        assert_eq!(written(&Literal::Text("say \"a\"".into())), None);
        assert_eq!(term("a msg=\"not fo"), 2);
    }

    #[test]
    fn in_braces_the_query_language_proposes_from_the_same_trace() {
        assert_eq!(texts("{ span.http.st"), ["{ span.http.status"]);
    }
}
