//! Keymaps to start from, for hands that know another program's keys. What stands in the way of one
//! of those keys has another one: a test holds that every action is still reached from everywhere.

use crate::config::Preset;

use super::user::begins;
use super::{Action, Code, Context, Key, Keymap, parse_keys};

use Context::{Detail, Flame, Global, Trace, Waterfall};

/// What a preset changes of the defaults.
struct Changes {
    /// Keys that mean something else in the model, or nothing: they do nothing here.
    gone: &'static [(Context, &'static str)],
    /// Keys that are added. Where one is the beginning of a default sequence, the sequence gives way.
    keys: &'static [(Context, &'static str, Action)],
    /// What begins with a bracket begins with a brace as well.
    braces: bool,
}

/// vim's: its windows are our panes, and none of its motions does something else.
const VIM: Changes = Changes {
    gone: &[
        (Global, "w"),
        (Global, "e"),
        (Global, "E"),
        (Global, "b"),
        (Global, "M"),
        (Trace, "H"),
        (Trace, "L"),
    ],
    keys: &[
        (Global, "<C-f>", Action::PageDown),
        (Global, "<C-b>", Action::PageUp),
        (Global, "<C-w>w", Action::NextPane),
        (Global, "<C-w><C-w>", Action::NextPane),
        (Global, "<C-w>p", Action::PreviousPane),
        (Global, "<C-w>q", Action::Out),
        (Global, "<C-w>c", Action::Out),
        (Global, "<C-w>o", Action::SecondPane),
        (Trace, "<C-w>s", Action::Split),
        (Trace, "<C-w>v", Action::Split),
        (Trace, "<C-w><lt>", Action::SplitBack),
        (Trace, "<C-w>>", Action::SplitOn),
        (Trace, "<C-]>", Action::GoLinked),
        (Trace, "gx", Action::OpenLink),
        (Global, "<C-t>", Action::JumpBack),
        (Global, "ZZ", Action::Quit),
        (Global, "ZQ", Action::Quit),
        (Global, "gb", Action::Backends),
        (Global, "gM", Action::MouseCapture),
        (Waterfall, "}", Action::NextSibling),
        (Waterfall, "{", Action::PreviousSibling),
        (Waterfall, "#", Action::PreviousOfOperation),
    ],
    braces: false,
};

/// Those of emacs, as far as terminals pass them on.
const EMACS: Changes = Changes {
    gone: &[],
    keys: &[
        (Global, "<C-n>", Action::Down),
        (Global, "<C-p>", Action::Up),
        (Global, "<C-f>", Action::Right),
        (Global, "<C-b>", Action::Left),
        (Global, "<C-v>", Action::PageDown),
        (Global, "<A-v>", Action::PageUp),
        (Global, "<A-lt>", Action::Top),
        (Global, "<A-gt>", Action::Bottom),
        (Global, "<A-x>", Action::Palette),
        (Global, "<A-w>", Action::CopyRow),
        (Global, "<C-s>", Action::Ask),
        (Global, "<C-x>u", Action::Undo),
        (Global, "<C-x>o", Action::NextPane),
        (Global, "<C-x>k", Action::Out),
        (Global, "<C-x>b", Action::NextTrace),
        (Global, "<C-x><C-c>", Action::Quit),
    ],
    braces: false,
};

/// The keys of the timeline of Jaeger's web page.
const JAEGER: Changes = Changes {
    gone: &[],
    keys: &[
        (Waterfall, "s", Action::PageDown),
        (Waterfall, "w", Action::PageUp),
        (Waterfall, "f", Action::HalfPageDown),
        (Waterfall, "zf", Action::Fit),
        (Waterfall, "b", Action::HalfPageUp),
        (Global, "gb", Action::Backends),
        (Waterfall, "a", Action::PanLeft),
        (Global, "gA", Action::MoreLikeThis),
        (Waterfall, "<Left>", Action::PanLeft),
        (Waterfall, "d", Action::PanRight),
        (Global, "gD", Action::Graph),
        (Waterfall, "<Right>", Action::PanRight),
        (Waterfall, "<Up>", Action::ZoomIn),
        (Waterfall, "<Down>", Action::ZoomOut),
        (Waterfall, "]", Action::CloseAll),
        (Waterfall, "[", Action::OpenAll),
        (Waterfall, "p", Action::CloseLevel),
        (Global, "gP", Action::Pause),
        (Waterfall, "o", Action::OpenLevel),
        (Trace, "go", Action::OpenLink),
        (Waterfall, "<C-b>", Action::Ask),
        (Flame, "zf", Action::Fit),
        (Detail, "<C-b>", Action::Ask),
    ],
    braces: true,
};

impl Keymap {
    /// Puts a preset over the defaults.
    pub(super) fn wear(&mut self, preset: Preset) {
        let changes = match preset {
            Preset::Default => return,
            Preset::Vim => VIM,
            Preset::Emacs => EMACS,
            Preset::Jaeger => JAEGER,
        };
        for (context, keys) in changes.gone {
            if let (Some(layer), Ok(keys)) = (self.layers.get_mut(context), parse_keys(keys)) {
                layer.remove(&keys);
            }
        }
        if changes.braces {
            self.brace();
        }
        for (context, keys, action) in changes.keys {
            // Keys that cannot be read bind nothing; a test holds that all can.
            if let Ok(keys) = parse_keys(keys) {
                self.prefer(*context, keys, *action);
            }
        }
    }

    /// Whatever begins with a bracket begins with a brace as well.
    fn brace(&mut self) {
        for layer in self.layers.values_mut() {
            let braced = layer.iter().filter_map(|(keys, action)| {
                let brace = |key: &Key| match key.code {
                    Code::Char(']') => Some('}'),
                    Code::Char('[') => Some('{'),
                    _ => None,
                };
                brace(keys.first()?)?;
                let key = |key: &Key| brace(key).map_or(*key, Key::char);
                Some((keys.iter().map(key).collect::<Vec<_>>(), *action))
            });
            let braced: Vec<_> = braced.filter(|(keys, _)| keys.len() > 1).collect();
            layer.extend(braced);
        }
    }

    /// Binds keys of a preset. What begins with them in the same chain could never be typed.
    fn prefer(&mut self, context: Context, keys: Vec<Key>, action: Action) {
        for inherited in context.chain() {
            if let Some(layer) = self.layers.get_mut(&inherited) {
                layer.retain(|bound, _| bound.len() <= keys.len() || !begins(&keys, bound));
            }
        }
        self.layers.entry(context).or_default().insert(keys, action);
    }

    /// The keys of every preset, for tests.
    #[cfg(test)]
    pub(super) fn preset_keys() -> impl Iterator<Item = &'static str> {
        let all = [VIM, EMACS, JAEGER].into_iter();
        all.flat_map(|changes| {
            let gone = changes.gone.iter().map(|(_, keys)| *keys);
            gone.chain(changes.keys.iter().map(|(_, keys, _)| *keys))
        })
    }
}
