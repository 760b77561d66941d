//! The table is free of conflicts, and sequences of keys come to what they say.

use crate::config::{KeyBinding, Origin, Preset};

use super::user::KeymapError;
use super::*;

fn press_all(context: Context, text: &str) -> Vec<Press> {
    let keymap = Keymap::default();
    let mut pending = Pending::default();
    parse_keys(text)
        .unwrap()
        .into_iter()
        .map(|key| pending.press(&keymap, context, key))
        .collect()
}

fn act(action: Action, count: Option<u32>) -> Press {
    Press::Act {
        action,
        count,
        letter: None,
    }
}

#[test]
fn every_default_key_can_be_read() {
    for entry in TABLE {
        for (context, keys) in entry.keys {
            for one in keys.split_ascii_whitespace() {
                assert!(
                    parse_keys(one).is_ok(),
                    "{}: {one} in {}",
                    entry.name,
                    context.name()
                );
            }
        }
    }
}

#[test]
fn no_key_is_bound_twice_in_a_chain_of_contexts() {
    for context in Context::ALL {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for entry in TABLE {
            for (at, keys) in entry.keys {
                if !context.chain().contains(at) {
                    continue;
                }
                for one in keys.split_ascii_whitespace() {
                    let before = seen.insert(one.to_owned(), entry.name);
                    assert_eq!(
                        before,
                        None,
                        "{one} is also {} in {}",
                        entry.name,
                        context.name()
                    );
                }
            }
        }
    }
}

#[test]
fn no_default_key_is_a_prefix_of_another_in_its_context() {
    assert_eq!(Keymap::default().shadows(), []);
}

#[test]
fn keys_that_terminals_swallow_are_only_aliases() {
    let never = [
        "<C-s>", "<C-q>", "<C-b>", "<C-h>", "<C-j>", "<C-m>", "<C-[>", "~",
    ];
    for entry in TABLE {
        for (_, keys) in entry.keys {
            let alternatives: Vec<_> = keys.split_ascii_whitespace().collect();
            assert!(
                !alternatives.iter().any(|one| never.contains(one)),
                "{}",
                entry.name
            );
            let fragile = ["<C-o>", "<Home>", "<End>", "<Esc>"];
            assert!(
                alternatives.iter().any(|one| !fragile.contains(one)),
                "{} has no plain twin",
                entry.name
            );
        }
    }
}

#[test]
fn names_and_sentences_are_unique_and_plain() {
    let mut names: Vec<_> = TABLE.iter().map(|entry| entry.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TABLE.len());
    for entry in TABLE {
        assert_eq!(entry.action.entry().name, entry.name);
        assert_eq!(Action::named(entry.name), Some(entry.action));
        assert!(!entry.sentence.ends_with('.'), "{}", entry.sentence);
    }
}

#[test]
fn counts_and_prefixes() {
    use Press::Wait;
    assert_eq!(
        press_all(Context::Search, "10j"),
        [Wait, Wait, act(Action::Down, Some(10))]
    );
    assert_eq!(
        press_all(Context::Search, "3]e"),
        [Wait, Wait, act(Action::NextError, Some(3))]
    );
    assert_eq!(
        press_all(Context::Search, "g<Esc>"),
        [Wait, Press::Cancelled]
    );
    let unknown = Press::Unknown(parse_keys("gß").unwrap());
    assert_eq!(press_all(Context::Search, "gß"), [Wait, unknown]);
    let marked = Press::Act {
        action: Action::SetMark,
        count: None,
        letter: Some('a'),
    };
    assert_eq!(press_all(Context::Global, "ma"), [Wait, marked]);
}

#[test]
fn text_fields_take_digits_and_prefix_letters_as_text() {
    use Press::Type;
    let keys = press_all(Context::Query, "3g<C-u>");
    assert_eq!(
        keys,
        [Type('3'), Type('g'), act(Action::EraseToStart, None)]
    );
}

