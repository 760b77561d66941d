//! Why a query found nothing: attributes that are not there, or have another type.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use super::Query;
use crate::model::{Attributes, Block, PairIx, Value};
use crate::traceql::attribute::{Attribute, Scope};
use crate::traceql::suggest;
use crate::traceql::tree::{Field, FieldExpr, Literal};
use crate::traceql::types::Type;

/// A remark on a query, given the data it was asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// An attribute never has the type that it is compared with.
    Type {
        /// As written.
        attribute: String,
        /// The type that most spans have.
        found: &'static str,
        /// How many spans have it.
        spans: u64,
        /// The type that it is compared with.
        compared: Type,
    },
    /// An attribute is on no span.
    Unknown {
        /// As written.
        attribute: String,
        /// One that exists and may have been meant, and on how many spans.
        near: Option<(String, u64)>,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type {
                attribute,
                found,
                spans,
                compared,
            } => {
                let phrase = phrase(found);
                let compared = compared.phrase();
                write!(
                    out,
                    "{attribute} is {phrase} on {spans} {}; you compared it with {compared}",
                    plural(*spans)
                )
            }
            Self::Unknown {
                attribute,
                near: None,
            } => write!(out, "unknown attribute {attribute}"),
            Self::Unknown {
                attribute,
                near: Some((near, spans)),
            } => {
                let exists = if *spans == 1 { "1 span" } else { "spans" };
                match spans {
                    1 => write!(
                        out,
                        "unknown attribute {attribute}: {near} exists on {exists}"
                    ),
                    _ => write!(
                        out,
                        "unknown attribute {attribute}: {near} exists on {spans} {exists}"
                    ),
                }
            }
        }
    }
}

fn plural(spans: u64) -> &'static str {
    if spans == 1 { "span" } else { "spans" }
}

fn phrase(type_name: &str) -> &'static str {
    match type_name {
        "str" => "a string",
        "int" => "an int",
        "float" => "a float",
        "bool" => "a boolean",
        "bytes" => "bytes",
        "array" => "a list",
        "map" => "a map",
        _ => "empty",
    }
}

impl Query {
    /// Remarks that explain an empty result over these blocks. Reads every span's attributes:
    /// for when nothing was found.
    pub fn notes<'b>(&self, blocks: impl IntoIterator<Item = &'b Block>) -> Vec<Note> {
        let mut wanted = Vec::new();
        for filter in &self.filters {
            collect(filter, &mut wanted);
        }
        if wanted.is_empty() {
            return Vec::new();
        }
        let mut census = Census::default();
        for block in blocks {
            census.add(block);
        }
        if census.is_empty() {
            return Vec::new();
        }
        let mut notes = Vec::new();
        for (attribute, compared) in wanted {
            let note = census.note(attribute, compared);
            notes.extend(note.filter(|note| !notes.contains(note)));
        }
        notes
    }
}

/// The attributes that a filter compares with constants, and the constants' types.
fn collect<'f>(field: &'f Field, wanted: &mut Vec<(&'f Attribute, Option<Type>)>) {
    match &field.value {
        FieldExpr::Compare(_, left, right) => {
            if let (FieldExpr::Attribute(attribute), FieldExpr::Literal(literal)) =
                (&left.value, &right.value)
            {
                let compared = Some(literal.value_type()).filter(|_| *literal != Literal::Nil);
                wanted.push((attribute, compared));
                return;
            }
            field
                .children()
                .into_iter()
                .for_each(|child| collect(child, wanted));
        }
        FieldExpr::Attribute(attribute) => wanted.push((attribute, Some(Type::Bool))),
        // What is denied or asked to be missing may well be missing.
        FieldExpr::Not(_) | FieldExpr::Exists { .. } => {}
        _ => field
            .children()
            .into_iter()
            .for_each(|child| collect(child, wanted)),
    }
}

/// How many spans have which keys, by scope and type.
#[derive(Default)]
struct Census {
    keys: BTreeMap<(Scope, String), BTreeMap<&'static str, u64>>,
}

impl Census {
    fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn add(&mut self, block: &Block) {
        let mut own = vec![0_u64; block.dictionary().pair_count()];
        let mut resources = vec![0_u64; block.resource_count()];
        let mut scopes = vec![0_u64; block.scope_count()];
        for span in block.spans() {
            for pair in span.attributes().pairs() {
                count(&mut own, pair.index());
            }
            count(&mut resources, span.resource().index().0 as usize);
            count(&mut scopes, span.scope().index().0 as usize);
        }
        let dictionary = block.dictionary();
        for (pair, key, value) in dictionary.pairs() {
            let spans = own.get(pair.index()).copied().unwrap_or(0);
            self.see(Scope::Span, dictionary.text(key), value, spans);
        }
        for (i, &spans) in resources.iter().enumerate() {
            let resource = block.resource(crate::model::ResourceIx(i as u32));
            self.list(Scope::Resource, resource.attributes(), spans);
        }
        for (i, &spans) in scopes.iter().enumerate() {
            let scope = block.scope(crate::model::ScopeIx(i as u32));
            self.list(Scope::Instrumentation, scope.attributes(), spans);
        }
        self.elements(block);
    }

