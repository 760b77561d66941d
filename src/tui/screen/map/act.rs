//! What keys and the mouse do on the map: along its edges, into its traces, near and far.

use petgraph::Direction as Way;
use petgraph::graph::EdgeIndex;

use crate::analysis::Evidence;
use crate::graph::view::Direction;
use crate::graph::{Hit, Point, Rect};
use crate::traceql::tree::Literal;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx, Move};

use super::{Focus, Open, Selection, View, matrix, table};

impl Open {
    pub(super) fn act(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Out => cx.go(Move::Leave),
            Action::In => {
                if let Some(query) = self.query() {
                    cx.go(Move::Query(query));
                }
            }
            Action::Why => self.finding(true, cx),
            Action::WhyBack => self.finding(false, cx),
            Action::NextError => self.error(true, cx),
            Action::PreviousError => self.error(false, cx),
            Action::Focus => self.turn_focus(act.count),
            Action::TurnDirection => self.turn_direction(cx),
            Action::ViewTable => self.view = View::Table,
            Action::ViewMatrix => {
                self.view = View::Matrix;
                let services = matrix::services(self);
                self.cell = matrix::cell_of(self, &services).unwrap_or_default();
            }
            Action::ViewBoxes => self.show_boxes(),
            Action::ZoomIn => self.zoom(View::Boxes),
            Action::ZoomOut => self.zoom(View::Compact),
            _ if self.view == View::Table => return self.act_table(act, cx),
            _ if self.view == View::Matrix && self.act_matrix(act) => {}
            _ => return self.act_graph(act, cx),
        }
        self.reveal(cx);
        true
    }

    fn act_table(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        let edges = table::rows(&self.graph);
        let moved = self.list.act(act, cx.rows(Pane::Body), edges.len());
        self.selection = edges
            .get(self.list.cursor())
            .map(|&edge| Selection::Edge(edge));
        moved
    }

    fn act_graph(&mut self, act: Act, cx: &mut Cx<'_>) -> bool {
        match act.action {
            Action::Right => self.along(Way::Outgoing),
            Action::Left => self.along(Way::Incoming),
            Action::Down => (0..act.times()).for_each(|_| self.beside(true)),
            Action::Up => (0..act.times()).for_each(|_| self.beside(false)),
            Action::NextEdge => self.turn_edge(true),
            Action::PreviousEdge => self.turn_edge(false),
            Action::Top => self.select_service(None),
            Action::Whole => self.scroll = (0, 0),
            _ => return false,
        }
        self.reveal(cx);
        true
    }

    /// The next call that fails, worst first.
    fn error(&mut self, forward: bool, cx: &mut Cx<'_>) {
        let mut failing: Vec<EdgeIndex> = self
            .graph
            .edge_indices()
            .filter(|&e| self.graph[e].errors > 0)
            .collect();
        failing.sort_by_key(|&edge| std::cmp::Reverse(self.graph[edge].errors));
        if failing.is_empty() {
            cx.say(Message::note("no call failed"));
            return;
        }
        let at = failing
            .iter()
            .position(|&edge| self.selection == Some(Selection::Edge(edge)));
        let next = match (at, forward) {
            (None, _) => 0,
            (Some(at), true) => (at + 1) % failing.len(),
            (Some(at), false) => (at + failing.len() - 1) % failing.len(),
        };
        self.select(Selection::Edge(failing[next]));
    }

    fn finding(&mut self, forward: bool, cx: &mut Cx<'_>) {
        let findings = &self.mapped.why.findings;
        if findings.is_empty() {
            cx.say(Message::note("nothing stands out on this map"));
            return;
        }
        let len = findings.len();
        let next = self
            .finding
            .map_or(if forward { 0 } else { len - 1 }, |at| {
                if forward {
                    (at + 1) % len
                } else {
                    (at + len - 1) % len
                }
            });
        self.finding = Some(next);
        let finding = &findings[next];
        let found = match &finding.evidence {
            Evidence::Call { parent, child } => self.edge(parent, child).map(Selection::Edge),
            Evidence::Operation(operation) => self.node(&operation.service).map(Selection::Node),
            Evidence::Spans(_) => None,
        };
        if let Some(found) = found {
            self.select(found);
        }
    }

    pub(super) fn select(&mut self, selection: Selection) {
        self.selection = Some(selection);
        if let Selection::Edge(edge) = selection
            && let Some(row) = table::rows(&self.graph)
                .iter()
                .position(|&other| other == edge)
        {
            self.list.follow(row);
        }
        let services = matrix::services(self);
        self.cell = matrix::cell_of(self, &services).unwrap_or(self.cell);
    }

    /// Only the surroundings of the selected service, as far as the count says; again: everything.
    fn turn_focus(&mut self, count: Option<u32>) {
        let Some((service, _)) = self.selected_names() else {
            return;
        };
        let direction = self
            .focus
            .as_ref()
            .map_or(Direction::Both, |focus| focus.direction);
        self.focus = match (&self.focus, count) {
            (Some(_), None) => None,
            (_, count) => Some(Focus {
                service: service.clone(),
                hops: count.unwrap_or(1) as usize,
                direction,
            }),
        };
        self.lay_out();
        self.select_service(Some(&service));
    }

    fn turn_direction(&mut self, cx: &mut Cx<'_>) {
        let Some(focus) = &mut self.focus else {
            cx.say(Message::note(
                "both ways: f focuses on a service, then D turns to its callees or callers",
            ));
            return;
        };
        focus.direction = focus.direction.next();
        let service = focus.service.clone();
        self.lay_out();
        self.select_service(Some(&service));
    }

    fn zoom(&mut self, boxes: View) {
        if self.boxes != boxes {
            self.boxes = boxes;
            let selected = self.selection;
            self.lay_out();
            self.selection = selected;
        }
        if !matches!(self.view, View::Table | View::Matrix) {
            self.view = boxes;
        }
    }

    fn show_boxes(&mut self) {
        self.view = self.boxes;
    }

    /// The search for the traces of what is selected.
    fn query(&self) -> Option<String> {
        let quoted = |name: &str| Literal::Text(name.to_owned()).to_string();
        let (one, child) = self.selected_names()?;
        Some(match (self.selection?, child) {
            (Selection::Edge(edge), Some(child)) => {
                let failed = if self.graph[edge].errors > 0 {
                    " && status = error"
                } else {
                    ""
                };
                let (parent, child) = (quoted(&one), quoted(&child));
                if self.graph[edge].inferred {
                    format!("{{ resource.service.name = {parent} && kind = client{failed} }}")
                } else {
                    format!(
                        "{{ resource.service.name = {parent} }} > {{ resource.service.name = {child}{failed} }}"
                    )
                }
            }
            _ => format!("{{ resource.service.name = {} }}", quoted(&one)),
        })
    }

    /// Scrolls so that what is selected is seen.
    pub(super) fn reveal(&mut self, cx: &Cx<'_>) {
        let body = cx.shared.drawn.pane(Pane::Body);
        let rect = match self.selection {
            Some(Selection::Node(node)) => self.drawing.node(node).map(|b| b.rect),
            Some(Selection::Edge(edge)) => self.drawing.path(edge).map(|path| {
                let at = path.label.map_or(path.arrow(), |label| Point {
                    x: label.x,
                    y: label.y,
                });
                Rect {
                    x: at.x,
                    y: at.y,
                    width: 8,
                    height: 2,
                }
            }),
            None => None,
        };
        let Some(rect) = rect else { return };
        let fit = |scroll: i32, from: i32, to: i32, room: i32| {
            if from < scroll {
                from
            } else {
                scroll.max(to - room)
            }
        };
        self.scroll.0 = fit(self.scroll.0, rect.x, rect.right() + 1, body.width.into()).max(0);
        self.scroll.1 = fit(self.scroll.1, rect.y, rect.bottom() + 1, body.height.into()).max(0);
    }

    pub(super) fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        match (&touch.target, touch.gesture) {
            (Target::Row(Pane::Body, at), Gesture::Click | Gesture::DoubleClick)
                if self.view == View::Matrix =>
            {
                let services = matrix::services(self);
                let width = services.len().max(1);
                self.cell = matrix::Cell {
                    row: at / width,
                    column: at % width,
                };
                self.select_cell(&services);
            }
            (Target::Row(Pane::Body, row), Gesture::Click | Gesture::DoubleClick) => {
                let edges = table::rows(&self.graph);
                self.list.go(*row, cx.rows(Pane::Body), edges.len());
                self.selection = edges.get(*row).map(|&edge| Selection::Edge(edge));
            }
            (Target::Spot(Pane::Body), Gesture::Click | Gesture::DoubleClick) => {
                let at = Point {
                    x: i32::from(touch.x) + self.scroll.0,
                    y: i32::from(touch.y) + self.scroll.1,
                };
                match self.drawing.hit(at) {
                    Some(Hit::Node(node)) => self.selection = Some(Selection::Node(node)),
                    Some(Hit::Edge(edge)) => self.selection = Some(Selection::Edge(edge)),
                    None => return,
                }
            }
            (_, Gesture::Wheel(by)) if self.view == View::Table => {
                self.list
                    .wheel(by, cx.rows(Pane::Body), self.graph.edge_count());
            }
            (_, Gesture::Wheel(by)) => {
                let most = (self.drawing.size.height - 1).max(0);
                self.scroll.1 = (self.scroll.1 + i32::from(by)).clamp(0, most);
            }
            _ => return,
        }
        if touch.gesture == Gesture::DoubleClick {
            self.act(Act::of(Action::In), cx);
        }
    }
}
