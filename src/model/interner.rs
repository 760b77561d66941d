//! The look-up tables by which a dictionary is filled; a finished block keeps none of them.
//!
//! Hashes are seeded at random: keys come from the network.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::dictionary::{Dictionary, PairIx, Sym, Tag};
use super::value::Value;

/// The look-up tables beside a dictionary.
#[derive(Debug, Default)]
pub(super) struct Interner {
    strings: HashTable<Slot>,
    blobs: HashTable<Slot>,
    /// For each string the first pair with this value, and [`NONE`] for one without: most
    /// are the value of one key only.
    first_of: Vec<u32>,
    /// All other pairs.
    pairs: HashTable<Slot>,
    /// For each string its number among the keys, and [`NONE`] for one that is none.
    key_of: Vec<u32>,
    hasher: RandomState,
}

/// No pair, or no key.
const NONE: u32 = u32::MAX;

/// An index, and half the hash of what it stands for: comparing and moving it seldom touch the
/// text.
#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    index: u32,
}

impl Slot {
    /// The 32 bits kept of a hash, spread over the 64 that the table wants.
    fn place(hash: u32) -> u64 {
        u64::from(hash).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    /// The index of what hashes to `hash` and for which `same` holds.
    fn find(table: &HashTable<Self>, hash: u32, same: impl Fn(u32) -> bool) -> Option<u32> {
        let equal = |slot: &Self| slot.hash == hash && same(slot.index);
        table.find(Self::place(hash), equal).map(|slot| slot.index)
    }

    fn insert(table: &mut HashTable<Self>, hash: u32, index: u32) {
        let slot = Self { hash, index };
        table.insert_unique(Self::place(hash), slot, |slot| Self::place(slot.hash));
    }
}

impl Interner {
    /// Forgets everything, keeping the memory.
    pub fn clear(&mut self) {
        self.strings.clear();
        self.blobs.clear();
        self.first_of.clear();
        self.pairs.clear();
        self.key_of.clear();
    }

    /// Makes room for so many more strings.
    pub fn reserve(&mut self, strings: usize) {
        self.strings.reserve(strings, |slot| Slot::place(slot.hash));
        self.first_of.reserve(strings);
    }

    /// A seeded hash of bytes.
    fn hash_bytes(&self, bytes: &[u8]) -> u32 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(bytes);
        hasher.finish() as u32
    }

    /// A seeded hash, for tables beside this one.
    pub fn hash(&self, value: impl std::hash::Hash) -> u64 {
        self.hasher.hash_one(value)
    }

    /// The symbol of a string. Past 4 GiB of text in one block, the empty one: builders are
    /// finished long before ([`super::BlockBuilder::bytes`]).
    pub fn string(&mut self, dictionary: &mut Dictionary, text: &str) -> Sym {
        if text.is_empty() {
            return Sym::EMPTY;
        }
        let hash = self.hash_bytes(text.as_bytes());
        let same = |index| dictionary.bytes_of(Sym(index)) == text.as_bytes();
        if let Some(index) = Slot::find(&self.strings, hash, same) {
            return Sym(index);
        }
        let Some(index) = dictionary.add_string(text) else {
            return Sym::EMPTY;
        };
        Slot::insert(&mut self.strings, hash, index);
        Sym(index)
    }

    fn blob(&mut self, dictionary: &mut Dictionary, bytes: &[u8]) -> u64 {
        let hash = self.hash_bytes(bytes);
        let same = |index| dictionary.blob(index) == bytes;
        if let Some(index) = Slot::find(&self.blobs, hash, same) {
            return u64::from(index);
        }
        let index = dictionary.add_blob(bytes);
        Slot::insert(&mut self.blobs, hash, index);
        u64::from(index)
    }

    /// The pair of a key and a value.
    pub fn pair(&mut self, dictionary: &mut Dictionary, key: Sym, value: Value<'_>) -> PairIx {
        let (tag, payload) = match value {
            Value::Empty => (Tag::Empty, 0),
            Value::Str(text) => (Tag::Str, u64::from(self.string(dictionary, text).0)),
            Value::Bool(b) => (Tag::Bool, u64::from(b)),
            Value::Int(n) => match u32::try_from(n) {
                Ok(n) => (Tag::Int, n.into()),
                Err(_) => (Tag::Long, n as u64),
            },
            Value::Double(n) => (Tag::Double, n.to_bits()),
            Value::Bytes(bytes) => (Tag::Bytes, self.blob(dictionary, bytes)),
            Value::Array(array) => (Tag::Array, self.blob(dictionary, array.0)),
            Value::Map(map) => (Tag::Map, self.blob(dictionary, map.0)),
        };
        self.raw_pair(dictionary, key, tag, payload)
    }

    fn raw_pair(&mut self, to: &mut Dictionary, key: Sym, tag: Tag, payload: u64) -> PairIx {
        let number = entry(&mut self.key_of, key.index());
        if *number == NONE {
            *number = to.add_key(key);
        }
        let key = *number;
        if tag == Tag::Str {
            let first = entry(&mut self.first_of, payload as usize);
            if *first == NONE {
                let pair = to.add_pair(key, tag, payload);
                *first = pair.index() as u32;
                return pair;
            }
            if to.has_key(*first, key) {
                return PairIx::new(*first);
            }
        }
        let hash = self.hasher.hash_one((key, tag, payload)) as u32;
        let same = |index| to.identity(index) == (key, tag, payload);
        if let Some(index) = Slot::find(&self.pairs, hash, same) {
            return PairIx::new(index);
        }
        let pair = to.add_pair(key, tag, payload);
        Slot::insert(&mut self.pairs, hash, pair.index() as u32);
        pair
    }
}

/// The entry for a string in a list that grows as strings come.
fn entry(list: &mut Vec<u32>, sym: usize) -> &mut u32 {
    if list.len() <= sym {
        list.resize(sym + 1, NONE);
    }
    &mut list[sym]
}
