//! What attributes mean under their old and new names, as OpenTelemetry's semantic conventions
//! (1.44) have renamed them. Attributes themselves are shown as they came.

use crate::model::{Kind, SpanRef, Status};

/// Names of one thing, the current one first.
const STATUS: &[&str] = &["http.response.status_code", "http.status_code"];
const METHOD: &[&str] = &["http.request.method", "http.method"];
const PATH: &[&str] = &["http.route", "url.template", "url.path", "http.target"];
const URL: &[&str] = &["url.full", "http.url"];
const SERVER: &[&str] = &[
    "server.address",
    "net.peer.name",
    "http.host",
    "net.sock.peer.name",
];
const PORT: &[&str] = &["server.port", "net.peer.port"];
const RESENT: &[&str] = &["http.request.resend_count", "http.resend_count"];
const SIZE: &[&str] = &["http.response.body.size", "http.response_content_length"];
const DATABASE: &[&str] = &["db.system.name", "db.system"];
const QUERY: &[&str] = &["db.query.text", "db.statement", "sql.query"];
const DATA_OPERATION: &[&str] = &["db.operation.name", "db.operation"];
const COLLECTION: &[&str] = &[
    "db.collection.name",
    "db.sql.table",
    "db.mongodb.collection",
    "db.cassandra.table",
    "db.namespace",
    "db.name",
];
const RPC: &[&str] = &["rpc.system.name", "rpc.system"];
const RPC_STATUS: &[&str] = &["rpc.response.status_code", "rpc.grpc.status_code"];
const MESSAGING: &[&str] = &["messaging.system"];
const MESSAGE_OPERATION: &[&str] = &[
    "messaging.operation.name",
    "messaging.operation.type",
    "messaging.operation",
];
const DESTINATION: &[&str] = &[
    "messaging.destination.template",
    "messaging.destination.name",
    "messaging.destination",
];
const PARTITION: &[&str] = &[
    "messaging.destination.partition.id",
    "messaging.kafka.destination.partition",
];
const GROUP: &[&str] = &[
    "messaging.consumer.group.name",
    "messaging.kafka.consumer.group",
];
const OFFSET: &[&str] = &["messaging.kafka.offset", "messaging.kafka.message.offset"];
const MODEL: &[&str] = &[
    "gen_ai.response.model",
    "gen_ai.request.model",
    "llm.model_name",
];
pub const PROVIDER: &[&str] = &["gen_ai.provider.name", "gen_ai.system", "llm.system"];
pub const TOKENS_IN: &[&str] = &[
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.usage.prompt_tokens",
    "llm.token_count.prompt",
    "input_tokens",
];
pub const TOKENS_OUT: &[&str] = &[
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.completion_tokens",
    "llm.token_count.completion",
    "output_tokens",
];
const FUNCTION: &[&str] = &["code.function.name", "code.function"];
const FILE: &[&str] = &["code.file.path", "code.filepath"];
const LINE: &[&str] = &["code.line.number", "code.lineno"];
const CLOUD_FUNCTION: &[&str] = &["faas.invoked_name", "faas.name"];
const PEER: &[&str] = &["service.peer.name", "peer.service"];

/// The value under the first of the names that is there, as text.
pub fn first(span: SpanRef<'_>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| span.attribute(name))
        .map(|value| value.to_text().into_owned())
        .filter(|text| !text.is_empty())
}

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
fn gist(query: &str) -> Option<String> {
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

/// Why a failed span failed, where its status has no message.
pub fn error_reason(span: SpanRef<'_>) -> Option<String> {
    let names = [
        "exception.message",
        "error.message",
        "error.type",
        "exception.type",
        "error.kind",
        "error.object",
    ];
    let exception = || {
        let event = span.events().find(|event| event.name() == "exception")?;
        let get = |key| {
            event
                .attributes()
                .get(key)
                .map(|value| value.to_text().into_owned())
        };
        let (kind, message) = (get("exception.type"), get("exception.message"));
        match (kind, message) {
            (Some(kind), Some(message)) => Some(format!("{kind}: {message}")),
            (kind, message) => kind.or(message),
        }
    };
    exception().or_else(|| first(span, &names)).or_else(|| {
        let status = first(span, STATUS).or_else(|| first(span, RPC_STATUS))?;
        Some(format!("status {status}"))
    })
}

/// How many spans a sampled span stands for, as OpenTelemetry's trace state tells (`ot=th:...`, a
/// threshold of 56 bits of which trailing zeros are left out), or an attribute of older samplers.
pub fn weight(span: SpanRef<'_>) -> Option<String> {
    let entry = span
        .trace_state()
        .split(',')
        .find_map(|entry| entry.trim().strip_prefix("ot="));
    let threshold =
        entry.and_then(|entry| entry.split(';').find_map(|part| part.strip_prefix("th:")));
    let kept = threshold.and_then(|digits| {
        let digits = digits.get(..14.min(digits.len()))?;
        let rejected = u64::from_str_radix(&format!("{digits:0<14}"), 16).ok()?;
        Some(1.0 - rejected as f64 / (1_u64 << 56) as f64)
    });
    let told = || {
        let sampler = first(span, &["sampler.type"])?;
        let share = first(span, &["sampler.param"])?.parse().ok();
        share.filter(|_| sampler == "probabilistic")
    };
    let share = kept
        .or_else(told)
        .filter(|share| *share > 0.0 && *share < 1.0)?;
    Some(format!(
        "{:.1} spans, {:.3} % are kept",
        1.0 / share,
        share * 100.0
    ))
}

/// A short fact of a span beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pill {
    pub text: String,
    /// It tells of a failure.
    pub failed: bool,
}

