//! What labels and attributes mean.

/// Labels of Cloud Trace, and the names that the semantic conventions have for them.
const TEXTS: [(&str, &str); 10] = [
    ("/http/method", "http.request.method"),
    ("/http/url", "url.full"),
    ("/http/path", "url.path"),
    ("/http/host", "server.address"),
    ("/http/route", "http.route"),
    ("/http/user_agent", "user_agent.original"),
    ("/http/client_protocol", "network.protocol.name"),
    ("/http/redirected_url", "http.redirected_url"),
    ("/error/name", "error.type"),
    ("/component", "component"),
];

/// Labels whose values are whole numbers.
const NUMBERS: [(&str, &str); 5] = [
    ("/http/status_code", "http.response.status_code"),
    ("/http/request/size", "http.request.body.size"),
    ("/http/response/size", "http.response.body.size"),
    ("/pid", "process.pid"),
    ("/tid", "thread.id"),
];

/// Prefixes of labels that tell about the resource.
const OF_RESOURCE: [&str; 10] = [
    "g.co/r/",
    "g.co/gae/",
    "service.",
    "cloud.",
    "container.",
    "deployment.",
    "host.",
    "k8s.",
    "faas.",
    "telemetry.",
];

/// What a label or an attribute is in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning<'k> {
    /// The name of the service.
    Service,
    /// An attribute of the resource.
    Resource(&'k str),
    /// An attribute of the span, a number.
    Number(&'k str),
    /// An attribute of the span.
    Text(&'k str),
    /// The message of an error.
    Message,
}

impl<'k> Meaning<'k> {
    pub(super) fn of(key: &'k str) -> Self {
        let find = |table: &[(&str, &'static str)]| {
            table
                .iter()
                .find(|(label, _)| *label == key)
                .map(|&(_, name)| name)
        };
        match key {
            "service.name" | "g.co/gae/app/module" => Self::Service,
            "/error/message" => Self::Message,
            _ if OF_RESOURCE.iter().any(|prefix| key.starts_with(prefix)) => Self::Resource(key),
            _ => match (find(&NUMBERS), find(&TEXTS)) {
                (Some(name), _) => Self::Number(name),
                (None, Some(name)) => Self::Text(name),
                (None, None) => Self::Text(key),
            },
        }
    }
}
