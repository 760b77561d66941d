//! What happened while a span went on: its events, and the log records that carry its id.

use crate::model::{EventRef, LogRef, Note, SpanId, Time, Value};
use crate::text::{self, Charset, Shown};

use super::super::entry::{Entry, Origin, Owner, Section, Tone, head};
use super::Entries;

impl<'a, M: Fn(Section) -> usize> Entries<'a, M> {
    /// Events by time. Of those outside of the time that is shown only their number is told, until
    /// somebody wants them all.
    pub(super) fn events(&mut self) {
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
                aside: self.in_trace(time),
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

    /// The same moment from the trace's start, where that is another figure.
    fn in_trace(&self, time: Time) -> Shown<'static> {
        let trace = self.known.trace;
        if trace.start_of(self.number) == trace.start() {
            return Shown::default();
        }
        let time = time.shifted(self.moved());
        let offset = since(time, trace.start(), self.known.charset);
        Shown::from(format!("trace {offset}"))
    }

    /// The log records that carry the span's id.
    pub(super) fn own_logs(&self) -> impl Iterator<Item = LogRef<'a>> + use<'a, M> {
        let id = self.span.span_id();
        let logs = self.known.trace.logs();
        logs.filter(move |log| is_of(*log, id))
    }

    /// By how many ns clocks were corrected.
    pub(super) fn moved(&self) -> i64 {
        self.known.trace.start_of(self.number).0 as i64 - self.span.start().0 as i64
    }

    pub(super) fn logs(&mut self) {
        let (span, trace) = (self.span, self.known.trace);
        let id = span.span_id();
        for (at, log) in (trace.logs().enumerate()).filter(|(_, log)| is_of(*log, id)) {
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
            // Events that are log records have their name in an attribute.
            let name = log.attributes().get("event.name").map(Value::to_text);
            let named = name.map_or_else(|| body.clone(), |name| format!("{name}  {body}").into());
            let entry = Entry {
                tone,
                prose: true,
                head: head(&format!("{severity}  {}", head(&named))),
                aside: self.in_trace(log.time()),
                ..Entry::of(Section::Logs, &when, &body, Origin::Log(at))
            };
            self.family(entry, Owner::Log(at), log.attributes(), false);
        }
        self.close(Section::Logs);
    }
}

/// Whether a log record was written in a span, by the system that was traced.
fn is_of(log: LogRef<'_>, span: SpanId) -> bool {
    log.span_id() == span && !Note::is(log)
}

/// Time since the span's start, with its sign.
fn since(time: Time, start: Time, charset: Charset) -> String {
    let offset = i128::from(time.0) - i128::from(start.0);
    text::offset(
        offset.clamp(i64::MIN.into(), i64::MAX.into()) as i64,
        charset,
    )
}
