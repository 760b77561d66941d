//! Sentences on the critical path: who has how much of it, and what it waits for.

use std::cmp::Reverse;

use super::{MOST, SEARCHED, Story};
use crate::analysis::call::called_service;
use crate::analysis::critical_path::CriticalPath;
use crate::analysis::finding::{FindingKind, name};
use crate::analysis::share::Share;
use crate::analysis::split::{self, Split};
use crate::analysis::waits::{Wait, waits};
use crate::model::Nanos;
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
        for (share, waits) in shares.iter().zip(&waits) {
            self.share(path, share, "the time");
            self.wait(share, waits);
        }
    }

    /// The same of the root alone, where it is not what the line tells.
    pub(super) fn path_of_root(&mut self, path: &CriticalPath, shares: &[Share<'_>]) {
        for share in shares.iter().take(MOST) {
            let waits = self.waits_of(path, share);
            self.share(path, share, "its root's time");
            self.wait(share, &waits);
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
            let nature = self.nature(path, leader);
            format!("{who}, {nature}{}", self.wait_words(waits))
        };
        self.parts.push(format!("{how_much} is {who}"));
    }

    /// What the time of an operation on the path is: its own work, or the way of its calls.
    fn nature(&self, path: &CriticalPath, share: &Share<'_>) -> String {
        let mut ways: Vec<(&str, Nanos)> = Vec::new();
        for &span in share.spans.iter().take(SEARCHED) {
            let Some(called) = called_service(self.trace, span) else {
                continue;
            };
            match ways.iter_mut().find(|(service, _)| *service == called) {
                Some((_, time)) => *time = *time + path.time_of(span),
                None => ways.push((called, path.time_of(span))),
            }
        }
        ways.sort_by_key(|&(service, time)| (Reverse(time), service));
        let Some(&(called, time)) = ways.first() else {
            return "own work".to_owned();
        };
        let spans = share.spans.iter().take(SEARCHED);
        let looked_at: Nanos = spans.map(|&span| path.time_of(span)).sum();
        if ways.len() == 1 && time == looked_at {
            format!("between it and {called}")
        } else {
            format!("{} of it between it and {called}", self.time(time))
        }
    }

    fn share(&mut self, path: &CriticalPath, share: &Share<'_>, of: &str) {
        if !split::is_worth(share.time, path.total()) {
            return;
        }
        let text = format!(
            "{} has {} of {of}, {} in {}, {}",
            name(share.service, share.operation),
            percent(share.time.0, path.total().0),
            self.time(share.time),
            plural(share.spans.len() as u64, "span"),
            self.nature(path, share),
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
