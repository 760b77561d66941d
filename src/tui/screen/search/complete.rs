//! What may be typed next on the query line: names of services and operations, properties of spans,
//! values.

use std::ops::Range;

use crate::model::{Kind, Status};
use crate::traceql::Intrinsic;

use super::terms::{Term, query};

/// What is known of the backend's data.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Names {
    /// Services with their spans, if counted.
    pub services: Vec<(String, Option<u64>)>,
    /// Operations, once each.
    pub operations: Vec<String>,
}

/// Something that may be typed here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What the user sees.
    pub label: String,
    /// Its class or type: `service`, `duration`.
    pub class: &'static str,
    /// How often it occurs, if that is known.
    pub count: Option<u64>,
    /// The bytes of the line that it takes the place of.
    pub replaces: Range<usize>,
    /// What it puts there.
    pub text: String,
    /// Where the cursor goes, as a byte of that text.
    pub cursor: usize,
}

/// More proposals than this are not shown.
const MOST: usize = 50;
/// Keys of the semantic conventions that are worth proposing before any data is known.
const KEYS: [&str; 14] = [
    "resource.service.name",
    "resource.service.version",
    "resource.deployment.environment.name",
    "resource.host.name",
    "span.http.request.method",
    "span.http.response.status_code",
    "span.http.route",
    "span.url.full",
    "span.db.system.name",
    "span.db.query.text",
    "span.rpc.method",
    "span.messaging.destination.name",
    "span.error.type",
    "span.peer.service",
];

/// What may follow `text` up to byte `cursor`.
pub fn propose(text: &str, cursor: usize, names: &Names) -> Vec<Proposal> {
    let before = text.get(..cursor).unwrap_or(text);
    let mut proposals = if before.contains('{') {
        inside(before, names)
    } else {
        plain(before, names)
    };
    proposals.truncate(MOST);
    proposals
}

/// Without braces: a service, which writes the whole query.
fn plain(before: &str, names: &Names) -> Vec<Proposal> {
    let word = before.trim_start();
    if word.is_empty() || word.contains(char::is_whitespace) {
        return Vec::new();
    }
    let proposal = |(name, count): &(String, Option<u64>)| {
        let text = query(vec![Term::service(name)]);
        let cursor = text.len() - 2;
        Proposal {
            label: name.clone(),
            class: "service",
            count: *count,
            replaces: 0..before.len(),
            text,
            cursor,
        }
    };
    matching(&names.services, word, |(name, _)| name)
        .map(proposal)
        .collect()
}

/// Inside braces: a property where one is expected, a value behind a comparison.
fn inside(before: &str, names: &Names) -> Vec<Proposal> {
    let start = before.rfind(['{', '&', '|', '(']).map_or(0, |at| at + 1);
    let term = before.get(start..).unwrap_or_default();
    let trimmed = term.trim_start();
    match trimmed.find(['=', '!', '<', '>']) {
        Some(at) => {
            let (attribute, rest) = trimmed.split_at(at);
            let typed = rest
                .trim_start_matches(['=', '!', '<', '>', '~'])
                .trim_start();
            let replaces = before.len() - typed.len()..before.len();
            values(
                attribute.trim(),
                typed.trim_start_matches('"'),
                replaces,
                names,
            )
        }
        None if trimmed.contains(char::is_whitespace) => Vec::new(),
        None => properties(trimmed, before.len() - trimmed.len()..before.len()),
    }
}

fn properties(typed: &str, replaces: Range<usize>) -> Vec<Proposal> {
    let intrinsics = Intrinsic::all().map(|intrinsic| (intrinsic.name(), type_word(intrinsic)));
    let keys = KEYS.iter().map(|key| ((*key).to_owned(), "attribute"));
    let all: Vec<(String, &'static str)> = intrinsics.chain(keys).collect();
    let proposal = |(name, class): &(String, &'static str)| {
        let text = format!("{name} ");
        Proposal {
            label: name.clone(),
            class,
            count: None,
            replaces: replaces.clone(),
            cursor: text.len(),
            text,
        }
    };
    matching(&all, typed, |(name, _)| name)
        .map(proposal)
        .collect()
}

fn type_word(intrinsic: Intrinsic) -> &'static str {
    match intrinsic {
        Intrinsic::Duration | Intrinsic::TraceDuration => "duration",
        Intrinsic::Status => "status",
        Intrinsic::Kind => "kind",
        _ => "built in",
    }
}

