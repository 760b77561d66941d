//! The command line: one file per subcommand, the only room that prints and composes.
//!
//! [`run`] reads the arguments, merges the configuration, and hands a [`Session`] to the
//! subcommand. Data goes to standard output through [`output`], words to standard error as one
//! line `vizsla: what happened: what to do`. Every screen of the interface has its twin here.
//!
//! | exit | meaning |
//! |---|---|
//! | 0 | found, done |
//! | 1 | ran, but nothing was found |
//! | 2 | the arguments, the configuration or the input are at fault |
//! | 3 | a backend failed |
//! | 128 + n | ended by signal n |

pub mod args;
pub mod output;

mod census;
mod completions;
mod config;
mod convert;
mod demo;
mod deps;
mod embedded;
mod explore;
mod failure;
mod host;
mod keys;
mod man;
mod meter;
mod neighbour;
mod operations;
mod question;
mod readable;
mod search;
mod series;
mod serve;
mod services;
mod session;
mod show;
mod snap;
mod source;
mod standing;
mod stats;
mod themes;
mod window;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

pub use args::{Cli, Command};
pub use failure::{Failure, Outcome};
pub use session::Session;

/// Runs the program: arguments in (the first is its name), exit code out.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut command = Cli::command();
    let matches = match command.try_get_matches_from_mut(arguments) {
        Ok(matches) => matches,
        Err(refusal) => return failure::refuse(&refusal),
    };
    if let Err(failure) = args::in_place(&command, &matches) {
        return failure::conclude(Err(failure));
    }
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(refusal) => return failure::refuse(&refusal),
    };
    let mut session = Session::new(&cli, &matches);
    let outcome = dispatch(cli, &mut session);
    failure::conclude(session.finish(outcome))
}

fn dispatch(cli: Cli, session: &mut Session) -> Result<Outcome, Failure> {
    match cli.command {
        Some(Command::Search(args)) => search::run(&args, session),
        Some(Command::Show(args)) => show::run(&args, session),
        Some(Command::Services(args)) => services::run(&args, session),
        Some(Command::Operations(args)) => operations::run(&args, session),
        Some(Command::Deps(args)) => deps::run(&args, session),
        Some(Command::Stats(args)) => stats::run(&args, session),
        Some(Command::Convert(args)) => convert::run(&args, session),
        Some(Command::Snap(args)) => snap::run(&args, session),
        Some(Command::Serve(_)) => serve::run(session),
        Some(Command::Demo(args)) => demo::run(&args, session),
        Some(Command::Config(args)) => config::run(args, session),
        Some(Command::Keys(args)) => keys::run(&args, session),
        Some(Command::Themes(args)) => themes::run(&args, session),
        Some(Command::Completions(args)) => completions::run(&args, session),
        Some(Command::Man(args)) => man::run(&args, session),
        None => explore::run(&cli, session),
    }
}
