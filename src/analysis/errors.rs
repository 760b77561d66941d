//! Where errors come from: the deepest failing spans, and how far each error got.
//!
//! An error is followed from its origin, the failing span without a failing child, up through
//! failing ancestors; the first one that did not fail contained it. (Jaeger and others only
//! count; the rules are those collected from practice in Uber's "A Tale of Errors", 2025.)

use std::cmp::Reverse;
use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::model::{Operations, SpanRef, Trace, Value};

/// Errors of one operation with one message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorGroup {
    /// The spans where the error began, earliest first.
    pub origins: Vec<usize>,
    /// How many spans of the operation there are, failed or not.
    pub of: usize,
    /// The message: of the status, the exception or the error type; empty if there is none.
    pub message: String,
    /// The highest span that failed with the earliest origin.
    pub reached: usize,
    /// Whether the top of the trace failed with it.
    pub failed_all: bool,
}

/// The errors of a trace by origin: what failed the trace first, then what began first.
pub fn errors(trace: &Trace) -> Vec<ErrorGroup> {
    if trace.errors() == 0 {
        return Vec::new();
    }
    of(trace, &Operations::new(trace))
}

/// The same, where the operations are numbered already.
pub(super) fn of(trace: &Trace, operations: &Operations<'_>) -> Vec<ErrorGroup> {
    let reached = reached(trace);
    let mut origins: Vec<usize> = (0..trace.len())
        .filter(|&span| trace.errors_in(span..span + 1) > 0)
        .filter(|&span| trace.errors_in(trace.subtree(span)) == 1)
        .collect();
    origins.sort_by_key(|&span| (trace.end_of(span), span));
    let mut groups: Vec<ErrorGroup> = Vec::new();
    let mut places: HashMap<(u32, String), usize, RandomState> = HashMap::default();
    for span in origins {
        let message = message(trace.span(span));
        let key = (operations.of(span), message.clone());
        let place = *places.entry(key).or_insert(groups.len());
        let reached = reached[span] as usize;
        let failed_all = trace.parent(reached).is_none();
        if place == groups.len() {
            groups.push(ErrorGroup {
                origins: Vec::new(),
                of: 0,
                message,
                reached,
                failed_all,
            });
        }
        let group = &mut groups[place];
        group.origins.push(span);
        if failed_all && !group.failed_all {
            (group.reached, group.failed_all) = (reached, true);
        }
    }
    count_alike(operations, &mut groups);
    groups.sort_by_key(|group| (Reverse(group.failed_all), is_consequence(&group.message)));
    groups
}

/// What a failed span says of its failure.
pub fn message(span: SpanRef<'_>) -> String {
    let text = |value: Option<Value<'_>>| value.map(|v| v.to_text().into_owned());
    let filled = |text: &String| !text.is_empty();
    let status = Some(span.status_message().to_owned());
    let exception = || {
        let of = |key| {
            span.events()
                .find_map(|event| text(event.attributes().get(key)))
        };
        of("exception.message")
            .or_else(|| of("message"))
            .or_else(|| of("exception.type"))
    };
    let attribute = || {
        let keys = [
            "error.message",
            "error.type",
            "exception.message",
            "http.response.status_code",
        ];
        keys.into_iter().find_map(|key| text(span.attribute(key)))
    };
    status
        .filter(filled)
        .or_else(exception)
        .or_else(attribute)
        .unwrap_or_default()
}

/// The highest ancestor that failed along with each span that failed.
fn reached(trace: &Trace) -> Vec<u32> {
    let failed = |span: usize| trace.errors_in(span..span + 1) > 0;
    let mut reached: Vec<u32> = Vec::with_capacity(trace.len());
    for span in 0..trace.len() {
        let above = trace.parent(span).filter(|&parent| failed(parent));
        reached.push(above.map_or(span as u32, |above| reached[above]));
    }
    reached
}

/// A call that was given up because another one failed is no cause.
fn is_consequence(message: &str) -> bool {
    message.to_ascii_lowercase().contains("cancel")
}

fn count_alike(operations: &Operations<'_>, groups: &mut [ErrorGroup]) {
    let mut counts = vec![0; operations.names().len()];
    for &number in operations.numbers() {
        counts[number as usize] += 1;
    }
    for group in groups {
        let first = group.origins.first();
        group.of = first.map_or(0, |&first| counts[operations.of(first) as usize]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn an_error_is_told_where_it_began_and_how_far_it_got() {
        let trace = scenario::trace(
            "front: GET 0..100 server\n  driver: Find 0..60\n    redis: Get 0..10 error msg=timeout\n    \
             redis: Get 10..20\n    redis: Get 20..30 error msg=timeout\n  pay: POST 60..90 error\n    \
             bank: charge 61..80 error error.type=declined\n",
        );
        let errors = errors(&trace);
        let told: Vec<_> = errors
            .iter()
            .map(|e| {
                (
                    e.origins.clone(),
                    e.of,
                    e.message.as_str(),
                    e.reached,
                    e.failed_all,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (vec![2, 4], 3, "timeout", 2, false),
                (vec![6], 1, "declined", 5, false)
            ]
        );
    }

    #[test]
    fn what_failed_the_trace_comes_first_and_cancellations_last() {
        let trace = scenario::trace(
            "a: r 0..100 error\n  b: x 0..40 error msg=canceled\n  c: y 0..50 error msg=boom\n",
        );
        let messages: Vec<String> = errors(&trace).into_iter().map(|e| e.message).collect();
        assert_eq!(messages, ["boom", "canceled"]);
    }
}
