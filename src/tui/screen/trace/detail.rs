//! What is told of the span under the cursor: its lines, in sections that fold.

use std::collections::BTreeSet;

use crate::model::{Attributes, Nanos, SpanRef, Time, Trace, Value};
use crate::text::{self, Charset, Shown};
use crate::tui::widget::list::List;

use super::explain::Explained;

/// A part of the detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    Warnings,
    Status,
    Attributes,
    Events,
    Logs,
    Links,
    Resource,
    Scope,
    Ids,
}

impl Section {
    fn title(self) -> &'static str {
        match self {
            Self::Warnings => "warnings",
            Self::Status => "status",
            Self::Attributes => "attributes",
            Self::Events => "events",
            Self::Logs => "logs",
            Self::Links => "links",
            Self::Resource => "resource",
            Self::Scope => "scope",
            Self::Ids => "ids",
        }
    }
}

/// What a line is about, for its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Number,
    Failed,
    Doubt,
}

/// One line: a heading with its first entry, or a further entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The section it belongs to.
    pub section: Section,
    /// The heading, on a section's first line: title and number of entries.
    pub heading: Option<(&'static str, usize)>,
    /// An attribute's key, an event's time.
    pub key: Shown<'static>,
    /// The value, or a preview of all entries of a folded section.
    pub value: Shown<'static>,
    /// What is copied: key and value as they are.
    pub raw: (String, String),
    /// Its look.
    pub tone: Tone,
    /// Another trace that Enter opens.
    pub link: Option<crate::model::TraceId>,
}

/// The second pane.
#[derive(Debug, Clone, PartialEq)]
pub struct Detail {
    charset: Charset,
    /// Whether it is shown where it has room beside or below the tree.
    pub shown: bool,
    /// Where it stands.
    pub list: List,
    /// Heading of the pane: the span, its figures.
    pub title: Vec<Shown<'static>>,
    /// The lines under it.
    pub lines: Vec<Line>,
    folded: BTreeSet<Section>,
    entries: Vec<Line>,
    span: Option<usize>,
}

impl Default for Detail {
    fn default() -> Self {
        Self {
            charset: Charset::Unicode,
            shown: true,
            list: List::default(),
            title: Vec::new(),
            lines: Vec::new(),
            folded: BTreeSet::from([Section::Resource, Section::Scope, Section::Ids]),
            entries: Vec::new(),
            span: None,
        }
    }
}

impl Detail {
    /// A pane whose own words are written in that character set.
    pub fn new(charset: Charset) -> Self {
        Self {
            charset,
            ..Self::default()
        }
    }

    /// Tells another span, or the same one with more known of it.
    pub fn tell(&mut self, trace: &Trace, span: Option<usize>, explained: Option<&Explained>) {
        if span != self.span {
            self.list = List::default();
        }
        self.span = span;
        self.entries = span
            .map(|span| entries(trace, span, self.charset))
            .unwrap_or_default();
        self.title = span
            .map(|span| title(trace, span, explained, self.charset))
            .unwrap_or_default();
        self.fold();
    }

    /// Folds or opens the section of the cursor's line.
    pub fn toggle(&mut self) {
        let Some(section) = self.lines.get(self.list.cursor()).map(|line| line.section) else {
            return;
        };
        if !self.folded.remove(&section) {
            self.folded.insert(section);
        }
        self.fold();
        let first = self
            .lines
            .iter()
            .position(|line| line.section == section)
            .unwrap_or(0);
        self.list.follow(first);
    }

    /// The first line of the next or previous section.
    pub fn section(&self, forward: bool) -> Option<usize> {
        let cursor = self.list.cursor();
        let heads = || {
            self.lines
                .iter()
                .enumerate()
                .filter(|(_, line)| line.heading.is_some())
                .map(|(at, _)| at)
        };
        if forward {
            heads().find(|&at| at > cursor)
        } else {
            heads().rfind(|&at| at < cursor)
        }
    }

    /// The line under the cursor.
    pub fn line(&self) -> Option<&Line> {
        self.lines.get(self.list.cursor())
    }

    /// Whether a section shows its first line only.
    pub fn is_folded(&self, section: Section) -> bool {
        self.folded.contains(&section)
    }

