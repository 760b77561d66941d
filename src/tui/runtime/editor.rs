//! The user's editor and pager on a piece of text, as git and shells run them: on a file that only
//! this user can read.

use std::env;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

static RUNS: AtomicBool = AtomicBool::new(false);

/// Whether a program of the user's own has the terminal.
pub fn runs() -> bool {
    RUNS.load(Ordering::SeqCst)
}

/// Runs `$VISUAL`, else `$EDITOR`, else vi, and waits. The terminal is the editor's meanwhile.
///
/// # Errors
/// What went wrong, in words; the text is as it was.
pub fn edit(text: &str) -> Result<String, String> {
    let editor = editor();
    let file = Kept::new(text, "traceql")?;
    run(&editor, "EDITOR", &file.path).map_err(|why| format!("{why}; the query is as it was"))?;
    let written = fs::read_to_string(&file.path);
    let written = written.map_err(|cause| file.failed(&cause))?;
    // The query line is one line.
    let lines: Vec<&str> = written.lines().map(str::trim).collect();
    Ok(lines.join(" ").trim().to_owned())
}

/// Shows text in the editor. What is changed there is nobody's.
///
/// # Errors
/// What went wrong, in words.
pub fn view(text: &str, extension: &str) -> Result<(), String> {
    let file = Kept::new(text, extension)?;
    run(&editor(), "EDITOR", &file.path)
}

/// Shows text in `$PAGER`, else in less.
///
/// # Errors
/// What went wrong, in words.
pub fn page(text: &str, extension: &str) -> Result<(), String> {
    let file = Kept::new(text, extension)?;
    run(
        &set("PAGER").unwrap_or_else(|| "less".to_owned()),
        "PAGER",
        &file.path,
    )
}

fn editor() -> String {
    set("VISUAL")
        .or_else(|| set("EDITOR"))
        .unwrap_or_else(|| "vi".to_owned())
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn run(tool: &str, variable: &str, path: &Path) -> Result<(), String> {
    RUNS.store(true, Ordering::SeqCst);
    // The value may hold arguments, which a shell parts.
    let status = Command::new("sh")
        .args(["-c", &format!("{tool} \"$@\""), tool])
        .arg(path)
        .status();
    RUNS.store(false, Ordering::SeqCst);
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!(
            "{tool} ended with {status}: ${variable} names another"
        )),
        Err(cause) => Err(format!(
            "cannot run {tool}: {cause}; ${variable} names another"
        )),
    }
}

/// Text in a file for as long as another program reads it.
struct Kept {
    path: PathBuf,
}

impl Kept {
    fn new(text: &str, extension: &str) -> Result<Self, String> {
        let name = format!("vizsla-{}.{extension}", std::process::id());
        let kept = Self {
            path: env::temp_dir().join(name),
        };
        // What a killed program left there is not somebody else's file.
        let _ = fs::remove_file(&kept.path);
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&kept.path)
            .and_then(|mut file| writeln!(file, "{text}"));
        written.map_err(|cause| kept.failed(&cause))?;
        Ok(kept)
    }

    fn failed(&self, cause: &io::Error) -> String {
        format!("cannot write {}: {cause}", self.path.display())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}
