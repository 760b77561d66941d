//! All that there is to tell of a span, entry by entry.

use std::collections::BTreeMap;

use crate::model::{
    Attributes, EventRef, Kind, LogRef, Note, Notes, SpanId, SpanRef, Status, Time, Trace, TraceId,
    Value,
};
use crate::text::{self, Charset, Clock, Shown};
use crate::tui::value;

use super::super::explain::Explained;
use super::super::links::BackLinks;
use super::super::together::Together;
use super::super::{gen_ai, semantics};
use super::entry::{Entry, Link, Origin, Owner, Section, Tone, head};

/// What is told of beside the span itself.
pub struct Known<'a> {
    pub trace: &'a Trace,
    pub explained: Option<&'a Explained>,
    pub back: &'a BackLinks,
    pub notes: &'a Notes,
    pub charset: Charset,
    /// The part of the trace's time that is shown, if not all of it is.
    pub range: Option<(Time, Time)>,
}

/// The entries of a span, and how many there are in each section: `most` says how many are told.
pub struct Entries<'a, M: Fn(Section) -> usize> {
    known: &'a Known<'a>,
    number: usize,
    span: SpanRef<'a>,
    most: M,
    pub list: Vec<Entry>,
    pub counts: BTreeMap<Section, usize>,
}

impl<'a, M: Fn(Section) -> usize> Entries<'a, M> {
    /// All entries of a span.
    pub fn of(known: &'a Known<'a>, number: usize, most: M) -> Self {
        let mut entries = Self {
            known,
            number,
            span: known.trace.span(number),
            most,
            list: Vec::new(),
            counts: BTreeMap::new(),
        };
        entries.note();
        entries.doubts();
        entries.status();
        entries.meaning();
        let span = entries.span;
        entries.attributes(Section::Attributes, Owner::Span, span.attributes(), 0);
        entries.dropped(Section::Attributes, span.dropped().0, "attributes");
        entries.events();
        entries.logs();
        entries.links();
        entries.linked_from();
        entries.attributes(
            Section::Resource,
            Owner::Resource,
            span.resource().attributes(),
            0,
        );
        entries.scope();
        entries.times();
        entries.ids();
        entries
    }

    /// Adds an entry, if its section has room, and counts it.
    fn push(&mut self, entry: Entry) {
        let count = self.counts.entry(entry.section).or_default();
        *count += 1;
        if *count <= (self.most)(entry.section) {
            self.list.push(entry);
        }
    }

    /// Whether a section's next entry would be told.
    fn has_room(&self, section: Section) -> bool {
        self.counts.get(&section).copied().unwrap_or(0) < (self.most)(section)
    }

    /// Says how many more there are, once a section is complete.
    fn close(&mut self, section: Section) {
        let count = self.counts.get(&section).copied().unwrap_or(0);
        let more = count.saturating_sub((self.most)(section));
        if more > 0 {
            let said = format!(
                "{} {} more",
                self.known.charset.ellipsis(),
                text::count(more as u64)
            );
            self.list.push(Entry {
                tone: Tone::Doubt,
                origin: Origin::More,
                ..Entry::told(section, "", said)
            });
        }
    }

    fn note(&mut self) {
        if let Some(note) = self.known.notes.on(self.span.span_id()) {
            self.push(Entry {
                prose: true,
                ..Entry::told(Section::Note, "", note.text.clone())
            });
        }
    }

    fn doubts(&mut self) {
        for warning in self.known.trace.warnings_of(self.number) {
            self.push(Entry {
                tone: Tone::Doubt,
                ..Entry::told(Section::Warnings, "", warning.to_string())
            });
        }
        self.close(Section::Warnings);
    }

    fn dropped(&mut self, section: Section, count: u32, what: &str) {
        if count > 0 {
            let said = format!(
                "{} more {what} were dropped by the sender",
                text::count(count.into())
            );
            self.list.push(Entry {
                tone: Tone::Doubt,
                ..Entry::told(section, "", said)
            });
        }
    }

    fn status(&mut self) {
        let (span, message) = (self.span, self.span.status_message());
        if span.status() == Status::Unset && !span.is_error() && message.is_empty() {
            return;
        }
        let failed = span.is_error();
        let tone = if failed { Tone::Failed } else { Tone::Plain };
        let name = if failed { Status::Error } else { span.status() }.name();
        // Conventions put what went wrong elsewhere where there is no message.
        let reason = semantics::error_reason(span).filter(|_| message.is_empty() && failed);
        let entry = match reason {
            Some(reason) => Entry::told(Section::Status, name, reason),
            None => Entry::of(Section::Status, name, message, Origin::Message),
        };
        self.push(Entry {
            tone,
            prose: true,
            ..entry
        });
    }

