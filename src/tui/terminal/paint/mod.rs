//! Frames to bytes: the difference between two frames as one synchronized update, in as few bytes
//! as is safe on every terminal. Links are slow where this program is needed.
//!
//! Rows that only moved are moved by the terminal (DECSTBM, SU, SD), the rest of a row that became
//! empty is erased (EL), near changes are written in one run, and a look is changed by what
//! differs.

mod links;

use std::hash::{BuildHasher, RandomState};
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, SetTitle,
};
use crossterm::{cursor, queue};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};

use crate::text::Shown;
use crate::tui::canvas::sgr::Pen;

use links::Link;

/// Unchanged cells that are written again rather than stepped over: a step costs as much.
const BRIDGE: u16 = 4;
/// Fewer blanks than this are written, not erased.
const ERASE: u16 = 4;
/// Rows that must have moved together before the terminal is asked to move them.
const BAND: usize = 3;

/// Writes the difference between two frames, as one synchronized update.
pub struct Painter<W: Write> {
    writer: W,
    front: Buffer,
    known: bool,
    caret: Option<Position>,
    title: String,
    /// The look that the last frame left.
    pen: Pen,
    /// What the next frame links to, and what the last one did.
    links: Vec<Link>,
    linked: Vec<Link>,
}

impl<W: Write> Painter<W> {
    pub fn new(writer: W, (width, height): (u16, u16)) -> Self {
        Self {
            writer,
            front: Buffer::empty(Rect::new(0, 0, width, height)),
            known: true,
            caret: None,
            title: String::new(),
            pen: Pen::default(),
            links: Vec::new(),
            linked: Vec::new(),
        }
    }

    /// What the next frame links to, for a terminal that knows links.
    pub fn link(&mut self, links: Vec<Link>) {
        self.links = links;
    }

    pub fn writer(&mut self) -> &mut W {
        &mut self.writer
    }

    /// What is on the screen is unknown: the next frame is written whole.
    pub fn forget(&mut self) {
        self.known = false;
    }

    /// Nothing is written if nothing changed. Returns how long the terminal took.
    pub fn draw(
        &mut self,
        frame: Buffer,
        caret: Option<Position>,
        title: &Shown<'_>,
    ) -> io::Result<Duration> {
        let whole = !self.known || self.front.area != frame.area;
        if whole {
            self.front = Buffer::empty(frame.area);
        }
        let titled = self.title != title.as_str();
        let linked = self.links == self.linked;
        if !whole && caret == self.caret && !titled && linked && self.front == frame {
            return Ok(Duration::ZERO);
        }
        queue!(self.writer, BeginSynchronizedUpdate)?;
        if self.caret.is_some() {
            queue!(self.writer, cursor::Hide)?;
        }
        if whole {
            write!(self.writer, "\x1b[m")?;
            self.pen = Pen::default();
            queue!(self.writer, Clear(ClearType::All))?;
        } else if let Some(band) = Band::find(&self.front, &frame) {
            band.shift(&mut self.front);
            // Rows come in with the present ground.
            write!(self.writer, "{}", Pen::default().after(self.pen))?;
            self.pen = Pen::default();
            band.write(&mut self.writer)?;
        }
        if titled {
            queue!(self.writer, SetTitle(format!("vizsla {title}")))?;
            title.as_str().clone_into(&mut self.title);
        }
        let known = if whole { &[] } else { self.linked.as_slice() };
        let mut brush = Brush::new(&mut self.writer, self.pen);
        brush.paint(&self.front, &frame)?;
        for link in links::due(&self.links, known, (&self.front, &frame)) {
            brush.link(&frame, link)?;
        }
        self.pen = brush.pen;
        self.linked.clone_from(&self.links);
        if let Some(at) = caret {
            queue!(self.writer, cursor::MoveTo(at.x, at.y), cursor::Show)?;
        }
        queue!(self.writer, EndSynchronizedUpdate)?;
        let before = Instant::now();
        self.writer.flush()?;
        (self.front, self.caret, self.known) = (frame, caret, true);
        Ok(before.elapsed())
    }
}

/// Where the terminal writes next, and in which look.
struct Brush<'a, W: Write> {
    writer: &'a mut W,
    at: Option<(u16, u16)>,
    pen: Pen,
}

impl<'a, W: Write> Brush<'a, W> {
    fn new(writer: &'a mut W, pen: Pen) -> Self {
        Self {
            writer,
            at: None,
            pen,
        }
    }

    fn paint(&mut self, front: &Buffer, frame: &Buffer) -> io::Result<()> {
        let area = frame.area;
        let mut erased = None;
        for (x, y, cell) in front.diff(frame) {
            if erased == Some(y) {
                continue;
            }
            self.go(frame, x, y)?;
            if area.right() - x >= ERASE && is_bare(frame, x, y) {
                let bare = Pen::default();
                self.look(bare.blank(self.pen))?;
                write!(self.writer, "\x1b[K")?;
                (self.at, erased) = (Some((x, y)), Some(y));
            } else {
                self.put(cell, (x, y))?;
            }
        }
        Ok(())
    }

    fn put(&mut self, cell: &Cell, (x, y): (u16, u16)) -> io::Result<()> {
        let pen = Pen::of(cell);
        self.look(if cell.symbol() == " " {
            pen.blank(self.pen)
        } else {
            pen
        })?;
        self.writer.write_all(cell.symbol().as_bytes())?;
        let width = crate::text::width(cell.symbol()).max(1) as u16;
        // What terminals count of joined characters differs: the next cell is gone to anew.
        self.at = (cell.symbol().chars().count() == 1).then_some((x + width, y));
        Ok(())
    }

