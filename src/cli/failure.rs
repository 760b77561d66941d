//! How a run ends: exit codes, and errors as one line.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::backend::BackendError;
use crate::format::WriteError;
use crate::text::Shown;
use crate::traceql::QueryError;

/// The end of a run that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something was found, or what was asked is done.
    Found,
    /// Nothing was found.
    Nothing,
    /// A signal ended it in good order.
    Signal(u8),
}

impl Outcome {
    /// Found, if there is anything.
    pub fn of(anything: bool) -> Self {
        if anything { Self::Found } else { Self::Nothing }
    }
}

/// Why a run failed. The text says what happened and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Arguments, configuration or input are at fault.
    #[error("{0}")]
    Usage(String),
    /// A query is at fault: what is wrong, and where in its text.
    #[error("{}", error.sentence())]
    Query {
        /// The fault.
        error: Box<QueryError>,
        /// The text.
        query: String,
    },
    /// A backend failed.
    #[error("{0}")]
    Backend(String),
    /// Whoever read standard output has enough.
    #[error("closed pipe")]
    ClosedPipe,
}

impl Failure {
    /// A fault of arguments, configuration or input.
    pub fn usage(why: impl Display) -> Self {
        Self::Usage(format!("{why}"))
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::ClosedPipe,
            _ => Self::Usage(error.to_string()),
        }
    }
}

impl From<BackendError> for Failure {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Remote(_) | BackendError::Cancelled => Self::Backend(error.to_string()),
            BackendError::Query(_) | BackendError::Input(_) | BackendError::Unsupported(_) => {
                Self::usage(error)
            }
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(error) => error.into(),
            WriteError::ReadOnly(_) => Self::usage(error),
        }
    }
}

/// Says a line on standard error: no control bytes, and nobody to tell if that fails.
pub(super) fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "vizsla: {}", Shown::new(line));
}

/// Shows the line of a query that is at fault, and carets below the place.
fn point(error: &QueryError, query: &str) {
    let rendered = error.render(query);
    for line in rendered.lines().take(2) {
        let _ = writeln!(io::stderr().lock(), "{}", Shown::new(line));
    }
}

/// The exit code, after the last words.
pub(super) fn conclude(result: Result<Outcome, Failure>) -> ExitCode {
    match result {
        Ok(Outcome::Found) | Err(Failure::ClosedPipe) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(1),
        Ok(Outcome::Signal(number)) => ExitCode::from(128 + number),
        Err(failure) => {
            say(&failure.to_string());
            if let Failure::Query { error, query } = &failure {
                point(error, query);
            }
            ExitCode::from(if matches!(failure, Failure::Backend(_)) {
                3
            } else {
                2
            })
        }
    }
}

/// Answers arguments that clap took over: help and version on standard output, everything
/// else as one line.
pub(super) fn refuse(refusal: &clap::Error) -> ExitCode {
    if !refusal.use_stderr() {
        // A closed pipe here is the reader's choice.
        let _ = refusal.print();
        return ExitCode::SUCCESS;
    }
    let line = match refusal.kind() {
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "a word is missing: add --help to see which there are".into()
        }
        _ => surplus_file(refusal).map_or_else(
            || one_line(&refusal.to_string()),
            |file| format!("{file:?} is one word too many: what to read is named with -s"),
        ),
    };
    say(&line);
    ExitCode::from(2)
}

/// A file that a subcommand has no place for.
fn surplus_file(refusal: &clap::Error) -> Option<&str> {
    let is_unknown = refusal.kind() == ErrorKind::UnknownArgument;
    match refusal.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(word)) if is_unknown && Path::new(word).exists() => Some(word),
        _ => None,
    }
}

/// clap's paragraphs as one line: the first, its items, the tips; without the usage.
fn one_line(paragraphs: &str) -> String {
    let body = paragraphs.split("\nUsage:").next().unwrap_or_default();
    let body = body
        .split("\nFor more information")
        .next()
        .unwrap_or_default();
    let words: Vec<_> = body.split_whitespace().collect();
    let line = words.join(" ");
    let line = line
        .strip_prefix("error: ")
        .unwrap_or(&line)
        .replace(" tip: ", ": ");
    format!("{line}: vizsla --help explains")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clap_says_becomes_one_line() {
        let said = "error: unexpected argument '--thme' found\n\n  tip: a similar argument exists: '--theme'\n\nUsage: vizsla --theme <NAME>\n\nFor more information, try '--help'.\n";
        assert_eq!(
            one_line(said),
            "unexpected argument '--thme' found: a similar argument exists: '--theme': vizsla --help explains"
        );
    }

    #[test]
    fn a_backend_is_not_the_users_fault() {
        let code = |error: BackendError| conclude(Err(error.into()));
        assert_eq!(
            code(BackendError::Remote("jaeger refused".into())),
            ExitCode::from(3)
        );
        assert_eq!(
            code(BackendError::Query("expected a comparison".into())),
            ExitCode::from(2)
        );
        assert_eq!(
            conclude(Err(io::Error::from(io::ErrorKind::BrokenPipe).into())),
            ExitCode::SUCCESS
        );
    }
}
