//! The palette: actions, commands, themes, backends and what the screen offers, found by typing.
//!
//! A command takes its argument behind its name: `open orders.json`, `theme paper`, `q`.

mod command;
mod set;

use ratatui::layout::Rect;

use crate::model::TraceId;
use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Touch};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::keymap::{Action, Category, Context, TABLE};
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::shared::Shared;
use crate::tui::theme::{self, Token};
use crate::tui::widget::frame::key_glyph;
use crate::tui::widget::picker::{Item, Picker};

use super::Screen;

use command::{command_with, commands, keep_theme};

pub use command::Command;

/// What picking a line does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// As if its key had been pressed.
    Action(Action),
    /// A command, which may want an argument.
    Command(Command),
    /// Another theme.
    Theme(String),
    /// Another backend, by its source.
    Source(String),
    /// A query to run on the search screen.
    Query(String),
    /// A name for the action that asked.
    Name(String),
    /// A trace to open.
    Trace(TraceId),
}

/// The palette over a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    title: &'static str,
    prompt: &'static str,
    picker: Picker<Pick>,
    /// The items but for those that screens offer, where they do.
    own: Option<Vec<Item<Pick>>>,
    /// Typed text that matches nothing is a name, not a source.
    named: bool,
}

impl Palette {
    /// Everything that is valid in `context`, and what the page beneath offers.
    pub fn new(shared: &Shared, context: Context, offers: Vec<Item<Pick>>) -> Self {
        let mut items = actions(shared, context);
        items.extend(commands());
        items.extend(
            theme::names(shared.theme_folder.as_deref())
                .into_iter()
                .map(|name| Item {
                    label: Shown::from(name.clone()),
                    value: Pick::Theme(name),
                    class: "theme",
                    aside: Shown::default(),
                }),
        );
        items.extend(backends(shared));
        let own = items.clone();
        items.extend(offers);
        Self {
            title: "command",
            prompt: ": ",
            picker: Picker::new(items),
            own: Some(own),
            named: false,
        }
    }

    /// The commands alone, with the beginning of one.
    pub fn prompting(shared: &Shared, typed: &str) -> Self {
        let mut palette = Self::new(shared, Context::Picker, Vec::new());
        typed.chars().for_each(|c| palette.picker.typed(c));
        palette
    }

    /// The known backends; what is typed may also be a URL or a path.
    pub fn backends(shared: &Shared) -> Self {
        Self {
            title: "backend: name, URL or path",
            prompt: "",
            picker: Picker::new(backends(shared)),
            own: None,
            named: false,
        }
    }

    /// The attributes known, with how often they occur; what is typed may be another.
    pub fn attributes(known: &[(String, u64)]) -> Self {
        let item = |(name, spans): &(String, u64)| Item {
            value: Pick::Name(name.clone()),
            class: "",
            label: Shown::from(name.clone()),
            aside: Shown::from(crate::text::count_short(*spans)),
        };
        Self {
            title: "attribute",
            prompt: "",
            picker: Picker::new(known.iter().map(item).collect()),
            own: None,
            named: true,
        }
    }

    /// Old queries, newest first.
    pub fn history(shared: &Shared) -> Self {
        Self::lines(&shared.session.history, Pick::Query)
    }

    /// What was looked for in traces, newest first; what is typed may be something else.
    pub fn finds(shared: &Shared) -> Self {
        Self {
            named: true,
            ..Self::lines(&shared.session.finds, Pick::Name)
        }
    }

    /// Lines of a history, newest first.
    fn lines(history: &[String], pick: impl Fn(String) -> Pick) -> Self {
        let item = |line: &String| Item {
            value: pick(line.clone()),
            class: "",
            label: Shown::from(line.clone()),
            aside: Shown::default(),
        };
        Self {
            title: "history",
            prompt: "",
            picker: Picker::new(history.iter().rev().map(item).collect()),
            own: None,
            named: false,
        }
    }

    /// What screens offer by now; what is typed and chosen stays.
    pub fn offer(&mut self, offers: Vec<Item<Pick>>) {
        if let Some(mut items) = self.own.clone() {
            items.extend(offers);
            let chosen = self.picker.chosen().map(|item| item.value.clone());
            self.picker.replace(items);
            self.picker.choose(|value| Some(value) == chosen.as_ref());
        }
    }

