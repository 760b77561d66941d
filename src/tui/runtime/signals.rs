//! Signals. Those that end the program are handled by a task of their own, so that they work even
//! while the terminal does not take a frame; those that it survives reach the loop.

use std::io;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use tokio::signal::unix::{SignalKind, signal};

use crate::tui::terminal;

/// A signal that the program survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// Ctrl-Z of somebody else: give the terminal back and stop.
    Suspend,
    /// In the foreground again after a stop that was not ours.
    Continued,
}

/// The signals that reach the loop.
pub struct Signals {
    suspend: tokio::signal::unix::Signal,
    continued: tokio::signal::unix::Signal,
}

impl Signals {
    /// Takes over the handling of signals.
    pub fn new() -> io::Result<Self> {
        for number in [SIGTERM, SIGINT, SIGHUP] {
            let mut stream = signal(SignalKind::from_raw(number))?;
            tokio::spawn(async move {
                stream.recv().await;
                end(number);
            });
        }
        Ok(Self {
            suspend: signal(SignalKind::from_raw(SIGTSTP))?,
            continued: signal(SignalKind::from_raw(SIGCONT))?,
        })
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        tokio::select! {
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

/// Ends the process as a signal does: 128 and its number. After a hang-up nobody is there to see a
/// restored terminal, and writing to it could block.
fn end(number: i32) -> ! {
    if number != SIGHUP {
        terminal::leave();
    }
    std::process::exit(128 + number)
}
