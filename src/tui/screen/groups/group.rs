//! Traces that have something in common, with their figures.

use std::collections::BTreeMap;

use crate::backend::TraceRow;
use crate::model::{Nanos, TraceId};
use crate::text::{Charset, count, duration, share};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::Token;

use super::key::{Key, Known};

/// The smallest sample that a comparison is made with.
pub const ALIKE: usize = 30;

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What its traces have in common.
    pub name: String,
    pub count: usize,
    /// Traces with errors.
    pub failed: usize,
    pub p50: Nanos,
    /// None of fewer than [`ALIKE`] traces.
    pub p95: Option<Nanos>,
    pub most: Nanos,
    /// A trace of it: a failed one if there is one, else the slowest.
    pub example: TraceId,
}

/// The groups of these traces, the largest first.
pub fn groups(rows: &[TraceRow], keys: &[Key], known: &Known, charset: Charset) -> Vec<Group> {
    let mut sorted: BTreeMap<String, Vec<&TraceRow>> = BTreeMap::new();
    for row in rows {
        let names = keys.iter().map(|key| known.group(key, row, charset));
        let name = names.collect::<Vec<_>>().join("   ");
        sorted.entry(name).or_default().push(row);
    }
    let mut groups: Vec<Group> = sorted
        .into_iter()
        .filter_map(|(name, rows)| group(name, rows))
        .collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    groups
}

fn group(name: String, mut rows: Vec<&TraceRow>) -> Option<Group> {
    rows.sort_by_key(|row| row.duration);
    let at = |percent: usize| rows.get((rows.len() * percent / 100).min(rows.len() - 1));
    let failed = rows.iter().filter(|row| row.errors > 0).count();
    let example = rows
        .iter()
        .rev()
        .find(|row| failed == 0 || row.errors > 0)?;
    Some(Group {
        name,
        count: rows.len(),
        failed,
        p50: at(50)?.duration,
        p95: at(95)
            .filter(|_| rows.len() >= ALIKE)
            .map(|row| row.duration),
        most: rows.last()?.duration,
        example: example.trace_id,
    })
}

/// What sets one group apart: it fails more, or half of it is slower, than all others together.
pub fn why(groups: &[Group], charset: Charset) -> (Phrase, Option<usize>) {
    let all: usize = groups.iter().map(|group| group.count).sum();
    let failed: usize = groups.iter().map(|group| group.failed).sum();
    let share_of = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let enough = |group: &&(usize, &Group)| group.1.count >= ALIKE && all - group.1.count >= ALIKE;
    let numbered: Vec<(usize, &Group)> = groups.iter().enumerate().collect();
    let worst = numbered.iter().filter(enough).max_by(|(_, a), (_, b)| {
        share_of(a.failed, a.count).total_cmp(&share_of(b.failed, b.count))
    });
    if let Some((at, group)) = worst {
        let (others, rest) = (failed - group.failed, all - group.count);
        if share_of(group.failed, group.count) > 2.0 * share_of(others, rest) + 0.02 {
            let words = Phrase::of(Token::Strong, group.name.clone())
                .and(Token::Text, " fails ")
                .and(Token::Error, share(group.failed as u64, group.count as u64))
                .and(
                    Token::Muted,
                    format!(
                        ", all others {} ({} and {} traces)",
                        share(others as u64, rest as u64),
                        count(group.count as u64),
                        count(rest as u64)
                    ),
                );
            return (words, Some(*at));
        }
    }
    let middle = |but: usize| {
        let others = || groups.iter().enumerate().filter(|(at, _)| *at != but);
        others()
            .max_by_key(|(_, group)| group.count)
            .map(|(_, group)| group)
    };
    let slow = numbered
        .iter()
        .filter(enough)
        .max_by_key(|(_, group)| group.p50);
    if let Some((at, group)) = slow
        && let Some(usual) = middle(*at).filter(|usual| usual.count >= ALIKE)
        && group.p50.0 > usual.p50.0 * 3 / 2
    {
        let words = Phrase::of(Token::Strong, group.name.clone())
            .and(Token::Text, ": half takes over ")
            .and(Token::Slow, duration(group.p50.0, charset))
            .and(
                Token::Muted,
                format!(
                    ", of {} {} ({} and {} traces)",
                    usual.name,
                    duration(usual.p50.0, charset),
                    count(group.count as u64),
                    count(usual.count as u64)
                ),
            );
        return (words, Some(*at));
    }
    let said = format!(
        "no group stands out among {} of {}",
        count(groups.len() as u64),
        crate::text::plural(all as u64, "trace")
    );
    (Phrase::of(Token::Muted, said), None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Time;

    fn row(id: u128, service: &str, ms: u64, errors: u32) -> TraceRow {
        TraceRow {
            trace_id: TraceId(id),
            name: "op".into(),
            service: service.into(),
            start: Time(id as u64),
            duration: Nanos::from_millis(ms),
            spans: 2,
            errors,
            services: BTreeMap::new(),
            matched: Vec::new(),
            incomplete: false,
        }
    }

    #[test]
    fn groups_tell_their_figures_and_which_of_them_stands_out() {
        let rows: Vec<TraceRow> = (0..80)
            .map(|id| {
                let one = id % 2 == 0;
                let (name, lasts) = if one { ("old", 10) } else { ("new", 40) };
                row(id, name, lasts, u32::from(!one && id % 8 == 1))
            })
            .collect();
        let known = Known::default();
        let by = |keys: &[Key]| groups(&rows, keys, &known, Charset::Unicode);
        let found = by(&[Key::Service]);
        assert_eq!(
            (found.len(), found[0].count, found[0].p95.is_some()),
            (2, 40, true)
        );
        let (words, which) = why(&found, Charset::Unicode);
        assert!(
            words.plain().contains("new fails 25 %"),
            "{}",
            words.plain()
        );
        assert_eq!(which.map(|at| found[at].name.as_str()), Some("new"));
        assert_eq!(by(&[Key::Service, Key::Outcome]).len(), 3);
        let (words, which) = why(&by(&[Key::Outcome])[..1], Charset::Unicode);
        assert_eq!(which, None, "{}", words.plain());
    }

    #[test]
    fn an_attribute_tells_apart_by_the_services_in_which_it_differs() {
        let rows = [
            row(1, "shop", 1, 0),
            row(2, "shop", 1, 0),
            row(3, "shop", 1, 0),
        ];
        let values = |version: &str| {
            [("shop", "7"), ("driver", version)]
                .map(|(service, value)| (service.to_owned(), value.to_owned()))
                .into()
        };
        let mut known = Known::default();
        known.learn(
            "v".into(),
            vec![(TraceId(1), values("1")), (TraceId(2), values("2"))],
        );
        let key = Key::Attribute("v".into());
        let names = rows
            .each_ref()
            .map(|row| known.group(&key, row, Charset::Unicode));
        assert_eq!(names, ["driver 1", "driver 2", "no v"]);
        assert_eq!(
            known.terms(&key, &rows[0]).map(|terms| terms.len()),
            Some(2)
        );
    }
}
