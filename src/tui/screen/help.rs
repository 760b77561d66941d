//! Help: every action that is valid here, with today's keys; typing `/` filters, Enter runs one.

use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Category, Context, Keymap, TABLE, key};
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::theme::Token;
use crate::tui::widget::frame::key_glyph;
use crate::tui::widget::input::Input;
use crate::tui::widget::list::List;

/// A line of the help.
#[derive(Debug, Clone, PartialEq)]
enum Line {
    Heading(Category),
    Action { action: Action, keys: String },
}

/// The help for the context that it was opened over.
#[derive(Debug, Clone, PartialEq)]
pub struct Help {
    context: Context,
    lines: Vec<Line>,
    shown: Vec<usize>,
    filter: Input,
    filtering: bool,
    list: List,
}

impl Help {
    /// What is valid in `context`, its own keys first under each heading.
    pub fn new(context: Context, keymap: &Keymap) -> Self {
        let mut lines = Vec::new();
        let mut heading = None;
        let mut entries: Vec<_> = TABLE.iter().collect();
        entries.sort_by_key(|entry| entry.category);
        for entry in entries {
            let keys = keymap.keys(context, entry.action);
            if keys.is_empty() {
                continue;
            }
            if heading.replace(entry.category) != Some(entry.category) {
                lines.push(Line::Heading(entry.category));
            }
            let keys: Vec<String> = keys.iter().map(|keys| key::label(keys)).collect();
            lines.push(Line::Action {
                action: entry.action,
                keys: keys.join("  "),
            });
        }
        let mut help = Self {
            context,
            lines,
            shown: Vec::new(),
            filter: Input::default(),
            filtering: false,
            list: List::default(),
        };
        help.narrow();
        help
    }

    /// The same, narrowed to what has to do with a topic.
    #[must_use]
    pub fn about(mut self, topic: &str) -> Self {
        self.filter.set(topic, topic.len());
        self.narrow();
        self
    }

    fn narrow(&mut self) {
        let wanted = self.filter.text().to_lowercase();
        let holds = |line: &Line| match line {
            Line::Heading(_) => wanted.is_empty(),
            Line::Action { action, keys } => {
                let entry = action.entry();
                keys.contains(self.filter.text())
                    || entry.sentence.to_lowercase().contains(&wanted)
                    || entry.name.contains(&wanted)
            }
        };
        self.shown = (0..self.lines.len())
            .filter(|at| self.lines.get(*at).is_some_and(&holds))
            .collect();
        self.list = List::default();
        self.skip_heading(1);
    }

    fn line(&self, row: usize) -> Option<&Line> {
        self.lines.get(*self.shown.get(row)?)
    }

    /// The cursor does not rest on headings.
    fn skip_heading(&mut self, by: isize) {
        if !matches!(self.line(self.list.cursor()), Some(Line::Heading(_))) {
            return;
        }
        let to = self
            .list
            .cursor()
            .checked_add_signed(by)
            .filter(|row| *row < self.shown.len());
        self.list.go(
            to.unwrap_or(self.list.cursor() + 1),
            usize::MAX,
            self.shown.len(),
        );
    }

    fn run(&self, cx: &mut Cx<'_>) {
        if let Some(Line::Action { action, .. }) = self.line(self.list.cursor()) {
            cx.go(Move::Leave);
            cx.go(Move::Perform(Act::of(*action)));
        }
    }

    fn count(&self) -> usize {
        let action = |at: &&usize| matches!(self.lines.get(**at), Some(Line::Action { .. }));
        self.shown.iter().filter(action).count()
    }
}

