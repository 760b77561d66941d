//! Notes that readers make on spans: one for each span, which another takes the place of.
//!
//! A note is a log record of its span, so that it goes wherever log records go. Formats without
//! log records carry it as an event of its span ([`Note::event`]), which their readers turn back
//! ([`Note::of_event`]). An empty note says that there is none any more: it outlives the one it
//! takes away where that stands in a source that nobody writes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::block::ResourceIx;
use super::builder::BlockBuilder;
use super::fields::{LogFields, ResourceFields, ScopeFields};
use super::id::{SpanId, TraceId};
use super::time::Time;
use super::trace::Trace;
use super::value::Value;
use super::views::LogRef;

/// The severity by which a note is told from other log records.
const SEVERITY: &str = "NOTE";
/// What the name of an event begins with that is a note.
const EVENT: &str = "vizsla.note: ";

/// A note on a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// When it was made.
    pub time: Time,
    /// Its words; none if it only says that there is no note any more.
    pub text: String,
}

impl Note {
    /// Whether a log record is one.
    pub fn is(log: LogRef<'_>) -> bool {
        log.severity_text() == SEVERITY
    }

    /// Whether a log record says that there is no note any more.
    pub fn is_gone(log: LogRef<'_>) -> bool {
        Self::is(log) && log.body().to_text().is_empty()
    }

    /// The name of the event that carries it.
    pub fn event(&self) -> String {
        format!("{EVENT}{}", self.text)
    }

    /// The words of the note that an event carries, if it carries one.
    pub fn of_event(name: &str) -> Option<&str> {
        name.strip_prefix(EVENT)
    }

    /// The same of a name that is still bytes.
    pub fn of_event_bytes(name: &[u8]) -> Option<&str> {
        let text = name.strip_prefix(EVENT.as_bytes())?;
        std::str::from_utf8(text).ok()
    }

    /// Adds it to a block, as a log record of who emitted the span.
    pub fn add(&self, builder: &mut BlockBuilder, of: (TraceId, SpanId), resource: ResourceIx) {
        let name = builder.string("vizsla");
        let scope = builder.scope(ScopeFields {
            name,
            ..ScopeFields::default()
        });
        let severity_text = builder.string(SEVERITY);
        builder.log(&LogFields {
            trace_id: of.0,
            span_id: of.1,
            time: self.time,
            severity: 9,
            severity_text,
            body: Value::Str(&self.text),
            attributes: &[],
            resource,
            scope,
        });
    }
}

/// The notes on the spans of a trace, of each span the newest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes(BTreeMap<SpanId, Note>);

impl Notes {
    /// Those of a trace. Looks at each of its log records.
    pub fn of(trace: &Trace) -> Self {
        let mut notes = BTreeMap::new();
        // By time: a later one takes the place of an earlier one.
        for log in trace.logs().filter(|log| Note::is(*log)) {
            let text = log.body().to_text().into_owned();
            let note = Note {
                time: log.time(),
                text,
            };
            notes.insert(log.span_id(), note);
        }
        Self(notes)
    }

    /// The note on a span.
    pub fn on(&self, span: SpanId) -> Option<&Note> {
        self.0.get(&span).filter(|note| !note.text.is_empty())
    }

    /// The spans that have one, by id, each with it.
    pub fn iter(&self) -> impl Iterator<Item = (SpanId, &Note)> {
        let all = self.0.iter().map(|(span, note)| (*span, note));
        all.filter(|(_, note)| !note.text.is_empty())
    }

    /// Makes a note, in place of an earlier one.
    pub fn put(&mut self, span: SpanId, note: Note) {
        self.0.insert(span, note);
    }

    /// These without those that only say that there is none any more.
    #[must_use]
    pub fn present(mut self) -> Self {
        self.0.retain(|_, note| !note.text.is_empty());
        self
    }

    /// Takes over the notes that are newer than those here.
    pub fn take_over(&mut self, other: Self) {
        for (span, note) in other.0 {
            let known = self.0.get(&span);
            if known.is_none_or(|known| known.time < note.time) {
                self.put(span, note);
            }
        }
    }
}

impl Trace {
    /// This trace with exactly these notes.
    #[must_use]
    pub fn with_notes(&self, notes: &Notes) -> Self {
        let mut builder = BlockBuilder::new();
        for (span, note) in &notes.0 {
            let number = self.find(*span);
            let service = number.map_or("", |number| self.span(number).service());
            let service = builder.attribute("service.name", Value::Str(service));
            let resource = builder.resource(ResourceFields {
                attributes: &[service],
                ..ResourceFields::default()
            });
            note.add(&mut builder, (self.id(), *span), resource);
        }
        let without = self.without_logs(Note::is);
        without.with_logs(Arc::new(builder.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;

    fn note(time: u64, text: &str) -> Note {
        Note {
            time: Time(time),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_note_takes_the_place_of_an_earlier_one_and_an_empty_one_takes_it_away() {
        let trace = scenario::trace("a: r 0..100\n  b: x 1..50\n");
        let span = trace.span(1).span_id();
        let mut notes = Notes::default();
        notes.put(span, note(5, "first"));
        let with = trace.with_notes(&notes);
        let mut newer = Notes::default();
        newer.put(span, note(7, "second"));
        newer.put(SpanId(1), note(3, "root"));
        let mut both = Notes::of(&with);
        both.take_over(newer);
        both.take_over(notes);
        let with = with.with_notes(&both);
        assert_eq!(with.logs().len(), 2, "the earlier one is gone");
        assert_eq!(Notes::of(&with).on(span), Some(&note(7, "second")));
        let moved = with.shifted(&[0, 5]);
        assert_eq!(moved.logs().len(), 2, "and does not come back");
        both.put(span, note(9, ""));
        let gone = Notes::of(&with.with_notes(&both));
        assert_eq!((gone.on(span), gone.iter().count()), (None, 1));
        assert_eq!(gone.present().iter().count(), 1);
    }

    #[test]
    fn events_carry_notes() {
        let event = note(1, "the lock: again").event();
        assert_eq!(Note::of_event(&event), Some("the lock: again"));
        assert_eq!(Note::of_event("note"), None);
        let bytes = Note::of_event_bytes(event.as_bytes());
        assert_eq!(bytes, Some("the lock: again"));
    }
}