    fn fold(&mut self) {
        self.lines.clear();
        for group in self.entries.chunk_by(|a, b| a.section == b.section) {
            let Some((first, rest)) = group.split_first() else {
                continue;
            };
            let mut head = Line {
                heading: Some((first.section.title(), group.len())),
                ..first.clone()
            };
            if self.folded.contains(&first.section) {
                head.value = preview(group, self.charset);
                head.key = Shown::default();
                self.lines.push(head);
                continue;
            }
            self.lines.push(head);
            self.lines.extend_from_slice(rest);
        }
    }
}

fn preview(group: &[Line], charset: Charset) -> Shown<'static> {
    let parts: Vec<String> = group
        .iter()
        .take(8)
        .map(|line| format!("{} {}", line.key, line.value))
        .collect();
    Shown::from(parts.join(crate::analysis::between(charset)))
}

/// The span in one line: name, then its figures.
fn title(
    trace: &Trace,
    number: usize,
    explained: Option<&Explained>,
    charset: Charset,
) -> Vec<Shown<'static>> {
    let span = trace.span(number);
    let figure = |nanos: Nanos| text::duration(nanos.0, charset);
    let from = trace.start_of(number).since(trace.start());
    let mut parts = vec![
        Shown::from(format!("{} {}", span.service(), span.operation())),
        Shown::from(format!(
            "{} from +{}",
            figure(trace.duration_of(number)),
            figure(from)
        )),
        Shown::from(format!("own {}", figure(trace.self_time(number)))),
    ];
    let critical = explained.and_then(|explained| explained.critical.get(number));
    if let Some(critical) = critical.filter(|critical| critical.0 > 0) {
        let share = text::share(critical.0, trace.duration().0);
        parts.push(Shown::from(format!(
            "critical {} · {share}",
            figure(*critical)
        )));
    }
    if span.kind() != crate::model::Kind::Unspecified {
        parts.push(Shown::from(span.kind().name().to_owned()));
    }
    parts
}

fn entries(trace: &Trace, number: usize, charset: Charset) -> Vec<Line> {
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
            link: Some(link.trace_id()),
            ..entry(Section::Links, "", &to)
        });
        attributes(&mut lines, Section::Links, link.attributes());
    }
    attributes(&mut lines, Section::Resource, span.resource().attributes());
    scope(&mut lines, span);
    lines.push(entry(Section::Ids, "trace", &trace.id().to_string()));
    lines.push(entry(Section::Ids, "span", &span.span_id().to_string()));
    if !span.parent_id().is_zero() {
        lines.push(entry(Section::Ids, "parent", &span.parent_id().to_string()));
    }
    lines
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
        lines.push(Line {
            tone,
            ..entry(section, key, &value.to_text())
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
        words.extend(
            event
                .attributes()
                .iter()
                .map(|(key, value)| format!("{key}={}", value.to_text())),
        );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    fn told() -> Detail {
        let trace = scenario::trace("shop: GET 0..100 error msg=boom n=7 k=v +3:lock res.host=a\n");
        let mut detail = Detail::default();
        detail.tell(&trace, Some(0), None);
        detail
    }

    #[test]
    fn sections_have_a_heading_and_fold_to_a_preview() {
        let detail = told();
        let headings: Vec<_> = detail
            .lines
            .iter()
            .filter_map(|line| line.heading)
            .collect();
        assert_eq!(
            headings,
            [
                ("status", 1),
                ("attributes", 2),
                ("events", 1),
                ("resource", 2),
                ("scope", 1),
                ("ids", 2)
            ]
        );
        let resource = detail
            .lines
            .iter()
            .find(|line| line.section == Section::Resource)
            .unwrap();
        assert_eq!(resource.value.as_str(), "service.name shop · host a");
    }

    #[test]
    fn a_section_opens_in_place() {
        let mut detail = told();
        let resource = detail
            .lines
            .iter()
            .position(|line| line.section == Section::Resource)
            .unwrap();
        detail.list.follow(resource);
        detail.toggle();
        assert_eq!(
            detail.line().unwrap().raw,
            ("service.name".to_owned(), "shop".to_owned())
        );
        assert_eq!(detail.section(false), Some(3));
    }
}
