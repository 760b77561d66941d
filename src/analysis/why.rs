//! The why line of one trace: who owns its time, what failed, what is odd, most telling first.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::critical_path::CriticalPath;
use super::errors::{self, ErrorGroup};
use super::finding::{Evidence, Finding, FindingKind, Why, line, name};
use super::repeats::{self, Repeat};
use super::share::{Share, shares};
use super::skew;
use super::slow::{Alike, standing};
use super::split::{self, Split};
use super::waits::{Wait, waits};
use crate::model::{Kind, Nanos, Trace};
use crate::text::{Charset, Shown, count, duration, plural, share as percent};

/// How many findings of a sort are told.
const MOST: usize = 5;

/// How many spans of an operation are searched for events of waiting.
const SEARCHED: usize = 64;

/// What stands out in a trace. `alike` are the durations of other spans of its operations, where
/// they are known.
pub fn why(trace: &Trace, path: &CriticalPath, alike: Option<&dyn Alike>, charset: Charset) -> Why {
    let errors = errors::errors(trace);
    let mut story = Story {
        trace,
        charset,
        findings: Vec::new(),
        parts: Vec::new(),
    };
    story.errors(&errors);
    if path.total() > Nanos(0) {
        story.path(path);
    } else {
        let nothing = "the trace took no time that its clock could tell";
        story.parts.push(nothing.to_owned());
    }
    if path.is_rootless() {
        let fragment = "the root span is missing, so this is of what is left";
        story.parts.push(fragment.to_owned());
    }
    if let Some(alike) = alike {
        story.slow(path, alike);
    }
    story.clocks();
    let shares = story
        .findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::CriticalShare);
    let leader = shares.map(|finding| finding.explains).max();
    // What the line begins with is what the first jump leads to.
    let top = |finding: &Finding| match finding.kind {
        FindingKind::Error if finding.explains >= trace.duration() => 0,
        FindingKind::CriticalShare if Some(finding.explains) == leader => 1,
        FindingKind::ClockSkew => 3,
        _ => 2,
    };
    story
        .findings
        .sort_by_key(|finding| (top(finding), Reverse(finding.explains), finding.kind));
    Why {
        line: line(&story.parts, charset),
        findings: story.findings,
    }
}

struct Story<'a> {
    trace: &'a Trace,
    charset: Charset,
    findings: Vec<Finding>,
    parts: Vec<String>,
}

