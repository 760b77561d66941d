//! Objects whose nesting is only a way to write dotted keys: to Elasticsearch,
//! `{"trace":{"id":"a1"}}` and `{"trace.id":"a1"}` are one document.

use std::borrow::Cow;

use super::json::{JsonKind, JsonResult};
use super::walk::Walk;
use crate::model::MAX_NESTING;

/// What is done with a leaf: its dotted key is given, its value comes next.
type Leaf<'r, W> = &'r mut dyn FnMut(&mut W, &str) -> JsonResult<()>;

impl<S> Walk<'_, '_, S> {
    /// Calls `read` for each leaf of an object with its dotted key. Lists are leaves, nulls are
    /// none, and so is what nests deeper than [`MAX_NESTING`]: that is a leaf as it stands.
    pub(super) fn flat(
        &mut self,
        mut read: impl FnMut(&mut Self, &str) -> JsonResult<()>,
    ) -> JsonResult<()> {
        self.flat_below("", 0, &mut read)
    }

    /// As [`Self::flat`] within `depth` other objects; the recursion ends at [`MAX_NESTING`].
    fn flat_below(&mut self, prefix: &str, depth: usize, read: Leaf<'_, Self>) -> JsonResult<()> {
        self.object(|walk, key| {
            let key = if prefix.is_empty() {
                Cow::Borrowed(key)
            } else {
                Cow::Owned(format!("{prefix}.{key}"))
            };
            if walk.json.peek()? == JsonKind::Object && depth < MAX_NESTING {
                walk.flat_below(&key, depth + 1, read)
            } else {
                read(walk, &key)
            }
        })
    }
}
