//! What the program says: as a toast over the hints now, and in the list of messages later.

use std::time::Duration;

use crate::text::Shown;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Something was done.
    Note,
    /// Something is doubtful or was left out.
    Doubt,
    /// Something failed.
    Error,
}

/// One message: what happened, where, what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How much it matters.
    pub weight: Weight,
    /// The words: what happened, where, what to do.
    pub text: Shown<'static>,
    /// When, in nanoseconds since the Unix epoch. Set as the message is kept.
    pub time: u64,
}

impl Message {
    /// Something was done.
    pub fn note(text: impl Into<Shown<'static>>) -> Self {
        Self {
            weight: Weight::Note,
            text: text.into(),
            time: 0,
        }
    }

    /// Something is doubtful.
    pub fn doubt(text: impl Into<Shown<'static>>) -> Self {
        Self {
            weight: Weight::Doubt,
            text: text.into(),
            time: 0,
        }
    }

    /// Something failed.
    pub fn error(text: impl Into<Shown<'static>>) -> Self {
        Self {
            weight: Weight::Error,
            text: text.into(),
            time: 0,
        }
    }
}

/// How long a toast hides the hints; those of errors stay until a key.
const TOAST: Duration = Duration::from_secs(4);
/// How many messages are kept.
const KEPT: usize = 500;

/// How long the newest message is shown over the hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Toast {
    /// Until that time.
    Until(Duration),
    /// Until a key is pressed.
    Key,
}

/// The messages so far, and the one that is shown now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Messages {
    kept: Vec<Message>,
    toast: Option<Toast>,
}

impl Messages {
    /// Keeps a message and shows it.
    pub fn say(&mut self, message: Message, now: Duration) {
        if self.kept.len() == KEPT {
            self.kept.remove(0);
        }
        let stays = message.weight == Weight::Error;
        self.toast = Some(if stays {
            Toast::Key
        } else {
            Toast::Until(now + TOAST)
        });
        self.kept.push(message);
    }

    /// The message shown at that time, and when it goes.
    pub fn toast(&self, now: Duration) -> Option<(&Message, Option<Duration>)> {
        let until = match self.toast? {
            Toast::Key => None,
            Toast::Until(until) if now < until => Some(until),
            Toast::Until(_) => return None,
        };
        Some((self.kept.last()?, until))
    }

    /// Shows the hints again.
    pub fn dismiss(&mut self) {
        self.toast = None;
    }

    /// All that were kept, oldest first.
    pub fn all(&self) -> &[Message] {
        &self.kept
    }
}