impl Page for Help {
    fn context(&self) -> Context {
        if self.filtering {
            Context::Picker
        } else {
            Context::Help
        }
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let rows = cx.rows(Pane::Popup);
        match act.action {
            Action::Dismiss if self.filtering => self.filtering = false,
            Action::CloseMenu | Action::Dismiss => cx.go(Move::Leave),
            Action::Filter => self.filtering = true,
            Action::Run => self.run(cx),
            Action::ChooseNext => {
                self.list.act(Act::of(Action::Down), rows, self.shown.len());
                self.skip_heading(1);
            }
            Action::ChoosePrevious => {
                self.list.act(Act::of(Action::Up), rows, self.shown.len());
                self.skip_heading(-1);
            }
            action if self.filtering && self.filter.act(action) => self.narrow(),
            action => {
                let upwards = matches!(action, Action::Up | Action::PageUp);
                let moved = self.list.act(act, rows, self.shown.len());
                self.skip_heading(if upwards { -1 } else { 1 });
                return moved;
            }
        }
        true
    }

    fn typed(&mut self, c: char, _cx: &mut Cx<'_>) {
        if self.filtering {
            self.filter.insert(c);
            self.narrow();
        }
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        let rows = cx.rows(Pane::Popup);
        match (touch.gesture, &touch.target) {
            (Gesture::Wheel(by), _) => self.list.wheel(by, rows, self.shown.len()),
            (Gesture::Click, Target::Row(_, row)) => self.list.go(*row, rows, self.shown.len()),
            (Gesture::DoubleClick, _) => self.run(cx),
            _ => {}
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let screen = canvas.area();
        let width = screen.width.min(76);
        let height = (self.shown.len() as u16 + 2).clamp(6, screen.height.saturating_sub(2).max(6));
        let area = canvas.centred(width, height);
        let title = Phrase::text(format!("help: {}", self.context.name().replace('_', " ")));
        let foot = foot(look, canvas, self.count());
        let inside = canvas.popup(area, &title, &foot);
        self.draw_filter(canvas, area);
        canvas.pane(Pane::Popup, inside);
        let window = self.list.window(inside.height.into(), self.shown.len());
        for (y, row) in (inside.y..inside.bottom()).zip(window) {
            let line = Rect::new(inside.x, y, inside.width, 1);
            match self.line(row) {
                Some(Line::Heading(category)) => {
                    canvas.text(
                        line.x + 1,
                        y,
                        line.width,
                        &Shown::new(category.title()),
                        Token::Strong,
                    );
                }
                Some(Line::Action { action, keys }) => {
                    let keys = Shown::from(key_glyph(keys, canvas.glyphs));
                    canvas.text(line.x + 3, y, 16, &keys, Token::Accent);
                    let room = line.width.saturating_sub(21);
                    canvas.text(
                        line.x + 20,
                        y,
                        room,
                        &Shown::new(action.entry().sentence),
                        Token::Text,
                    );
                    canvas.hit(line, Target::Row(Pane::Popup, row));
                }
                None => {}
            }
            if row == self.list.cursor() {
                canvas.put(line.x, y, canvas.glyphs.cursor, Token::Accent);
                canvas.over(line, Token::Cursor);
            }
        }
    }
}

impl Help {
    fn draw_filter(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let x = area.right().saturating_sub(26);
        let room = area.right().saturating_sub(x + 2);
        if self.filtering || !self.filter.text().is_empty() {
            let next = canvas.text(x, area.y, room, &Shown::new(" / "), Token::Accent);
            self.filter.draw(
                canvas,
                (next, area.y),
                area.right().saturating_sub(next + 2),
                "",
                self.filtering,
            );
        } else {
            canvas.text(
                x + 12,
                area.y,
                room,
                &Shown::new(" / filter "),
                Token::Muted,
            );
        }
    }
}

fn foot(look: &Look<'_>, canvas: &Canvas<'_>, count: usize) -> Phrase {
    let enter = look
        .shared
        .keymap
        .label(Context::Help, Action::Run)
        .unwrap_or_default();
    Phrase::of(Token::Accent, key_glyph(&enter, canvas.glyphs))
        .and(Token::Muted, " runs it   ")
        .and(Token::Accent, "q")
        .and(Token::Muted, format!(" closes   {count} actions"))
}
