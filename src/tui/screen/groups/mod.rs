//! The traces of a list in groups: by root operation, version, outcome, shape or any attribute;
//! grouped again, by both.
//!
//! It shows the traces that the list showed when it was opened. A group opens as the search for its
//! traces, or as one of them where no query says what they have in common.

mod draw;
mod group;
mod key;

use std::sync::Arc;

use crate::backend::TraceRow;
use crate::model::TraceId;
use crate::text::Shown;
use crate::traceql::tree::FieldExpr;
use crate::traceql::tree::Tree;
use crate::tui::answer::{Answer, Request};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Move, Page};
use crate::tui::session::place::Place;
use crate::tui::widget::list::List;

use super::menu::{Choice, Menu};
use super::palette::Palette;
use super::{Overlay, Screen};

use group::Group;
use key::{CHOICES, Known};
pub use key::{Key, Values, values};

/// Traces in groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Groups {
    rows: Arc<[TraceRow]>,
    /// The query that found them.
    query: String,
    keys: Vec<Key>,
    known: Known,
    found: Vec<Group>,
    list: List,
    order: Order,
}

/// What the groups are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Order {
    #[default]
    Count,
    Duration,
    Errors,
    Name,
}

/// The menu of what to group by.
pub fn menu(now: &[Key]) -> Menu {
    let choices = CHOICES
        .iter()
        .map(|(letter, name)| Choice::new(*letter, *name));
    let title = if now.is_empty() {
        "group by"
    } else {
        "within each group, by"
    };
    Menu::new(Action::Group, title, choices.collect(), Some('o'))
}

impl Groups {
    /// These traces, which that query found, by a key.
    pub fn new(rows: Vec<TraceRow>, query: &str, key: Key) -> Self {
        Self {
            rows: rows.into(),
            query: query.to_owned(),
            keys: vec![key],
            known: Known::default(),
            found: Vec::new(),
            list: List::default(),
            order: Order::default(),
        }
    }

    /// Looks up what is not known yet of the traces, then groups them.
    fn look(&mut self, cx: &mut Cx<'_>) {
        let unknown = self.keys.iter().find_map(|key| match key {
            Key::Attribute(name) if !self.known.has(name) => Some(name.clone()),
            _ => None,
        });
        if let Some(name) = unknown {
            let ids = self.rows.iter().map(|row| row.trace_id).collect();
            let label = format!("looking for {name}");
            return cx.ask(Purpose::Names, label, Request::Values(ids, name));
        }
        self.found = group::groups(&self.rows, &self.keys, &self.known, cx.shared.charset());
        self.sort();
        self.list = List::default();
    }

    fn sort(&mut self) {
        use std::cmp::Reverse;
        match self.order {
            Order::Count => self.found.sort_by_key(|group| Reverse(group.count)),
            Order::Duration => self.found.sort_by_key(|group| Reverse(group.p50)),
            Order::Errors => self.found.sort_by_key(|group| Reverse(group.failed)),
            Order::Name => self.found.sort_by(|a, b| a.name.cmp(&b.name)),
        }
    }

    fn here(&self) -> Option<&Group> {
        self.found.get(self.list.cursor())
    }

    fn group_by(&mut self, key: Key, cx: &mut Cx<'_>) {
        if self.keys.contains(&key) {
            return cx.say(Message::note("they are grouped by that already"));
        }
        self.keys.push(key);
        self.look(cx);
    }

    /// The search for the traces of the group under the cursor; none if no query says it.
    fn query(&self, charset: crate::text::Charset) -> Option<String> {
        let here = self.here()?;
        let row = self.rows.iter().find(|row| {
            let names = self
                .keys
                .iter()
                .map(|key| self.known.group(key, row, charset));
            names.collect::<Vec<_>>().join("   ") == here.name
        })?;
        let mut query = self.query.clone();
        for key in &self.keys {
            let terms = self.known.terms(key, row)?;
            let set = Tree::of_filter(FieldExpr::all_of(terms)).to_string();
            query = if query.trim() == "{ }" {
                set
            } else {
                format!("({query}) && {set}")
            };
        }
        Some(query)
    }

