//! A growing list that can be copied cheaply and changed in place: pages behind `Arc`, of
//! which a change copies only the page it touches, and only while a reader still holds it.

use std::sync::Arc;

/// Items a page holds: small enough that copying one is nothing, large enough that a list of
/// pages is short.
const PAGE: usize = 256;

/// A list in shared pages. A clone sees the list as it was.
#[derive(Debug, Clone)]
pub(super) struct Paged<T> {
    pages: Vec<Arc<Vec<T>>>,
    len: usize,
}

impl<T> Default for Paged<T> {
    fn default() -> Self {
        Self {
            pages: Vec::new(),
            len: 0,
        }
    }
}

impl<T: Clone> Paged<T> {
    /// How many items there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Appends an item and tells its index.
    pub(super) fn push(&mut self, item: T) -> usize {
        if self.len.is_multiple_of(PAGE) {
            self.pages.push(Arc::default());
        }
        if let Some(page) = self.pages.last_mut() {
            let page = Arc::make_mut(page);
            if page.len() == page.capacity() {
                page.reserve_exact(page.len().clamp(4, PAGE - page.len().min(PAGE - 4)));
            }
            page.push(item);
        }
        self.len += 1;
        self.len - 1
    }

    /// The item at `index`.
    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.pages.get(index / PAGE)?.get(index % PAGE)
    }

    /// The item at `index`, to change; its page is copied if somebody else holds it.
    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        Arc::make_mut(self.pages.get_mut(index / PAGE)?).get_mut(index % PAGE)
    }

    /// All items in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(|page| page.iter())
    }

    /// Bytes that `more` items will add at most.
    pub(super) fn growth(&self, more: usize) -> usize {
        let spare = self
            .pages
            .last()
            .map_or(4, |page| page.len().clamp(4, PAGE));
        (more + spare) * size_of::<T>() + (more / PAGE + 2) * Self::PER_PAGE
    }

    /// Bytes the pages and the list of them take.
    pub(super) fn bytes(&self) -> usize {
        let last = self.pages.last().map_or(0, |page| page.capacity());
        let full = self.pages.len().saturating_sub(1) * PAGE;
        (full + last) * size_of::<T>() + self.pages.capacity() * Self::PER_PAGE
    }

    /// A page's own header and counts, and its place in the list.
    const PER_PAGE: usize = size_of::<Vec<T>>() + size_of::<Arc<Vec<T>>>() + 16;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_sees_the_list_as_it_was() {
        let mut list = Paged::default();
        for n in 0..1000 {
            list.push(n);
        }
        let before = list.clone();
        *list.get_mut(700).unwrap() = -1;
        list.push(1000);
        assert_eq!(
            before.iter().copied().collect::<Vec<_>>(),
            (0..1000).collect::<Vec<_>>()
        );
        assert_eq!(
            (list.get(700), list.get(1000), list.len()),
            (Some(&-1), Some(&1000), 1001)
        );
        assert_eq!(before.get(1000), None);
    }

    #[test]
    fn a_change_copies_one_page() {
        let mut list = Paged::default();
        for n in 0..1000 {
            list.push(n);
        }
        let before = list.clone();
        *list.get_mut(300).unwrap() = -1;
        let shared = list
            .pages
            .iter()
            .zip(&before.pages)
            .filter(|(a, b)| Arc::ptr_eq(a, b));
        assert_eq!(shared.count(), 3);
    }
}