fn values(attribute: &str, typed: &str, replaces: Range<usize>, names: &Names) -> Vec<Proposal> {
    let words = |words: Vec<&str>| {
        words
            .into_iter()
            .map(|word| (word.to_owned(), None, false))
            .collect()
    };
    let quoted = |names: Vec<(String, Option<u64>)>| {
        names
            .into_iter()
            .map(|(name, count)| (name, count, true))
            .collect()
    };
    let all: Vec<(String, Option<u64>, bool)> = match attribute {
        "resource.service.name" | ".service.name" | "trace:rootService" | "rootServiceName" => {
            quoted(names.services.clone())
        }
        "name" | "span:name" | "trace:rootName" | "rootName" => quoted(
            names
                .operations
                .iter()
                .map(|name| (name.clone(), None))
                .collect(),
        ),
        "status" | "span:status" => words(
            [Status::Error, Status::Ok, Status::Unset]
                .map(Status::name)
                .to_vec(),
        ),
        "kind" | "span:kind" => words(Kind::ALL.map(Kind::name).to_vec()),
        "duration" | "span:duration" | "trace:duration" | "traceDuration" => {
            words(vec!["100ms", "500ms", "1s", "5s"])
        }
        _ => Vec::new(),
    };
    let proposal = |(value, count, quoted): &(String, Option<u64>, bool)| {
        let text = if *quoted {
            format!("{:?} ", value)
        } else {
            format!("{value} ")
        };
        Proposal {
            label: value.clone(),
            class: "value",
            count: *count,
            replaces: replaces.clone(),
            cursor: text.len(),
            text,
        }
    };
    matching(&all, typed, |(value, ..)| value)
        .map(proposal)
        .collect()
}

/// Those that begin with what was typed, then those that hold it; not the one that is it.
fn matching<'a, T>(
    all: &'a [T],
    typed: &str,
    name: impl Fn(&T) -> &str + Copy + 'a,
) -> impl Iterator<Item = &'a T> + 'a {
    let typed = typed.to_lowercase();
    let wanted = typed.clone();
    let begins = move |item: &&T| name(item).to_lowercase().starts_with(&typed);
    let holds = move |item: &&T| {
        let name = name(item).to_lowercase();
        !name.starts_with(&wanted) && name.contains(&wanted)
    };
    all.iter().filter(begins).chain(all.iter().filter(holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        Names {
            services: vec![("frontend".into(), Some(812)), ("checkout".into(), None)],
            operations: vec!["GET /cart".into()],
        }
    }

    fn taken(text: &str) -> Option<(String, usize)> {
        let proposal = propose(text, text.len(), &names()).into_iter().next()?;
        let mut taken = text.to_owned();
        taken.replace_range(proposal.replaces.clone(), &proposal.text);
        Some((taken, proposal.replaces.start + proposal.cursor))
    }

    #[test]
    fn a_service_writes_the_whole_query() {
        let (text, cursor) = taken("che").unwrap();
        assert_eq!(text, r#"{ resource.service.name = "checkout" }"#);
        assert_eq!(&text[cursor..], " }");
    }

    #[test]
    fn properties_and_values_are_proposed_where_they_belong() {
        assert_eq!(taken("{ trace:du").unwrap().0, "{ trace:duration ");
        assert_eq!(taken("{ status = e").unwrap().0, "{ status = error ");
        assert_eq!(
            taken("{ a = 1 && resource.service.name = \"fr").unwrap().0,
            "{ a = 1 && resource.service.name = \"frontend\" "
        );
        assert_eq!(
            taken("{ name = "),
            Some(("{ name = \"GET /cart\" ".into(), 21))
        );
        assert_eq!(taken(""), None);
        assert!(propose("{ ", 2, &names()).len() > 10);
    }
}
