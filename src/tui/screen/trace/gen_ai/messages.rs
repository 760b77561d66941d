//! Who said what to a model, and what it answered.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::model::{Attributes, SpanRef};

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

/// All messages of a span: of its attributes, else of its events.
pub fn of(span: SpanRef<'_>) -> Vec<Message> {
    let mut messages = attributed(span.attributes());
    if messages.is_empty() {
        for event in span.events() {
            messages.extend(event_messages(event.name(), event.attributes()));
        }
    }
    messages.truncate(TOLD);
    messages
}

/// Attributes that hold messages as JSON, in the order in which they were said, and whose they are.
const TEXTS: &[(&str, &str)] = &[
    ("gen_ai.system_instructions", "system"),
    ("gen_ai.input.messages", "user"),
    ("gen_ai.prompt", "user"),
    ("llm.prompts", "user"),
    ("input.value", "user"),
    ("gen_ai.tool.call.arguments", "calls"),
    ("gen_ai.tool.call.result", "tool"),
    ("gen_ai.output.messages", "assistant"),
    ("gen_ai.completion", "assistant"),
    ("output.value", "assistant"),
];

/// Prefixes of attributes that hold a message each: `gen_ai.prompt.0.content`.
const NUMBERED: &[(&str, &str)] = &[
    ("gen_ai.prompt.", "user"),
    ("llm.prompts.", "user"),
    ("llm.input_messages.", "user"),
    ("gen_ai.completion.", "assistant"),
    ("llm.completions.", "assistant"),
    ("llm.output_messages.", "assistant"),
];

fn attributed(attributes: Attributes<'_>) -> Vec<Message> {
    let numbered: Vec<Message> = NUMBERED
        .iter()
        .flat_map(|(prefix, role)| numbered(attributes, prefix, role))
        .collect();
    if !numbered.is_empty() {
        return numbered;
    }
    let tool = attributes
        .get("gen_ai.tool.name")
        .map(|name| name.to_text().into_owned());
    let mut messages = Vec::new();
    for (key, role) in TEXTS {
        let Some(value) = attributes.get(key) else {
            continue;
        };
        let text = value.to_text();
        if text.len() > MOST {
            continue;
        }
        let calls = format!("calls {}", tool.as_deref().unwrap_or_default());
        let role = if *role == "calls" {
            calls.trim_end()
        } else {
            role
        };
        match serde_json::from_str::<Json>(&text) {
            Ok(json @ (Json::Array(_) | Json::Object(_))) if !key.contains("tool.call") => {
                messages.extend(told(&json, role));
            }
            Ok(Json::String(text)) => messages.push(Message::new(role, text)),
            _ => messages.push(Message::new(role, text)),
        }
    }
    messages
}

/// Messages of which every part is an attribute of its own.
fn numbered(attributes: Attributes<'_>, prefix: &str, role: &str) -> Vec<Message> {
    #[derive(Default)]
    struct Parts {
        role: Option<String>,
        content: Vec<String>,
        calls: BTreeMap<usize, (String, String)>,
    }
    let mut all: BTreeMap<usize, Parts> = BTreeMap::new();
    for (key, value) in attributes.iter() {
        let Some(rest) = key.strip_prefix(prefix) else {
            continue;
        };
        let Some((number, part)) = rest.split_once('.') else {
            continue;
        };
        let Ok(number) = number.parse::<usize>() else {
            continue;
        };
        let text = value.to_text().into_owned();
        if text.len() > MOST {
            continue;
        }
        let parts = all.entry(number).or_default();
        let part = part.strip_prefix("message.").unwrap_or(part);
        let last = part.rsplit('.').next().unwrap_or(part);
        match (part.split_once("tool_calls."), last) {
            (None, "role" | "user") if part == last => parts.role = Some(text),
            (Some((_, call)), "name" | "arguments") => {
                let number = call
                    .split('.')
                    .next()
                    .and_then(|n| n.parse().ok())
                    .unwrap_or(0);
                let call = parts.calls.entry(number).or_default();
                *(if last == "name" {
                    &mut call.0
                } else {
                    &mut call.1
                }) = text;
            }
            (None, "content" | "text") => parts.content.push(text),
            _ => {}
        }
    }
    let mut messages = Vec::new();
    for parts in all.into_values() {
        let role = parts.role.as_deref().unwrap_or(role);
        for content in parts.content {
            match serde_json::from_str::<Json>(&content) {
                Ok(json @ Json::Array(_)) => messages.extend(parts_told(&json, role)),
                _ => messages.push(Message::new(role, content)),
            }
        }
        let calls = parts.calls.into_values();
        messages.extend(calls.map(|(name, arguments)| call(&name, arguments)));
    }
    messages
}

