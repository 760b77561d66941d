//! The look of a cell as the codes of SGR sequences (ECMA-48, ISO 8613-6).

use std::fmt::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Codes of the modifiers that themes use: what sets each, and what ends it.
const MODIFIERS: [(Modifier, u8, u8); 5] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::REVERSED, 7, 27),
];

/// Ink, ground and modifiers of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    ink: Color,
    ground: Color,
    modifier: Modifier,
}

impl Default for Pen {
    /// What a reset leaves.
    fn default() -> Self {
        Self {
            ink: Color::Reset,
            ground: Color::Reset,
            modifier: Modifier::empty(),
        }
    }
}

impl Pen {
    /// The look of a cell.
    pub fn of(cell: &Cell) -> Self {
        Self {
            ink: cell.fg,
            ground: cell.bg,
            modifier: cell.modifier,
        }
    }

    /// Whether a blank in this look is the terminal's own ground.
    pub fn is_bare(self) -> bool {
        let shows = Modifier::REVERSED | Modifier::UNDERLINED;
        self.ground == Color::Reset && !self.modifier.intersects(shows)
    }

    /// The look for a blank: whatever does not show on it stays as it is.
    pub fn blank(self, before: Self) -> Self {
        let shows = Modifier::REVERSED | Modifier::UNDERLINED;
        if (self.modifier | before.modifier).intersects(shows) {
            return self;
        }
        Self {
            ground: self.ground,
            ..before
        }
    }

    /// The sequence that sets this look after any other.
    pub fn whole(self) -> String {
        let mut codes = String::from("\x1b[0");
        for (modifier, on, _) in MODIFIERS {
            if self.modifier.contains(modifier) {
                code(&mut codes, on);
            }
        }
        colour(&mut codes, self.ink, 30);
        colour(&mut codes, self.ground, 40);
        codes + "m"
    }

    /// The shortest sequence that turns `before` into this look. Empty if they are the same.
    pub fn after(self, before: Self) -> String {
        if self == before {
            return String::new();
        }
        let mut codes = String::new();
        let (gone, come) = (
            before.modifier - self.modifier,
            self.modifier - before.modifier,
        );
        // Bold and dim end together.
        let weight = Modifier::BOLD | Modifier::DIM;
        let again = if gone.intersects(weight) {
            self.modifier & weight
        } else {
            Modifier::empty()
        };
        let mut ended = 0;
        for (modifier, _, off) in MODIFIERS {
            if gone.contains(modifier) && ended != off {
                code(&mut codes, off);
                ended = off;
            }
        }
        for (modifier, on, _) in MODIFIERS {
            if (come | again).contains(modifier) {
                code(&mut codes, on);
            }
        }
        for (now, then, base) in [(self.ink, before.ink, 30), (self.ground, before.ground, 40)] {
            match now {
                now if now == then => {}
                Color::Reset => code(&mut codes, base + 9),
                now => colour(&mut codes, now, base),
            }
        }
        let change = format!("\x1b[{}m", codes.trim_start_matches(';'));
        let whole = if self == Self::default() {
            "\x1b[m".to_owned()
        } else {
            self.whole()
        };
        if whole.len() < change.len() {
            whole
        } else {
            change
        }
    }
}

fn code(codes: &mut String, code: u8) {
    // Writing to a string cannot fail.
    let _ = write!(codes, ";{code}");
}

/// Appends the code of a colour; `base` is 30 for ink and 40 for ground.
fn colour(codes: &mut String, colour: Color, base: u8) {
    let named = match colour {
        Color::Reset => return,
        Color::Rgb(r, g, b) => {
            let _ = write!(codes, ";{};2;{r};{g};{b}", base + 8);
            return;
        }
        Color::Indexed(i) => {
            let _ = write!(codes, ";{};5;{i}", base + 8);
            return;
        }
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    code(
        codes,
        if named < 8 {
            base + named
        } else {
            base + 60 + named - 8
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(ink: Color, modifier: Modifier) -> Pen {
        Pen {
            ink,
            modifier,
            ..Pen::default()
        }
    }

    #[test]
    fn only_what_differs_is_written() {
        let plain = pen(Color::Red, Modifier::empty());
        let bold = pen(Color::Red, Modifier::BOLD);
        let dim = pen(Color::Red, Modifier::DIM);
        assert_eq!(plain.after(plain), "");
        assert_eq!(bold.after(plain), "\x1b[1m");
        assert_eq!(plain.after(bold), "\x1b[22m");
        assert_eq!(dim.after(bold), "\x1b[22;2m");
        assert_eq!(Pen::default().after(bold), "\x1b[m");
        let blue = pen(Color::Rgb(1, 2, 3), Modifier::REVERSED);
        assert_eq!(blue.after(Pen::default()), "\x1b[7;38;2;1;2;3m");
        assert_eq!(blue.whole(), "\x1b[0;7;38;2;1;2;3m");
    }
}
