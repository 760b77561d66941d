//! Turning from view to view, and what keys do in those other than the waterfall.

use petgraph::Direction as Way;

use crate::analysis::GroupBy;
use crate::model::Nanos;
use crate::tui::canvas::hit::Pane;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};
use crate::tui::screen::menu::Choice;
use crate::tui::screen::{Menu, Overlay, Palette};

use super::super::columns::keys;
use super::super::view::flame::FlameView;
use super::super::view::sheet::Sheet;
use super::super::view::{Body, View};
use super::super::{Focus, Open};

impl Open {
    pub(super) fn act_turn(&mut self, action: Action, cx: &mut Cx<'_>) {
        let Some(view) = self.view.turned(action) else {
            return;
        };
        if !self.turn(view, cx.rows(Pane::Body)) {
            cx.say(Message::note("the critical path is still looked for"));
        }
    }

    /// Actions worth teaching in a view other than the waterfall.
    pub fn view_hints(&self) -> Vec<(Action, &'static str)> {
        let mut hints = match self.view {
            View::Flame => vec![
                (Action::In, "zoom"),
                (Action::ZoomOut, "out"),
                (Action::Weigh, ""),
                (Action::UpsideDown, ""),
                (Action::FindOperation, "alike"),
            ],
            View::Graph => vec![(Action::In, "its spans"), (Action::Weigh, "colouring")],
            View::Json => vec![(Action::In, "open"), (Action::Sort, "other form")],
            View::Statistics => vec![
                (Action::In, "longest"),
                (Action::Sort, ""),
                (Action::GroupBy, ""),
            ],
            _ => vec![(Action::In, "in the waterfall"), (Action::Sort, "")],
        };
        hints.extend([
            (Action::Ask, "find"),
            (Action::NextView, "next view"),
            (Action::Out, ""),
            (Action::Help, ""),
        ]);
        hints
    }

    pub(super) fn act_view(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let height = cx.rows(Pane::Body);
        match act.action {
            Action::Out => cx.go(Move::Leave),
            Action::NextPane | Action::PreviousPane => {
                self.detail.shown = true;
                self.focus = Focus::Detail;
            }
            Action::CopyRow => {
                if let Some(span) = self.span() {
                    cx.copy("row", self.row_text(span));
                }
            }
            _ => {
                let done = match self.bodies.get(&self.view) {
                    Some(Body::Sheet(_)) => self.act_sheet(act, height, cx),
                    Some(Body::Flame(_)) => self.act_flame(act),
                    Some(Body::Graph(_)) => self.act_graph(act),
                    Some(Body::Json(_)) => self.act_json(act, height),
                    None => false,
                };
                return done || self.act_narrow(act, height, cx) || self.act_hunt(act, height, cx);
            }
        }
        self.describe();
        true
    }

    fn act_sheet(&mut self, act: Act, height: usize, cx: &mut Cx<'_>) -> bool {
        match (act.action, act.letter) {
            (Action::In, _) => {
                if let Some(span) = self.span() {
                    self.turn(View::Waterfall, height);
                    self.go(span, height);
                }
            }
            (Action::Sort, Some(letter)) => {
                self.sort(letter, height);
            }
            (Action::Sort, None) => self.ask_sort(cx),
            (Action::GroupBy, Some('a')) => {
                let keys = keys(&self.trace).into_iter();
                let known: Vec<_> = keys.map(|key| (key.name, key.spans as u64)).collect();
                cx.go(Move::Over(Overlay::Palette(Palette::attributes(&known))));
            }
            (Action::GroupBy, Some(letter)) => self.group_by(letter),
            (Action::GroupBy, None) => self.ask_group(cx),
            _ => {
                let mut moved = false;
                self.sheet(|sheet, _| moved = sheet.list.act(act, height, sheet.len()));
                self.moved();
                return moved;
            }
        }
        true
    }

