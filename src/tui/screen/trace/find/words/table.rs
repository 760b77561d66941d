//! Which strings and attributes of a block have a word: looked up once for each, however many
//! spans share it.

use crate::model::{Bits, Block, PairIx};
use crate::text::Needle;

use super::halves;
use super::word::Word;

/// Of so many attributes for each row all are looked at only where they are asked for: the rows
/// are a small part of a block.
const PART: usize = 32;

/// The attributes of a block that have a word.
pub struct Pairs<'a> {
    block: &'a Block,
    word: &'a Word,
    /// Those that are known to have it, if all were looked at.
    hits: Option<Bits>,
    /// It is known that there are none.
    none: bool,
}

impl<'a> Pairs<'a> {
    /// For so many rows: looks at all attributes of a block, on two threads where they are many,
    /// unless that is more than the rows have.
    pub fn of(block: &'a Block, word: &'a Word, rows: usize) -> Self {
        let part = rows.saturating_mul(PART) < block.dictionary().pair_count();
        let hits = (!part).then(|| hits(block, word));
        Self {
            block,
            word,
            none: hits.as_ref().is_some_and(Bits::is_empty),
            hits,
        }
    }

    /// Whether it is known that no attribute has it.
    pub fn is_empty(&self) -> bool {
        self.none
    }

    /// Whether one of some attributes has it.
    pub fn any(&self, pairs: &[PairIx]) -> bool {
        self.first(pairs).is_some()
    }

    /// The place of the first of some attributes that has it.
    pub fn first(&self, pairs: &[PairIx]) -> Option<usize> {
        match &self.hits {
            Some(hits) => pairs.iter().position(|pair| hits.contains(pair.index())),
            None => pairs
                .iter()
                .position(|&pair| has(self.block, self.word, pair)),
        }
    }
}

/// Whether an attribute has a word.
pub fn has(block: &Block, word: &Word, pair: PairIx) -> bool {
    let dictionary = block.dictionary();
    let by_key = word.by_key(dictionary.text(dictionary.key(pair)));
    by_key.unwrap_or_else(|| word.is_value(dictionary.value(pair)))
}

/// All attributes of a block that have a word.
fn hits(block: &Block, word: &Word) -> Bits {
    let dictionary = block.dictionary();
    let keys = dictionary.keys().iter();
    let by_key: Vec<Option<bool>> = keys.map(|&key| word.by_key(dictionary.text(key))).collect();
    if by_key.iter().all(|decided| *decided == Some(false)) {
        return Bits::default();
    }
    let strings = match word {
        Word::Text(needle, _) => Some(strings(block, needle)),
        Word::Pair(..) | Word::Number(..) => None,
    };
    let has = |pair: PairIx| {
        let decided = by_key.get(dictionary.key_number(pair)).copied().flatten();
        decided.unwrap_or_else(|| {
            let string = strings.as_ref().zip(dictionary.value_sym(pair));
            match string {
                Some((strings, sym)) => strings.contains(sym.index()),
                None => word.is_value(dictionary.value(pair)),
            }
        })
    };
    let count = dictionary.pair_count();
    let mut words = vec![0; count.div_ceil(64)];
    halves(&mut words, |first, words| {
        for (at, word) in words.iter_mut().enumerate() {
            let from = (first + at) * 64;
            let pairs = dictionary.pairs_in(from..from + 64);
            let bits = (0..).zip(pairs);
            *word = bits.fold(0, |word, (bit, pair)| word | u64::from(has(pair)) << bit);
        }
    });
    Bits::of(words, count)
}

/// The strings of a block that have a word. All are one text, which is looked through as one.
fn strings(block: &Block, needle: &Needle) -> Bits {
    let (text, ends) = block.dictionary().text_columns();
    let mut words = vec![0_u64; ends.len().div_ceil(64)];
    halves(&mut words, |first, words| {
        let strings = first * 64..ends.len().min((first + words.len()) * 64);
        for string in needle.strings_in(text, ends, strings) {
            if let Some(word) = words.get_mut(string / 64 - first) {
                *word |= 1 << (string % 64);
            }
        }
    });
    Bits::of(words, ends.len())
}

/// Of places in a list which have a word.
pub fn list(count: usize, has: impl Fn(usize) -> bool) -> Bits {
    let mut bits = Bits::none(count);
    (0..count)
        .filter(|&at| has(at))
        .for_each(|at| bits.insert(at));
    bits
}
