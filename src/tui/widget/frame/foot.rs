//! The last row: hints or what was said, the job that runs, where the cursor is.

use std::time::Duration;

use ratatui::layout::Rect;

use crate::text::{Charset, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::Target;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Job;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Weight;
use crate::tui::page::Look;
use crate::tui::theme::{Glyphs, Token};

use super::Chrome;

/// Loading is said after this long, so that what is quick does not flash.
pub const QUIET: Duration = Duration::from_millis(120);
/// So many times the program is started until the keys that matter are known.
const FIRST: u32 = 3;
/// Those keys, with a word for each that a screen has none for.
const FIVE: [(Action, &str); 5] = [
    (Action::In, "in"),
    (Action::Out, "out"),
    (Action::Why, "why"),
    (Action::Ask, "ask"),
    (Action::Help, "all keys"),
];

/// Draws what was said last, else what can be done here; on the right what runs and where one is.
pub(super) fn draw(
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
    taught: &[(Action, &'static str)],
) {
    let end = x + room;
    for (action, word) in &lesson(taught, look.shared.session.launches) {
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

/// What is taught: the first times the five keys that matter everywhere before anything else.
fn lesson(hints: &[(Action, &'static str)], launches: u32) -> Vec<(Action, &'static str)> {
    let taught = |action: Action| hints.iter().find(|(other, _)| *other == action);
    // Where there is nothing to go into, other things matter.
    if !(1..=FIRST).contains(&launches) || taught(Action::In).is_none() {
        return hints.to_vec();
    }
    let five = FIVE.map(|(action, word)| taught(action).copied().unwrap_or((action, word)));
    let others = hints
        .iter()
        .filter(|(action, _)| FIVE.iter().all(|(one, _)| one != action));
    five.into_iter().chain(others.copied()).collect()
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

    #[test]
    fn the_first_times_five_keys_are_taught_first() {
        let hints = [
            (Action::In, "open"),
            (Action::NextError, ""),
            (Action::Help, ""),
        ];
        let of = |launches| {
            lesson(&hints, launches)
                .into_iter()
                .map(|(action, _)| action)
        };
        let five = [
            Action::In,
            Action::Out,
            Action::Why,
            Action::Ask,
            Action::Help,
        ];
        assert!(of(1).eq(five.into_iter().chain([Action::NextError])));
        assert!(of(4).eq([Action::In, Action::NextError, Action::Help]));
        assert_eq!(lesson(&hints[1..], 1), &hints[1..], "nothing to go into");
    }
}
