//! What all screens have around their body: header, bar, why line, strip, hints.
//!
//! ```text
//! header   vizsla  BACKEND › SCREEN › THING                      facts, least important first
//! bar      the query, view tabs, or window and filter: the screen's own
//! why      what stands out, with its figures and sample
//! strip    the whole in little: the screen's own
//! body     the screen's own
//! hints    actions valid here, from the keymap                  job   position   marked
//! ```

mod foot;
mod header;

use ratatui::layout::Rect;

use crate::tui::canvas::Canvas;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Context};
use crate::tui::page::Look;
use crate::tui::theme::Token;

pub use foot::{QUIET, key_glyph, spinner};
pub use header::fitting;

/// The rows that a body keeps before bar, why and strip are dropped.
const BODY: u16 = 5;

/// What a screen puts into its frame.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chrome {
    /// Facts of the header, from left to right.
    pub facts: Vec<Fact>,
    /// What stands out. Where that is a question, never empty: say that nothing does, in how many.
    pub why: Phrase,
    /// Rows wanted for the strip.
    pub strip: u16,
    /// Where the cursor is, and how many rows are marked.
    pub position: Phrase,
    /// Actions worth teaching, most useful first.
    pub hints: Vec<(Action, &'static str)>,
}

/// Something worth knowing beside the name of the screen.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fact {
    /// Facts of a higher rank are dropped first where room is short; 0 is the most important.
    pub rank: u8,
    /// The words.
    pub words: Phrase,
}

impl Fact {
    /// A fact of that rank.
    pub fn new(rank: u8, words: Phrase) -> Self {
        Self { rank, words }
    }

    /// Facts of which the first is the least important.
    pub fn least_first(facts: Vec<Phrase>) -> Vec<Self> {
        let most = facts.len();
        let ranked = facts.into_iter().enumerate();
        ranked
            .map(|(at, words)| Self::new((most - at) as u8, words))
            .collect()
    }
}

/// Where the screen draws its own parts. An area of height 0 was dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    pub bar: Rect,
    pub why: Rect,
    pub strip: Rect,
    pub body: Rect,
    pub hints: Rect,
}

impl Areas {
    /// Divides a screen. By height, in this order: the strip shrinks to one row, then it, the why
    /// row and the bar go; the body and the hints never do.
    pub fn of(area: Rect, strip: u16) -> Self {
        let own = area.height.saturating_sub(2);
        let (mut bar, mut why, mut strip) = (1, 1, strip);
        let needed = |bar: u16, why: u16, strip: u16| bar + why + strip + BODY;
        if needed(bar, why, strip) > own {
            strip = strip.min(1);
        }
        for part in [&mut strip, &mut why, &mut bar] {
            let rest = own.saturating_sub(BODY);
            *part = (*part).min(rest);
        }
        while bar + why + strip + BODY.min(own) > own {
            match (strip, why) {
                (0, 0) => bar = 0,
                (0, _) => why = 0,
                _ => strip = 0,
            }
        }
        let mut y = area.y + 1.min(area.height);
        let mut take = |height: u16| {
            let rows = Rect::new(area.x, y, area.width, height);
            y += height;
            rows
        };
        let (bar, why, strip) = (take(bar), take(why), take(strip));
        let body = take(
            area.bottom()
                .saturating_sub(1)
                .saturating_sub(strip.bottom()),
        );
        Self {
            bar,
            why,
            strip,
            body,
            hints: take(1.min(area.height)),
        }
    }
}

/// Draws header, why line and hints, and says where the rest belongs.
pub fn draw(look: &Look<'_>, canvas: &mut Canvas<'_>, context: Context, chrome: &Chrome) -> Areas {
    let areas = Areas::of(canvas.area(), chrome.strip);
    header::draw(look, canvas, &chrome.facts);
    if areas.why.height > 0 && !chrome.why.is_empty() {
        let next = canvas.text(
            1,
            areas.why.y,
            areas.why.width,
            &"why  ".into(),
            Token::Muted,
        );
        let room = areas.why.width.saturating_sub(next + 1);
        let why = chrome.why.clone().fit(room, canvas.charset());
        canvas.phrase(next, areas.why.y, room, &why);
    }
    let untold = areas.why.height == 0 && !chrome.why.is_empty();
    let why_in_hints = untold.then_some(&chrome.why);
    foot::draw(look, canvas, areas.hints, context, chrome, why_in_hints);
    areas
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heights(rows: u16, strip: u16) -> [u16; 5] {
        let areas = Areas::of(Rect::new(0, 0, 80, rows), strip);
        assert_eq!(areas.hints.bottom(), rows.max(1));
        [areas.bar, areas.why, areas.strip, areas.body, areas.hints].map(|area| area.height)
    }

    #[test]
    fn the_strip_goes_first_and_the_body_never() {
        assert_eq!(heights(40, 5), [1, 1, 5, 31, 1]);
        assert_eq!(heights(14, 5), [1, 1, 5, 5, 1]);
        assert_eq!(heights(13, 5), [1, 1, 1, 8, 1]);
        assert_eq!(heights(10, 5), [1, 1, 1, 5, 1]);
        assert_eq!(heights(9, 5), [1, 1, 0, 5, 1]);
        assert_eq!(heights(8, 5), [1, 0, 0, 5, 1]);
        assert_eq!(heights(7, 5), [0, 0, 0, 5, 1]);
        assert_eq!(heights(3, 5), [0, 0, 0, 1, 1]);
    }
}
