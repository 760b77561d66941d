//! Who said what to a model, and what it answered.

mod json;
mod numbered;

use serde_json::Value as Json;

use crate::model::{Attributes, LogRef, SpanRef, Value};

use json::{role_of, told};
use numbered::numbered;

/// More text than this is left to the attributes themselves.
const MOST: usize = 1 << 20;
/// Messages that are told.
const TOLD: usize = 500;

/// One message, or a call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// A role, or what was called.
    pub who: String,
    pub text: String,
    /// Instructions, reasoning, results of tools: not what was said.
    pub is_aside: bool,
}

impl Message {
    fn new(who: &str, text: impl Into<String>) -> Self {
        let aside = ["system", "developer", "tool", "thinks", "function"];
        Self {
            is_aside: aside.contains(&who),
            who: who.to_owned(),
            text: text.into(),
        }
    }
}

/// All messages of a span: of its attributes, else of its events, else of the log records that carry
/// its id.
pub fn of<'a>(span: SpanRef<'a>, logs: impl Iterator<Item = LogRef<'a>>) -> Vec<Message> {
    let mut messages = attributed(span.attributes());
    if messages.is_empty() {
        for event in span.events() {
            messages.extend(event_messages(
                event.name(),
                event.attributes(),
                Value::Empty,
            ));
        }
    }
    if messages.is_empty() {
        for log in logs {
            let name = log.attributes().get("event.name").map(Value::to_text);
            let name = name.unwrap_or_default();
            messages.extend(event_messages(&name, log.attributes(), log.body()));
        }
    }
    messages.truncate(TOLD);
    messages
}

/// Attributes that hold what was said, and whose it is.
type Texts = &'static [(&'static str, &'static str)];

/// Families of attributes that hold messages, mostly as JSON, in the order in which they were said.
/// A span that carries several says the same in each: the first that is there is told.
const FAMILIES: &[Texts] = &[
    &[
        ("gen_ai.system_instructions", "system"),
        ("gen_ai.input.messages", "user"),
        ("gen_ai.tool.call.arguments", "calls"),
        ("gen_ai.tool.call.result", "tool"),
        ("gen_ai.output.messages", "assistant"),
    ],
    &[
        ("gen_ai.prompt", "user"),
        ("gen_ai.completion", "assistant"),
    ],
    // Langfuse.
    &[
        ("langfuse.observation.input", "input"),
        ("langfuse.observation.output", "output"),
    ],
    // The AI SDK of Vercel: of a call of a model, of what calls it, of a tool.
    &[
        ("ai.prompt.messages", "user"),
        ("ai.response.text", "assistant"),
        ("ai.response.object", "assistant"),
        ("ai.response.toolCalls", "assistant"),
    ],
    &[
        ("ai.prompt", "user"),
        ("ai.toolCall.args", "calls"),
        ("ai.toolCall.result", "tool"),
    ],
    &[("llm.prompts", "user")],
    // Pydantic AI and Logfire.
    &[("pydantic_ai.all_messages", "user")],
    &[("all_messages_events", "user")],
    &[("events", "user")],
    &[("tool_arguments", "calls"), ("tool_response", "tool")],
    &[
        ("mlflow.spanInputs", "input"),
        ("mlflow.spanOutputs", "output"),
    ],
    // OpenLLMetry, of what is no call of a model.
    &[
        ("traceloop.entity.input", "input"),
        ("traceloop.entity.output", "output"),
    ],
    // OpenInference.
    &[("input.value", "input"), ("output.value", "output")],
];

/// Prefixes of attributes that hold a message each: `gen_ai.prompt.0.content`.
const NUMBERED: Texts = &[
    ("gen_ai.prompt.", "user"),
    ("llm.prompts.", "user"),
    ("llm.input_messages.", "user"),
    ("gen_ai.completion.", "assistant"),
    ("llm.completions.", "assistant"),
    ("llm.output_messages.", "assistant"),
];

/// What was found for a question.
const DOCUMENTS: &str = "retrieval.documents.";

fn attributed(attributes: Attributes<'_>) -> Vec<Message> {
    let parts = NUMBERED.iter();
    let parts = parts.flat_map(|(prefix, role)| numbered(attributes, prefix, role));
    let mut messages: Vec<Message> = parts.collect();
    if messages.is_empty() {
        let families = FAMILIES.iter();
        let mut told = families.map(|texts| family(attributes, texts));
        messages = told.find(|told| !told.is_empty()).unwrap_or_default();
    }
    messages.extend(numbered(attributes, DOCUMENTS, "document"));
    messages
}

/// What a family of attributes says.
fn family(attributes: Attributes<'_>, texts: Texts) -> Vec<Message> {
    let get = |names: &[&str]| {
        let values = names.iter().find_map(|name| attributes.get(name));
        values.map(|value| value.to_text().into_owned())
    };
    let kinds = ["openinference.span.kind", "traceloop.span.kind"];
    let is_tool = get(&kinds).is_some_and(|kind| kind.eq_ignore_ascii_case("tool"));
    let names = [
        "gen_ai.tool.name",
        "tool.name",
        "ai.toolCall.name",
        "traceloop.entity.name",
    ];
    let tool = get(&names).unwrap_or_default();
    let mut messages = Vec::new();
    for (key, role) in texts {
        let Some(text) = attributes.get(key).map(Value::to_text) else {
            continue;
        };
        if text.len() > MOST {
            continue;
        }
        let calls = format!("calls {tool}");
        let (role, is_raw) = match (*role, is_tool) {
            ("calls", _) | ("input", true) => (calls.trim_end(), true),
            ("tool", _) | ("output", true) => ("tool", true),
            (role, _) => (role, false),
        };
        match serde_json::from_str::<Json>(&text) {
            // Any application may have an attribute of that name.
            Ok(json) if *key == "events" => {
                let is_ours = text.contains("gen_ai.");
                messages.extend(is_ours.then(|| told(&json, role)).into_iter().flatten());
            }
            Ok(json @ (Json::Array(_) | Json::Object(_))) if !is_raw => {
                messages.extend(told(&json, role));
            }
            Ok(Json::String(text)) => messages.push(Message::new(role, text)),
            _ if *key == "events" => {}
            _ => messages.push(Message::new(role, text)),
        }
    }
    messages
}

/// The messages of an event or a log record that tells of some.
fn event_messages(name: &str, attributes: Attributes<'_>, body: Value<'_>) -> Vec<Message> {
    if !name.starts_with("gen_ai.") {
        return Vec::new();
    }
    let own = attributed(attributes);
    let Some(role) = role_of(name).filter(|_| own.is_empty()) else {
        return own;
    };
    // What a log's body holds stands in attributes of an event, or in one as JSON.
    let parsed = |text: &str| {
        let json = serde_json::from_str(text).ok();
        json.filter(|json: &Json| text.len() <= MOST && (json.is_object() || json.is_array()))
    };
    let mut whole = serde_json::Map::new();
    for (key, value) in attributes.iter() {
        let text = value.to_text();
        match parsed(&text).unwrap_or_else(|| Json::String(text.into_owned())) {
            Json::Object(map) if matches!(key, "gen_ai.event.content" | "body" | "message") => {
                whole.extend(map);
            }
            json => _ = whole.insert(key.to_owned(), json),
        }
    }
    let body = body.to_text();
    match parsed(&body) {
        Some(Json::Object(map)) => whole.extend(map),
        _ if !body.is_empty() => {
            whole.insert("content".to_owned(), Json::String(body.into_owned()));
        }
        _ => {}
    }
    told(&Json::Object(whole), role)
}
