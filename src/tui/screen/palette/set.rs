//! `:set KEY VALUE`: how the interface looks and behaves until it ends. What is to last stands in
//! the configuration.

use std::borrow::Cow;

use crate::text::{Charset, Style as TimeStyle};
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::session::Ruler;
use crate::tui::shared::Shared;
use crate::tui::theme::{Appearance, Glyphs};

use super::super::themes;
use super::super::trace::columns;

/// A setting: its name, the values it takes, its present value, and how another is put in force,
/// which is false for a value that it does not take.
struct Setting {
    name: &'static str,
    values: &'static [&'static str],
    now: fn(&Shared) -> Cow<'_, str>,
    put: fn(&str, &mut Cx<'_>) -> bool,
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "time",
        values: &["local", "utc", "relative"],
        now: |shared| {
            Cow::Borrowed(match shared.time_style {
                TimeStyle::Local => "local",
                TimeStyle::Utc => "utc",
                TimeStyle::Relative => "relative",
            })
        },
        put: |value, cx| {
            cx.shared.time_style = match value {
                "local" => TimeStyle::Local,
                "utc" => TimeStyle::Utc,
                "relative" => TimeStyle::Relative,
                _ => return false,
            };
            true
        },
    },
    Setting {
        name: "ruler",
        values: &["since", "local", "utc"],
        now: |shared| {
            Cow::Borrowed(match shared.session.ruler {
                Ruler::Since => "since",
                Ruler::Local => "local",
                Ruler::Utc => "utc",
            })
        },
        put: |value, cx| {
            cx.shared.session.ruler = match value {
                "since" => Ruler::Since,
                "local" => Ruler::Local,
                "utc" => Ruler::Utc,
                _ => return false,
            };
            true
        },
    },
    Setting {
        name: "plot",
        values: &["scatter", "heatmap", "none"],
        now: |shared| {
            Cow::Borrowed(match (shared.session.no_strip, shared.session.heatmap) {
                (true, _) => "none",
                (_, true) => "heatmap",
                _ => "scatter",
            })
        },
        put: |value, cx| {
            let session = &mut cx.shared.session;
            (session.no_strip, session.heatmap) = match value {
                "scatter" => (false, false),
                "heatmap" => (false, true),
                "none" => (true, session.heatmap),
                _ => return false,
            };
            true
        },
    },
    Setting {
        name: "columns",
        values: &["none, or names with commas between: own,share,.http.route"],
        now: |shared| {
            Cow::Owned(match shared.session.columns.join(",") {
                none if none.is_empty() => "none".to_owned(),
                names => names,
            })
        },
        put: |value, cx| {
            let Some(columns) = columns(value.split(',')) else {
                return false;
            };
            cx.shared.session.columns = columns;
            true
        },
    },
    Setting {
        name: "mouse",
        values: &["on", "off"],
        now: |shared| Cow::Borrowed(if shared.mouse { "on" } else { "off" }),
        put: |value, cx| {
            let Some(on) = switch(value) else {
                return false;
            };
            if on != cx.shared.mouse {
                cx.go(Move::Perform(Act::of(Action::MouseCapture)));
            }
            true
        },
    },
    Setting {
        name: "ascii",
        values: &["on", "off"],
        now: |shared| {
            Cow::Borrowed(match shared.charset() {
                Charset::Ascii => "on",
                Charset::Unicode => "off",
            })
        },
        put: |value, cx| {
            let charset = match switch(value) {
                Some(true) => Charset::Ascii,
                Some(false) => Charset::Unicode,
                None => return false,
            };
            cx.shared.glyphs = Glyphs::of(charset);
            true
        },
    },
    Setting {
        name: "ground",
        values: &["dark", "light"],
        now: |shared| {
            Cow::Borrowed(match shared.appearance {
                Appearance::Dark => "dark",
                Appearance::Light => "light",
            })
        },
        put: |value, cx| {
            cx.shared.appearance = match value {
                "dark" => Appearance::Dark,
                "light" => Appearance::Light,
                _ => return false,
            };
            let name = cx.shared.theme_name.clone();
            themes::apply(cx.shared, &name)
        },
    },
    Setting {
        name: "theme",
        values: &["a name"],
        now: |shared| Cow::Borrowed(&shared.theme_name),
        put: |value, cx| themes::apply(cx.shared, value),
    },
];

fn switch(value: &str) -> Option<bool> {
    match value {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

/// Puts `KEY VALUE` (or `KEY=VALUE`) in force; with a key alone says its value, without one all.
pub(super) fn set(argument: &str, cx: &mut Cx<'_>) {
    let (name, value) = argument
        .split_once([' ', '='])
        .map_or((argument, ""), |(name, value)| (name, value.trim()));
    let Some(setting) = SETTINGS.iter().find(|setting| setting.name == name) else {
        let shared = &cx.shared;
        let all = SETTINGS
            .iter()
            .map(|setting| format!("{} {}", setting.name, (setting.now)(shared)));
        let known = all.collect::<Vec<_>>().join(", ");
        return cx.say(if name.is_empty() {
            Message::note(known)
        } else {
            Message::doubt(format!("no setting {name}: {known}"))
        });
    };
    let values = setting.values.join(", ");
    if value.is_empty() {
        let now = (setting.now)(cx.shared).into_owned();
        return cx.say(Message::note(format!("{name} is {now}, of {values}")));
    }
    if (setting.put)(value, cx) {
        cx.say(Message::note(format!("{name} is now {value}")));
    } else {
        cx.say(Message::doubt(format!(
            "{name} takes {values}, not {value}"
        )));
    }
}