    fn run(&self, cx: &mut Cx<'_>) {
        let typed = self.picker.input.text().trim();
        if self.prompt.is_empty() && self.picker.is_empty() && !typed.is_empty() {
            let typed = typed.to_owned();
            let free = if self.named {
                Pick::Name(typed)
            } else {
                Pick::Source(typed)
            };
            return pick(&free, cx);
        }
        let (word, argument) = typed.split_once(' ').unwrap_or((typed, ""));
        let command = command::named(word);
        match (command, self.picker.chosen()) {
            (Some(command), _) if !self.prompt.is_empty() => {
                command_with(command, argument.trim(), cx);
            }
            (_, Some(item)) => pick(&item.value.clone(), cx),
            _ => cx.say(Message::doubt(format!(
                "no command {typed}: Esc closes, : lists them"
            ))),
        }
    }
}

/// Does what a line stands for.
fn pick(pick: &Pick, cx: &mut Cx<'_>) {
    if let Pick::Command(command) = pick {
        return command_with(*command, "", cx);
    }
    cx.go(Move::Leave);
    match pick {
        Pick::Action(action) => cx.go(Move::Perform(Act::of(*action))),
        Pick::Theme(name) => keep_theme(name, cx),
        Pick::Source(source) => cx.go(Move::Source(source.clone())),
        Pick::Query(query) => cx.go(Move::Query(query.clone())),
        Pick::Name(name) => cx.go(Move::Picked(name.clone())),
        Pick::Trace(id) => cx.go(Move::Open(Screen::trace(*id, Shown::default()))),
        Pick::Command(_) => {}
    }
}

fn actions(shared: &Shared, context: Context) -> Vec<Item<Pick>> {
    let reachable = |action: Action| shared.keymap.label(context, action);
    let keyless = |action: Action| action.entry().keys.is_empty();
    TABLE
        .iter()
        .filter(|entry| !matches!(entry.category, Category::Edit | Category::Move))
        .filter_map(|entry| {
            let key =
                reachable(entry.action).or_else(|| keyless(entry.action).then(String::new))?;
            Some(Item {
                value: Pick::Action(entry.action),
                class: "action",
                label: Shown::new(entry.sentence),
                aside: Shown::from(key_glyph(&key, shared.glyphs)),
            })
        })
        .collect()
}

fn backends(shared: &Shared) -> Vec<Item<Pick>> {
    let item = |(name, source): &(String, String)| Item {
        value: Pick::Source(source.clone()),
        class: "backend",
        label: Shown::from(name.clone()),
        aside: Shown::from(source.clone()),
    };
    shared.source.around.backends.iter().map(item).collect()
}

impl Page for Palette {
    fn context(&self) -> Context {
        Context::Picker
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let rows = cx.rows(Pane::Popup);
        match act.action {
            Action::Dismiss => cx.go(Move::Leave),
            Action::Run => self.run(cx),
            Action::Complete => {
                if let Some(item) = self.picker.chosen() {
                    let label = item.label.as_str().split(' ').next().unwrap_or_default();
                    let command = matches!(item.value, Pick::Command(_));
                    let text = if command {
                        format!("{label} ")
                    } else {
                        item.label.to_string()
                    };
                    let end = text.len();
                    self.picker.input.set(text, end);
                }
            }
            _ => return self.picker.act(act, rows),
        }
        true
    }

    fn typed(&mut self, c: char, _cx: &mut Cx<'_>) {
        self.picker.typed(c);
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if self.picker.touched(touch, cx.rows(Pane::Popup)) {
            self.run(cx);
        }
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        let screen = canvas.area();
        let area = canvas.place(
            screen.width.saturating_sub(4).min(78),
            screen.height / 2 + 2,
        );
        let foot = Phrase::of(Token::Accent, key_glyph("Enter", canvas.glyphs))
            .and(Token::Muted, " run   ")
            .and(Token::Accent, "Tab")
            .and(Token::Muted, " complete   ")
            .and(Token::Accent, "Esc")
            .and(Token::Muted, format!(" close   {}", self.picker.len()));
        let inside = canvas.popup(area, &Phrase::text(self.title), &foot);
        draw_picker(&self.picker, self.prompt, canvas, inside, look.focused);
    }
}

/// Draws the input on the first row of a popup and the items below it.
pub fn draw_picker<T>(
    picker: &Picker<T>,
    prompt: &'static str,
    canvas: &mut Canvas<'_>,
    inside: Rect,
    focused: bool,
) {
    let prompt = if prompt.is_empty() { "/ " } else { prompt };
    let x = canvas.text(
        inside.x + 1,
        inside.y,
        inside.width,
        &Shown::new(prompt),
        Token::Accent,
    );
    picker.input.draw(
        canvas,
        (x, inside.y),
        inside.right().saturating_sub(x + 1),
        "",
        focused,
    );
    let below = Rect {
        y: inside.y + 1,
        height: inside.height.saturating_sub(1),
        ..inside
    };
    picker.draw(canvas, below);
}
