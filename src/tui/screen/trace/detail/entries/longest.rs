//! Spans that share a row.

use crate::model::Trace;
use crate::text::{self, Charset};

use super::super::super::together::Together;
use super::super::entry::{Entry, Link, Section, Tone, head};

/// The longest of the spans that share a row, each a way to its span.
pub fn longest(trace: &Trace, together: &Together, charset: Charset) -> Vec<Entry> {
    let line = |&span: &usize| {
        let s = trace.span(span);
        let from = trace.start_of(span).since(trace.start());
        let from = format!("+{}", text::duration(from.0, charset));
        let took = text::duration(trace.duration_of(span).0, charset);
        let (tone, failed) = if s.is_error() {
            (
                Tone::Failed,
                format!("  failed  {}", head(s.status_message())),
            )
        } else {
            (Tone::Plain, String::new())
        };
        Entry {
            link: Some(Link::Span(span)),
            tone,
            ..Entry::told(Section::Longest, &from, format!("{took}{failed}"))
        }
    };
    together.longest.iter().map(line).collect()
}
