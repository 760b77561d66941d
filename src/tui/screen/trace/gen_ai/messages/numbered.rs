//! Messages of which every part is an attribute of its own: `gen_ai.prompt.0.content`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::model::Attributes;

use super::json::{call, parts_told};
use super::{MOST, Message};

/// Messages of which every part is an attribute of its own.
pub fn numbered(attributes: Attributes<'_>, prefix: &str, role: &str) -> Vec<Message> {
    #[derive(Default)]
    struct Parts {
        role: Option<String>,
        content: Vec<String>,
        /// What tells it from its like.
        label: Vec<String>,
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
            (None, "url") => parts.content.push(format!("(image) {text}")),
            (None, "id" | "score") if role == "document" => parts.label.push(text),
            _ => {}
        }
    }
    let mut messages = Vec::new();
    for parts in all.into_values() {
        let label = [role]
            .into_iter()
            .chain(parts.label.iter().map(String::as_str));
        let labelled = label.collect::<Vec<_>>().join(" ");
        let role = parts.role.as_deref().unwrap_or(&labelled);
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
