//! What is told of the span under the cursor: its entries, in sections that fold.

mod entries;
mod entry;
mod lines;
mod standing;
mod title;
mod whole;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::model::Trace;
use crate::text::{Charset, Needle, Shown};
use crate::tui::canvas::memo::Memo;
use crate::tui::widget::input::Input;
use crate::tui::widget::list::List;
use crate::tui::widget::waterfall::{Bundle, Likeness};

use super::open::Moves;
use super::together::Together;

pub use entries::Known;
pub use entry::{Entry, Link, Origin, Owner, Section, Tone};
pub use lines::{Fold, GAP, Line, Lines, Room};
pub use whole::{Whole, attributes};

use entries::{Entries, longest};

/// Entries of a section that are told unasked.
const TOLD: usize = 100;

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
    /// Only entries with this text are told.
    pub filter: Input,
    /// Sections that somebody folded, or opened.
    chosen: BTreeMap<Section, bool>,
    /// Folds that are not as they were at first.
    turned: BTreeSet<Fold>,
    /// Sections of which all is told.
    whole: BTreeSet<Section>,
    entries: Vec<Entry>,
    counts: BTreeMap<Section, usize>,
    subject: Option<Subject>,
    /// The lines by the room in the pane.
    lines: Memo<Room, Lines>,
}

/// What the pane tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Span(usize),
    Bundle(usize, Likeness),
}

/// Sections that are folded until somebody opens them or there is room for them.
const FOLDED: [Section; 4] = [
    Section::Resource,
    Section::Scope,
    Section::Times,
    Section::Ids,
];

