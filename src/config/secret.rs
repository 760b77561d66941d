//! Secrets: where they are fetched, and a type that does not print them.

use std::fmt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A token or password: it never shows in `Debug`, in logs or in errors.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text`, less the white space around it (files end in a newline).
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The secret itself, for the header that carries it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `other` is the same, in a time that does not tell how much of it is.
    pub fn matches(&self, other: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), other.as_bytes());
        let differing = ours
            .iter()
            .zip(theirs)
            .fold(0u8, |all, (a, b)| all | (a ^ b));
        ours.len() == theirs.len() && std::hint::black_box(differing) == 0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Where a secret is fetched when it is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file; its first line.
    File(PathBuf),
    /// What a command prints, run by `sh -c`; its first line.
    Command(String),
}

/// Why a secret could not be fetched. Never holds any of it.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable does not exist or is empty.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// The file cannot be read.
    #[error("cannot read the secret in {path}: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The command failed.
    #[error("the command for a secret failed ({0}): run it in a shell to see why")]
    Command(String),
    /// There is a source, but nothing in it.
    #[error("the secret from {0} is empty")]
    Empty(String),
}

impl SecretSource {
    /// Fetches the secret; a command may ask its user on the terminal.
    pub fn fetch(&self) -> Result<Secret, SecretError> {
        let text = match self {
            Self::Env(name) => {
                std::env::var(name).map_err(|_| SecretError::NotSet(name.clone()))?
            }
            Self::File(path) => {
                std::fs::read_to_string(path).map_err(|cause| SecretError::File {
                    path: path.clone(),
                    cause,
                })?
            }
            Self::Command(line) => run(line)?,
        };
        let secret = Secret::new(text.lines().next().unwrap_or_default());
        if secret.reveal().is_empty() {
            return Err(SecretError::Empty(self.to_string()));
        }
        Ok(secret)
    }
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "environment {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            // The command line may itself hold a secret.
            Self::Command(_) => f.write_str("command"),
        }
    }
}

fn run(line: &str) -> Result<String, SecretError> {
    let output = Command::new("sh")
        .args(["-c", line])
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|cause| SecretError::Command(cause.to_string()))?;
    if !output.status.success() {
        return Err(SecretError::Command(output.status.to_string()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_gives_its_first_line_and_nothing_prints_it() {
        let source = SecretSource::Command("printf ' canary \\nrest'".into());
        let secret = source.fetch().unwrap();
        assert_eq!(secret.reveal(), "canary");
        assert!(!format!("{secret:?} {source}").contains("canary"));
    }

    #[test]
    fn what_is_missing_is_said() {
        let missing = SecretSource::Env("VIZSLA_TEST_NO_SUCH_VARIABLE".into()).fetch();
        assert!(matches!(missing, Err(SecretError::NotSet(_))));
        let failed = SecretSource::Command("exit 3".into()).fetch();
        assert!(matches!(failed, Err(SecretError::Command(_))));
        let empty = SecretSource::Command("true".into()).fetch();
        assert!(matches!(empty, Err(SecretError::Empty(_))));
    }
}
