//! `config.toml`: its keys, and what they mean.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::backend::is_secret_header;
use super::paths::expand;
use super::reader::{Reader, Section, flag, parsed, text, texts};
use super::{
    BackendConfig, Header, HeaderValue, KeyBinding, Layer, LinkPattern, LinkPlace, Listener,
    Matcher, Problem, SecretSource, link,
};
use crate::text::{parse_duration, parse_size};

/// Every key with its default, commented out: what `vizsla config default` prints.
pub const TEMPLATE: &str = include_str!("../template.toml");

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// What flags and environment can say too.
    pub layer: Layer,
    /// `[keys.CONTEXT]`.
    pub keys: Vec<KeyBinding>,
    /// `[backend.NAME]`.
    pub backends: BTreeMap<String, BackendConfig>,
    /// `[[link]]`.
    pub links: Vec<LinkPattern>,
}

/// A listener's key in `[listen]`: its name with underscores.
pub fn key_of(listener: Listener) -> &'static str {
    match listener {
        Listener::OtlpGrpc => "otlp_grpc",
        Listener::OtlpHttp => "otlp_http",
        Listener::JaegerThriftHttp => "jaeger_thrift_http",
        Listener::JaegerCompact => "jaeger_compact",
        Listener::JaegerBinary => "jaeger_binary",
        Listener::JaegerGrpc => "jaeger_grpc",
        Listener::Zipkin => "zipkin",
        Listener::Sampling => "sampling",
        Listener::Query => "query",
        Listener::QueryGrpc => "query_grpc",
    }
}

/// Reads a file; one that cannot be read is a problem too.
pub fn read(path: &Path) -> (File, Vec<Problem>) {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(cause) => {
            let message = format!("cannot be read: {cause}");
            (
                File::default(),
                vec![Problem {
                    path: path.to_path_buf(),
                    place: None,
                    message,
                }],
            )
        }
    }
}

/// Reads the text of a file; `path` is for messages only.
pub fn parse(path: &Path, content: &str) -> (File, Vec<Problem>) {
    let mut reader = Reader::new(path, content);
    let top = reader.top();
    let mut file = File::default();
    let mut section = Section::new(&mut reader, top.get_ref(), String::new());
    file.layer = Layer {
        theme: section.take("theme", text),
        color: section.take("color", parsed(str::parse)),
        ascii: section.take("ascii", flag),
        hyperlinks: section.take("hyperlinks", flag),
        columns: section.take("columns", texts),
        keymap: section.take("keymap", parsed(str::parse)),
        source: section.take("source", text),
        max_memory: section.take("max_memory", parsed(parse_size)),
        ..Layer::default()
    };
    let listen = section.table("listen");
    let keys = section.table("keys");
    let backends = section.table("backend");
    let links = section.tables("link");
    let jaeger = section.take("jaeger_ui_config", |value| {
        text(value).map(|path| expand(&path))
    });
    section.finish();
    if let Some(path) = jaeger {
        match link::of_jaeger(&path.value, &path.origin) {
            Ok((links, wrong)) => {
                file.links.extend(links);
                for why in wrong {
                    reader.problem(None, why);
                }
            }
            Err(why) => reader.problem(None, format!("jaeger_ui_config: {why}")),
        }
    }

    if let Some(table) = listen {
        read_listen(&mut reader, table, &mut file.layer);
    }
    for (context, table) in tables_of(&mut reader, keys, "keys") {
        read_keys(&mut reader, context, table, &mut file.keys);
    }
    for (name, table) in tables_of(&mut reader, backends, "backend") {
        if let Some(backend) = read_backend(&mut reader, name, table) {
            file.backends.insert(name.to_owned(), backend);
        }
    }
    for (table, span) in links {
        let section = Section::new(&mut reader, table, "[[link]]".into());
        file.links.extend(read_link(section, span));
    }
    (file, reader.finish())
}

/// The tables below a table: `[keys.trace]`, `[keys.search]`.
fn tables_of<'r, 't>(
    reader: &mut Reader<'t>,
    parent: Option<&'r DeTable<'t>>,
    name: &str,
) -> Vec<(&'r str, &'r DeTable<'t>)> {
    let mut tables = Vec::new();
    for (key, value) in parent.into_iter().flatten() {
        if let Some(table) = value.get_ref().as_table() {
            tables.push((key.get_ref().as_ref(), table));
        } else {
            let message = format!(
                "{name}.{} is not a table: write [{name}.NAME] above it",
                key.get_ref()
            );
            reader.problem(Some(key.span()), message);
        }
    }
    tables
}

fn read_listen<'t>(reader: &mut Reader<'t>, table: &DeTable<'t>, layer: &mut Layer) {
    let mut section = Section::new(reader, table, "[listen]".into());
    for listener in Listener::ALL {
        let address = section.take(key_of(listener), parsed(|text| listener.parse(text)));
        layer
            .listen
            .extend(address.map(|address| (listener, address)));
    }
    layer.auth_token = take_secret(&mut section, "auth_token");
    layer.allow_open = section.take("allow_open", flag);
    layer.cors_origins = section.take("cors_origins", texts);
    layer.allow_hosts = section.take("allow_hosts", texts);
    section.finish();
}

