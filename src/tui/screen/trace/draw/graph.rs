//! The graph of calls as cells: boxes, the lines between them, and the step under the cursor.

use petgraph::visit::EdgeRef;
use ratatui::layout::Rect;

use crate::graph::{self, Drawing, EdgePath, NodeBox, Point, Step};
use crate::text::{Charset, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::super::Open;
use super::super::view::graph::{Colouring, Form, GraphView};

pub fn draw(open: &Open, view: &GraphView, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.pane(Pane::Body, area);
    let Some((drawing, form)) = view.drawing(area.width.saturating_sub(2), area.height) else {
        return;
    };
    let origin = scroll(view, (drawing, form), area);
    let painter = Painter {
        open,
        view,
        drawing,
        form,
        look,
        area,
        origin,
    };
    painter.paint(canvas);
}

/// The cell of the drawing at the top left: so that the cursor's box is in the middle where not
/// all of the drawing has room, and no box is cut at the top, or at the left if that can be.
fn scroll(view: &GraphView, (drawing, form): (&Drawing, Form), area: Rect) -> Point {
    let here = drawing.node(view.cursor).map(|node| node.rect);
    let here = here.unwrap_or_default();
    let along = |at: i32, size: i32, room: i32| {
        if size <= room {
            0
        } else {
            (at - room / 2).clamp(0, size - room)
        }
    };
    let room = i32::from(area.width) - 2;
    let left = along(here.x + here.width / 2, drawing.size.width, room);
    let begin = drawing.boxes.iter().map(|node| node.rect.x);
    let whole = begin.filter(|&x| x >= left && here.right() <= x + room);
    let middle = here.y + here.height / 2;
    let top = along(middle, drawing.size.height, i32::from(area.height));
    Point {
        x: whole.min().unwrap_or(left) - 1,
        // Compact boxes stand in rows.
        y: top - top % form.height(),
    }
}

struct Painter<'a> {
    open: &'a Open,
    view: &'a GraphView,
    drawing: &'a Drawing,
    form: Form,
    look: &'a Look<'a>,
    area: Rect,
    origin: Point,
}

