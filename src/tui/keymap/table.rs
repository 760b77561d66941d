//! The table of actions as documents: the README's key table and `vizsla keys`.

use super::{Action, Category, Context, Keymap, TABLE, key};

/// One line of the key table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Where the keys are valid.
    pub context: &'static str,
    /// Under which heading.
    pub category: &'static str,
    /// All keys, as shown.
    pub keys: Vec<String>,
    /// The action's name in configuration.
    pub action: &'static str,
    /// What it does.
    pub sentence: &'static str,
}

/// Every action with its present keys, one row for each context that binds it.
pub fn key_table(keymap: &Keymap) -> Vec<KeyRow> {
    let row = |action: Action, category: Category, context: Context| {
        let keys = keys_of(keymap, context, action);
        (!keys.is_empty()).then(|| KeyRow {
            context: context.name(),
            category: category.title(),
            keys,
            action: action.entry().name,
            sentence: action.entry().sentence,
        })
    };
    Context::ALL
        .into_iter()
        .flat_map(|context| {
            TABLE
                .iter()
                .filter_map(move |entry| row(entry.action, entry.category, context))
        })
        .collect()
}

/// The keys that `context` itself binds to `action`, as shown; inherited ones are left out.
pub fn keys_of(keymap: &Keymap, context: Context, action: Action) -> Vec<String> {
    let Some(layer) = keymap.layers.get(&context) else {
        return Vec::new();
    };
    let own: Vec<_> = layer
        .iter()
        .filter(|(_, a)| **a == action)
        .map(|(keys, _)| keys)
        .collect();
    let mut ordered: Vec<_> = keymap.keys(context, action);
    ordered.retain(|keys| own.contains(&keys));
    ordered.iter().map(|keys| key::label(keys)).collect()
}
