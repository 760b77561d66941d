//! What the rows of a table are, and what they are sorted by.

use crate::analysis::{self, Group, GroupBy, What, statistics_until};
use crate::model::{Bits, Cancellation, Time, Trace};

use super::columns::{Column, EVENTS, FINDINGS, GROUPS, SPANS};
use crate::tui::screen::trace::explain::Explained;
use crate::tui::screen::trace::view::Seen;

/// An event, or a log record, of a span: where it stands, for there may be as many as spans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Happening {
    pub time: Time,
    pub span: u32,
    /// Its place among the events of the span, or from [`Happening::LOGS`] on among the log
    /// records of the trace.
    place: u32,
}

impl Happening {
    const LOGS: u32 = 1 << 31;

    fn of(happening: &analysis::Happening<'_>) -> Self {
        let place = happening.place as u32;
        Self {
            time: happening.time,
            span: happening.span as u32,
            place: match happening.what {
                What::Event(_) => place,
                What::Log(_) => place | Self::LOGS,
            },
        }
    }

    fn what<'a>(&self, trace: &'a Trace) -> Option<What<'a>> {
        if let Some(place) = self.place.checked_sub(Self::LOGS) {
            trace.logs().nth(place as usize).map(What::Log)
        } else {
            let event = trace.span(self.span as usize).event(self.place as usize);
            event.map(What::Event)
        }
    }

    /// Whether something went wrong.
    pub fn is_failure(&self, trace: &Trace) -> bool {
        self.what(trace).is_some_and(What::is_failure)
    }

    /// What it was.
    pub fn words(&self, trace: &Trace) -> String {
        let words: Vec<String> = match self.what(trace) {
            Some(What::Event(event)) => {
                let pairs = event.attributes().iter().take(16);
                let pairs = pairs.map(|(key, value)| format!("{key}={}", value.to_text()));
                std::iter::once(event.name().to_owned())
                    .chain(pairs)
                    .collect()
            }
            Some(What::Log(log)) => {
                vec![
                    log.severity_name().to_owned(),
                    log.body().to_text().into_owned(),
                ]
            }
            None => Vec::new(),
        };
        words.join("  ")
    }
}

/// What statistics are grouped by, and which spans are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    pub by: Vec<GroupBy>,
    /// The spans that are not out of sight; none if all are to be seen.
    pub among: Option<Bits>,
}

/// What a sheet is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    Spans,
    Events(Vec<Happening>),
    Groups(Grouping, Vec<Group>),
    Findings,
}

/// By what statistics are grouped at first.
pub fn usual_groups() -> Vec<GroupBy> {
    vec![GroupBy::Service, GroupBy::Operation]
}

impl Content {
    /// The statistics of a trace; of no use once cancelled.
    pub fn groups(
        trace: &Trace,
        explained: &Explained,
        grouping: Grouping,
        cancellation: &Cancellation<'_>,
    ) -> Self {
        let what = (grouping.by.as_slice(), grouping.among.as_ref());
        let groups = statistics_until(trace, &explained.path, what, cancellation);
        Self::Groups(grouping, groups)
    }

    /// The events of all spans, and the log records that name one, by time; of no use once
    /// cancelled.
    pub fn events(trace: &Trace, cancellation: &Cancellation<'_>) -> Self {
        let happenings = analysis::happenings_until(trace, cancellation).into_iter();
        let happenings = happenings.take_while(|_| !cancellation.is_cancelled());
        Self::Events(happenings.map(|one| Happening::of(&one)).collect())
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

    /// How many rows there are of it.
    pub fn len(&self, trace: &Trace, explained: &Explained) -> usize {
        match self {
            Self::Spans => trace.len(),
            Self::Events(events) => events.len(),
            Self::Groups(_, groups) => groups.len(),
            Self::Findings => explained.findings.len(),
        }
    }

    /// The span of a row.
    pub fn span(&self, row: usize, explained: Option<&Explained>) -> Option<usize> {
        match self {
            Self::Spans => Some(row),
            Self::Events(events) => events.get(row).map(|event| event.span as usize),
            Self::Groups(_, groups) => groups.get(row).map(|group| group.longest),
            Self::Findings => explained?.findings.get(row)?.spans.first().copied(),
        }
    }

    /// How it is sorted at first.
    pub fn usual_sort(&self) -> (char, bool) {
        match self {
            Self::Groups(..) => ('c', false),
            Self::Findings => (' ', true),
            Self::Spans | Self::Events(_) => ('t', true),
        }
    }

    /// The figure that a letter sorts by; none for what sorts by words.
    pub fn figure(&self, row: usize, letter: char, seen: &Seen<'_>) -> Option<u64> {
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

    /// The words that a letter sorts by.
    pub fn words(&self, row: usize, letter: char, seen: &Seen<'_>) -> String {
        match (self, letter) {
            (Self::Events(events), 'm') => events
                .get(row)
                .map_or_else(String::new, |event| event.words(seen.trace)),
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

/// The figure of a group that stands in the column of a letter.
pub fn group_figure(group: &Group, letter: char) -> Option<u64> {
    let figures = &group.figures;
    let durations = &figures.durations;
    Some(match letter {
        's' => durations.count(),
        'e' => figures.errors,
        'd' => durations.sum().0,
        'a' => durations.mean().0,
        'i' => figures.range.0.0,
        'm' => durations.quantile(0.5)?.0,
        'p' => durations.quantile(0.95)?.0,
        'h' => durations.quantile(0.99)?.0,
        'x' => figures.range.1.0,
        'o' => figures.own.0,
        'v' => figures.mean_own().0,
        'w' => figures.own_range.0.0,
        'y' => figures.own_range.1.0,
        'c' => figures.critical.0,
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