    fn look(&mut self, pen: Pen) -> io::Result<()> {
        self.writer.write_all(pen.after(self.pen).as_bytes())?;
        self.pen = pen;
        Ok(())
    }

    /// Goes to a cell: not at all, over what stands between, or directly.
    fn go(&mut self, frame: &Buffer, x: u16, y: u16) -> io::Result<()> {
        match self.at {
            Some(at) if at == (x, y) => Ok(()),
            Some((from, row)) if row == y && from < x => {
                let between: Vec<&Cell> = (from..x).filter_map(|x| frame.cell((x, y))).collect();
                let plain = |cell: &&Cell| {
                    let pen = Pen::of(cell);
                    let blank = cell.symbol() == " " && pen.blank(self.pen) == self.pen;
                    blank || (cell.symbol().len() == 1 && pen == self.pen)
                };
                if x - from <= BRIDGE && between.iter().all(plain) {
                    for cell in between {
                        self.writer.write_all(cell.symbol().as_bytes())?;
                    }
                    return Ok(());
                }
                match x - from {
                    1 => write!(self.writer, "\x1b[C"),
                    steps => write!(self.writer, "\x1b[{steps}C"),
                }
            }
            at => {
                let directly = match x {
                    0 => format!("\x1b[{}H", y + 1),
                    _ => format!("\x1b[{};{}H", y + 1, x + 1),
                };
                // At the right edge it depends on the terminal where the next cell is.
                let inside = at.filter(|(from, _)| *from < frame.area.width);
                let steps = inside.and_then(|from| steps(from, (x, y)));
                let shorter = steps.filter(|steps| steps.len() < directly.len());
                write!(self.writer, "{}", shorter.unwrap_or(directly))
            }
        }
    }
}

/// Down to a row, and along it; none upwards.
fn steps((from, row): (u16, u16), (x, y): (u16, u16)) -> Option<String> {
    let step = |count: u16, way: char| match count {
        0 => String::new(),
        1 => format!("\x1b[{way}"),
        count => format!("\x1b[{count}{way}"),
    };
    let down = step(y.checked_sub(row).filter(|down| *down > 0)?, 'B');
    let along = match from.checked_sub(x) {
        Some(back @ 0..=4) => "\x08".repeat(back.into()),
        Some(back) => step(back, 'D'),
        None => step(x - from, 'C'),
    };
    Some(down + &along)
}

/// Whether a row is empty from a column on.
fn is_bare(frame: &Buffer, x: u16, y: u16) -> bool {
    (x..frame.area.right()).all(|x| {
        frame
            .cell((x, y))
            .is_some_and(|cell| cell.symbol() == " " && Pen::of(cell).is_bare())
    })
}

/// Rows that stand elsewhere in the next frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Band {
    /// The first row of the new frame that was there before.
    top: usize,
    rows: usize,
    /// How far down they were before; up if negative.
    by: isize,
}

impl Band {
    /// The largest band that moved, if any did.
    fn find(front: &Buffer, frame: &Buffer) -> Option<Self> {
        let width = usize::from(frame.area.width).max(1);
        let hasher = RandomState::new();
        let rows = |buffer: &Buffer| -> Vec<u64> {
            let rows = buffer.content.chunks(width);
            rows.map(|row| hasher.hash_one(row)).collect()
        };
        let (old, new) = (rows(front), rows(frame));
        let blank = hasher.hash_one(vec![Cell::default(); width]);
        let changed = |y: usize| old.get(y) != new.get(y) && new.get(y) != Some(&blank);
        if (0..new.len()).filter(|y| changed(*y)).count() < BAND {
            return None;
        }
        let height = new.len() as isize;
        let mut best: Option<(usize, Self)> = None;
        for by in (1 - height..height).filter(|by| *by != 0) {
            let mut run = 0..0;
            for y in 0..=new.len() {
                let was = y.checked_add_signed(by).and_then(|at| old.get(at));
                if was.is_some() && was == new.get(y) {
                    run.end = y + 1;
                    continue;
                }
                let gain = run.clone().filter(|y| changed(*y)).count();
                if gain >= BAND && best.is_none_or(|(most, _)| gain > most) {
                    let (top, rows) = (run.start, run.len());
                    best = Some((gain, Self { top, rows, by }));
                }
                run = y + 1..y + 1;
            }
        }
        best.map(|(_, band)| band)
    }

    /// The rows that the terminal moves within, the last one excluded.
    fn region(self) -> (usize, usize) {
        let far = self.by.unsigned_abs();
        if self.by > 0 {
            (self.top, self.top + self.rows + far)
        } else {
            (self.top - far.min(self.top), self.top + self.rows)
        }
    }

    /// Moves the rows, as the terminal will; those that come in are empty.
    fn shift(self, front: &mut Buffer) {
        let width = usize::from(front.area.width).max(1);
        let (top, end) = self.region();
        let Some(cells) = front.content.get_mut(top * width..end * width) else {
            return;
        };
        let far = (self.by.unsigned_abs() * width).min(cells.len());
        if self.by > 0 {
            cells.rotate_left(far);
            let kept = cells.len() - far;
            cells.iter_mut().skip(kept).for_each(Cell::reset);
        } else {
            cells.rotate_right(far);
            cells.iter_mut().take(far).for_each(Cell::reset);
        }
    }

    fn write(self, writer: &mut impl Write) -> io::Result<()> {
        let (top, end) = self.region();
        let (far, way) = (self.by.unsigned_abs(), if self.by > 0 { 'S' } else { 'T' });
        write!(writer, "\x1b[{};{end}r\x1b[{far}{way}\x1b[r", top + 1)
    }
}

#[cfg(test)]
pub mod tape;
#[cfg(test)]
mod tests;
