//! What traces are grouped by, and which group a trace is in.

use std::collections::{BTreeMap, BTreeSet};

use crate::analysis::between;
use crate::backend::TraceRow;
use crate::model::{Trace, TraceId};
use crate::text::Charset;
use crate::traceql::operator::Compare;
use crate::traceql::tree::{Field, FieldExpr, Literal};
use crate::traceql::{Attribute, Intrinsic, Scope};

/// An attribute with more values than this over the traces of one service tells them apart, not
/// together.
const MOST: usize = 24;

/// What traces may have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Service and operation of the root.
    Operation,
    /// The root's service.
    Service,
    /// Failed or fine.
    Outcome,
    /// The services that took part.
    Shape,
    /// The value of an attribute of spans or resources.
    Attribute(String),
}

/// Letters, and what they choose; the last asks which attribute.
pub const CHOICES: [(char, &str); 6] = [
    ('o', "root operation"),
    ('s', "root service"),
    ('v', "version (service.version)"),
    ('e', "failed or fine"),
    ('h', "shape: the services that took part"),
    ('a', "any attribute"),
];

impl Key {
    /// The key of a letter; none for one that asks further.
    pub fn chosen(letter: char) -> Option<Self> {
        Some(match letter {
            'o' => Self::Operation,
            's' => Self::Service,
            'v' => Self::Attribute("service.version".to_owned()),
            'e' => Self::Outcome,
            'h' => Self::Shape,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Self::Operation => "root operation",
            Self::Service => "root service",
            Self::Outcome => "outcome",
            Self::Shape => "shape",
            Self::Attribute(name) => name,
        }
    }
}

/// The values of an attribute in one trace, by service.
pub type Values = BTreeMap<String, String>;

/// The first value of an attribute in each service of a trace, span before resource.
pub fn values(trace: &Trace, name: &str) -> Values {
    let mut values = Values::new();
    for span in trace.spans() {
        let value = || {
            span.attribute(name)
                .or_else(|| span.resource().attributes().get(name))
        };
        if !values.contains_key(span.service())
            && let Some(value) = value()
        {
            values.insert(span.service().to_owned(), value.to_text().into_owned());
        }
    }
    values
}

/// The values of some attributes in some traces, and the services in which they differ.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Known(BTreeMap<String, Told>);

#[derive(Debug, Clone, Default, PartialEq)]
struct Told {
    traces: BTreeMap<TraceId, Values>,
    /// Services whose values tell the traces apart.
    telling: BTreeSet<String>,
}

impl Known {
    /// Whether an attribute was looked up.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes what was found of an attribute.
    pub fn learn(&mut self, name: String, traces: Vec<(TraceId, Values)>) {
        let mut distinct: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (service, value) in traces.iter().flat_map(|(_, values)| values) {
            distinct.entry(service).or_default().insert(value);
        }
        let telling = distinct
            .into_iter()
            .filter(|(_, values)| (2..=MOST).contains(&values.len()))
            .map(|(service, _)| service.to_owned())
            .collect();
        let traces = traces.into_iter().collect();
        self.0.insert(name, Told { traces, telling });
    }

    /// The group of a trace, in words.
    pub fn group(&self, key: &Key, row: &TraceRow, charset: Charset) -> String {
        match key {
            Key::Operation => format!("{}  {}", row.service, row.name),
            Key::Service => row.service.to_string(),
            Key::Outcome if row.errors > 0 => "failed".to_owned(),
            Key::Outcome => "fine".to_owned(),
            Key::Shape => {
                let services: Vec<&str> = row.services.keys().map(AsRef::as_ref).collect();
                services.join(" ")
            }
            Key::Attribute(name) => {
                let pairs = self.pairs(name, row);
                let words: Vec<_> = pairs
                    .iter()
                    .map(|(service, value)| format!("{service} {value}"))
                    .collect();
                if words.is_empty() {
                    format!("no {name}")
                } else {
                    words.join(between(charset))
                }
            }
        }
    }

    /// Service and value where they tell traces apart; else those of the root's service.
    fn pairs(&self, name: &str, row: &TraceRow) -> Vec<(&str, &str)> {
        let told = self.0.get(name);
        let values = told.and_then(|told| told.traces.get(&row.trace_id));
        let (Some(told), Some(values)) = (told, values) else {
            return Vec::new();
        };
        let telling: Vec<(&str, &str)> = values
            .iter()
            .filter(|(service, _)| told.telling.contains(*service))
            .map(|(service, value)| (service.as_str(), value.as_str()))
            .collect();
        if !telling.is_empty() {
            return telling;
        }
        let root = values.get_key_value(&*row.service);
        let any = root.or_else(|| values.iter().next());
        any.map(|(service, value)| (service.as_str(), value.as_str()))
            .into_iter()
            .collect()
    }

    /// What spans of a trace's group satisfy, each set on a span of its own; none if no query says
    /// it.
    pub fn terms(&self, key: &Key, row: &TraceRow) -> Option<Vec<Field>> {
        let is = |attribute, text: &str| {
            FieldExpr::comparison(attribute, Compare::Equal, Literal::Text(text.to_owned()))
        };
        let root = |intrinsic, text: &str| is(Attribute::Intrinsic(intrinsic), text);
        match key {
            Key::Operation => Some(vec![
                root(Intrinsic::RootService, &row.service),
                root(Intrinsic::RootName, &row.name),
            ]),
            Key::Service => Some(vec![root(Intrinsic::RootService, &row.service)]),
            Key::Outcome | Key::Shape => None,
            Key::Attribute(name) => {
                let [(service, value)] = self.pairs(name, row)[..] else {
                    return None;
                };
                let tag = Attribute::keyed(Scope::Tag, name.as_str());
                let of = Attribute::keyed(Scope::Resource, "service.name");
                Some(vec![is(tag, value), is(of, service)])
            }
        }
    }
}
