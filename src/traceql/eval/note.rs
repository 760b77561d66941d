//! Why a query found nothing: attributes that are not there, or have another type.

use std::collections::BTreeMap;
use std::fmt;

use super::Query;
use super::census::Census;
use super::datum::Datum;
use super::spot::{Around, Spot};
use crate::model::Block;
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
    /// Remarks that explain an empty result over these blocks: for when nothing was found. Where
    /// every attribute is there, and as it is compared, that shows after a few spans; else the
    /// attributes of all are counted.
    pub fn notes<'b>(&self, blocks: impl IntoIterator<Item = &'b Block>) -> Vec<Note> {
        let blocks: Vec<&Block> = blocks.into_iter().collect();
        let mut wanted = Vec::new();
        for filter in &self.filters {
            collect(filter, &mut wanted);
        }
        wanted.retain(|(attribute, compared)| !occurs(&blocks, attribute, *compared));
        if wanted.is_empty() {
            return Vec::new();
        }
        let census = Census::of(blocks);
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

/// Whether some span has an attribute as it is compared. Only attributes that most spans have
/// are looked for far: of the others the census tells.
fn occurs(blocks: &[&Block], attribute: &Attribute, compared: Option<Type>) -> bool {
    const SPANS: usize = 4_096;
    let Attribute::Keyed { scope, .. } = attribute else {
        return true;
    };
    if matches!(scope, Scope::Event | Scope::Link | Scope::Tag) {
        return false;
    }
    let mut spans = blocks.iter().flat_map(|block| block.spans()).take(SPANS);
    spans.any(|span| {
        let found = Spot::new(span, Around::default()).read(attribute);
        found != Datum::Nil && compared.is_none_or(|compared| comparable(&found, compared))
    })
}

/// Whether a value can equal a constant of a type.
fn comparable(found: &Datum<'_>, compared: Type) -> bool {
    match found {
        Datum::Text(_) => compared == Type::Text,
        Datum::Number(_) => compared.is_number(),
        Datum::Bool(_) => compared == Type::Bool,
        // Its elements may.
        Datum::Array(_) => true,
        Datum::Nil | Datum::Status(_) | Datum::Kind(_) | Datum::Opaque => false,
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

impl Census {
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
            for (name, spans) in found.iter().flat_map(|seen| &seen.types) {
                *types.entry(*name).or_default() += spans;
            }
        }
        types
    }

    fn unknown(&self, attribute: &Attribute, scope: Scope, key: &str) -> Option<Note> {
        if scope == Scope::Tag && super::tag::Special::of(key).is_some() {
            return None;
        }
        let own = places(scope);
        let mut known: Vec<(&(Scope, String), u64)> = self
            .keys
            .iter()
            .map(|(key, seen)| (key, seen.spans()))
            .collect();
        // The same key elsewhere, else a similar one here, else one elsewhere; of several the one
        // that most spans have.
        known.sort_by_key(|(_, spans)| std::cmp::Reverse(*spans));
        let same = || known.iter().find(|((_, other), _)| other == key);
        let similar = |own: &[Scope]| {
            let keys = || known.iter().filter(|((scope, _), _)| own.contains(scope));
            let near = suggest::nearest(key, keys().map(|((_, key), _)| key.as_str()))?;
            keys().find(|((_, key), _)| key == near)
        };
        let near = same()
            .or_else(|| similar(own))
            .or_else(|| similar(&Scope::ALL));
        let near = near.map(|&((found, key), spans)| {
            // As it was written, where that says enough.
            let scope = if own.contains(found) { scope } else { *found };
            (Attribute::keyed(scope, key.as_str()).to_string(), spans)
        });
        Some(Note::Unknown {
            attribute: attribute.to_string(),
            near,
        })
    }
}

/// Where a scope looks.
pub(super) fn places(scope: Scope) -> &'static [Scope] {
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
