//! Text with SGR sequences (ECMA-48, ISO 8613-6): `cat` shows the frame again.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// Codes of the modifiers that themes use.
const MODIFIERS: [(Modifier, u8); 5] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::REVERSED, 7),
];

/// The frame, a line break and a reset behind each row.
pub fn write(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let mut out = String::new();
    for row in buffer.content.chunks(width) {
        let mut before = None;
        let mut hidden = 0_usize;
        for cell in row {
            if hidden > 0 {
                hidden -= 1;
                continue;
            }
            let look = (cell.fg, cell.bg, cell.modifier);
            if before != Some(look) {
                out.push_str(&sgr(cell));
                before = Some(look);
            }
            out.push_str(cell.symbol());
            hidden = crate::text::width(cell.symbol()).saturating_sub(1);
        }
        out.push_str("\x1b[0m\n");
    }
    out
}

fn sgr(cell: &Cell) -> String {
    let mut codes = String::from("\x1b[0");
    for (modifier, code) in MODIFIERS {
        if cell.modifier.contains(modifier) {
            // Writing to a string cannot fail.
            let _ = write!(codes, ";{code}");
        }
    }
    colour(&mut codes, cell.fg, 30);
    colour(&mut codes, cell.bg, 40);
    codes.push('m');
    codes
}

/// Appends the code of a colour; `base` is 30 for ink and 40 for ground.
fn colour(codes: &mut String, colour: Color, base: u8) {
    let named = |at: u8| {
        if at < 8 {
            base + at
        } else {
            base + 60 + at - 8
        }
    };
    let code = match colour {
        Color::Reset => return,
        Color::Rgb(r, g, b) => format!(";{};2;{r};{g};{b}", base + 8),
        Color::Indexed(i) => format!(";{};5;{i}", base + 8),
        Color::Black => format!(";{}", named(0)),
        Color::Red => format!(";{}", named(1)),
        Color::Green => format!(";{}", named(2)),
        Color::Yellow => format!(";{}", named(3)),
        Color::Blue => format!(";{}", named(4)),
        Color::Magenta => format!(";{}", named(5)),
        Color::Cyan => format!(";{}", named(6)),
        Color::Gray => format!(";{}", named(7)),
        Color::DarkGray => format!(";{}", named(8)),
        Color::LightRed => format!(";{}", named(9)),
        Color::LightGreen => format!(";{}", named(10)),
        Color::LightYellow => format!(";{}", named(11)),
        Color::LightBlue => format!(";{}", named(12)),
        Color::LightMagenta => format!(";{}", named(13)),
        Color::LightCyan => format!(";{}", named(14)),
        Color::White => format!(";{}", named(15)),
    };
    codes.push_str(&code);
}
