//! The figures of a span: times exactly, what it stands for, its ids.

use crate::model::Kind;
use crate::text::{self, Clock};

use super::super::super::semantics;
use super::super::entry::{Entry, Link, Section, Tone};
use super::super::title::beside_its_like;
use super::Entries;

impl<M: Fn(Section) -> usize> Entries<'_, M> {
    /// When the span began and ended, and how long it took, exactly.
    pub(super) fn times(&mut self) {
        let (trace, number) = (self.known.trace, self.number);
        let whole = trace.duration().0;
        let charset = self.known.charset;
        let between = crate::analysis::between(charset);
        let exact = |nanos: u64| {
            let short = text::duration(nanos, charset);
            format!("{short}{between}{} ns", text::count(nanos))
        };
        let share = |part: u64| {
            let share = text::share(part, whole);
            format!("{}{between}{share} of the trace", exact(part))
        };
        let from = trace.start_of(number).since(trace.start());
        let mut figures = vec![
            ("start", Clock::rfc3339(trace.start_of(number).0)),
            ("end", Clock::rfc3339(trace.end_of(number).0)),
            ("from", format!("+{} in the trace", exact(from.0))),
            ("duration", share(trace.duration_of(number).0)),
            ("own time", share(trace.self_time(number).0)),
        ];
        let critical = self
            .known
            .explained
            .map(|explained| explained.path.time_of(number));
        figures.extend(critical.map(|critical| ("critical", share(critical.0))));
        let standing = self.known.explained.and_then(|e| e.standing(number, trace));
        figures.extend(standing.map(|standing| ("beside its like", beside_its_like(&standing))));
        if self.moved() != 0 {
            figures.push(("received", Clock::rfc3339(self.span.start().0)));
        }
        figures.extend(semantics::weight(self.span).map(|weight| ("stands for", weight)));
        for (key, value) in figures {
            self.push(Entry {
                tone: Tone::Number,
                ..Entry::told(Section::Times, key, value)
            });
        }
    }

    pub(super) fn ids(&mut self) {
        let span = self.span;
        let (trace, id) = (self.known.trace.id(), span.span_id());
        let mut ids = vec![("trace", trace.to_string()), ("span", id.to_string())];
        if span.kind() != Kind::Unspecified {
            ids.push(("kind", span.kind().name().to_owned()));
        }
        if !span.trace_state().is_empty() {
            ids.push(("trace state", span.trace_state().to_owned()));
        }
        for (key, value) in ids {
            self.push(Entry::told(Section::Ids, key, value));
        }
        if !span.parent_id().is_zero() {
            let parent = span.parent_id();
            self.push(Entry {
                link: self.link_to(trace, parent).filter(|_| parent != id),
                ..Entry::told(Section::Ids, "parent", parent.to_string())
            });
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
