//! From entries to the lines of a pane of some width: sections and values fold, prose wraps, what
//! is too long is cut and says how long it is.

use std::collections::BTreeSet;

use crate::model::Trace;
use crate::text::{Needle, Shown};
use crate::tui::value::{self, Form, Ink, Piece};

use super::Detail;
use super::entry::{Entry, Origin, Section, Tone, head};
use super::whole::Whole;

/// Longer values are not laid out here, but on a page of their own.
const LONG: usize = 16 * 1024;
/// Lines of one value at most.
const MOST: usize = 40;
/// Rows of a paragraph at most.
const PROSE: usize = 10;
/// A value of no more lines is not folded at first.
const FEW: usize = 12;
/// From this width on headings stand beside what they head, not over it.
const WIDE: u16 = 96;
/// Columns between a key and its value; a fold's mark stands there.
pub const GAP: u16 = 3;

/// A fold: its section, which entry of that, which line of its value.
pub type Fold = (Section, usize, usize);

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Which entry it tells, and which line of its value.
    pub entry: usize,
    pub piece: usize,
    pub section: Section,
    /// The heading, on a section's first line: title and number of entries.
    pub heading: Option<(&'static str, usize)>,
    /// The entry's key, on its first line.
    pub key: Shown<'static>,
    /// What the line of a value begins with: a key of JSON, a word of SQL.
    pub word: Shown<'static>,
    /// The value, or a preview of what is folded away.
    pub value: Shown<'static>,
    /// Columns that it is indented by.
    pub indent: u16,
    /// Whether it is folded, if it folds.
    pub fold: Option<bool>,
    pub tone: Tone,
    /// The bytes of the whole value, where the line does not tell all of it.
    pub bytes: Option<usize>,
}

/// The lines for a pane, and where its columns are.
#[derive(Debug, Default)]
pub struct Lines {
    pub list: Vec<Line>,
    /// Columns of the keys.
    pub keys: u16,
    /// Where keys begin.
    pub x: u16,
}

/// The lines of what is told.
pub fn lines(detail: &Detail, trace: &Trace, width: u16) -> Lines {
    let kept = matching(detail, trace);
    let x = if width >= WIDE { 22 } else { 5 };
    let shown = |entry: &Entry| !detail.is_folded(entry.section);
    let told = kept.iter().filter_map(|&at| detail.entries.get(at));
    let widest = told
        .filter(|entry| shown(entry))
        .map(|entry| entry.key.width() as u16 + entry.depth * 2);
    let keys = widest.max().unwrap_or(0).clamp(8, (width / 3).clamp(8, 28));
    let mut build = Build {
        detail,
        trace,
        room: usize::from(width.saturating_sub(x + keys + GAP + 1)).max(8),
        inline: width >= WIDE,
        lines: Vec::new(),
    };
    for section in
        kept.chunk_by(|a, b| build.detail.entries[*a].section == build.detail.entries[*b].section)
    {
        build.section(section);
    }
    Lines {
        list: build.lines,
        keys,
        x,
    }
}

/// The entries that the filter keeps, those that belong together with them.
fn matching(detail: &Detail, trace: &Trace) -> Vec<usize> {
    let all = || 0..detail.entries.len();
    if detail.filter.text().is_empty() {
        return all().collect();
    }
    let mut kept = BTreeSet::new();
    let mut family = 0..0;
    for (at, entry) in detail.entries.iter().enumerate() {
        if entry.children > 0 {
            family = at..at + 1 + entry.children;
        }
        if !detail.matches(trace, entry) {
            continue;
        }
        kept.insert(at);
        if family.contains(&at) {
            let head = family.start;
            let whole = if at == head {
                family.clone()
            } else {
                head..head + 1
            };
            kept.extend(whole);
        }
    }
    kept.into_iter().collect()
}

struct Build<'a> {
    detail: &'a Detail,
    trace: &'a Trace,
    room: usize,
    inline: bool,
    lines: Vec<Line>,
}

