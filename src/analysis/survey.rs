//! The why line of many traces: what fails, since when, and which version made what slower.

use std::cmp::Reverse;

use super::finding::{Evidence, Finding, FindingKind, OperationEvidence, Why, line, name};
use super::onset::onset;
use super::slow::ENOUGH;
use super::spell::{Spell, spells};
use super::trends::{Trend, Trends, VersionTrend};
use crate::model::{Minutes, Nanos, Time};
use crate::text::{Charset, Clock, Shown, count, duration, plural, share};

/// How many findings the line tells.
const TOLD: usize = 2;

/// How many stretches of time are told in which something was slow.
const SPELLS: usize = 12;

/// All calls of such a stretch together took at least so much longer than usual.
const LEAST_LONGER: Nanos = Nanos::from_millis(1_000);

/// Errors below this share, in per cent, do not stand out.
const LEAST_ERRORS: u64 = 1;

/// A version is slower if its 95th percentile is this many per cent of the other's.
const SLOWER: u64 = 130;

/// How figures are written.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    /// Unicode or ASCII.
    pub charset: Charset,
    /// The reader's clock.
    pub clock: &'a Clock,
}

/// What stands out among the operations of many traces; `traces` is how many there are, if known.
pub fn survey(trends: &Trends, traces: Option<u64>, words: Words<'_>) -> Why {
    let mut findings: Vec<Finding> = trends
        .iter()
        .flat_map(|trend| [failing(trend, words), slower(trend, words)])
        .flatten()
        .collect();
    let slow = slow_spells(trends, &findings, words);
    findings.extend(slow);
    findings.sort_by(|a, b| (Reverse(a.explains), &a.text).cmp(&(Reverse(b.explains), &b.text)));
    let mut parts: Vec<String> = Vec::new();
    let mut kinds = Vec::new();
    for finding in &findings {
        // One of each sort first: a slow version and an error say more than two errors.
        if parts.len() < TOLD && !kinds.contains(&finding.kind) {
            kinds.push(finding.kind);
            parts.push(finding.text.to_string());
        }
    }
    if parts.is_empty() {
        parts.push(nothing(trends, traces));
    }
    Why {
        line: line(&parts, words.charset),
        findings,
    }
}

/// Said where nothing stands out, or where too little is there to say so.
fn nothing(trends: &Trends, traces: Option<u64>) -> String {
    let spans = trends.spans();
    if spans == 0 {
        return "no spans yet".to_owned();
    }
    if trends.iter().all(|trend| trend.durations.count() < ENOUGH) {
        return format!(
            "{} {} too few to say what stands out: {ENOUGH} of one operation are needed",
            plural(spans, "span"),
            if spans == 1 { "is" } else { "are" },
        );
    }
    let sample = traces.map_or_else(|| plural(spans, "span"), |traces| plural(traces, "trace"));
    format!("nothing stands out in {sample}")
}

/// `redis GetDriver fails 21 % since 13:58, before <1 % (2,117 of 10,080)`.
fn failing(trend: &Trend, words: Words<'_>) -> Option<Finding> {
    let calls = trend.durations.count();
    if calls < ENOUGH || trend.errors * 100 < calls * LEAST_ERRORS {
        return None;
    }
    let who = name(&trend.service, &trend.operation);
    let (how_much, since) = how_much((trend.errors, calls), &trend.minutes, words);
    let mean = trend.durations.mean();
    let evidence = OperationEvidence {
        service: trend.service.to_string(),
        operation: trend.operation.to_string(),
        failed: true,
        since,
        ..OperationEvidence::default()
    };
    Some(Finding {
        kind: FindingKind::Error,
        text: Shown::from_owned(format!("{who} fails {how_much}")),
        explains: Nanos(mean.0.saturating_mul(trend.errors)),
        evidence: Evidence::Operation(evidence),
    })
}

