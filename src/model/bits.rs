//! Sets of small numbers: rows of a block, spans of a trace, pairs of a dictionary.

use super::narrow::Narrow;

/// A set of numbers below a fixed size, one bit each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bits {
    words: Vec<u64>,
    size: usize,
}

impl Bits {
    /// No number below `size`.
    pub fn none(size: usize) -> Self {
        Self {
            words: vec![0; size.div_ceil(64)],
            size,
        }
    }

    /// Every number below `size`.
    pub fn all(size: usize) -> Self {
        let mut words = vec![u64::MAX; size.div_ceil(64)];
        if let Some(last) = words.last_mut()
            && !size.is_multiple_of(64)
        {
            *last = (1 << (size % 64)) - 1;
        }
        Self { words, size }
    }

    /// The numbers below `size` whose bits are set, the lowest of each word first.
    pub fn of(mut words: Vec<u64>, size: usize) -> Self {
        words.resize(size.div_ceil(64), 0);
        let mut all = Self::all(size);
        for (word, given) in all.words.iter_mut().zip(words) {
            *word &= given;
        }
        all
    }

    /// Adds a number; one that is not below the size is not added.
    pub fn insert(&mut self, number: usize) {
        if number < self.size
            && let Some(word) = self.words.get_mut(number / 64)
        {
            *word |= 1 << (number % 64);
        }
    }

    /// Whether a number is in it.
    pub fn contains(&self, number: usize) -> bool {
        self.words
            .get(number / 64)
            .is_some_and(|word| word >> (number % 64) & 1 == 1)
    }

    /// How many are in it.
    pub fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Takes all out.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Adds all of another set of the same size.
    pub fn union(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Takes out all of another set of the same size.
    pub fn subtract(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }

    /// Keeps what is also in another set of the same size.
    pub fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Keeps the numbers for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(usize) -> bool) {
        for (index, word) in self.words.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !keep(index * 64 + bit as usize) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// Keeps the numbers whose entry in a column passes. Whole words at a time, without
    /// branches: what the processor does best with a million rows. Where few are left, one by one.
    pub fn retain_column<T: Copy>(&mut self, column: &[T], keep: impl Fn(T) -> bool) {
        let mut chunks = column.chunks(64);
        for word in &mut self.words {
            let chunk = chunks.next().unwrap_or_default();
            *word &= match word.count_ones() {
                0 => 0,
                1..=FEW => mask_of(*word, chunk, &keep),
                _ => mask(chunk, &keep),
            };
        }
    }

    /// The same in a column of small numbers, whatever their width.
    pub fn retain_narrow(&mut self, column: &Narrow, keep: impl Fn(u32) -> bool) {
        match column {
            Narrow::One(list) => {
                // Only what stands in the column is asked for: it may be a place in a list.
                let most = list.iter().copied().max().map_or(0, usize::from);
                let passes: [bool; 256] =
                    std::array::from_fn(|number| number <= most && keep(number as u32));
                self.retain_column(list, |number| passes[usize::from(number)]);
            }
            Narrow::Two(list) => self.retain_column(list, |number| keep(number.into())),
            Narrow::Four(list) => self.retain_column(list, keep),
        }
    }

    /// Keeps the numbers whose entry in a column is this one, which is rare: most words are
    /// told to have none before any bit is made.
    pub fn retain_equal<T: Copy + PartialEq>(&mut self, column: &[T], wanted: T) {
        let mut chunks = column.chunks(64);
        for word in &mut self.words {
            let chunk = chunks.next().unwrap_or_default();
            let equal = chunk.iter().map(|entry| u8::from(*entry == wanted));
            let any = equal.fold(0, |any, equal| any | equal) != 0;
            *word &= if any {
                mask(chunk, |entry| entry == wanted)
            } else {
                0
            };
        }
    }

    /// A bit for each number, the lowest of each word first.
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// The numbers in it, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(index, &word)| {
            std::iter::successors(Some(word), |left| Some(left & left.wrapping_sub(1)))
                .take_while(|&left| left != 0)
                .map(move |left| index * 64 + left.trailing_zeros() as usize)
        })
    }
}

/// Numbers of a word that are asked one by one.
const FEW: u32 = 12;

/// A bit for each of up to 64 entries: whether it passes. Eight answers of a byte each are made
/// eight bits by one multiplication, which adds byte `n` to the highest byte as its bit `n`.
fn mask<T: Copy>(chunk: &[T], keep: impl Fn(T) -> bool) -> u64 {
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let (eights, rest) = chunk.as_chunks::<8>();
    let mut mask = 0;
    for (at, eight) in eights.iter().enumerate() {
        let passes = u64::from_le_bytes(eight.map(|entry| u8::from(keep(entry))));
        mask |= passes.wrapping_mul(GATHER) >> 56 << (at * 8);
    }
    let rest = (eights.len() * 8..).zip(rest);
    rest.fold(mask, |mask, (bit, &entry)| {
        mask | u64::from(keep(entry)) << bit
    })
}

/// The same for the entries of a word that are in question.
fn mask_of<T: Copy>(word: u64, chunk: &[T], keep: impl Fn(T) -> bool) -> u64 {
    let (mut left, mut mask) = (word, 0);
    while left != 0 {
        let bit = left.trailing_zeros();
        left &= left - 1;
        let passes = chunk.get(bit as usize).is_some_and(|&entry| keep(entry));
        mask |= u64::from(passes) << bit;
    }
    mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_a_set() {
        let mut bits = Bits::all(130);
        assert_eq!(bits.count(), 130);
        bits.retain(|n| n % 64 == 1 || n == 129);
        assert_eq!(bits.iter().collect::<Vec<_>>(), [1, 65, 129]);
        bits.insert(130);
        assert!(!bits.contains(130) && !bits.contains(5000));
        let mut others = Bits::none(130);
        others.insert(64);
        others.insert(65);
        bits.subtract(&others);
        others.intersect(&bits);
        assert!(others.is_empty());
        assert_eq!(bits.count(), 2);
        assert_eq!(Bits::all(128).count(), 128);
        let of = Bits::of(vec![1, u64::MAX], 66);
        assert_eq!(of.iter().collect::<Vec<_>>(), [0, 64, 65]);
    }

    #[test]
    fn a_column_is_asked_for_many_rows_as_for_few() {
        for size in [0, 1, 7, 8, 9, 63, 64, 65, 300] {
            let column: Vec<u8> = (0..size).map(|n| (n * 37 % 251) as u8).collect();
            let narrow = Narrow::One(column.clone());
            for step in [1, 3, 40] {
                let mut rows = Bits::all(size);
                rows.retain(|row| row % step == 0);
                let left: Vec<usize> = rows.iter().filter(|&row| column[row] > 99).collect();
                let mut wide = rows.clone();
                wide.retain_column(&column, |entry| entry > 99);
                rows.retain_narrow(&narrow, |entry| entry > 99);
                assert_eq!(rows.iter().collect::<Vec<_>>(), left);
                assert_eq!(wide, rows);
            }
        }
    }
}
