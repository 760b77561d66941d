//! The why line of one trace: who owns its time, what failed, what is odd, most telling first.

mod beyond;
mod clocks;
mod path;
mod shape;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::critical_path::CriticalPath;
use super::errors::{self, ErrorGroup};
use super::finding::{Evidence, Finding, FindingKind, Why, line, name};
use super::share::{Share, shares};
use super::skew;
use super::slow::{Alike, standing};
use crate::model::{Cancellation, Nanos, Operations, Trace};
use crate::text::{Charset, Shown, count, duration, share as percent};

/// How many findings of a sort are told.
const MOST: usize = 5;

/// How many spans of an operation are searched for events of waiting.
const SEARCHED: usize = 64;

/// What stands out in a trace. `alike` are the durations of other spans of its operations, where
/// they are known. Where clocks differ so much that it matters, it is told by corrected ones.
pub fn why(trace: &Trace, path: &CriticalPath, alike: Option<&dyn Alike>, charset: Charset) -> Why {
    why_until(trace, path, alike, (charset, &Cancellation::never()))
}

/// The same, unless it is cancelled: then it is of no use.
pub fn why_until(
    trace: &Trace,
    path: &CriticalPath,
    alike: Option<&dyn Alike>,
    how: (Charset, &Cancellation<'_>),
) -> Why {
    let Some(verdict) = skew::clock_verdict(trace, how.0) else {
        return tell(trace, path, alike, how);
    };
    let mut why = if clocks::matters(&verdict, path) {
        clocks::corrected(trace, alike, how, &verdict)
    } else {
        tell(trace, path, alike, how)
    };
    why.findings.push(clocks::finding(verdict));
    why
}

/// What stands out by the times of a trace.
fn tell(
    trace: &Trace,
    path: &CriticalPath,
    alike: Option<&dyn Alike>,
    (charset, cancellation): (Charset, &Cancellation<'_>),
) -> Why {
    let operations = Operations::new(trace);
    let errors = match trace.errors() {
        0 => Vec::new(),
        _ => errors::of(trace, &operations),
    };
    let shares = shares(trace, path);
    let mut story = Story {
        trace,
        charset,
        findings: Vec::new(),
        parts: Vec::new(),
    };
    story.errors(&errors);
    let failures = story.findings.len();
    if trace.duration() == Nanos(0) {
        let nothing = "the trace took no time that its clock could tell";
        story.parts.push(nothing.to_owned());
    } else if story.goes_on_beyond(path) {
        story.beyond(path);
        story.path_of_root(path, &shares);
    } else {
        story.path(path, &shares);
    }
    // What the line begins with is what the first jump leads to.
    let leads = |at: usize, finding: &Finding| {
        at == failures
            && matches!(
                finding.kind,
                FindingKind::CriticalShare | FindingKind::BeyondRoot
            )
    };
    let leader = story
        .findings
        .get(failures)
        .filter(|first| leads(failures, first))
        .cloned();
    if let Some(alike) = alike {
        story.slow(&shares, alike);
    }
    shape::tell(&mut story, path, &operations, cancellation);
    let top = |finding: &Finding| match finding.kind {
        FindingKind::Error if finding.explains >= trace.duration() => 0,
        _ if Some(finding) == leader.as_ref() => 1,
        FindingKind::Sequence => 3,
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

    /// The spans on the path, and the root, that are slow beside their like.
    fn slow(&mut self, shares: &[Share<'_>], alike: &dyn Alike) {
        let mut spans: Vec<usize> = self.trace.root().into_iter().collect();
        let leaders = shares.iter().take(MOST);
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
}
