//! Signals. Those that end the program are handled by a task of their own, so that they work even
//! while the terminal does not take a frame: the loop is told first and has a moment to keep the
//! session.

use std::io;
use std::time::Duration;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::tui::terminal;

/// How long the loop may take to end in good order.
const GRACE: Duration = Duration::from_secs(2);

/// A signal that reaches the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-Z of somebody else: give the terminal back and stop.
    Suspend,
    /// In the foreground again after a stop that was not ours.
    Continued,
    /// End in good order.
    End(i32),
}

/// The signals that reach the loop.
pub struct Signals {
    suspend: tokio::signal::unix::Signal,
    continued: tokio::signal::unix::Signal,
    ends: mpsc::Receiver<i32>,
}

impl Signals {
    /// Takes over the handling of signals.
    pub fn new() -> io::Result<Self> {
        let (to, ends) = mpsc::channel(1);
        for number in [SIGTERM, SIGINT, SIGHUP] {
            let mut stream = signal(SignalKind::from_raw(number))?;
            let to = to.clone();
            tokio::spawn(async move {
                // Ctrl-C in the user's editor is the editor's.
                loop {
                    stream.recv().await;
                    if number != SIGINT || !super::editor::runs() {
                        break;
                    }
                }
                // A second signal finds the first one's word still there: that is word enough.
                let _ = to.try_send(number);
                tokio::time::sleep(GRACE).await;
                end(number);
            });
        }
        Ok(Self {
            suspend: signal(SignalKind::from_raw(SIGTSTP))?,
            continued: signal(SignalKind::from_raw(SIGCONT))?,
            ends,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
            Some(number) = self.ends.recv() => Signal::End(number),
            Some(()) = self.suspend.recv() => Signal::Suspend,
            Some(()) = self.continued.recv() => Signal::Continued,
            else => std::future::pending().await,
        }
    }
}

/// Stops the process until it is continued.
pub fn stop() -> io::Result<()> {
    signal_hook::low_level::emulate_default_handler(SIGTSTP)
}

/// Gives the terminal back. After a hang-up nobody is there to see it restored, and writing to it
/// could block.
pub fn leave(number: i32) {
    if number == SIGHUP {
        terminal::abandon();
    } else {
        terminal::leave();
    }
}

/// Ends the process as a signal does, 128 and its number, because the loop does not.
fn end(number: i32) -> ! {
    leave(number);
    std::process::exit(128 + number)
}
