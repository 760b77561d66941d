//! Tables of a trace: its spans, its events, its statistics, what stands out in it. Only rows in
//! view are written.

use std::cmp::{Ordering, Reverse};

use crate::analysis::{self, Group, GroupBy, What, statistics};
use crate::model::{Nanos, Time, Trace};
use crate::text::{self, Shown};
use crate::tui::phrase::Phrase;
use crate::tui::theme::Token;
use crate::tui::widget::list::List;

use super::super::explain::Explained;
use super::Seen;

/// A column: its head, the letter that sorts by it, and how wide it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub title: &'static str,
    pub letter: char,
    /// Columns of the screen; 0 shares what is left with others of width 0.
    pub width: u16,
    pub right: bool,
    /// Where room is short, columns of a higher rank are dropped first.
    pub rank: u8,
}

const fn left(title: &'static str, letter: char, width: u16, rank: u8) -> Column {
    let right = false;
    Column {
        title,
        letter,
        width,
        right,
        rank,
    }
}

const fn right(title: &'static str, letter: char, width: u16, rank: u8) -> Column {
    let right = true;
    Column {
        title,
        letter,
        width,
        right,
        rank,
    }
}

const SPANS: &[Column] = &[
    left("SPAN", 'n', 0, 0),
    left("KIND", 'i', 9, 5),
    right("START", 't', 10, 3),
    right("DURATION", 'd', 10, 0),
    right("OWN", 'o', 10, 1),
    right("CRITICAL", 'c', 10, 4),
    left("", 'e', 3, 0),
];

const EVENTS: &[Column] = &[
    right("FROM TRACE", 't', 12, 0),
    right("FROM SPAN", 'd', 11, 3),
    left("SPAN", 'n', 0, 1),
    left("EVENT", 'm', 0, 0),
];

const GROUPS: &[Column] = &[
    left("GROUP", 'n', 0, 0),
    right("COUNT", 's', 8, 0),
    right("ERR", 'e', 6, 0),
    right("TOTAL", 'd', 9, 2),
    right("AVG", 'a', 9, 4),
    right("P50", 'm', 9, 6),
    right("P95", 'p', 9, 3),
    right("MAX", 'x', 9, 5),
    right("OWN", 'o', 9, 0),
    right("% OF PATH", 'c', 11, 0),
    left("", 'c', 10, 1),
];

const FINDINGS: &[Column] = &[
    left("WHAT STANDS OUT", 'n', 0, 0),
    right("SPANS", 's', 8, 1),
];

impl Column {
    /// How it is called on a command line.
    fn word(&self) -> String {
        match self.title {
            "" => "failed".to_owned(),
            title => title.to_lowercase().replace("% of ", "").replace(' ', "-"),
        }
    }
}

/// Whether a table has a column that is called so on a command line.
pub fn is_column(word: &str) -> bool {
    let all = [SPANS, EVENTS, GROUPS, FINDINGS];
    all.into_iter()
        .flatten()
        .any(|column| column.word() == word)
}

/// An event, or a log record, of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    span: u32,
    time: Time,
    words: Shown<'static>,
    failed: bool,
}

impl Happening {
    fn of(happening: analysis::Happening<'_>) -> Self {
        let mut words = Vec::new();
        match happening.what {
            What::Event(event) => {
                words.push(event.name().to_owned());
                let attributes = event.attributes();
                let pairs = attributes.iter().take(16);
                words.extend(pairs.map(|(key, value)| format!("{key}={}", value.to_text())));
            }
            What::Log(log) => {
                words.push(log.severity_name().to_owned());
                words.push(log.body().to_text().into_owned());
            }
        }
        Self {
            span: happening.span as u32,
            time: happening.time,
            words: Shown::from_owned(words.join("  ")),
            failed: happening.what.is_failure(),
        }
    }
}

/// What a sheet is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Spans,
    Events(Vec<Happening>),
    Groups(Vec<GroupBy>, Vec<Group>),
    Findings,
}