fn read_keys<'t>(
    reader: &mut Reader<'t>,
    context: &str,
    table: &DeTable<'t>,
    keys: &mut Vec<KeyBinding>,
) {
    for (key, value) in table {
        match text(value.get_ref()) {
            Ok(action) => keys.push(KeyBinding {
                context: context.to_owned(),
                keys: key.get_ref().to_string(),
                action: (action != "none").then_some(action),
                origin: reader.origin(key.span()),
            }),
            Err(wrong) => reader.problem(
                Some(value.span()),
                format!(
                    "{:?}: {wrong}: the name of an action, or \"none\"",
                    key.get_ref()
                ),
            ),
        }
    }
}

fn read_backend<'t>(
    reader: &mut Reader<'t>,
    name: &str,
    table: &DeTable<'t>,
) -> Option<BackendConfig> {
    let mut section = Section::new(reader, table, format!("[backend.{name}]"));
    let url = section.take("url", parsed(backend_url));
    let token = take_secret(&mut section, "token");
    let timeout = section.take("timeout", parsed(parse_duration));
    let ca_file = section.take("ca_file", |value| text(value).map(|path| expand(&path)));
    let headers = section.table("headers");
    section.finish();
    let headers = headers
        .map(|table| read_headers(reader, table))
        .unwrap_or_default();
    let Some(url) = url else {
        if !table.contains_key("url") {
            let span = table.keys().next().map(toml::Spanned::span);
            reader.problem(
                span,
                format!("[backend.{name}] has no url: it says where the system is"),
            );
        }
        return None;
    };
    Some(BackendConfig {
        url: url.value,
        token: token.map(|setting| setting.value),
        headers,
        timeout: timeout.map(|setting| setting.value),
        ca_file: ca_file.map(|setting| setting.value),
        origin: url.origin,
    })
}

/// A URL; a password in it is refused, since it would show in messages and command lines.
fn backend_url(url: &str) -> Result<String, String> {
    let Some((_, rest)) = url.split_once("://") else {
        return Err("not a URL: write it like jaeger+http://localhost:16686".into());
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.contains('@') {
        return Err("a URL must not hold a password: use token_env, token_file or headers".into());
    }
    Ok(url.to_owned())
}

fn read_headers<'t>(reader: &mut Reader<'t>, table: &DeTable<'t>) -> Vec<Header> {
    let mut headers = Vec::new();
    for (key, value) in table {
        let name = key.get_ref().to_string();
        let plain = value.get_ref().as_str().map(str::to_owned);
        match (plain, value.get_ref().as_table()) {
            (Some(_), _) if is_secret_header(&name) => {
                let message = format!(
                    "{name} is a secret: write {name} = {{ env = \"NAME\" }}, or file, or command"
                );
                reader.problem(Some(value.span()), message);
            }
            (Some(value), _) => headers.push(Header {
                name,
                value: HeaderValue::Plain(value),
            }),
            (_, Some(table)) => {
                let mut section = Section::new(reader, table, name.clone());
                let source = secret_of(&mut section, ["env", "file", "command"]);
                section.finish();
                let value = source.map(|source| HeaderValue::Secret(source.value));
                headers.extend(value.map(|value| Header { name, value }));
            }
            _ => reader.problem(
                Some(value.span()),
                format!("{name}: a string or {{ env = \"NAME\" }} is expected"),
            ),
        }
    }
    headers
}

fn take_secret(
    section: &mut Section<'_, '_, '_>,
    key: &str,
) -> Option<super::Setting<SecretSource>> {
    match key {
        "token" => secret_of(section, ["token_env", "token_file", "token_command"]),
        _ => secret_of(
            section,
            ["auth_token_env", "auth_token_file", "auth_token_command"],
        ),
    }
}

/// The first of the three sources of a secret that is there.
fn secret_of(
    section: &mut Section<'_, '_, '_>,
    [env, file, command]: [&'static str; 3],
) -> Option<super::Setting<SecretSource>> {
    let env = section.take(env, |value| text(value).map(SecretSource::Env));
    let file = section.take(file, |value| {
        text(value).map(|path| SecretSource::File(expand(&path)))
    });
    let command = section.take(command, |value| text(value).map(SecretSource::Command));
    env.or(file).or(command)
}

/// Text, a regular expression between slashes, or a list of texts.
fn matcher(value: &DeValue<'_>) -> Result<Matcher, String> {
    if value.as_array().is_some() {
        return texts(value).map(Matcher::Of);
    }
    Matcher::parse(&text(value)?)
}

fn read_link(
    mut section: Section<'_, '_, '_>,
    span: std::ops::Range<usize>,
) -> Option<LinkPattern> {
    let place = section.take(
        "on",
        parsed(|word| LinkPlace::named(word).ok_or("one of span, resource, event, trace")),
    );
    let key = section.take("key", matcher);
    let value = section.take("value", matcher);
    let url = section.take("url", parsed(link::page));
    let label = section.take("text", text);
    let origin = section.reader.origin(span);
    section.finish();
    let url = url?.value;
    Some(LinkPattern {
        place: place.map_or(LinkPlace::Span, |place| place.value),
        key: key.map(|key| key.value).unwrap_or_default(),
        value: value.map(|value| value.value).unwrap_or_default(),
        text: label.map_or_else(|| url.clone(), |label| label.value),
        url,
        origin,
    })
}

#[cfg(test)]
mod tests;