    fn enter(&self, cx: &mut Cx<'_>) {
        let Some(here) = self.here() else { return };
        if let Some(query) = self.query(cx.shared.charset()) {
            return cx.go(Move::Query(query));
        }
        let one = "no query says what these have in common: this is one of them";
        cx.say(Message::note(one));
        cx.go(Move::Open(Screen::trace(here.example, Shown::default())));
    }

    fn order_by(&mut self, letter: Option<char>, cx: &mut Cx<'_>) {
        self.order = match letter {
            Some('c') => Order::Count,
            Some('d') => Order::Duration,
            Some('e') => Order::Errors,
            Some('n') => Order::Name,
            _ => {
                let choices = [
                    ('c', "most traces first"),
                    ('d', "longest first"),
                    ('e', "most failed first"),
                    ('n', "names A to Z"),
                ];
                let choices = choices.map(|(letter, name)| Choice::new(letter, name));
                let menu = Menu::new(Action::Sort, "sort", choices.to_vec(), Some('c'));
                return cx.go(Move::Over(Overlay::Menu(menu)));
            }
        };
        self.sort();
    }

    fn go(&mut self, row: usize, cx: &Cx<'_>) {
        let (height, len) = (cx.rows(Pane::Body), self.found.len());
        self.list.go(row, height, len);
    }
}

impl Page for Groups {
    fn context(&self) -> Context {
        Context::Groups
    }

    fn crumb(&self) -> Shown<'static> {
        let names: Vec<&str> = self.keys.iter().map(Key::name).collect();
        Shown::from_owned(format!("by {}", names.join(", ")))
    }

    fn opened(&mut self, cx: &mut Cx<'_>) {
        self.look(cx);
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::In => self.enter(cx),
            Action::Group => match act.letter {
                None => cx.go(Move::Over(Overlay::Menu(menu(&self.keys)))),
                Some('a') => cx.go(Move::Over(Overlay::Palette(Palette::attributes(&[])))),
                Some(letter) => {
                    if let Some(key) = Key::chosen(letter) {
                        self.group_by(key, cx);
                    }
                }
            },
            Action::Undo if self.keys.len() > 1 => {
                self.keys.pop();
                self.look(cx);
            }
            Action::Sort => self.order_by(act.letter, cx),
            Action::Why => match group::why(&self.found, cx.shared.charset()).1 {
                Some(row) => self.go(row, cx),
                None => cx.say(Message::note("no group stands out")),
            },
            Action::NextError => {
                let from = self.list.cursor() + 1;
                let failed = |row: &usize| self.found.get(*row).is_some_and(|g| g.failed > 0);
                match (from..self.found.len()).find(failed) {
                    Some(row) => self.go(row, cx),
                    None => cx.say(Message::note("no group with failed traces below")),
                }
            }
            _ => {
                let rows = cx.rows(Pane::Body);
                return self.list.act(act, rows, self.found.len());
            }
        }
        true
    }

    fn picked(&mut self, what: &str, cx: &mut Cx<'_>) {
        self.group_by(Key::Attribute(what.to_owned()), cx);
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        match (&touch.target, touch.gesture) {
            (_, Gesture::Wheel(by)) => {
                let (rows, len) = (cx.rows(Pane::Body), self.found.len());
                self.list.wheel(by, rows, len);
            }
            (Target::Row(Pane::Body, row), Gesture::Click) => self.go(*row, cx),
            (Target::Row(Pane::Body, row), Gesture::DoubleClick) => {
                self.go(*row, cx);
                self.enter(cx);
            }
            _ => {}
        }
    }

    fn answered(&mut self, _purpose: Purpose, answer: Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Values(name, found) => {
                self.known.learn(name, found);
                self.look(cx);
            }
            Answer::Failed(why) => cx.say(Message::error(why)),
            _ => {}
        }
    }

    fn place(&self) -> Option<Place> {
        self.here().map(|here| Place::Row(here.example))
    }

    fn traces(&self) -> Vec<TraceId> {
        self.rows.iter().map(|row| row.trace_id).collect()
    }

    fn hints(&self) -> Vec<(Action, &'static str)> {
        vec![
            (Action::In, "its traces"),
            (Action::Why, ""),
            (Action::NextError, ""),
            (Action::Group, "subgroup"),
            (Action::Sort, ""),
            (Action::Undo, "fewer keys"),
            (Action::Out, ""),
            (Action::Help, ""),
        ]
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        draw::draw(self, look, canvas);
    }
}
