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
use crate::model::{Nanos, Operations};
use crate::text::{count, share as percent};

/// Tells all that the detectors find, of each sort the weightiest few.
pub(super) fn tell(story: &mut Story<'_>, path: &CriticalPath, operations: &Operations<'_>) {
    let trace = story.trace;
    let worth = |time: Nanos| is_worth(time, path.total());
    for repeat in repeats::of(trace, path, operations).into_iter().take(MOST) {
        if worth(repeat.time) {
            story.repeat(path, repeat);
        }
    }
    for retry in retries(trace, path).into_iter().take(MOST) {
        story.retry(retry);
    }
    for gap in gaps(trace, path).into_iter().take(MOST) {
        if worth(gap.section.duration()) {
            story.gap(gap);
        }
    }
    for way in ways(trace, path).into_iter().take(MOST) {
        if worth(way.time) {
            story.way(way);
        }
    }
    for sequence in sequences(trace, path).into_iter().take(MOST) {
        story.sequence(sequence);
    }
    for pair in chatty::of(trace, operations).into_iter().take(MOST) {
        story.chatter(pair);
    }
    for timeout in timeouts(trace).into_iter().take(MOST) {
        story.timeout(timeout);
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