/// The protocol of a span in a word or two: status codes, methods that its name does not tell,
/// systems, models with their tokens.
pub fn pills(span: SpanRef<'_>) -> Vec<Pill> {
    let mut pills = Vec::new();
    let mut push = |text: String, failed| {
        if !text.is_empty() && !told(span.operation(), &text) {
            pills.push(Pill { text, failed });
        }
    };
    if let Some(method) = first(span, METHOD) {
        push(method, false);
        let status = first(span, STATUS).unwrap_or_default();
        let failed =
            status.starts_with('5') || status.starts_with('4') && span.kind() == Kind::Client;
        push(status, failed);
    } else if let Some(system) = first(span, DATABASE).or_else(|| first(span, MESSAGING)) {
        push(
            if told(span.service(), &system) {
                String::new()
            } else {
                system
            },
            false,
        );
    } else if let Some(system) = first(span, RPC) {
        let status = first(span, RPC_STATUS).filter(|status| status != "0" && status != "OK");
        push(system, false);
        push(status.unwrap_or_default(), span.status() == Status::Error);
    } else if let Some(model) = first(span, MODEL) {
        push(model, false);
        if let (Some(given), Some(made)) = (first(span, TOKENS_IN), first(span, TOKENS_OUT)) {
            push(format!("{given}/{made} tokens"), false);
        }
    }
    pills
}

/// Whether a name says so already.
fn told(name: &str, text: &str) -> bool {
    name.to_lowercase().contains(&text.to_lowercase())
}

/// Whom a span calls that told nothing itself: only for spans that nobody answered.
pub fn peer(span: SpanRef<'_>) -> Option<String> {
    if !matches!(span.kind(), Kind::Client | Kind::Producer) {
        return None;
    }
    first(span, PEER).filter(|peer| peer != span.service())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn old_and_new_names_say_the_same() {
        let told = |attributes: &str| -> Vec<String> {
            let trace = scenario::trace(&format!("a: call 0..9 client {attributes}\n"));
            pills(trace.span(0))
                .into_iter()
                .map(|pill| pill.text)
                .collect()
        };
        let new = told("http.request.method=GET http.response.status_code=503");
        assert_eq!(new, ["GET", "503"]);
        assert_eq!(told("http.method=GET http.status_code=503"), new);
        assert_eq!(told("db.system=redis"), ["redis"]);
        assert_eq!(
            told(
                "gen_ai.request.model=m gen_ai.usage.prompt_tokens=7 gen_ai.usage.output_tokens=9"
            ),
            ["m", "7/9 tokens"]
        );
    }

    #[test]
    fn every_family_tells_what_a_span_does() {
        let told = |attributes: &str| {
            let trace = scenario::trace(&format!("a: call 0..9 client {attributes}\n"));
            call(trace.span(0)).map(|call| format!("{}: {}", call.family, call.words()))
        };
        for (attributes, words) in [
            (
                "http.request.method=GET server.address=shop server.port=8080 url.path=/x http.response.status_code=200",
                "http: GET shop:8080/x  200",
            ),
            (
                "http.method=GET http.url=https://shop/x?y=1 http.status_code=200",
                "http: GET shop/x  200",
            ),
            (
                "db.system=mysql db.statement=SELECT",
                "database: SELECT  mysql",
            ),
            (
                "db.system.name=redis db.operation.name=GET db.namespace=0",
                "database: GET 0  redis",
            ),
            (
                "rpc.system=grpc rpc.service=a.b.Cart rpc.method=Add rpc.grpc.status_code=4",
                "rpc: Cart/Add  status 4  grpc",
            ),
            (
                "rpc.system.name=grpc rpc.method=a.b.Cart/Add",
                "rpc: Cart/Add  grpc",
            ),
            (
                "messaging.system=kafka messaging.operation=publish messaging.destination.name=orders messaging.kafka.message.offset=7",
                "messaging: publish orders  offset 7  kafka",
            ),
            (
                "gen_ai.operation.name=chat gen_ai.request.model=m gen_ai.usage.input_tokens=1 gen_ai.usage.output_tokens=2",
                "model: chat m  1/2 tokens",
            ),
            (
                "faas.name=resize faas.trigger=http faas.coldstart=true",
                "function: resize (http)  cold start",
            ),
            (
                "graphql.operation.type=query graphql.operation.name=Me",
                "graphql: query Me",
            ),
            (
                "component=proxy upstream_cluster=cart response_flags=UF",
                "proxy: cart  UF",
            ),
            (
                "code.namespace=a.B code.function=c code.filepath=B.java code.lineno=7",
                "code: a.B.c  B.java:7",
            ),
        ] {
            assert_eq!(told(attributes).as_deref(), Some(words));
        }
        assert_eq!(told("k=v"), None);
    }

    #[test]
    fn statements_are_told_in_two_words() {
        for (query, words) in [
            ("SELECT a, b FROM product WHERE c", "SELECT product"),
            ("insert into orders (a) values (1)", "insert orders"),
            ("UPDATE stock SET n = 1", "UPDATE stock"),
            ("HGETALL user:1", "HGETALL user:1"),
        ] {
            assert_eq!(gist(query).as_deref(), Some(words));
        }
    }
}
