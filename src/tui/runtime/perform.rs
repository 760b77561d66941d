//! What the state wants done: jobs, the clipboard, files, other programs that have the terminal for
//! a while.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::model::Trace;
use crate::tui::answer::Held;
use crate::tui::effect::{Effect, Outside};
use crate::tui::message::Message;
use crate::tui::msg::Msg;
use crate::tui::session::Session;
use crate::tui::shared::Urgency;
use crate::tui::terminal;
use crate::tui::update::update;

use super::{Errand, Runtime, browse, editor, keeping, signals};

impl Runtime {
    /// Does what the state wants done.
    pub(super) fn perform(&mut self, effects: Vec<Effect>) -> io::Result<()> {
        for effect in effects {
            match effect {
                Effect::Ask(id, request) => self.runner.start(id, request),
                Effect::Cancel(slot) => self.runner.cancel(slot),
                Effect::Copy(text) => self.copy(&text)?,
                Effect::Mouse(on) => self.terminal.capture_mouse(on)?,
                Effect::Save(session) => self.save(&session),
                Effect::Keep(open) => self.keep_open(&open),
                Effect::Edit(text) => self.errand = Some(Errand::Edit(text)),
                Effect::Outside(Outside::Browse(url)) => self.browse(&url)?,
                Effect::Outside(what) => self.errand = Some(Errand::Show(what)),
                Effect::Suspend => self.suspend()?,
                Effect::Redraw => {
                    self.terminal.forget();
                    self.state.shared.urgency = Urgency::Key;
                }
                Effect::Quit => self.quit = true,
            }
        }
        Ok(())
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        let what = self
            .state
            .shared
            .copied
            .take()
            .unwrap_or_else(|| "text".to_owned());
        let message = match self.terminal.copy(text) {
            Ok(way) => Message::note(format!("{what}: {way}")),
            Err(error) => Message::error(format!("could not copy {what}: {error}")),
        };
        self.take(Msg::Notice(message))
    }

    pub(super) fn save(&mut self, session: &Session) {
        let Some(path) = &self.session else { return };
        let written = serde_json::to_string(session)
            .map_err(io::Error::other)
            .and_then(|text| {
                path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                keep(path, text.as_bytes())
            });
        if let Err(error) = written {
            self.state.shared.say(Message::doubt(format!(
                "the session was not saved to {}: {error}",
                path.display()
            )));
        }
    }

    /// What is open and held in this process alone is found again by the next one.
    pub(super) fn keep_open(&self, open: &[Held<Trace>]) {
        if let Some(archive) = self
            .runner
            .world
            .host
            .archive()
            .filter(|_| !open.is_empty())
        {
            keeping::leave(&archive, open);
        }
    }

    /// Gives the terminal to the user's editor or pager, and takes it again with what was written.
    pub(super) fn lend(&mut self, errand: &Errand) -> io::Result<()> {
        terminal::leave();
        let done = match errand {
            Errand::Edit(text) => editor::edit(text).map(Msg::Edited),
            Errand::Show(Outside::Page(text, extension)) => {
                editor::page(text, extension).map(|()| Msg::Resumed)
            }
            Errand::Show(Outside::View(text, extension)) => {
                editor::view(text, extension).map(|()| Msg::Resumed)
            }
            Errand::Show(Outside::Browse(_)) => Ok(Msg::Resumed),
        };
        self.terminal.enter_again()?;
        let (width, height) = terminal::size();
        self.take(Msg::Resize(width, height))?;
        self.take(done.unwrap_or_else(|why| Msg::Notice(Message::error(why))))
    }

    /// Opens a page where a browser is; elsewhere its address is copied and said.
    fn browse(&mut self, url: &str) -> io::Result<()> {
        let said = match browse::open(url) {
            Some(Ok(tool)) => Message::note(format!("{tool} opens {url}")),
            Some(Err(cause)) => Message::error(format!("cannot open {url}: {cause}")),
            None => match self.terminal.copy(url) {
                Ok(way) => Message::note(format!("{url}   {way}")),
                Err(_) => Message::note(url.to_owned()),
            },
        };
        self.take(Msg::Notice(said))
    }

    /// Gives the terminal back, stops, and takes it again when the shell says so.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        terminal::leave();
        signals::stop()?;
        self.terminal.enter_again()?;
        let effects = update(
            &mut self.state,
            self.start.elapsed(),
            Msg::Resize(terminal::size().0, terminal::size().1),
        );
        self.state.shared.urgency = Urgency::Key;
        self.perform(effects)
    }
}

/// Writes a file that nobody else may read: it tells what was looked at. Whoever is killed
/// meanwhile leaves the one of before.
fn keep(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    options.open(&beside)?.write_all(bytes)?;
    std::fs::rename(&beside, path)
}
