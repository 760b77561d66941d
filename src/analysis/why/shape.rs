//! Sentences on how the calls of a trace follow one another: loops, retries, gaps, chatter.

use super::{MOST, Story};
use crate::analysis::chatty::{self, Chatter};
use crate::analysis::critical_path::CriticalPath;
use crate::analysis::finding::{FindingKind, name};
use crate::analysis::gaps::{Gap, Place, Way, gaps, ways};
use crate::analysis::repeats::{self, Repeat};
use crate::analysis::retries::{Retry, retries};
use crate::analysis::sequential::{Sequence, sequences};
use crate::analysis::split::is_worth;
use crate::analysis::timeouts::{Timeout, timeouts};
use crate::model::{Cancellation, Nanos, Operations};
use crate::text::{count, share as percent};

/// What tells one sort of finding, the weightiest few.
type Teller = fn(&mut Story<'_>, &CriticalPath, &Operations<'_>);

const TELLERS: [Teller; 7] = [
    |story, path, operations| {
        for repeat in repeats::of(story.trace, path, operations)
            .into_iter()
            .take(MOST)
        {
            if is_worth(repeat.time, path.total()) {
                story.repeat(path, repeat);
            }
        }
    },
    |story, path, _| {
        for retry in retries(story.trace, path).into_iter().take(MOST) {
            story.retry(retry);
        }
    },
    |story, path, _| {
        for gap in gaps(story.trace, path).into_iter().take(MOST) {
            if is_worth(gap.section.duration(), path.total()) {
                story.gap(gap);
            }
        }
    },
    |story, path, _| {
        for way in ways(story.trace, path).into_iter().take(MOST) {
            if is_worth(way.time, path.total()) {
                story.way(way);
            }
        }
    },
    |story, path, _| {
        for sequence in sequences(story.trace, path).into_iter().take(MOST) {
            story.sequence(sequence);
        }
    },
    |story, _, operations| {
        for pair in chatty::of(story.trace, operations).into_iter().take(MOST) {
            story.chatter(pair);
        }
    },
    |story, _, _| {
        for timeout in timeouts(story.trace).into_iter().take(MOST) {
            story.timeout(timeout);
        }
    },
];

/// Tells all that the detectors find, unless it is cancelled.
pub(super) fn tell(
    story: &mut Story<'_>,
    path: &CriticalPath,
    operations: &Operations<'_>,
    cancellation: &Cancellation<'_>,
) {
    for tell in TELLERS {
        if cancellation.check().is_none() {
            return;
        }
        tell(story, path, operations);
    }
}

impl Story<'_> {
    fn repeat(&mut self, path: &CriticalPath, repeat: Repeat) {
        let Some(&first) = repeat.spans.first() else {
            return;
        };
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

    fn retry(&mut self, retry: Retry) {
        let Some(&first) = retry.spans.first() else {
            return;
        };
        let how = match retry.backs_off {
            Some(true) => ", with growing pauses",
            Some(false) | None => "",
        };
        let end = if retry.succeeded {
            "the last attempt succeeded"
        } else {
            "none succeeded"
        };
        let text = format!(
            "{} was tried {} times below {}{how}: {end}, {} went by before it",
            self.name(first),
            count(retry.spans.len() as u64),
            self.name(retry.parent),
            self.time(retry.time),
        );
        self.find(FindingKind::Retry, text, retry.time, retry.spans);
    }

    fn gap(&mut self, gap: Gap) {
        let place = match gap.place {
            Place::Start => "before its first call",
            Place::Between => "between two calls",
            Place::End => "after its last call",
        };
        let (span, time) = (gap.section.span, gap.section.duration());
        let text = format!(
            "{} of {} lie {place}, and no span or event tells of them",
            self.time(time),
            self.name(span)
        );
        self.find(FindingKind::Gap, text, time, vec![span]);
    }

    fn way(&mut self, way: Way) {
        let text = format!(
            "{} between {} and {}, which worked {}: the network, or a queue before it",
            self.time(way.time),
            name(self.trace.span(way.client).service(), ""),
            self.name(way.server),
            self.time(self.trace.duration_of(way.server)),
        );
        self.find(
            FindingKind::Way,
            text,
            way.time,
            vec![way.client, way.server],
        );
    }

    fn sequence(&mut self, sequence: Sequence) {
        let services = sequence.spans.iter().map(|&span| self.name(span));
        let text = format!(
            "{} run one after another below {}: side by side, if none needs the other, they \
             would save up to {}",
            listed(services.collect()),
            self.name(sequence.parent),
            self.time(sequence.saving),
        );
        let explains = sequence.saving;
        self.find(FindingKind::Sequence, text, explains, sequence.spans);
    }

    fn chatter(&mut self, chatter: Chatter<'_>) {
        let text = format!(
            "{} calls from {} to {} in one trace",
            count(chatter.spans.len() as u64),
            name(chatter.caller, ""),
            name(chatter.called, ""),
        );
        // The calls may overlap: what they explain is not their sum.
        self.find(FindingKind::Chatter, text, Nanos(0), chatter.spans);
    }

    fn timeout(&mut self, timeout: Timeout) {
        let text = format!(
            "{} failed after {}, as if a limit of {} ran out",
            self.name(timeout.span),
            self.time(self.trace.duration_of(timeout.span)),
            self.time(timeout.limit),
        );
        self.find(
            FindingKind::Timeout,
            text,
            timeout.limit,
            vec![timeout.span],
        );
    }
}

/// `a, b and c`.
fn listed(mut names: Vec<String>) -> String {
    match names.pop() {
        Some(last) if names.is_empty() => last,
        Some(last) => format!("{} and {last}", names.join(", ")),
        None => String::new(),
    }
}
