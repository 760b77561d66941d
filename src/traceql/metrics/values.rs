//! Distinct values of labels, and distinct combinations of them, numbered.

use std::hash::{BuildHasher, Hash, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::traceql::eval::Datum;
use crate::traceql::number::Number;
use crate::traceql::tree::Literal;

/// Distinct values; the first is nil.
#[derive(Debug)]
pub struct Values {
    table: HashTable<u32>,
    known: Vec<Literal>,
    hasher: DefaultHashBuilder,
}

/// The number of nil.
pub const NIL: u32 = 0;

impl Default for Values {
    fn default() -> Self {
        Self {
            table: HashTable::new(),
            known: vec![Literal::Nil],
            hasher: DefaultHashBuilder::default(),
        }
    }
}

impl Values {
    /// The number of a value, which is kept if it is new.
    pub fn number_of(&mut self, datum: Datum<'_>) -> u32 {
        let Some(datum) = scalar(datum) else {
            return NIL;
        };
        let hash = hash_of(&self.hasher, &datum);
        let (values, hasher) = (&self.known, &self.hasher);
        let is_it = |&number: &u32| {
            let known = values.get(number as usize);
            known.is_some_and(|known| Datum::literal(known) == datum)
        };
        if let Some(&number) = self.table.find(hash, is_it) {
            return number;
        }
        let rehash = |&number: &u32| {
            let known = values.get(number as usize).unwrap_or(&Literal::Nil);
            hash_of(hasher, &Datum::literal(known))
        };
        let number = values.len() as u32;
        self.table.insert_unique(hash, number, rehash);
        self.known.push(datum.into_literal());
        number
    }

    /// A value by its number.
    pub fn get(&self, number: u32) -> &Literal {
        self.known.get(number as usize).unwrap_or(&Literal::Nil)
    }
}

/// What can be a label: lists are told by their text, bytes and maps not at all.
fn scalar(datum: Datum<'_>) -> Option<Datum<'_>> {
    match datum {
        Datum::Nil | Datum::Opaque => None,
        Datum::Array(_) => Some(datum.into_owned()),
        Datum::Number(Number::Float(n)) if n.is_nan() => Some(Datum::text("NaN")),
        Datum::Number(Number::Float(n)) => Some(Datum::Number(Number::Float(n + 0.0))),
        other => Some(other),
    }
}

fn hash_of(hasher: &DefaultHashBuilder, datum: &Datum<'_>) -> u64 {
    let mut state = hasher.build_hasher();
    std::mem::discriminant(datum).hash(&mut state);
    match datum {
        Datum::Text(text) => text.hash(&mut state),
        Datum::Number(Number::Int(n) | Number::Duration(n)) => n.hash(&mut state),
        Datum::Number(Number::Float(n)) => n.to_bits().hash(&mut state),
        Datum::Bool(value) => value.hash(&mut state),
        Datum::Status(status) => status.hash(&mut state),
        Datum::Kind(kind) => kind.hash(&mut state),
        Datum::Nil | Datum::Array(_) | Datum::Opaque => {}
    }
    state.finish()
}

/// Distinct combinations of as many values each.
#[derive(Debug)]
pub struct Keys {
    width: usize,
    table: HashTable<u32>,
    flat: Vec<u32>,
    count: u32,
    hasher: DefaultHashBuilder,
    /// For combinations of one: the number of each value's.
    of_value: Vec<u32>,
}

/// No such combination yet.
const UNKNOWN: u32 = u32::MAX;

impl Keys {
    /// None yet, of `width` values each.
    pub fn new(width: usize) -> Self {
        Self {
            width,
            table: HashTable::new(),
            flat: Vec::new(),
            count: 0,
            hasher: DefaultHashBuilder::default(),
            of_value: Vec::new(),
        }
    }

    /// The number of a combination, which is kept if it is new and there are fewer than `most`.
    pub fn number_of(&mut self, key: &[u32], most: usize) -> Option<u32> {
        let [value] = *key else {
            return self.number_of_many(key, most);
        };
        let value = value as usize;
        if let Some(&known) = self.of_value.get(value)
            && known != UNKNOWN
        {
            return Some(known);
        }
        if self.len() >= most {
            return None;
        }
        if self.of_value.len() <= value {
            self.of_value.resize(value + 1, UNKNOWN);
        }
        let number = self.push(key);
        if let Some(place) = self.of_value.get_mut(value) {
            *place = number;
        }
        Some(number)
    }

    fn number_of_many(&mut self, key: &[u32], most: usize) -> Option<u32> {
        let hash = self.hasher.hash_one(key);
        let is_it = |&number: &u32| self.key(number) == key;
        if let Some(&number) = self.table.find(hash, is_it) {
            return Some(number);
        }
        if self.len() >= most {
            return None;
        }
        let number = self.push(key);
        let (keys, width, hasher) = (&self.flat, self.width, &self.hasher);
        self.table.insert_unique(hash, number, |&number| {
            hasher.hash_one(key_at(keys, width, number))
        });
        Some(number)
    }

    fn push(&mut self, key: &[u32]) -> u32 {
        self.flat.extend_from_slice(key);
        self.count += 1;
        self.count - 1
    }

    /// A combination by its number.
    pub fn key(&self, number: u32) -> &[u32] {
        key_at(&self.flat, self.width, number)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count as usize
    }
}

fn key_at(keys: &[u32], width: usize, number: u32) -> &[u32] {
    let from = number as usize * width;
    keys.get(from..from + width).unwrap_or_default()
}
