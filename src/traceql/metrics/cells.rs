//! What is kept of the spans of one series in one step.

use std::collections::BTreeMap;

use crate::traceql::tree::Fold;

/// Cells of one sort, by series and step.
#[derive(Debug, Clone)]
pub enum Cells {
    /// How many spans.
    Counts(Vec<u64>),
    /// Values folded into one, and how many they were.
    Folds(Fold, Vec<(f64, u64)>),
    /// How values are distributed.
    Sketches(Vec<Sketch>),
}

impl Cells {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Counts(counts) => counts.len(),
            Self::Folds(_, folds) => folds.len(),
            Self::Sketches(sketches) => sketches.len(),
        }
    }

    /// Makes room for cells below `len`.
    pub fn grow(&mut self, len: usize) {
        match self {
            Self::Counts(counts) => counts.resize(len, 0),
            Self::Folds(_, folds) => folds.resize(len, (0.0, 0)),
            Self::Sketches(sketches) => sketches.resize(len, Sketch::default()),
        }
    }

    /// Takes a span's value in.
    pub fn add(&mut self, at: usize, value: f64) {
        match self {
            Self::Counts(counts) => {
                if let Some(count) = counts.get_mut(at) {
                    *count += 1;
                }
            }
            Self::Folds(fold, folds) => {
                if let Some(cell) = folds.get_mut(at) {
                    *cell = folded(*fold, *cell, (value, 1));
                }
            }
            Self::Sketches(sketches) => {
                if let Some(sketch) = sketches.get_mut(at) {
                    sketch.add(value);
                }
            }
        }
    }

    /// Takes in what another cell holds.
    pub fn merge(&mut self, at: usize, other: &Self, from: usize) {
        match (self, other) {
            (Self::Counts(counts), Self::Counts(others)) => {
                if let (Some(count), Some(more)) = (counts.get_mut(at), others.get(from)) {
                    *count += more;
                }
            }
            (Self::Folds(fold, folds), Self::Folds(_, others)) => {
                if let (Some(cell), Some(&more)) = (folds.get_mut(at), others.get(from)) {
                    *cell = folded(*fold, *cell, more);
                }
            }
            (Self::Sketches(sketches), Self::Sketches(others)) => {
                if let (Some(sketch), Some(more)) = (sketches.get_mut(at), others.get(from)) {
                    sketch.merge(more);
                }
            }
            _ => {}
        }
    }
}

fn folded(fold: Fold, (a, count): (f64, u64), (b, more): (f64, u64)) -> (f64, u64) {
    let both = match fold {
        _ if count == 0 => b,
        _ if more == 0 => a,
        Fold::Min => a.min(b),
        Fold::Max => a.max(b),
        Fold::Sum | Fold::Avg => a + b,
    };
    (both, count + more)
}

/// The value of a folded cell; NaN of none.
pub fn value_of(fold: Fold, (value, count): (f64, u64)) -> f64 {
    match fold {
        _ if count == 0 => f64::NAN,
        Fold::Avg => value / count as f64,
        Fold::Min | Fold::Max | Fold::Sum => value,
    }
}

/// Up to so many values are kept as they are.
const EXACT: usize = 256;

/// Bits of the mantissa that tell buckets apart: a bucket's middle is within 0.8 % of all in it.
const PRECISION: u32 = 6;

/// A distribution of numbers of any sign: exact while they are few, then in buckets.
#[derive(Debug, Clone, Default)]
pub struct Sketch {
    few: Vec<f64>,
    /// How many values each bucket has, in the order of numbers, once they are many.
    many: BTreeMap<u32, u64>,
}

impl Sketch {
    fn add(&mut self, value: f64) {
        if self.many.is_empty() && self.few.len() < EXACT {
            self.few.push(value);
            return;
        }
        for value in std::mem::take(&mut self.few).into_iter().chain([value]) {
            *self.many.entry(bucket_of(value)).or_default() += 1;
        }
    }

    fn merge(&mut self, other: &Self) {
        other.few.iter().for_each(|&value| self.add(value));
        if other.many.is_empty() {
            return;
        }
        for (&bucket, &count) in &other.many {
            *self.many.entry(bucket).or_default() += count;
        }
        for value in std::mem::take(&mut self.few) {
            *self.many.entry(bucket_of(value)).or_default() += 1;
        }
    }

    /// The value that the share `q` of all does not exceed: the nearest rank. NaN of none.
    pub fn quantile(&self, q: f64) -> f64 {
        let rank = |count: u64| ((q * count as f64).ceil() as u64).clamp(1, count.max(1)) - 1;
        if self.many.is_empty() {
            let mut few = self.few.clone();
            few.sort_unstable_by(f64::total_cmp);
            let found = few.get(rank(few.len() as u64) as usize);
            return found.copied().unwrap_or(f64::NAN);
        }
        let mut left = rank(self.many.values().sum());
        for (&bucket, &count) in &self.many {
            if left < count {
                return middle_of(bucket);
            }
            left -= count;
        }
        f64::NAN
    }
}

/// The bits of a double in the order of numbers, without the finer half of its mantissa.
fn bucket_of(value: f64) -> u32 {
    let bits = value.to_bits();
    let ordered = if bits >> 63 == 1 {
        !bits
    } else {
        bits | 1 << 63
    };
    (ordered >> (52 - PRECISION)) as u32
}

fn middle_of(bucket: u32) -> f64 {
    let ordered = u64::from(bucket) << (52 - PRECISION) | 1 << (51 - PRECISION);
    f64::from_bits(if ordered >> 63 == 1 {
        ordered & !(1 << 63)
    } else {
        !ordered
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quantiles_are_within_one_percent(
            mut values in prop::collection::vec(-1e12..1e12_f64, 1..900),
            q in 0.0..=1.0,
        ) {
            let (mut all, mut more) = (Sketch::default(), Sketch::default());
            for (at, &value) in values.iter().enumerate() {
                if at % 3 == 0 { all.add(value) } else { more.add(value) }
            }
            all.merge(&more);
            values.sort_unstable_by(f64::total_cmp);
            let rank = f64::ceil(q * values.len() as f64) as usize;
            let exact = values[rank.max(1) - 1];
            let found = all.quantile(q);
            prop_assert!((found - exact).abs() <= exact.abs() * 0.01, "{found} for {exact}");
        }
    }
}
