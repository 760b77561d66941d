//! Columns for what few rows have: a sorted list of rows beside the values.

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
        let length = self.rows[from..].iter().take_while(|&&r| r == row).count();
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

    /// Gives spare capacity back.
    pub fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.values.shrink_to_fit();
    }

    /// Heap bytes held.
    pub fn bytes(&self) -> usize {
        bytes_of(&self.rows) + bytes_of(&self.values)
    }
}

/// Heap bytes of a vector of plain values.
pub(super) fn bytes_of<T>(vector: &Vec<T>) -> usize {
    vector.capacity() * size_of::<T>()
}
