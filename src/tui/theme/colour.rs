//! Colours: how they are written, how far apart they are, and the nearest one that a poorer
//! terminal has. Distances are measured in `OKLab` (B. Ottosson, 2020), contrast as WCAG 2.1 does.

use ratatui::style::Color;

/// Red, green and blue, 0 to 255, sRGB.
pub type Rgb = (u8, u8, u8);

/// The sixteen names, in the terminal's own order.
const NAMES: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// Reads `#rrggbb`, a name of the sixteen, or `default` for the terminal's own colour.
pub fn parse(text: &str) -> Option<Color> {
    if text == "default" {
        return Some(Color::Reset);
    }
    if let Some(hex) = text.strip_prefix('#') {
        let value = u32::from_str_radix(hex, 16)
            .ok()
            .filter(|_| hex.len() == 6)?;
        return Some(Color::Rgb(
            (value >> 16) as u8,
            (value >> 8) as u8,
            value as u8,
        ));
    }
    NAMES
        .iter()
        .find(|(name, _)| *name == text)
        .map(|&(_, colour)| colour)
}

/// The 24-bit value of a colour as xterm draws it; `None` for the terminal's own.
pub fn rgb(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Rgb(r, g, b) => Some((r, g, b)),
        Color::Indexed(i) if i >= 16 => Some(indexed(i)),
        Color::Indexed(i) => SIXTEEN.get(usize::from(i)).copied(),
        other => NAMES
            .iter()
            .position(|&(_, c)| c == other)
            .map(|at| SIXTEEN[at]),
    }
}

/// What xterm draws for the sixteen names; users change them, so this serves pictures only.
const SIXTEEN: [Rgb; 16] = [
    (0, 0, 0),
    (205, 49, 49),
    (13, 163, 96),
    (202, 158, 37),
    (46, 112, 204),
    (178, 66, 178),
    (17, 150, 180),
    (204, 204, 204),
    (102, 102, 102),
    (241, 96, 96),
    (60, 207, 138),
    (240, 207, 92),
    (96, 158, 240),
    (214, 118, 214),
    (52, 196, 222),
    (245, 245, 245),
];

fn indexed(i: u8) -> Rgb {
    if i >= 232 {
        let grey = 8 + 10 * (i - 232);
        return (grey, grey, grey);
    }
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    let cube = i - 16;
    (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
}

/// The nearest of the 240 fixed colours of a 256-colour terminal. The first sixteen are the
/// user's own and could be anything.
#[expect(
    clippy::many_single_char_names,
    reason = "the names of colour spaces' axes"
)]
pub fn nearest_indexed(colour: Color) -> Color {
    let Color::Rgb(r, g, b) = colour else {
        return colour;
    };
    let wanted = oklab((r, g, b));
    let distance = |i: u8| {
        let (l, a, b) = oklab(indexed(i));
        (l - wanted.0).powi(2) + (a - wanted.1).powi(2) + (b - wanted.2).powi(2)
    };
    (16..=255)
        .min_by(|x, y| distance(*x).total_cmp(&distance(*y)))
        .map_or(colour, Color::Indexed)
}

/// Lightness 0 to 1 and the two opponent axes.
#[expect(
    clippy::many_single_char_names,
    reason = "the names of colour spaces' axes"
)]
pub fn oklab(colour: Rgb) -> (f64, f64, f64) {
    let (r, g, b) = linear(colour);
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    (
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    )
}

fn linear((r, g, b): Rgb) -> (f64, f64, f64) {
    let channel = |value: u8| {
        let v = f64::from(value) / 255.0;
        if v <= 0.040_45 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    };
    (channel(r), channel(g), channel(b))
}

#[cfg(test)]
/// The contrast of two colours, 1 to 21 (WCAG 2.1, 1.4.3).
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let luminance = |colour| {
        let (r, g, b) = linear(colour);
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_as_written() {
        assert_eq!(parse("#0a10ff"), Some(Color::Rgb(10, 16, 255)));
        assert_eq!(parse("bright-blue"), Some(Color::LightBlue));
        assert_eq!(parse("default"), Some(Color::Reset));
        assert_eq!(parse("#12345"), None);
        assert_eq!(parse("crimson"), None);
    }

    #[test]
    fn the_fixed_colours_are_their_own_nearest() {
        for i in [16, 21, 100, 196, 240, 255] {
            let (r, g, b) = indexed(i);
            let Color::Indexed(near) = nearest_indexed(Color::Rgb(r, g, b)) else {
                panic!("not indexed")
            };
            assert_eq!(indexed(near), (r, g, b));
        }
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast((0, 0, 0), (255, 255, 255)) - 21.0).abs() < 1e-9);
        assert!((contrast((119, 119, 119), (255, 255, 255)) - 4.48).abs() < 0.01);
    }
}
