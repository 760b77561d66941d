//! What a span does, in the words of the conventions that its sender kept to.

use crate::model::{Kind, SpanRef};

use super::{
    CLOUD_FUNCTION, COLLECTION, DATA_OPERATION, DATABASE, DESTINATION, FILE, FUNCTION, GROUP, LINE,
    MESSAGE_OPERATION, MESSAGING, METHOD, MODEL, OFFSET, PARTITION, PATH, PORT, PROVIDER, QUERY,
    RESENT, RPC, RPC_STATUS, SERVER, SIZE, STATUS, TOKENS_IN, TOKENS_OUT, URL, first,
};

/// What a span does by its conventions: `GET /users/:id`, `SELECT product`, `publish orders`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Whose conventions they are.
    pub family: &'static str,
    /// What is done.
    pub does: String,
    /// What else matters, most important first.
    pub facts: Vec<String>,
}

impl Call {
    /// All of it in a line.
    pub fn words(&self) -> String {
        let facts = self.facts.iter().map(String::as_str);
        let all: Vec<&str> = std::iter::once(self.does.as_str()).chain(facts).collect();
        all.join("  ")
    }
}

/// What a span does by its conventions, if they tell; the first family that fits.
pub fn call(span: SpanRef<'_>) -> Option<Call> {
    let families = [
        messaging,
        database,
        rpc,
        model,
        cloud_function,
        http,
        graphql,
        proxy,
        function,
    ];
    families.into_iter().find_map(|family| family(span))
}