/// The messages of an event that tells of some.
fn event_messages(name: &str, attributes: Attributes<'_>) -> Vec<Message> {
    let Some(kind) = name.strip_prefix("gen_ai.") else {
        return Vec::new();
    };
    let role = match kind {
        "system.message" => "system",
        "user.message" | "content.prompt" => "user",
        "tool.message" => "tool",
        "assistant.message" | "choice" | "content.completion" => "assistant",
        _ => return attributed(attributes),
    };
    let own = attributed(attributes);
    if !own.is_empty() {
        return own;
    }
    // What a log's body would hold stands in attributes, or in one as JSON.
    let mut body = serde_json::Map::new();
    for (key, value) in attributes.iter() {
        let text = value.to_text();
        let json = serde_json::from_str(&text)
            .ok()
            .filter(|_| text.len() <= MOST);
        let json = json.unwrap_or_else(|| Json::String(text.into_owned()));
        match json {
            Json::Object(map) if matches!(key, "gen_ai.event.content" | "body" | "message") => {
                body.extend(map);
            }
            json => _ = body.insert(key.to_owned(), json),
        }
    }
    told(&Json::Object(body), role)
}

/// The messages in JSON: a list of them, or one.
fn told(json: &Json, role: &str) -> Vec<Message> {
    match json {
        Json::Array(items) if items.iter().any(|item| item.get("role").is_some()) => {
            items.iter().flat_map(|item| one(item, role)).collect()
        }
        Json::Array(_) => parts_told(json, role),
        Json::Object(map) if map.contains_key("messages") => map
            .get("messages")
            .map_or_else(Vec::new, |inner| told(inner, role)),
        json => one(json, role),
    }
}

/// One message of a conversation.
fn one(json: &Json, role: &str) -> Vec<Message> {
    let text = |key: &str| json.get(key).and_then(Json::as_str);
    let role = text("role").unwrap_or(role);
    let mut messages = Vec::new();
    for key in ["content", "parts", "message"] {
        match json.get(key) {
            Some(Json::String(said)) if !said.is_empty() => messages.push(Message::new(role, said)),
            Some(inner @ Json::Array(_)) => messages.extend(parts_told(inner, role)),
            Some(inner @ Json::Object(map)) => {
                let said = map.get("content").and_then(Json::as_str);
                let whole = || Message::new(role, inner.to_string());
                messages.push(said.map_or_else(whole, |said| Message::new(role, said)));
                messages.extend(calls(inner));
            }
            _ => {}
        }
    }
    messages.extend(calls(json));
    if messages.is_empty() {
        messages.push(Message::new(role, json.to_string()));
    }
    messages
}

/// What a message is made of.
fn parts_told(json: &Json, role: &str) -> Vec<Message> {
    let parts = json.as_array().map_or(&[][..], Vec::as_slice);
    parts
        .iter()
        .filter_map(|part| part_told(part, role))
        .collect()
}

fn part_told(part: &Json, role: &str) -> Option<Message> {
    if let Json::String(text) = part {
        return Some(Message::new(role, text));
    }
    let get = |keys: &[&str]| keys.iter().find_map(|key| part.get(*key));
    let words = |value: &Json| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let kind = get(&["type"]).and_then(Json::as_str).unwrap_or("text");
    Some(match kind {
        "text" => Message::new(role, words(get(&["content", "text"])?)),
        "reasoning" | "thinking" => {
            Message::new("thinks", words(get(&["content", "thinking", "text"])?))
        }
        "tool_call" | "tool_use" | "function_call" => call(
            &words(get(&["name"])?),
            get(&["arguments", "input"]).map(words).unwrap_or_default(),
        ),
        "tool_call_response" | "tool_result" => {
            Message::new("tool", words(get(&["response", "result", "content"])?))
        }
        _ => Message::new(role, format!("({kind}) {part}")),
    })
}

/// The calls of tools in a message of `OpenAI`'s.
fn calls(json: &Json) -> Vec<Message> {
    let list = json.get("tool_calls").and_then(Json::as_array);
    let calls = list.map_or(&[][..], Vec::as_slice).iter();
    let told = calls.filter_map(|each| {
        let function = each.get("function").unwrap_or(each);
        let name = function.get("name")?.as_str()?;
        let arguments = function.get("arguments").map(|arguments| {
            arguments
                .as_str()
                .map_or_else(|| arguments.to_string(), str::to_owned)
        });
        Some(call(name, arguments.unwrap_or_default()))
    });
    told.collect()
}

fn call(name: &str, arguments: String) -> Message {
    Message {
        who: format!("calls {name}"),
        text: arguments,
        is_aside: false,
    }
}
