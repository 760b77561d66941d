//! Sentences on a trace that goes on long after its root has ended: who runs, and when nobody does.

use super::{MOST, Story};
use crate::analysis::critical_path::CriticalPath;
use crate::analysis::elapsed::{Elapsed, Pause, elapsed};
use crate::analysis::finding::{FindingKind, name};
use crate::analysis::share::{Share, by_operation, per_cents};
use crate::analysis::split::is_worth;
use crate::model::Nanos;
use crate::text::share as percent;

/// How many operations are named beside the leading one.
const NAMED: usize = 2;

impl Story<'_> {
    /// Whether most of the trace lies outside of its roots' time.
    pub(super) fn goes_on_beyond(&self, path: &CriticalPath) -> bool {
        path.doubt().is_none() && self.trace.duration() - path.total() > path.total()
    }

    /// Who runs in such a trace.
    pub(super) fn beyond(&mut self, path: &CriticalPath) {
        let elapsed = elapsed(self.trace);
        let running = |&span: &usize| elapsed.time_of(span) > Nanos(0);
        let spans = (0..self.trace.len()).filter(running).collect();
        let shares = by_operation(self.trace, spans, |span| elapsed.time_of(span));
        let (pauses, idle) = (longest(&elapsed), elapsed.idle());
        let busiest = shares.first().map_or(Nanos(0), |share| share.time);
        self.line_beyond(
            path,
            &shares,
            pauses.first().filter(|_| idle > busiest),
            idle,
        );
        let whole = self.trace.duration();
        let tell_shares = |story: &mut Self| {
            let worth = shares.iter().filter(|share| is_worth(share.time, whole));
            worth.for_each(|share| story.share_beyond(share));
        };
        if idle <= busiest {
            tell_shares(self);
        }
        let worth = pauses
            .iter()
            .filter(|pause| is_worth(pause.duration(), whole));
        worth.take(MOST).for_each(|pause| self.pause(*pause));
        if idle > busiest {
            tell_shares(self);
        }
    }

    fn line_beyond(
        &mut self,
        path: &CriticalPath,
        shares: &[Share<'_>],
        pause: Option<&Pause>,
        idle: Nanos,
    ) {
        let whole = self.trace.duration();
        let skipped = usize::from(pause.is_none());
        let named = shares.iter().skip(skipped).take(NAMED);
        let named: Vec<&Share<'_>> = named.filter(|share| is_worth(share.time, whole)).collect();
        let leader = shares.first().map_or(Nanos(0), |share| share.time);
        let (first, second) = if pause.is_some() {
            (idle, Nanos(0))
        } else {
            (leader, idle)
        };
        let told: Nanos = named.iter().map(|share| share.time).sum();
        let rest = whole - first - second - told;
        let mut times = vec![first.0, second.0, rest.0];
        times.extend(named.iter().map(|share| share.time.0));
        let per_cents = per_cents(&times);
        let [first, second, _, others @ ..] = per_cents.as_slice() else {
            return;
        };
        let total = self.time(whole);
        let lead = match (pause, shares.first()) {
            (Some(pause), _) => format!(
                "{first} % of {total} no span runs, {} of it before {}",
                self.time(pause.duration()),
                self.name(pause.before),
            ),
            (None, Some(share)) => format!(
                "{first} % of {total} is {}, beyond its root",
                name(share.service, share.operation)
            ),
            (None, None) => return,
        };
        self.parts.push(lead);
        for (share, per_cent) in named.into_iter().zip(others) {
            self.parts.push(format!(
                "{} {per_cent} %",
                name(share.service, share.operation)
            ));
        }
        if *second > 0 {
            self.parts.push(format!("no span runs {second} %"));
        }
        self.parts
            .push(format!("its root took {}", self.time(path.total())));
    }

    fn share_beyond(&mut self, share: &Share<'_>) {
        let text = format!(
            "{} runs {} of the {} that the trace takes, {}",
            name(share.service, share.operation),
            self.time(share.time),
            self.time(self.trace.duration()),
            percent(share.time.0, self.trace.duration().0),
        );
        self.find(
            FindingKind::BeyondRoot,
            text,
            share.time,
            share.spans.clone(),
        );
    }

    fn pause(&mut self, pause: Pause) {
        let text = format!(
            "no span runs for {} before {}, {} of the trace",
            self.time(pause.duration()),
            self.name(pause.before),
            percent(pause.duration().0, self.trace.duration().0),
        );
        self.find(
            FindingKind::BeyondRoot,
            text,
            pause.duration(),
            vec![pause.before],
        );
    }
}

/// The pauses, the longest first.
fn longest(elapsed: &Elapsed) -> Vec<Pause> {
    let mut pauses = elapsed.pauses().to_vec();
    pauses.sort_by_key(|pause| (std::cmp::Reverse(pause.duration()), pause.from));
    pauses
}
