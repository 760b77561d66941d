//! `vizsla serve`: collector, store and query service, without a terminal.

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::text::Shown;

use super::args::{ListenArgs, MemoryArgs};
use super::embedded::Embedded;
use super::neighbour;
use super::session::runtime;
use super::{Failure, Outcome, Session};

/// Arguments of `serve`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla serve
  vizsla serve --otlp-http 127.0.0.1:0 --otlp-grpc off --max-memory 2GiB
  vizsla serve --otlp-grpc 0.0.0.0:4317 --auth-token-file /etc/vizsla/token")]
pub struct ServeArgs {
    /// Where it listens.
    #[command(flatten)]
    pub listen: ListenArgs,
    /// How much is kept.
    #[command(flatten)]
    pub memory: MemoryArgs,
}

/// How long requests that were begun may take after a signal.
const GRACE: Duration = Duration::from_secs(5);

pub(super) fn run(session: &mut Session) -> Result<Outcome, Failure> {
    session.note_problems();
    runtime()?.block_on(async {
        let embedded = Embedded::start(&session.config, "embedded").await?;
        embedded.check(&session.config)?;
        if let Some(taken) = embedded.taken() {
            return Err(Failure::Usage(neighbour::instead(&taken).await));
        }
        embedded.report(&session.config, line)?;
        let number = stopped().await?;
        // A client that does not finish is not waited for longer.
        let _ = tokio::time::timeout(GRACE, embedded.stop()).await;
        Ok(Outcome::Signal(number))
    })
}

/// A line that scripts wait for, hence without the program's name.
fn line(text: String) {
    // Nobody is there to tell if standard error is gone.
    let _ = writeln!(io::stderr().lock(), "{}", Shown::from_owned(text));
}

/// Waits for a signal that ends the program; its number.
pub(super) async fn stopped() -> Result<u8, Failure> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(tokio::select! {
        _ = interrupt.recv() => 2,
        _ = terminate.recv() => 15,
        _ = hangup.recv() => 1,
    })
}
