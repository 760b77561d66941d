//! `vizsla man`: the manual, made from the same table of arguments as the help.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory, ValueHint};
use clap_mangen::Man;

use super::{Cli, Failure, Outcome, Session};

/// Arguments of `man`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla man | man -l -
  vizsla man --to ~/.local/share/man/man1")]
pub struct ManArgs {
    /// Write a page for each subcommand into this folder, instead of the main one to standard output
    #[arg(long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    to: Option<PathBuf>,
}

pub(super) fn run(args: &ManArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let mut command = Cli::command();
    command.build();
    match &args.to {
        None => session.out.write_all(&page(&command)?)?,
        Some(folder) => {
            write_page(folder, &command)?;
            for below in command.get_subcommands() {
                write_page(folder, below)?;
            }
        }
    }
    Ok(Outcome::Found)
}

fn page(command: &Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    Ok(page)
}

fn write_page(folder: &Path, command: &Command) -> Result<(), Failure> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let path = folder.join(format!("{name}.1"));
    std::fs::write(&path, page(command)?)
        .map_err(|cause| Failure::Usage(format!("cannot write {}: {cause}", path.display())))
}
