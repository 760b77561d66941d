//! All that there is to tell of a span, entry by entry.

mod carried;
mod figures;
mod happened;
mod linked;
mod longest;

use std::collections::BTreeMap;

use crate::model::{Notes, SpanRef, Status, Time, Trace};
use crate::text::{self, Charset, Shown};

use super::super::explain::Explained;
use super::super::links::BackLinks;
use super::super::{gen_ai, semantics};
use super::entry::{Entry, Origin, Owner, Section, Tone};

pub use longest::longest;

/// What is told of beside the span itself.
pub struct Known<'a> {
    pub trace: &'a Trace,
    pub explained: Option<&'a Explained>,
    /// The finding under the cursor, where findings are listed.
    pub finding: Option<&'a Shown<'static>>,
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
        entries.finding();
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
        entries.below();
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

    fn finding(&mut self) {
        if let Some(finding) = self.known.finding {
            self.push(Entry {
                prose: true,
                ..Entry::told(Section::Finding, "", finding.as_str())
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
        if let Some(talk) = gen_ai::Talk::of(self.span, self.own_logs(), self.known.charset) {
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
}
