//! Each document holds what the frame holds.

use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::*;
use crate::tui::theme::{Appearance, Depth};

fn frame() -> (Buffer, Theme) {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 2));
    buffer.set_string(0, 0, "a<注b", Style::new());
    buffer.set_string(
        0,
        1,
        "──█",
        Style::new()
            .fg(Color::Rgb(1, 2, 3))
            .add_modifier(Modifier::BOLD),
    );
    (
        buffer,
        Theme::load("vizsla", Depth::Truecolor, Appearance::Dark, None).unwrap(),
    )
}

#[test]
fn text_has_all_rows_and_columns() {
    let (buffer, theme) = frame();
    assert_eq!(text(&buffer, &theme), "a<注b \n──█   \n");
}

#[test]
fn ansi_shows_the_same_text_and_resets_each_row() {
    let (buffer, theme) = frame();
    let written = ansi(&buffer, &theme);
    assert_eq!(
        written,
        "\x1b[0ma<注b \x1b[0m\n\x1b[0;1;38;2;1;2;3m──█\x1b[0m   \x1b[0m\n"
    );
}

#[test]
fn svg_places_each_character_and_escapes_markup() {
    let (buffer, theme) = frame();
    let written = svg(&buffer, &theme);
    assert!(
        written.contains("<tspan x=\"9 18 27 45\">a&lt;注b</tspan>"),
        "{written}"
    );
    assert!(written.contains("<text y=\"22.5\""));
    assert!(!written.contains('─') && written.contains("fill=\"#010203\""));
}
