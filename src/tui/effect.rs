//! What the interface wants done, as values: `update` returns them, the runtime does them, tests
//! compare them.

use crate::model::Trace;

use super::answer::{Held, Request};
use super::job::{JobId, Slot};

/// Something to be done outside the state.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Start a job, cancelling the one that holds its slot.
    Ask(JobId, Request),
    /// Cancel the job of a slot, if it still runs.
    Cancel(Slot),
    /// Put text into the clipboard.
    Copy(String),
    /// Let go of the mouse, or take it.
    Mouse(bool),
    /// Keep what outlives the session.
    Save(super::session::Session),
    /// Keep these traces: they were open when the program ended, and nobody else has them.
    Keep(Vec<Held<Trace>>),
    /// Let the user edit this text in an editor of their own.
    Edit(String),
    /// Give the terminal back to the shell until the program is in the foreground again.
    Suspend,
    /// Draw every cell anew.
    Redraw,
    /// End the program.
    Quit,
}
