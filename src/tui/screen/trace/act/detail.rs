//! What keys do in the detail: its lines, its filter, what a value can be used for.

use crate::text::Shown;
use crate::traceql::operator::Compare;
use crate::traceql::tree::{Field, FieldExpr, Literal};
use crate::traceql::{Attribute, Intrinsic};
use crate::tui::canvas::hit::Pane;
use crate::tui::effect::Outside;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::menu::Choice;
use crate::tui::screen::{Menu, Overlay, Pager, Screen};
use crate::tui::value::{Form, form_of};
use crate::tui::widget::input::Input;

use super::super::columns::Column;
use super::super::detail::{Line, Link, Origin, Owner, Room, Section, Whole};
use super::super::{Focus, Open};
use super::leave::open_page;

/// What a line offers: the letter of the menu, the action, its words.
const OFFERS: &[(char, Action, &str)] = &[
    ('a', Action::MoreLikeThis, "search for it"),
    ('n', Action::AddToSearch, "narrow the search to it"),
    ('x', Action::WithoutValue, "search without it"),
    ('c', Action::AsColumn, "as a column, or no longer"),
    ('v', Action::CopyValue, "copy the value"),
    ('e', Action::CopyKeyValue, "copy key=value"),
    ('y', Action::CopyRow, "copy as JSON"),
    ('o', Action::OpenLink, "open its page"),
    ('r', Action::Raw, "all of it, as it came"),
    ('p', Action::InPager, "in $PAGER"),
    ('t', Action::EditOutside, "in $EDITOR"),
];

impl Open {
    pub(super) fn act_detail(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let room = room(cx);
        match act.action {
            Action::Out | Action::PreviousPane => self.focus = Focus::Tree,
            Action::NextPane => {
                self.focus = Focus::Tree;
                if cx.shared.beside {
                    cx.go(Move::Swap);
                }
            }
            Action::In => self.enter_line(cx),
            Action::Fold => self.detail.fold(None, &self.trace, room),
            Action::Right | Action::OpenFold => self.detail.fold(Some(false), &self.trace, room),
            Action::Left | Action::CloseFold => self.detail.fold(Some(true), &self.trace, room),
            Action::OpenAll | Action::CloseAll => {
                let fold = act.action == Action::CloseAll;
                self.detail.fold_all(fold, &self.trace, room);
            }
            Action::NextSection | Action::PreviousSection => {
                let forward = act.action == Action::NextSection;
                if let Some(line) = self.detail.section(forward, &self.trace, room) {
                    self.go_to_line(line, cx);
                }
            }
            Action::Ask => self.focus = Focus::Filter,
            Action::Dismiss if !self.detail.filter.text().is_empty() => self.clear_filter(),
            Action::OnLine => self.on_line(act.letter, cx),
            action if OFFERS.iter().any(|(_, offered, _)| *offered == action) => {
                return self.do_with_line(action, cx);
            }
            _ => {
                let len = self.detail.lines(&self.trace, room).list.len();
                return self.detail.list.act(act, cx.rows(Pane::Detail), len);
            }
        }
        true
    }

    /// Puts the cursor of the detail on a line.
    pub(super) fn go_to_line(&mut self, line: usize, cx: &Cx<'_>) {
        let lines = self.detail.lines(&self.trace, room(cx));
        self.detail
            .list
            .go(line, cx.rows(Pane::Detail), lines.list.len());
    }

    /// Typing the filter.
    pub(super) fn act_filter(&mut self, act: Act, cx: &Cx<'_>) -> bool {
        match act.action {
            Action::Run => {
                self.focus = Focus::Detail;
                let lines = self.detail.lines(&self.trace, room(cx));
                if lines.list.is_empty() {
                    self.clear_filter();
                }
            }
            Action::Dismiss => {
                self.focus = Focus::Detail;
                self.clear_filter();
            }
            action => {
                let edited = self.detail.filter.act(action);
                self.filtered();
                return edited;
            }
        }
        true
    }

