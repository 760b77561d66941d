//! The service map: who calls whom, how often, how well, how fast; as a graph and as a table.
//!
//! The graph is laid out anew only when its structure changes; a refresh changes figures in
//! place. What large graphs leave out, and a focus, are views of the one graph that was fetched.

mod act;
pub mod baseline;
mod draw;
mod figures;
mod matrix;
mod paint;
mod table;

use std::time::Duration;

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::analysis::Why;
use crate::graph::service::ServiceGraph;
use crate::graph::view::{self, Direction};
use crate::graph::{Drawing, EdgeSpec, Options, layout};
use crate::model::Nanos;
use crate::text::{Charset, Shown};
use crate::tui::answer::{Answer, Held, Request};
use crate::tui::canvas::Canvas;
use crate::tui::hit::Touch;
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Look, Move, Page, Timer};
use crate::tui::place::Place;
use crate::tui::screen::Overlay;
use crate::tui::screen::menu::{Choice, Menu};
use crate::tui::widget::list::List;

use figures::Figures;

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

/// A graph that is there.
#[derive(Debug, Clone, PartialEq)]
struct Open {
    mapped: Held<Mapped>,
    /// What is drawn: all of the graph, the surroundings of a focus, or its busiest nodes.
    graph: Held<ServiceGraph>,
    figures: Figures,
    drawing: Drawing,
    view: View,
    /// Boxes or compact, when the graph is shown again.
    boxes: View,
    selection: Option<Selection>,
    focus: Option<Focus>,
    /// The cell of the drawing in the top left corner.
    scroll: (i32, i32),
    list: List,
    /// The cursor of the matrix.
    cell: matrix::Cell,
    finding: Option<usize>,
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

impl Open {
    fn new(mapped: Held<Mapped>, boxes: View) -> Self {
        let graph = Held(std::sync::Arc::new(mapped.graph.clone()));
        let mut open = Self {
            figures: Figures::of(&mapped.graph),
            graph,
            mapped,
            drawing: Drawing::default(),
            view: boxes,
            boxes,
            selection: None,
            focus: None,
            scroll: (0, 0),
            list: List::default(),
            cell: matrix::Cell::default(),
            finding: None,
        };
        open.lay_out();
        open
    }

    /// New figures for the same graph, or a graph that has changed.
    fn renew(&mut self, mapped: Held<Mapped>) {
        let selected = self.selected_names();
        let same = same_structure(&self.mapped.graph, &mapped.graph);
        self.figures = Figures::of(&mapped.graph);
        self.mapped = mapped;
        if same && self.focus.is_none() && self.mapped.graph.node_count() <= view::LIMIT {
            self.graph = Held(std::sync::Arc::new(self.mapped.graph.clone()));
            return;
        }
        self.lay_out();
        self.selection = selected.and_then(|(from, to)| match to {
            None => self.node(&from).map(Selection::Node),
            Some(to) => self.edge(&from, &to).map(Selection::Edge),
        });
    }

    /// Chooses what is shown of the graph, and lays it out.
    fn lay_out(&mut self) {
        let all = &self.mapped.graph;
        let near = self.focus.as_ref().and_then(|focus| {
            let node = all
                .node_indices()
                .find(|&node| *all[node].name == *focus.service)?;
            Some(view::only(
                all,
                &view::ego(all, node, focus.hops, focus.direction),
            ))
        });
        let shown = near.unwrap_or_else(|| all.clone());
        let shown = if shown.node_count() > view::LIMIT {
            figures::busiest(&shown)
        } else {
            shown
        };
        let (figures, compact) = (&self.figures, self.boxes == View::Compact);
        let busiest = shown
            .edge_weights()
            .map(|call| call.calls)
            .max()
            .unwrap_or(0);
        let size = |_: NodeIndex, service: &_| figures.size(service, compact);
        let edge = |_: EdgeIndex, call: &crate::graph::service::Call| EdgeSpec {
            label: if compact {
                0
            } else {
                figures.label(call, Charset::Unicode).width() as i32
            },
            heavy: busiest > 0 && call.calls * 2 > busiest,
        };
        self.drawing = layout(&shown, size, edge, Options::default());
        self.graph = Held(std::sync::Arc::new(shown));
        self.selection = None;
        self.scroll = (0, 0);
    }

    fn node(&self, service: &str) -> Option<NodeIndex> {
        self.graph
            .node_indices()
            .find(|&node| *self.graph[node].name == *service)
    }

    fn edge(&self, parent: &str, child: &str) -> Option<EdgeIndex> {
        self.graph.find_edge(self.node(parent)?, self.node(child)?)
    }

    /// The service selected, or parent and child of the edge selected.
    fn selected_names(&self) -> Option<(String, Option<String>)> {
        let name = |node: NodeIndex| {
            self.graph
                .node_weight(node)
                .map(|service| service.name.to_string())
        };
        match self.selection? {
            Selection::Node(node) => Some((name(node)?, None)),
            Selection::Edge(edge) => {
                let (parent, child) = self.graph.edge_endpoints(edge)?;
                Some((name(parent)?, Some(name(child)?)))
            }
        }
    }

    fn select_service(&mut self, service: Option<&str>) {
        let first = || {
            self.drawing
                .boxes
                .iter()
                .min_by_key(|b| (b.rect.x, std::cmp::Reverse(self.graph[b.node].spans)))
                .map(|b| b.node)
        };
        let node = service
            .and_then(|service| self.node(service))
            .or_else(first);
        self.selection = node.map(Selection::Node);
    }
}

fn same_structure(one: &ServiceGraph, other: &ServiceGraph) -> bool {
    one.node_count() == other.node_count()
        && one.edge_count() == other.edge_count()
        && one
            .node_weights()
            .zip(other.node_weights())
            .all(|(a, b)| a.name == b.name)
        && one
            .raw_edges()
            .iter()
            .zip(other.raw_edges())
            .all(|(a, b)| (a.source(), a.target()) == (b.source(), b.target()))
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
