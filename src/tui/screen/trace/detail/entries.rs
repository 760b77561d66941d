//! All that there is to tell of a span, line by line.

use crate::model::{Attributes, SpanId, SpanRef, Time, Trace, TraceId, Value};
use crate::text::{self, Charset, Clock, Shown};

use super::super::together::Together;
use super::layout::laid_out;
use super::line::{Line, Link, Section, Tone};

pub fn entries(trace: &Trace, number: usize, charset: Charset) -> Vec<Line> {
    let span = trace.span(number);
    let mut lines = Vec::new();
    for warning in trace.warnings_of(number) {
        lines.push(Line {
            tone: Tone::Doubt,
            ..entry(Section::Warnings, "", &warning.to_string())
        });
    }
    if span.is_error()
        || !span.status_message().is_empty()
        || span.status() != crate::model::Status::Unset
    {
        let tone = if span.is_error() {
            Tone::Failed
        } else {
            Tone::Plain
        };
        lines.push(Line {
            tone,
            ..entry(Section::Status, span.status().name(), span.status_message())
        });
    }
    attributes(&mut lines, Section::Attributes, span.attributes());
    events(&mut lines, trace, number, charset);
    logs(&mut lines, trace, number, charset);
    for link in span.links() {
        let to = format!("trace {} span {}", link.trace_id(), link.span_id());
        lines.push(Line {
            link: link_to(trace, link.trace_id(), link.span_id()),
            ..entry(Section::Links, "", &to)
        });
        attributes(&mut lines, Section::Links, link.attributes());
    }
    attributes(&mut lines, Section::Resource, span.resource().attributes());
    scope(&mut lines, span);
    times(&mut lines, trace, number);
    lines.push(entry(Section::Ids, "trace", &trace.id().to_string()));
    lines.push(entry(Section::Ids, "span", &span.span_id().to_string()));
    if !span.parent_id().is_zero() {
        lines.push(entry(Section::Ids, "parent", &span.parent_id().to_string()));
    }
    lines
}

/// When the span began and ended, and how long it took, exactly.
fn times(lines: &mut Vec<Line>, trace: &Trace, number: usize) {
    let exact = [
        ("start", Clock::rfc3339(trace.start_of(number).0)),
        ("end", Clock::rfc3339(trace.end_of(number).0)),
        ("duration", format!("{} ns", trace.duration_of(number).0)),
        ("own time", format!("{} ns", trace.self_time(number).0)),
    ];
    for (key, value) in exact {
        lines.push(Line {
            tone: Tone::Number,
            ..entry(Section::Times, key, &value)
        });
    }
}

/// Where a link leads: nowhere if its span is missing from this trace.
fn link_to(trace: &Trace, id: TraceId, span: SpanId) -> Option<Link> {
    if id == trace.id() {
        trace.find(span).map(Link::Span)
    } else {
        Some(Link::Trace(id))
    }
}

/// The longest of the spans that share a row, each a way to its span.
pub fn longest(trace: &Trace, together: &Together, charset: Charset) -> Vec<Line> {
    let line = |&span: &usize| {
        let s = trace.span(span);
        let from = trace.start_of(span).since(trace.start());
        let from = format!("+{}", text::duration(from.0, charset));
        let took = text::duration(trace.duration_of(span).0, charset);
        let (tone, failed) = if s.is_error() {
            (Tone::Failed, format!("  failed  {}", s.status_message()))
        } else {
            (Tone::Plain, String::new())
        };
        Line {
            link: Some(Link::Span(span)),
            tone,
            ..entry(Section::Longest, &from, &format!("{took}{failed}"))
        }
    };
    together.longest.iter().map(line).collect()
}

fn entry(section: Section, key: &str, value: &str) -> Line {
    Line {
        section,
        heading: None,
        key: Shown::from_owned(key.to_owned()),
        value: Shown::from_owned(value.to_owned()),
        raw: (key.to_owned(), value.to_owned()),
        tone: Tone::Plain,
        link: None,
    }
}

fn attributes(lines: &mut Vec<Line>, section: Section, attributes: Attributes<'_>) {
    for (key, value) in attributes.iter() {
        let tone = match value {
            Value::Int(_) | Value::Double(_) | Value::Bool(_) => Tone::Number,
            _ => Tone::Plain,
        };
        push(lines, tone, section, key, &value.to_text());
    }
}

/// A key with its value, on as many lines as it takes; each copies all of it.
fn push(lines: &mut Vec<Line>, tone: Tone, section: Section, key: &str, value: &str) {
    let whole = Line {
        tone,
        ..entry(section, key, value)
    };
    let Some(parts) = laid_out(key, value) else {
        lines.push(whole);
        return;
    };
    for (at, part) in parts.into_iter().enumerate() {
        lines.push(Line {
            key: if at == 0 {
                whole.key.clone()
            } else {
                Shown::from(" ")
            },
            value: Shown::from_owned(part),
            ..whole.clone()
        });
    }
}

/// Time since the span's start, with its sign.
fn since(time: Time, start: Time, charset: Charset) -> String {
    let offset = i128::from(time.0) - i128::from(start.0);
    text::offset(
        offset.clamp(i64::MIN.into(), i64::MAX.into()) as i64,
        charset,
    )
}

fn events(lines: &mut Vec<Line>, trace: &Trace, number: usize, charset: Charset) {
    let span = trace.span(number);
    let mut events: Vec<_> = span.events().collect();
    events.sort_by_key(|event| event.time());
    for event in events {
        let mut words = vec![event.name().to_owned()];
        let pairs: Vec<_> = event
            .attributes()
            .iter()
            .map(|(key, value)| (key, value.to_text().into_owned()))
            .collect();
        let is_long = |(key, value): &&(&str, String)| laid_out(key, value).is_some();
        let (long, short): (Vec<_>, Vec<_>) = pairs.iter().partition(is_long);
        words.extend(short.iter().map(|(key, value)| format!("{key}={value}")));
        let failed = event.name() == "exception" || event.name() == "error";
        let tone = if failed { Tone::Failed } else { Tone::Plain };
        lines.push(Line {
            tone,
            ..entry(
                Section::Events,
                &since(event.time(), span.start(), charset),
                &words.join("  "),
            )
        });
        for (key, value) in long {
            push(lines, tone, Section::Events, key, value);
        }
    }
}

fn logs(lines: &mut Vec<Line>, trace: &Trace, number: usize, charset: Charset) {
    let span = trace.span(number);
    for log in trace.logs().filter(|log| log.span_id() == span.span_id()) {
        let severity = if log.severity_text().is_empty() {
            "log"
        } else {
            log.severity_text()
        };
        let body = format!("{severity}  {}", log.body().to_text());
        // OpenTelemetry's severity numbers: 17 and above are errors.
        let tone = if log.severity() >= 17 {
            Tone::Failed
        } else {
            Tone::Plain
        };
        lines.push(Line {
            tone,
            ..entry(
                Section::Logs,
                &since(log.time(), span.start(), charset),
                &body,
            )
        });
    }
}

fn scope(lines: &mut Vec<Line>, span: SpanRef<'_>) {
    let scope = span.scope();
    if !scope.name().is_empty() {
        lines.push(entry(Section::Scope, scope.name(), scope.version()));
    }
    attributes(lines, Section::Scope, scope.attributes());
}
