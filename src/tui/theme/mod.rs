//! How things look: meanings to styles, at the depth of colour that the terminal has.
//!
//! A theme is quantised once, when it is loaded, so that drawing costs nothing more and each depth
//! can be tested. Nothing is told by colour alone: the glyphs are in [`glyph`].

pub mod colour;
pub mod file;
pub mod glyph;
pub mod service;
pub mod token;

use std::path::Path;

use ratatui::style::{Modifier, Style};

pub use crate::config::Depth;
pub use file::{Appearance, ThemeError};
pub use glyph::Glyphs;
pub use service::ServiceColours;
pub use token::Token;

use file::{Mistake, ThemeFile, looks};

/// The themes that are part of the program: name, and TOML text.
const BUILT_IN: [(&str, &str); 8] = [
    ("vizsla", include_str!("../../../themes/vizsla.toml")),
    ("midnight", include_str!("../../../themes/midnight.toml")),
    ("paper", include_str!("../../../themes/paper.toml")),
    ("linen", include_str!("../../../themes/linen.toml")),
    (
        "high-contrast",
        include_str!("../../../themes/high-contrast.toml"),
    ),
    ("okabe-ito", include_str!("../../../themes/okabe-ito.toml")),
    (
        "okabe-ito-light",
        include_str!("../../../themes/okabe-ito-light.toml"),
    ),
    ("mono", include_str!("../../../themes/mono.toml")),
];

/// The name that stands for [`DARK`] or [`LIGHT`], whichever suits the terminal.
pub const AUTO: &str = "auto";
/// The default on a dark ground.
pub const DARK: &str = "vizsla";
/// The default on a light ground.
pub const LIGHT: &str = "paper";

/// The looks of every token at one depth.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    name: String,
    appearance: Appearance,
    depth: Depth,
    ground: Option<colour::Rgb>,
    looks: Vec<Style>,
}

impl Theme {
    /// Loads a theme by name, from the user's folder if it is there, else a built-in one, for a
    /// terminal of that depth. `auto` is the default for `appearance`.
    pub fn load(
        name: &str,
        depth: Depth,
        appearance: Appearance,
        folder: Option<&Path>,
    ) -> Result<Self, ThemeError> {
        let name = match (name, appearance) {
            (AUTO, Appearance::Dark) => DARK,
            (AUTO, Appearance::Light) => LIGHT,
            (name, _) => name,
        };
        let wrong = |mistake| ThemeError {
            theme: name.to_owned(),
            mistake,
        };
        let file = resolve(name, folder).map_err(wrong)?;
        let (table, palette) = match depth {
            Depth::Mono => (&file.mono, &file.palette),
            Depth::Ansi16 => (&file.sixteen, &file.palette),
            Depth::Ansi256 | Depth::Truecolor => (&file.tokens, &file.palette),
        };
        let mut styles = looks(table, palette).map_err(wrong)?;
        if depth == Depth::Ansi256 {
            for style in &mut styles {
                style.fg = style.fg.map(colour::nearest_indexed);
                style.bg = style.bg.map(colour::nearest_indexed);
            }
        }
        Ok(Self {
            name: name.to_owned(),
            appearance: file.appearance.unwrap_or_default(),
            depth,
            ground: file
                .ground
                .as_deref()
                .and_then(colour::parse)
                .and_then(colour::rgb),
            looks: styles,
        })
    }

    /// A theme without any file: the terminal's own colours and modifiers. What is left when even
    /// the built-in themes cannot be read.
    pub fn plain() -> Self {
        let mut looks = vec![Style::new(); Token::COUNT];
        for token in [Token::Strong, Token::Accent, Token::Error, Token::Slow] {
            looks[token.index()] = Style::new().add_modifier(Modifier::BOLD);
        }
        looks[Token::Cursor.index()] = Style::new().add_modifier(Modifier::REVERSED);
        let (name, appearance) = ("plain".to_owned(), Appearance::Dark);
        Self {
            name,
            appearance,
            depth: Depth::Mono,
            ground: None,
            looks,
        }
    }

    /// The look of a token.
    pub fn style(&self, token: Token) -> Style {
        self.looks.get(token.index()).copied().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The depth that it was loaded for.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The ground it is made for.
    pub fn appearance(&self) -> Appearance {
        self.appearance
    }

    /// The ground that its contrast is measured against, which pictures paint.
    pub fn ground(&self) -> Option<colour::Rgb> {
        self.ground
    }
}

/// Every theme by name: the built-in ones, then the user's own, sorted.
pub fn names(folder: Option<&Path>) -> Vec<String> {
    let mut names: Vec<String> = BUILT_IN
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    let mut own: Vec<String> = folder
        .and_then(|folder| std::fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|file| file.strip_suffix(".toml").map(str::to_owned))
        .filter(|name| !names.contains(name))
        .collect();
    own.sort();
    names.extend(own);
    names
}

/// The theme's own file over all that it inherits.
fn resolve(name: &str, folder: Option<&Path>) -> Result<ThemeFile, Mistake> {
    let mut seen = vec![name.to_owned()];
    let mut file = ThemeFile::parse(&read(name, folder)?)?;
    while let Some(parent) = file.inherits.take() {
        if seen.contains(&parent) {
            return Err(Mistake::Circle(parent));
        }
        let inherited = ThemeFile::parse(&read(&parent, folder)?)?;
        seen.push(parent);
        file = file.over(inherited);
    }
    Ok(file)
}

/// A name is never a path: no separator reaches the file system.
fn read(name: &str, folder: Option<&Path>) -> Result<String, Mistake> {
    let own = folder
        .filter(|_| {
            name.chars()
                .all(|c| c.is_alphanumeric() || "-_".contains(c))
        })
        .and_then(|folder| std::fs::read_to_string(folder.join(format!("{name}.toml"))).ok());
    let built_in = || {
        BUILT_IN
            .iter()
            .find(|(n, _)| *n == name)
            .map(|(_, text)| (*text).to_owned())
    };
    own.or_else(built_in).ok_or(Mistake::Unknown)
}

#[cfg(test)]
mod tests;