    /// What conventions say that its attributes mean.
    fn meaning(&mut self) {
        if let Some(call) = semantics::call(self.span) {
            self.push(Entry {
                prose: true,
                ..Entry::told(Section::Call, call.family, call.words())
            });
        }
        if let Some(talk) = gen_ai::Talk::of(self.span) {
            for (key, value) in talk.facts {
                self.push(Entry::told(Section::Model, key, value));
            }
            for message in talk.messages {
                self.push(Entry {
                    tone: if message.is_aside {
                        Tone::Muted
                    } else {
                        Tone::Plain
                    },
                    prose: true,
                    ..Entry::told(Section::Conversation, &message.who, message.text)
                });
            }
        }
        self.close(Section::Conversation);
    }

    fn attributes(&mut self, section: Section, owner: Owner, all: Attributes<'_>, depth: u16) {
        for (at, (key, value)) in all.iter().enumerate() {
            if self.has_room(section) || depth > 0 {
                let entry = attribute(section, (owner, at), key, value);
                if depth > 0 {
                    self.list.push(Entry { depth, ..entry });
                } else {
                    self.push(entry);
                }
            } else {
                *self.counts.entry(section).or_default() += 1;
            }
        }
        if depth == 0 {
            self.close(section);
        }
    }

    /// An entry with attributes of its own, which fold away into `brief`.
    fn family(&mut self, entry: Entry, owner: Owner, attributes: Attributes<'_>, open: bool) {
        if !self.has_room(entry.section) {
            *self.counts.entry(entry.section).or_default() += 1;
            return;
        }
        let section = entry.section;
        let mut words = vec![entry.head.as_str().to_owned()];
        let mut long = false;
        for (key, value) in attributes.iter() {
            let text = value.to_text();
            long |= value::form_of(key, &text).is_some();
            if words.iter().map(String::len).sum::<usize>() < 240 {
                words.push(format!("{key}={}", head(&text)));
            }
        }
        let children = attributes.len();
        let brief = (children > 0 && !open && !long).then(|| head(&words.join("  ")));
        self.push(Entry {
            children,
            brief,
            ..entry
        });
        self.attributes(section, owner, attributes, 1);
    }

    /// Events by time. Of those outside of the time that is shown only their number is told, until
    /// somebody wants them all.
    fn events(&mut self) {
        let start = self.span.start();
        let mut order: Vec<(Time, usize)> =
            self.span.events().map(EventRef::time).zip(0..).collect();
        order.sort_unstable();
        let most = (self.most)(Section::Events);
        let count = order.len();
        if let Some(range) = self.known.range.filter(|_| most < usize::MAX) {
            let moved = self.moved();
            let is_shown = |time: Time| (range.0..=range.1).contains(&time.shifted(moved));
            order.retain(|(time, _)| is_shown(*time));
        }
        let outside = count - order.len();
        let all: Vec<_> = self.span.events().collect();
        for &(time, at) in order.iter().take(most) {
            let Some(event) = all.get(at) else { continue };
            let failed = matches!(event.name(), "exception" | "error");
            let entry = Entry {
                tone: if failed { Tone::Failed } else { Tone::Plain },
                ..Entry::of(
                    Section::Events,
                    &since(time, start, self.known.charset),
                    event.name(),
                    Origin::Event(at),
                )
            };
            self.family(entry, Owner::Event(at), event.attributes(), failed);
        }
        if count > 0 {
            self.counts.insert(Section::Events, order.len());
        }
        self.close(Section::Events);
        if outside > 0 {
            let (dots, events) = (
                self.known.charset.ellipsis(),
                text::plural(outside as u64, "event"),
            );
            self.list.push(Entry {
                tone: Tone::Doubt,
                origin: Origin::More,
                ..Entry::told(
                    Section::Events,
                    "",
                    format!("{dots} {events} outside of the time shown"),
                )
            });
        }
        self.dropped(Section::Events, self.span.dropped().1, "events");
    }

    /// By how many ns clocks were corrected.
    fn moved(&self) -> i64 {
        self.known.trace.start_of(self.number).0 as i64 - self.span.start().0 as i64
    }

    fn logs(&mut self) {
        let (span, trace) = (self.span, self.known.trace);
        let own = trace.logs().enumerate();
        let is_here = |log: &LogRef<'_>| log.span_id() == span.span_id() && !Note::is(*log);
        for (at, log) in own.filter(|(_, log)| is_here(log)) {
            let body = log.body().to_text();
            let severity = match log.severity_text() {
                "" => "log",
                text => text,
            };
            // OpenTelemetry's severity numbers: 17 and above are errors.
            let tone = if log.severity() >= 17 {
                Tone::Failed
            } else {
                Tone::Plain
            };
            let when = since(log.time(), span.start(), self.known.charset);
            let entry = Entry {
                tone,
                prose: true,
                head: head(&format!("{severity}  {}", head(&body))),
                ..Entry::of(Section::Logs, &when, &body, Origin::Log(at))
            };
            self.family(entry, Owner::Log(at), log.attributes(), false);
        }
        self.close(Section::Logs);
    }

