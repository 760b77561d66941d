//! Every setting told as text.

use super::{Config, Listener, Origin, Setting, file};

/// A setting as key, value and origin.
type Row = (String, String, Origin);

fn row<T>(key: &str, setting: &Setting<T>, text: impl FnOnce(&T) -> String) -> Row {
    (key.to_owned(), text(&setting.value), setting.origin.clone())
}

/// What is found out unless it is said.
fn or_auto(said: Option<bool>) -> String {
    said.map_or_else(|| "auto".to_owned(), |said| said.to_string())
}

impl Config {
    /// Every setting as key, value and origin, in the words of the file; no secrets.
    pub fn rows(&self) -> Vec<(String, String, Origin)> {
        let mut rows = vec![
            row("theme", &self.theme, String::clone),
            row("color", &self.color, |color| color.name().to_owned()),
            row("ascii", &self.ascii, |ascii| or_auto(*ascii)),
            row("hyperlinks", &self.hyperlinks, |known| or_auto(*known)),
            row("columns", &self.columns, |columns| columns.join(" ")),
            row("keymap", &self.keymap, |preset| preset.name().to_owned()),
            row("source", &self.source, |source| {
                source.clone().unwrap_or_default()
            }),
            row("max_memory", &self.max_memory, u64::to_string),
        ];
        rows.extend(self.listener_rows());
        rows.extend(self.keys.iter().map(|key| {
            let action = key.action.as_deref().unwrap_or("none").to_owned();
            let name = format!("keys.{}.{:?}", key.context, key.keys);
            (name, action, key.origin.clone())
        }));
        for (name, backend) in &self.backends {
            let told = backend.rows().into_iter();
            rows.extend(told.map(|(key, value)| {
                let key = format!("backend.{name}.{key}");
                (key, value, backend.origin.clone())
            }));
        }
        let links = self.links.iter();
        rows.extend(links.map(|link| ("link".to_owned(), link.to_string(), link.origin.clone())));
        rows
    }

    fn listener_rows(&self) -> impl Iterator<Item = Row> {
        let all = &self.listeners;
        let listeners = Listener::ALL.into_iter().map(|listener| {
            let key = format!("listen.{}", file::key_of(listener));
            row(&key, all.of(listener), ToString::to_string)
        });
        listeners.chain([
            row("listen.auth_token", &all.auth_token, |token| {
                token.as_ref().map(ToString::to_string).unwrap_or_default()
            }),
            row("listen.allow_open", &all.allow_open, bool::to_string),
            row("listen.cors_origins", &all.cors_origins, |origins| {
                origins.join(" ")
            }),
            row("listen.allow_hosts", &all.allow_hosts, |hosts| {
                hosts.join(" ")
            }),
        ])
    }
}
