//! Text into the clipboard, over SSH too. There is no acknowledgement, so the way is told.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// xterm takes sequences of at most 100,000 bytes, which is this much text in base64.
const MOST: usize = 74_994;
/// GNU screen takes strings of less than this.
const SCREEN_CHUNK: usize = 240;

/// Copies by the first way that the surroundings offer: tmux's buffer, a local tool, else OSC 52
/// through the terminal. Text too long for that goes into a file, whose path is copied.
pub fn copy(text: &str, terminal: &mut impl Write) -> io::Result<String> {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    if set("TMUX") && pipe("tmux", &["load-buffer", "-w", "-"], text).is_ok() {
        return Ok("sent to the clipboard by tmux".to_owned());
    }
    if !set("SSH_TTY") {
        let local: &[(&str, &[&str], bool)] = &[
            ("wl-copy", &[], set("WAYLAND_DISPLAY")),
            ("xclip", &["-selection", "clipboard"], set("DISPLAY")),
            ("pbcopy", &[], cfg!(target_os = "macos")),
        ];
        for (tool, arguments, _) in local.iter().filter(|(.., offered)| *offered) {
            if pipe(tool, arguments, text).is_ok() {
                return Ok(format!("copied by {tool}"));
            }
        }
    }
    if text.len() > MOST {
        let path = keep(text)?;
        terminal.write_all(osc52(&path, set("STY")).as_bytes())?;
        terminal.flush()?;
        return Ok(format!(
            "too long for the clipboard, written to {path}; its path was sent"
        ));
    }
    terminal.write_all(osc52(text, set("STY")).as_bytes())?;
    terminal.flush()?;
    Ok("sent to the clipboard (OSC 52)".to_owned())
}

fn pipe(tool: &str, arguments: &[&str], text: &str) -> io::Result<()> {
    let mut child = Command::new(tool)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    if child.wait()?.success() {
        Ok(())
    } else {
        Err(io::Error::other("failed"))
    }
}

/// The sequence that sets the clipboard; inside GNU screen in pieces that it passes on.
fn osc52(text: &str, screen: bool) -> String {
    let sequence = format!("\x1b]52;c;{}\x07", STANDARD.encode(text));
    if !screen {
        return sequence;
    }
    let characters: Vec<char> = sequence.chars().collect();
    characters
        .chunks(SCREEN_CHUNK)
        .fold(String::new(), |mut pieces, chunk| {
            pieces.push_str("\x1bP");
            pieces.extend(chunk);
            pieces + "\x1b\\"
        })
}

/// Writes text to a new file that only this user can read.
fn keep(text: &str) -> io::Result<String> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    for number in 0..1000 {
        let path = env::temp_dir().join(format!("vizsla-copy-{}-{number}.txt", std::process::id()));
        match options.open(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                return Ok(path.display().to_string());
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no free name in the temporary folder"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_xterm_and_screen_gets_it_in_pieces() {
        assert_eq!(osc52("hi", false), "\x1b]52;c;aGk=\x07");
        let long = osc52(&"x".repeat(600), true);
        assert!(long.starts_with("\x1bP\x1b]52;c;") && long.ends_with("\x07\x1b\\"));
        assert!(
            long.split("\x1bP")
                .all(|piece| piece.len() <= SCREEN_CHUNK + 2)
        );
    }
}
