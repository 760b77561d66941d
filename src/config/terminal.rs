//! What the terminal can show: how many colours, and whether more than ASCII. Decided from
//! flags and the environment variables that terminal programs agree on.

use std::str::FromStr;

use crate::text::Charset;

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// Whatever the terminal can, by its environment.
    #[default]
    Auto,
    /// Exactly this.
    Depth(Depth),
}

/// How many colours are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// None: bold, dim, reverse and underline.
    Mono,
    /// The 16 of the terminal's own palette.
    Ansi16,
    /// xterm's 256.
    Ansi256,
    /// 24 bits.
    Truecolor,
}

/// A word that is not a depth of colour.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a depth of colour: one of auto, truecolor, 256, 16, mono")]
pub struct ColorError;

impl Color {
    /// The words it is written with.
    pub const NAMES: [&'static str; 5] = ["auto", "truecolor", "256", "16", "mono"];

    /// Its word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Depth(Depth::Truecolor) => "truecolor",
            Self::Depth(Depth::Ansi256) => "256",
            Self::Depth(Depth::Ansi16) => "16",
            Self::Depth(Depth::Mono) => "mono",
        }
    }

    /// The depth to draw with: the flag, then `NO_COLOR`, `CLICOLOR_FORCE`, `FORCE_COLOR`,
    /// `CLICOLOR=0`, whether it is a terminal at all, `TERM`, `COLORTERM`.
    ///
    /// `env` gives a variable's value; an empty one counts as absent.
    pub fn depth(self, is_tty: bool, env: impl Fn(&str) -> Option<String>) -> Depth {
        if let Self::Depth(depth) = self {
            return depth;
        }
        let env = |name| env(name).filter(|value| !value.is_empty());
        if env("NO_COLOR").is_some() {
            return Depth::Mono;
        }
        let forced = ["CLICOLOR_FORCE", "FORCE_COLOR"]
            .iter()
            .any(|name| env(name).is_some_and(|v| v != "0"));
        let refused = !is_tty || env("CLICOLOR").as_deref() == Some("0");
        if refused && !forced {
            return Depth::Mono;
        }
        let term = env("TERM").unwrap_or_default();
        match (term.as_str(), env("COLORTERM").as_deref()) {
            ("" | "dumb", _) if forced => Depth::Ansi16,
            ("" | "dumb", _) => Depth::Mono,
            (_, Some("truecolor" | "24bit")) => Depth::Truecolor,
            (term, _) if term.contains("direct") => Depth::Truecolor,
            (term, _) if term.contains("256") => Depth::Ansi256,
            _ => Depth::Ansi16,
        }
    }
}

impl FromStr for Color {
    type Err = ColorError;

    fn from_str(text: &str) -> Result<Self, ColorError> {
        Ok(match text {
            "auto" => Self::Auto,
            "truecolor" | "24bit" => Self::Depth(Depth::Truecolor),
            "256" => Self::Depth(Depth::Ansi256),
            "16" => Self::Depth(Depth::Ansi16),
            "mono" | "never" => Self::Depth(Depth::Mono),
            _ => return Err(ColorError),
        })
    }
}

/// The characters to draw with: as told, else by the locale (`LC_ALL`, `LC_CTYPE`, `LANG`,
/// the first that is set). Without any, Unicode is taken for granted.
pub fn charset(ascii: Option<bool>, env: impl Fn(&str) -> Option<String>) -> Charset {
    let locale = || {
        ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find_map(|name| env(name).filter(|v| !v.is_empty()))
    };
    let narrow = ascii.unwrap_or_else(|| {
        locale().is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            !name.contains("utf-8") && !name.contains("utf8")
        })
    });
    if narrow {
        Charset::Ascii
    } else {
        Charset::Unicode
    }
}

