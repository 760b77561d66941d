//! Frames are whole, and what does not change is not written.

use proptest::prelude::*;
use ratatui::style::{Color, Style};

use super::tape::Tape;
use super::*;

fn painter() -> (Painter<Tape>, Tape) {
    let tape = Tape::default();
    (Painter::new(tape.clone(), (20, 3)), tape)
}

fn frame(text: &str) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 3));
    buffer.set_string(0, 1, text, Style::new());
    buffer
}

fn written(tape: &Tape) -> String {
    String::from_utf8(tape.0.take()).unwrap()
}

#[test]
fn an_unchanged_frame_writes_no_byte() {
    let (mut painter, tape) = painter();
    painter
        .draw(frame("hello"), None, &Shown::default())
        .unwrap();
    let first = written(&tape);
    assert!(
        first.starts_with("\x1b[?2026h") && first.ends_with("\x1b[?2026l"),
        "{first:?}"
    );
    assert!(first.contains("hello"));
    painter
        .draw(frame("hello"), None, &Shown::default())
        .unwrap();
    assert_eq!(written(&tape), "");
}

#[test]
fn a_change_writes_the_changed_cells_only_until_the_screen_is_forgotten() {
    let (mut painter, tape) = painter();
    painter
        .draw(frame("hello"), None, &Shown::default())
        .unwrap();
    written(&tape);
    painter
        .draw(frame("hellO"), None, &Shown::default())
        .unwrap();
    let change = written(&tape);
    assert!(
        change.contains('O') && !change.contains("hell"),
        "{change:?}"
    );
    painter.forget();
    painter
        .draw(frame("hellO"), None, &Shown::default())
        .unwrap();
    let whole = written(&tape);
    assert!(
        whole.contains("\x1b[2J") && whole.contains("hellO"),
        "{whole:?}"
    );
}

#[test]
fn the_caret_is_shown_where_text_is_typed_and_hidden_again() {
    let (mut painter, tape) = painter();
    painter
        .draw(frame("/ q"), Some(Position::new(3, 1)), &Shown::default())
        .unwrap();
    assert!(written(&tape).contains("\x1b[2;4H\x1b[?25h"));
    painter.draw(frame("/ q"), None, &Shown::default()).unwrap();
    assert!(written(&tape).contains("\x1b[?25l"));
}

#[test]
fn the_title_is_written_when_it_changes_and_holds_no_control_byte() {
    let (mut painter, tape) = painter();
    painter
        .draw(frame(""), None, &Shown::new("a\x1b]0;x\x07"))
        .unwrap();
    let title = written(&tape);
    assert!(
        title.contains("\x1b]0;vizsla a\\x1b]0;x\\x07\x07"),
        "{title:?}"
    );
    painter
        .draw(frame(""), None, &Shown::new("a\x1b]0;x\x07"))
        .unwrap();
    assert_eq!(written(&tape), "");
}

#[test]
fn links_are_written_once_and_nothing_but_addresses() {
    let (mut painter, tape) = painter();
    let area = Rect::new(1, 1, 3, 1);
    let at = |url: &str| vec![(area, url.to_owned())];
    painter.link(at("https://crm.example/392"));
    painter
        .draw(frame("hello"), None, &Shown::default())
        .unwrap();
    let link = "\x1b]8;;https://crm.example/392\x1b\\ell\x1b]8;;\x1b\\";
    let first = written(&tape);
    assert!(first.contains(link), "{first:?}");
    painter
        .draw(frame("hello"), None, &Shown::default())
        .unwrap();
    assert_eq!(written(&tape), "");
    painter
        .draw(frame("hullo"), None, &Shown::default())
        .unwrap();
    assert!(written(&tape).contains("ull"), "with its new text");
    for url in [
        "javascript:alert(1)",
        "https://a\x1b]8;;b",
        "https://\u{202e}a",
    ] {
        painter.link(at(url));
        painter
            .draw(frame("hello"), None, &Shown::default())
            .unwrap();
        assert!(!written(&tape).contains("]8;;"), "{url:?}");
    }
}

/// Words of rows as screens have them: gaps of every length, ASCII and not, wide, with a look.
const WORDS: [(&str, Color); 9] = [
    (" ", Color::Reset),
    ("   ", Color::Reset),
    ("       ", Color::Reset),
    ("µs", Color::Reset),
    ("12 ms", Color::Green),
    ("█──", Color::Indexed(75)),
    ("é", Color::Reset),
    ("漢", Color::Green),
    ("s", Color::Reset),
];

/// Frames of 24 by 8 cells: which word stands after which in each row.
fn frames() -> impl Strategy<Value = Vec<Vec<Vec<usize>>>> {
    let row = prop::collection::vec(0..WORDS.len(), 0..7);
    // Few rows, so that some of them are seen to move.
    let rows = prop::collection::vec(row, 4).prop_flat_map(|rows| {
        let picked = prop::collection::vec(0..rows.len(), 8);
        picked.prop_map(move |at| at.into_iter().map(|at| rows[at].clone()).collect())
    });
    prop::collection::vec(rows, 2..5)
}

fn cells(count: u16) -> std::num::NonZero<u16> {
    count.try_into().unwrap()
}

fn of_words(rows: &[Vec<usize>], ground: Option<usize>) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 24, 8));
    for (y, row) in (0..).zip(rows) {
        let mut x = 0;
        for (text, ink) in row.iter().map(|word| WORDS[*word]) {
            let room = 24_usize.saturating_sub(x.into());
            (x, _) = buffer.set_stringn(x, y, text, room, Style::new().fg(ink));
        }
    }
    let line = Rect::new(0, ground.unwrap_or(8) as u16, 24, 1);
    buffer.set_style(line.intersection(buffer.area), Style::new().bg(Color::Blue));
    buffer
}

proptest! {
    /// Whatever was there before, a terminal shows what the last frame says, cell by cell.
    #[test]
    fn a_terminal_shows_what_was_drawn(
        frames in frames(),
        grounds in prop::collection::vec(prop::option::of(0_usize..8), 5),
    ) {
        let tape = Tape::default();
        let mut painter = Painter::new(tape.clone(), (24, 8));
        let mut terminal = vt100::Parser::new(cells(8), cells(24), 0);
        for (rows, ground) in frames.iter().zip(grounds) {
            let frame = of_words(rows, ground);
            painter.draw(frame.clone(), None, &Shown::default()).unwrap();
            terminal.process(&tape.0.take());
            for (x, y) in (0..8).flat_map(|y| (0..24).map(move |x| (x, y))) {
                let (drawn, seen) = (&frame[(x, y)], terminal.screen().cell(y, x).unwrap());
                if seen.is_wide_continuation() {
                    continue;
                }
                let text = Some(seen.contents()).filter(|text| !text.is_empty());
                prop_assert_eq!(text.unwrap_or(" "), drawn.symbol(), "at {} {}", x, y);
                let ground = match drawn.bg {
                    Color::Blue => vt100::Color::Idx(4),
                    _ => vt100::Color::Default,
                };
                prop_assert_eq!(seen.bgcolor(), ground, "ground at {} {}", x, y);
            }
        }
    }
}
