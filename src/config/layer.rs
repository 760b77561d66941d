//! The layers that settings come in, and what they merge to.

use std::collections::BTreeMap;
use std::path::Path;

use super::file::{self, File};
use super::{
    BackendConfig, Color, LinkPattern, Listen, Listener, Listeners, Origin, Paths, Preset, Problem,
    SecretSource, Setting,
};

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
