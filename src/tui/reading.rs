//! A source that is still being read: how far it is, in words, and what was wrong with it.

use std::time::Duration;

use crate::backend::Progress;
use crate::text::{Shown, bytes, count, share};

use super::app::{APP, State};
use super::job::{Purpose, Slot};
use super::message::Message;

const SLOT: Slot = Slot {
    page: APP,
    purpose: Purpose::Load,
};
/// Before that nobody can say how long it will take.
const EARLY: Duration = Duration::from_secs(1);

/// Says how far reading is, in place of the job's former words.
pub fn tell(state: &mut State, progress: Progress) {
    let shared = &mut state.shared;
    let Some(job) = shared.jobs.get(SLOT) else {
        return;
    };
    let waited = shared.now.saturating_sub(job.since);
    let label = words(progress, waited);
    shared.jobs.relabel(SLOT, Shown::from(label));
}

fn words(progress: Progress, waited: Duration) -> String {
    let spans = count(progress.spans);
    let Some(total) = progress.total_bytes.filter(|total| *total > 0) else {
        return format!("reading {}, {spans} spans", bytes(progress.bytes));
    };
    let done = share(progress.bytes, total);
    let said = format!("reading {done} of {}, {spans} spans", bytes(total));
    if waited < EARLY || progress.bytes == 0 {
        return said;
    }
    let rest = total.saturating_sub(progress.bytes) as f64 / progress.bytes as f64;
    let left = (waited.as_secs_f64() * rest).ceil();
    format!("{said}, {left} s left")
}

/// Says what could not be read: each by itself, and how many there are.
pub fn conclude(state: &mut State, remarks: Vec<Shown<'static>>) {
    let many = remarks.len();
    for remark in remarks {
        state.shared.say(Message::doubt(remark));
    }
    if many > 1 {
        let said = format!("{many} remarks on what was read: gn has them");
        state.shared.say(Message::doubt(said));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_is_said_once_it_can_be_known() {
        let half = Progress {
            bytes: 30_000_000,
            total_bytes: Some(60_000_000),
            spans: 1_200,
            ..Progress::default()
        };
        let soon = words(half, Duration::from_millis(200));
        assert_eq!(soon, "reading 50 % of 60 MB, 1,200 spans");
        let later = words(half, Duration::from_secs(4));
        assert_eq!(later, "reading 50 % of 60 MB, 1,200 spans, 4 s left");
        let piped = Progress {
            total_bytes: None,
            ..half
        };
        assert_eq!(words(piped, EARLY), "reading 30 MB, 1,200 spans");
    }
}
