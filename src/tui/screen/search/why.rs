//! What stands out among the traces found, in words, each with the trace that shows it.
//!
//! A figure that compares with its like is only said where there are at least [`ALIKE`] alike
//! (traces of one root operation, spans of one service); below that the line says how many there
//! are.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::backend::TraceRow;
use crate::model::{Nanos, TraceId};
use crate::text::{Charset, count, duration, plural, share};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::theme::Token;

/// The smallest sample that a comparison is made with.
pub const ALIKE: usize = 30;
/// A service is named for failing from this share of its spans on.
const FAILING: f64 = 0.05;
/// A trace is named for being slow from this multiple of its operation's median on.
const SLOW: f64 = 2.0;

/// Something that stands out.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    pub words: Phrase,
    /// The trace that shows it best.
    pub evidence: TraceId,
    /// How much it matters, to order findings by: a share from 0 to 1.
    weight: f64,
}

/// Service and operation of a root.
type Kind = (Arc<str>, Arc<str>);

/// What is usual, for each root operation of which there are enough.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usual(BTreeMap<Kind, Percentiles>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Percentiles {
    p50: Nanos,
    p95: Nanos,
    of: usize,
}

impl Usual {
    /// The percentiles of the rows by root operation.
    pub fn of(rows: &[TraceRow]) -> Self {
        let mut groups: BTreeMap<Kind, Vec<Nanos>> = BTreeMap::new();
        for row in rows {
            groups.entry(kind(row)).or_default().push(row.duration);
        }
        groups.retain(|_, durations| durations.len() >= ALIKE);
        let percentiles = |mut durations: Vec<Nanos>| {
            durations.sort_unstable();
            let at = |share: usize| {
                durations.get((durations.len() * share / 100).min(durations.len() - 1))
            };
            let (p50, p95) = (
                at(50).copied().unwrap_or_default(),
                at(95).copied().unwrap_or_default(),
            );
            Percentiles {
                p50,
                p95,
                of: durations.len(),
            }
        };
        Self(
            groups
                .into_iter()
                .map(|(kind, durations)| (kind, percentiles(durations)))
                .collect(),
        )
    }

    /// Whether a trace is slow for its root operation: at or above the p95 of enough alike, and more
    /// than their median.
    pub fn is_slow(&self, row: &TraceRow) -> bool {
        self.0
            .get(&kind(row))
            .is_some_and(|usual| row.duration >= usual.p95 && row.duration > usual.p50)
    }
}

fn kind(row: &TraceRow) -> Kind {
    (Arc::clone(&row.service), Arc::clone(&row.name))
}

/// What stands out, the heaviest first.
pub fn findings(rows: &[TraceRow], usual: &Usual, charset: Charset) -> Vec<Finding> {
    let mut findings = failing(rows);
    findings.extend(slow(rows, usual, charset));
    findings.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    findings
}

/// The why line: the first findings, or that nothing stands out in so many traces.
pub fn line(findings: &[Finding], rows: usize, between: &str) -> Phrase {
    let mut line = Phrase::default();
    for finding in findings.iter().take(3) {
        if !line.is_empty() {
            line.push(Token::Muted, format!(" {between} "));
        }
        line.extend(finding.words.clone());
    }
    if !line.is_empty() {
        return line;
    }
    let traces = plural(rows as u64, "trace");
    match rows {
        0 => Phrase::of(Token::Muted, "nothing to tell of no traces"),
        1..ALIKE => Phrase::of(
            Token::Muted,
            format!("nothing stands out in {traces}; {ALIKE} alike tell what is slow"),
        ),
        _ => Phrase::of(Token::Muted, format!("nothing stands out in {traces}")),
    }
}

