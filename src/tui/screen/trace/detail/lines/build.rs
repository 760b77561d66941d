//! Entry by entry: sections, values laid out, paragraphs.

use std::collections::BTreeSet;

use crate::model::{Trace, Value};
use crate::text::{Needle, Shown};
use crate::tui::value::{self, Form};

use super::super::Detail;
use super::super::entry::{Entry, Origin, Section, head};
use super::super::whole::Whole;
use super::piece::{folded_at_first, told, tone};
use super::{Line, line};

/// Longer values are not laid out here, but on a page of their own.
const LONG: usize = 16 * 1024;
/// Lines of one value at most.
const MOST: usize = 40;
/// Rows of a paragraph at most.
const PROSE: usize = 10;
/// Rows of a value without lines of its own at most.
const WRAPPED: usize = 3;

/// Lines that are being made.
pub struct Build<'a> {
    pub detail: &'a Detail,
    pub trace: &'a Trace,
    pub folded: &'a BTreeSet<Section>,
    /// Columns of a value, and of one without a key.
    pub room: usize,
    pub wide: usize,
    /// Headings stand beside what they head.
    pub inline: bool,
    pub lines: Vec<Line>,
}

impl Build<'_> {
    /// The lines of a section's entries.
    pub fn section(&mut self, entries: &[usize]) {
        let all = &self.detail.entries;
        let Some(first) = entries.first().and_then(|&at| all.get(at)) else {
            return;
        };
        let section = first.section;
        let count = self.detail.counts.get(&section).copied();
        let heading = Some((section.title(), count.unwrap_or(entries.len())));
        if self.folded.contains(&section) {
            let preview = preview(entries.iter().filter_map(|&at| all.get(at)), self.detail);
            self.lines.push(Line {
                heading,
                ..line(entries[0], section, preview)
            });
            return;
        }
        let start = self.lines.len();
        if !self.inline {
            self.lines.push(Line {
                heading,
                ..line(entries[0], section, Shown::default())
            });
        }
        let base = all
            .iter()
            .position(|entry| entry.section == section)
            .unwrap_or(0);
        let mut skip = 0..0;
        for &at in entries {
            if !skip.contains(&at) {
                skip = self.entry(at, at - base);
            }
        }
        if let Some(line) = self.lines.get_mut(start).filter(|_| self.inline) {
            line.heading = heading;
        }
    }

    /// The lines of an entry. Returns the entries that are folded away with it.
    fn entry(&mut self, at: usize, nth: usize) -> std::ops::Range<usize> {
        let Some(entry) = self.detail.entries.get(at) else {
            return 0..0;
        };
        let base = Line {
            key: entry.key.clone(),
            indent: entry.depth * 2,
            tone: entry.tone,
            keyed: entry.section.has_keys() || entry.depth > 0,
            ..line(at, entry.section, entry.head.clone())
        };
        if entry.children > 0 {
            let folded = self
                .detail
                .folds((entry.section, nth, 0), entry.brief.is_some());
            let brief = entry.brief.clone().filter(|_| folded);
            self.lines.push(Line {
                fold: Some(folded),
                value: brief.unwrap_or(base.value.clone()),
                ..base
            });
            let children = at + 1..at + 1 + entry.children;
            return if folded { children } else { 0..0 };
        }
        let whole =
            Whole::of(self.trace, self.detail.span(), entry).filter(|_| entry.bytes <= LONG);
        let text = whole.as_ref().map(Whole::text);
        match text.as_deref() {
            Some(text) if entry.prose && !self.is_tree(entry, text) => {
                self.prose(&base, entry, text);
            }
            Some(text) => match self.form(entry, text) {
                Some(form) if !is_bytes(whole.as_ref()) => self.value((form, text), &base, nth),
                _ => self.single(base, entry),
            },
            None => self.single(base, entry),
        }
        0..0
    }

    /// What a tool is called with, or answers, is read as a tree if it is one.
    fn is_tree(&self, entry: &Entry, text: &str) -> bool {
        let is_said = entry.section == Section::Conversation;
        is_said && self.form(entry, text) == Some(Form::Json)
    }

    /// How a value is laid out: as what it is, and a small object where it is too wide for a line.
    fn form(&self, entry: &Entry, text: &str) -> Option<Form> {
        let is_object = text.starts_with(['{', '[']) && entry.head.width() > self.room;
        let object = || is_object.then_some(Form::Json);
        value::form_of(entry.key.as_str(), text).or_else(object)
    }

    /// A value without lines of its own: wrapped if that shows all of it.
    fn single(&mut self, base: Line, entry: &Entry) {
        let told = entry.bytes <= base.value.as_str().len();
        let marked = usize::from(entry.link.is_some()) * 4;
        let room = self.room_of(&base).saturating_sub(marked).max(8);
        if base.value.width() <= room {
            let bytes = (!told && entry.origin != Origin::More).then_some(entry.bytes);
            return self.lines.push(Line { bytes, ..base });
        }
        let rows = if told {
            base.value.wrap(room)
        } else {
            Vec::new()
        };
        if rows.is_empty() || rows.len() > WRAPPED {
            let bytes = (entry.origin != Origin::More).then_some(entry.bytes);
            return self.lines.push(Line { bytes, ..base });
        }
        self.rows(&base, rows);
    }

    /// Columns that a line has for its value.
    fn room_of(&self, line: &Line) -> usize {
        if line.keyed { self.room } else { self.wide }
    }

    /// The rows of a value that is wrapped; the key stands before the first.
    fn rows(&mut self, base: &Line, rows: Vec<Shown<'static>>) {
        let lines = rows.into_iter().enumerate().map(|(number, value)| Line {
            piece: number,
            key: if number == 0 {
                base.key.clone()
            } else {
                Shown::default()
            },
            value,
            ..base.clone()
        });
        self.lines.extend(lines);
    }

    /// A paragraph, wrapped.
    fn prose(&mut self, base: &Line, entry: &Entry, text: &str) {
        // What a log record says begins with its severity.
        let severity = matches!(entry.origin, Origin::Log(_))
            .then(|| entry.head.as_str().split_once("  "))
            .flatten()
            .map_or(String::new(), |(severity, _)| format!("{severity}  "));
        let whole = format!("{severity}{text}");
        let room = self.room_of(base);
        let rows = whole.lines().flat_map(|line| Shown::new(line).wrap(room));
        let mut rows: Vec<Shown<'static>> = rows.take(PROSE + 1).collect();
        let more = rows.len() > PROSE;
        rows.truncate(PROSE);
        if rows.is_empty() {
            rows.push(Shown::default());
        }
        self.rows(base, rows);
        if let Some(line) = self.lines.last_mut().filter(|_| more) {
            line.bytes = Some(entry.bytes);
        }
    }

    /// A value laid out in lines, some of which fold.
    fn value(&mut self, (form, text): (Form, &str), base: &Line, nth: usize) {
        let pieces = value::lay(text, form);
        let folded = |at: usize| {
            let first = folded_at_first(&pieces, at);
            self.detail.folds((base.section, nth, at), first)
        };
        let mut seen = value::visible(&pieces, folded);
        let filter = self.detail.filter.text();
        let wanted = Needle::new(filter);
        let has = |at: &usize| {
            let piece = pieces.get(*at);
            piece.is_some_and(|piece| {
                let whole = text.get(piece.key.start.min(piece.text.start)..piece.text.end);
                whole.is_some_and(|line| wanted.is_in(line))
            })
        };
        if !filter.is_empty() && seen.iter().any(has) {
            seen.retain(has);
        }
        let more = seen.len() > MOST;
        let mut lines = Vec::new();
        for (number, &at) in seen.iter().take(MOST).enumerate() {
            let Some(piece) = pieces.get(at) else {
                continue;
            };
            let hidden = piece.below > 0 && folded(at);
            lines.push(Line {
                piece: at,
                key: if number == 0 {
                    base.key.clone()
                } else {
                    Shown::default()
                },
                word: head(text.get(piece.key.clone()).unwrap_or_default()),
                value: told(text, form, piece, hidden, self.detail),
                indent: base.indent + piece.depth * 2,
                fold: (piece.below > 0).then_some(hidden),
                tone: tone(base.tone, piece.ink),
                bytes: (more && number + 1 == MOST).then_some(text.len()),
                ..base.clone()
            });
        }
        self.lines.append(&mut lines);
    }
}

fn is_bytes(whole: Option<&Whole<'_>>) -> bool {
    matches!(whole.map(|whole| whole.value), Some(Value::Bytes(_)))
}

/// A folded section in a line.
fn preview<'e>(entries: impl Iterator<Item = &'e Entry>, detail: &Detail) -> Shown<'static> {
    let part = |entry: &Entry| match entry.key.as_str() {
        "" => entry.head.to_string(),
        key => format!("{key} {}", entry.head),
    };
    let parts: Vec<String> = entries
        .filter(|entry| entry.depth == 0)
        .take(8)
        .map(part)
        .collect();
    head(&parts.join(crate::analysis::between(detail.charset)))
}
