//! What a frame needs and what does not change from frame to frame, though it costs more than a
//! frame may.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

/// More than a screen shows at once, with room for scrolling back.
const MOST: usize = 1024;

/// Values worked out when first drawn and kept by what they depend on.
///
/// It is no part of a state: two of them are equal, and a copy begins empty. Who owns it clears
/// it when something changes that the key does not name.
pub struct Memo<K, V>(RefCell<HashMap<K, Arc<V>>>);

impl<K: Eq + Hash, V> Memo<K, V> {
    /// The value for a key, made now if it is not there.
    pub fn get(&self, key: K, make: impl FnOnce() -> V) -> Arc<V> {
        let mut kept = self.0.borrow_mut();
        if kept.len() >= MOST && !kept.contains_key(&key) {
            kept.clear();
        }
        Arc::clone(kept.entry(key).or_insert_with(|| Arc::new(make())))
    }

    /// Forgets all of them.
    pub fn clear(&mut self) {
        self.0.get_mut().clear();
    }
}

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<K, V> Clone for Memo<K, V> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<K, V> PartialEq for Memo<K, V> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<K, V> std::fmt::Debug for Memo<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_until_it_is_forgotten() {
        let mut memo = Memo::default();
        assert_eq!(*memo.get(1, || "first"), "first");
        assert_eq!(*memo.get(1, || "second"), "first");
        memo.clear();
        assert_eq!(*memo.get(1, || "second"), "second");
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let memo = Memo::default();
        for key in 0..10 * MOST {
            memo.get(key, || ());
        }
        assert!(memo.0.borrow().len() <= MOST);
    }
}
