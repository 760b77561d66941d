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

use std::time::Duration;

use ratatui::layout::Rect;

use crate::text::{Charset, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::hit::Target;
use crate::tui::job::Job;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Weight;
use crate::tui::page::Look;
use crate::tui::phrase::Phrase;
use crate::tui::theme::{Glyphs, Token};

/// Loading is said after this long, so that what is quick does not flash.
pub const QUIET: Duration = Duration::from_millis(120);
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
    header(look, canvas, &chrome.facts);
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
    foot(look, canvas, areas.hints, context, chrome, why_in_hints);
    areas
}

fn header(look: &Look<'_>, canvas: &mut Canvas<'_>, facts: &[Fact]) {
    let width = canvas.area().width;
    let title = canvas.text(1, 0, width, &"vizsla".into(), Token::Accent) + 2;
    let crumbs_width = crumbs_width(look.crumbs, canvas.glyphs).min(width.saturating_sub(title));
    let facts = fitting(facts, width.saturating_sub(title + crumbs_width + 3));
    let facts_width = facts.width();
    let end = width.saturating_sub(facts_width + 1);
    canvas.phrase(end, 0, facts_width, &facts);
    let room = if facts.is_empty() {
        width
    } else {
        end.saturating_sub(2)
    };
    crumbs(look, canvas, title, room.saturating_sub(title));
}

/// The most important facts that fit into `width`, in their order, parted by three columns.
pub fn fitting(facts: &[Fact], width: u16) -> Phrase {
    let mut ranks: Vec<u8> = facts.iter().map(|fact| fact.rank).collect();
    ranks.sort_unstable();
    let line = |worst: u8| {
        let kept = facts
            .iter()
            .filter(|fact| fact.rank <= worst && !fact.words.is_empty());
        kept.fold(Phrase::default(), |line, fact| {
            let gap = if line.is_empty() { "" } else { "   " };
            line.and(Token::Text, gap).with(fact.words.clone())
        })
    };
    let fits = |line: &Phrase| line.width() <= width;
    ranks
        .into_iter()
        .rev()
        .map(line)
        .find(fits)
        .unwrap_or_default()
}

