//! A block's own dictionary: distinct strings, and distinct pairs of a key and a value.
//!
//! Spans refer to attributes as pairs, so that a condition on an attribute is decided once for
//! each distinct pair and a span is tested by comparing integers.

use std::hash::{BuildHasher, Hasher};

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use super::column::Column;
use super::presence::Presence;
use super::value::{ArrayRef, MapRef, Value};

/// An interned string of one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Sym(pub(super) u32);

/// An interned pair of a key and a value of one block: a position in three bytes, for spans
/// refer to many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PairIx([u8; 3]);

impl Sym {
    /// The empty string, the same in every block.
    pub const EMPTY: Self = Self(0);

    /// The position in the dictionary, from 0 to [`Dictionary::string_count`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl PairIx {
    /// How many distinct pairs a block can tell apart. What comes beyond is the last of them, and
    /// [`BlockBuilder::is_over`](super::BlockBuilder::is_over).
    pub(crate) const MOST: usize = 1 << 24;

    pub(super) fn new(index: u32) -> Self {
        let [low, middle, high, _] = index.to_le_bytes();
        Self([low, middle, high])
    }

    /// The position in the dictionary, from 0 to [`Dictionary::pair_count`].
    pub fn index(self) -> usize {
        let [low, middle, high] = self.0;
        u32::from_le_bytes([low, middle, high, 0]) as usize
    }
}

/// Byte strings one after another; their ends tell them apart.
#[derive(Debug, Clone, Default)]
struct Blobs {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl Blobs {
    fn get(&self, index: u32) -> &[u8] {
        let (from, to) = bounds(&self.ends, index);
        self.bytes.get(from..to).unwrap_or_default()
    }
}

fn bounds(ends: &[u32], index: u32) -> (usize, usize) {
    let index = index as usize;
    let from = if index == 0 {
        0
    } else {
        ends[index - 1] as usize
    };
    (from, ends[index] as usize)
}

/// How a pair's payload is to be read: four bytes that are the value, or that say where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
enum Tag {
    Empty,
    Str,
    Bool,
    /// A number of 32 bits.
    Int,
    /// Any other integer, among the wide values.
    Long,
    /// Among the wide values.
    Double,
    Bytes,
    Array,
    Map,
}

/// Distinct strings and distinct (key, value) pairs.
#[derive(Debug, Clone)]
pub struct Dictionary {
    text: String,
    text_ends: Vec<u32>,
    blobs: Blobs,
    pair_key: Vec<Sym>,
    pair_tag: Vec<Tag>,
    pair_payload: Vec<u32>,
    /// Values of eight bytes, which few pairs have.
    wide: Vec<u64>,
    /// Whether any value is an array or a map.
    lists: bool,
    /// Of a finished block with many strings.
    presence: Option<Presence>,
}

impl Default for Dictionary {
    fn default() -> Self {
        Self {
            text: String::new(),
            text_ends: vec![0],
            blobs: Blobs::default(),
            pair_key: Vec::new(),
            pair_tag: Vec::new(),
            pair_payload: Vec::new(),
            wide: Vec::new(),
            lists: false,
            presence: None,
        }
    }
}

impl Dictionary {
    /// The string of a symbol of this block.
    pub fn text(&self, sym: Sym) -> &str {
        let (from, to) = bounds(&self.text_ends, sym.0);
        &self.text[from..to]
    }

    /// The same as bytes, where only equality counts.
    fn bytes_of(&self, sym: Sym) -> &[u8] {
        let (from, to) = bounds(&self.text_ends, sym.0);
        &self.text.as_bytes()[from..to]
    }

    /// The symbol of a string, if it occurs in the block. One that does is looked for among
    /// all; one that does not is mostly known at once.
    pub fn find(&self, text: &str) -> Option<Sym> {
        if !self.may_hold(text) {
            return None;
        }
        let mut from = 0;
        for (index, &to) in self.text_ends.iter().enumerate() {
            if (to - from) as usize == text.len() && &self.text[from as usize..to as usize] == text
            {
                return Some(Sym(index as u32));
            }
            from = to;
        }
        None
    }

    /// Whether a string may occur in the block: `false` is certain, and costs a hash.
    pub fn may_hold(&self, text: &str) -> bool {
        let presence = self.presence.as_ref();
        presence.is_none_or(|presence| presence.may_hold(text))
    }

    /// The number of distinct strings, the empty one included.
    pub fn string_count(&self) -> usize {
        self.text_ends.len()
    }

    /// Every distinct string with its symbol.
    pub fn strings(&self) -> impl Iterator<Item = (Sym, &str)> {
        (0..self.text_ends.len() as u32).map(|index| (Sym(index), self.text(Sym(index))))
    }

    /// The number of distinct pairs.
    pub fn pair_count(&self) -> usize {
        self.pair_key.len()
    }

    /// A pair's key.
    pub fn key(&self, pair: PairIx) -> Sym {
        self.pair_key[pair.index()]
    }

    /// The key of every pair, by position.
    pub fn pair_keys(&self) -> &[Sym] {
        &self.pair_key
    }

    /// A pair's value.
    pub fn value(&self, pair: PairIx) -> Value<'_> {
        let payload = self.pair_payload[pair.index()];
        match self.pair_tag[pair.index()] {
            Tag::Empty => Value::Empty,
            Tag::Str => Value::Str(self.text(Sym(payload))),
            Tag::Bool => Value::Bool(payload != 0),
            Tag::Int => Value::Int(payload.into()),
            Tag::Long => Value::Int(self.wide[payload as usize] as i64),
            Tag::Double => Value::Double(f64::from_bits(self.wide[payload as usize])),
            Tag::Bytes => Value::Bytes(self.blobs.get(payload)),
            Tag::Array => Value::Array(ArrayRef(self.blobs.get(payload))),
            Tag::Map => Value::Map(MapRef(self.blobs.get(payload))),
        }
    }

