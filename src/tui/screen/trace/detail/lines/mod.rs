//! From entries to the lines of a pane of some width: sections and values fold, prose wraps, what
//! is too long is cut and says how long it is.

mod build;
mod piece;

use std::collections::BTreeSet;

use crate::model::Trace;
use crate::text::Shown;

use super::Detail;
use super::entry::{Entry, Section, Tone};
use build::Build;

/// Sections that are opened where there is room for them, in that order.
const OPENED: [Section; 4] = [
    Section::Resource,
    Section::Times,
    Section::Ids,
    Section::Scope,
];
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
    /// Whether there is a column of keys before the value.
    pub keyed: bool,
}

impl Line {
    /// Whether it is a heading and nothing else.
    pub fn is_head(&self) -> bool {
        let none = [&self.key, &self.word, &self.value];
        self.heading.is_some() && none.iter().all(|part| part.as_str().is_empty())
    }
}

/// The cells of a pane that there are for lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Room {
    pub width: u16,
    pub height: u16,
}

/// The lines for a pane, and where its columns are.
#[derive(Debug, Default)]
pub struct Lines {
    pub list: Vec<Line>,
    /// Columns of the keys.
    pub keys: u16,
    /// Where keys begin.
    pub x: u16,
    /// Sections of which only a line is told.
    pub folded: BTreeSet<Section>,
}

/// The lines of what is told.
pub fn lines(detail: &Detail, trace: &Trace, room: Room) -> Lines {
    let kept = matching(detail, trace);
    let sections = |at: &usize| detail.entries.get(*at).map(|entry| entry.section);
    let all: BTreeSet<Section> = kept.iter().filter_map(sections).collect();
    let folded = all
        .into_iter()
        .filter(|section| detail.folds_away(*section));
    let mut folded: BTreeSet<Section> = folded.collect();
    let first = laid(detail, trace, room.width, (&kept, &folded));
    let mut left = usize::from(room.height).saturating_sub(first.list.len());
    let before = folded.len();
    for section in OPENED {
        let entries = kept.iter().filter(|at| sections(at) == Some(section));
        let more = entries
            .count()
            .saturating_sub(usize::from(room.width >= WIDE));
        if folded.contains(&section) && detail.chosen.is_empty() && more <= left {
            left -= more;
            folded.remove(&section);
        }
    }
    if folded.len() == before {
        return first;
    }
    laid(detail, trace, room.width, (&kept, &folded))
}

/// The lines of some entries, while some sections are folded.
fn laid(
    detail: &Detail,
    trace: &Trace,
    width: u16,
    (kept, folded): (&[usize], &BTreeSet<Section>),
) -> Lines {
    let x = if width >= WIDE { 22 } else { 5 };
    let shown = |entry: &Entry| !folded.contains(&entry.section);
    let told = kept.iter().filter_map(|&at| detail.entries.get(at));
    let widest = told
        .filter(|entry| shown(entry))
        .map(|entry| entry.key.width() as u16 + entry.depth * 2);
    let keys = widest.max().unwrap_or(0).clamp(8, (width / 3).clamp(8, 28));
    let mut build = Build {
        detail,
        trace,
        folded,
        room: usize::from(width.saturating_sub(x + keys + GAP + 1)).max(8),
        wide: usize::from(width.saturating_sub(x + 3)).max(8),
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
        folded: folded.clone(),
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
        keyed: section.has_keys(),
    }
}