    fn sheet(&mut self, change: impl FnOnce(&mut Sheet, &super::super::view::Seen<'_>)) {
        self.with_body(|body, seen| {
            if let Body::Sheet(sheet) = body {
                change(sheet, seen);
            }
        });
    }

    fn ask_sort(&self, cx: &mut Cx<'_>) {
        let Some(Body::Sheet(sheet)) = self.bodies.get(&self.view) else {
            return;
        };
        let columns = sheet.content.columns().iter();
        let named = columns.filter(|column| !column.title.is_empty());
        let choices = named.map(|column| Choice::new(column.letter, column.title.to_lowercase()));
        let menu = Menu::new(
            Action::Sort,
            "sort by",
            choices.collect(),
            Some(sheet.sort.0),
        );
        cx.go(Move::Over(Overlay::Menu(menu)));
    }

    fn ask_group(&self, cx: &mut Cx<'_>) {
        if self.view != View::Statistics {
            cx.say(Message::note("only statistics are grouped: vs shows them"));
            return;
        }
        let mut choices = vec![
            Choice::new('b', "service and operation"),
            Choice::new('s', "service"),
            Choice::new('o', "operation"),
            Choice::new('i', "kind"),
            Choice::new('t', "status"),
            Choice::new('a', "any attribute"),
        ];
        let keys = self.group_keys();
        let numbered = ('1'..='9').zip(keys);
        choices.extend(
            numbered.map(|(digit, key)| Choice::new(digit, crate::text::Shown::from_owned(key))),
        );
        let menu = Menu::new(
            Action::GroupBy,
            "group by; the same again within groups",
            choices,
            None,
        );
        cx.go(Move::Over(Overlay::Menu(menu)));
    }

    /// The attributes of the cursor's span: what one would group by.
    fn group_keys(&self) -> Vec<String> {
        let Some(span) = self.span() else {
            return Vec::new();
        };
        let attributes = self.trace.span(span).attributes();
        attributes
            .iter()
            .take(9)
            .map(|(key, _)| key.to_owned())
            .collect()
    }

    /// Groups anew; by a second thing within the groups of a single first one.
    fn group_by(&mut self, letter: char) {
        let by = match letter {
            's' => vec![GroupBy::Service],
            'o' => vec![GroupBy::Operation],
            'i' => vec![GroupBy::Kind],
            't' => vec![GroupBy::Status],
            '1'..='9' => {
                let at = letter as usize - '1' as usize;
                let key = self.group_keys().into_iter().nth(at);
                key.map(|key| vec![GroupBy::Attribute(key)])
                    .unwrap_or_default()
            }
            _ => super::super::view::sheet::usual_groups(),
        };
        if !by.is_empty() {
            self.regroup(by);
        }
    }

    /// Groups by an attribute, in the same way.
    pub fn group_by_attribute(&mut self, key: &str) {
        if self.view == View::Statistics {
            self.regroup(vec![GroupBy::Attribute(key.to_owned())]);
        }
    }

    fn regroup(&mut self, by: Vec<GroupBy>) {
        let before = match self.bodies.get(&View::Statistics) {
            Some(Body::Sheet(sheet)) => sheet.grouped_by().to_vec(),
            _ => Vec::new(),
        };
        let by = match (before.as_slice(), by.as_slice()) {
            ([first], [second]) if first != second => vec![first.clone(), second.clone()],
            _ => by,
        };
        self.build(View::Statistics, by);
        self.describe();
    }

    fn act_flame(&mut self, act: Act) -> bool {
        if act.action == Action::Weigh {
            self.weigh(FlameView::next_weight);
            return true;
        }
        let times = act.times();
        let done = self.with_body(|body, seen| {
            let trace = seen.trace;
            let Body::Flame(flame) = body else {
                return false;
            };
            let (down, up) = if flame.upside_down {
                (Action::Up, Action::Down)
            } else {
                (Action::Down, Action::Up)
            };
            match act.action {
                Action::Left | Action::PreviousSibling => {
                    (0..times).for_each(|_| flame.beside(false, trace));
                }
                Action::Right | Action::NextSibling => {
                    (0..times).for_each(|_| flame.beside(true, trace));
                }
                action if action == down => (0..times).for_each(|_| flame.down()),
                action if action == up => (0..times).for_each(|_| flame.up()),
                Action::Top => flame.cursor = flame.zoom.unwrap_or(0),
                Action::In | Action::Fit | Action::ZoomIn => flame.zoom(true),
                Action::ZoomOut => flame.zoom(false),
                Action::Whole => flame.zoom = None,
                Action::UpsideDown => flame.upside_down = !flame.upside_down,
                _ => return false,
            }
            true
        });
        self.describe();
        done.unwrap_or(false)
    }

    fn act_graph(&mut self, act: Act) -> bool {
        if act.action == Action::In {
            self.turn(View::Waterfall, 1);
            return true;
        }
        let done = self.with_body(|body, _| {
            let Body::Graph(graph) = body else {
                return false;
            };
            match act.action {
                Action::Left => graph.along(Way::Incoming),
                Action::Right => graph.along(Way::Outgoing),
                Action::Down | Action::NextSibling => graph.beside(true),
                Action::Up | Action::PreviousSibling => graph.beside(false),
                Action::Weigh => graph.recolour(),
                _ => return false,
            }
            true
        });
        self.describe();
        done.unwrap_or(false)
    }

    fn act_json(&mut self, act: Act, height: usize) -> bool {
        let done = self.with_body(|body, seen| {
            let Body::Json(json) = body else {
                return false;
            };
            let (trace, spans) = (seen.trace, seen.trace.len());
            match act.action {
                Action::Sort => {
                    let path = seen.explained.map(|explained| &explained.path);
                    let critical = |span| path.map_or(Nanos(0), |path| path.time_of(span));
                    json.turn(trace, critical, height);
                    true
                }
                Action::In | Action::Fold | Action::Left | Action::Right => {
                    let critical = json.span(spans).zip(seen.explained);
                    let critical = critical.map_or(Nanos(0), |(span, e)| e.path.time_of(span));
                    json.toggle(trace, critical, height);
                    true
                }
                _ => json.list.act(act, height, json.len(spans)),
            }
        });
        self.describe();
        done.unwrap_or(false)
    }
}
