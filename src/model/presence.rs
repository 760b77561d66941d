//! Whether a large dictionary can hold a string at all: a question about a rare value is then
//! asked of the one block that has it.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;

/// Strings from which on it is worth having: fewer are looked through as fast.
/// Tests are about all of it with a handful.
const WORTH: usize = if cfg!(test) { 4 } else { 4096 };

/// Bits of a line; one cache line decides.
const LINE: usize = 512;

/// Bits for each string, of which it sets six: one absent string in sixty looks present.
const BITS_EACH: usize = 10;

/// A Bloom filter (Bloom 1970) whose bits for one string stand in one cache line (Putze, Sanders
/// and Singler 2007). Seeded at random, for strings come from the network.
#[derive(Debug, Clone)]
pub(super) struct Presence {
    lines: Box<[[u64; LINE / 64]]>,
    hasher: RandomState,
}

impl Presence {
    /// Of `count` strings; `None` if they are few.
    pub fn of<'a>(count: usize, strings: impl Iterator<Item = &'a str>) -> Option<Self> {
        if count < WORTH {
            return None;
        }
        let lines = (count * BITS_EACH).div_ceil(LINE);
        let mut presence = Self {
            lines: vec![[0; LINE / 64]; lines].into_boxed_slice(),
            hasher: RandomState::default(),
        };
        for text in strings {
            let (line, bits) = presence.place(text);
            if let Some(line) = presence.lines.get_mut(line) {
                bits.for_each(|bit| line[bit / 64] |= 1 << (bit % 64));
            }
        }
        Some(presence)
    }

    /// `false`: it is not there. `true`: it may be.
    pub fn may_hold(&self, text: &str) -> bool {
        let (line, mut bits) = self.place(text);
        self.lines
            .get(line)
            .is_none_or(|line| bits.all(|bit| line[bit / 64] >> (bit % 64) & 1 == 1))
    }

    /// The line of a string and its bits in it, nine bits of the hash each.
    fn place(&self, text: &str) -> (usize, impl Iterator<Item = usize> + use<>) {
        let hash = self.hasher.hash_one(text);
        let line = ((u128::from(hash) * self.lines.len() as u128) >> 64) as usize;
        // The high bits chose the line; multiplied they are spread over the word again.
        let spread = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let bits = (0..6).map(move |at| (spread >> (at * 9 + 8)) as usize % LINE);
        (line, bits)
    }

    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        size_of_val(&*self.lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_may_be_there_and_little_else() {
        let strings: Vec<String> = (0..20_000).map(|n| format!("user-{n}")).collect();
        let presence = Presence::of(strings.len(), strings.iter().map(String::as_str)).unwrap();
        assert!(strings.iter().all(|text| presence.may_hold(text)));
        let wrong = (0..20_000).filter(|n| presence.may_hold(&format!("other-{n}")));
        assert!(wrong.count() < 600, "three in a hundred at most");
        assert!(presence.bytes() < 2 * strings.len());
        assert!(Presence::of(3, std::iter::empty()).is_none());
    }
}