/// The parts that are there, parted by blanks. `None` if there are none.
fn joined<const N: usize>(parts: [Option<String>; N]) -> Option<String> {
    let words: Vec<String> = parts.into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// A fact with what it is: `offset 7`.
fn said(span: SpanRef<'_>, word: &str, names: &[&str]) -> Option<String> {
    first(span, names).map(|value| format!("{word} {value}"))
}

fn messaging(span: SpanRef<'_>) -> Option<Call> {
    let system = first(span, MESSAGING)?;
    let many = first(span, &["messaging.batch.message_count"]).filter(|count| count != "1");
    let facts = [
        many.map(|count| format!("{count} messages")),
        said(span, "partition", PARTITION),
        said(span, "offset", OFFSET),
        said(span, "group", GROUP),
        said(
            span,
            "routing key",
            &["messaging.rabbitmq.destination.routing_key"],
        ),
        Some(system.clone()),
    ];
    Some(Call {
        family: "messaging",
        does: joined([first(span, MESSAGE_OPERATION), first(span, DESTINATION)]).unwrap_or(system),
        facts: facts.into_iter().flatten().collect(),
    })
}

fn database(span: SpanRef<'_>) -> Option<Call> {
    let system = first(span, DATABASE)?;
    let does = first(span, &["db.query.summary"])
        .or_else(|| joined([Some(first(span, DATA_OPERATION)?), first(span, COLLECTION)]))
        .or_else(|| first(span, QUERY).and_then(|query| gist(&query)));
    let facts = [
        first(span, &["db.response.returned_rows"]).map(|rows| format!("{rows} rows")),
        said(span, "batch of", &["db.operation.batch.size"]),
        said(span, "status", &["db.response.status_code"]),
        Some(system.clone()),
    ];
    Some(Call {
        family: "database",
        does: does.or_else(|| first(span, COLLECTION)).unwrap_or(system),
        facts: facts.into_iter().flatten().collect(),
    })
}

/// A statement in two words: what it does and to which table; a command of a cache as it stands.
pub(super) fn gist(query: &str) -> Option<String> {
    let mut words = query
        .split_whitespace()
        .map(|word| word.trim_matches(['(', ')', ';', ',']));
    let verb = words.next()?.to_owned();
    let before = match verb.to_ascii_uppercase().as_str() {
        "SELECT" | "DELETE" => "FROM",
        "INSERT" | "MERGE" | "REPLACE" => "INTO",
        "UPDATE" => return Some(format!("{verb} {}", words.next()?)),
        "WITH" => return Some(verb),
        _ => return joined([Some(verb), words.next().map(str::to_owned)]),
    };
    let table = words
        .skip_while(|word| !word.eq_ignore_ascii_case(before))
        .nth(1);
    joined([Some(verb), table.map(str::to_owned)])
}

fn rpc(span: SpanRef<'_>) -> Option<Call> {
    let system = first(span, RPC)?;
    let method = first(span, &["rpc.method"]);
    let service = first(span, &["rpc.service"]);
    let full = match (service, method) {
        (Some(service), Some(method)) if !method.contains('/') => format!("{service}/{method}"),
        (service, method) => method.or(service)?,
    };
    // The package before the service is told by the attribute.
    let (service, method) = full.split_once('/').unwrap_or(("", &full));
    let service = service.rsplit('.').next().unwrap_or(service);
    let does = if service.is_empty() {
        method.to_owned()
    } else {
        format!("{service}/{method}")
    };
    let status = first(span, RPC_STATUS).filter(|status| status != "0" && status != "OK");
    let facts = [
        status.map(|status| format!("status {status}")),
        Some(system),
    ];
    Some(Call {
        family: "rpc",
        does,
        facts: facts.into_iter().flatten().collect(),
    })
}

fn model(span: SpanRef<'_>) -> Option<Call> {
    let operation = first(span, &["gen_ai.operation.name", "llm.request.type"]);
    let tool = first(span, &["gen_ai.tool.name"]);
    let model = first(span, MODEL);
    if operation.is_none() && tool.is_none() && model.is_none() {
        return None;
    }
    let agent = first(span, &["gen_ai.agent.name"]);
    let tokens = first(span, TOKENS_IN).zip(first(span, TOKENS_OUT));
    let facts = [
        tokens.map(|(given, made)| format!("{given}/{made} tokens")),
        first(span, PROVIDER),
    ];
    Some(Call {
        family: "model",
        does: joined([operation, tool.or(agent).or(model)])?,
        facts: facts.into_iter().flatten().collect(),
    })
}

fn cloud_function(span: SpanRef<'_>) -> Option<Call> {
    let name = first(span, CLOUD_FUNCTION)?;
    let trigger = first(span, &["faas.trigger"]).map(|trigger| format!("({trigger})"));
    let cold = first(span, &["faas.coldstart"]).filter(|cold| cold == "true");
    let facts = [
        cold.map(|_| "cold start".to_owned()),
        said(
            span,
            "invocation",
            &["faas.invocation_id", "faas.execution"],
        ),
    ];
    Some(Call {
        family: "function",
        does: joined([Some(name), trigger])?,
        facts: facts.into_iter().flatten().collect(),
    })
}

fn http(span: SpanRef<'_>) -> Option<Call> {
    let url = first(span, URL);
    let method = first(span, METHOD).or_else(|| url.as_ref().map(|_| String::new()))?;
    let (host, page) = url.as_deref().map_or((None, None), |url| {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let rest = rest.split(['?', '#']).next().unwrap_or(rest);
        let at = rest.find('/').unwrap_or(rest.len());
        (Some(rest[..at].to_owned()), Some(rest[at..].to_owned()))
    });
    let path = first(span, PATH)
        .or(page)
        .map(|path| path.split('?').next().unwrap_or("").to_owned());
    let server = (span.kind() == Kind::Client).then(|| {
        let port = first(span, PORT).filter(|port| port != "80" && port != "443");
        let address = first(span, SERVER).map(|address| match &port {
            Some(port) if !address.contains(':') => format!("{address}:{port}"),
            _ => address,
        });
        address.or(host)
    });
    let target = [server.flatten(), path]
        .into_iter()
        .flatten()
        .collect::<String>();
    let facts = [
        first(span, STATUS),
        first(span, SIZE)
            .and_then(|size| size.parse().ok())
            .map(crate::text::bytes),
        said(span, "resent", RESENT),
    ];
    let words = [Some(method), Some(target)].map(|part| part.filter(|part| !part.is_empty()));
    Some(Call {
        family: "http",
        does: joined(words)?,
        facts: facts.into_iter().flatten().collect(),
    })
}

fn graphql(span: SpanRef<'_>) -> Option<Call> {
    let kind = first(span, &["graphql.operation.type"])?;
    Some(Call {
        family: "graphql",
        does: joined([Some(kind), first(span, &["graphql.operation.name"])])?,
        facts: Vec::new(),
    })
}

/// What Envoy says of a request that it passed on.
fn proxy(span: SpanRef<'_>) -> Option<Call> {
    first(span, &["component"]).filter(|component| component == "proxy")?;
    let flags = first(span, &["response_flags"]).filter(|flags| flags != "-");
    Some(Call {
        family: "proxy",
        does: first(span, &["upstream_cluster"])?,
        facts: flags.into_iter().collect(),
    })
}

fn function(span: SpanRef<'_>) -> Option<Call> {
    let name = first(span, FUNCTION)?;
    let qualified = match first(span, &["code.namespace"]) {
        Some(namespace) if !name.starts_with(&namespace) => format!("{namespace}.{name}"),
        _ => name,
    };
    let place = first(span, FILE).map(|file| match first(span, LINE) {
        Some(line) => format!("{file}:{line}"),
        None => file,
    });
    Some(Call {
        family: "code",
        does: qualified,
        facts: place.into_iter().collect(),
    })
}