#[test]
fn the_user_may_bind_unbind_and_be_told_of_mistakes() {
    let lines = [
        ("global", "<C-t>", Some("themes")),
        ("global", "w", None),
        ("global", "X", Some("next_eror")),
        ("nowhere", "X", Some("why")),
        ("global", "Z Z", Some("quit")),
        ("global", "g", Some("why")),
    ];
    let binding = |(number, (context, keys, action)): (usize, (&str, &str, Option<&str>))| {
        let path: std::sync::Arc<std::path::Path> = std::path::Path::new("mine.toml").into();
        let line = number + 1;
        KeyBinding {
            context: context.into(),
            keys: keys.into(),
            action: action.map(Into::into),
            origin: Origin::File { path, line },
        }
    };
    let bindings: Vec<_> = lines.into_iter().enumerate().map(binding).collect();
    let (keymap, errors) = Keymap::with_user(Preset::Vim, &bindings);
    assert_eq!(
        keymap.label(Context::Global, Action::Themes).as_deref(),
        Some("Ctrl-t")
    );
    assert_eq!(
        keymap.label(Context::Global, Action::Why).as_deref(),
        Some("g")
    );
    let meaning = keymap.meaning(Context::Search, &parse_keys("ZZ").unwrap());
    assert_eq!(meaning, Meaning::Action(Action::Quit, None));
    let page = keymap.meaning(Context::Search, &[Key::ctrl('f')]);
    assert_eq!(page, Meaning::Action(Action::PageDown, None));
    assert!(
        errors[0].to_string().contains("did you mean `next_error`"),
        "{}",
        errors[0]
    );
    assert!(errors[0].to_string().starts_with("mine.toml:3: keys: "));
    assert!(matches!(errors[1].error, KeymapError::Context(_)));
    let is_of_g =
        |error: &KeymapError| matches!(error, KeymapError::Shadow { keys, .. } if keys == "g");
    assert!(errors[2..].iter().all(|mistake| is_of_g(&mistake.error)));
    assert!(
        errors[2]
            .to_string()
            .starts_with("mine.toml:6: keys: `g` is bound")
    );
    assert!(errors.len() > 2);
}

#[test]
fn presets_are_free_of_conflicts_and_say_what_their_models_say() {
    let presets = [Preset::Default, Preset::Vim, Preset::Emacs, Preset::Jaeger];
    for preset in presets {
        let (keymap, errors) = Keymap::with_user(preset, &[]);
        assert!(
            errors.is_empty() && keymap.shadows().is_empty(),
            "{preset:?}: {errors:?}"
        );
    }
    let does = |preset, keys: &str| {
        let (keymap, _) = Keymap::with_user(preset, &[]);
        keymap.meaning(Context::Waterfall, &parse_keys(keys).unwrap())
    };
    let action = |action| Meaning::Action(action, None);
    assert_eq!(does(Preset::Jaeger, "]"), action(Action::CloseAll));
    assert_eq!(does(Preset::Jaeger, "o"), action(Action::OpenLevel));
    assert_eq!(does(Preset::Emacs, "<C-x><C-c>"), action(Action::Quit));
    assert_eq!(does(Preset::Vim, "}"), action(Action::NextSibling));
    assert_eq!(does(Preset::Vim, "<C-w>w"), action(Action::NextPane));
    assert_eq!(
        does(Preset::Vim, "e"),
        Meaning::Nothing,
        "no motion of vim's is something else"
    );
}

#[test]
fn every_action_is_reached_with_every_preset() {
    for keys in Keymap::preset_keys() {
        assert!(parse_keys(keys).is_ok(), "{keys}");
    }
    for preset in Preset::ALL {
        let (keymap, _) = Keymap::with_user(preset, &[]);
        for context in Context::ALL {
            let chain = context.chain();
            for entry in TABLE {
                let here = entry.keys.iter().any(|(at, _)| chain.contains(at));
                assert!(
                    !here || !keymap.keys(context, entry.action).is_empty(),
                    "{} has no key in {} of {}",
                    entry.name,
                    context.name(),
                    preset.name()
                );
            }
        }
    }
}
