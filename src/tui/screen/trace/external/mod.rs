//! Links to pages elsewhere, by the patterns that are configured, after Jaeger's `linkPatterns`.
//!
//! A parameter `#{name}` is looked for among the attributes that the link starts from, then in the
//! span's own fields, its attributes, its resource, then in those of its ancestors, but for links
//! from a resource, which say the same wherever it stands. `#{trace.name}` is of the trace. A link
//! with a parameter that is found nowhere is left out.

mod template;

use crate::config::{LinkPattern, LinkPlace};
use crate::model::{Attributes, SpanRef, Trace, Value};

use super::Open;
use super::detail::{Line, Owner, Whole, attributes};

pub use template::Template;

/// A page elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    pub url: String,
    pub text: String,
}

/// The pages that an attribute leads to.
pub fn of_line(open: &Open, line: &Line, patterns: &[LinkPattern]) -> Vec<External> {
    let (Some(span), Some(whole)) = (open.detail.span(), open.detail.whole(&open.trace, line))
    else {
        return Vec::new();
    };
    of_value(&open.trace, span, &whole, patterns)
}

/// The pages that one value leads to: those of the patterns, then itself if it is an address.
pub fn of_value(
    trace: &Trace,
    span: usize,
    whole: &Whole<'_>,
    patterns: &[LinkPattern],
) -> Vec<External> {
    let Some(owner) = whole.owner() else {
        return Vec::new();
    };
    let place = match owner {
        Owner::Span | Owner::Scope | Owner::Link(_) => LinkPlace::Span,
        Owner::Resource => LinkPlace::Resource,
        Owner::Event(_) | Owner::Log(_) => LinkPlace::Event,
    };
    let from = Start {
        trace,
        span: Some(span),
        own: attributes(trace, span, owner),
        place,
    };
    let mut pages: Vec<External> = patterns
        .iter()
        .filter(|pattern| pattern.place == place && pattern.matches(&whole.key, &whole.text()))
        .filter_map(|pattern| from.fill(pattern))
        .collect();
    if let Value::Str(text) = whole.value {
        let is_page = text.starts_with("https://") || text.starts_with("http://");
        if is_page && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            pages.push(External {
                url: text.to_owned(),
                text: String::new(),
            });
        }
    }
    pages
}

/// All pages that a span and its trace lead to, each once.
pub fn of_span(trace: &Trace, span: usize, patterns: &[LinkPattern]) -> Vec<External> {
    let s = trace.span(span);
    let events = (0..s.events().len()).map(Owner::Event);
    let owners = [Owner::Span, Owner::Resource].into_iter().chain(events);
    let mut pages = Vec::new();
    for owner in owners {
        let count = attributes(trace, span, owner).map_or(0, Attributes::len);
        for at in 0..count {
            let whole = Whole::attribute(trace, span, owner, at);
            pages.extend(
                whole.map_or_else(Vec::new, |whole| of_value(trace, span, &whole, patterns)),
            );
        }
    }
    pages.extend(of_trace(trace, patterns));
    let mut seen = std::collections::HashSet::new();
    pages.retain(|page| seen.insert(page.url.clone()));
    pages
}

/// The pages that a trace leads to.
pub fn of_trace(trace: &Trace, patterns: &[LinkPattern]) -> Vec<External> {
    let from = Start {
        trace,
        span: None,
        own: None,
        place: LinkPlace::Trace,
    };
    let patterns = patterns
        .iter()
        .filter(|pattern| pattern.place == LinkPlace::Trace);
    patterns.filter_map(|pattern| from.fill(pattern)).collect()
}

/// What a link starts from.
struct Start<'a> {
    trace: &'a Trace,
    span: Option<usize>,
    own: Option<Attributes<'a>>,
    place: LinkPlace,
}

impl Start<'_> {
    fn fill(&self, pattern: &LinkPattern) -> Option<External> {
        let value = |name: &str| self.value(name);
        Some(External {
            url: Template::new(&pattern.url).fill(value, template::encoded)?,
            text: Template::new(&pattern.text).fill(value, str::to_owned)?,
        })
    }

    fn value(&self, name: &str) -> Option<String> {
        if let Some(name) = name.strip_prefix("trace.") {
            return self.of_trace(name);
        }
        let Some(number) = self.span else {
            return self.of_trace(name);
        };
        let own = self.own.and_then(|own| own.get(name));
        if let Some(value) = own.and_then(told) {
            return Some(value);
        }
        if self.place == LinkPlace::Resource {
            return None;
        }
        let ancestors = std::iter::successors(Some(number), |&at| self.trace.parent(at));
        ancestors.take(MOST).find_map(|at| {
            let span = self.trace.span(at);
            let field = (at == number).then(|| self.field(span, name)).flatten();
            field
                .or_else(|| span.attributes().get(name).and_then(told))
                .or_else(|| span.resource().attributes().get(name).and_then(told))
        })
    }

    /// A field of the span, times in microseconds as Jaeger has them.
    fn field(&self, span: SpanRef<'_>, name: &str) -> Option<String> {
        Some(match name {
            "spanID" => span.span_id().to_string(),
            "traceID" => self.trace.id().to_string(),
            "operationName" => span.operation().to_owned(),
            "serviceName" => span.service().to_owned(),
            "startTime" => (span.start().0 / 1_000).to_string(),
            "duration" => (span.duration().0 / 1_000).to_string(),
            _ => return None,
        })
    }

    fn of_trace(&self, name: &str) -> Option<String> {
        let trace = self.trace;
        Some(match name {
            "traceID" => trace.id().to_string(),
            "traceName" => {
                let root = trace.span(trace.root()?);
                format!("{}: {}", root.service(), root.operation())
            }
            "startTime" => (trace.start().0 / 1_000).to_string(),
            "endTime" => ((trace.start().0 + trace.duration().0) / 1_000).to_string(),
            "duration" => (trace.duration().0 / 1_000).to_string(),
            _ => return None,
        })
    }
}

/// Ancestors that are looked through at most.
const MOST: usize = 1_000;

/// A value, if there is one.
fn told(value: Value<'_>) -> Option<String> {
    Some(value.to_text().into_owned()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