/// By what statistics are grouped at first.
pub fn usual_groups() -> Vec<GroupBy> {
    vec![GroupBy::Service, GroupBy::Operation]
}

impl Content {
    /// The statistics of a trace.
    pub fn groups(trace: &Trace, explained: &Explained, by: Vec<GroupBy>) -> Self {
        let groups = statistics(trace, &explained.path, &by);
        Self::Groups(by, groups)
    }

    /// The events of all spans, and the log records that name one, by time.
    pub fn events(trace: &Trace) -> Self {
        let happenings = analysis::happenings(trace).into_iter();
        Self::Events(happenings.map(Happening::of).collect())
    }

    /// Its columns.
    pub fn columns(&self) -> &'static [Column] {
        match self {
            Self::Spans => SPANS,
            Self::Events(_) => EVENTS,
            Self::Groups(..) => GROUPS,
            Self::Findings => FINDINGS,
        }
    }

    fn len(&self, trace: &Trace, explained: &Explained) -> usize {
        match self {
            Self::Spans => trace.len(),
            Self::Events(events) => events.len(),
            Self::Groups(_, groups) => groups.len(),
            Self::Findings => explained.findings.len(),
        }
    }

    fn span(&self, row: usize, explained: Option<&Explained>) -> Option<usize> {
        match self {
            Self::Spans => Some(row),
            Self::Events(events) => events.get(row).map(|event| event.span as usize),
            Self::Groups(_, groups) => groups.get(row).map(|group| group.longest),
            Self::Findings => explained?.findings.get(row)?.spans.first().copied(),
        }
    }

    /// How it is sorted at first.
    fn usual_sort(&self) -> (char, bool) {
        match self {
            Self::Groups(..) => ('c', false),
            Self::Findings => (' ', true),
            Self::Spans | Self::Events(_) => ('t', true),
        }
    }

    /// The figure that a letter sorts by; none for what sorts by words.
    fn figure(&self, row: usize, letter: char, seen: &Seen<'_>) -> Option<u64> {
        let trace = seen.trace;
        match (self, letter) {
            (Self::Spans, 't') => Some(trace.start_of(row).0),
            (Self::Spans, 'd') => Some(trace.duration_of(row).0),
            (Self::Spans, 'o') => Some(trace.self_time(row).0),
            (Self::Spans, 'c') => seen.explained.map(|e| e.path.time_of(row).0),
            (Self::Spans, 'e') => Some(trace.errors_in(row..row + 1) as u64),
            (Self::Events(events), 't') => events.get(row).map(|event| event.time.0),
            (Self::Events(events), 'd') => events
                .get(row)
                .map(|event| event.time.since(trace.start_of(event.span as usize)).0),
            (Self::Groups(_, groups), letter) => group_figure(groups.get(row)?, letter),
            (Self::Findings, 's') => Some(seen.explained?.findings.get(row)?.of as u64),
            _ => None,
        }
    }

    fn words(&self, row: usize, letter: char, seen: &Seen<'_>) -> String {
        match (self, letter) {
            (Self::Events(events), 'm') => events
                .get(row)
                .map_or_else(String::new, |event| event.words.as_str().to_owned()),
            (Self::Spans, 'i') => seen.trace.span(row).kind().name().to_owned(),
            (Self::Groups(_, groups), _) => groups.get(row).map_or_else(String::new, group_name),
            (Self::Findings, _) => String::new(),
            _ => self
                .span(row, seen.explained)
                .map_or_else(String::new, |span| {
                    let span = seen.trace.span(span);
                    format!("{} {}", span.service(), span.operation())
                }),
        }
    }
}

fn group_figure(group: &Group, letter: char) -> Option<u64> {
    let durations = &group.figures.durations;
    Some(match letter {
        's' => durations.count(),
        'e' => group.figures.errors,
        'd' => durations.sum().0,
        'a' => durations.mean().0,
        'm' => durations.quantile(0.5)?.0,
        'p' => durations.quantile(0.95)?.0,
        'x' => durations.quantile(1.0)?.0,
        'o' => group.figures.own.0,
        'c' => group.figures.critical.0,
        _ => return None,
    })
}