impl Build<'_> {
    fn section(&mut self, entries: &[usize]) {
        let all = &self.detail.entries;
        let Some(first) = entries.first().and_then(|&at| all.get(at)) else {
            return;
        };
        let section = first.section;
        let count = self.detail.counts.get(&section).copied();
        let heading = Some((section.title(), count.unwrap_or(entries.len())));
        if self.detail.is_folded(section) {
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
            Some(text) if entry.prose => self.prose(&base, entry, text),
            Some(text) => match value::form_of(entry.key.as_str(), text) {
                Some(form) if !is_bytes(whole.as_ref()) => self.value((form, text), &base, nth),
                _ => self.single(base, entry),
            },
            None => self.single(base, entry),
        }
        0..0
    }

    fn single(&mut self, base: Line, entry: &Entry) {
        let shown = base.value.width() <= self.room && entry.bytes <= base.value.as_str().len();
        let bytes = (!shown && entry.origin != Origin::More).then_some(entry.bytes);
        self.lines.push(Line { bytes, ..base });
    }

    /// A paragraph, wrapped.
    fn prose(&mut self, base: &Line, entry: &Entry, text: &str) {
        // What a log record says begins with its severity.
        let severity = matches!(entry.origin, Origin::Log(_))
            .then(|| entry.head.as_str().split_once("  "))
            .flatten()
            .map_or(String::new(), |(severity, _)| format!("{severity}  "));
        let whole = format!("{severity}{text}");
        let rows = whole
            .lines()
            .flat_map(|line| Shown::new(line).wrap(self.room));
        let mut rows: Vec<Shown<'static>> = rows.take(PROSE + 1).collect();
        let more = rows.len() > PROSE;
        rows.truncate(PROSE);
        let last = rows.len().saturating_sub(1);
        if rows.is_empty() {
            rows.push(Shown::default());
        }
        for (number, row) in rows.into_iter().enumerate() {
            self.lines.push(Line {
                piece: number,
                key: if number == 0 {
                    base.key.clone()
                } else {
                    Shown::default()
                },
                value: row,
                bytes: (more && number == last).then_some(entry.bytes),
                ..base.clone()
            });
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
    matches!(
        whole.map(|whole| whole.value),
        Some(crate::model::Value::Bytes(_))
    )
}

fn line(entry: usize, section: Section, value: Shown<'static>) -> Line {
    Line {
        entry,
        piece: 0,
        section,
        heading: None,
        key: Shown::default(),
        word: Shown::default(),
        value,
        indent: 0,
        fold: None,
        tone: Tone::Plain,
        bytes: None,
    }
}

/// Large containers and frames of libraries are folded at first.
pub fn folded_at_first(pieces: &[Piece], at: usize) -> bool {
    let Some(piece) = pieces.get(at) else {
        return false;
    };
    match piece.ink {
        Ink::Aside => true,
        Ink::Bracket if pieces.len() <= FEW => false,
        Ink::Bracket => at > 0 || piece.items > 10,
        _ => false,
    }
}

/// The text of a line, and how much a fold hides.
fn told(text: &str, form: Form, piece: &Piece, hidden: bool, detail: &Detail) -> Shown<'static> {
    let own = head(text.get(piece.text.clone()).unwrap_or_default());
    if !hidden {
        return own;
    }
    let dots = detail.charset.ellipsis();
    let close = match own.as_str() {
        "{" => " }",
        "[" => " ]",
        _ => "",
    };
    let word = if form == Form::Stack { "frame" } else { "item" };
    let items = crate::text::plural(piece.items.into(), word);
    Shown::from(format!("{own} {dots} {items}{close}"))
}

fn tone(entry: Tone, ink: Ink) -> Tone {
    match ink {
        Ink::Text => entry,
        Ink::Number => Tone::Number,
        Ink::Head => Tone::Failed,
        Ink::Bracket | Ink::Aside => Tone::Muted,
    }
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