impl Story<'_> {
    fn time(&self, nanos: Nanos) -> String {
        duration(nanos.0, self.charset)
    }

    fn name(&self, span: usize) -> String {
        name(
            self.trace.span(span).service(),
            self.trace.span(span).operation(),
        )
    }

    fn find(&mut self, kind: FindingKind, text: String, explains: Nanos, spans: Vec<usize>) {
        let evidence = Evidence::Spans(spans);
        self.findings.push(Finding {
            kind,
            text: Shown::from_owned(text),
            explains,
            evidence,
        });
    }

    fn errors(&mut self, errors: &[ErrorGroup]) {
        for group in errors.iter().take(MOST) {
            let Some(&first) = group.origins.first() else {
                continue;
            };
            let who = self.name(first);
            let message = match group.message.as_str() {
                "" => String::new(),
                message => format!(": {message}"),
            };
            let often = match (group.origins.len(), group.of) {
                (1, 1) => format!("{who} failed{message}"),
                (n, of) => format!(
                    "{who} failed {} of {} times{message}",
                    count(n as u64),
                    count(of as u64)
                ),
            };
            let end = if group.failed_all && group.reached != first {
                format!(", and with it {}", self.name(group.reached))
            } else if let Some(parent) = self.trace.parent(group.reached) {
                format!(", {} went on", self.name(parent))
            } else {
                String::new()
            };
            let explains = if group.failed_all {
                self.trace.duration()
            } else {
                group
                    .origins
                    .iter()
                    .map(|&span| self.trace.duration_of(span))
                    .sum()
            };
            if group.failed_all && self.parts.is_empty() {
                self.parts.push(format!("failed: {who}{message}"));
            }
            self.find(
                FindingKind::Error,
                often + &end,
                explains,
                group.origins.clone(),
            );
        }
    }

    fn path(&mut self, path: &CriticalPath) {
        let shares = shares(self.trace, path);
        let Some(leader) = shares.first() else { return };
        let waits: Vec<Vec<Wait>> = shares
            .iter()
            .take(MOST)
            .map(|share| self.waits_of(path, share))
            .collect();
        let waiting = waits.first().map(Vec::as_slice).unwrap_or_default();
        let split = Split::new(path, &shares);
        self.lead(path, leader, &split, waiting);
        let others = split.others.iter();
        self.parts
            .extend(others.map(|(who, per_cent)| format!("{who} {per_cent} %")));
        let beyond = self.trace.duration() - path.total();
        if beyond > path.total() {
            let beyond = self.time(beyond);
            self.parts
                .push(format!("{beyond} of the trace lie beyond its root"));
        }
        for (share, waits) in shares.iter().zip(&waits) {
            self.share(path, share);
            self.wait(share, waits);
        }
        for repeat in repeats::repeats(self.trace, path).into_iter().take(MOST) {
            self.repeat(path, repeat);
        }
    }

    /// `40 % of 739 ms is mysql SQL SELECT, own work; 149 ms of it waits for a lock`.
    fn lead(&mut self, path: &CriticalPath, leader: &Share<'_>, split: &Split, waits: &[Wait]) {
        let total = self.time(path.total());
        let how_much = match split.leader {
            100 if leader.time == path.total() => format!("all of {total}"),
            100 => format!("nearly all of {total}"),
            per_cent => format!("{per_cent} % of {total}"),
        };
        let who = if let Some(service) = &split.leading_service {
            format!("{service}, in many operations")
        } else {
            let who = name(leader.service, leader.operation);
            format!("{who}, {}{}", self.nature(leader), self.wait_words(waits))
        };
        self.parts.push(format!("{how_much} is {who}"));
    }

    /// What the time of an operation on the path is: its own work, or a call's way.
    fn nature(&self, share: &Share<'_>) -> String {
        let first = share.spans.first().copied();
        let called = first
            .filter(|&span| self.trace.span(span).kind() == Kind::Client)
            .and_then(|span| {
                let mut children = self
                    .trace
                    .children(span)
                    .map(|child| self.trace.span(child).service());
                children.find(|service| *service != share.service)
            });
        called.map_or_else(
            || "own work".to_owned(),
            |called| format!("between it and {called}"),
        )
    }

    fn share(&mut self, path: &CriticalPath, share: &Share<'_>) {
        if !split::is_worth(share.time, path.total()) {
            return;
        }
        let text = format!(
            "{} has {} of the time, {} in {}, {}",
            name(share.service, share.operation),
            percent(share.time.0, path.total().0),
            self.time(share.time),
            plural(share.spans.len() as u64, "span"),
            self.nature(share),
        );
        self.find(
            FindingKind::CriticalShare,
            text,
            share.time,
            share.spans.clone(),
        );
    }

    fn waits_of(&self, path: &CriticalPath, share: &Share<'_>) -> Vec<Wait> {
        let spans = share.spans.iter().take(SEARCHED);
        spans
            .flat_map(|&span| waits(self.trace, path, span))
            .collect()
    }

    /// `; 149 ms of it waits for a lock`.
    fn wait_words(&self, waits: &[Wait]) -> String {
        let time: Nanos = waits.iter().map(|wait| wait.time).sum();
        waits.first().map_or_else(String::new, |wait| {
            format!("; {} of it waits for {}", self.time(time), wait.what)
        })
    }

    fn wait(&mut self, share: &Share<'_>, waits: &[Wait]) {
        let Some(first) = waits.first() else { return };
        let time: Nanos = waits.iter().map(|wait| wait.time).sum();
        let who = name(share.service, share.operation);
        let text = format!("{who} waits {} for {}", self.time(time), first.what);
        let mut spans: Vec<usize> = waits.iter().map(|wait| wait.span).collect();
        spans.dedup();
        self.find(FindingKind::Wait, text, time, spans);
    }

    fn repeat(&mut self, path: &CriticalPath, repeat: Repeat) {
        let Some(&first) = repeat.spans.first() else {
            return;
        };
        if !split::is_worth(repeat.time, path.total()) {
            return;
        }
        let how = match repeat.at_once {
            1 => "one after another".to_owned(),
            n => format!("at most {} at a time", count(n as u64)),
        };
        let text = format!(
            "{} calls of {} below {}, {how}: {} of the time",
            count(repeat.spans.len() as u64),
            self.name(first),
            self.name(repeat.parent),
            percent(repeat.time.0, path.total().0),
        );
        self.find(FindingKind::Repeated, text, repeat.time, repeat.spans);
    }

    /// The spans on the path, and the root, that are slow beside their like.
    fn slow(&mut self, path: &CriticalPath, alike: &dyn Alike) {
        let mut spans: Vec<usize> = self.trace.root().into_iter().collect();
        let groups = shares(self.trace, path);
        let leaders = groups.iter().take(MOST);
        spans.extend(leaders.filter_map(|share| share.spans.first()));
        spans.sort_unstable();
        spans.dedup();
        for span in spans {
            let (at, took) = (self.trace.span(span), self.trace.duration_of(span));
            let standing = alike
                .alike(at.service(), at.operation())
                .and_then(|all| standing(all, took));
            let Some(standing) = standing.filter(|standing| standing.is_slow) else {
                continue;
            };
            let text = format!(
                "{} took {}, slower than {} of {} like it (p50 {})",
                self.name(span),
                self.time(took),
                percent((standing.faster * 1e4) as u64, 10_000),
                count(standing.of),
                self.time(standing.p50),
            );
            self.find(FindingKind::Slow, text, took - standing.p50, vec![span]);
        }
    }

    fn clocks(&mut self) {
        if let Some(verdict) = skew::clock_verdict(self.trace, self.charset) {
            let evidence = Evidence::Spans(verdict.spans);
            let (kind, explains) = (FindingKind::ClockSkew, verdict.worst);
            self.findings.push(Finding {
                kind,
                text: verdict.text,
                explains,
                evidence,
            });
        }
    }
}
