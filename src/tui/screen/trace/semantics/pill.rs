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
    /// It tells what the span does, and may be cut.
    pub summary: bool,
}

/// The protocol of a span in a few words: what it does if its name does not tell, status codes,
/// methods, systems, models with their tokens.
pub fn pills(span: SpanRef<'_>, call: Option<&Call>) -> Vec<Pill> {
    let mut pills: Vec<Pill> = summary(span, call).into_iter().collect();
    let mut push = |text: String, failed| {
        let known =
            told(span.operation(), &text) || pills.iter().any(|pill| told(&pill.text, &text));
        if !text.is_empty() && !known {
            let summary = false;
            pills.push(Pill {
                text,
                failed,
                summary,
            });
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

/// What a span does, if its name does not tell.
fn summary(span: SpanRef<'_>, call: Option<&Call>) -> Option<Pill> {
    // A model has a pill of its own, with its tokens.
    let tells = |call: &&Call| match call.family {
        "code" => false,
        "model" => first(span, MODEL).is_none(),
        _ => true,
    };
    let does = &call.filter(tells)?.does;
    let known = |word: &str| told(span.operation(), word) || told(span.service(), word);
    (!does.split_whitespace().all(known)).then(|| Pill {
        text: does.clone(),
        failed: false,
        summary: true,
    })
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
