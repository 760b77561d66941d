//! Columns: what all of them can do, and those for what few rows have, a sorted list of rows
//! beside the values.

/// What a block asks of each of its columns.
pub(super) trait Column {
    /// Heap bytes held.
    fn bytes(&self) -> usize;
    /// Gives spare capacity back.
    fn shrink(&mut self);
    /// Takes everything out, keeping the memory.
    fn clear(&mut self);
}

impl<T> Column for Vec<T> {
    fn bytes(&self) -> usize {
        self.capacity() * size_of::<T>()
    }

    fn shrink(&mut self) {
        self.shrink_to_fit();
    }

    fn clear(&mut self) {
        self.clear();
    }
}

/// Values of some rows, in row order; a row may have several.
#[derive(Debug, Clone)]
pub(super) struct Sparse<T> {
    rows: Vec<u32>,
    values: Vec<T>,
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            values: Vec::new(),
        }
    }
}

impl<T> Sparse<T> {
    /// Adds a value; rows must not decrease.
    pub fn push(&mut self, row: u32, value: T) {
        debug_assert!(self.rows.last().is_none_or(|&last| last <= row));
        self.rows.push(row);
        self.values.push(value);
    }

    /// The values of a row, in the order they were added.
    pub fn of(&self, row: u32) -> &[T] {
        if self.rows.is_empty() {
            return &[];
        }
        let from = self.rows.partition_point(|&r| r < row);
        let rest = &self.rows[from..];
        // Doubling: most rows have few values, and some have many thousands.
        let mut upto = 1;
        while rest.get(upto) == Some(&row) {
            upto *= 2;
        }
        let length = rest[..upto.min(rest.len())].partition_point(|&r| r == row);
        &self.values[from..from + length]
    }

    /// The first value of a row.
    pub fn first(&self, row: u32) -> Option<&T> {
        self.of(row).first()
    }

    /// All rows that have a value, with it, in row order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.rows.iter().copied().zip(&self.values)
    }

    /// Adds the values of another column whose row 0 is this one's row `first`.
    pub fn extend(&mut self, first: u32, other: &Self)
    where
        T: Copy,
    {
        self.rows.extend(other.rows.iter().map(|&row| first + row));
        self.values.extend_from_slice(&other.values);
    }
}

impl<T> Column for Sparse<T> {
    fn bytes(&self) -> usize {
        self.rows.bytes() + self.values.bytes()
    }

    fn shrink(&mut self) {
        self.rows.shrink();
        self.values.shrink();
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.values.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_all_its_values_and_no_other() {
        for count in 0..20 {
            let mut column = Sparse::default();
            let rows = std::iter::once(1).chain(std::iter::repeat_n(3, count));
            for (number, row) in rows.chain([4, 4]).enumerate() {
                column.push(row, number);
            }
            let expected: Vec<usize> = (1..=count).collect();
            assert_eq!(column.of(3), expected);
            assert_eq!(column.of(4), [count + 1, count + 2]);
            assert!(column.of(0).is_empty() && column.of(2).is_empty());
            assert!(column.of(5).is_empty());
        }
    }
}
