//! Which lists may be cut, what is put around their pieces, and between which elements a cut is.

use std::cell::OnceCell;
use std::rc::Rc;

use super::{Around, At, Explained, Level, Scanner};
use crate::format::read::decoders::{Cut, Inner};
use crate::format::read::scan::{LISTS, key_before, last_token, mentions, value_text};

/// Brackets around a list that are put around each piece of it, with what stands between them.
const LONGEST_PREFIX: usize = 256 << 10;
/// Bytes from which on a cut is made within an element.
const INNER: usize = 1 << 20;
/// Bytes from which on a cut is made between elements that belong together.
const GROUP: usize = 4 << 20;

impl Scanner {
    /// The list whose bracket stands at `at`, if it may be cut.
    pub(super) fn list(&mut self, buffer: &[u8], at: usize) -> Option<Level> {
        if self.depth > super::DEEPEST {
            return None;
        }
        let Some(outer) = self.levels.last() else {
            return self.outermost(buffer, at);
        };
        let lists = match self.cut {
            Cut::Within(lists) => lists,
            Cut::Groups(_) => return self.list_of_lists(buffer, at, outer),
            _ => return None,
        };
        if self.depth != outer.depth + 2 || self.open.get(self.depth - 2) != Some(&b'{') {
            return None;
        }
        let element = buffer.get(outer.element?..=at)?;
        let list = inner(lists, element)?;
        let level = self.level(&outer.around.prefix, element, at, Some(list));
        Some(level).filter(|level| level.around.prefix.len() <= LONGEST_PREFIX)
    }

    /// A list that is an element itself.
    fn list_of_lists(&self, buffer: &[u8], at: usize, outer: &Level) -> Option<Level> {
        let element = buffer.get(outer.element?..=at)?;
        let level = self.level(&outer.around.prefix, element, at, None);
        let is_element = self.depth == outer.depth + 1;
        (is_element && level.around.prefix.len() <= LONGEST_PREFIX).then_some(Level {
            inner: true,
            ..level
        })
    }

    /// The first list of a document, if no other stands around it.
    fn outermost(&mut self, buffer: &[u8], at: usize) -> Option<Level> {
        let around = self.open.get(..self.depth - 1).unwrap_or_default();
        if self.met_list || around.contains(&b'[') {
            return None;
        }
        let document = buffer.get(self.document?..=at)?;
        let document = document.trim_ascii_start();
        let key = key_before(document);
        let known = LISTS.iter().any(|name| key == Some(name.as_bytes()));
        let list = match self.cut {
            _ if self.depth == 1 => None,
            Cut::Documents => return None,
            _ if known => None,
            Cut::Within(lists) if self.depth == 2 => Some(inner(lists, document)?),
            _ => return None,
        };
        let level = self.level(b"", document, at, list);
        let short = level.around.prefix.len() <= LONGEST_PREFIX;
        self.met_list = short;
        short.then_some(level)
    }

    /// A list whose bracket stands at `at`, behind `element` within what is put `before`.
    fn level(
        &self,
        before: &[u8],
        element: &[u8],
        at: usize,
        list: Option<&'static Inner>,
    ) -> Level {
        let open = self.open.get(..self.depth).unwrap_or_default();
        let close = |bracket: &u8| if *bracket == b'[' { b']' } else { b'}' };
        let behind = list.and_then(|list| list.behind);
        let behind = behind.filter(|key| !mentions(element, key));
        let behind = behind.map(|key| Explained {
            key,
            value: self
                .known
                .clone()
                .map_or_else(OnceCell::new, OnceCell::from),
        });
        let around = Around {
            prefix: [before, element].concat(),
            suffix: open.iter().rev().map(close).collect(),
            behind,
        };
        Level {
            depth: self.depth,
            inner: list.is_some(),
            element: Some(at + 1),
            around: Rc::new(around),
        }
    }

    /// A comma, perhaps between two elements of a list that may be cut.
    pub(super) fn comma(&mut self, buffer: &[u8], at: usize) {
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        if level.depth != self.depth {
            return;
        }
        let begin = level.element.replace(at + 1);
        let is_list = || last_token(buffer.get(..at).unwrap_or_default()) == Some(b']');
        let end = match self.cut {
            Cut::Lists => is_list().then_some(at),
            Cut::Groups(_) if level.inner => (at >= self.begin + GROUP).then_some(at),
            Cut::Groups(_) if is_list() => Some(at),
            Cut::Groups(key) if at >= self.enough => {
                let element = begin.and_then(|begin| buffer.get(begin..at));
                self.end_of_group(element.unwrap_or_default(), key, at)
            }
            Cut::Groups(_) => None,
            _ => (!level.inner || at >= self.begin + INNER).then_some(at),
        };
        if let Some(end) = end {
            let within = self.levels.last().map(|level| Rc::clone(&level.around));
            self.last = Some(At {
                end,
                next: end + 1,
                within,
            });
        }
    }

    /// Where the elements before `element`, which ends at `at`, are all of their group, or where
    /// they are too many.
    fn end_of_group(&mut self, element: &[u8], key: &str, at: usize) -> Option<usize> {
        let name = value_text(element, key).to_owned();
        let before = self.group.replace((at, name));
        if at >= self.begin + GROUP {
            return Some(at);
        }
        let (end, before) = before?;
        let (_, name) = self.group.as_ref()?;
        (*name != before).then_some(end)
    }
}

/// The list that the bracket at the end of `element` opens, if it may be cut.
fn inner(lists: &'static [Inner], element: &[u8]) -> Option<&'static Inner> {
    let key = key_before(element)?;
    let is_it = |list: &&Inner| list.names.iter().any(|name| name.as_bytes() == key);
    let list = lists.iter().find(is_it)?;
    let explained = list.before.is_none_or(|key| mentions(element, key));
    explained.then_some(list)
}
