//! What all pages share: settings, clock, keymap, theme, jobs, messages, what the last frame showed.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::config::LinkPattern;
use crate::model::TraceId;
use crate::text::{Charset, Clock, Style as TimeStyle};

use super::canvas::Drawn;
use super::job::{Jobs, PageId};
use super::keymap::{Keymap, Pending};
use super::message::{Message, Messages};
use super::page::Timer;
use super::session::Session;
use super::session::place::Places;
use super::source::Source;
use super::theme::{Appearance, Depth, Glyphs, ServiceColours, Theme};

/// How soon a frame is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Urgency {
    /// The screen is as it should be.
    #[default]
    Clean,
    /// Data came: with the next frame, at most every 50 ms.
    Data,
    /// A key was pressed: at once.
    Key,
}

/// Everything that belongs to no single page.
#[derive(Debug, Clone)]
pub struct Shared {
    /// Time since the program began, as of the message that is being handled.
    pub now: Duration,
    /// The wall clock and the zone that times are shown in.
    pub clock: Clock,
    /// How times are shown.
    pub time_style: TimeStyle,
    /// Columns and rows.
    pub size: (u16, u16),
    pub keymap: Keymap,
    /// Keys of an unfinished sequence, and when its last key came.
    pub pending: Pending,
    pub pressed: Duration,
    pub theme: Theme,
    /// The name under which the theme was chosen: `auto` stays `auto`.
    pub theme_name: String,
    pub depth: Depth,
    /// The terminal's ground.
    pub appearance: Appearance,
    /// Where the user's own themes are.
    pub theme_folder: Option<std::path::PathBuf>,
    pub glyphs: &'static Glyphs,
    pub colours: ServiceColours,
    pub jobs: Jobs,
    pub timers: Vec<(Duration, PageId, Timer)>,
    pub messages: Messages,
    /// What was copied last, until the terminal says how it went.
    pub copied: Option<String>,
    /// Where jumps started, and the places with a letter.
    pub places: Places,
    pub drawn: Drawn,
    pub urgency: Urgency,
    pub mouse: bool,
    /// The two topmost traces stand beside each other.
    pub beside: bool,
    /// What outlives the program.
    pub session: Session,
    /// The backend that is asked.
    pub source: Source,
    /// The traces that somebody wants kept.
    pub kept: BTreeSet<TraceId>,
    /// Whether the terminal opens links in its text.
    pub hyperlinks: bool,
    /// Links to pages elsewhere.
    pub links: std::sync::Arc<[LinkPattern]>,
}

impl Shared {
    /// Says something over the hint row and keeps it.
    pub fn say(&mut self, mut message: Message) {
        message.time = self.clock.now();
        self.messages.say(message, self.now);
        self.urgency = self.urgency.max(Urgency::Data);
    }

    /// The character set that figures are written in.
    pub fn charset(&self) -> Charset {
        self.glyphs.charset
    }

    /// When the runtime must wake up although nothing happens.
    pub fn next_wake(&self) -> Option<Duration> {
        let timer = self.timers.iter().map(|(due, ..)| *due).min();
        [timer, self.drawn.wake].into_iter().flatten().min()
    }

    /// The earliest timer without which the screen is not complete.
    pub fn next_settling(&self) -> Option<Duration> {
        self.timers
            .iter()
            .filter(|(.., timer)| timer.settles())
            .map(|(due, ..)| *due)
            .min()
    }
}
