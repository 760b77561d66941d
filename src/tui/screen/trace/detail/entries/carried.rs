//! What a span, its resource and its scope carry: attributes, and what has attributes of its own.

use crate::model::{Attributes, Value};
use crate::text::Shown;
use crate::tui::value;

use super::super::entry::{Entry, Origin, Owner, Section, Tone, head};
use super::Entries;

impl<M: Fn(Section) -> usize> Entries<'_, M> {
    pub(super) fn attributes(
        &mut self,
        section: Section,
        owner: Owner,
        all: Attributes<'_>,
        depth: u16,
    ) {
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
    pub(super) fn family(
        &mut self,
        entry: Entry,
        owner: Owner,
        attributes: Attributes<'_>,
        open: bool,
    ) {
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

    pub(super) fn scope(&mut self) {
        let scope = self.span.scope();
        if !scope.name().is_empty() {
            self.push(Entry::told(Section::Scope, scope.name(), scope.version()));
        }
        self.attributes(Section::Scope, Owner::Scope, scope.attributes(), 0);
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