    fn links(&mut self) {
        for (at, link) in self.span.links().enumerate() {
            let (id, span) = (link.trace_id(), link.span_id());
            let entry = Entry {
                link: self.link_to(id, span),
                ..Entry::told(Section::Links, "", self.linked(id, span))
            };
            self.family(entry, Owner::Link(at), link.attributes(), false);
        }
        self.close(Section::Links);
        self.dropped(Section::Links, self.span.dropped().2, "links");
    }

    /// A linked span in words: its name where it is known.
    fn linked(&self, id: TraceId, span: SpanId) -> String {
        let trace = self.known.trace;
        match trace.find(span).filter(|_| id == trace.id()) {
            Some(number) => self.named(number),
            None if id == trace.id() => format!("span {span}, not in this trace"),
            None => format!("trace {id} span {span}"),
        }
    }

    fn named(&self, number: usize) -> String {
        let trace = self.known.trace;
        let other = trace.span(number);
        let from = trace.start_of(number).since(trace.start());
        let from = text::duration(from.0, self.known.charset);
        format!("{} {}  from +{from}", other.service(), other.operation())
    }

    /// Where a link leads: nowhere if its span is missing from this trace.
    fn link_to(&self, id: TraceId, span: SpanId) -> Option<Link> {
        if id == self.known.trace.id() {
            self.known.trace.find(span).map(Link::Span)
        } else {
            Some(Link::Trace(id, span))
        }
    }

    /// Spans that link to this one: those of the trace, and a way to those of other traces.
    fn linked_from(&mut self) {
        let section = Section::LinkedFrom;
        for &number in self.known.back.to(self.span.span_id()) {
            let named = self.named(number);
            self.push(Entry {
                link: Some(Link::Span(number)),
                ..Entry::told(section, "", named)
            });
        }
        self.close(section);
    }

    fn scope(&mut self) {
        let scope = self.span.scope();
        if !scope.name().is_empty() {
            self.push(Entry::told(Section::Scope, scope.name(), scope.version()));
        }
        self.attributes(Section::Scope, Owner::Scope, scope.attributes(), 0);
    }

    /// When the span began and ended, and how long it took, exactly.
    fn times(&mut self) {
        let (trace, number) = (self.known.trace, self.number);
        let whole = trace.duration().0;
        let share = |part: u64| format!("{part} ns, {} of the trace", text::share(part, whole));
        let from = trace.start_of(number).since(trace.start());
        let mut exact = vec![
            ("start", Clock::rfc3339(trace.start_of(number).0)),
            ("end", Clock::rfc3339(trace.end_of(number).0)),
            ("from", format!("+{} ns of the trace's start", from.0)),
            ("duration", share(trace.duration_of(number).0)),
            ("own time", share(trace.self_time(number).0)),
        ];
        let critical = self
            .known
            .explained
            .map(|explained| explained.path.time_of(number));
        exact.extend(critical.map(|critical| ("critical", share(critical.0))));
        if self.moved() != 0 {
            exact.push(("received", Clock::rfc3339(self.span.start().0)));
        }
        exact.extend(semantics::weight(self.span).map(|weight| ("stands for", weight)));
        for (key, value) in exact {
            self.push(Entry {
                tone: Tone::Number,
                ..Entry::told(Section::Times, key, value)
            });
        }
    }

    fn ids(&mut self) {
        let span = self.span;
        let (trace, id) = (self.known.trace.id(), span.span_id());
        let mut ids = vec![("trace", trace.to_string()), ("span", id.to_string())];
        if !span.parent_id().is_zero() {
            ids.push(("parent", span.parent_id().to_string()));
        }
        if span.kind() != Kind::Unspecified {
            ids.push(("kind", span.kind().name().to_owned()));
        }
        if !span.trace_state().is_empty() {
            ids.push(("trace state", span.trace_state().to_owned()));
        }
        for (key, value) in ids {
            self.push(Entry::told(Section::Ids, key, value));
        }
        self.push(Entry {
            link: Some(Link::LinksTo(trace, id)),
            tone: Tone::Muted,
            ..Entry::told(
                Section::Ids,
                "links to it",
                "from other traces: the source is asked",
            )
        });
    }
}

fn attribute(section: Section, (owner, at): (Owner, usize), key: &str, value: Value<'_>) -> Entry {
    let (tone, text) = match value {
        Value::Int(_) | Value::Double(_) | Value::Bool(_) => (Tone::Number, value.to_text()),
        Value::Bytes(bytes) => {
            let digits =
                |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>();
            let start = digits(bytes.get(..80).unwrap_or(bytes)).join(" ");
            return Entry {
                tone: Tone::Number,
                head: Shown::from(start),
                bytes: bytes.len(),
                ..Entry::of(section, key, "", Origin::Attribute(owner, at))
            };
        }
        _ => (Tone::Plain, value.to_text()),
    };
    // The collector makes these up.
    let tone = if key.starts_with("otel.") {
        Tone::Muted
    } else {
        tone
    };
    Entry {
        tone,
        ..Entry::of(section, key, &text, Origin::Attribute(owner, at))
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