impl Default for Detail {
    fn default() -> Self {
        Self {
            charset: Charset::Unicode,
            shown: true,
            list: List::default(),
            title: Vec::new(),
            filter: Input::default(),
            chosen: BTreeMap::new(),
            turned: BTreeSet::new(),
            whole: BTreeSet::new(),
            entries: Vec::new(),
            counts: BTreeMap::new(),
            subject: None,
            lines: Memo::default(),
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
    pub fn tell(&mut self, known: &Known<'_>, span: Option<usize>) {
        self.about(span.map(Subject::Span));
        let filtered = !self.filter.text().is_empty();
        let most = |section| {
            let all = filtered || self.whole.contains(&section);
            if all { usize::MAX } else { TOLD }
        };
        let told = span.map(|span| Entries::of(known, span, most));
        let told = told.map(|told| (told.list, told.counts));
        (self.entries, self.counts) = told.unwrap_or_default();
        let title = span.map(|span| title::title(known.trace, span, known.explained, self.charset));
        self.title = title.unwrap_or_default();
        self.lines.clear();
    }

    /// Tells spans that share a row.
    pub fn tell_bundle(&mut self, trace: &Trace, bundle: &Bundle, together: &Together) {
        self.about(Some(Subject::Bundle(bundle.first, bundle.likeness)));
        self.entries = longest(trace, together, self.charset);
        self.counts.clear();
        self.title = title::bundle_title(trace, bundle, together, self.charset);
        self.lines.clear();
    }

    fn about(&mut self, subject: Option<Subject>) {
        if subject != self.subject {
            self.list = List::default();
            self.turned.clear();
            self.whole.clear();
        }
        self.subject = subject;
    }

    /// The spans stand elsewhere now; what is told of one goes on to be told.
    pub fn moved(&mut self, moves: &Moves) {
        self.subject = self.subject.and_then(|subject| match subject {
            Subject::Span(span) => moves.to(span).map(Subject::Span),
            Subject::Bundle(first, likeness) => {
                let first = moves.to(first);
                first.map(|first| Subject::Bundle(first, likeness))
            }
        });
    }

    /// The span that is told of.
    pub fn span(&self) -> Option<usize> {
        match self.subject? {
            Subject::Span(span) => Some(span),
            Subject::Bundle(..) => None,
        }
    }

    /// The lines for a pane with that room.
    pub fn lines(&self, trace: &Trace, room: Room) -> Arc<Lines> {
        self.lines.get(room, || lines::lines(self, trace, room))
    }

    /// The line under the cursor.
    pub fn line(&self, trace: &Trace, room: Room) -> Option<Line> {
        self.lines(trace, room)
            .list
            .get(self.list.cursor())
            .cloned()
    }

    /// What a line tells.
    pub fn entry(&self, line: &Line) -> Option<&Entry> {
        self.entries.get(line.entry)
    }

    /// All of the value of a line.
    pub fn whole<'a>(&'a self, trace: &'a Trace, line: &Line) -> Option<Whole<'a>> {
        Whole::of(trace, self.span(), self.entry(line)?)
    }

    /// Whether a section is told in a line, however much room there is.
    fn folds_away(&self, section: Section) -> bool {
        let chosen = self.chosen.get(&section).copied();
        chosen.unwrap_or_else(|| FOLDED.contains(&section)) && self.filter.text().is_empty()
    }

    /// Whether something is folded that was folded at first or not.
    fn folds(&self, fold: Fold, at_first: bool) -> bool {
        self.turned.contains(&fold) != at_first && self.filter.text().is_empty()
    }

    fn matches(&self, trace: &Trace, entry: &Entry) -> bool {
        let wanted = Needle::new(self.filter.text());
        let within = |text: &str| wanted.is_in(text);
        within(entry.key.as_str())
            || within(entry.section.title())
            || Whole::of(trace, self.span(), entry)
                .is_some_and(|whole| within(&whole.text()) || within(&whole.key))
    }

    /// All entries of a section are told from now on; who calls tells anew.
    pub fn tell_all(&mut self, section: Section) {
        self.whole.insert(section);
    }

    /// The filter was changed.
    pub fn narrowed(&mut self) {
        self.list = List::default();
        self.lines.clear();
    }

    /// Folds (`Some(true)`), opens or turns what is under the cursor, or what holds it.
    pub fn fold(&mut self, fold: Option<bool>, trace: &Trace, room: Room) {
        let Some(line) = self.line(trace, room) else {
            return;
        };
        let turns = |now: bool| fold.is_none_or(|fold| fold != now);
        let section = self.lines(trace, room).folded.contains(&line.section);
        if line.fold.is_some_and(|now| turns(now) && !section) {
            self.turn((line.entry, line.piece));
        } else if section || line.heading.is_some() {
            if turns(section) {
                self.choose(line.section, !section, &self.lines(trace, room));
            }
        } else if turns(false) {
            self.fold_owner(&line, trace, room);
            return;
        }
        self.lines.clear();
        self.stay(&line, trace, room);
    }

    /// Folds what a line is a part of: a container, an event, at last the section.
    fn fold_owner(&mut self, line: &Line, trace: &Trace, room: Room) {
        let lines = self.lines(trace, room);
        let at = self.list.cursor();
        let above = lines.list.get(..at).unwrap_or_default().iter().rev();
        let mut same = above.take_while(|other| other.section == line.section);
        let holds = |other: &&Line| other.fold == Some(false) && other.indent < line.indent;
        let owner = same.find(holds).cloned();
        match &owner {
            Some(owner) => self.turn((owner.entry, owner.piece)),
            None => self.choose(line.section, true, &lines),
        }
        self.lines.clear();
        self.stay(owner.as_ref().unwrap_or(line), trace, room);
    }

    /// Folds or opens a section. From now on no other opens or folds by itself.
    fn choose(&mut self, section: Section, fold: bool, lines: &Lines) {
        if self.chosen.is_empty() {
            let opened = |section: &Section| {
                let told = lines.list.iter().any(|line| line.section == *section);
                told && !lines.folded.contains(section)
            };
            let now = FOLDED.map(|section| (section, !opened(&section)));
            self.chosen.extend(now);
        }
        self.chosen.insert(section, fold);
    }

    fn turn(&mut self, (entry, piece): (usize, usize)) {
        let Some(section) = self.entries.get(entry).map(|entry| entry.section) else {
            return;
        };
        let first = self
            .entries
            .iter()
            .position(|entry| entry.section == section);
        let fold = (section, entry - first.unwrap_or(0), piece);
        if !self.turned.remove(&fold) {
            self.turned.insert(fold);
        }
    }

    /// Opens or folds all there is.
    pub fn fold_all(&mut self, fold: bool, trace: &Trace, room: Room) {
        let Some(line) = self.line(trace, room) else {
            return;
        };
        self.turned.clear();
        let sections = self.entries.iter().map(|entry| (entry.section, fold));
        self.chosen = sections.collect();
        if !fold {
            self.open_values(trace, room);
        }
        self.lines.clear();
        self.stay(&line, trace, room);
    }

    /// Opens folds until there are none; what opens may hold further ones.
    fn open_values(&mut self, trace: &Trace, room: Room) {
        const LEVELS: usize = 8;
        for _ in 0..LEVELS {
            self.lines.clear();
            let lines = self.lines(trace, room);
            let folded = lines.list.iter().filter(|line| line.fold == Some(true));
            let folded: Vec<_> = folded.map(|line| (line.entry, line.piece)).collect();
            if folded.is_empty() {
                return;
            }
            for fold in folded {
                self.turn(fold);
            }
        }
    }

    /// Keeps the cursor on a line, or on the head of its section.
    fn stay(&mut self, line: &Line, trace: &Trace, room: Room) {
        let lines = self.lines(trace, room);
        let find = |wanted: &dyn Fn(&Line) -> bool| lines.list.iter().position(wanted);
        let at = find(&|other| {
            (other.entry, other.piece, other.section) == (line.entry, line.piece, line.section)
                && other.heading.is_some() == line.heading.is_some()
        })
        .or_else(|| find(&|other| (other.entry, other.piece) == (line.entry, line.piece)))
        .or_else(|| find(&|other| other.section == line.section));
        self.list.follow(at.unwrap_or(0));
    }

    /// The first line of the next or previous section.
    pub fn section(&self, forward: bool, trace: &Trace, room: Room) -> Option<usize> {
        let cursor = self.list.cursor();
        let lines = self.lines(trace, room);
        let mut heads = lines
            .list
            .iter()
            .enumerate()
            .filter(|(_, line)| line.heading.is_some())
            .map(|(at, _)| at);
        if forward {
            heads.find(|&at| at > cursor)
        } else {
            heads.take_while(|&at| at < cursor).last()
        }
    }
}
