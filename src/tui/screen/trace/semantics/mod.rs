//! What attributes mean under their old and new names, as OpenTelemetry's semantic conventions
//! (1.44) have renamed them. Attributes themselves are shown as they came.

mod call;
mod pill;

#[cfg(test)]
mod tests;

use crate::model::SpanRef;

pub use call::{Call, call};
pub use pill::{Pill, peer, pills};

/// Names of one thing, the current one first.
const STATUS: &[&str] = &["http.response.status_code", "http.status_code"];
const METHOD: &[&str] = &["http.request.method", "http.method"];
const PATH: &[&str] = &[
    "http.route",
    "url.template",
    "url.path",
    "http.target",
    "http.path",
];
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
    "ai.model.id",
    "langfuse.observation.model.name",
];
pub const PROVIDER: &[&str] = &[
    "gen_ai.provider.name",
    "gen_ai.system",
    "llm.provider",
    "llm.system",
    "ai.model.provider",
];
pub const TOKENS_IN: &[&str] = &[
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.usage.prompt_tokens",
    "llm.token_count.prompt",
    "ai.usage.promptTokens",
    "ai.usage.inputTokens",
    "input_tokens",
];
pub const TOKENS_OUT: &[&str] = &[
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.completion_tokens",
    "llm.token_count.completion",
    "ai.usage.completionTokens",
    "ai.usage.outputTokens",
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
