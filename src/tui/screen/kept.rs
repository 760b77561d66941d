//! The traces that are kept: those that somebody wanted, those in which a place has a letter, those
//! that were open when a session ended. Narrowed by typing, words of notes included.

use crate::backend::archive::Kept;
use crate::model::TraceId;
use crate::text::{self, Shown};
use crate::tui::answer::{Answer, Request};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::shared::Shared;
use crate::tui::theme::Token;
use crate::tui::widget::picker::{Item, Picker};

use super::Screen;

/// The list, once it is known.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptTraces {
    picker: Picker<TraceId>,
    /// What is to be said of all; none while the files are read.
    said: Option<String>,
}

impl Default for KeptTraces {
    fn default() -> Self {
        Self {
            picker: Picker::new(Vec::new()),
            said: None,
        }
    }
}

impl KeptTraces {
    fn know(&mut self, kept: &[Kept], broken: usize, shared: &Shared) {
        let bytes: u64 = kept.iter().map(|one| one.bytes).sum();
        let said = match kept.len() {
            0 => "nothing is kept: P keeps a trace, A notes on a span, m marks a place".to_owned(),
            many => format!(
                "{}, {}",
                text::plural(many as u64, "trace"),
                text::bytes(bytes)
            ),
        };
        let unread = text::plural(broken as u64, "file");
        self.said = Some(match broken {
            0 => said,
            _ => format!("{said}; {unread} cannot be read"),
        });
        self.picker
            .replace(kept.iter().map(|one| item(one, shared)).collect());
    }

    fn open(&self, cx: &mut Cx<'_>) {
        if let Some(item) = self.picker.chosen() {
            cx.go(Move::Leave);
            cx.go(Move::Open(Screen::trace(item.value, Shown::default())));
        }
    }
}

fn item(kept: &Kept, shared: &Shared) -> Item<TraceId> {
    let row = &kept.row;
    let charset = shared.charset();
    let mut words = vec![format!("{} {}", row.service, row.name)];
    words.push(text::duration(row.duration.0, charset));
    if row.errors > 0 {
        let failed = text::count(row.errors.into());
        words.push(format!("{} {failed}", shared.glyphs.failed));
    }
    words.extend(
        kept.notes
            .iter()
            .map(|note| format!("{} {note}", shared.glyphs.note)),
    );
    Item {
        value: row.trace_id,
        class: kept.why.name(),
        label: Shown::from(words.join("  ")),
        aside: Shown::from(shared.clock.time(row.start.0, shared.time_style)),
    }
}

impl Page for KeptTraces {
    fn context(&self) -> Context {
        Context::Picker
    }

    fn opened(&mut self, cx: &mut Cx<'_>) {
        cx.ask(Purpose::Names, "looking at what is kept", Request::Archived);
    }

    fn answered(&mut self, _purpose: Purpose, answer: Answer, cx: &mut Cx<'_>) {
        if let Answer::Archived(kept, broken) = answer {
            self.know(&kept, broken, cx.shared);
        }
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Dismiss => cx.go(Move::Leave),
            Action::Run => self.open(cx),
            _ => return self.picker.act(act, cx.rows(Pane::Popup)),
        }
        true
    }

    fn typed(&mut self, c: char, _cx: &mut Cx<'_>) {
        self.picker.typed(c);
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        let clicked = self.picker.touched(touch, cx.rows(Pane::Popup));
        if clicked && touch.gesture == Gesture::DoubleClick {
            self.open(cx);
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let screen = canvas.area();
        let rows = (self.picker.len() as u16).saturating_add(3);
        let rows = rows.min(screen.height / 2 + 2).max(8);
        let area = canvas.place(screen.width.saturating_sub(4).min(110), rows);
        let said = self.said.as_deref().unwrap_or("reading what is kept");
        let title = Phrase::text("kept traces").and(Token::Muted, format!("  {said}"));
        let foot = Phrase::of(Token::Accent, "Enter")
            .and(Token::Muted, " opens; there P keeps it or lets it go   ")
            .and(Token::Accent, "Esc")
            .and(Token::Muted, " closes");
        let inside = canvas.popup(area, &title, &foot);
        super::palette::draw_picker(&self.picker, "", canvas, inside, look.focused);
    }
}