    /// What identifies a pair, with its payload in full.
    fn identity(&self, pair: u32) -> (Sym, Tag, u64) {
        let index = pair as usize;
        let (tag, payload) = (self.pair_tag[index], self.pair_payload[index]);
        let full = match tag {
            Tag::Long | Tag::Double => self.wide[payload as usize],
            _ => payload.into(),
        };
        (self.pair_key[index], tag, full)
    }

    /// A pair's string value as a symbol, if it is a string.
    pub fn value_sym(&self, pair: PairIx) -> Option<Sym> {
        let string = self.pair_tag[pair.index()] == Tag::Str;
        string.then(|| Sym(self.pair_payload[pair.index()]))
    }

    /// Whether any value is an array or a map.
    pub fn has_lists(&self) -> bool {
        self.lists
    }

    /// Every distinct pair: its position, key and value.
    pub fn pairs(&self) -> impl Iterator<Item = (PairIx, Sym, Value<'_>)> {
        (0..self.pair_key.len() as u32).map(|index| {
            let pair = PairIx::new(index);
            (pair, self.key(pair), self.value(pair))
        })
    }

    /// Every distinct pair with this key. Looks at every pair's key, and no further.
    pub fn pairs_of(&self, key: Sym) -> impl Iterator<Item = PairIx> {
        let keys = self.pair_key.iter().enumerate();
        keys.filter(move |&(_, &other)| other == key)
            .map(|(index, _)| PairIx::new(index as u32))
    }

    /// Adds a pair that is not there yet, if there is room for it.
    fn add_pair(&mut self, key: Sym, tag: Tag, payload: u64) -> PairIx {
        let index = self.pair_key.len();
        if index == PairIx::MOST {
            return PairIx::new(index as u32 - 1);
        }
        self.pair_key.push(key);
        self.pair_tag.push(tag);
        self.lists |= matches!(tag, Tag::Array | Tag::Map);
        let wide = matches!(tag, Tag::Long | Tag::Double);
        self.pair_payload.push(if wide {
            self.wide.len() as u32
        } else {
            payload as u32
        });
        self.wide.extend(wide.then_some(payload));
        PairIx::new(index as u32)
    }

    /// Nothing is added any more: notes what there is.
    pub(super) fn note(&mut self) {
        let strings = self.strings().map(|(_, text)| text);
        self.presence = Presence::of(self.string_count(), strings);
    }
}

impl Column for Dictionary {
    fn bytes(&self) -> usize {
        self.text.capacity()
            + self.text_ends.bytes()
            + self.blobs.bytes.bytes()
            + self.blobs.ends.bytes()
            + self.pair_key.bytes()
            + self.pair_tag.bytes()
            + self.pair_payload.bytes()
            + self.wide.bytes()
            + self.presence.as_ref().map_or(0, Presence::bytes)
    }

    fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.text_ends.shrink();
        self.blobs.bytes.shrink();
        self.blobs.ends.shrink();
        self.pair_key.shrink();
        self.pair_tag.shrink();
        self.pair_payload.shrink();
        self.wide.shrink();
    }

    /// All but the empty string.
    fn clear(&mut self) {
        self.text.clear();
        self.text_ends.truncate(1);
        self.blobs.bytes.clear();
        self.blobs.ends.clear();
        self.pair_key.clear();
        self.pair_tag.clear();
        self.pair_payload.clear();
        self.wide.clear();
        self.lists = false;
        self.presence = None;
    }
}

/// The look-up tables by which a dictionary is filled; a finished block keeps none of them.
///
/// Hashes are seeded at random: keys come from the network.
#[derive(Debug, Default)]
pub(super) struct Interner {
    strings: HashTable<Slot>,
    blobs: HashTable<Slot>,
    /// For each string the first pair with this value, and [`NO_PAIR`] for one without: most
    /// are the value of one key only.
    first_of: Vec<u32>,
    /// All other pairs.
    pairs: HashTable<Slot>,
    hasher: RandomState,
}

const NO_PAIR: u32 = u32::MAX;

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
        let Ok(end) = u32::try_from(dictionary.text.len() + text.len()) else {
            return Sym::EMPTY;
        };
        let index = dictionary.text_ends.len() as u32;
        dictionary.text.push_str(text);
        dictionary.text_ends.push(end);
        Slot::insert(&mut self.strings, hash, index);
        Sym(index)
    }

    fn blob(&mut self, dictionary: &mut Dictionary, bytes: &[u8]) -> u64 {
        let blobs = &mut dictionary.blobs;
        let hash = self.hash_bytes(bytes);
        if let Some(index) = Slot::find(&self.blobs, hash, |index| blobs.get(index) == bytes) {
            return u64::from(index);
        }
        let index = blobs.ends.len() as u32;
        let fits = u32::try_from(blobs.bytes.len() + bytes.len());
        blobs
            .bytes
            .extend_from_slice(if fits.is_ok() { bytes } else { &[] });
        blobs.ends.push(blobs.bytes.len() as u32);
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
        if tag == Tag::Str
            && let Some(first) = self.first_of(to, payload as usize)
        {
            if *first == NO_PAIR {
                let pair = to.add_pair(key, tag, payload);
                *first = pair.index() as u32;
                return pair;
            }
            if to.pair_key.get(*first as usize) == Some(&key) {
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

    fn first_of(&mut self, dictionary: &Dictionary, sym: usize) -> Option<&mut u32> {
        if self.first_of.len() <= sym {
            self.first_of.resize(dictionary.string_count(), NO_PAIR);
        }
        self.first_of.get_mut(sym)
    }
}
