//! The bar: the tab of the view, what of the trace is shown, and the find line.

use ratatui::layout::Rect;

use crate::text;
use crate::tui::canvas::Canvas;
use crate::tui::page::Look;
use crate::tui::phrase::Phrase;
use crate::tui::theme::Token;

use super::super::{Focus, Open};

/// The tab of the view, what of the trace is shown, and the find line.
pub fn bar(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let x = canvas.text(1, area.y, area.width, &"waterfall".into(), Token::Accent) + 3;
    let charset = canvas.charset();
    let mut facts = Phrase::default();
    if open.received.is_some() {
        facts.push(Token::Doubt, "clocks corrected   ");
    }
    if open.squeeze.is_some() {
        facts.push(Token::Doubt, "idle time squeezed   ");
    }
    if open.critical_only {
        facts.push(Token::Accent, "critical path only   ");
    }
    if open.folded {
        facts.push(Token::Doubt, "opened folded, zR opens all   ");
    }
    if open.left_out > 0 {
        let without = open
            .without
            .words(|length| text::duration(length.0, charset));
        let without = if without.is_empty() {
            "hits only"
        } else {
            &without
        };
        let hidden = text::plural(open.left_out as u64, "span");
        facts.push(
            Token::Doubt,
            format!("{without}: {hidden} hidden, xx shows all   "),
        );
    }
    let (from, to) = open.range.shown();
    let shown = if open.range.is_whole() {
        "all of it".to_owned()
    } else {
        let offset = text::duration(from.since(open.trace.start()).0, charset);
        format!(
            "{} from +{offset}",
            text::duration(to.since(from).0, charset)
        )
    };
    facts.push(Token::Muted, shown);
    let width = facts.width().min(area.width / 2);
    canvas.phrase(
        area.right().saturating_sub(width + 1),
        area.y,
        width,
        &facts,
    );
    let room = area.width.saturating_sub(x + width + 3);
    if open.focus != Focus::Find && open.find.input.text().is_empty() {
        return;
    }
    let x = canvas.text(x, area.y, room, &"/ ".into(), Token::Accent);
    open.find.input.draw(
        canvas,
        (x, area.y),
        room.saturating_sub(18),
        "",
        open.focus == Focus::Find && look.focused,
    );
    let said = match &open.find.error {
        Some(why) => Phrase::of(Token::Error, why.clone()),
        None => Phrase::of(Token::Muted, hits(open)),
    };
    let at = (x + open.find.input.width() as u16 + 2).min(x + room.saturating_sub(16));
    canvas.phrase(at, area.y, (x + room).saturating_sub(at), &said);
}

fn hits(open: &Open) -> String {
    let cursor = open.span();
    match cursor.and_then(|span| open.find.hits.binary_search(&span).ok()) {
        Some(at) => format!("{} of {}", at + 1, open.find.hits.len()),
        None if open.find.hits.is_empty() => "no span".to_owned(),
        None => text::plural(open.find.hits.len() as u64, "span"),
    }
}