/// `21 % since 13:58, before <1 % (2,117 of 10,080)`, and since when, if there is a beginning.
pub(super) fn how_much(
    (errors, calls): (u64, u64),
    minutes: &Minutes,
    words: Words<'_>,
) -> (String, Option<Time>) {
    let Some(onset) = onset(minutes) else {
        let text = format!(
            "{} ({} of {})",
            share(errors, calls),
            count(errors),
            count(calls)
        );
        return (text, None);
    };
    let (before, after) = (onset.before, onset.after);
    let text = format!(
        "{} since {}, before {} ({} of {})",
        share(after.errors, after.calls),
        words.clock.minute(onset.since.0),
        share(before.errors, before.calls),
        count(after.errors),
        count(after.calls),
    );
    (text, Some(onset.since))
}

/// `driver 1.4.0 FindNearest slow since 13:52: p95 840 ms, 1.3.9 has 210 ms (452 spans)`.
fn slower(trend: &Trend, words: Words<'_>) -> Option<Finding> {
    let mut versions: Vec<&VersionTrend> = trend
        .versions
        .iter()
        .filter(|version| version.durations.count() >= ENOUGH)
        .collect();
    versions.sort_by(|a, b| (a.first, &a.version).cmp(&(b.first, &b.version)));
    let [.., old, new] = versions.as_slice() else {
        return None;
    };
    let p95 = |version: &VersionTrend| version.durations.quantile(0.95);
    let (was, is) = (p95(old)?, p95(new)?);
    let means = (old.durations.mean(), new.durations.mean());
    let slower = u128::from(is.0) * 100 >= u128::from(was.0) * u128::from(SLOWER);
    // The bulk has to have moved too: a few stragglers make no slow version.
    if !slower || u128::from(means.1.0) * 10 < u128::from(means.0.0) * 11 || is == Nanos(0) {
        return None;
    }
    let text = format!(
        "{} {} slow since {}: p95 {}, {} has {} ({})",
        name(&trend.service, &new.version),
        trend.operation,
        words.clock.minute(new.first.0),
        duration(is.0, words.charset),
        old.version,
        duration(was.0, words.charset),
        plural(new.durations.count(), "span"),
    );
    let evidence = OperationEvidence {
        service: trend.service.to_string(),
        operation: trend.operation.to_string(),
        version: Some(new.version.to_string()),
        at_least: Some(was),
        since: Some(new.first),
        ..OperationEvidence::default()
    };
    Some(Finding {
        kind: FindingKind::SlowerVersion,
        text: Shown::from_owned(text),
        explains: Nanos((means.1 - means.0).0.saturating_mul(new.durations.count())),
        evidence: Evidence::Operation(evidence),
    })
}

/// The stretches of time in which something was slow. Of operations that were slow at the same time
/// only the one is told that changed most: the others wait for it, or for the same. A version that
/// is slow has been told.
fn slow_spells(trends: &Trends, told: &[Finding], words: Words<'_>) -> Vec<Finding> {
    let since = told
        .iter()
        .filter(|finding| finding.kind == FindingKind::SlowerVersion)
        .filter_map(|finding| match &finding.evidence {
            Evidence::Operation(evidence) => evidence.since,
            _ => None,
        });
    let explained = since.min().unwrap_or(Time::MAX);
    let mut all: Vec<(&Trend, Spell)> = trends
        .iter()
        .flat_map(|trend| {
            spells(&trend.minutes)
                .into_iter()
                .map(move |spell| (trend, spell))
        })
        .filter(|(_, spell)| spell.to <= explained && spell.longer() >= LEAST_LONGER)
        .collect();
    let name = |trend: &Trend| (trend.service.clone(), trend.operation.clone());
    all.sort_by(|(a, x), (b, y)| {
        let heavier = y.weight().total_cmp(&x.weight());
        heavier.then_with(|| (name(a), x.from).cmp(&(name(b), y.from)))
    });
    let mut kept: Vec<(&Trend, Spell)> = Vec::new();
    for (trend, spell) in all {
        if kept.len() < SPELLS && !kept.iter().any(|(_, known)| known.overlaps(&spell)) {
            kept.push((trend, spell));
        }
    }
    kept.into_iter()
        .map(|(trend, spell)| slow_spell(trend, spell, words))
        .collect()
}