fn group_name(group: &Group) -> String {
    let values = group
        .values
        .iter()
        .map(|value| value.as_deref().unwrap_or("without"));
    values.collect::<Vec<_>>().join("  ")
}

/// A table, how it is sorted, and where the reader stands in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    pub content: Content,
    pub list: List,
    /// The letter of the column that it is sorted by, and whether the least comes first.
    pub sort: (char, bool),
    order: Vec<u32>,
    /// The most critical time of a group.
    most: u64,
}

impl Sheet {
    /// A table in its own order.
    pub fn new(content: Content, trace: &Trace, explained: &Explained) -> Self {
        let order = (0..content.len(trace, explained) as u32).collect();
        let sort = content.usual_sort();
        let most = match &content {
            Content::Groups(_, groups) => groups.iter().map(|group| group.figures.critical.0).max(),
            _ => None,
        };
        Self {
            content,
            list: List::default(),
            sort,
            order,
            most: most.unwrap_or(0).max(1),
        }
    }

    /// What its rows are grouped by; nothing if they are no groups.
    pub fn grouped_by(&self) -> &[GroupBy] {
        match &self.content {
            Content::Groups(by, _) => by,
            _ => &[],
        }
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Which row of the content stands in a row of the table.
    pub fn row(&self, row: usize) -> Option<usize> {
        self.order.get(row).map(|&row| row as usize)
    }

    /// The span under the cursor.
    pub fn span(&self, explained: Option<&Explained>) -> Option<usize> {
        self.content.span(self.row(self.list.cursor())?, explained)
    }

    /// The span of a row.
    pub fn span_of(&self, row: usize, explained: Option<&Explained>) -> Option<usize> {
        self.content.span(self.row(row)?, explained)
    }

    /// To the first row of a span, if it has one.
    pub fn go(&mut self, span: usize, height: usize, seen: &Seen<'_>) {
        let of = |row: u32| self.content.span(row as usize, seen.explained);
        let row = match &self.content {
            Content::Groups(by, groups) => {
                let values: Vec<_> = by.iter().map(|by| by.of(seen.trace.span(span))).collect();
                let is_group = |row: &u32| {
                    groups
                        .get(*row as usize)
                        .is_some_and(|g| g.values == values)
                };
                self.order.iter().position(is_group)
            }
            _ => self.order.iter().position(|&row| of(row) == Some(span)),
        };
        if let Some(row) = row {
            self.list.go(row, height, self.order.len());
        }
    }

    /// The cursor on the row that another form of the same table has it on.
    pub fn stand_as(&mut self, before: &Self, height: usize) {
        let here = before.order.get(before.list.cursor()).copied();
        let row = self.order.iter().position(|&row| Some(row) == here);
        self.list.go(row.unwrap_or(0), height, self.order.len());
    }

    /// How it is sorted, if not as usual: a column's word, and whether the least comes first.
    pub fn sorted(&self) -> Option<(String, bool)> {
        let (letter, least_first) = self.sort;
        let mut columns = self.content.columns().iter();
        let column = columns.find(|column| column.letter == letter)?;
        (self.sort != self.content.usual_sort()).then(|| (column.word(), least_first))
    }

    /// Turns the order, so that sorting by a column of that word brings the least first or last.
    /// Returns the column's letter.
    pub fn turn_order(&mut self, word: &str, least_first: bool) -> Option<char> {
        let mut columns = self.content.columns().iter();
        let letter = columns.find(|column| column.word() == word)?.letter;
        self.sort = (letter, !least_first);
        Some(letter)
    }

    /// Sorts by a column; again, the other way round. The cursor stays on its row.
    pub fn sort_by(&mut self, letter: char, height: usize, seen: &Seen<'_>) {
        let least_first = if self.sort.0 == letter {
            !self.sort.1
        } else {
            matches!(letter, 'n' | 'i' | 'm' | 't')
        };
        self.sort = (letter, least_first);
        let here = self.order.get(self.list.cursor()).copied();
        let content = &self.content;
        let figure = |&row: &u32| content.figure(row as usize, letter, seen);
        let words = |&row: &u32| content.words(row as usize, letter, seen);
        // Rows that are equal keep the order that they had.
        match (self.order.first().and_then(figure).is_some(), least_first) {
            (true, true) => self.order.sort_by_cached_key(figure),
            (true, false) => self.order.sort_by_cached_key(|row| Reverse(figure(row))),
            (false, true) => self.order.sort_by_cached_key(words),
            (false, false) => self.order.sort_by_cached_key(|row| Reverse(words(row))),
        }
        let row = self.order.iter().position(|&row| Some(row) == here);
        self.list.go(row.unwrap_or(0), height, self.order.len());
    }

    /// What stands in a cell.
    pub fn cell(&self, row: usize, column: &Column, seen: &Seen<'_>) -> Phrase {
        let Some(row) = self.row(row) else {
            return Phrase::default();
        };
        match &self.content {
            Content::Spans => span_cell(row, column.letter, seen),
            Content::Events(events) => events.get(row).map_or_else(Phrase::default, |event| {
                event_cell(event, column.letter, seen)
            }),
            Content::Groups(_, groups) => groups
                .get(row)
                .map_or_else(Phrase::default, |group| group_cell(group, column, seen)),
            Content::Findings => finding_cell(row, column.letter, seen),
        }
    }

    /// The share of a row that a bar in the last column tells, if there is one.
    pub fn share(&self, row: usize, seen: &Seen<'_>) -> Option<f64> {
        let Content::Groups(_, groups) = &self.content else {
            return None;
        };
        let critical = groups.get(self.row(row)?)?.figures.critical.0;
        (seen.trace.duration().0 > 0).then(|| critical as f64 / self.most as f64)
    }
}

fn figure(nanos: Nanos, seen: &Seen<'_>) -> String {
    text::duration(nanos.0, seen.charset)
}

fn name_of(span: usize, seen: &Seen<'_>) -> Phrase {
    let s = seen.trace.span(span);
    let token = if s.is_error() {
        Token::Error
    } else {
        Token::Text
    };
    Phrase::of(Token::Muted, Shown::from_owned(s.service().to_owned()))
        .and(Token::Text, "  ")
        .and(token, Shown::from_owned(s.operation().to_owned()))
}

fn span_cell(span: usize, letter: char, seen: &Seen<'_>) -> Phrase {
    let trace = seen.trace;
    match letter {
        'n' => name_of(span, seen),
        'i' => Phrase::of(Token::Muted, trace.span(span).kind().name().to_owned()),
        't' => Phrase::of(
            Token::Muted,
            format!(
                "+{}",
                figure(trace.start_of(span).since(trace.start()), seen)
            ),
        ),
        'd' => Phrase::text(figure(trace.duration_of(span), seen)),
        'o' => Phrase::text(figure(trace.self_time(span), seen)),
        'c' => {
            let critical = seen.explained.map_or(Nanos(0), |e| e.path.time_of(span));
            let token = if critical.0 > 0 {
                Token::Text
            } else {
                Token::Faint
            };
            Phrase::of(token, figure(critical, seen))
        }
        _ if trace.span(span).is_error() => Phrase::of(Token::Error, failed(seen)),
        _ => Phrase::default(),
    }
}

fn failed(seen: &Seen<'_>) -> &'static str {
    crate::tui::theme::Glyphs::of(seen.charset).failed
}

fn event_cell(event: &Happening, letter: char, seen: &Seen<'_>) -> Phrase {
    let (trace, span) = (seen.trace, event.span as usize);
    let since = |start: Time| {
        let sign = match event.time.cmp(&start) {
            Ordering::Less => "-",
            Ordering::Equal => "",
            Ordering::Greater => "+",
        };
        let apart = event.time.0.abs_diff(start.0);
        format!("{sign}{}", text::duration(apart, seen.charset))
    };
    match letter {
        't' => Phrase::text(since(trace.start())),
        'd' => Phrase::of(Token::Muted, since(trace.start_of(span))),
        'n' => name_of(span, seen),
        _ => {
            let token = if event.failed {
                Token::Error
            } else {
                Token::Text
            };
            Phrase::of(token, event.words.clone())
        }
    }
}

fn group_cell(group: &Group, column: &Column, seen: &Seen<'_>) -> Phrase {
    let figures = &group.figures;
    match (column.letter, column.title) {
        ('n', _) => {
            let mut phrase = Phrase::default();
            let last = group.values.len().saturating_sub(1);
            for (at, value) in group.values.iter().enumerate() {
                let token = if at == last {
                    Token::Text
                } else {
                    Token::Muted
                };
                if at > 0 {
                    phrase.push(Token::Text, "  ");
                }
                match value {
                    Some(value) => phrase.push(token, Shown::from_owned(value.clone())),
                    None => phrase.push(Token::Faint, "without"),
                }
            }
            phrase
        }
        ('s', _) => Phrase::text(text::count(figures.durations.count())),
        ('e', _) if figures.errors == 0 => Phrase::default(),
        ('e', _) => Phrase::of(
            Token::Error,
            format!("{} {}", failed(seen), text::count(figures.errors)),
        ),
        ('c', "") => Phrase::default(),
        ('c', _) => {
            let share = text::share(figures.critical.0, seen.trace.duration().0);
            let token = if figures.critical.0 > 0 {
                Token::Strong
            } else {
                Token::Faint
            };
            Phrase::of(token, share)
        }
        (letter, _) => {
            let nanos = group_figure(group, letter).map_or(Nanos(0), Nanos);
            Phrase::text(figure(nanos, seen))
        }
    }
}

fn finding_cell(row: usize, letter: char, seen: &Seen<'_>) -> Phrase {
    let Some(finding) = seen.explained.and_then(|e| e.findings.get(row)) else {
        return Phrase::default();
    };
    match letter {
        'n' => Phrase::text(finding.text.clone()),
        _ => Phrase::of(Token::Muted, text::count(finding.of as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::scenario;
    use crate::text::Charset;
    use crate::tui::screen::trace::explain;

    #[test]
    fn a_sheet_sorts_both_ways_and_keeps_its_row() {
        let trace =
            scenario::trace("a: r 0..100\n  b: x 1..50 +3:hit\n  c: y 60..70 error +2:miss\n");
        let explained = explain(&trace, None, Charset::Unicode);
        let seen = Seen {
            trace: &trace,
            explained: Some(&explained),
            charset: Charset::Unicode,
        };
        let mut sheet = Sheet::new(Content::Spans, &trace, &explained);
        sheet.go(1, 10, &seen);
        let order = |sheet: &Sheet| (0..3).filter_map(|row| sheet.row(row)).collect::<Vec<_>>();
        sheet.sort_by('d', 10, &seen);
        assert_eq!((order(&sheet), sheet.span(None)), (vec![0, 1, 2], Some(1)));
        sheet.sort_by('d', 10, &seen);
        assert_eq!(order(&sheet), [2, 1, 0]);
        sheet.sort_by('n', 10, &seen);
        assert_eq!(order(&sheet), [0, 1, 2]);
        let events = Sheet::new(Content::events(&trace), &trace, &explained);
        assert_eq!((events.len(), events.span_of(1, None)), (2, Some(2)));
        let groups = Content::groups(&trace, &explained, usual_groups());
        let mut groups = Sheet::new(groups, &trace, &explained);
        groups.go(2, 10, &seen);
        assert_eq!(groups.span(None), Some(2));
    }
}
