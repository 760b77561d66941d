//! What was read before in the same request or file, recognised by its bytes.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// Slots; a power of two. Attributes of one service take few distinct values.
const SLOTS: usize = 512;

/// A table of one slot for each hash: what collides is forgotten and read again, which is
/// slower and never wrong. An attacker who finds collisions gains just that.
#[derive(Debug)]
pub(super) struct Cache<'a, T> {
    slots: Vec<Option<(&'a [u8], T)>>,
}

impl<T> Default for Cache<'_, T> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<'a, T> Cache<'a, T> {
    /// The slot of some bytes, for [`Self::get`] and [`Self::put`].
    #[inline]
    pub(super) fn slot(bytes: &[u8]) -> usize {
        FixedState::default().hash_one(bytes) as usize % SLOTS
    }

    #[inline]
    pub(super) fn get(&self, slot: usize, bytes: &[u8]) -> Option<&T> {
        let (known, value) = self.slots.get(slot)?.as_ref()?;
        (*known == bytes).then_some(value)
    }

    /// What is known of the bytes that `text` begins with, and which these are.
    #[inline]
    pub(super) fn beginning(&mut self, slot: usize, text: &[u8]) -> Option<(&'a [u8], &mut T)> {
        let (known, value) = self.slots.get_mut(slot)?.as_mut()?;
        text.starts_with(known).then_some((*known, value))
    }

    pub(super) fn put(&mut self, slot: usize, bytes: &'a [u8], value: T) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some((bytes, value));
        }
    }
}
