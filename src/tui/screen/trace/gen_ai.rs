//! Calls of language models as they are read: model, tokens, cost, then who said what. The names
//! are those of OpenTelemetry's conventions for generative AI through their versions (attributes
//! with JSON, one event a message, one attribute a part of a message), and of `OpenInference` and
//! `OpenLLMetry`, which came before.

mod messages;

use crate::model::SpanRef;

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
    ("agent", &["gen_ai.agent.name", "gen_ai.agent.id"]),
    ("tool", &["gen_ai.tool.name", "tool.name"]),
    ("conversation", &["gen_ai.conversation.id", "session.id"]),
    ("asked for", &["gen_ai.request.model", "llm.request.model"]),
    (
        "answered by",
        &[
            "gen_ai.response.model",
            "llm.response.model",
            "llm.model_name",
        ],
    ),
    ("provider", PROVIDER),
    (
        "finished",
        &[
            "gen_ai.response.finish_reasons",
            "gen_ai.response.finish_reason",
        ],
    ),
    (
        "first word",
        &["gen_ai.response.time_to_first_chunk", "ttft_ms"],
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

impl Talk {
    /// What a span tells of a model, if it tells anything of one.
    pub fn of(span: SpanRef<'_>) -> Option<Self> {
        let keys = span.attributes();
        let mine = |key: &str| {
            ["gen_ai.", "llm.", "openinference."]
                .iter()
                .any(|prefix| key.starts_with(prefix))
        };
        if !keys.iter().any(|(key, _)| mine(key)) {
            return None;
        }
        let mut facts = Vec::new();
        let kind = first(
            span,
            &[
                "gen_ai.operation.name",
                "openinference.span.kind",
                "llm.request.type",
            ],
        );
        facts.extend(kind.map(|kind| ("operation", kind)));
        for (word, names) in FACTS {
            facts.extend(first(span, names).map(|value| (*word, value)));
        }
        facts.dedup_by(|one, before| {
            one.0 == "answered by" && before.0 == "asked for" && one.1 == before.1
        });
        facts.extend(tokens(span).map(|tokens| ("tokens", tokens)));
        facts.extend(first(span, COST).map(|cost| ("cost", cost)));
        let messages = messages::of(span);
        Some(Self { facts, messages })
            .filter(|talk| !talk.facts.is_empty() || !talk.messages.is_empty())
    }
}

/// Counts of tokens in a line.
fn tokens(span: SpanRef<'_>) -> Option<String> {
    let counts = TOKENS.iter().filter_map(|(word, names)| {
        let count = first(span, names)?;
        let count = count.parse().map_or(count, crate::text::count);
        Some(format!("{count} {word}"))
    });
    let counts: Vec<String> = counts.collect();
    (!counts.is_empty()).then(|| counts.join("  "))
}

#[cfg(test)]
mod tests;
