//! A picture of a frame. Every character has its own x, so that columns stay aligned whatever font
//! the reader has.

use std::fmt::Write as _;

use crate::tui::theme::colour::Rgb;

use super::geometry::{CELL, shape};
use super::grid::{Grid, GridCell};

const MARGIN: f64 = 9.0;
const BASELINE: f64 = 13.5;

/// Writes the whole document.
pub fn write(grid: &Grid) -> String {
    let rows = grid.rows().count() as f64;
    let (width, height) = (
        grid.width as f64 * CELL.0 + 2.0 * MARGIN,
        rows * CELL.1 + 2.0 * MARGIN,
    );
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14.5\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n",
        hex(grid.ground)
    );
    for (row, cells) in grid.rows().enumerate() {
        let y = MARGIN + row as f64 * CELL.1;
        grounds(&mut out, cells, y);
        inks(&mut out, cells, y);
    }
    out.push_str("</svg>\n");
    out
}

/// Cells of one ground become one rectangle.
fn grounds(out: &mut String, cells: &[GridCell], y: f64) {
    let mut x = MARGIN;
    for run in cells.chunk_by(|a, b| a.ground == b.ground) {
        let width = run.len() as f64 * CELL.0;
        if let Some(ground) = run.first().and_then(|cell| cell.ground) {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\" fill=\"{}\"/>",
                CELL.1,
                hex(ground)
            );
        }
        x += width;
    }
}

/// Cells of one look become one text; shapes stand for themselves.
fn inks(out: &mut String, cells: &[GridCell], y: f64) {
    let mut x = MARGIN;
    for run in cells.chunk_by(same_look) {
        let Some(look) = run.first() else { continue };
        let ink = hex(look.ink);
        let (mut xs, mut text) = (String::new(), String::new());
        for (at, cell) in run.iter().enumerate() {
            let left = x + at as f64 * CELL.0;
            let shaped = cell
                .text
                .chars()
                .next()
                .and_then(|c| shape(c, left, y, &ink));
            if let Some(shaped) = shaped {
                out.push_str(&shaped);
            } else if !cell.text.trim().is_empty() {
                for c in cell.text.chars() {
                    let _ = write!(xs, "{left} ");
                    escape(&mut text, c);
                }
            }
        }
        if look.underline {
            let width = run.len() as f64 * CELL.0;
            let _ = write!(
                out,
                "<rect x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"1\" fill=\"{ink}\"/>",
                y + CELL.1 - 2.0
            );
        }
        if !text.is_empty() {
            let weight = if look.bold {
                " font-weight=\"bold\""
            } else {
                ""
            };
            let slant = if look.italic {
                " font-style=\"italic\""
            } else {
                ""
            };
            let (xs, base) = (xs.trim_end(), y + BASELINE);
            let _ = writeln!(
                out,
                "<text x=\"{xs}\" y=\"{base}\" fill=\"{ink}\"{weight}{slant}>{text}</text>"
            );
        }
        x += run.len() as f64 * CELL.0;
    }
}

fn same_look(a: &GridCell, b: &GridCell) -> bool {
    (a.ink, a.bold, a.italic, a.underline) == (b.ink, b.bold, b.italic, b.underline)
}

fn escape(out: &mut String, c: char) {
    match c {
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '&' => out.push_str("&amp;"),
        c => out.push(c),
    }
}

fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}
