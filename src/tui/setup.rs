//! From configuration and environment to how the interface looks and behaves.

use std::path::PathBuf;

use crate::config::{Color, Config, Depth, LinkPattern, Paths, terminal};
use crate::text::{Charset, Clock, Style as TimeStyle};

use super::keymap::Keymap;
use super::message::Message;
use super::screen::trace::columns;
use super::session::Session;
use super::session::standing::Standing;
use super::theme::{AUTO, Appearance, Glyphs, Theme};

/// How the interface is to look and behave.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The wall clock and its zone.
    pub clock: Clock,
    /// How times are shown at first.
    pub time_style: TimeStyle,
    /// The keys.
    pub keymap: Keymap,
    /// The theme, loaded for `depth`.
    pub theme: Theme,
    /// The name under which the theme was chosen: `auto` stays `auto`.
    pub theme_name: String,
    /// How many colours are drawn.
    pub depth: Depth,
    /// The terminal's ground, as far as it is known.
    pub appearance: Appearance,
    /// Where the user's own themes are.
    pub theme_folder: Option<PathBuf>,
    /// The characters that are drawn with.
    pub glyphs: &'static Glyphs,
    /// Whether the mouse is taken.
    pub mouse: bool,
    /// What former sessions left.
    pub session: Session,
    /// The query to begin with.
    pub query: String,
    /// Where to stand in the trace that is opened first.
    pub standing: Option<Standing>,
    /// Whether to begin anew, wherever the source was left.
    pub fresh: bool,
    /// Whether the terminal opens links in its text.
    pub hyperlinks: bool,
    /// Columns of the waterfall until others are chosen, by name.
    pub columns: Vec<String>,
    /// Links to pages elsewhere.
    pub links: std::sync::Arc<[LinkPattern]>,
}

impl Setup {
    /// The default looks and keys for a dark terminal of that depth, nothing read from anywhere.
    pub fn plain(clock: Clock, depth: Depth, charset: Charset) -> Self {
        let theme = Theme::load(AUTO, depth, Appearance::Dark, None);
        Self {
            clock,
            time_style: TimeStyle::Local,
            keymap: Keymap::default(),
            theme: theme.unwrap_or_else(|_| Theme::plain()),
            theme_name: AUTO.to_owned(),
            depth,
            appearance: Appearance::Dark,
            theme_folder: None,
            glyphs: Glyphs::of(charset),
            mouse: true,
            session: Session::default(),
            query: String::new(),
            standing: None,
            fresh: false,
            hyperlinks: false,
            columns: Vec::new(),
            links: std::sync::Arc::default(),
        }
    }

    /// What the user configured, and what was wrong with it. Mistakes cost a message, never the
    /// start.
    pub fn configured(
        config: &Config,
        clock: Clock,
        depth: Depth,
        charset: Charset,
    ) -> (Self, Vec<Message>) {
        let mut setup = Self::plain(clock, depth, charset);
        let (keymap, mistakes) = Keymap::with_user(config.keymap.value, &config.keys);
        let mut messages: Vec<_> = mistakes
            .iter()
            .map(|mistake| Message::doubt(mistake.to_string()))
            .collect();
        setup.keymap = keymap;
        setup.links = config.links.clone().into();
        let known = || terminal::hyperlinks(|name| std::env::var(name).ok());
        setup.hyperlinks = config.hyperlinks.value.unwrap_or_else(known);
        match columns(config.columns.value.iter().map(String::as_str)) {
            Some(columns) => setup.columns = columns,
            None => messages.push(Message::doubt(format!(
                "columns: {} are not all names; :set columns tells how they are written",
                config.columns.value.join(" ")
            ))),
        }
        setup.theme_folder = Paths::of_user().map(|paths| paths.themes());
        messages.extend(setup.wear(&config.theme.value));
        (setup, messages)
    }

    /// Puts on a theme by name. What is wrong with it is returned, and the present one stays.
    pub fn wear(&mut self, name: &str) -> Option<Message> {
        match Theme::load(
            name,
            self.depth,
            self.appearance,
            self.theme_folder.as_deref(),
        ) {
            Ok(theme) => {
                self.theme = theme;
                name.clone_into(&mut self.theme_name);
                None
            }
            Err(error) => Some(Message::error(error.to_string())),
        }
    }

    /// What the last session left, read from the state folder; nothing if it cannot be read. The
    /// theme chosen in the program counts unless the configuration names one.
    pub fn recall(&mut self, path: &std::path::Path) {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        self.session = Session::read(&text);
        if self.session.columns.is_empty() {
            self.session.columns.clone_from(&self.columns);
        }
        self.session.launches = self.session.launches.saturating_add(1);
        let chosen = self
            .session
            .theme
            .clone()
            .filter(|_| self.theme_name == AUTO);
        if let Some(name) = chosen {
            // A theme that is gone by now is not worth a word.
            let _ = self.wear(&name);
        }
    }
}

/// The depth of colour for `--color`, by this process's environment and output.
pub fn depth(color: Color) -> Depth {
    use std::io::IsTerminal as _;
    color.depth(std::io::stdout().is_terminal(), |name| {
        std::env::var(name).ok()
    })
}
