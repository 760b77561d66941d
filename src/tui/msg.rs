//! What happens to the interface, as plain data: a session can be recorded and played back.

use super::answer::Answer;
use super::canvas::hit::Gesture;
use super::job::JobId;
use super::keymap::Key;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// A key was pressed or repeats.
    Key(Key),
    /// Text was pasted.
    Paste(String),
    /// The mouse did something at a cell.
    Mouse { gesture: Gesture, x: u16, y: u16 },
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
    /// A job says something.
    Answer(JobId, Answer),
    /// The backend has new data; the number only grows.
    Changed(u64),
    /// A time came that a page or the last frame asked for.
    Wake,
    /// What came back from the user's editor.
    Edited(String),
    /// The program is back in the foreground, the screen is unknown.
    Resumed,
    /// Something to tell the user that no page asked for.
    Notice(super::message::Message),
}
