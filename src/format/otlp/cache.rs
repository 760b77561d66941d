//! What was interned before in the same request, recognised by its bytes.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

/// Slots; a power of two. Attributes of one service take few distinct values.
const SLOTS: usize = 512;

/// A table of one slot for each hash: what collides is forgotten and interned again, which is
/// slower and never wrong. An attacker who finds collisions gains just that.
pub(super) struct Cache<'a, T> {
    slots: Vec<Option<(&'a [u8], T)>>,
}

impl<'a, T: Copy> Cache<'a, T> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// The slot of some bytes, for [`Self::get`] and [`Self::put`].
    #[inline]
    pub(super) fn slot(bytes: &[u8]) -> usize {
        FixedState::default().hash_one(bytes) as usize % SLOTS
    }

    #[inline]
    pub(super) fn get(&self, slot: usize, bytes: &[u8]) -> Option<T> {
        let (known, value) = self.slots.get(slot)?.as_ref()?;
        (*known == bytes).then_some(*value)
    }

    pub(super) fn put(&mut self, slot: usize, bytes: &'a [u8], value: T) {
        if self.slots.is_empty() {
            self.slots.resize(SLOTS, None);
        }
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some((bytes, value));
        }
    }
}
