//! Frames are whole, and what does not change is not written.

use ratatui::style::Style;

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
