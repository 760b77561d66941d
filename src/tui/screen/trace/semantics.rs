//! What attributes mean under their old and new names, as OpenTelemetry's semantic conventions
//! (1.44) have renamed them. Attributes themselves are shown as they came.

use crate::model::{Kind, SpanRef, Status};

/// Names of one thing, the current one first.
const STATUS: &[&str] = &["http.response.status_code", "http.status_code"];
const METHOD: &[&str] = &["http.request.method", "http.method"];
const DATABASE: &[&str] = &["db.system.name", "db.system"];
const RPC: &[&str] = &["rpc.system.name", "rpc.system"];
const RPC_STATUS: &[&str] = &["rpc.response.status_code", "rpc.grpc.status_code"];
const MESSAGING: &[&str] = &["messaging.system"];
const MODEL: &[&str] = &["gen_ai.response.model", "gen_ai.request.model"];
const TOKENS_IN: &[&str] = &["gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens"];
const TOKENS_OUT: &[&str] = &[
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
];
const PEER: &[&str] = &["service.peer.name", "peer.service"];

/// The value under the first of the names that is there, as text.
fn first(span: SpanRef<'_>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| span.attribute(name))
        .map(|value| value.to_text().into_owned())
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
}