    /// The filter was typed in.
    pub fn filtered(&mut self) {
        self.describe();
        self.detail.narrowed();
    }

    fn clear_filter(&mut self) {
        self.detail.filter = Input::default();
        self.filtered();
    }

    /// One level in: to what is linked, into a fold, to all of a value, else to what can be done
    /// with the line.
    pub(super) fn enter_line(&mut self, cx: &mut Cx<'_>) {
        let room = room(cx);
        let Some(line) = self.detail.line(&self.trace, room) else {
            return;
        };
        let told = self.detail.entry(&line);
        let folded = &self.detail.lines(&self.trace, room).folded;
        if folded.contains(&line.section) || line.is_head() {
            return self.detail.fold(None, &self.trace, room);
        }
        match told.map(|entry| (entry.link, &entry.origin)) {
            Some((Some(to), _)) => return self.follow(to, cx),
            Some((None, Origin::More)) => {
                self.detail.tell_all(line.section);
                return self.describe();
            }
            _ => {}
        }
        if line.fold == Some(true) {
            return self.detail.fold(None, &self.trace, room);
        }
        let long = self.detail.whole(&self.trace, &line).is_some_and(|whole| {
            let text = whole.text();
            line.bytes.is_some() || text.len() > 200 || form_of(&whole.key, &text).is_some()
        });
        if long {
            self.read(&line, false, cx);
        } else {
            self.on_line(None, cx);
        }
    }

    /// Goes where a link leads.
    pub(super) fn follow(&mut self, link: Link, cx: &mut Cx<'_>) {
        match link {
            Link::Span(span) => {
                self.focus = Focus::Tree;
                self.go(span, cx.rows(Pane::Body));
            }
            Link::Trace(id, span) => cx.go(Move::Open(Screen::trace_at(id, span))),
            Link::LinksTo(id, span) => cx.go(Move::Query(format!(
                "{{ link:traceID = \"{id}\" && link:spanID = \"{span}\" }}"
            ))),
        }
    }

    /// A page with all of a line's value.
    fn read(&self, line: &Line, raw: bool, cx: &mut Cx<'_>) {
        let of = self.detail.title.first().cloned().unwrap_or_default();
        if let Some(whole) = self.detail.whole(&self.trace, line) {
            let mut reading = whole.reading(of);
            if raw {
                reading.form = None;
                reading.text = reading.raw.take().unwrap_or(reading.text);
            }
            cx.go(Move::Open(Screen::Pager(Box::new(Pager::new(reading)))));
        }
    }

    /// The choices of a line, or the one of a letter.
    fn on_line(&mut self, letter: Option<char>, cx: &mut Cx<'_>) {
        let Some(line) = self.detail.line(&self.trace, room(cx)) else {
            return;
        };
        let Some(whole) = self.detail.whole(&self.trace, &line) else {
            return;
        };
        let searched = self.term(&line, Compare::Equal).is_some();
        let has_page = !super::super::external::of_line(self, &line, &cx.shared.links).is_empty();
        let offered = |action: Action| match action {
            Action::MoreLikeThis | Action::WithoutValue | Action::AddToSearch => searched,
            Action::AsColumn => column(&whole, line.section).is_some(),
            Action::OpenLink => has_page,
            _ => true,
        };
        let offers = OFFERS.iter().filter(|(_, action, _)| offered(*action));
        if let Some(letter) = letter {
            let action = offers
                .clone()
                .find(|offer| offer.0 == letter)
                .map(|offer| offer.1);
            if let Some(action) = action {
                self.do_with_line(action, cx);
            }
            return;
        }
        let key = |action| {
            cx.shared
                .keymap
                .label(crate::tui::keymap::Context::Detail, action)
        };
        let choices = offers.map(|(letter, action, words)| Choice {
            letter: *letter,
            label: Shown::new(words),
            aside: Shown::from(key(*action).unwrap_or_default()),
        });
        let title = Shown::new(&whole.key).into_owned().cut(40, self.charset);
        let menu = Menu::new(Action::OnLine, title, choices.collect(), None);
        cx.go(Move::Over(Overlay::Menu(menu)));
    }