fn crumbs_width(crumbs: &[Shown<'static>], glyphs: &Glyphs) -> u16 {
    let separator = Shown::new(glyphs.crumb).width() + 2;
    let text: usize = crumbs.iter().map(Shown::width).sum();
    (text + separator * crumbs.len().saturating_sub(1)) as u16
}

/// Too long: the middle ones become an ellipsis, backend and last stay, the last is cut.
fn crumbs(look: &Look<'_>, canvas: &mut Canvas<'_>, mut x: u16, room: u16) {
    let crumbs = look.crumbs;
    let end = x + room;
    let squeeze = crumbs_width(crumbs, canvas.glyphs) > room;
    let separator = Shown::from(format!(" {} ", canvas.glyphs.crumb));
    let last = crumbs.len().saturating_sub(1);
    for (at, crumb) in crumbs.iter().enumerate() {
        let dots = Shown::new(canvas.glyphs.ellipsis);
        let shown = if squeeze && at > 0 && at < last {
            &dots
        } else {
            crumb
        };
        if at > 0 {
            x = canvas.text(x, 0, end.saturating_sub(x), &separator, Token::Muted);
        }
        let token = match (at == last, look.current) {
            (true, true) => Token::Strong,
            (false, true) => Token::Text,
            (_, false) => Token::Muted,
        };
        let next = canvas.text(x, 0, end.saturating_sub(x), shown, token);
        canvas.hit(Rect::new(x, 0, next - x, 1), Target::Crumb(at));
        x = next;
    }
}

fn foot(
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    row: Rect,
    context: Context,
    chrome: &Chrome,
    why: Option<&Phrase>,
) {
    let mut right = pending(look);
    for part in [job(look, canvas), chrome.position.clone()] {
        if !right.is_empty() && !part.is_empty() {
            right.push(Token::Text, "   ");
        }
        right.extend(part);
    }
    let right = right.cut(row.width.saturating_sub(2), canvas.charset());
    let start = row.right().saturating_sub(right.width() + 1);
    canvas.phrase(start, row.y, right.width(), &right);
    let room = start.saturating_sub(row.x + 3);
    // Of two screens beside each other only the one with the keys has something to say.
    if !look.current {
        return;
    }
    let toast = look.shared.messages.toast(look.shared.now);
    if let Some((message, until)) = toast {
        let (mark, token) = match message.weight {
            Weight::Note => ("", Token::Text),
            Weight::Doubt => (canvas.glyphs.doubt, Token::Doubt),
            Weight::Error => (canvas.glyphs.failed, Token::Error),
        };
        let mark = if mark.is_empty() {
            String::new()
        } else {
            format!("{mark} ")
        };
        let said = Phrase::of(token, mark).and(token, message.text.clone());
        canvas.phrase(row.x + 1, row.y, room, &said);
        if let Some(until) = until {
            canvas.wake_at(until);
        }
    } else if let Some(why) = why {
        canvas.phrase(row.x + 1, row.y, room, why);
    } else {
        hints(look, canvas, row.x + 1, row.y, room, context, &chrome.hints);
    }
}

fn pending(look: &Look<'_>) -> Phrase {
    let pending = &look.shared.pending;
    let mut typed = pending
        .count()
        .map(|count| count.to_string())
        .unwrap_or_default();
    typed.push_str(&crate::tui::keymap::key::label(pending.prefix()));
    Phrase::of(Token::Accent, typed)
}

/// The job that runs longest: at once a spinner, from one second on the time and how to stop it.
fn job(look: &Look<'_>, canvas: &mut Canvas<'_>) -> Phrase {
    let Some(job) = look.shared.jobs.oldest() else {
        return Phrase::default();
    };
    let Some(spinner) = spinner(job, look.shared.now, canvas) else {
        return Phrase::default();
    };
    let waited = look.shared.now.saturating_sub(job.since);
    let mut said = Phrase::of(Token::Accent, spinner)
        .and(Token::Muted, " ")
        .and(Token::Muted, job.label.clone());
    if waited >= Duration::from_secs(1) {
        said.push(Token::Muted, format!(" {:.1} s  ", waited.as_secs_f64()));
        said.push(Token::Accent, "Esc");
        said.push(Token::Muted, " stops");
    }
    said
}

/// The spinner of a job, once it has run long enough to be worth telling. Asks for its next frame.
pub fn spinner(job: &Job, now: Duration, canvas: &mut Canvas<'_>) -> Option<&'static str> {
    let waited = now.saturating_sub(job.since);
    if waited < QUIET {
        canvas.wake_at(job.since + QUIET);
        return None;
    }
    let quarter = waited.as_millis() / 250;
    canvas.wake_at(job.since + Duration::from_millis(250 * (quarter as u64 + 1)));
    Some(canvas.glyphs.spinner(quarter as u64))
}

fn hints(
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    mut x: u16,
    y: u16,
    room: u16,
    context: Context,
    hints: &[(Action, &'static str)],
) {
    let end = x + room;
    for (action, word) in hints {
        let Some(key) = look.shared.keymap.label(context, *action) else {
            continue;
        };
        let word = if word.is_empty() {
            action.entry().hint
        } else {
            word
        };
        let key = Shown::from(key_glyph(&key, canvas.glyphs));
        let hint = Phrase::of(Token::Accent, key).and(Token::Muted, format!(" {word}"));
        if x + hint.width() > end {
            break;
        }
        let next = canvas.phrase(x, y, hint.width(), &hint);
        canvas.hit(Rect::new(x, y, next - x, 1), Target::Action(*action));
        x = next + 2;
    }
}

/// A key as it is drawn: Enter as its glyph, arrows as the character set has them.
pub fn key_glyph(label: &str, glyphs: &Glyphs) -> String {
    let label = label.replace("Enter", glyphs.enter);
    if glyphs.charset == Charset::Unicode {
        return label;
    }
    label
        .replace('↑', "Up")
        .replace('↓', "Down")
        .replace('←', "Left")
        .replace('→', "Right")
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

    #[test]
    fn the_least_important_facts_are_dropped() {
        let fact = |rank, words: &'static str| Fact::new(rank, Phrase::text(words));
        let facts = [fact(1, "rate"), fact(0, "traces"), fact(2, "ports")];
        assert_eq!(fitting(&facts, 30).plain(), "rate   traces   ports");
        assert_eq!(fitting(&facts, 20).plain(), "rate   traces");
        assert_eq!(fitting(&facts, 12).plain(), "traces");
        assert_eq!(fitting(&facts, 5).plain(), "");
    }
}
