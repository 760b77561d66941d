//! The service map: who calls whom, how often, how well, how fast; as a graph and as a table.
//!
//! The graph is laid out anew only when its structure changes; a refresh changes figures in
//! place. What large graphs leave out, and a focus, are views of the one graph that was fetched.

mod act;
pub mod baseline;
mod draw;
mod figures;
mod matrix;
mod open;
mod paint;
mod step;
mod table;

use std::time::Duration;

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::analysis::Why;
use crate::graph::service::ServiceGraph;
use crate::graph::view::Direction;
use crate::model::Nanos;
use crate::text::Shown;
use crate::tui::answer::{Answer, Held, Request};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::Touch;
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Move, Page, Timer};
use crate::tui::screen::Overlay;
use crate::tui::screen::menu::{Choice, Menu};
use crate::tui::session::left::Seat;
use crate::tui::session::place::Place;

use open::Open;

/// Figures change at most this often.
const AGAIN: Duration = Duration::from_secs(2);

/// A service graph with what stands out in it.
#[derive(Debug, Clone, Default)]
pub struct Mapped {
    /// Who calls whom.
    pub graph: ServiceGraph,
    /// How many traces it comes from, if known.
    pub traces: Option<u64>,
    /// What stands out.
    pub why: Why,
    /// The calls of the time before, where a baseline was asked for.
    pub before: Option<ServiceGraph>,
}

/// The screen of the service map.
#[derive(Debug, Clone, PartialEq)]
pub struct MapScreen {
    stage: Stage,
    /// The service to select once the graph is there.
    wanted: Option<String>,
    /// How long now and the time before are, where they are compared.
    baseline: Option<Nanos>,
}

#[derive(Debug, Clone, PartialEq)]
enum Stage {
    Loading,
    Failed(Shown<'static>),
    Open(Box<Open>),
}

/// How the graph is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Boxes,
    Compact,
    Table,
    Matrix,
}

/// What is selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Selection {
    Node(NodeIndex),
    Edge(EdgeIndex),
}

/// Only what is near a service.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Focus {
    service: String,
    hops: usize,
    direction: Direction,
}

impl MapScreen {
    /// The map of everything, with a service selected.
    pub fn new(wanted: Option<String>) -> Self {
        Self {
            stage: Stage::Loading,
            wanted,
            baseline: None,
        }
    }

    /// The menu of times to compare with, and what was chosen.
    fn choose_baseline(&mut self, letter: Option<char>, cx: &mut Cx<'_>) {
        let Some(letter) = letter else {
            let choices = baseline::CHOICES.map(|(letter, _, words)| Choice::new(letter, words));
            let title = "compare the calls with the time before";
            let menu = Menu::new(Action::Baseline, title, choices.to_vec(), Some('b'));
            return cx.go(Move::Over(Overlay::Menu(menu)));
        };
        self.baseline = baseline::chosen(letter);
        self.opened(cx);
    }

    fn open(&mut self) -> Option<&mut Open> {
        match &mut self.stage {
            Stage::Open(open) => Some(open),
            _ => None,
        }
    }

    fn arrived(&mut self, mapped: Held<Mapped>, cx: &mut Cx<'_>) {
        for service in mapped.graph.node_weights() {
            cx.shared.colours.meet(&service.name);
        }
        if let Some(open) = self.open() {
            open.renew(mapped);
            return;
        }
        let small = cx.shared.size.0 < 100 || cx.shared.size.1 < 30;
        let mut open = Open::new(mapped, if small { View::Compact } else { View::Boxes });
        open.select_service(self.wanted.take().as_deref());
        self.stage = Stage::Open(Box::new(open));
    }
}

impl Page for MapScreen {
    fn context(&self) -> Context {
        match &self.stage {
            Stage::Open(open) if open.view == View::Table => Context::MapTable,
            _ => Context::Map,
        }
    }

    fn crumb(&self) -> Shown<'static> {
        "map".into()
    }

    fn opened(&mut self, cx: &mut Cx<'_>) {
        let (clock, charset) = (cx.shared.clock.clone(), cx.shared.charset());
        cx.ask(
            Purpose::Trace,
            "drawing the service map",
            Request::Map(clock, charset, self.baseline),
        );
    }

    fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Refresh => {
                self.opened(cx);
                return true;
            }
            Action::Baseline => {
                self.choose_baseline(act.letter, cx);
                return true;
            }
            _ => {}
        }
        self.open().is_some_and(|open| open.act(act, cx))
    }

    fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        if let Some(open) = self.open() {
            open.touched(touch, cx);
        }
    }

    fn answered(&mut self, _purpose: Purpose, answer: Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Mapped(mapped) => self.arrived(mapped, cx),
            Answer::Failed(why) => match self.stage {
                Stage::Open(_) => cx.say(Message::error(why)),
                _ => self.stage = Stage::Failed(why),
            },
            _ => {}
        }
    }

    fn changed(&mut self, cx: &mut Cx<'_>) {
        if !cx.is_set(Timer::Refresh) {
            cx.after(AGAIN, Timer::Refresh);
        }
    }

    fn rung(&mut self, timer: Timer, cx: &mut Cx<'_>) {
        if timer == Timer::Refresh && !cx.waits(Purpose::Trace) {
            self.opened(cx);
        }
    }

    fn place(&self) -> Option<Place> {
        let Stage::Open(open) = &self.stage else {
            return self.wanted.clone().map(Place::Service);
        };
        Some(match open.selected_names()? {
            (parent, Some(child)) => Place::Call(parent, child),
            (service, None) => Place::Service(service),
        })
    }

    fn seat(&self) -> Option<Seat> {
        let service = match self.place() {
            Some(Place::Service(service) | Place::Call(service, _)) => Some(service),
            _ => None,
        };
        Some(Seat::Map { service })
    }

    fn find_place(&mut self, place: &Place, cx: &mut Cx<'_>) -> bool {
        let Stage::Open(open) = &mut self.stage else {
            return true;
        };
        let found = match place {
            Place::Service(service) => open.node(service).map(Selection::Node),
            Place::Call(parent, child) => open.edge(parent, child).map(Selection::Edge),
            _ => None,
        };
        if let Some(found) = found {
            open.select(found);
            open.reveal(cx);
        }
        found.is_some()
    }

    fn hints(&self) -> Vec<(Action, &'static str)> {
        vec![
            (Action::In, "its traces"),
            (Action::Why, ""),
            (Action::NextError, ""),
            (Action::Focus, "focus"),
            (Action::TurnDirection, "direction"),
            (Action::ViewTable, "table"),
            (Action::ViewMatrix, ""),
            (Action::ViewBoxes, "boxes"),
            (Action::Baseline, ""),
            (Action::Out, ""),
            (Action::Help, ""),
        ]
    }

    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>) {
        draw::draw(self, look, canvas);
    }
}

#[cfg(test)]
mod tests;
