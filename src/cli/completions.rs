//! `vizsla completions`: what a shell needs to complete the command line.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Failure, Outcome, Session};

/// Arguments of `completions`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla completions bash > ~/.local/share/bash-completion/completions/vizsla
  vizsla completions zsh > ~/.zfunc/_vizsla
  vizsla completions fish > ~/.config/fish/completions/vizsla.fish")]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

pub(super) fn run(args: &CompletionsArgs, session: &mut Session) -> Result<Outcome, Failure> {
    // The generator panics if a write fails, as it does on a closed pipe.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "vizsla", &mut script);
    session.out.write_all(&script)?;
    Ok(Outcome::Found)
}
