//! What is copied of a trace: JSON, Markdown, a command, headers, the backend's own addresses.

mod address;

use std::fmt::Write as _;

use crate::model::{Notes, Trace};
use crate::text::{self, Charset};
use crate::tui::screen::search::shell_words;
use crate::tui::session::standing::Standing;
use crate::tui::shared::Shared;

use super::explain::Explained;
use super::view::json;

pub use address::{curl, page};

/// More spans than this are no text to paste.
const MOST: usize = 10_000;

/// A span and all below it as a JSON array; the first of them where they are too many.
pub fn subtree(trace: &Trace, span: usize, explained: Option<&Explained>) -> String {
    let critical = |span| explained.map_or_else(Default::default, |e| e.path.time_of(span));
    let spans = trace.subtree(span).take(MOST);
    let lines: Vec<String> = spans
        .map(|span| json::one_line(trace, span, critical(span)))
        .collect();
    format!("[\n{}\n]", lines.join(",\n"))
}

/// A span in a line of Markdown, and what stands out in its trace.
pub fn markdown(trace: &Trace, span: usize, explained: Option<&Explained>) -> String {
    let s = trace.span(span);
    let figure = |nanos: u64| text::duration(nanos, Charset::Unicode);
    let name = format!("{} {}", s.service(), s.operation()).replace('`', "'");
    let failed = if s.is_error() {
        format!(", failed: {}", s.status_message())
    } else {
        String::new()
    };
    let mut text = format!(
        "- `{name}` took {} from +{}, own {}{failed} (span `{}` of trace `{}`)\n",
        figure(trace.duration_of(span).0),
        figure(trace.start_of(span).since(trace.start()).0),
        figure(trace.self_time(span).0),
        s.span_id(),
        trace.id(),
    );
    let id = s.span_id();
    if let Some(note) = Notes::of(trace).on(id) {
        let _ = writeln!(text, "  - note: {}", note.text);
    }
    for finding in explained.map_or(&[][..], |e| &e.findings) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  - {}", finding.text);
    }
    text
}

/// The W3C header that makes a request part of this span.
pub fn traceparent(trace: &Trace, span: usize) -> String {
    format!("00-{}-{}-01", trace.id(), trace.span(span).span_id())
}

/// The command that opens the trace where the reader stands.
pub fn command(trace: &Trace, standing: &Standing, shared: &Shared) -> String {
    let words = shared.source.words().into_iter();
    let words = words
        .chain([trace.id().to_string()])
        .chain(standing.flags());
    format!("vizsla {}", shell_words(words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    #[test]
    fn a_subtree_is_json_and_a_header_names_its_span() {
        let trace = scenario::trace("a: r 0..9\n  b: x 1..5\n    c: y 2..3\n  b: w 6..7\n");
        let json: serde_json::Value = serde_json::from_str(&subtree(&trace, 1, None)).unwrap();
        assert_eq!(json.as_array().map(Vec::len), Some(2));
        assert_eq!(
            traceparent(&trace, 1),
            "00-0000000000000000000000005ce0a510-0000000000000002-01"
        );
        assert!(markdown(&trace, 0, None).starts_with("- `a r` took 9.00 ms from +0, own"));
    }
}
