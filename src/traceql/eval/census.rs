//! What attributes some blocks hold: keys, their types and values, and how many spans have them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::model::Bits;
use crate::model::{Attributes, Block, PairIx, ResourceIx, Row, ScopeIx, SpanRef, Sym, Value};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::complete::{KeySeen, ValueSeen, Vocabulary};
use crate::traceql::tree::Literal;

/// How many values of one key are told apart.
const MAX_VALUES: usize = 1000;

/// How many keys of one block are told apart.
const MAX_KEYS: usize = 10_000;

/// What attributes some blocks hold. Its memory is bounded, whatever they hold.
#[derive(Debug, Clone, Default)]
pub struct Census {
    pub(super) keys: BTreeMap<(Scope, String), Seen>,
    operations: HashMap<String, u64>,
}

/// What was seen of one key.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// Spans by type of value.
    pub types: BTreeMap<&'static str, u64>,
    /// Spans by value, for the first values that were met.
    values: HashMap<Known, u64>,
    /// Values beyond those.
    more: u64,
}

/// A value that completion can offer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Known {
    Text(String),
    Int(i64),
    Float(u64),
    Bool(bool),
}

impl Known {
    fn of(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Str(text) => Some(Self::Text(text.to_owned())),
            Value::Int(n) => Some(Self::Int(n)),
            Value::Double(n) if n.is_finite() => Some(Self::Float(n.to_bits())),
            Value::Bool(value) => Some(Self::Bool(value)),
            _ => None,
        }
    }

    fn literal(&self) -> Literal {
        match self {
            Self::Text(text) => Literal::Text(text.clone()),
            Self::Int(n) => Literal::Int(*n),
            Self::Float(bits) => Literal::Float(f64::from_bits(*bits)),
            Self::Bool(value) => Literal::Bool(*value),
        }
    }
}

impl Seen {
    fn see(&mut self, value: Value<'_>, spans: u64) {
        *self.types.entry(value.type_name()).or_default() += spans;
        let Some(known) = Known::of(value) else {
            return;
        };
        self.count(known, spans);
    }

    fn count(&mut self, known: Known, spans: u64) {
        if let Some(count) = self.values.get_mut(&known) {
            *count += spans;
        } else if self.values.len() < MAX_VALUES {
            self.values.insert(known, spans);
        } else {
            self.more += 1;
        }
    }

    fn add(&mut self, other: Self) {
        for (name, spans) in other.types {
            *self.types.entry(name).or_default() += spans;
        }
        for (known, spans) in other.values {
            self.count(known, spans);
        }
        self.more += other.more;
    }

    pub fn spans(&self) -> u64 {
        self.types.values().sum()
    }
}

impl Census {
    /// The census of some blocks. Reads every span's attributes.
    pub fn of<'b>(blocks: impl IntoIterator<Item = &'b Block>) -> Self {
        let mut census = Self::default();
        for block in blocks {
            census.add(block, &Counts::of(block));
        }
        census
    }

    /// The census of some rows of blocks.
    pub fn of_rows<'b>(rows: impl IntoIterator<Item = (&'b Block, &'b Bits)>) -> Self {
        let mut census = Self::default();
        for (block, rows) in rows {
            census.add(block, &Counts::of_rows(block, rows));
        }
        census
    }

    /// Whether there was no attribute.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn add(&mut self, block: &Block, counts: &Counts) {
        let dictionary = block.dictionary();
        let mut local: HashMap<(Scope, Sym), Seen> = HashMap::new();
        let mut see = |scope, pair: PairIx, spans| {
            let key = (scope, dictionary.key(pair));
            if spans > 0 && (local.len() < MAX_KEYS || local.contains_key(&key)) {
                local
                    .entry(key)
                    .or_default()
                    .see(dictionary.value(pair), spans);
            }
        };
        for (pair, _, _) in dictionary.pairs() {
            see(
                Scope::Span,
                pair,
                counts.own.get(pair.index()).copied().unwrap_or(0),
            );
        }
        for (i, &spans) in counts.resources.iter().enumerate() {
            let attributes = block.resource(ResourceIx(i as u32)).attributes();
            attributes
                .pairs()
                .iter()
                .for_each(|&pair| see(Scope::Resource, pair, spans));
        }
        for (i, &spans) in counts.scopes.iter().enumerate() {
            let attributes = block.scope(ScopeIx(i as u32)).attributes();
            attributes
                .pairs()
                .iter()
                .for_each(|&pair| see(Scope::Instrumentation, pair, spans));
        }
        for (&(scope, pair), &times) in &counts.elements {
            see(scope, pair, times);
        }
        for ((scope, key), seen) in local {
            let key = (scope, dictionary.text(key).to_owned());
            self.keys.entry(key).or_default().add(seen);
        }
        for (&name, &spans) in block.operations().iter().zip(&counts.operations) {
            let name = dictionary.text(name);
            if let Some(count) = self.operations.get_mut(name) {
                *count += spans;
            } else if spans > 0 && self.operations.len() < MAX_KEYS {
                self.operations.insert(name.to_owned(), spans);
            }
        }
    }
}

