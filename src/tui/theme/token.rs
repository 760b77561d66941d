//! The meanings that a theme gives a look to. Screens name a meaning, never a colour.

/// How many hues tell services apart.
pub const SERVICES: usize = 12;
/// How many steps a heat scale has.
pub const HEATS: usize = 8;

macro_rules! tokens {
    ($($variant:ident $name:literal $fallback:expr;)*) => {
        /// A meaning on the screen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Token {
            $(#[doc = $name] $variant,)*
            /// One of [`SERVICES`] hues, taken modulo.
            Service(u8),
            /// A step of the heat scale, clamped.
            Heat(u8),
        }

        /// Every named token: its name in a theme file, and where its look comes from if the
        /// theme does not set it. Without a fallback a theme must set it.
        pub const NAMED: &[(Token, &str, Option<Token>)] = &[$((Token::$variant, $name, $fallback),)*];
    };
}

use Token as T;
tokens! {
    Text "text" None;
    Strong "strong" Some(T::Text);
    Muted "muted" None;
    Faint "faint" Some(T::Muted);
    Ground "ground" None;
    Panel "panel" Some(T::Ground);
    Cursor "cursor" None;
    CursorIdle "cursor.idle" Some(T::Cursor);
    Border "border" Some(T::Faint);
    BorderFocus "border.focus" Some(T::Accent);
    Accent "accent" None;
    Link "link" Some(T::Accent);
    Input "input" Some(T::Text);
    Ghost "ghost" Some(T::Muted);
    Error "error" None;
    Slow "slow" None;
    Ok "ok" None;
    Doubt "doubt" Some(T::Slow);
    Live "live" Some(T::Ok);
    Paused "paused" Some(T::Slow);
    Pinned "pinned" Some(T::Muted);
    Match "match" Some(T::Accent);
    MatchHere "match.here" Some(T::Cursor);
    Mark "mark" Some(T::Accent);
    Peer "peer" Some(T::Muted);
    Critical "critical" Some(T::Accent);
    Event "event" Some(T::Text);
    Slower "slower" Some(T::Slow);
    Faster "faster" Some(T::Ok);
    Added "added" Some(T::Accent);
    Removed "removed" Some(T::Muted);
    Baseline "baseline" Some(T::Muted);
    SyntaxKey "syntax.key" Some(T::Accent);
    SyntaxString "syntax.string" Some(T::Text);
    SyntaxNumber "syntax.number" Some(T::Text);
    SyntaxOperator "syntax.operator" Some(T::Muted);
    Chart1 "chart.1" Some(T::Accent);
    Chart2 "chart.2" Some(T::Text);
    Chart3 "chart.3" Some(T::Muted);
}

impl Token {
    /// How many looks a theme holds.
    pub const COUNT: usize = NAMED.len() + SERVICES + HEATS;

    /// Every token there is.
    pub fn all() -> impl Iterator<Item = Self> {
        let services = (0..SERVICES as u8).map(Self::Service);
        let heats = (0..HEATS as u8).map(Self::Heat);
        NAMED
            .iter()
            .map(|(token, ..)| *token)
            .chain(services)
            .chain(heats)
    }

    /// The place of its look in a theme, below [`Token::COUNT`].
    pub fn index(self) -> usize {
        match self {
            Self::Service(slot) => NAMED.len() + usize::from(slot) % SERVICES,
            Self::Heat(step) => NAMED.len() + SERVICES + usize::from(step).min(HEATS - 1),
            named => NAMED
                .iter()
                .position(|(token, ..)| *token == named)
                .unwrap_or(0),
        }
    }

    /// Its name in a theme file.
    pub fn name(self) -> String {
        match self {
            Self::Service(slot) => format!("service.{slot}"),
            Self::Heat(step) => format!("heat.{step}"),
            named => NAMED
                .get(named.index())
                .map_or(String::new(), |(_, name, _)| (*name).to_owned()),
        }
    }

    /// The token of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|token| token.name() == name)
    }

    /// Where its look comes from if a theme does not set it.
    pub fn fallback(self) -> Option<Self> {
        NAMED
            .iter()
            .find(|(token, ..)| *token == self)
            .and_then(|(.., fallback)| *fallback)
    }
}
