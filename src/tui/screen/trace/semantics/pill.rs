//! What stands beside the name of a span in the waterfall.

use crate::model::{Kind, SpanRef, Status};

use super::call::Call;
use super::{
    DATABASE, MESSAGING, METHOD, MODEL, PEER, RPC, RPC_STATUS, STATUS, TOKENS_IN, TOKENS_OUT, first,
};

/// A short fact of a span beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pill {
    pub text: String,
    /// It tells of a failure.
    pub failed: bool,
}

/// The protocol of a span in a few words: what it does if its name does not tell, status codes,
/// methods, systems, models with their tokens.
pub fn pills(span: SpanRef<'_>, call: Option<&Call>) -> Vec<Pill> {
    let mut pills: Vec<Pill> = Vec::new();
    let mut push = |text: String, failed| {
        let known =
            told(span.operation(), &text) || pills.iter().any(|pill| told(&pill.text, &text));
        if !text.is_empty() && !known {
            pills.push(Pill { text, failed });
        }
    };
    // A model has a pill of its own, with its tokens.
    let tells = |call: &&Call| match call.family {
        "code" => false,
        "model" => first(span, MODEL).is_none(),
        _ => true,
    };
    let does = call.filter(tells).map(|call| &call.does);
    let known = |word: &str| told(span.operation(), word) || told(span.service(), word);
    let is_new = |does: &&String| !does.split_whitespace().all(known);
    push(does.filter(is_new).cloned().unwrap_or_default(), false);
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
