//! What the mouse does: cursor, folds, and the range of time on the minimap.

use petgraph::graph::NodeIndex;

use crate::model::Time;
use crate::tui::canvas::hit::{Gesture, Pane, Target, Touch};
use crate::tui::keymap::Action;
use crate::tui::page::{Act, Cx};
use crate::tui::widget::waterfall::Axis;

use super::super::draw::{Border, Panes, Size};
use super::super::view::{Body, View};
use super::super::{Focus, Open};

impl Open {
    pub(in super::super) fn touched(&mut self, touch: &Touch, cx: &mut Cx<'_>) {
        let height = cx.rows(Pane::Body);
        self.dragged = None;
        if self.moves_border(touch, cx) {
            return;
        }
        match (&touch.target, touch.gesture) {
            (Target::Row(Pane::Body, row), Gesture::Click | Gesture::DoubleClick)
                if self.view != View::Waterfall =>
            {
                self.touched_view(*row, touch.gesture, height, cx);
            }
            (Target::Row(Pane::Body, row), Gesture::Click | Gesture::DoubleClick) => {
                let again = self.list.cursor() == *row && touch.gesture == Gesture::DoubleClick;
                self.focus = Focus::Tree;
                self.list.go(*row, height, self.rows.len());
                self.describe();
                if again {
                    let fold = |open: &mut Self| open.act_fold(Act::of(Action::Fold), height);
                    self.remembering(Action::Fold, fold);
                }
            }
            (Target::Row(Pane::Detail, row), Gesture::Click | Gesture::DoubleClick) => {
                self.focus = Focus::Detail;
                self.go_to_line(*row, cx);
                if touch.gesture == Gesture::DoubleClick {
                    self.enter_line(cx);
                }
            }
            (Target::Row(Pane::Strip, span), Gesture::Click | Gesture::DoubleClick) => {
                self.turn(View::Waterfall, height);
                self.go(*span, height);
            }
            (Target::Spot(Pane::Ruler), gesture) => self.remembering(Action::Fit, |open| {
                open.touched_ruler(touch, gesture, cx);
            }),
            (Target::Spot(Pane::Strip), gesture) => self.remembering(Action::Fit, |open| {
                open.touched_strip(touch, gesture, cx);
            }),
            (Target::Row(Pane::Detail, _) | Target::Spot(Pane::Detail), Gesture::Wheel(by)) => {
                let lines = self.detail.lines(&self.trace, super::detail::room(cx));
                let len = lines.list.len();
                self.detail.list.wheel(by, cx.rows(Pane::Detail), len);
            }
            (_, Gesture::Wheel(by)) if self.view != View::Waterfall => {
                self.with_body(|body, seen| match body {
                    Body::Sheet(sheet) => sheet.list.wheel(by, height, sheet.len()),
                    Body::Json(json) => {
                        let len = json.len(seen.trace.len());
                        json.list.wheel(by, height, len);
                    }
                    Body::Flame(_) | Body::Graph(_) => {}
                });
                self.describe();
            }
            (_, Gesture::Wheel(by)) => {
                self.list.wheel(by, height, self.rows.len());
                self.describe();
            }
            _ => {}
        }
    }

    /// A border that the mouse took hold of goes along with it. Whether there is one.
    fn moves_border(&mut self, touch: &Touch, cx: &mut Cx<'_>) -> bool {
        let (Gesture::Drag { from } | Gesture::Drop { from }) = touch.gesture else {
            self.moving = None;
            return false;
        };
        let held = cx.shared.drawn.target(from.0, from.1);
        let held = match held.map(|(_, target)| target) {
            Some(Target::Spot(Pane::NamesEdge)) => Some(Border::Names),
            Some(Target::Spot(Pane::DetailEdge)) => Some(Border::Detail),
            _ => None,
        };
        // It has gone along since, so that it is not where it was taken any more.
        let Some(border) = self.moving.or(held) else {
            return false;
        };
        let (panes, size) = self.panes(cx);
        panes.place(border, size, touch.cell, &mut cx.shared.session.splits);
        let holds = matches!(touch.gesture, Gesture::Drag { .. });
        self.moving = Some(border).filter(|_| holds);
        true
    }

    /// Where the parts were drawn last.
    pub(super) fn panes(&self, cx: &Cx<'_>) -> (Panes, Size) {
        let drawn = &cx.shared.drawn;
        let (page, body) = (drawn.pane(Pane::Page), drawn.pane(Pane::Whole));
        let size = Size::of(page.width, page.height);
        (Panes::of(self, body, size, &cx.shared.session), size)
    }

    /// A click on a row, frame or box: the cursor goes there; a second one does what Enter does.
    fn touched_view(&mut self, row: usize, gesture: Gesture, height: usize, cx: &mut Cx<'_>) {
        self.focus = Focus::Tree;
        self.with_body(|body, seen| match body {
            Body::Sheet(sheet) => sheet.list.go(row, height, sheet.len()),
            Body::Flame(flame) => flame.choose(row.min(flame.len().saturating_sub(1))),
            Body::Graph(graph) => graph.cursor = NodeIndex::new(row),
            Body::Json(json) => {
                let len = json.len(seen.trace.len());
                json.list.go(row, height, len);
            }
        });
        self.describe();
        if gesture == Gesture::DoubleClick {
            self.act_view(Act::of(Action::In), cx);
        }
    }

    /// On the minimap, which shows the whole trace, a drag selects what the bars show; the wheel
    /// zooms.
    fn touched_strip(&mut self, touch: &Touch, gesture: Gesture, cx: &mut Cx<'_>) {
        let strip = cx.shared.drawn.pane(Pane::Strip);
        let (from, to) = self.range.all();
        self.select(Axis::new(from, to, strip.width), strip.x, touch.x, gesture);
    }

    /// On the ruler a drag zooms into what was dragged over; the wheel zooms.
    fn touched_ruler(&mut self, touch: &Touch, gesture: Gesture, cx: &mut Cx<'_>) {
        let ruler = cx.shared.drawn.pane(Pane::Ruler);
        let (from, to) = self.range.shown();
        let squeeze = self.squeeze.take();
        let axis = Axis::new(from, to, ruler.width);
        let axis = squeeze
            .as_ref()
            .map_or(axis, |squeeze| axis.squeezed(squeeze));
        self.select(axis, ruler.x, touch.x, gesture);
        self.squeeze = squeeze;
    }

    fn select(&mut self, axis: Axis<'_>, left: u16, x: u16, gesture: Gesture) {
        match gesture {
            Gesture::Drag { from } => self.dragged = over(axis, from.0.saturating_sub(left), x),
            Gesture::Drop { from } => {
                if let Some((from, to)) = over(axis, from.0.saturating_sub(left), x) {
                    self.range.set(from, to);
                }
            }
            Gesture::DoubleClick => self.range.reset(),
            Gesture::Wheel(by) => self.range.zoom(axis.time_at(x), by < 0),
            _ => return,
        }
        self.describe();
    }
}

/// The time between two columns, both included; none where the mouse has not moved.
fn over(axis: Axis<'_>, start: u16, x: u16) -> Option<(Time, Time)> {
    let (left, right) = (start.min(x), start.max(x));
    (right > left).then(|| (axis.time_at(left), axis.time_at(right + 1)))
}
