//! The keymaps that there are.

use std::str::FromStr;

/// The keymap that the user's own keys change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// vim's keys and arrows.
    #[default]
    Default,
    /// More of vim's: Ctrl-f, Ctrl-b, Ctrl-w.
    Vim,
    /// Emacs's.
    Emacs,
    /// Those of Jaeger's web page.
    Jaeger,
}

/// A word that is not a preset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a keymap: one of default, vim, emacs, jaeger")]
pub struct PresetError;

impl Preset {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Default, Self::Vim, Self::Emacs, Self::Jaeger];

    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Vim => "vim",
            Self::Emacs => "emacs",
            Self::Jaeger => "jaeger",
        }
    }
}

impl FromStr for Preset {
    type Err = PresetError;

    fn from_str(text: &str) -> Result<Self, PresetError> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.name() == text)
            .ok_or(PresetError)
    }
}
