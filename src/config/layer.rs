//! The layers that settings come in, and what they merge to.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use super::file::{self, File};
use super::{
    BackendConfig, Color, LinkPattern, Listen, Listener, Listeners, Paths, Problem, SecretSource,
};

/// Who said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody: it is the default.
    #[default]
    Default,
    /// A line of a file.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line, from 1.
        line: usize,
    },
    /// An environment variable.
    Environment(&'static str),
    /// A flag, without its dashes.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

/// A value and who said so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Who said so.
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value that nobody has changed.
    pub fn default_of(value: T) -> Self {
        Self {
            value,
            origin: Origin::Default,
        }
    }

    fn take(&mut self, layer: Option<Self>) {
        if let Some(setting) = layer {
            *self = setting;
        }
    }

    fn map<U>(self, f: impl FnOnce(T) -> U) -> Setting<U> {
        Setting {
            value: f(self.value),
            origin: self.origin,
        }
    }
}

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

/// A key of the user's own. Whether context, keys and action exist is the interface's to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyBinding {
    /// Where it is valid: `global`, `trace`, ...
    pub context: String,
    /// The keys, parted by spaces: `g g`.
    pub keys: String,
    /// The action's name; `None` unbinds the keys.
    pub action: Option<String>,
    /// The line that says so.
    pub origin: Origin,
}

/// Settings of one origin or of several; what is `None` was not said.
#[derive(Clone, Debug, Default)]
pub struct Layer {
    /// Name of the theme, or `auto`.
    pub theme: Option<Setting<String>>,
    /// Depth of colour.
    pub color: Option<Setting<Color>>,
    /// Whether to keep to ASCII.
    pub ascii: Option<Setting<bool>>,
    /// Whether the terminal knows links.
    pub hyperlinks: Option<Setting<bool>>,
    /// Columns of the waterfall at first.
    pub columns: Option<Setting<Vec<String>>>,
    /// The keymap to start from.
    pub keymap: Option<Setting<Preset>>,
    /// Where traces are read from.
    pub source: Option<Setting<String>>,
    /// Budget of the embedded store, in bytes.
    pub max_memory: Option<Setting<u64>>,
    /// Addresses of listeners.
    pub listen: Vec<(Listener, Setting<Listen>)>,
    /// As in [`Listeners`].
    pub auth_token: Option<Setting<SecretSource>>,
    /// As in [`Listeners`].
    pub allow_open: Option<Setting<bool>>,
    /// As in [`Listeners`].
    pub cors_origins: Option<Setting<Vec<String>>>,
    /// As in [`Listeners`].
    pub allow_hosts: Option<Setting<Vec<String>>>,
}

/// The smallest budget that the embedded store works with.
const LEAST_MEMORY: u64 = 1 << 20;

/// Everything that is configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Name of the theme, or `auto`: by the terminal's background.
    pub theme: Setting<String>,
    /// Depth of colour.
    pub color: Setting<Color>,
    /// Whether to keep to ASCII; `None`: by the locale.
    pub ascii: Setting<Option<bool>>,
    /// Whether the terminal knows links; `None`: by its environment.
    pub hyperlinks: Setting<Option<bool>>,
    /// Columns of the waterfall until others are chosen, by name.
    pub columns: Setting<Vec<String>>,
    /// The keymap to start from.
    pub keymap: Setting<Preset>,
    /// Where traces are read from unless told otherwise.
    pub source: Setting<Option<String>>,
    /// Budget of the embedded store, in bytes.
    pub max_memory: Setting<u64>,
    /// What listens, and where.
    pub listeners: Listeners,
    /// The user's own keys, in the order of context and keys.
    pub keys: Vec<KeyBinding>,
    /// Systems by the user's names for them.
    pub backends: BTreeMap<String, BackendConfig>,
    /// Links from attributes to other pages.
    pub links: Vec<LinkPattern>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            theme: Setting::default_of("auto".into()),
            color: Setting::default(),
            ascii: Setting::default(),
            hyperlinks: Setting::default(),
            columns: Setting::default(),
            keymap: Setting::default(),
            source: Setting::default(),
            max_memory: Setting::default_of(512 << 20),
            listeners: Listeners::default(),
            keys: Vec::new(),
            backends: BTreeMap::new(),
            links: Vec::new(),
        }
    }
}

impl Config {
    /// Reads `path`, or else the user's own file if there is one, and puts `flags` on top.
    /// What is wrong in the file is told and left out; the rest counts.
    pub fn load(path: Option<&Path>, flags: Layer) -> (Self, Vec<Problem>) {
        let own = Paths::of_user()
            .map(|paths| paths.config_file())
            .filter(|file| file.exists());
        let (file, problems) = match path.or(own.as_deref()) {
            Some(path) => file::read(path),
            None => (File::default(), Vec::new()),
        };
        (Self::merge(file, flags), problems)
    }

