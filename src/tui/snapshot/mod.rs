//! A frame as a document: text, text with ANSI colours, SVG. For `vizsla snap`, for copies, for
//! the README's pictures and for tests.

mod ansi;
mod geometry;
mod grid;
mod svg;

use ratatui::buffer::Buffer;

use super::theme::Theme;

use grid::Grid;

/// The bare text: exactly the rows of the frame, each exactly as wide, ending in line breaks.
pub fn text(buffer: &Buffer, theme: &Theme) -> String {
    let grid = Grid::of(buffer, theme);
    grid.rows()
        .map(|row| {
            row.iter()
                .map(|cell| cell.text.as_str())
                .collect::<String>()
                + "\n"
        })
        .collect()
}

/// The text with colours and weights as a terminal reads them.
pub fn ansi(buffer: &Buffer, _theme: &Theme) -> String {
    ansi::write(buffer)
}

/// A picture. Boxes, blocks and braille are drawn as shapes, so that lines join in any font.
pub fn svg(buffer: &Buffer, theme: &Theme) -> String {
    svg::write(&Grid::of(buffer, theme))
}

#[cfg(test)]
mod tests;