/// `shop GET /cart slow from 05:18 to 05:20: typically 3.10 s, else 4.20 ms (2,223 spans)`.
fn slow_spell(trend: &Trend, spell: Spell, words: Words<'_>) -> Finding {
    let minute = |time: Time| words.clock.minute(time.0);
    let when = if spell.is_last {
        format!("since {}", minute(spell.from))
    } else {
        format!("from {} to {}", minute(spell.from), minute(spell.to))
    };
    let text = format!(
        "{} slow {when}: typically {}, else {} ({})",
        name(&trend.service, &trend.operation),
        duration(spell.typical.0, words.charset),
        duration(spell.usual.0, words.charset),
        plural(spell.calls, "span"),
    );
    let between = (spell.typical.0 as f64 * spell.usual.0 as f64).sqrt();
    let evidence = OperationEvidence {
        service: trend.service.to_string(),
        operation: trend.operation.to_string(),
        at_least: Some(Nanos(between as u64)),
        since: Some(spell.from),
        until: Some(spell.to),
        ..OperationEvidence::default()
    };
    Finding {
        kind: FindingKind::SlowSpell,
        text: Shown::from_owned(text),
        explains: spell.longer(),
        evidence: Evidence::Operation(evidence),
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::model::scenario;

    fn told(text: &str) -> Why {
        let mut trends = Trends::new();
        trends.add_block(&scenario::block(text));
        let clock = Clock::frozen(scenario::EPOCH.0);
        survey(
            &trends,
            Some(7),
            Words {
                charset: Charset::Unicode,
                clock: &clock,
            },
        )
    }

    /// Forty calls a minute for ten minutes; from the fifth on the driver is new and slow.
    fn story() -> String {
        let mut text = String::new();
        for call in 0..400_u64 {
            let (start, late) = (call * 1_500, call >= 200);
            let (took, version) = if late { (80, "1.4.0") } else { (20, "1.3.9") };
            let _ = writeln!(
                text,
                "driver: Find {start}..{} res.service.version={version}",
                start + took
            );
            let failed = if late && call % 4 == 0 { "error" } else { "" };
            let _ = writeln!(text, "redis: Get {start}..{} {failed}", start + 10);
        }
        text
    }

    #[test]
    fn the_version_and_the_failure_are_told_with_time_and_sample() {
        let why = told(&story());
        let expected = "driver 1.4.0 Find slow since 00:05: p95 80.0 ms, 1.3.9 has 20.0 ms (200 spans) \
                        · redis Get fails 25 % since 00:05, before 0 % (50 of 200)";
        assert_eq!(why.line.as_str(), expected);
        let Evidence::Operation(evidence) = &why.findings[1].evidence else {
            panic!("{why:?}")
        };
        let expected = "{ resource.service.name = \"redis\" && name = \"Get\" && status = error }";
        assert_eq!(evidence.traceql(), expected);
    }

    #[test]
    fn who_was_slow_for_a_while_is_told_and_not_who_waited_for_it() {
        let mut text = String::new();
        for call in 0..400_u64 {
            let start = call * 1_500;
            let took = if (120..160).contains(&call) { 800 } else { 2 };
            let _ = writeln!(text, "shop: GET {start}..{}", start + 50 + took);
            let _ = writeln!(text, "rates: convert {start}..{}", start + took);
        }
        let why = told(&text);
        assert_eq!(
            why.line.as_str(),
            "rates convert slow from 00:03 to 00:04: typically 800 ms, else 2.00 ms (40 spans)"
        );
        assert_eq!(why.findings.len(), 1);
    }

    #[test]
    fn what_cost_next_to_nothing_is_not_told() {
        let mut text = String::new();
        for call in 0..400_u64 {
            let start = call * 1_500;
            let took = if (120..160).contains(&call) {
                8.0
            } else {
                0.02
            };
            let _ = writeln!(text, "cache: get {start}..{}", start as f64 + took);
        }
        assert_eq!(told(&text).findings, []);
    }

    #[test]
    fn below_its_minimum_it_says_so() {
        let few = "2 spans are too few to say what stands out: 30 of one operation are needed";
        assert_eq!(told("a: x 0..1 error\na: x 0..1\n").line.as_str(), few);
        let calm: String = (0..40).map(|_| "a: x 0..1\n").collect();
        assert_eq!(told(&calm).line.as_str(), "nothing stands out in 7 traces");
    }
}
