//! A theme as it is written: TOML with inheritance.
//!
//! ```toml
//! inherits = "vizsla"          # all that is not set here comes from there
//! appearance = "dark"          # or "light": which of the terminal's grounds it is made for
//! ground = "#17181c"           # the ground that contrast is measured against; it is not painted
//! [palette]
//! rust = "#e8a24c"
//! [tokens]
//! accent = "rust"
//! cursor = "on #2b2f3a"
//! strong = "#ffffff bold"
//! [sixteen]                    # for terminals of sixteen colours
//! accent = "yellow"
//! [mono]                       # for terminals without colour: bold, dim, reverse, underline
//! accent = "bold"
//! ```

use std::collections::BTreeMap;

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use thiserror::Error;

use super::colour;
use super::token::Token;

/// The file as it stands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeFile {
    pub inherits: Option<String>,
    pub appearance: Option<Appearance>,
    pub ground: Option<String>,
    #[serde(default)]
    pub palette: BTreeMap<String, String>,
    #[serde(default)]
    pub tokens: BTreeMap<String, String>,
    #[serde(default)]
    pub sixteen: BTreeMap<String, String>,
    #[serde(default)]
    pub mono: BTreeMap<String, String>,
}

/// Which ground a theme is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Appearance {
    /// For light ink on dark.
    #[default]
    Dark,
    /// For dark ink on light.
    Light,
}

/// What is wrong with a theme.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("theme {theme}: {mistake}")]
pub struct ThemeError {
    /// The theme that was asked for.
    pub theme: String,
    pub(super) mistake: Mistake,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Mistake {
    #[error("there is none of that name; `vizsla themes` lists them")]
    Unknown,
    #[error("{0}")]
    Toml(String),
    #[error("it inherits itself through {0}")]
    Circle(String),
    #[error("unknown token `{0}`")]
    Token(String),
    #[error(
        "`{token}` is `{text}`, expected colours like `#e8a24c` or `rust on #202020`, and bold, dim, italic, underline, reverse"
    )]
    Style { token: String, text: String },
    #[error("neither it nor what it inherits sets `{0}`")]
    Missing(String),
}

impl ThemeFile {
    /// Reads the text of a theme file.
    pub fn parse(text: &str) -> Result<Self, Mistake> {
        let first_line = |error: String| error.lines().next().unwrap_or_default().to_owned();
        toml::from_str(text)
            .map_err(|error: toml::de::Error| Mistake::Toml(first_line(error.to_string())))
    }

    /// What `self` does not set is taken from `parent`. The colours of a depth are inherited as a
    /// whole set of tokens, so that a light theme may change its palette alone.
    #[must_use]
    pub fn over(self, parent: Self) -> Self {
        let merged = |own: BTreeMap<String, String>, mut base: BTreeMap<String, String>| {
            base.extend(own);
            base
        };
        Self {
            inherits: parent.inherits,
            appearance: self.appearance.or(parent.appearance),
            ground: self.ground.or(parent.ground),
            palette: merged(self.palette, parent.palette),
            tokens: merged(self.tokens, parent.tokens),
            sixteen: merged(self.sixteen, parent.sixteen),
            mono: merged(self.mono, parent.mono),
        }
    }
}

/// The looks of one table of a theme file, with the fallbacks of the tokens applied.
pub fn looks(
    table: &BTreeMap<String, String>,
    palette: &BTreeMap<String, String>,
) -> Result<Vec<Style>, Mistake> {
    if let Some(unknown) = table.keys().find(|name| Token::named(name).is_none()) {
        return Err(Mistake::Token(unknown.clone()));
    }
    Token::all()
        .map(|token| look(token, table, palette))
        .collect()
}

fn look(
    token: Token,
    table: &BTreeMap<String, String>,
    palette: &BTreeMap<String, String>,
) -> Result<Style, Mistake> {
    let mut at = token;
    loop {
        if let Some(text) = table.get(&at.name()) {
            let mistake = || Mistake::Style {
                token: at.name(),
                text: text.clone(),
            };
            return style(text, palette).ok_or_else(mistake);
        }
        at = at
            .fallback()
            .ok_or_else(|| Mistake::Missing(token.name()))?;
    }
}

/// Reads `"rust on #202020 bold"`: an optional colour, an optional ground, modifiers.
fn style(text: &str, palette: &BTreeMap<String, String>) -> Option<Style> {
    let colour = |name: &str| -> Option<Color> {
        colour::parse(palette.get(name).map_or(name, String::as_str))
    };
    let mut style = Style::new();
    let mut ground = false;
    for word in text.split_ascii_whitespace() {
        let modifier = match word {
            "on" => {
                ground = true;
                continue;
            }
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            "plain" => Modifier::empty(),
            name if std::mem::take(&mut ground) => {
                style = style.bg(colour(name)?);
                continue;
            }
            name => {
                style = style.fg(colour(name)?);
                continue;
            }
        };
        style = style.add_modifier(modifier);
    }
    (!ground).then_some(style)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_colours_and_modifiers() {
        let palette = BTreeMap::from([("rust".to_owned(), "#e8a24c".to_owned())]);
        let want = Style::new()
            .fg(Color::Rgb(0xe8, 0xa2, 0x4c))
            .bg(Color::Black)
            .add_modifier(Modifier::BOLD);
        assert_eq!(style("rust on black bold", &palette), Some(want));
        assert_eq!(style("plain", &palette), Some(Style::new()));
        assert_eq!(style("rust on", &palette), None);
        assert_eq!(style("rost", &palette), None);
    }

    #[test]
    fn mistakes_name_the_token() {
        let table = BTreeMap::from([("texd".to_owned(), "default".to_owned())]);
        let error = looks(&table, &BTreeMap::new()).unwrap_err();
        assert_eq!(error.to_string(), "unknown token `texd`");
        let missing = looks(&BTreeMap::new(), &BTreeMap::new()).unwrap_err();
        assert_eq!(missing, Mistake::Missing("text".into()));
    }
}
