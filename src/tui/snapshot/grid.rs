//! Cells with their colours resolved: what a terminal would paint.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::tui::theme::{Appearance, Theme, colour};

/// One cell. The right half of a wide character has no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridCell {
    pub text: String,
    pub ink: colour::Rgb,
    /// `None` where the terminal's own ground shows.
    pub ground: Option<colour::Rgb>,
    pub bold: bool,
    pub italic: bool,
    pub underline: bool,
}

/// A frame of such cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    pub width: usize,
    /// The terminal's own ground.
    pub ground: colour::Rgb,
    cells: Vec<GridCell>,
}

impl Grid {
    /// The cells of a buffer as this theme's terminal paints them.
    pub fn of(buffer: &Buffer, theme: &Theme) -> Self {
        let (ink, ground) = match theme.appearance() {
            Appearance::Dark => ((0xd8, 0xd6, 0xd0), (0x17, 0x18, 0x1c)),
            Appearance::Light => ((0x2b, 0x28, 0x22), (0xfb, 0xf8, 0xf1)),
        };
        let ground = theme.ground().unwrap_or(ground);
        let width = usize::from(buffer.area.width);
        let mut cells = Vec::with_capacity(buffer.content.len());
        let mut hidden = 0;
        for (at, cell) in buffer.content.iter().enumerate() {
            if at % width.max(1) == 0 {
                hidden = 0;
            }
            let mut cell = resolve(cell, ink, ground);
            if hidden > 0 {
                cell.text.clear();
                hidden -= 1;
            } else {
                hidden = crate::text::width(&cell.text).saturating_sub(1);
            }
            cells.push(cell);
        }
        Self {
            width,
            ground,
            cells,
        }
    }

    /// The rows from the top.
    pub fn rows(&self) -> impl Iterator<Item = &[GridCell]> {
        self.cells.chunks(self.width.max(1))
    }
}

fn resolve(cell: &Cell, ink: colour::Rgb, ground: colour::Rgb) -> GridCell {
    let modifier = cell.modifier;
    let own = |colour: Color| colour::rgb(colour);
    let mut front = own(cell.fg).unwrap_or(ink);
    let mut back = own(cell.bg);
    if modifier.contains(Modifier::REVERSED) {
        (front, back) = (back.unwrap_or(ground), Some(front));
    }
    if modifier.contains(Modifier::DIM) {
        front = mixed(front, back.unwrap_or(ground));
    }
    let text = if modifier.contains(Modifier::HIDDEN) {
        " "
    } else {
        cell.symbol()
    };
    GridCell {
        text: text.to_owned(),
        ink: front,
        ground: back,
        bold: modifier.contains(Modifier::BOLD),
        italic: modifier.contains(Modifier::ITALIC),
        underline: modifier.contains(Modifier::UNDERLINED),
    }
}

/// Two thirds of the ink: how terminals draw what is dim.
fn mixed(ink: colour::Rgb, ground: colour::Rgb) -> colour::Rgb {
    let mix = |a: u8, b: u8| ((u16::from(a) * 2 + u16::from(b)) / 3) as u8;
    (
        mix(ink.0, ground.0),
        mix(ink.1, ground.1),
        mix(ink.2, ground.2),
    )
}
