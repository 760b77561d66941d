//! Where files are, by the XDG base directory specification, on macOS too.

use std::path::PathBuf;

use etcetera::app_strategy::{AppStrategy, AppStrategyArgs, Xdg};

/// The directories of this user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// `$XDG_CONFIG_HOME/vizsla`: `config.toml` and `themes/`.
    pub config: PathBuf,
    /// `$XDG_STATE_HOME/vizsla`: history, crash reports.
    pub state: PathBuf,
    /// `$XDG_CACHE_HOME/vizsla`: what can be made again.
    pub cache: PathBuf,
}

impl Paths {
    /// The directories, or `None` for a user without a home.
    pub fn of_user() -> Option<Self> {
        let args = AppStrategyArgs {
            app_name: "vizsla".into(),
            ..AppStrategyArgs::default()
        };
        let xdg = Xdg::new(args).ok()?;
        Some(Self {
            config: xdg.config_dir(),
            state: xdg.state_dir().unwrap_or_else(|| xdg.data_dir()),
            cache: xdg.cache_dir(),
        })
    }

    /// The user's configuration.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The user's own themes.
    pub fn themes(&self) -> PathBuf {
        self.config.join("themes")
    }
}

/// A path as people write it: `~/` is their home.
pub(super) fn expand(text: &str) -> PathBuf {
    match (text.strip_prefix("~/"), etcetera::home_dir()) {
        (Some(rest), Ok(home)) => home.join(rest),
        _ => PathBuf::from(text),
    }
}
