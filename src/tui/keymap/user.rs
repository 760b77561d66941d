//! What the user changed of the keymap: a preset, keys of their own, and what can be wrong with
//! them.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use crate::config::{KeyBinding, Origin, Preset, nearest};

use super::key::{KeyError, parse_keys};
use super::{Action, Context, Key, Keymap, TABLE};

/// Why a line of the user's keymap was left out, or is doubtful.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeymapError {
    /// No such place.
    #[error("keys: unknown context `{0}`; known: {known}", known = context_names())]
    Context(String),
    /// No such action.
    #[error("keys: unknown action `{name}` for {keys}{hint}; `vizsla keys` lists them")]
    Action {
        name: String,
        keys: String,
        hint: String,
    },
    /// Not keys.
    #[error("keys: {keys}: {why}")]
    Keys { keys: String, why: KeyError },
    /// A sequence that begins with another: the longer could never be typed.
    #[error("keys: `{keys}` is bound in {context}, so `{other}` could never be typed there")]
    Shadow {
        keys: String,
        other: String,
        context: &'static str,
    },
}

/// A mistake, and the line of the user's that made it: `config.toml:3: keys: unknown action ...`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The line; the default if it is nobody's.
    pub origin: Origin,
    /// What is wrong.
    pub error: KeymapError,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.origin != Origin::Default {
            write!(f, "{}: ", self.origin)?;
        }
        self.error.fmt(f)
    }
}

impl Mistake {
    /// Two bindings that do not go together: the last of the user's that has a part in it.
    fn shadow(error: KeymapError, bindings: &[KeyBinding]) -> Self {
        let has_part = |binding: &&KeyBinding| match &error {
            KeymapError::Shadow {
                keys,
                other,
                context,
            } => {
                let bound = binding
                    .action
                    .is_some()
                    .then(|| typed(binding).ok())
                    .flatten();
                let bound = bound.map(|bound| written(&bound));
                let chain = Context::named(context).map_or_else(Vec::new, Context::chain);
                let reaches = chain.iter().any(|one| one.name() == binding.context);
                reaches && bound.is_some_and(|bound| bound == *keys || bound == *other)
            }
            _ => false,
        };
        let binding = bindings.iter().rev().find(has_part);
        Self {
            origin: binding.map_or(Origin::Default, |binding| binding.origin.clone()),
            error,
        }
    }
}

/// The keys of a binding.
fn typed(binding: &KeyBinding) -> Result<Vec<Key>, KeyError> {
    let keys: String = binding.keys.split_whitespace().collect();
    parse_keys(&keys)
}

fn context_names() -> String {
    Context::ALL.map(Context::name).join(", ")
}

impl Keymap {
    /// The defaults, a preset over them, the user's own keys on top. Lines that are wrong are left
    /// out and reported; none of them stops the program.
    pub fn with_user(chosen: Preset, bindings: &[KeyBinding]) -> (Self, Vec<Mistake>) {
        let mut keymap = Self::default();
        keymap.wear(chosen);
        let mut mistakes = Vec::new();
        for binding in bindings {
            if let Err(error) = keymap.bind(binding) {
                let origin = binding.origin.clone();
                mistakes.push(Mistake { origin, error });
            }
        }
        let shadows = keymap.shadows().into_iter();
        mistakes.extend(shadows.map(|error| Mistake::shadow(error, bindings)));
        (keymap, mistakes)
    }

    fn bind(&mut self, binding: &KeyBinding) -> Result<(), KeymapError> {
        let context = Context::named(&binding.context)
            .ok_or_else(|| KeymapError::Context(binding.context.clone()))?;
        let keys = typed(binding).map_err(|why| KeymapError::Keys {
            keys: binding.keys.clone(),
            why,
        })?;
        let layer = self.layers.entry(context).or_default();
        let Some(name) = &binding.action else {
            layer.remove(&keys);
            return Ok(());
        };
        let meant = || nearest(name, TABLE.iter().map(|entry| entry.name));
        let action = Action::named(name).ok_or_else(|| KeymapError::Action {
            name: name.clone(),
            keys: binding.keys.clone(),
            hint: meant().map_or_else(String::new, |name| format!(", did you mean `{name}`")),
        })?;
        layer.insert(keys, action);
        Ok(())
    }

    /// Every pair of bindings valid in one context where one begins with the other, once each.
    pub fn shadows(&self) -> Vec<KeymapError> {
        let mut seen = std::collections::BTreeSet::new();
        let mut errors = Vec::new();
        for context in Context::ALL {
            let bound = self.bound(context);
            for keys in bound.keys() {
                for other in bound
                    .keys()
                    .filter(|other| other.len() > keys.len() && begins(keys, other))
                {
                    let (keys, other) = (written(keys), written(other));
                    if seen.insert((keys.clone(), other.clone())) {
                        errors.push(KeymapError::Shadow {
                            keys,
                            other,
                            context: context.name(),
                        });
                    }
                }
            }
        }
        errors
    }

    /// What is bound in the chain of `context`, the nearest deciding.
    pub fn bound(&self, context: Context) -> BTreeMap<Vec<Key>, Action> {
        let mut bound = BTreeMap::new();
        for layer in self.chain(context) {
            for (keys, action) in layer {
                bound.entry(keys.clone()).or_insert(*action);
            }
        }
        bound
    }
}

pub(super) fn begins(short: &[Key], long: &[Key]) -> bool {
    short
        .iter()
        .zip(long)
        .all(|(a, b)| a.matches(*b) || b.matches(*a))
}

fn written(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect()
}
