//! What lies over the search screen while a query is edited: completions, and the form.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Context};
use crate::tui::page::Look;
use crate::tui::theme::Token;
use crate::tui::widget::completing;
use crate::tui::widget::frame::key_glyph;

use super::Search;
use super::complete::Names;
use super::form::{Field, FormInputs};
use super::line::QueryLine;

/// Draws what is wrong with the query below the line, and what may be typed next.
pub fn completions(line: &QueryLine, canvas: &mut Canvas<'_>, bar: Rect) {
    let mut y = bar.bottom();
    if let Some(fault) = &line.fault {
        let row = Rect::new(bar.x, y, bar.width, 1);
        canvas.clear(row, Token::Ground);
        let said = Phrase::of(Token::Error, fault.fault.to_string());
        let hint = fault
            .hint
            .as_ref()
            .map(|hint| Phrase::of(Token::Muted, ": ").and(Token::Text, hint.clone()));
        canvas.phrase(
            bar.x + 3,
            y,
            bar.width.saturating_sub(4),
            &said.with(hint.unwrap_or_default()),
        );
        y += 1;
    }
    completing::popup(&line.typing, canvas, bar, y);
}

/// Draws the form, its fields one below the other, limits of a length side by side.
pub fn form(
    search: &Search,
    form: &FormInputs,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    bar: Rect,
) {
    let screen = canvas.area();
    let width = 60.min(screen.width.saturating_sub(2));
    let rows = 7 + u16::from(form.fault.is_some());
    let area = Rect::new(
        screen.width.saturating_sub(width + 2),
        bar.bottom(),
        width,
        rows + 2,
    );
    let inside = canvas.popup(area, &Phrase::text("form"), &foot(look, canvas));
    let mut y = inside.y;
    for (at, field) in Field::ALL.into_iter().enumerate() {
        let second = matches!(field, Field::SpanMost | Field::TraceMost);
        let first = matches!(field, Field::SpanLeast | Field::TraceLeast);
        let half = (inside.width - 14) / 2;
        let (x, width) = match (first, second) {
            (true, _) => (inside.x + 14, half),
            (_, true) => (inside.x + 14 + half, half),
            _ => (inside.x + 14, inside.width.saturating_sub(15)),
        };
        canvas.text(
            inside.x + 1,
            y,
            12,
            &Shown::new(field.label()),
            Token::Muted,
        );
        let sign = if first {
            canvas.glyphs.at_least
        } else {
            canvas.glyphs.at_most
        };
        let x = if first || second {
            canvas.put(x, y, sign, Token::Muted);
            x + 2
        } else {
            x
        };
        draw_field(
            search,
            form,
            look,
            canvas,
            field,
            Rect::new(x, y, width.saturating_sub(3), 1),
        );
        canvas.hit(Rect::new(x, y, width, 1), Target::Row(Pane::Popup, at));
        if !first {
            y += 1;
        }
    }
    if let Some(fault) = &form.fault {
        canvas.text(
            inside.x + 1,
            y,
            inside.width.saturating_sub(2),
            &Shown::new(fault),
            Token::Error,
        );
    }
}

fn draw_field(
    search: &Search,
    form: &FormInputs,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    field: Field,
    area: Rect,
) {
    let focused = form.focus() == field;
    let input = form.input(field);
    let ghost = if focused {
        proposal(&search.names, field, input.text())
    } else {
        ""
    };
    if input.text().is_empty() && !focused {
        canvas.text(
            area.x,
            area.y,
            area.width,
            &Shown::new(field.empty()),
            Token::Ghost,
        );
    }
    input.draw(
        canvas,
        (area.x, area.y),
        area.width,
        ghost,
        focused && look.focused,
    );
    if focused {
        canvas.over(
            Rect {
                width: area.width + 1,
                ..area
            },
            Token::Cursor,
        );
    }
    if field == Field::Service && !search.names.services.is_empty() {
        let known = Shown::from(format!("{} known", search.names.services.len()));
        canvas.right(area.right() + 2, area.y, 12, &known, Token::Muted);
    }
}

/// The rest of the first name that goes on from what is typed.
pub fn proposal<'a>(names: &'a Names, field: Field, typed: &str) -> &'a str {
    let goes_on = |name: &'a str| {
        name.strip_prefix(typed)
            .filter(|rest| !typed.is_empty() && !rest.is_empty())
    };
    match field {
        Field::Service => names.services.iter().find_map(|(name, _)| goes_on(name)),
        Field::Operation => names.operations.iter().find_map(|(name, _)| goes_on(name)),
        _ => None,
    }
    .unwrap_or("")
}

fn foot(look: &Look<'_>, canvas: &Canvas<'_>) -> Phrase {
    let hints = [
        (Action::Run, "run"),
        (Action::NextField, "next"),
        (Action::SwapForm, "as TraceQL"),
        (Action::Dismiss, "close"),
    ];
    hints
        .into_iter()
        .fold(Phrase::default(), |foot, (action, word)| {
            let key = look
                .shared
                .keymap
                .label(Context::Form, action)
                .unwrap_or_default();
            let gap = if foot.is_empty() { "" } else { "   " };
            foot.and(Token::Text, gap)
                .and(Token::Accent, key_glyph(&key, canvas.glyphs))
                .and(Token::Muted, format!(" {word}"))
        })
}
