//! Calls of language models as they are read: model, tokens, cost, then who said what. The names
//! are those of OpenTelemetry's conventions for generative AI through their versions (attributes
//! with JSON, one event or log record a message, one attribute a part of a message), of
//! `OpenInference` and `OpenLLMetry`, which came before, and of Langfuse, `MLflow`, the AI SDK of
//! Vercel, Pydantic AI and Claude Code.

mod messages;

use crate::model::{LogRef, SpanRef, Value};
use crate::text::{self, Charset};

use super::semantics::{PROVIDER, TOKENS_IN, TOKENS_OUT, first};

pub use messages::Message;

/// What is told of a call of a model, an agent or a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Talk {
    /// Figures and names: what they are, and what they are here.
    pub facts: Vec<(&'static str, String)>,
    /// Who said what, in order.
    pub messages: Vec<Message>,
}

/// Attributes that are told under a word of our own.
const FACTS: &[(&str, &[&str])] = &[
    (
        "agent",
        &["gen_ai.agent.name", "agent_name", "gen_ai.agent.id"],
    ),
    (
        "tool",
        &["gen_ai.tool.name", "tool.name", "ai.toolCall.name"],
    ),
    (
        "conversation",
        &[
            "gen_ai.conversation.id",
            "session.id",
            "langfuse.session.id",
        ],
    ),
    (
        "asked for",
        &["gen_ai.request.model", "llm.request.model", "ai.model.id"],
    ),
    (
        "answered by",
        &[
            "gen_ai.response.model",
            "llm.response.model",
            "llm.model_name",
            "ai.response.model",
            "langfuse.observation.model.name",
            "model_name",
            "model",
        ],
    ),
    ("provider", PROVIDER),
    (
        "finished",
        &[
            "gen_ai.response.finish_reasons",
            "gen_ai.response.finish_reason",
            "gen_ai.completion.0.finish_reason",
            "ai.response.finishReason",
        ],
    ),
    (
        "temperature",
        &["gen_ai.request.temperature", "llm.temperature"],
    ),
    (
        "most tokens",
        &["gen_ai.request.max_tokens", "llm.request.max_tokens"],
    ),
];

/// What tokens were, and the names of their counts.
const TOKENS: &[(&str, &[&str])] = &[
    ("in", TOKENS_IN),
    ("out", TOKENS_OUT),
    (
        "from the cache",
        &[
            "gen_ai.usage.cache_read.input_tokens",
            "gen_ai.usage.cache_read_input_tokens",
            "llm.token_count.prompt_details.cache_read",
            "cache_read_tokens",
        ],
    ),
    (
        "into the cache",
        &[
            "gen_ai.usage.cache_creation.input_tokens",
            "gen_ai.usage.cache_creation_input_tokens",
            "llm.token_count.prompt_details.cache_write",
            "cache_creation_tokens",
        ],
    ),
    (
        "reasoning",
        &[
            "gen_ai.usage.reasoning.output_tokens",
            "gen_ai.usage.reasoning_tokens",
            "llm.token_count.completion_details.reasoning",
        ],
    ),
];

/// Names of what a call cost.
const COST: &[&str] = &[
    "gen_ai.usage.cost",
    "gen_ai.usage.total_cost",
    "gen_ai.cost.total",
    "llm.cost.total",
    "llm.usage.cost",
    "cost_usd",
];

/// Times until the first word came, and how many ns their unit has.
const FIRST_WORD: &[(&str, f64)] = &[
    ("gen_ai.response.time_to_first_chunk", 1e9),
    ("gen_ai.server.time_to_first_token", 1e9),
    ("ai.response.msToFirstChunk", 1e6),
    ("ttft_ms", 1e6),
];

/// Prefixes of keys of these conventions.
const OURS: [&str; 7] = [
    "gen_ai.",
    "llm.",
    "openinference.",
    "langfuse.observation.",
    "traceloop.",
    "mlflow.span",
    "ai.",
];

