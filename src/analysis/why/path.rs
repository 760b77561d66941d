//! Sentences on the critical path: who has how much of it, and what it waits for.

use super::{MOST, SEARCHED, Story};
use crate::analysis::critical_path::CriticalPath;
use crate::analysis::finding::{FindingKind, name};
use crate::analysis::share::Share;
use crate::analysis::split::{self, Split};
use crate::analysis::waits::{Wait, waits};
use crate::model::{Kind, Nanos};
use crate::text::{plural, share as percent};

impl Story<'_> {
    /// Who has the time of the critical path.
    pub(super) fn path(&mut self, path: &CriticalPath, shares: &[Share<'_>]) {
        let Some(leader) = shares.first() else { return };
        let waits: Vec<Vec<Wait>> = shares
            .iter()
            .take(MOST)
            .map(|share| self.waits_of(path, share))
            .collect();
        let waiting = waits.first().map(Vec::as_slice).unwrap_or_default();
        let split = Split::new(path, shares);
        self.lead(path, leader, &split, waiting);
        self.parts
            .extend(path.doubt().map(|doubt| doubt.to_string()));
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
}
