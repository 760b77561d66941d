//! Box drawing, block elements and braille as shapes in a cell, so that lines join without gaps
//! whatever font the reader has.

use std::fmt::Write as _;

/// A cell's size in the picture's units.
pub const CELL: (f64, f64) = (9.0, 18.0);

/// What leaves the middle of a cell: none, a thin, a heavy or a double line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arm {
    None,
    Thin,
    Heavy,
    Double,
}

/// Whether a row of the same character is one shape, as wide as all of them.
pub fn stretches(c: char) -> bool {
    matches!(c, '▀'..='█' | '░'..='▓' | '─' | '━' | '═')
}

/// The lines, dots and arrows of a character at `(x, y)` and `width` wide, filled with `ink`;
/// `None` if it is a letter after all.
pub fn shape(c: char, x: f64, y: f64, width: f64, ink: &str) -> Option<String> {
    match c {
        '\u{2800}'..='\u{28ff}' => Some(braille(c, x, y, ink)),
        '\u{2500}'..='\u{257f}' => lines(c, x, y, width, ink),
        '►' | '▸' => Some(polygon(
            &[(x + 1.0, y + 5.0), (x + 8.5, y + 9.0), (x + 1.0, y + 13.0)],
            ink,
        )),
        '▾' | '▼' => Some(polygon(
            &[(x + 1.0, y + 6.0), (x + 8.0, y + 6.0), (x + 4.5, y + 12.5)],
            ink,
        )),
        '▲' => Some(polygon(
            &[(x + 1.0, y + 12.5), (x + 8.0, y + 12.5), (x + 4.5, y + 6.0)],
            ink,
        )),
        _ => None,
    }
}

fn rect(x: f64, y: f64, width: f64, height: f64, ink: &str) -> String {
    format!(
        "<rect x=\"{x:.2}\" y=\"{y:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" fill=\"{ink}\"/>"
    )
}

fn polygon(points: &[(f64, f64)], ink: &str) -> String {
    let points: Vec<String> = points
        .iter()
        .map(|(x, y)| format!("{x:.2},{y:.2}"))
        .collect();
    format!("<polygon points=\"{}\" fill=\"{ink}\"/>", points.join(" "))
}

/// Dots 1 to 8 are the bits 0 to 7 of the code point: the left column 1, 2, 3, 7, the right 4, 5, 6, 8.
fn braille(c: char, x: f64, y: f64, ink: &str) -> String {
    const PLACES: [(u8, u8); 8] = [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
        (1, 1),
        (1, 2),
        (0, 3),
        (1, 3),
    ];
    let bits = c as u32 & 0xff;
    let mut out = String::new();
    for (bit, (column, row)) in PLACES.into_iter().enumerate() {
        if bits & (1 << bit) != 0 {
            let (cx, cy) = (
                x + 2.25 + 4.5 * f64::from(column),
                y + 2.25 + 4.5 * f64::from(row),
            );
            // Writing to a string cannot fail.
            let _ = write!(
                out,
                "<circle cx=\"{cx:.2}\" cy=\"{cy:.2}\" r=\"1.5\" fill=\"{ink}\"/>"
            );
        }
    }
    out
}

/// The part of a cell that a block element fills, `w` wide: what has to meet its neighbours without a seam.
#[expect(clippy::many_single_char_names, reason = "a character and a rectangle")]
pub fn block(c: char, x: f64, y: f64, w: f64, ink: &str) -> Option<String> {
    let h = CELL.1;
    let shade = |share: f64| format!("<g opacity=\"{share}\">{}</g>", rect(x, y, w, h, ink));
    Some(match c {
        '█' => rect(x, y, w, h, ink),
        '▀' => rect(x, y, w, h / 2.0, ink),
        '▁'..='▇' => {
            let eighths = f64::from(c as u32 - 0x2580);
            rect(x, y + h * (8.0 - eighths) / 8.0, w, h * eighths / 8.0, ink)
        }
        '▉'..='▏' => {
            let eighths = f64::from(0x2590 - c as u32);
            rect(x, y, w * eighths / 8.0, h, ink)
        }
        '▐' => rect(x + w / 2.0, y, w / 2.0, h, ink),
        '▕' => rect(x + w * 7.0 / 8.0, y, w / 8.0, h, ink),
        '▖' => rect(x, y + h / 2.0, w / 2.0, h / 2.0, ink),
        '▗' => rect(x + w / 2.0, y + h / 2.0, w / 2.0, h / 2.0, ink),
        '▘' => rect(x, y, w / 2.0, h / 2.0, ink),
        '▝' => rect(x + w / 2.0, y, w / 2.0, h / 2.0, ink),
        '░' => shade(0.25),
        '▒' => shade(0.5),
        '▓' => shade(0.75),
        _ => return None,
    })
}