impl Talk {
    /// What a span tells of a model, if it tells anything of one; some of it may stand in the log
    /// records that carry its id.
    pub fn of<'a>(
        span: SpanRef<'a>,
        logs: impl Iterator<Item = LogRef<'a>>,
        charset: Charset,
    ) -> Option<Self> {
        let ours = |key: &str| OURS.iter().any(|prefix| key.starts_with(prefix));
        let logged = ["pydantic_ai.all_messages", "all_messages_events"];
        if !(span.attributes().iter()).any(|(key, _)| ours(key) || logged.contains(&key)) {
            return None;
        }
        let mut facts = Vec::new();
        let kind = first(
            span,
            &[
                "gen_ai.operation.name",
                "openinference.span.kind",
                "llm.request.type",
                "langfuse.observation.type",
                "ai.operationId",
                "traceloop.span.kind",
                "mlflow.spanType",
            ],
        );
        facts.extend(kind.map(|kind| ("operation", kind.trim_matches('"').to_owned())));
        for (word, names) in FACTS {
            facts.extend(first(span, names).map(|value| (*word, listed(value))));
        }
        facts.dedup_by(|one, before| {
            one.0 == "answered by" && before.0 == "asked for" && one.1 == before.1
        });
        facts.extend(first_word(span, charset).map(|time| ("first word", time)));
        facts.extend(tokens(span).map(|tokens| ("tokens", tokens)));
        facts.extend(cost(span).map(|cost| ("cost", cost)));
        let messages = messages::of(span, logs);
        Some(Self { facts, messages })
            .filter(|talk| !talk.facts.is_empty() || !talk.messages.is_empty())
    }
}

/// A list of words in JSON as words.
fn listed(value: String) -> String {
    match serde_json::from_str::<Vec<String>>(&value) {
        Ok(words) => words.join(", "),
        Err(_) => value,
    }
}

/// How long it took until the first word came.
fn first_word(span: SpanRef<'_>, charset: Charset) -> Option<String> {
    let (name, unit) = FIRST_WORD
        .iter()
        .find(|(name, _)| span.attribute(name).is_some())?;
    let time: f64 = first(span, &[name])?.parse().ok()?;
    let nanos = time * unit;
    (nanos.is_finite() && nanos >= 0.0).then(|| text::duration(nanos as u64, charset))
}

/// Counts of tokens in a line.
fn tokens(span: SpanRef<'_>) -> Option<String> {
    let within = usage(span);
    let counts = TOKENS.iter().filter_map(|(word, names)| {
        let nested = || {
            let keys = USAGE.iter().filter(|(told, _)| told == word);
            let mut keys = keys.flat_map(|(_, keys)| keys.iter());
            keys.find_map(|key| Some(within.as_ref()?.get(*key)?.as_u64()?.to_string()))
        };
        let count = first(span, names).or_else(nested)?;
        let count = count.parse().map_or(count, text::count);
        Some(format!("{count} {word}"))
    });
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| counts.join("  "))
}

/// Attributes that hold counts of tokens as JSON.
const USAGES: [&str; 2] = [
    "langfuse.observation.usage_details",
    "mlflow.chat.tokenUsage",
];

/// The names of counts in such JSON.
const USAGE: &[(&str, &[&str])] = &[
    ("in", &["input", "input_tokens", "prompt_tokens"]),
    ("out", &["output", "output_tokens", "completion_tokens"]),
    (
        "from the cache",
        &["input_cached_tokens", "cache_read_input_tokens"],
    ),
];

fn usage(span: SpanRef<'_>) -> Option<serde_json::Value> {
    let text = USAGES.iter().find_map(|name| span.attribute(name))?;
    serde_json::from_str(&text.to_text()).ok()
}

/// What it cost: a figure, or the sum of figures in JSON.
fn cost(span: SpanRef<'_>) -> Option<String> {
    let details = || {
        let text = span
            .attribute("langfuse.observation.cost_details")
            .map(Value::to_text)?;
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        Some(json.get("total")?.to_string())
    };
    first(span, COST).or_else(details)
}

#[cfg(test)]
mod tests;