    fn list(&mut self, scope: Scope, attributes: Attributes<'_>, spans: u64) {
        for (key, value) in attributes.iter() {
            self.see(scope, key, value, spans);
        }
    }

    fn elements(&mut self, block: &Block) {
        let mut seen: HashMap<(Scope, PairIx), u64> = HashMap::new();
        let mut see = |scope, attributes: Attributes<'_>| {
            for &pair in attributes.pairs() {
                *seen.entry((scope, pair)).or_default() += 1;
            }
        };
        let mut rows: Vec<_> = block.event_rows().chain(block.link_rows()).collect();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            let span = block.span(row);
            span.events()
                .for_each(|event| see(Scope::Event, event.attributes()));
            span.links()
                .for_each(|link| see(Scope::Link, link.attributes()));
        }
        let dictionary = block.dictionary();
        for ((scope, pair), spans) in seen {
            let key = dictionary.text(dictionary.key(pair));
            self.see(scope, key, dictionary.value(pair), spans);
        }
    }

    fn see(&mut self, scope: Scope, key: &str, value: Value<'_>, spans: u64) {
        if spans > 0 {
            let types = self.keys.entry((scope, key.to_owned())).or_default();
            *types.entry(value.type_name()).or_default() += spans;
        }
    }

    fn note(&self, attribute: &Attribute, compared: Option<Type>) -> Option<Note> {
        let Attribute::Keyed { scope, key } = attribute else {
            return None;
        };
        let types = self.types_of(*scope, key);
        let Some((&found, &spans)) = types.iter().max_by_key(|(_, spans)| **spans) else {
            return self.unknown(attribute, *scope, key);
        };
        let compared = compared?;
        let fits = types.keys().any(|found| meets(found, compared)) || *scope == Scope::Tag;
        (!fits).then(|| Note::Type {
            attribute: attribute.to_string(),
            found,
            spans,
            compared,
        })
    }

    fn types_of(&self, scope: Scope, key: &str) -> BTreeMap<&'static str, u64> {
        let mut types = BTreeMap::new();
        for scope in places(scope) {
            let found = self.keys.get(&(*scope, key.to_owned()));
            for (name, spans) in found.into_iter().flatten() {
                *types.entry(*name).or_default() += spans;
            }
        }
        types
    }

    fn unknown(&self, attribute: &Attribute, scope: Scope, key: &str) -> Option<Note> {
        if scope == Scope::Tag && super::tag::Special::of(key).is_some() {
            return None;
        }
        let keys = |scopes: &'static [Scope]| {
            let entries = self.keys.iter();
            entries.filter(move |((scope, _), _)| scopes.contains(scope))
        };
        let same_scope =
            suggest::nearest(key, keys(places(scope)).map(|((_, key), _)| key.as_str()));
        let elsewhere = self.keys.iter().find(|((_, other), _)| other == key);
        let near = same_scope
            .and_then(|near| keys(places(scope)).find(|((_, key), _)| key == near))
            .filter(|_| elsewhere.is_none())
            .map(|((_, near), types)| (Attribute::keyed(scope, near.as_str()), types))
            .or_else(|| {
                let ((scope, key), types) = elsewhere?;
                Some((Attribute::keyed(*scope, key.as_str()), types))
            })
            .map(|(near, types)| (near.to_string(), types.values().sum()));
        Some(Note::Unknown {
            attribute: attribute.to_string(),
            near,
        })
    }
}

fn count(counts: &mut [u64], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

/// Where a scope looks.
fn places(scope: Scope) -> &'static [Scope] {
    match scope {
        Scope::Any => &[Scope::Span, Scope::Resource, Scope::Instrumentation],
        Scope::Span => &[Scope::Span],
        Scope::Resource => &[Scope::Resource],
        Scope::Event => &[Scope::Event],
        Scope::Link => &[Scope::Link],
        Scope::Instrumentation => &[Scope::Instrumentation],
        Scope::Tag => &[
            Scope::Span,
            Scope::Instrumentation,
            Scope::Resource,
            Scope::Event,
            Scope::Link,
        ],
    }
}

/// Whether a value of a type can equal a constant of another.
fn meets(found: &str, compared: Type) -> bool {
    match found {
        "str" => compared == Type::Text,
        "int" | "float" => compared.is_number(),
        "bool" => compared == Type::Bool,
        // Its elements may.
        "array" => true,
        _ => false,
    }
}
