//! The interface without a terminal: the same update, the same view, the same jobs, driven by keys
//! in the usual notation against a clock that stands still. For `vizsla snap`, tests and benches.
//!
//! After each key it waits until nothing is loading and nothing settles any more, never for a time.

#[cfg(test)]
mod bytes;
pub mod fixed;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
pub mod golden;
#[cfg(test)]
mod resize;
#[cfg(test)]
pub mod single;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use tokio::sync::mpsc::Receiver;

use crate::backend::Backend;
use crate::model::TraceId;

use super::answer::Answer;
use super::app::State;
use super::effect::{Effect, Outside};
use super::job::JobId;
use super::keymap::{Key, key::KeyError, parse_keys};
use super::msg::Msg;
use super::runtime::ask::World;
use super::runtime::jobs::Runner;
use super::session::Session;
use super::setup::Setup;
use super::snapshot;
use super::source::host::Host;
use super::update::update;
use super::view;
use super::widget::which_key;

/// An interface on a screen of its own.
pub struct Harness {
    /// All there is to know of it.
    pub(super) state: State,
    runner: Runner,
    answers: Receiver<(JobId, Answer)>,
    now: Duration,
    /// What was copied, oldest first.
    pub copied: Vec<String>,
    /// The web pages that were opened.
    pub opened: Vec<String>,
    /// What it wanted kept when it ended.
    pub(super) saved: Option<Session>,
    /// Whether it was told to quit.
    pub quit: bool,
}

impl Harness {
    /// Starts it over a backend, on a screen of that size, and waits until it stands still.
    pub async fn start(
        setup: Setup,
        backend: Arc<dyn Backend>,
        host: Arc<dyn Host>,
        first: Option<TraceId>,
        size: (u16, u16),
    ) -> Self {
        let world = World::new(backend, host);
        let opened = super::answer::Opened {
            first,
            ..world.opened()
        };
        let around = world.host.surroundings();
        let (state, effects) = State::new(setup, opened, around, size);
        let (runner, answers) = Runner::new(world);
        let (copied, quit) = (Vec::new(), false);
        let mut harness = Self {
            state,
            runner,
            answers,
            now: Duration::ZERO,
            copied,
            opened: Vec::new(),
            saved: None,
            quit,
        };
        harness.perform(effects);
        // New data is there from the start: what a live backend would say at once.
        harness.take(Msg::Changed(0));
        harness.settle().await;
        harness
    }

    /// Presses keys, one after the other, each when the one before has settled.
    pub async fn keys(&mut self, keys: &str) -> Result<(), KeyError> {
        for key in parse_keys(keys)? {
            self.press(key).await;
        }
        // Whoever stops in the middle of a sequence wants to see what may follow.
        if !self.state.shared.pending.prefix().is_empty() {
            self.advance(which_key::DELAY);
        }
        Ok(())
    }

    /// Presses keys faster than anything settles.
    #[cfg(test)]
    pub(super) fn hurry(&mut self, keys: &str) -> Result<(), KeyError> {
        for key in parse_keys(keys)? {
            self.take(Msg::Key(key));
        }
        Ok(())
    }

    /// Presses one key and waits until all stands still.
    pub async fn press(&mut self, key: Key) {
        self.take(Msg::Key(key));
        self.settle().await;
    }

    /// Sends any message and waits until all stands still.
    pub async fn send(&mut self, msg: Msg) {
        self.take(msg);
        self.settle().await;
    }

    /// Lets time pass.
    pub fn advance(&mut self, by: Duration) {
        self.now += by;
        self.take(Msg::Wake);
    }

    /// Waits for jobs, and lets the time pass that typing and resting cursors wait for.
    pub async fn settle(&mut self) {
        loop {
            if !self.state.shared.jobs.is_idle() {
                let Some((id, answer)) = self.answers.recv().await else {
                    return;
                };
                self.take(Msg::Answer(id, answer));
            } else if let Some(due) = self.state.shared.next_settling() {
                self.now = self.now.max(due);
                self.take(Msg::Wake);
            } else {
                return;
            }
        }
    }

    /// Takes a message as the runtime would, and draws.
    fn take(&mut self, msg: Msg) {
        if matches!(&msg, Msg::Answer(_, Answer::Done | Answer::Opened(_))) {
            self.state.shared.source.around = self.runner.world.host.surroundings();
        }
        if matches!(&msg, Msg::Answer(..)) {
            self.state.know(self.runner.world.opened());
        }
        let effects = update(&mut self.state, self.now, msg);
        self.perform(effects);
        // Keys apply to what was drawn last.
        let (_, drawn) = view::render(&self.state);
        self.state.shared.drawn = drawn;
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Ask(id, request) => self.runner.start(id, request),
                Effect::Cancel(slot) => self.runner.cancel(slot),
                Effect::Copy(text) => self.copied.push(text),
                Effect::Save(session) => self.saved = Some(session),
                Effect::Outside(Outside::Browse(url)) => self.opened.push(url),
                Effect::Quit => self.quit = true,
                Effect::Outside(_)
                | Effect::Mouse(_)
                | Effect::Keep(_)
                | Effect::Edit(_)
                | Effect::Suspend
                | Effect::Redraw => {}
            }
        }
    }

    /// The screen as it is.
    pub fn buffer(&self) -> Buffer {
        view::render(&self.state).0
    }

    /// The screen as text: all rows, all columns.
    pub fn text(&self) -> String {
        snapshot::text(&self.buffer(), &self.state.shared.theme)
    }

    /// The screen with colours as a terminal reads them.
    pub fn ansi(&self) -> String {
        snapshot::ansi(&self.buffer(), &self.state.shared.theme)
    }

    /// The screen as a picture.
    pub fn svg(&self) -> String {
        snapshot::svg(&self.buffer(), &self.state.shared.theme)
    }
}
