//! The terminal's life: entered once, left however the program ends, written in whole frames.
//!
//! [`leave`] is idempotent and shared by the drop of [`Terminal`], the panic hook, signals and
//! suspension. Nothing stays behind: cursor, mouse, paste, focus, keyboard flags, title, colours.

mod clipboard;
pub mod input;
pub mod paint;
mod panic;
mod probe;

use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, DisableMouseCapture, EnableBracketedPaste,
    EnableFocusChange, EnableMouseCapture, KeyboardEnhancementFlags, PopKeyboardEnhancementFlags,
    PushKeyboardEnhancementFlags,
};
use crossterm::style::{Print, ResetColor};
use crossterm::terminal::{
    Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::text::Shown;

#[cfg(debug_assertions)]
pub use panic::rehearse as rehearse_panic;
pub use probe::Probe;

use paint::Painter;

/// Whether the terminal is ours now.
static ENTERED: AtomicBool = AtomicBool::new(false);
/// Whether keyboard flags were pushed.
static KEYBOARD: AtomicBool = AtomicBool::new(false);
/// xterm's title stack (XTWINOPS 22 and 23).
const SAVE_TITLE: &str = "\x1b[22;0t";
const RESTORE_TITLE: &str = "\x1b[23;0t";
/// Whole frames are written at once.
const FRAME: usize = 64 * 1024;

/// The terminal while it is ours.
pub struct Terminal {
    painter: Painter<BufWriter<Stdout>>,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal. Refused if standard output is none.
    pub fn enter(mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::other(
                "standard output is no terminal: vizsla search and vizsla show print instead",
            ));
        }
        // crossterm would write "reset all" for every colour under NO_COLOR, and reverse and bold with
        // it. The theme decides about colour, not the writer.
        crossterm::style::force_color_output(true);
        panic::install();
        take(mouse)?;
        let size = crossterm::terminal::size()?;
        let writer = BufWriter::with_capacity(FRAME, io::stdout());
        Ok(Self {
            painter: Painter::new(writer, size),
            mouse,
        })
    }

    /// Takes the terminal again after [`leave`].
    pub fn enter_again(&mut self) -> io::Result<()> {
        take(self.mouse)?;
        self.resized();
        Ok(())
    }

    /// The terminal has another size: the next frame is drawn whole.
    pub fn resized(&mut self) {
        self.painter.forget();
    }

    /// What is on the screen is unknown: the next frame is drawn whole.
    pub fn forget(&mut self) {
        self.painter.forget();
    }

    /// Takes the mouse or lets go of it.
    pub fn capture_mouse(&mut self, on: bool) -> io::Result<()> {
        self.mouse = on;
        let writer = self.painter.writer();
        if on {
            execute!(writer, EnableMouseCapture)
        } else {
            execute!(writer, DisableMouseCapture)
        }
    }

    /// What the next frame links to, where the terminal knows links.
    pub fn link(&mut self, links: Vec<(Rect, String)>) {
        self.painter.link(links);
    }

    /// Draws a frame. Returns how long the terminal took to take it.
    pub fn draw(
        &mut self,
        frame: Buffer,
        caret: Option<Position>,
        title: &Shown<'_>,
    ) -> io::Result<Duration> {
        self.painter.draw(frame, caret, title)
    }

    /// Puts text into the clipboard. Returns by which way, in words.
    pub fn copy(&mut self, text: &str) -> io::Result<String> {
        clipboard::copy(text, self.painter.writer())
    }

    /// Asks the terminal what it is, before anybody reads keys.
    pub fn probe(&mut self) -> Probe {
        let probe = probe::probe(self.painter.writer());
        if probe.keyboard {
            let flags =
                PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES);
            KEYBOARD.store(
                execute!(self.painter.writer(), flags).is_ok(),
                Ordering::SeqCst,
            );
        }
        probe
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

fn take(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    ENTERED.store(true, Ordering::SeqCst);
    let mut out = io::stdout();
    queue!(
        out,
        Print(SAVE_TITLE),
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        cursor::Hide
    )?;
    if mouse {
        queue!(out, EnableMouseCapture)?;
    }
    if KEYBOARD.load(Ordering::SeqCst) {
        queue!(
            out,
            PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES)
        )?;
    }
    queue!(out, Clear(ClearType::All))?;
    out.flush()
}

/// Columns and rows of the terminal.
pub fn size() -> (u16, u16) {
    crossterm::terminal::size().unwrap_or((80, 24))
}

/// Gives the terminal back, if it is ours. Errors are of no use to anybody here.
pub fn leave() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    let mut out = io::stdout();
    let _ = queue!(out, EndSynchronizedUpdate);
    if KEYBOARD.load(Ordering::SeqCst) {
        let _ = queue!(out, PopKeyboardEnhancementFlags);
    }
    let _ = queue!(
        out,
        DisableMouseCapture,
        DisableFocusChange,
        DisableBracketedPaste,
        ResetColor
    );
    let _ = queue!(
        out,
        LeaveAlternateScreen,
        Print(RESTORE_TITLE),
        cursor::Show
    );
    let _ = out.flush();
    let _ = disable_raw_mode();
}

/// The terminal is gone: nothing is written to it any more.
pub fn abandon() {
    ENTERED.store(false, Ordering::SeqCst);
}

/// Whether an error of the terminal says that it is gone (EIO): nobody sees anything any more.
pub fn is_gone(error: &io::Error) -> bool {
    error.raw_os_error() == Some(5)
}