    /// Does one of the things that a line offers.
    fn do_with_line(&mut self, action: Action, cx: &mut Cx<'_>) -> bool {
        let Some(line) = self.detail.line(&self.trace, room(cx)) else {
            return false;
        };
        let Some(whole) = self.detail.whole(&self.trace, &line) else {
            return false;
        };
        match action {
            Action::CopyValue => cx.copy("value", whole.text().into_owned()),
            Action::CopyKeyValue => {
                cx.copy("key=value", format!("{}={}", whole.key, whole.text()));
            }
            Action::CopyRow => cx.copy("line as JSON", whole.json()),
            Action::Raw => self.read(&line, true, cx),
            Action::InPager => outside(&whole, Outside::Page, cx),
            Action::EditOutside => outside(&whole, Outside::View, cx),
            Action::AsColumn => match column(&whole, line.section) {
                Some(column) => super::columns::toggle(&column, cx),
                None => cx.say(Message::note(
                    "only attributes and what every span has are columns",
                )),
            },
            Action::OpenLink => {
                let pages = super::super::external::of_line(self, &line, &cx.shared.links);
                if pages.is_empty() {
                    return false;
                }
                open_page(&pages, None, cx);
            }
            _ => self.search_value(&line, action, cx),
        }
        true
    }

    /// The term of a query that a line fulfils: of a duration, the spans that took as long.
    fn term(&self, line: &Line, op: Compare) -> Option<Field> {
        let whole = self.detail.whole(&self.trace, line)?;
        if line.section != Section::Times || whole.key != "duration" {
            return whole.term(line.section, op);
        }
        let op = if op == Compare::Equal {
            Compare::GreaterEqual
        } else {
            Compare::Less
        };
        let nanos = self.trace.duration_of(self.detail.span()?).0;
        let duration = Literal::Duration(i64::try_from(nanos).ok()?);
        let attribute = Attribute::Intrinsic(Intrinsic::Duration);
        Some(FieldExpr::comparison(attribute, op, duration))
    }

    /// Searches for spans with a value, without it, or for those of the last search that have it.
    fn search_value(&self, line: &Line, action: Action, cx: &mut Cx<'_>) {
        let op = if action == Action::WithoutValue {
            Compare::NotEqual
        } else {
            Compare::Equal
        };
        match self.term(line, op) {
            Some(term) if action == Action::AddToSearch => cx.go(Move::Narrow(term)),
            Some(term) => cx.go(Move::Query(crate::tui::screen::search::query_of(term))),
            None => cx.say(Message::note("no query can ask for this")),
        }
    }
}

/// The room that the pane had when it was drawn.
pub(super) fn room(cx: &Cx<'_>) -> Room {
    Room {
        width: cx.width(Pane::Detail),
        height: cx.rows(Pane::Detail) as u16,
    }
}

/// The column that shows what a line tells.
fn column(whole: &Whole<'_>, section: Section) -> Option<Column> {
    if let Some(owner) = whole.owner() {
        let key = || Column::Attribute(whole.key.clone().into_owned());
        return (!matches!(owner, Owner::Log(_))).then(key);
    }
    Some(match (section, whole.key.as_ref()) {
        (Section::Status, _) => Column::Status,
        (Section::Times, "start" | "from") => Column::Start,
        (Section::Times, "duration") => Column::Share,
        (Section::Times, "own time") => Column::Own,
        (Section::Times, "critical") => Column::Critical,
        (Section::Ids, "kind") => Column::Kind,
        (Section::Ids, "span") => Column::SpanId,
        _ => return None,
    })
}

fn outside(whole: &Whole<'_>, tool: fn(String, &'static str) -> Outside, cx: &mut Cx<'_>) {
    let reading = whole.reading(Shown::default());
    let extension = reading.form.unwrap_or(Form::Text).extension();
    cx.outside(tool(reading.text, extension));
}
