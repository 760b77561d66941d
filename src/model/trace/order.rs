//! The order of spans by start: a million of them in some passes over a column.

use crate::model::cancellation::Cancellation;
use crate::model::time::Time;

/// Bits that one pass sorts by.
const DIGIT: u32 = 11;

/// Fewer than this are sorted by comparing.
const FEW: usize = 2_000;

/// The positions of `start` by ascending start; equal ones keep their order. `None` if cancelled.
///
/// The distance to the first start and the position share a word, and the words are sorted by the
/// digits of the former, the lowest first (Knuth, TAOCP 5.2.5). Where there is no room for both,
/// by comparing.
pub(super) fn by_start(start: &[Time], cancellation: &Cancellation<'_>) -> Option<Vec<u32>> {
    let mut order: Vec<u32> = (0..start.len() as u32).collect();
    if start.is_sorted() {
        return Some(order);
    }
    let first = start.iter().min().map_or(0, |first| first.0);
    let last = start.iter().max().map_or(0, |last| last.0);
    let place = u64::BITS - (start.len() as u64).leading_zeros();
    let range = u64::BITS - (last - first).leading_zeros();
    if start.len() < FEW || place + range > u64::BITS {
        order.sort_by_key(|&position| start[position as usize]);
        return Some(order);
    }
    let words = start.iter().zip(0..);
    let mut words: Vec<u64> = words
        .map(|(start, position)| (start.0 - first) << place | position)
        .collect();
    let mut sorted = vec![0; words.len()];
    for shift in (place..place + range).step_by(DIGIT as usize) {
        cancellation.check()?;
        sort_by_digit(&words, &mut sorted, shift);
        std::mem::swap(&mut words, &mut sorted);
    }
    let position = |word: u64| (word & ((1 << place) - 1)) as u32;
    Some(words.into_iter().map(position).collect())
}

/// Puts words in the order of one digit; those that share it keep theirs.
fn sort_by_digit(words: &[u64], sorted: &mut [u64], shift: u32) {
    const DIGITS: usize = 1 << DIGIT;
    let digit = |word: u64| (word >> shift) as usize % DIGITS;
    let mut next = [0_usize; DIGITS];
    for &word in words {
        next[digit(word)] += 1;
    }
    let mut before = 0;
    for place in &mut next {
        before += std::mem::replace(place, before);
    }
    for &word in words {
        let place = &mut next[digit(word)];
        sorted[*place] = word;
        *place += 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_order_is_that_of_a_stable_sort(
            few in prop::collection::vec(any::<u64>(), 1..40),
            bits in 1_u32..64,
            count in 0_usize..6_000,
        ) {
            let start: Vec<Time> = few.iter().cycle().take(count).zip(1..)
                .map(|(&start, turn)| Time(start.wrapping_mul(turn % 97) >> (64 - bits)))
                .collect();
            let mut expected: Vec<u32> = (0..count as u32).collect();
            expected.sort_by_key(|&position| start[position as usize]);
            prop_assert_eq!(by_start(&start, &Cancellation::never()), Some(expected));
        }
    }
}
