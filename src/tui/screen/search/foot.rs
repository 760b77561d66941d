//! The row below the list, which accounts for what is not shown, and what stands in place of an
//! empty list.

use ratatui::layout::Rect;

use crate::text::{Shown, bytes, count, plural, share};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Purpose;
use crate::tui::page::Look;
use crate::tui::theme::Token;
use crate::tui::widget::frame::{key_glyph, spinner};

use super::Search;

/// What is not shown, and why: beyond the limit, waiting, dropped, evaluated here, failed.
pub fn last_row(search: &Search, look: &Look<'_>, canvas: &mut Canvas<'_>, line: Rect) {
    let results = &search.results;
    if results.newer() > 0 {
        let up = canvas.glyphs.up;
        let said = Phrase::of(
            Token::Accent,
            format!("{up} {} newer", count(results.newer() as u64)),
        )
        .and(Token::Muted, ", gg");
        let width = said.width();
        canvas.phrase(line.right().saturating_sub(width + 1), line.y, width, &said);
    }
    let room = line
        .width
        .saturating_sub(if results.newer() > 0 { 20 } else { 4 });
    if let Some(why) = &results.failure {
        let said = Phrase::of(Token::Error, canvas.glyphs.failed)
            .and(Token::Text, " ")
            .and(Token::Text, why.clone())
            .and(Token::Muted, "   r asks again");
        canvas.phrase(line.x + 3, line.y, room, &said);
        return;
    }
    if let Some(job) = look
        .job(Purpose::Search)
        .filter(|_| results.found.is_none())
    {
        let turn = spinner(job, look.shared.now, canvas).unwrap_or(" ");
        let so_far = plural(results.rows().len() as u64, "trace");
        let said = Phrase::of(Token::Accent, turn)
            .and(
                Token::Muted,
                format!(" {so_far} so far{}", progress(search)),
            )
            .and(Token::Muted, "   Esc keeps these");
        canvas.phrase(line.x + 3, line.y, room, &said);
        return;
    }
    canvas.phrase(line.x + 3, line.y, room, &account(search, look, canvas));
}

fn account(search: &Search, look: &Look<'_>, canvas: &Canvas<'_>) -> Phrase {
    let results = &search.results;
    let shown = results.rows().len() as u64;
    let matching = results.found.as_ref().and_then(|found| found.matching);
    let complete = results.found.as_ref().is_some_and(|found| found.complete);
    let between = canvas.glyphs.between;
    let mut said = Phrase::of(Token::Muted, format!("{} ", canvas.glyphs.ellipsis));
    match matching {
        Some(all) if all > shown => said.push(
            Token::Muted,
            format!("{} shown of {}", count(shown), count(all)),
        ),
        _ if complete && shown < search.asked.limit as u64 => said.push(
            Token::Muted,
            format!("{} shown, all that match", count(shown)),
        ),
        _ => said.push(Token::Muted, format!("{} shown", count(shown))),
    }
    let (token, dropped) = dropped(look);
    said.push(token, dropped);
    for part in &results.pushdown.local {
        said.push(
            Token::Doubt,
            format!(" {between} {} was checked here", Shown::new(part)),
        );
    }
    for note in &results.notes {
        said.push(Token::Muted, format!(" {between} {note}"));
    }
    if matching.is_none_or(|all| all > shown) && shown >= search.asked.limit as u64 {
        let enter = key_glyph("Enter", canvas.glyphs);
        said.push(Token::Muted, format!(" {between} "));
        said.push(Token::Accent, enter);
        let rest = matching.map_or(super::MORE as u64, |all| {
            (all - shown).min(super::MORE as u64)
        });
        said.push(Token::Muted, format!(" shows the next {}", count(rest)));
    }
    said
}

/// What the store let go of, from its own account.
fn dropped(look: &Look<'_>) -> (Token, String) {
    let Some(stats) = &look.shared.source.stats else {
        return (Token::Muted, String::new());
    };
    let lost: u64 = stats.evicted.values().chain(stats.rejected.values()).sum();
    match lost {
        0 => (Token::Muted, ", nothing dropped".to_owned()),
        n => (Token::Doubt, format!(", {} dropped", plural(n, "span"))),
    }
}

fn progress(search: &Search) -> String {
    let Some(progress) = search.results.progress else {
        return String::new();
    };
    match progress.total_bytes {
        Some(total) if total > 0 => {
            let done = share(progress.bytes, total);
            format!(
                "   {done}   {} of {}   {} spans",
                bytes(progress.bytes),
                bytes(total),
                count(progress.spans)
            )
        }
        _ if progress.spans > 0 => format!("   {} spans", count(progress.spans)),
        _ => String::new(),
    }
}

/// No rows: why, and what to press.
pub fn nothing(search: &Search, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let results = &search.results;
    let y = area.y + area.height.min(2) / 2;
    if let Some(why) = &results.failure {
        return refused(why, canvas, Rect { y, ..area });
    }
    let said = if let Some(job) = look.job(Purpose::Search) {
        let Some(turn) = spinner(job, look.shared.now, canvas) else {
            return;
        };
        Phrase::of(Token::Accent, turn)
            .and(Token::Text, " ")
            .and(Token::Text, job.label.clone())
            .and(Token::Muted, format!("{}   Esc stops", progress(search)))
    } else {
        no_match(search)
    };
    canvas.phrase(area.x + 3, y, area.width.saturating_sub(4), &said);
    let notes = results.notes.iter().zip(y + 1..area.bottom());
    for (note, y) in notes {
        canvas.text(
            area.x + 3,
            y,
            area.width.saturating_sub(4),
            note,
            Token::Muted,
        );
    }
}

/// Why nothing can be asked, in as many rows as that takes.
fn refused(why: &Shown<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.put(area.x + 3, area.y, canvas.glyphs.failed, Token::Error);
    let room = area.width.saturating_sub(6);
    let lines = why.wrap(room.max(10).into());
    for (y, line) in (area.y..area.bottom()).zip(&lines) {
        canvas.text(area.x + 5, y, room, line, Token::Text);
    }
}

fn no_match(search: &Search) -> Phrase {
    let of = search.results.found.as_ref().and_then(|found| found.of);
    if of == Some(0) {
        return Phrase::text("there are no spans here")
            .and(Token::Muted, "      ")
            .and(Token::Accent, ":open PATH")
            .and(Token::Muted, " another file   ")
            .and(Token::Accent, "b")
            .and(Token::Muted, " another backend");
    }
    let held = of.map_or_else(
        || "no trace".to_owned(),
        |of| format!("0 of {}", plural(of, "trace")),
    );
    let keys = [
        ("u", " last query   "),
        ("T", " wider time   "),
        ("f", " form"),
    ];
    let said = Phrase::text(held)
        .and(Token::Text, " match")
        .and(Token::Muted, "      ");
    keys.into_iter().fold(said, |said, (key, word)| {
        said.and(Token::Accent, key).and(Token::Muted, word)
    })
}
