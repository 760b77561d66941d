//! Where the backend itself serves a trace: as JSON for programs, as a page for people.

use crate::config::{BackendConfig, HeaderValue, SecretSource};
use crate::model::{SpanId, TraceId};
use crate::tui::screen::search::shell_words;
use crate::tui::shared::Shared;

/// A server that traces are read from.
struct Server {
    /// What it speaks: `jaeger`, `vizsla`.
    system: String,
    base: String,
}

/// The server that is asked, or the one that this program itself is.
fn server(shared: &Shared) -> Option<Server> {
    let listening = shared.source.around.listening.iter();
    let mut query = listening.filter(|listener| listener.name == "query");
    let own = query.find_map(|listener| listener.state.as_ref().ok());
    let source = &shared.source.opened.source;
    let (system, base) = match (source.split_once("+http"), own) {
        (Some((system, rest)), _) => (system, format!("http{rest}")),
        (None, _) if source.starts_with("http") => ("jaeger", source.clone()),
        (None, Some(own)) => ("vizsla", format!("http://{own}")),
        (None, None) => return None,
    };
    Some(Server {
        system: system.to_owned(),
        base: base.trim_end_matches('/').to_owned(),
    })
}

/// A command that fetches the trace as the interface does: secrets are fetched by the shell, from
/// where they are configured to be. None if the source is no server.
pub fn curl(trace: TraceId, shared: &Shared) -> Option<String> {
    let base = server(shared)?.base;
    let access = shared.source.configured().map_or_else(String::new, access);
    let address = shell_words([format!("{base}/api/traces/{trace}")].into_iter());
    Some(format!("curl -sS {access}{address}"))
}

/// The page of the server's own interface that shows a span. Ours has none but this one.
pub fn page(trace: TraceId, span: SpanId, shared: &Shared) -> Option<String> {
    let Server { system, base } = server(shared)?;
    (system == "jaeger").then(|| format!("{base}/trace/{trace}?uiFind={span}"))
}

/// What curl needs to be let in, each word with a blank behind it.
fn access(config: &BackendConfig) -> String {
    let mut words = String::new();
    let plain = |flag: &str, value: &str| {
        let quoted = shell_words([value].into_iter());
        format!("{flag} {quoted} ")
    };
    if let Some(source) = &config.token {
        words += &secret("Authorization: Bearer", source);
    }
    for header in &config.headers {
        words += &match &header.value {
            HeaderValue::Plain(value) => plain("-H", &format!("{}: {value}", header.name)),
            HeaderValue::Secret(source) => secret(&format!("{}:", header.name), source),
        };
    }
    if let Some(path) = &config.ca_file {
        words += &plain("--cacert", &path.to_string_lossy());
    }
    words
}

/// A header whose value the shell fetches, so that no secret is in the command.
fn secret(name: &str, source: &SecretSource) -> String {
    let fetched = match source {
        SecretSource::Env(variable) => format!("${{{variable}}}"),
        SecretSource::File(path) => {
            let path = shell_words([path.to_string_lossy()].into_iter());
            format!("$(head -n 1 {path})")
        }
        SecretSource::Command(command) => format!("$({command} | head -n 1)"),
    };
    format!("-H \"{name} {fetched}\" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Header;

    #[test]
    fn secrets_are_fetched_by_the_shell_and_stand_in_no_command() {
        let header = |name: &str, value| Header {
            name: name.to_owned(),
            value,
        };
        let config = BackendConfig {
            token: Some(SecretSource::File("/run/my token".into())),
            headers: vec![
                header("X-Tenant", HeaderValue::Plain("it's us".to_owned())),
                header(
                    "X-Api-Key",
                    HeaderValue::Secret(SecretSource::Env("KEY".to_owned())),
                ),
            ],
            ca_file: Some("/etc/ca.pem".into()),
            ..BackendConfig::default()
        };
        assert_eq!(
            access(&config),
            "-H \"Authorization: Bearer $(head -n 1 '/run/my token')\" \
             -H 'X-Tenant: it'\\''s us' -H \"X-Api-Key: ${KEY}\" --cacert /etc/ca.pem "
        );
    }
}
