//! Items put together by what they belong to, in one pass that counts and one that places.

/// Items by part, those of each in their order.
#[derive(Debug)]
pub struct Parted<T> {
    items: Vec<T>,
    /// Where those of each part end.
    ends: Vec<u32>,
}

impl<T: Copy + Default> Parted<T> {
    /// Parts items, each of which comes with the number of its part. Those of no part below `parts`
    /// are left out.
    pub fn new(items: impl Iterator<Item = (usize, T)> + Clone, parts: usize) -> Self {
        let mut ends = vec![0; parts];
        for (part, _) in items.clone() {
            if let Some(count) = ends.get_mut(part) {
                *count += 1;
            }
        }
        let mut before = 0;
        for end in &mut ends {
            before += std::mem::replace(end, before);
        }
        // What is a part's beginning by now becomes its end as it is filled.
        let mut placed = vec![T::default(); before as usize];
        for (part, item) in items {
            if let Some(next) = ends.get_mut(part) {
                placed[*next as usize] = item;
                *next += 1;
            }
        }
        Self {
            items: placed,
            ends,
        }
    }

    /// Those of a part.
    pub fn of(&self, part: usize) -> &[T] {
        let end = |part: usize| self.ends.get(part).map_or(0, |&end| end as usize);
        let from = part.checked_sub(1).map_or(0, end);
        self.items.get(from..end(part)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_items_in_their_order() {
        let items = (0..20_u32).map(|item| (item as usize % 5, item));
        let parted = Parted::new(items, 4);
        assert_eq!(parted.of(0), [0, 5, 10, 15]);
        assert_eq!(parted.of(3), [3, 8, 13, 18]);
        assert!(parted.of(4).is_empty());
        assert!(Parted::<u32>::new(std::iter::empty(), 2).of(1).is_empty());
    }
}