    /// Defaults, a file over them, flags and environment on top.
    pub fn merge(file: File, flags: Layer) -> Self {
        let mut config = Self {
            keys: file.keys,
            backends: file.backends,
            links: file.links,
            ..Self::default()
        };
        for layer in [file.layer, flags] {
            config.put(layer);
        }
        config
    }

    fn put(&mut self, layer: Layer) {
        self.theme.take(layer.theme);
        self.color.take(layer.color);
        self.ascii.take(layer.ascii.map(|s| s.map(Some)));
        self.hyperlinks.take(layer.hyperlinks.map(|s| s.map(Some)));
        self.columns.take(layer.columns);
        self.keymap.take(layer.keymap);
        self.source.take(layer.source.map(|s| s.map(Some)));
        self.max_memory.take(
            layer
                .max_memory
                .map(|s| s.map(|bytes| bytes.max(LEAST_MEMORY))),
        );
        for (listener, listen) in layer.listen {
            self.listeners.set(listener, listen);
        }
        let listeners = &mut self.listeners;
        listeners
            .auth_token
            .take(layer.auth_token.map(|s| s.map(Some)));
        listeners.allow_open.take(layer.allow_open);
        listeners.cors_origins.take(layer.cors_origins);
        listeners.allow_hosts.take(layer.allow_hosts);
    }

    /// Every setting as key, value and origin, in the words of the file; no secrets.
    pub fn rows(&self) -> Vec<(String, String, Origin)> {
        let mut rows = Vec::new();
        let mut row = |key: &str, value: String, origin: &Origin| {
            rows.push((key.to_owned(), value, origin.clone()));
        };
        row("theme", self.theme.value.clone(), &self.theme.origin);
        row("color", self.color.value.name().into(), &self.color.origin);
        row(
            "ascii",
            self.ascii.value.map_or("auto".into(), |b| b.to_string()),
            &self.ascii.origin,
        );
        row(
            "hyperlinks",
            self.hyperlinks
                .value
                .map_or("auto".into(), |b| b.to_string()),
            &self.hyperlinks.origin,
        );
        row(
            "columns",
            self.columns.value.join(" "),
            &self.columns.origin,
        );
        row(
            "keymap",
            self.keymap.value.name().into(),
            &self.keymap.origin,
        );
        row(
            "source",
            self.source.value.clone().unwrap_or_default(),
            &self.source.origin,
        );
        row(
            "max_memory",
            self.max_memory.value.to_string(),
            &self.max_memory.origin,
        );
        for listener in Listener::ALL {
            let setting = self.listeners.of(listener);
            row(
                &format!("listen.{}", file::key_of(listener)),
                setting.value.to_string(),
                &setting.origin,
            );
        }
        let l = &self.listeners;
        let token = l
            .auth_token
            .value
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        row("listen.auth_token", token, &l.auth_token.origin);
        row(
            "listen.allow_open",
            l.allow_open.value.to_string(),
            &l.allow_open.origin,
        );
        row(
            "listen.cors_origins",
            l.cors_origins.value.join(" "),
            &l.cors_origins.origin,
        );
        row(
            "listen.allow_hosts",
            l.allow_hosts.value.join(" "),
            &l.allow_hosts.origin,
        );
        for key in &self.keys {
            let action = key.action.as_deref().unwrap_or("none").to_owned();
            row(
                &format!("keys.{}.{:?}", key.context, key.keys),
                action,
                &key.origin,
            );
        }
        for (name, backend) in &self.backends {
            for (key, value) in backend.rows() {
                row(&format!("backend.{name}.{key}"), value, &backend.origin);
            }
        }
        for link in &self.links {
            row("link", link.to_string(), &link.origin);
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_wins_over_the_file_and_says_so() {
        let (file, problems) = file::parse(
            Path::new("c.toml"),
            "color = \"16\"\ntheme = \"ember\"\nmax_memory = \"1B\"\n",
        );
        assert_eq!(problems, []);
        let theme = Setting {
            value: "noon".into(),
            origin: Origin::Environment("VIZSLA_THEME"),
        };
        let config = Config::merge(
            file,
            Layer {
                theme: Some(theme),
                ..Layer::default()
            },
        );
        assert_eq!(
            (
                config.theme.value.as_str(),
                config.theme.origin.to_string().as_str()
            ),
            ("noon", "environment VIZSLA_THEME")
        );
        assert_eq!(config.color.origin.to_string(), "c.toml:1");
        assert_eq!(config.keymap.origin.to_string(), "default");
        assert_eq!(config.max_memory.value, LEAST_MEMORY);
    }
}
