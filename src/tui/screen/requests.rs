//! What the backend was really asked: every request, newest first, with what came of it.

use crate::backend::SentRequest;
use crate::text::{Shown, bytes, duration};
use crate::tui::answer::{Answer, Request};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::theme::Token;
use crate::tui::widget::list::List;

/// The requests, once they are known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Requests {
    sent: Option<Vec<SentRequest>>,
    /// Whether the backend sends anything at all.
    silent: bool,
    list: List,
}

impl Requests {
    fn len(&self) -> usize {
        self.sent.as_ref().map_or(0, Vec::len)
    }
}

impl Page for Requests {
    fn context(&self) -> Context {
        Context::Help
    }

    fn opened(&mut self, cx: &mut Cx<'_>) {
        cx.ask(Purpose::Names, "looking at the requests", Request::Sent);
    }

    fn answered(&mut self, _purpose: Purpose, answer: Answer, _cx: &mut Cx<'_>) {
        if let Answer::Sent(sent) = answer {
            self.silent = sent.is_none();
            self.sent = sent;
        }
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::CloseMenu | Action::Dismiss => cx.go(Move::Leave),
            Action::Run => {
                let newest = self.sent.iter().flatten().rev();
                if let Some(one) = newest.clone().nth(self.list.cursor()) {
                    cx.copy("URL", one.url.clone());
                }
            }
            _ => return self.list.act(act, cx.rows(Pane::Popup), self.len()),
        }
        true
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if let Gesture::Wheel(by) = touch.gesture {
            let (rows, len) = (cx.rows(Pane::Popup), self.len());
            self.list.wheel(by, rows, len);
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let screen = canvas.area();
        let rows = (self.len() as u16)
            .saturating_add(2)
            .clamp(4, screen.height / 2 + 4);
        let area = canvas.place(screen.width.saturating_sub(4).min(140), rows);
        let foot = Phrase::of(Token::Accent, "q")
            .and(Token::Muted, " closes   ")
            .and(Token::Accent, "Enter")
            .and(Token::Muted, " copies the URL");
        let title = format!("what {} was asked, newest first", look.shared.source.name());
        let inside = canvas.popup(area, &Phrase::text(title), &foot);
        canvas.pane(Pane::Popup, inside);
        if self.len() == 0 {
            let said = if self.silent {
                "nothing is sent: the traces are in this process"
            } else {
                "nothing was asked yet"
            };
            canvas.text(
                inside.x + 1,
                inside.y,
                inside.width,
                &said.into(),
                Token::Muted,
            );
            return;
        }
        let newest: Vec<&SentRequest> = self.sent.iter().flatten().rev().collect();
        let window = self.list.window(inside.height.into(), newest.len());
        for (y, at) in (inside.y..).zip(window) {
            let Some(one) = newest.get(at) else { continue };
            let end = line(one, look, canvas, (inside.x + 2, y), inside.right());
            canvas.text(
                end + 2,
                y,
                inside.right().saturating_sub(end + 3),
                &Shown::new(&one.url),
                Token::Text,
            );
            if at == self.list.cursor() {
                canvas.put(inside.x, y, canvas.glyphs.cursor, Token::Accent);
            }
        }
    }
}

/// When, what came of it, how long it took, how much it brought. Returns the next free column.
fn line(
    one: &SentRequest,
    look: &Look<'_>,
    canvas: &mut Canvas<'_>,
    (x, y): (u16, u16),
    end: u16,
) -> u16 {
    let (status, token) = match one.status {
        Some(status) if (200..300).contains(&status) => (status.to_string(), Token::Ok),
        Some(status) => (status.to_string(), Token::Error),
        None => (canvas.glyphs.failed.to_owned(), Token::Error),
    };
    let time = look.shared.clock.second(one.at.0);
    let (took, size) = (duration(one.took.0, canvas.charset()), bytes(one.bytes));
    let said = Phrase::of(Token::Muted, time)
        .and(token, format!("  {status:>3}"))
        .and(Token::Text, format!("{took:>10}"))
        .and(Token::Muted, format!("{size:>9}"));
    canvas.phrase(x, y, end.saturating_sub(x + 1), &said)
}