/// How many spans have each pair, resource, scope and operation of a block.
struct Counts {
    own: Vec<u64>,
    resources: Vec<u64>,
    scopes: Vec<u64>,
    operations: Vec<u64>,
    elements: HashMap<(Scope, PairIx), u64>,
}

impl Counts {
    fn none(block: &Block) -> Self {
        let dictionary = block.dictionary();
        Self {
            own: vec![0; dictionary.pair_count()],
            resources: vec![0; block.resource_count()],
            scopes: vec![0; block.scope_count()],
            operations: vec![0; block.operations().len()],
            elements: HashMap::new(),
        }
    }

    /// Of all rows: column by column.
    fn of(block: &Block) -> Self {
        let mut counts = Self::none(block);
        let (pairs, _) = block.attribute_columns();
        for pair in pairs {
            count(&mut counts.own, pair.index());
        }
        let columns = [
            (block.resource_column(), &mut counts.resources),
            (block.scope_column(), &mut counts.scopes),
            (block.operation_column(), &mut counts.operations),
        ];
        for (column, counts) in columns {
            column
                .iter()
                .for_each(|index| count(counts, index as usize));
        }

        let mut rows: Vec<_> = block.event_rows().chain(block.link_rows()).collect();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            counts.elements_of(block.span(row));
        }
        counts
    }

    fn of_rows(block: &Block, rows: &Bits) -> Self {
        let mut counts = Self::none(block);
        for row in rows.iter().filter(|&row| row < block.len()) {
            let span = block.span(row as Row);
            let pairs = block.attribute_pairs(row as Row).iter();
            pairs.for_each(|pair| count(&mut counts.own, pair.index()));
            count(&mut counts.resources, span.resource().index().0 as usize);
            count(&mut counts.scopes, span.scope().index().0 as usize);
            if let Some(operation) = block.operation_column().get(row) {
                count(&mut counts.operations, operation as usize);
            }
            counts.elements_of(span);
        }
        counts
    }

    /// Counts what a span's events and links have.
    fn elements_of(&mut self, span: SpanRef<'_>) {
        span.events()
            .for_each(|event| self.element(Scope::Event, event.attributes()));
        span.links()
            .for_each(|link| self.element(Scope::Link, link.attributes()));
    }

    fn element(&mut self, scope: Scope, attributes: Attributes<'_>) {
        for &pair in attributes.pairs() {
            *self.elements.entry((scope, pair)).or_default() += 1;
        }
    }
}

fn count(counts: &mut [u64], at: usize) {
    if let Some(count) = counts.get_mut(at) {
        *count += 1;
    }
}

impl Vocabulary for Census {
    fn keys(&self, scope: Scope) -> Vec<KeySeen> {
        let places = super::note::places(scope);
        let seen = self
            .keys
            .iter()
            .filter(|((place, _), _)| places.contains(place));
        let mut keys: Vec<KeySeen> = seen
            .map(|((_, key), seen)| KeySeen {
                key: key.clone(),
                value_type: seen
                    .types
                    .iter()
                    .max_by_key(|(_, spans)| **spans)
                    .map_or("", |(name, _)| name),
                values: seen.values.len() as u64 + seen.more,
                spans: seen.spans(),
            })
            .collect();
        keys.sort_by(|a, b| b.spans.cmp(&a.spans).then_with(|| a.key.cmp(&b.key)));
        keys
    }

    fn values(&self, attribute: &Attribute) -> Vec<ValueSeen> {
        let mut values: Vec<ValueSeen> = match attribute {
            Attribute::Intrinsic(Intrinsic::Name | Intrinsic::RootName) => {
                let operations = self.operations.iter();
                operations
                    .map(|(name, &spans)| ValueSeen {
                        value: Literal::Text(name.clone()),
                        spans,
                    })
                    .collect()
            }
            Attribute::Intrinsic(Intrinsic::RootService) => {
                return self.values(&Attribute::service());
            }
            Attribute::Intrinsic(_) => Vec::new(),
            Attribute::Keyed { scope, key } => super::note::places(*scope)
                .iter()
                .filter_map(|place| self.keys.get(&(*place, key.clone())))
                .flat_map(|seen| &seen.values)
                .map(|(known, &spans)| ValueSeen {
                    value: known.literal(),
                    spans,
                })
                .collect(),
        };
        values.sort_by_cached_key(|seen| (Reverse(seen.spans), seen.value.to_string()));
        values
    }
}
