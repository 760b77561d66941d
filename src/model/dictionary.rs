//! A block's own dictionary: distinct strings, and distinct pairs of a key and a value.
//!
//! Spans refer to attributes as pairs, so that a condition on an attribute is decided once for
//! each distinct pair and a span is tested by comparing integers.

use super::column::Column;
use super::narrow::Narrow;
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
pub(super) enum Tag {
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
    /// The distinct keys, and which of them each pair has.
    keys: Vec<Sym>,
    pair_key: Narrow,
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
            keys: Vec::new(),
            pair_key: Narrow::default(),
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
    pub(super) fn bytes_of(&self, sym: Sym) -> &[u8] {
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

    /// The text of all strings, one behind the other, and where each ends.
    pub fn text_columns(&self) -> (&str, &[u32]) {
        (&self.text, &self.text_ends)
    }

    /// The number of distinct pairs.
    pub fn pair_count(&self) -> usize {
        self.pair_key.len()
    }

    /// A pair's key.
    pub fn key(&self, pair: PairIx) -> Sym {
        self.keys[self.pair_key.at(pair.index()) as usize]
    }

    /// The distinct keys, in order of first occurrence.
    pub fn keys(&self) -> &[Sym] {
        &self.keys
    }

    /// Which of [`Dictionary::keys`] a pair has.
    pub fn key_number(&self, pair: PairIx) -> usize {
        self.pair_key.at(pair.index()) as usize
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
    pub(super) fn identity(&self, pair: u32) -> (u32, Tag, u64) {
        let index = pair as usize;
        let (tag, payload) = (self.pair_tag[index], self.pair_payload[index]);
        let full = match tag {
            Tag::Long | Tag::Double => self.wide[payload as usize],
            _ => payload.into(),
        };
        (self.pair_key.at(index), tag, full)
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

    /// The distinct pairs at some of the positions below [`Dictionary::pair_count`].
    pub fn pairs_in(
        &self,
        positions: std::ops::Range<usize>,
    ) -> impl Iterator<Item = PairIx> + use<> {
        let end = positions.end.min(self.pair_count());
        (positions.start..end).map(|index| PairIx::new(index as u32))
    }

    /// Every distinct pair with this key. Looks at every pair's key, and no further.
    pub fn pairs_of(&self, key: Sym) -> impl Iterator<Item = PairIx> {
        let key = self.keys.iter().position(|&other| other == key);
        let pairs = key.map_or_else(Vec::new, |key| self.pair_key.rows_of(key as u32));
        pairs.into_iter().map(PairIx::new)
    }

    /// Adds a key that is not there yet, and tells which it is.
    pub(super) fn add_key(&mut self, key: Sym) -> u32 {
        self.keys.push(key);
        self.keys.len() as u32 - 1
    }

    /// Whether a pair has this key, by its number.
    pub(super) fn has_key(&self, pair: u32, key: u32) -> bool {
        self.pair_key.get(pair as usize) == Some(key)
    }

    /// Adds a string that is not there yet; past 4 GiB of text there is no room for one.
    pub(super) fn add_string(&mut self, text: &str) -> Option<u32> {
        let end = u32::try_from(self.text.len() + text.len()).ok()?;
        self.text.push_str(text);
        self.text_ends.push(end);
        Some(self.text_ends.len() as u32 - 1)
    }

    /// Adds bytes that are not there yet; past 4 GiB of them, none.
    pub(super) fn add_blob(&mut self, bytes: &[u8]) -> u32 {
        let blobs = &mut self.blobs;
        let fits = u32::try_from(blobs.bytes.len() + bytes.len()).is_ok();
        blobs
            .bytes
            .extend_from_slice(if fits { bytes } else { &[] });
        blobs.ends.push(blobs.bytes.len() as u32);
        blobs.ends.len() as u32 - 1
    }

    /// The bytes of an array, a map or plain bytes.
    pub(super) fn blob(&self, index: u32) -> &[u8] {
        self.blobs.get(index)
    }

    /// Adds a pair that is not there yet, if there is room for it.
    pub(super) fn add_pair(&mut self, key: u32, tag: Tag, payload: u64) -> PairIx {
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
            + self.keys.bytes()
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
        self.keys.shrink();
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
        self.keys.clear();
        self.pair_key.clear();
        self.pair_tag.clear();
        self.pair_payload.clear();
        self.wide.clear();
        self.lists = false;
        self.presence = None;
    }
}