impl Painter<'_> {
    fn paint(&self, canvas: &mut Canvas<'_>) {
        let window = graph::Rect {
            x: self.origin.x,
            y: self.origin.y,
            width: self.area.width.into(),
            height: self.area.height.into(),
        };
        let grid = self.drawing.grid(window);
        let mut near = graph::Grid::new(window);
        for edge in self.view.graph.edges(self.view.cursor) {
            if let Some(path) = self.drawing.path(edge.id()) {
                path.stroke(&mut near);
            }
        }
        // A line that calls take as well is theirs.
        let mut calls = graph::Grid::new(window);
        for path in &self.drawing.paths {
            if !self.is_message(path) {
                path.stroke(&mut calls);
            }
        }
        for row in 0..window.height {
            for column in 0..window.width {
                let at = Point {
                    x: window.x + column,
                    y: window.y + row,
                };
                let sign = if calls.get(at).is_empty() {
                    grid.get(at).dashed(canvas.charset())
                } else {
                    grid.get(at).glyph(canvas.charset())
                };
                if sign != ' ' {
                    let lit = !near.get(at).is_empty();
                    self.sign(
                        canvas,
                        at,
                        sign,
                        if lit { Token::Text } else { Token::Muted },
                    );
                }
            }
        }
        for node in &self.drawing.boxes {
            if node.rect.intersects(window) {
                self.node(canvas, node);
            }
        }
        for path in &self.drawing.paths {
            self.sign(
                canvas,
                path.arrow(),
                path.heading.glyph(canvas.charset()),
                Token::Muted,
            );
            let arm = grid.get(path.port).beside_frame().glyph(canvas.charset());
            self.sign(canvas, path.port, arm, Token::Muted);
        }
    }

    /// Whether messages take that way, which nobody waits for.
    fn is_message(&self, path: &EdgePath) -> bool {
        let lead = self.view.graph.edge_weight(path.edge);
        lead.is_some_and(|lead| lead.message)
    }

    fn cell(&self, at: Point) -> Option<(u16, u16)> {
        let inside = |at: i32, room: u16| u16::try_from(at).ok().filter(|&at| at < room);
        let x = inside(at.x - self.origin.x, self.area.width)?;
        let y = inside(at.y - self.origin.y, self.area.height)?;
        Some((self.area.x + x, self.area.y + y))
    }

    fn sign(&self, canvas: &mut Canvas<'_>, at: Point, sign: char, token: Token) {
        if let Some((x, y)) = self.cell(at) {
            canvas.sign(x, y, sign, token);
        }
    }

    fn text(&self, canvas: &mut Canvas<'_>, at: Point, width: i32, text: &Shown<'_>, token: Token) {
        let hidden = (self.origin.x - at.x).max(0);
        let visible = Point {
            x: at.x + hidden,
            ..at
        };
        let Some((x, y)) = self.cell(visible) else {
            return;
        };
        let room = u16::try_from(width - hidden).unwrap_or(0);
        let room = room.min(self.area.right() - x);
        canvas.text(
            x,
            y,
            room,
            &text.columns(hidden as usize, room.into()),
            token,
        );
    }

    fn node(&self, canvas: &mut Canvas<'_>, node: &NodeBox) {
        let step = &self.view.graph[node.node];
        let here = node.node == self.view.cursor;
        self.frame(
            canvas,
            node,
            here,
            if here { Token::Accent } else { Token::Border },
        );
        self.lines(canvas, node, step);
        if let Some((x, y)) = self.cell(Point {
            x: node.rect.x,
            y: node.rect.y,
        }) {
            let (width, height) = (node.rect.width as u16, node.rect.height as u16);
            let area = Rect::new(x, y, width, height).intersection(self.area);
            canvas.hit(area, Target::Row(Pane::Body, node.node.index()));
            if here {
                canvas.cursor_at(y);
            }
        }
    }

    /// What is told of a step: inside its box, or in the frame.
    fn lines(&self, canvas: &mut Canvas<'_>, node: &NodeBox, step: &Step) {
        let (trace, failed) = (&self.open.trace, step.errors > 0);
        let room = (node.rect.width - 4).max(0);
        let lines = self
            .view
            .lines(step, room as usize, trace, canvas.charset());
        let found = step.spans.iter().any(|&span| self.open.find.is_hit(span));
        let shade = match self.view.colouring {
            Colouring::Service => Token::Muted,
            Colouring::Total => heat(step.total.0, trace.duration().0),
            Colouring::Own => heat(step.own.0, step.total.0),
        };
        let tokens = [
            self.look.shared.colours.token(&step.service),
            match (found, failed) {
                (true, _) => Token::Match,
                (false, true) => Token::Error,
                (false, false) => Token::Text,
            },
            shade,
        ];
        let (x, first) = (node.rect.x + 2, node.rect.y + self.form.first_line());
        for ((y, line), token) in (first..).zip(&lines).zip(tokens) {
            let inside = node.rect.y < y && y < node.rect.bottom() - 1;
            let (x, line) = if inside {
                (x, line.clone())
            } else {
                (x - 1, Shown::from(format!(" {line} ")))
            };
            self.text(canvas, Point { x, y }, room + 2, &line, token);
        }
        if failed {
            let at = Point {
                x: node.rect.right() - 2 - self.form.first_line(),
                y: first + 2,
            };
            let sign = Shown::new(canvas.glyphs.failed);
            self.text(canvas, at, 1, &sign, Token::Error);
        }
    }

    fn frame(&self, canvas: &mut Canvas<'_>, node: &NodeBox, here: bool, token: Token) {
        let [nw, ne, sw, se, across, down] = match (canvas.charset(), here) {
            (Charset::Ascii, true) => ['#', '#', '#', '#', '=', '#'],
            (Charset::Ascii, false) => ['+', '+', '+', '+', '-', '|'],
            (Charset::Unicode, true) => ['╔', '╗', '╚', '╝', '═', '║'],
            (Charset::Unicode, false) => ['┌', '┐', '└', '┘', '─', '│'],
        };
        let rect = node.rect;
        let (right, bottom) = (rect.right() - 1, rect.y + rect.height - 1);
        for x in rect.x + 1..right {
            self.sign(canvas, Point { x, y: rect.y }, across, token);
            self.sign(canvas, Point { x, y: bottom }, across, token);
        }
        for y in rect.y + 1..bottom {
            self.sign(canvas, Point { x: rect.x, y }, down, token);
            self.sign(canvas, Point { x: right, y }, down, token);
        }
        for (x, y, corner) in [
            (rect.x, rect.y, nw),
            (right, rect.y, ne),
            (rect.x, bottom, sw),
            (right, bottom, se),
        ] {
            self.sign(canvas, Point { x, y }, corner, token);
        }
    }
}

/// A step of the heat scale for a share.
fn heat(part: u64, of: u64) -> Token {
    let step = u128::from(part) * 8 / u128::from(of.max(1));
    Token::Heat(u8::try_from(step).unwrap_or(7).clamp(2, 7))
}
