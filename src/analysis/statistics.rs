//! Figures of the spans of a trace, grouped and subgrouped by service, operation or attribute.
//!
//! Columns as Jaeger's statistics (`TracePage/TraceStatistics`), with percentiles, errors and
//! critical time beside them. Own time is that of [`Trace::self_time`].

use std::collections::HashMap;

use foldhash::fast::RandomState;

use super::critical_path::CriticalPath;
use crate::model::{Bits, Cancellation, Durations, Nanos, PairIx, SpanRef, Sym, Trace};

/// What spans are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GroupBy {
    /// The service.
    Service,
    /// The operation.
    Operation,
    /// The kind.
    Kind,
    /// The status.
    Status,
    /// An attribute of the span, else of its resource.
    Attribute(String),
}

impl GroupBy {
    /// What a word means: `service`, `operation`, `kind` or `status`, else an attribute's key.
    pub fn of_word(word: &str) -> Self {
        match word {
            "service" => Self::Service,
            "operation" => Self::Operation,
            "kind" => Self::Kind,
            "status" => Self::Status,
            key => Self::Attribute(key.to_owned()),
        }
    }

    /// The word.
    pub fn word(&self) -> &str {
        match self {
            Self::Service => "service",
            Self::Operation => "operation",
            Self::Kind => "kind",
            Self::Status => "status",
            Self::Attribute(key) => key,
        }
    }

    /// The group of a span; none if it has no such attribute.
    pub fn of(&self, span: SpanRef<'_>) -> Option<String> {
        match self {
            Self::Service => Some(span.service().to_owned()),
            Self::Operation => Some(span.operation().to_owned()),
            Self::Kind => Some(span.kind().name().to_owned()),
            Self::Status => Some(span.status().name().to_owned()),
            Self::Attribute(key) => span
                .attribute(key)
                .or_else(|| span.resource().attributes().get(key))
                .map(|value| value.to_text().into_owned()),
        }
    }
}

/// Figures of some spans.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Their durations: count, total, mean and quantiles.
    pub durations: Durations,
    /// How many failed.
    pub errors: u64,
    /// The shortest and the longest of them.
    pub range: (Nanos, Nanos),
    /// Their own time.
    pub own: Nanos,
    /// The shortest and the longest own time of one.
    pub own_range: (Nanos, Nanos),
    /// Their time on the critical path.
    pub critical: Nanos,
}

impl Figures {
    fn add(&mut self, trace: &Trace, path: &CriticalPath, span: usize) {
        let (duration, own) = (trace.duration_of(span), trace.self_time(span));
        if self.durations.is_empty() {
            (self.range, self.own_range) = ((duration, duration), (own, own));
        }
        self.range = (self.range.0.min(duration), self.range.1.max(duration));
        self.own_range = (self.own_range.0.min(own), self.own_range.1.max(own));
        self.durations.add(duration);
        self.errors += trace.errors_in(span..span + 1) as u64;
        self.own = self.own + own;
        self.critical = self.critical + path.time_of(span);
    }

    /// The mean of their own times.
    pub fn mean_own(&self) -> Nanos {
        Nanos(self.own.0 / self.durations.count().max(1))
    }
}

/// The spans of one group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// What they have in common, one value for each of what was grouped by; none where they have
    /// no such attribute.
    pub values: Vec<Option<String>>,
    /// Their figures.
    pub figures: Figures,
    /// The longest of them.
    pub longest: usize,
}

/// The groups of a trace's spans, most critical time first, then most total time; spans without
/// a value come last. One pass; values are compared once for each block that has them.
pub fn statistics(trace: &Trace, path: &CriticalPath, by: &[GroupBy]) -> Vec<Group> {
    statistics_until(trace, path, (by, None), &Cancellation::never())
}

/// The same until cancelled, of some of the spans if those are given.
pub fn statistics_until(
    trace: &Trace,
    path: &CriticalPath,
    (by, among): (&[GroupBy], Option<&Bits>),
    cancellation: &Cancellation<'_>,
) -> Vec<Group> {
    let mut numbers: Vec<Numbers<'_>> = by.iter().map(|by| Numbers::of(trace, by)).collect();
    let mut places: HashMap<(u32, u32), u32, RandomState> = HashMap::default();
    let mut groups: Vec<Group> = Vec::new();
    let mut longest: Vec<Nanos> = Vec::new();
    let counts = |&span: &usize| among.is_none_or(|among| among.contains(span));
    let spans = (0..trace.len()).take_while(|_| !cancellation.is_cancelled());
    for span in spans.filter(counts) {
        // Each pair of what leads here and the next value is a place, the last of them a group.
        let mut place = 0;
        for (level, numbers) in (0..).zip(&mut numbers) {
            let (known, next) = (places.len() as u32, numbers.number(span));
            let from = place * by.len() as u32 + level;
            place = *places.entry((from, next)).or_insert(known + 1);
        }
        let duration = trace.duration_of(span);
        let at = place as usize;
        if at >= groups.len() {
            groups.resize_with(at + 1, Group::default);
            longest.resize(at + 1, Nanos(0));
        }
        let group = &mut groups[at];
        if group.figures.durations.is_empty() {
            group.values = by.iter().map(|by| by.of(trace.span(span))).collect();
            (group.longest, longest[at]) = (span, duration);
        }
        group.figures.add(trace, path, span);
        if duration > longest[at] {
            (group.longest, longest[at]) = (span, duration);
        }
    }
    // Places on the way to a group have no span.
    groups.retain(|group| !group.figures.durations.is_empty());
    groups.sort_by(|a, b| key(a).cmp(&key(b)));
    groups
}

