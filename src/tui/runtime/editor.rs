//! The user's editor on a piece of text, as git and shells run it: `$VISUAL`, else `$EDITOR`, else
//! vi, on a file that only this user can read.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

static RUNS: AtomicBool = AtomicBool::new(false);

/// Whether the editor has the terminal.
pub fn runs() -> bool {
    RUNS.load(Ordering::SeqCst)
}

/// Runs the editor, and waits. The terminal is the editor's meanwhile.
///
/// # Errors
/// What went wrong, in words; the text is as it was.
pub fn edit(text: &str) -> Result<String, String> {
    RUNS.store(true, Ordering::SeqCst);
    let edited = run(text);
    RUNS.store(false, Ordering::SeqCst);
    edited
}

fn run(text: &str) -> Result<String, String> {
    let set = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = set("VISUAL")
        .or_else(|| set("EDITOR"))
        .unwrap_or_else(|| "vi".to_owned());
    let path = env::temp_dir().join(format!("vizsla-{}.traceql", std::process::id()));
    let failed = |cause: io::Error| format!("cannot edit in {}: {cause}", path.display());
    // What a killed program left there is not somebody else's file.
    let _ = fs::remove_file(&path);
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(failed)?;
    writeln!(file, "{text}").map_err(failed)?;
    drop(file);
    // The value may hold arguments, which a shell parts.
    let status = Command::new("sh")
        .args(["-c", &format!("{editor} \"$@\""), &editor])
        .arg(&path)
        .status();
    let written = fs::read_to_string(&path);
    let _ = fs::remove_file(&path);
    match status {
        Ok(status) if status.success() => {}
        Ok(status) => {
            return Err(format!(
                "{editor} ended with {status}: the query is as it was"
            ));
        }
        Err(cause) => {
            return Err(format!(
                "cannot run {editor}: {cause}; $EDITOR names another"
            ));
        }
    }
    let written = written.map_err(failed)?;
    // The query line is one line.
    Ok(written
        .lines()
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" ")
        .trim()
        .to_owned())
}
