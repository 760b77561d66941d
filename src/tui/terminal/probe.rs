//! What the terminal says of itself: the colour of its ground (OSC 11), and whether it speaks the
//! kitty keyboard protocol. Asked once, before keys are read, and given up after 100 ms.
//!
//! Each question is followed by one that every terminal answers (DA1), so that nothing is waited
//! for in vain. What is no answer was typed by the user meanwhile, and is kept.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::time::{Duration, Instant};

use crate::tui::keymap::{Code, Key};
use crate::tui::theme::Appearance;

const QUESTIONS: &str = "\x1b]11;?\x1b\\\x1b[?u\x1b[c";
const PATIENCE: Duration = Duration::from_millis(100);
#[cfg(target_os = "linux")]
const NON_BLOCKING: i32 = 0o4000;
#[cfg(not(target_os = "linux"))]
const NON_BLOCKING: i32 = 0x4;

/// What was found out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// Dark or light, if the terminal told its ground.
    pub appearance: Option<Appearance>,
    /// Whether it speaks the kitty keyboard protocol, and may be asked to.
    pub keyboard: bool,
    /// Keys that were typed meanwhile.
    pub keys: Vec<Key>,
}

/// Asks. What cannot be asked is unknown.
pub fn probe(terminal: &mut impl Write) -> Probe {
    let answer = ask(terminal).unwrap_or_default();
    let multiplexed = ["TMUX", "STY"]
        .iter()
        .any(|name| env::var_os(name).is_some());
    let mut probe = read(&answer);
    probe.keyboard &= !multiplexed && env::var("TERM").is_ok_and(|term| term != "linux");
    probe
}

fn ask(terminal: &mut impl Write) -> io::Result<Vec<u8>> {
    // An open file of its own: what does not block here must not change how others read.
    let mut tty: File = OpenOptions::new()
        .read(true)
        .custom_flags(NON_BLOCKING)
        .open("/dev/tty")?;
    terminal.write_all(QUESTIONS.as_bytes())?;
    terminal.flush()?;
    let (start, mut answer, mut chunk) = (Instant::now(), Vec::new(), [0; 256]);
    while start.elapsed() < PATIENCE && !has_device_attributes(&answer) {
        match tty.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(chunk.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(answer)
}

/// `ESC [ ? … c` is in it.
fn has_device_attributes(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    text.split("\x1b[?").skip(1).any(|part| {
        part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';')
            .starts_with('c')
    })
}

/// Takes the answers out of what came; the rest are keys.
fn read(answer: &[u8]) -> Probe {
    let text = String::from_utf8_lossy(answer);
    let mut probe = Probe::default();
    let mut rest = text.as_ref();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("\x1b]11;") {
            let end = after.find(['\x07', '\x1b']).unwrap_or(after.len());
            probe.appearance = appearance(&after[..end]);
            rest = after[end..]
                .trim_start_matches(['\x07', '\x1b'])
                .trim_start_matches('\\');
        } else if let Some(after) = rest.strip_prefix("\x1b[?") {
            let end = after
                .find(|c: char| c.is_ascii_alphabetic())
                .unwrap_or(after.len());
            probe.keyboard |= after[end..].starts_with('u');
            rest = after.get(end + 1..).unwrap_or_default();
        } else if let Some(c) = rest.chars().next() {
            probe.keys.extend(key(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    probe
}

/// `rgb:1717/1818/1c1c`, with one to four digits for each.
fn appearance(colour: &str) -> Option<Appearance> {
    let mut parts = colour
        .strip_prefix("rgb:")
        .or_else(|| colour.strip_prefix("rgba:"))?
        .split('/');
    let mut channel = || {
        let digits = parts.next()?;
        let most = f64::from(16_u32.checked_pow(digits.len() as u32)?) - 1.0;
        u32::from_str_radix(digits, 16)
            .ok()
            .map(|value| f64::from(value) / most)
    };
    let luminance = 0.2126 * channel()? + 0.7152 * channel()? + 0.0722 * channel()?;
    Some(if luminance > 0.5 {
        Appearance::Light
    } else {
        Appearance::Dark
    })
}

fn key(c: char) -> Option<Key> {
    match c {
        '\r' | '\n' => Some(Key::plain(Code::Enter)),
        '\t' => Some(Key::plain(Code::Tab)),
        '\x1b' => Some(Key::plain(Code::Esc)),
        '\x7f' => Some(Key::plain(Code::Backspace)),
        c @ '\x01'..='\x1a' => Some(Key::ctrl(char::from(b'a' + (c as u8) - 1))),
        c if !c.is_control() => Some(Key::char(c)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_understood_and_keys_are_kept() {
        let probe = read(b"j\x1b]11;rgb:fbfb/f8f8/f1f1\x1b\\\x1b[?1u\x1b[?62;22c\r");
        assert_eq!(probe.appearance, Some(Appearance::Light));
        assert!(probe.keyboard);
        assert_eq!(probe.keys, [Key::char('j'), Key::plain(Code::Enter)]);
        assert_eq!(
            read(b"\x1b]11;rgb:17/18/1c\x07").appearance,
            Some(Appearance::Dark)
        );
        assert_eq!(read(b""), Probe::default());
        assert_eq!(read(b"\x1b]11;rgb:zz\x1b[?").appearance, None);
    }

    #[test]
    fn the_last_answer_ends_the_waiting() {
        assert!(has_device_attributes(b"\x1b[?1u\x1b[?62;22c"));
        assert!(!has_device_attributes(b"\x1b[?1u\x1b[?62;2"));
    }
}
