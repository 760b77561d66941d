//! Keys to actions: the table, the contexts in which a key is valid, what the user changed, and
//! the state between the keys of a sequence (`3`, `g`, `]`).
//!
//! A prefix never times out, because links can be slow; after 300 ms the screen lists what may
//! follow.

pub mod action;
pub mod context;
pub mod key;
mod pending;
mod preset;
mod table;
mod user;

use std::collections::BTreeMap;

pub use action::{Action, Category, TABLE};
pub use context::Context;
pub use key::{Code, Key, parse_keys};
pub use pending::{Pending, Press};
pub use table::{KeyRow, key_table};

/// The keys of every context: the defaults of the table, then the user's changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    layers: BTreeMap<Context, BTreeMap<Vec<Key>, Action>>,
}

/// What some keys mean in a context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// An action, with the letter or digit that stood in for a wildcard.
    Action(Action, Option<char>),
    /// The beginning of at least one binding.
    Prefix,
    /// Nothing.
    Nothing,
}

impl Default for Keymap {
    fn default() -> Self {
        let mut layers: BTreeMap<Context, BTreeMap<Vec<Key>, Action>> = BTreeMap::new();
        for entry in TABLE {
            for (context, keys) in entry.keys {
                let layer = layers.entry(*context).or_default();
                for alternative in keys.split_ascii_whitespace() {
                    // A default that is not a sequence of keys binds nothing; a test holds that none is.
                    if let Ok(keys) = parse_keys(alternative) {
                        layer.insert(keys, entry.action);
                    }
                }
            }
        }
        Self { layers }
    }
}

impl Keymap {
    /// What `keys` mean in `context`, the nearest of its chain deciding.
    pub fn meaning(&self, context: Context, keys: &[Key]) -> Meaning {
        let mut prefix = false;
        for layer in self.chain(context) {
            for (bound, action) in layer {
                if bound.len() < keys.len() || !keys.iter().zip(bound).all(|(k, b)| k.matches(*b)) {
                    continue;
                }
                if bound.len() == keys.len() {
                    return Meaning::Action(*action, wildcard(bound, keys));
                }
                prefix = true;
            }
        }
        if prefix {
            Meaning::Prefix
        } else {
            Meaning::Nothing
        }
    }

    /// The bindings valid in `context` that begin with `prefix`: what is left to press, and what it
    /// does. Ordered as the table is.
    pub fn following(&self, context: Context, prefix: &[Key]) -> Vec<(Vec<Key>, Action)> {
        let mut rest: Vec<_> = self
            .chain(context)
            .flat_map(|layer| layer.iter())
            .filter(|(bound, _)| {
                bound.len() > prefix.len() && prefix.iter().zip(*bound).all(|(p, b)| p.matches(*b))
            })
            .map(|(bound, action)| (bound[prefix.len()..].to_vec(), *action))
            .collect();
        rest.sort_by_key(|(_, action)| *action);
        rest
    }

    /// The keys of `action` in `context`, in the order of the table, so that the first is the one
    /// to teach. Empty if it cannot be reached by a key here.
    pub fn keys(&self, context: Context, action: Action) -> Vec<Vec<Key>> {
        let mut found: Vec<Vec<Key>> = self
            .chain(context)
            .flat_map(|layer| layer.iter())
            .filter(|(bound, a)| **a == action && self.is_typable(context, bound, action))
            .map(|(bound, _)| bound.clone())
            .collect();
        found.dedup();
        found.sort_by_key(|keys| preference(action, keys));
        found
    }

    /// Whether keys come to that action: nothing nearer means something else by them.
    fn is_typable(&self, context: Context, keys: &[Key], action: Action) -> bool {
        let exactly = |keys: &[Key]| {
            let mut layers = self.chain(context);
            layers.find_map(|layer| layer.get(keys).copied())
        };
        let mut beginnings = (1..keys.len()).filter_map(|n| keys.get(..n));
        exactly(keys) == Some(action) && beginnings.all(|keys| exactly(keys).is_none())
    }

    /// The first key of `action` in `context` as it is shown.
    pub fn label(&self, context: Context, action: Action) -> Option<String> {
        self.keys(context, action)
            .first()
            .map(|keys| key::label(keys))
    }

    fn chain(&self, context: Context) -> impl Iterator<Item = &BTreeMap<Vec<Key>, Action>> {
        context
            .chain()
            .into_iter()
            .filter_map(|c| self.layers.get(&c))
    }
}

/// The character that a wildcard at the end of `bound` received.
fn wildcard(bound: &[Key], keys: &[Key]) -> Option<char> {
    let wild = matches!(bound.last()?.code, Code::AnyLetter | Code::AnyDigit);
    keys.last().filter(|_| wild)?.typed()
}

/// Where the table lists these keys for this action. A single key that it does not list is the
/// user's own and comes first; longer ones help hands that know them, and come last.
fn preference(action: Action, keys: &[Key]) -> usize {
    let written: String = keys.iter().map(ToString::to_string).collect();
    let listed = action
        .entry()
        .keys
        .iter()
        .flat_map(|(_, keys)| keys.split_ascii_whitespace());
    listed
        .enumerate()
        .find(|(_, one)| *one == written)
        .map_or(if keys.len() > 1 { usize::MAX } else { 0 }, |(at, _)| {
            at + 1
        })
}

#[cfg(test)]
mod tests;