/// Services of which a good part of the spans failed.
fn failing(rows: &[TraceRow]) -> Vec<Finding> {
    let mut services: BTreeMap<&str, (u64, u64, Option<&TraceRow>)> = BTreeMap::new();
    for row in rows {
        for (service, counted) in &row.services {
            let sum = services.entry(service).or_default();
            sum.0 += u64::from(counted.spans);
            sum.1 += u64::from(counted.errors);
            if counted.errors > 0 {
                sum.2 = Some(sum.2.filter(|best| best.start > row.start).unwrap_or(row));
            }
        }
    }
    let finding = |(service, (spans, errors, evidence)): (&str, (u64, u64, Option<&TraceRow>))| {
        let weight = errors as f64 / spans.max(1) as f64;
        let enough = spans as usize >= ALIKE && weight >= FAILING;
        let words = Phrase::of(Token::Strong, service.to_owned())
            .and(Token::Text, " fails ")
            .and(Token::Error, share(errors, spans))
            .and(
                Token::Muted,
                format!(" ({} of {} spans)", count(errors), count(spans)),
            );
        evidence.filter(|_| enough).map(|row| Finding {
            words,
            evidence: row.trace_id,
            weight,
        })
    };
    services.into_iter().filter_map(finding).collect()
}

/// The slowest trace of each root operation, where it is far from the usual.
fn slow(rows: &[TraceRow], usual: &Usual, charset: Charset) -> Vec<Finding> {
    let mut slowest: BTreeMap<Kind, &TraceRow> = BTreeMap::new();
    for row in rows {
        let best = slowest.entry(kind(row)).or_insert(row);
        if row.duration > best.duration {
            *best = row;
        }
    }
    let finding = |(kind, row): (Kind, &TraceRow)| {
        let Percentiles { p50, p95, of } = *usual.0.get(&kind)?;
        let ratio = row.duration.0 as f64 / p50.0.max(1) as f64;
        let words = Phrase::of(Token::Strong, format!("{} {}", kind.0, kind.1))
            .and(Token::Text, " up to ")
            .and(Token::Slow, duration(row.duration.0, charset))
            .and(
                Token::Muted,
                format!(
                    ", p95 {}, half below {} ({} traces)",
                    duration(p95.0, charset),
                    duration(p50.0, charset),
                    count(of as u64)
                ),
            );
        (ratio >= SLOW).then(|| Finding {
            words,
            evidence: row.trace_id,
            weight: (1.0 - 1.0 / ratio) * 0.5,
        })
    };
    slowest.into_iter().filter_map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ServiceCount, Time};

    fn row(id: u128, ms: u64, errors: u32) -> TraceRow {
        TraceRow {
            trace_id: TraceId(id),
            name: "GET /cart".into(),
            service: "shop".into(),
            start: Time(id as u64),
            duration: Nanos::from_millis(ms),
            spans: 2,
            errors,
            services: BTreeMap::from([("redis".into(), ServiceCount { spans: 2, errors })]),
            matched: Vec::new(),
            incomplete: false,
        }
    }

    #[test]
    fn too_few_alike_are_not_compared() {
        let rows: Vec<_> = (0..29)
            .map(|id| row(id, if id == 7 { 900 } else { 10 }, 0))
            .collect();
        let usual = Usual::of(&rows);
        assert!(findings(&rows, &usual, Charset::Unicode).is_empty());
        assert!(line(&[], rows.len(), "·").plain().contains("30 alike"));
    }

    #[test]
    fn what_fails_and_what_is_slow_is_named_with_its_sample_and_evidence() {
        let mut rows: Vec<_> = (0..40)
            .map(|id| row(id, 10, u32::from(id % 4 == 0)))
            .collect();
        rows[7].duration = Nanos::from_millis(900);
        let usual = Usual::of(&rows);
        let found = findings(&rows, &usual, Charset::Unicode);
        let text = line(&found, rows.len(), "·").plain();
        assert!(text.contains("redis fails 13 % (10 of 80 spans)"), "{text}");
        assert!(
            text.contains(
                "shop GET /cart up to 900 ms, p95 10.0 ms, half below 10.0 ms (40 traces)"
            ),
            "{text}"
        );
        assert_eq!(found[0].evidence, TraceId(7));
        assert_eq!(found[1].evidence, TraceId(36));
        assert!(usual.is_slow(&rows[7]) && !usual.is_slow(&rows[8]));
    }
}
