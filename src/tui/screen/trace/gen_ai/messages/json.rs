//! Messages in JSON, as the conventions and the interfaces of models write them.

use serde_json::Value as Json;

use super::Message;

/// The messages in JSON: a list of them, or one.
pub fn told(json: &Json, role: &str) -> Vec<Message> {
    match json {
        Json::Array(items) if items.iter().any(is_message) => list(json, role),
        Json::Array(_) => parts_told(json, role),
        Json::Object(map) => match (map.get("messages"), map.get("choices")) {
            (Some(inner @ Json::Array(_)), _) => list(inner, role),
            (_, Some(inner @ Json::Array(_))) => list(inner, "assistant"),
            _ => one(json, role),
        },
        json => one(json, role),
    }
}

/// All items of a list, each a message.
fn list(json: &Json, role: &str) -> Vec<Message> {
    let items = json.as_array().map_or(&[][..], Vec::as_slice);
    items.iter().flat_map(|item| one(item, role)).collect()
}

/// Whether an item of a list is a message, not a part of one.
fn is_message(item: &Json) -> bool {
    ["role", "event.name", "message"]
        .iter()
        .any(|key| item.get(key).is_some())
}

/// Whose message an event tells, by its name.
pub fn role_of(event: &str) -> Option<&'static str> {
    Some(match event.strip_prefix("gen_ai.")? {
        "system.message" => "system",
        "user.message" | "content.prompt" => "user",
        "tool.message" => "tool",
        "assistant.message" | "choice" | "content.completion" => "assistant",
        _ => return None,
    })
}

/// One message of a conversation.
fn one(json: &Json, role: &str) -> Vec<Message> {
    let text = |key: &str| json.get(key).and_then(Json::as_str);
    let of_event = || text("event.name").and_then(role_of);
    let role = text("role").or_else(of_event).unwrap_or(role);
    let mut messages = Vec::new();
    for key in ["content", "parts", "message"] {
        match json.get(key) {
            Some(Json::String(said)) if !said.is_empty() => messages.push(Message::new(role, said)),
            Some(inner @ Json::Array(_)) => messages.extend(parts_told(inner, role)),
            Some(inner @ Json::Object(map)) => {
                let said = map.get("content").and_then(Json::as_str);
                let whole = || Message::new(role, inner.to_string());
                let called = calls(inner);
                match said {
                    Some(said) if !said.is_empty() => messages.push(Message::new(role, said)),
                    None if called.is_empty() => messages.push(whole()),
                    _ => {}
                }
                messages.extend(called);
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
pub fn parts_told(json: &Json, role: &str) -> Vec<Message> {
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
    let kind = get(&["type"]).and_then(Json::as_str);
    let kind = kind.unwrap_or(match get(&["toolName"]) {
        Some(_) => "tool-call",
        None => "text",
    });
    Some(match kind {
        "text" | "input_text" | "output_text" => {
            Message::new(role, words(get(&["content", "text"])?))
        }
        "reasoning" | "thinking" => {
            Message::new("thinks", words(get(&["content", "thinking", "text"])?))
        }
        "tool_call" | "tool_use" | "function_call" | "tool-call" => call(
            &words(get(&["name", "toolName"])?),
            get(&["arguments", "input", "args"])
                .map(words)
                .unwrap_or_default(),
        ),
        "tool_call_response" | "tool_result" | "tool-result" => {
            let keys = ["response", "result", "content", "output"];
            Message::new("tool", words(get(&keys)?))
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

/// A call of a tool.
pub fn call(name: &str, arguments: String) -> Message {
    Message {
        who: format!("calls {name}"),
        text: arguments,
        is_aside: false,
    }
}
