//! A terminal with somebody before it, who presses keys and waits for words, never for a time.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::cli::Home;

/// A program that hangs fails its test instead of hanging it.
const STUCK: Duration = Duration::from_mins(2);

/// A program in a terminal.
pub struct Pty {
    child: Box<dyn Child + Send + Sync>,
    keys: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    output: Receiver<Vec<u8>>,
    raw: Vec<u8>,
    parser: vt100::Parser,
}

fn size_of((cols, rows): (u16, u16)) -> PtySize {
    PtySize {
        rows,
        cols,
        ..PtySize::default()
    }
}

impl Pty {
    /// vizsla with these arguments.
    pub fn start(home: &Home, args: &[&str], size: (u16, u16)) -> Self {
        let mut words = vec![env!("CARGO_BIN_EXE_vizsla")];
        words.extend(args);
        Self::run(home, &words, size)
    }

    /// Any command.
    pub fn run(home: &Home, words: &[&str], size: (u16, u16)) -> Self {
        Self::spawn(Self::command(home, words), size)
    }

    /// A command with an environment of its own.
    pub fn command(home: &Home, words: &[&str]) -> CommandBuilder {
        let mut command = CommandBuilder::new(words[0]);
        command.args(&words[1..]);
        command.env_clear();
        for (name, value) in [
            ("PATH", "/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("TERM", "xterm-256color"),
            ("PS1", "$ "),
        ] {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        command.cwd(home.path());
        command
    }

    /// Starts it in a terminal of that size.
    pub fn spawn(command: CommandBuilder, size: (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(size_of(size)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to, output) = channel();
        thread::spawn(move || {
            let mut chunk = vec![0; 65536];
            while let Ok(read @ 1..) = reader.read(&mut chunk) {
                if to.send(chunk[..read].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            keys: Some(pair.master.take_writer().unwrap()),
            master: Some(pair.master),
            output,
            raw: Vec::new(),
            parser: vt100::Parser::new(rows(size), columns(size), 0),
        }
    }

    /// Types.
    pub fn press(&mut self, keys: &str) {
        let writer = self.keys.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    /// Another size.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.parser.screen_mut().set_size(rows(size), columns(size));
        self.master.as_ref().unwrap().resize(size_of(size)).unwrap();
    }

    /// Waits until the screen shows the words.
    pub fn until(&mut self, words: &str) {
        while !self.parser.screen().contents().contains(words) {
            assert!(self.more(), "ended without {words:?}:\n{}", self.text());
        }
    }

    /// Waits until the screen is the shell's again.
    pub fn until_shell(&mut self) {
        while self.parser.screen().alternate_screen() {
            assert!(self.more(), "ended:\n{}", self.text());
        }
    }

    fn more(&mut self) -> bool {
        match self.output.recv_timeout(STUCK) {
            Ok(bytes) => {
                self.parser.process(&bytes);
                self.raw.extend(bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => panic!("nothing happens any more:\n{}", self.text()),
        }
    }

    fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// What the terminal shows.
    pub fn screen(&self) -> &vt100::Screen {
        self.parser.screen()
    }

    /// All that was written.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// The program's number.
    pub fn pid(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Takes the terminal away: nobody reads and types any more, and the program is told as by a
    /// kernel. (The thread that reads keeps it from being told by the kernel itself.)
    pub fn hang_up(&mut self) {
        (self.keys, self.master) = (None, None);
        super::signal("-HUP", self.pid());
    }

    /// Waits for the end; the exit code.
    pub fn end(&mut self) -> u32 {
        while self.master.is_some() && self.more() {}
        self.child.wait().unwrap().exit_code()
    }
}

fn rows(size: (u16, u16)) -> NonZeroU16 {
    NonZeroU16::new(size.1).unwrap()
}

fn columns(size: (u16, u16)) -> NonZeroU16 {
    NonZeroU16::new(size.0).unwrap()
}
