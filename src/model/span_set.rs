//! A set of spans of one trace that is counted as fast as it is asked.

use super::bits::Bits;

/// Spans in the order of the tree, a bit for each span of the trace: a million take 190 kB however
/// many of them are in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpanSet {
    bits: Bits,
    /// How many are in it before each word of bits, and at last how many in all.
    before: Vec<u32>,
}

impl SpanSet {
    /// How many they are.
    pub fn len(&self) -> usize {
        self.before.last().map_or(0, |&all| all as usize)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a span is one of them.
    pub fn contains(&self, span: usize) -> bool {
        self.bits.contains(span)
    }

    /// How many of them come before a span.
    pub fn before(&self, span: usize) -> usize {
        let Some(&word) = self.bits.words().get(span / 64) else {
            return self.len();
        };
        let lower = word & ((1 << (span % 64)) - 1);
        self.before[span / 64] as usize + lower.count_ones() as usize
    }

    /// The span that has so many of them before it.
    pub fn nth(&self, nth: usize) -> Option<usize> {
        let at = self
            .before
            .partition_point(|&before| before as usize <= nth)
            .checked_sub(1)?;
        let mut word = *self.bits.words().get(at)?;
        for _ in self.before[at] as usize..nth {
            word &= word.wrapping_sub(1);
        }
        (word != 0).then(|| at * 64 + word.trailing_zeros() as usize)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.bits.iter()
    }
}

impl From<Bits> for SpanSet {
    fn from(bits: Bits) -> Self {
        let mut all = 0;
        let mut before = vec![0];
        before.reserve_exact(bits.words().len());
        before.extend(bits.words().iter().map(|word| {
            all += word.count_ones();
            all
        }));
        Self { bits, before }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_counted_and_found_by_their_place() {
        let mut bits = Bits::none(300);
        let all = [0, 5, 63, 64, 200, 299];
        for span in all {
            bits.insert(span);
        }
        let spans = SpanSet::from(bits);
        assert_eq!(spans.len(), 6);
        assert_eq!(spans.iter().collect::<Vec<_>>(), all);
        let nth: Vec<_> = (0..7).map(|nth| spans.nth(nth)).collect();
        assert_eq!(nth[..6], all.map(Some));
        assert_eq!(nth[6], None);
        let before = [0, 1, 63, 64, 65, 201, 300, 900].map(|span| spans.before(span));
        assert_eq!(before, [0, 1, 2, 3, 4, 5, 6, 6]);
        assert!(spans.contains(299) && !spans.contains(1) && !spans.contains(900));
        assert_eq!(SpanSet::default().nth(0), None);
        assert!(SpanSet::default().is_empty());
    }
}
