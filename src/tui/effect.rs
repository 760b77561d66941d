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
    /// Show something in a program of the user's own.
    Outside(Outside),
    /// Give the terminal back to the shell until the program is in the foreground again.
    Suspend,
    /// Draw every cell anew.
    Redraw,
    /// End the program.
    Quit,
}

/// What is shown outside, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// Text in `$PAGER`, in a file with that extension.
    Page(String, &'static str),
    /// Text in `$EDITOR`, in a file with that extension; what is changed there is not taken back.
    View(String, &'static str),
    /// A web page.
    Browse(String),
}