/// Whether a terminal is known to open links that stand in its text (OSC 8): those that name
/// themselves and do. A multiplexer between may not pass them on.
pub fn hyperlinks(env: impl Fn(&str) -> Option<String>) -> bool {
    const PROGRAMS: [&str; 8] = [
        "iTerm.app",
        "WezTerm",
        "vscode",
        "ghostty",
        "Hyper",
        "rio",
        "Tabby",
        "kitty",
    ];
    const TERMS: [&str; 5] = [
        "xterm-kitty",
        "xterm-ghostty",
        "foot",
        "alacritty",
        "wezterm",
    ];
    let is = |name: &str, known: &[&str]| {
        let value = env(name).unwrap_or_default();
        known
            .iter()
            .any(|known| value == *known || value.starts_with(&format!("{known}-")))
    };
    let has = |name: &str| env(name).is_some_and(|value| !value.is_empty());
    // VTE knows them from 0.50 on, and says so as 5000.
    let vte = env("VTE_VERSION").and_then(|version| version.parse::<u32>().ok());
    !has("TMUX")
        && !has("STY")
        && (is("TERM_PROGRAM", &PROGRAMS)
            || is("TERM", &TERMS)
            || has("WT_SESSION")
            || has("KONSOLE_VERSION")
            || vte.is_some_and(|version| version >= 5000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth(is_tty: bool, vars: &[(&str, &str)]) -> Depth {
        Color::Auto.depth(is_tty, |name| {
            vars.iter().find(|v| v.0 == name).map(|v| v.1.to_owned())
        })
    }

    #[test]
    fn the_order_of_deciding() {
        let modern = [("TERM", "xterm-256color"), ("COLORTERM", "truecolor")];
        assert_eq!(depth(true, &modern), Depth::Truecolor);
        assert_eq!(depth(false, &modern), Depth::Mono);
        assert_eq!(depth(true, &modern[..1]), Depth::Ansi256);
        assert_eq!(depth(true, &[("TERM", "linux")]), Depth::Ansi16);
        assert_eq!(depth(true, &[("TERM", "dumb")]), Depth::Mono);
        assert_eq!(
            depth(true, &[("TERM", "xterm"), ("CLICOLOR", "0")]),
            Depth::Mono
        );
        assert_eq!(
            depth(true, &[modern[0], modern[1], ("NO_COLOR", "1")]),
            Depth::Mono
        );
        assert_eq!(depth(true, &[modern[0], ("NO_COLOR", "")]), Depth::Ansi256);
        assert_eq!(
            depth(false, &[modern[0], ("CLICOLOR_FORCE", "1")]),
            Depth::Ansi256
        );
        assert_eq!(
            Color::Depth(Depth::Ansi16).depth(false, |_| Some("1".into())),
            Depth::Ansi16
        );
    }

    #[test]
    fn every_name_reads_back() {
        for name in Color::NAMES {
            assert_eq!(name.parse::<Color>().unwrap().name(), name);
        }
    }

    #[test]
    fn the_locale_decides_the_characters() {
        let with = |lang: &'static str| {
            charset(None, move |name| (name == "LANG").then(|| lang.to_owned()))
        };
        assert_eq!(with("C"), Charset::Ascii);
        assert_eq!(with("de_AT.UTF-8"), Charset::Unicode);
        assert_eq!(with(""), Charset::Unicode);
        assert_eq!(
            charset(Some(true), |_| Some("C.UTF-8".into())),
            Charset::Ascii
        );
    }

    #[test]
    fn links_are_for_terminals_that_say_who_they_are() {
        let with = |pairs: &[(&str, &str)]| {
            hyperlinks(|name| {
                let found = pairs.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(with(&[("VTE_VERSION", "7600")]) && !with(&[("VTE_VERSION", "4205")]));
        assert!(with(&[("TERM", "foot-extra")]) && !with(&[("TERM", "xterm-256color")]));
        assert!(!with(&[("TERM_PROGRAM", "WezTerm"), ("TMUX", "/tmp/t")]));
    }
}
