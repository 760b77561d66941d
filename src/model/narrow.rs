//! Columns of small numbers, in one, two or four bytes each: the fewest that hold them all.

use super::column::Column;

/// A column of numbers that are positions in some list: mostly few of them, so mostly small.
#[derive(Debug, Clone)]
pub enum Narrow {
    /// All below 256.
    One(Vec<u8>),
    /// All below 65,536.
    Two(Vec<u16>),
    /// Any.
    Four(Vec<u32>),
}

impl Default for Narrow {
    fn default() -> Self {
        Self::One(Vec::new())
    }
}

/// Does the same with the list behind each width.
macro_rules! with {
    ($column:expr, $list:ident => $result:expr) => {
        match $column {
            Self::One($list) => $result,
            Self::Two($list) => $result,
            Self::Four($list) => $result,
        }
    };
}

#[expect(
    clippy::useless_conversion,
    reason = "the same is written for each width, and one of them is the widest"
)]
impl Narrow {
    /// How many numbers there are.
    pub fn len(&self) -> usize {
        with!(self, list => list.len())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of a row, if there is such a row.
    #[inline]
    pub fn get(&self, row: usize) -> Option<u32> {
        with!(self, list => list.get(row).map(|&number| number.into()))
    }

    /// The number of a row.
    ///
    /// # Panics
    /// Asking for a row that there is not panics.
    #[inline]
    pub fn at(&self, row: usize) -> u32 {
        with!(self, list => list[row].into())
    }

    /// All numbers in row order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u32> + Clone {
        (0..self.len()).map(|row| self.at(row))
    }

    /// The rows that have a number.
    pub fn rows_of(&self, number: u32) -> Vec<u32> {
        with!(self, list => {
            let rows = (0..).zip(list).filter(|&(_, &other)| u32::from(other) == number);
            rows.map(|(row, _)| row).collect()
        })
    }

    /// Adds a number.
    #[inline]
    pub(super) fn push(&mut self, number: u32) {
        loop {
            match (&mut *self, number) {
                (Self::One(list), 0..=0xff) => return list.push(number as u8),
                (Self::Two(list), 0..=0xffff) => return list.push(number as u16),
                (Self::Four(list), _) => return list.push(number),
                _ => self.widen(),
            }
        }
    }

    /// Has each number from row `from` on become what `by` says.
    pub(super) fn replace(&mut self, from: usize, by: impl Fn(u32) -> u32) {
        for row in from..self.len() {
            let number = by(self.at(row));
            self.set(row, number);
        }
    }

    fn set(&mut self, row: usize, number: u32) {
        loop {
            match (&mut *self, number) {
                (Self::One(list), 0..=0xff) => return list[row] = number as u8,
                (Self::Two(list), 0..=0xffff) => return list[row] = number as u16,
                (Self::Four(list), _) => return list[row] = number,
                _ => self.widen(),
            }
        }
    }

    /// Gives each number the next width.
    #[cold]
    fn widen(&mut self) {
        fn wider<A: Copy, B: From<A>>(list: &[A], room: usize) -> Vec<B> {
            let mut wide = Vec::with_capacity(room);
            wide.extend(list.iter().map(|&number| B::from(number)));
            wide
        }
        *self = match self {
            Self::One(list) => Self::Two(wider(list, list.capacity())),
            Self::Two(list) => Self::Four(wider(list, list.capacity())),
            Self::Four(list) => Self::Four(std::mem::take(list)),
        };
    }

    /// Adds the numbers of another column, each as what `map` has for it.
    pub(super) fn extend(&mut self, other: &Self, map: &[u32]) {
        for number in other.iter() {
            self.push(map[number as usize]);
        }
    }

    /// Makes room for so many more.
    pub(super) fn reserve(&mut self, more: usize) {
        with!(self, list => list.reserve_exact(more));
    }
}

impl Column for Narrow {
    fn bytes(&self) -> usize {
        with!(self, list => list.bytes())
    }

    fn shrink(&mut self) {
        with!(self, list => list.shrink());
    }

    fn clear(&mut self) {
        with!(self, list => list.clear());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_width_is_that_of_the_greatest() {
        let mut column = Narrow::default();
        let mut expected = Vec::new();
        for (number, width) in [
            (7, 1),
            (255, 1),
            (256, 2),
            (3, 2),
            (65_536, 4),
            (u32::MAX, 4),
        ] {
            column.push(number);
            expected.push(number);
            assert_eq!(column.iter().collect::<Vec<_>>(), expected);
            column.shrink();
            assert_eq!(column.bytes(), width * expected.len());
        }
        assert_eq!((column.get(2), column.get(6)), (Some(256), None));
        let mut column = Narrow::One(vec![1, 2, 3]);
        column.replace(1, |number| number * 1_000);
        assert_eq!(column.iter().collect::<Vec<_>>(), [1, 2_000, 3_000]);
    }
}