/// What a value is known by within a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Within {
    Name(Sym),
    Pair(PairIx),
    Other(u8),
    Nothing,
}

/// Numbers in place of the values that spans are grouped by.
struct Numbers<'a> {
    trace: &'a Trace,
    by: &'a GroupBy,
    /// The key of an attribute, by block.
    keys: Vec<Option<Sym>>,
    known: HashMap<(u32, Within), u32, RandomState>,
    values: HashMap<Option<String>, u32, RandomState>,
}

impl<'a> Numbers<'a> {
    fn of(trace: &'a Trace, by: &'a GroupBy) -> Self {
        let key = |block: &std::sync::Arc<crate::model::Block>| match by {
            GroupBy::Attribute(key) => block.dictionary().find(key),
            _ => None,
        };
        Self {
            trace,
            by,
            keys: trace.blocks().iter().map(key).collect(),
            known: HashMap::default(),
            values: HashMap::default(),
        }
    }

    fn number(&mut self, span: usize) -> u32 {
        let (block, row) = self.trace.place(span);
        let at = self.trace.span(span);
        let within = match self.by {
            GroupBy::Service => Within::Name(at.resource().service_sym()),
            GroupBy::Operation => Within::Name(at.block().operation(row)),
            GroupBy::Kind => Within::Other(at.kind() as u8),
            GroupBy::Status => Within::Other(at.status() as u8),
            GroupBy::Attribute(_) => Self::pair(at, self.keys[block]),
        };
        let (values, by) = (&mut self.values, self.by);
        *self.known.entry((block as u32, within)).or_insert_with(|| {
            let next = values.len() as u32;
            *values.entry(by.of(at)).or_insert(next)
        })
    }

    /// The attribute of that key: the span's, else its resource's.
    fn pair(span: SpanRef<'_>, key: Option<Sym>) -> Within {
        let dictionary = span.block().dictionary();
        let resource = span.resource().attributes();
        let pairs = span.attributes().pairs().iter().chain(resource.pairs());
        let mut pairs = pairs.filter(|&&pair| Some(dictionary.key(pair)) == key);
        pairs
            .next()
            .map_or(Within::Nothing, |&pair| Within::Pair(pair))
    }
}

/// The order in which groups are told.
fn key(group: &Group) -> impl Ord + '_ {
    let without = group.values.iter().any(Option::is_none);
    let weight = (group.figures.critical, group.figures.durations.sum());
    (without, std::cmp::Reverse(weight), &group.values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::critical_path;
    use crate::model::scenario;

    #[test]
    fn groups_have_the_figures_of_their_spans_and_those_without_come_last() {
        let trace = scenario::trace(
            "a: r 0..100\n  b: get 0..20 key=x\n  b: get 20..60 key=y error\n  c: put 60..95 key=x\n",
        );
        let path = critical_path(&trace);
        let told = |by: &[GroupBy]| -> Vec<(String, u64, u64, u64)> {
            let groups = statistics(&trace, &path, by);
            let name = |value: &Option<String>| value.clone().unwrap_or("-".to_owned());
            groups
                .iter()
                .map(|group| {
                    let name = group.values.iter().map(name).collect::<Vec<_>>().join(" ");
                    let figures = &group.figures;
                    let critical = figures.critical.0 / 1_000_000;
                    (name, figures.durations.count(), figures.errors, critical)
                })
                .collect()
        };
        let service = [("b", 2, 1, 60), ("c", 1, 0, 35), ("a", 1, 0, 5)];
        let owned = |rows: &[(&str, u64, u64, u64)]| -> Vec<_> {
            rows.iter()
                .map(|r| (r.0.to_owned(), r.1, r.2, r.3))
                .collect()
        };
        assert_eq!(told(&[GroupBy::Service]), owned(&service));
        let key = GroupBy::Attribute("key".to_owned());
        let keys = [
            ("x b", 1, 0, 20),
            ("x c", 1, 0, 35),
            ("y b", 1, 1, 40),
            ("- a", 1, 0, 5),
        ];
        let mut both = told(&[key, GroupBy::Service]);
        assert_eq!(both.last().map(|row| row.0.as_str()), Some("- a"));
        both[..3].sort();
        assert_eq!(both, owned(&keys));
    }
}
