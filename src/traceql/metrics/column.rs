//! An attribute compiled for one block: what is the same for all spans of a resource, a scope,
//! an operation or a pair is read once, and a span's value is then looked up.

use super::values::{NIL, Values};
use crate::model::{Attributes, Block, PairIx, ResourceIx, Row, ScopeIx, Sym, Value};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::eval::{Around, Datum, Spot};

/// An attribute compiled for one block.
pub struct Column<'a> {
    block: &'a Block,
    source: Source<'a>,
}

enum Source<'a> {
    /// The number of each resource's value.
    Resource(Vec<u32>),
    /// The number of each scope's value.
    Scope(Vec<u32>),
    /// The number of each operation, as far as known.
    Operation(Vec<u32>),
    /// The span's own attribute, else what `.key` finds in its resource and its scope.
    Own {
        key: Sym,
        of_pair: Vec<u32>,
        beyond: Option<(Vec<u32>, Vec<u32>)>,
    },
    /// Whatever is read at the span.
    Read(&'a Attribute),
}

/// Not looked up yet.
const UNKNOWN: u32 = u32::MAX;

impl<'a> Column<'a> {
    /// Compiles an attribute that does not need the trace.
    pub fn of(attribute: &'a Attribute, block: &'a Block, values: &mut Values) -> Self {
        let dictionary = block.dictionary();
        let source = match attribute {
            Attribute::Keyed { scope, key } => match scope {
                Scope::Resource => Source::Resource(of_resources(block, key, values)),
                Scope::Instrumentation => Source::Scope(of_scopes(block, key, values)),
                Scope::Span | Scope::Any => {
                    let beyond = (*scope == Scope::Any).then(|| {
                        let resources = of_resources(block, key, values);
                        (resources, of_scopes(block, key, values))
                    });
                    match (dictionary.find(key), beyond) {
                        (Some(key), beyond) => Source::Own {
                            key,
                            of_pair: vec![UNKNOWN; dictionary.pair_count()],
                            beyond,
                        },
                        (None, _) => Source::Resource(Vec::new()),
                    }
                }
                Scope::Event | Scope::Link | Scope::Tag => Source::Read(attribute),
            },
            Attribute::Intrinsic(Intrinsic::Name) => {
                Source::Operation(vec![UNKNOWN; block.operations().len()])
            }
            Attribute::Intrinsic(_) => Source::Read(attribute),
        };
        Self { block, source }
    }

    /// The number of a span's value.
    pub fn number(&mut self, row: Row, values: &mut Values) -> u32 {
        let block = self.block;
        let at = row as usize;
        match &mut self.source {
            Source::Resource(numbers) => entry(numbers, block.resource_column().get(at)),
            Source::Scope(numbers) => entry(numbers, block.scope_column().get(at)),
            Source::Operation(numbers) => {
                let Some(operation) = block.operation_column().get(at) else {
                    return NIL;
                };
                let name = || block.dictionary().text(block.operation(row));
                known(numbers, operation as usize, || {
                    values.number_of(Datum::text(name()))
                })
            }
            Source::Own {
                key,
                of_pair,
                beyond,
            } => {
                let number = match own(block, row, *key) {
                    Some(pair) => known(of_pair, pair.index(), || {
                        values.number_of(Datum::of(block.dictionary().value(pair)))
                    }),
                    None => NIL,
                };
                match beyond {
                    Some((resources, scopes)) if number == NIL => {
                        match entry(resources, block.resource_column().get(at)) {
                            NIL => entry(scopes, block.scope_column().get(at)),
                            found => found,
                        }
                    }
                    _ => number,
                }
            }
            Source::Read(attribute) => {
                let spot = Spot::new(block.span(row), Around::default());
                values.number_of(read(attribute, &spot))
            }
        }
    }
}

/// The value of an attribute at a span; of events and links, the first that has it.
pub fn read<'a>(attribute: &Attribute, spot: &Spot<'a>) -> Datum<'a> {
    let first = |spots: &mut dyn Iterator<Item = Spot<'a>>| {
        let mut found = spots.map(|spot| spot.read(attribute));
        found
            .find(|datum| *datum != Datum::Nil)
            .unwrap_or(Datum::Nil)
    };
    match attribute.element_scope() {
        Some(Scope::Event) => first(&mut spot.span.events().map(|event| Spot {
            event: Some(event),
            ..*spot
        })),
        Some(_) => first(&mut spot.span.links().map(|link| Spot {
            link: Some(link),
            ..*spot
        })),
        None => spot.read(attribute),
    }
}

fn own(block: &Block, row: Row, key: Sym) -> Option<PairIx> {
    let pairs = block.attribute_pairs(row).iter().copied();
    let dictionary = block.dictionary();
    pairs.into_iter().find(|&pair| dictionary.key(pair) == key)
}

fn known(numbers: &mut [u32], at: usize, number: impl FnOnce() -> u32) -> u32 {
    match numbers.get_mut(at) {
        Some(place) => {
            if *place == UNKNOWN {
                *place = number();
            }
            *place
        }
        None => number(),
    }
}

fn entry(numbers: &[u32], at: Option<u32>) -> u32 {
    let found = at.and_then(|at| numbers.get(at as usize));
    found.copied().unwrap_or(NIL)
}

fn of_attributes(attributes: Attributes<'_>, key: &str, values: &mut Values) -> u32 {
    values.number_of(Datum::of(attributes.get(key).unwrap_or(Value::Empty)))
}

fn of_resources(block: &Block, key: &str, values: &mut Values) -> Vec<u32> {
    let resources = (0..block.resource_count() as u32).map(ResourceIx);
    resources
        .map(|ix| of_attributes(block.resource(ix).attributes(), key, values))
        .collect()
}

fn of_scopes(block: &Block, key: &str, values: &mut Values) -> Vec<u32> {
    let scopes = (0..block.scope_count() as u32).map(ScopeIx);
    scopes
        .map(|ix| of_attributes(block.scope(ix).attributes(), key, values))
        .collect()
}