/// Box drawing as arms from the middle: left, right, up, down.
#[expect(clippy::many_single_char_names, reason = "a character and a rectangle")]
fn lines(c: char, x: f64, y: f64, w: f64, ink: &str) -> Option<String> {
    if let Some((dx, dy)) = round_corner(c) {
        return Some(arc(x, y, dx, dy, ink));
    }
    if let Some(dashes) = dashes(c, x, y, ink) {
        return Some(dashes);
    }
    let arms = arms(c)?;
    let h = CELL.1;
    let (mx, my) = (x + w / 2.0, y + h / 2.0);
    let ends = [
        (-w / 2.0, 0.0),
        (w / 2.0, 0.0),
        (0.0, -h / 2.0),
        (0.0, h / 2.0),
    ];
    let mut out = String::new();
    for (arm, (dx, dy)) in arms.into_iter().zip(ends) {
        let thickness = match arm {
            Arm::None => continue,
            Arm::Thin | Arm::Double => 1.2,
            Arm::Heavy => 2.8,
        };
        let offsets: &[f64] = if arm == Arm::Double {
            &[-1.8, 1.8]
        } else {
            &[0.0]
        };
        for offset in offsets {
            let half = thickness / 2.0;
            let part = if dx == 0.0 {
                rect(
                    mx + offset - half,
                    my.min(my + dy) - half,
                    thickness,
                    dy.abs() + 2.0 * half,
                    ink,
                )
            } else {
                rect(
                    mx.min(mx + dx) - half,
                    my + offset - half,
                    dx.abs() + 2.0 * half,
                    thickness,
                    ink,
                )
            };
            out.push_str(&part);
        }
    }
    Some(out)
}

fn round_corner(c: char) -> Option<(f64, f64)> {
    match c {
        '╭' => Some((1.0, 1.0)),
        '╮' => Some((-1.0, 1.0)),
        '╰' => Some((1.0, -1.0)),
        '╯' => Some((-1.0, -1.0)),
        _ => None,
    }
}

/// Dashes across or down.
#[expect(clippy::many_single_char_names, reason = "a character and a rectangle")]
fn dashes(c: char, x: f64, y: f64, ink: &str) -> Option<String> {
    let (w, h) = CELL;
    match c {
        '┄' | '╌' | '┈' => Some(rect(
            x + w / 6.0,
            y + h / 2.0 - 0.6,
            w * 2.0 / 3.0,
            1.2,
            ink,
        )),
        '┆' | '╎' | '┊' => {
            let dash = |top: f64| rect(x + w / 2.0 - 0.6, y + top, 1.2, h / 3.0, ink);
            Some(dash(h / 12.0) + &dash(h * 7.0 / 12.0))
        }
        _ => None,
    }
}

fn arc(x: f64, y: f64, dx: f64, dy: f64, ink: &str) -> String {
    let (w, h) = CELL;
    let (mx, my) = (x + w / 2.0, y + h / 2.0);
    let (ex, ey) = (mx + dx * w / 2.0, my + dy * h / 2.0);
    format!(
        "<path d=\"M{ex:.2} {my:.2}Q{mx:.2} {my:.2} {mx:.2} {:.2}L{mx:.2} {ey:.2}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"1.2\"/>",
        my + dy * w / 2.0
    )
}

fn arms(c: char) -> Option<[Arm; 4]> {
    use Arm::{Double as D, Heavy as H, None as N, Thin as T};
    Some(match c {
        '─' => [T, T, N, N],
        '━' => [H, H, N, N],
        '│' => [N, N, T, T],
        '┃' => [N, N, H, H],
        '┌' => [N, T, N, T],
        '┐' => [T, N, N, T],
        '└' => [N, T, T, N],
        '┘' => [T, N, T, N],
        '├' => [N, T, T, T],
        '┤' => [T, N, T, T],
        '┬' => [T, T, N, T],
        '┴' => [T, T, T, N],
        '┼' => [T, T, T, T],
        '┏' => [N, H, N, H],
        '┓' => [H, N, N, H],
        '┗' => [N, H, H, N],
        '┛' => [H, N, H, N],
        '┣' => [N, H, H, H],
        '┫' => [H, N, H, H],
        '┳' => [H, H, N, H],
        '┻' => [H, H, H, N],
        '╋' => [H, H, H, H],
        '┝' => [N, H, T, T],
        '┥' => [H, N, T, T],
        '┠' => [N, T, H, H],
        '┨' => [T, N, H, H],
        '┯' => [H, H, N, T],
        '┷' => [H, H, T, N],
        '┰' => [T, T, N, H],
        '┸' => [T, T, H, N],
        '┿' => [H, H, T, T],
        '╂' => [T, T, H, H],
        '╅' => [H, T, T, H],
        '╆' => [T, H, T, H],
        '╃' => [H, T, H, T],
        '╄' => [T, H, H, T],
        '═' => [D, D, N, N],
        '║' => [N, N, D, D],
        '╔' => [N, D, N, D],
        '╗' => [D, N, N, D],
        '╚' => [N, D, D, N],
        '╝' => [D, N, D, N],
        '╟' => [N, T, D, D],
        '╢' => [T, N, D, D],
        '╠' => [N, D, D, D],
        '╣' => [D, N, D, D],
        '╴' => [T, N, N, N],
        '╶' => [N, T, N, N],
        '╵' => [N, N, T, N],
        '╷' => [N, N, N, T],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_stay_in_their_cell_and_letters_are_left_alone() {
        let drawn = |c| shape(c, 0.0, 0.0, 9.0, "#fff");
        assert_eq!(drawn('a'), None);
        for (c, part, parts) in [('⠁', "<circle", 1), ('⣿', "<circle", 8), ('┼', "<rect", 4)]
        {
            assert_eq!(drawn(c).unwrap().matches(part).count(), parts, "{c}");
        }
        let filled = |c, width| block(c, 0.0, 0.0, width, "#fff").unwrap();
        assert!(filled('▌', 9.0).contains("width=\"4.50\""));
        assert!(filled('▂', 9.0).contains("y=\"13.50\""));
        assert!(filled('█', 27.0).contains("width=\"27.00\""));
    }
}
