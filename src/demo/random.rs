//! Chance that is the same everywhere: additions, multiplications and comparisons only, so
//! that a seed tells the same story on every machine.

/// A generator of pseudo-random numbers: xoshiro256++ (Blackman and Vigna), seeded by
/// `SplitMix64`.
#[derive(Debug, Clone)]
pub struct Random([u64; 4]);

impl Random {
    /// The generator of this seed.
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self([(); 4].map(|()| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ mixed >> 31
        }))
    }

    /// Another generator, independent of this one, for the `n`th of something: its draws stay
    /// the same whatever the others draw.
    pub fn fork(&self, n: u64) -> Self {
        Self::new(self.0[0] ^ n.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// Any number.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.0;
        let drawn = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        drawn
    }

    /// A number in `0.0..1.0`.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A number in `0..n`; 0 if `n` is 0.
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of `choices`.
    pub fn pick<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let at = self.below(others.len() as u64 + 1) as usize;
        at.checked_sub(1)
            .and_then(|at| others.get(at))
            .copied()
            .unwrap_or(first)
    }

    /// Normally distributed, as the sum of twelve numbers is.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        let sum: f64 = (0..12).map(|_| self.unit()).sum();
        mean + deviation * (sum - 6.0)
    }

    /// Exponentially distributed with mean 1, by comparisons alone (von Neumann, 1951).
    pub fn exponential(&mut self) -> f64 {
        let mut whole = 0.0;
        loop {
            let first = self.unit();
            let (mut last, mut falling) = (first, 1);
            loop {
                let next = self.unit();
                if next >= last {
                    break;
                }
                last = next;
                falling += 1;
            }
            if falling % 2 == 1 {
                return whole + first;
            }
            whole += 1.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_have_their_means() {
        let mut random = Random::new(7);
        let mean = |draw: &mut dyn FnMut() -> f64| (0..20_000).map(|_| draw()).sum::<f64>() / 2e4;
        let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 0.03, "{found}");
        near(mean(&mut || random.unit()), 0.5);
        near(mean(&mut || random.exponential()), 1.0);
        near(mean(&mut || random.normal(2.0, 0.5)), 2.0);
        near(mean(&mut || random.below(5) as f64), 2.0);
    }

    #[test]
    fn a_seed_tells_the_same_story() {
        let draws = |seed| {
            [(); 4].map({
                let mut random = Random::new(seed).fork(9);
                move |()| random.bits()
            })
        };
        assert_eq!(draws(1), draws(1));
        assert_ne!(draws(1), draws(2));
    }
}
