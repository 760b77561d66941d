//! All messages so far, newest first, each in full.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::{Message, Weight};
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::theme::Token;
use crate::tui::widget::list::List;

/// The list of messages.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MessageList {
    list: List,
}

impl Page for MessageList {
    fn context(&self) -> Context {
        Context::Help
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::CloseMenu | Action::Dismiss | Action::Run => cx.go(Move::Leave),
            _ => {
                let (rows, len) = (cx.rows(Pane::Popup), cx.shared.messages.all().len());
                return self.list.act(act, rows, len);
            }
        }
        true
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if let Gesture::Wheel(by) = touch.gesture {
            let (rows, len) = (cx.rows(Pane::Popup), cx.shared.messages.all().len());
            self.list.wheel(by, rows, len);
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let messages = look.shared.messages.all();
        let screen = canvas.area();
        let width = screen.width.saturating_sub(4).min(120);
        let height =
            (messages.len() as u16 * 2 + 3).clamp(5, screen.height.saturating_sub(2).max(5));
        let area = canvas.centred(width, height);
        let foot = Phrase::of(Token::Accent, "q").and(Token::Muted, " closes");
        let inside = canvas.popup(area, &Phrase::text("messages, newest first"), &foot);
        canvas.pane(Pane::Popup, inside);
        if messages.is_empty() {
            canvas.text(
                inside.x + 1,
                inside.y,
                inside.width,
                &Shown::new("nothing was said yet"),
                Token::Muted,
            );
        }
        let mut y = inside.y;
        for (row, message) in messages.iter().rev().enumerate().skip(self.list.cursor()) {
            let from = y;
            y = draw_message(
                message,
                look,
                canvas,
                Rect {
                    y,
                    height: inside.bottom().saturating_sub(y),
                    ..inside
                },
            );
            if row == self.list.cursor() {
                canvas.put(inside.x, from, canvas.glyphs.cursor, Token::Accent);
            }
            if y >= inside.bottom() {
                break;
            }
        }
    }
}

/// Draws one message over as many rows as it needs. Returns the next free row.
fn draw_message(message: &Message, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) -> u16 {
    let (mark, token) = match message.weight {
        Weight::Note => (" ", Token::Text),
        Weight::Doubt => (canvas.glyphs.doubt, Token::Doubt),
        Weight::Error => (canvas.glyphs.failed, Token::Error),
    };
    let time = Shown::from(look.shared.clock.time(message.time, look.shared.time_style));
    let x = canvas.text(area.x + 1, area.y, area.width, &time, Token::Muted) + 2;
    canvas.put(x, area.y, mark, token);
    let room = area.right().saturating_sub(x + 3);
    let mut y = area.y;
    for line in message.text.wrap(room.max(10).into()) {
        if y >= area.bottom() {
            break;
        }
        canvas.text(x + 2, y, room, &line, Token::Text);
        y += 1;
    }
    y
}
