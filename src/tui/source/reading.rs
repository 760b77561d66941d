//! A source that is still being read: how far it is, in words, and what was wrong with it.

use crate::backend::Progress;
use crate::text::Shown;

use crate::tui::app::{APP, State};
use crate::tui::job::{Purpose, Slot};
use crate::tui::message::Message;

/// The job that tells how far reading is.
pub const SLOT: Slot = Slot {
    page: APP,
    purpose: Purpose::Load,
};

/// Says how far reading is, in place of the job's former words.
pub fn tell(state: &mut State, progress: Progress) {
    let shared = &mut state.shared;
    let Some(job) = shared.jobs.get(SLOT) else {
        return;
    };
    let waited = shared.now.saturating_sub(job.since);
    let label = progress.words(waited);
    shared.jobs.relabel(SLOT, Shown::from(label));
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
