//! A picture of a frame. Every character has its own place, so that columns stay aligned whatever
//! font the reader has.

use std::fmt::Write as _;

use crate::tui::theme::colour::Rgb;

use super::geometry::{CELL, block, shape, stretches};
use super::grid::{Grid, GridCell};

const MARGIN: f64 = 9.0;
const BASELINE: f64 = 13.5;
/// Letters of the first font are as wide as a cell.
const FONT: &str = "font-family=\"DejaVu Sans Mono,Menlo,Consolas,monospace\" font-size=\"14.95\"";

/// Writes the whole document.
pub fn write(grid: &Grid) -> String {
    let rows = grid.rows().count() as f64;
    let (width, height) = (
        grid.width as f64 * CELL.0 + 2.0 * MARGIN,
        rows * CELL.1 + 2.0 * MARGIN,
    );
    let (mut areas, mut inks) = (String::new(), String::new());
    for (row, cells) in grid.rows().enumerate() {
        let y = MARGIN + row as f64 * CELL.1;
        grounds(&mut areas, cells, y);
        let mut x = MARGIN;
        for run in cells.chunk_by(same_look) {
            look(&mut areas, &mut inks, run, (x, y));
            x += run.len() as f64 * CELL.0;
        }
    }
    // Areas meet at whole pixels whatever the scale, else seams show between them.
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         {FONT} xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{}\"/>\n\
         <g shape-rendering=\"crispEdges\">\n{areas}</g>\n{inks}</svg>\n",
        hex(grid.ground)
    )
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

/// Cells of one look become one text, word by word; what is no letter is drawn.
fn look(areas: &mut String, inks: &mut String, run: &[GridCell], (x, y): (f64, f64)) {
    let Some(first) = run.first() else { return };
    let ink = hex(first.ink);
    let (mut words, mut left) = (String::new(), x);
    for part in run.chunk_by(is_one_part) {
        let width = part.len() as f64 * CELL.0;
        let sign = part.first().and_then(|cell| cell.text.chars().next());
        let sign = sign.unwrap_or(' ');
        if let Some(area) = block(sign, left, y, width, &ink) {
            areas.push_str(&area);
            areas.push('\n');
        } else if let Some(shape) = shape(sign, left, y, width, &ink) {
            inks.push_str(&shape);
            inks.push('\n');
        } else if !sign.is_whitespace() {
            word(&mut words, part, left);
        }
        left += width;
    }
    if first.underline {
        let (width, y) = (left - x, y + CELL.1 - 2.0);
        let _ = writeln!(
            inks,
            "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"1\" fill=\"{ink}\"/>"
        );
    }
    if words.is_empty() {
        return;
    }
    let weight = if first.bold {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let slant = if first.italic {
        " font-style=\"italic\""
    } else {
        ""
    };
    let base = y + BASELINE;
    let _ = writeln!(
        inks,
        "<text y=\"{base}\" fill=\"{ink}\"{weight}{slant}>{words}</text>"
    );
}

/// A word with the place of each of its characters. Renderers that know only the place of the first one
/// set the others beside it.
fn word(out: &mut String, cells: &[GridCell], x: f64) {
    let (mut places, mut text) = (String::new(), String::new());
    for (at, cell) in cells.iter().enumerate() {
        let left = x + at as f64 * CELL.0;
        for c in cell.text.chars() {
            let _ = write!(places, "{left} ");
            escape(&mut text, c);
        }
    }
    let _ = write!(out, "<tspan x=\"{}\">{text}</tspan>", places.trim_end());
}

/// Whether two neighbours are drawn as one: letters of a word, or a shape that stretches.
fn is_one_part(a: &GridCell, b: &GridCell) -> bool {
    let drawn = |cell: &GridCell| {
        let sign = cell.text.chars().next().unwrap_or('a');
        let area = block(sign, 0.0, 0.0, CELL.0, "");
        (
            sign,
            area.or_else(|| shape(sign, 0.0, 0.0, CELL.0, "")).is_some(),
        )
    };
    match (drawn(a), drawn(b)) {
        ((a, true), (b, true)) => a == b && stretches(a),
        ((a, false), (b, false)) => a.is_whitespace() == b.is_whitespace(),
        _ => false,
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
