//! The drawing in view, cell by cell: lines, boxes, labels; what is selected stands out.

use petgraph::graph::NodeIndex;
use ratatui::layout::Rect;

use crate::graph::service::{NodeKind, Service};
use crate::graph::{self, EdgePath, NodeBox, Point};
use crate::text::{Charset, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::{Open, Selection, View};

/// Paints the part of the drawing that the area shows.
pub struct Painter<'a> {
    pub open: &'a Open,
    pub look: &'a Look<'a>,
    pub area: Rect,
}

impl Painter<'_> {
    /// Paints all of it.
    pub fn paint(&self, canvas: &mut Canvas<'_>) {
        let (x, y) = self.open.scroll;
        let window = graph::Rect {
            x,
            y,
            width: self.area.width.into(),
            height: self.area.height.into(),
        };
        let grid = self.open.drawing.grid(window);
        let mut near = graph::Grid::new(window);
        for path in self
            .open
            .drawing
            .paths
            .iter()
            .filter(|path| self.is_near(path))
        {
            path.stroke(&mut near);
        }
        for row in 0..window.height {
            for column in 0..window.width {
                let at = Point {
                    x: x + column,
                    y: y + row,
                };
                let glyph = grid.get(at).glyph(canvas.charset());
                if glyph != ' ' {
                    let emphasis = near.get(at).glyph(canvas.charset()) != ' ';
                    self.sign(
                        canvas,
                        at,
                        glyph,
                        if emphasis { Token::Text } else { Token::Faint },
                    );
                }
            }
        }
        for node in self
            .open
            .drawing
            .boxes
            .iter()
            .filter(|b| b.rect.intersects(window))
        {
            self.node(canvas, node);
        }
        for path in &self.open.drawing.paths {
            self.edge(canvas, path, &grid);
        }
    }

    /// The screen's cell for a cell of the drawing, if it is in view.
    fn cell(&self, at: Point) -> Option<(u16, u16)> {
        let x = u16::try_from(at.x - self.open.scroll.0)
            .ok()
            .filter(|&x| x < self.area.width)?;
        let y = u16::try_from(at.y - self.open.scroll.1)
            .ok()
            .filter(|&y| y < self.area.height)?;
        Some((self.area.x + x, self.area.y + y))
    }

    fn sign(&self, canvas: &mut Canvas<'_>, at: Point, sign: char, token: Token) {
        if let Some((x, y)) = self.cell(at) {
            canvas.sign(x, y, sign, token);
        }
    }

    /// Text from a cell on; what lies left of the view is cut off.
    fn text(&self, canvas: &mut Canvas<'_>, at: Point, width: i32, text: &Shown<'_>, token: Token) {
        let hidden = (self.open.scroll.0 - at.x).max(0);
        let Some((x, y)) = self.cell(Point {
            x: at.x + hidden,
            ..at
        }) else {
            return;
        };
        let room = u16::try_from(width - hidden)
            .unwrap_or(0)
            .min(self.area.right() - x);
        let seen = text.columns(hidden as usize, room.into());
        canvas.text(x, y, room, &seen, token);
    }

    /// Whether an edge belongs to what is selected.
    fn is_near(&self, path: &EdgePath) -> bool {
        match self.open.selection {
            None => true,
            Some(Selection::Edge(edge)) => edge == path.edge,
            Some(Selection::Node(node)) => self
                .open
                .graph
                .edge_endpoints(path.edge)
                .is_some_and(|(from, to)| from == node || to == node),
        }
    }

    fn is_selected(&self, node: NodeIndex) -> bool {
        self.open.selection == Some(Selection::Node(node))
    }

    /// Whether a node is selected, or at the other end of a selected edge or of an edge of the
    /// selected node.
    fn is_lit(&self, node: NodeIndex) -> bool {
        match self.open.selection {
            None => true,
            Some(Selection::Node(other)) => {
                node == other
                    || self.open.graph.contains_edge(node, other)
                    || self.open.graph.contains_edge(other, node)
            }
            Some(Selection::Edge(edge)) => self
                .open
                .graph
                .edge_endpoints(edge)
                .is_some_and(|(from, to)| from == node || to == node),
        }
    }

    fn node(&self, canvas: &mut Canvas<'_>, node: &NodeBox) {
        let service = &self.open.graph[node.node];
        let (lit, compact) = (self.is_lit(node.node), self.open.view == View::Compact);
        let frame_token = match (self.is_selected(node.node), lit) {
            (true, _) => Token::Accent,
            (false, true) => Token::Text,
            (false, false) => Token::Faint,
        };
        if compact {
            self.sign(
                canvas,
                Point {
                    x: node.rect.x,
                    y: node.rect.y,
                },
                '[',
                frame_token,
            );
            self.sign(
                canvas,
                Point {
                    x: node.rect.right() - 1,
                    y: node.rect.y,
                },
                ']',
                frame_token,
            );
        } else {
            self.frame(canvas, node, service, frame_token);
        }
        let (inset, top) = if compact { (1, 0) } else { (2, 1) };
        let lines = self.open.figures.lines(service, compact, canvas.charset());
        for (n, line) in (0..).zip(&lines) {
            let token = match (n, lit) {
                (_, false) => Token::Faint,
                (0, true) => self.look.shared.colours.token(&service.name),
                (1, true) if service.errors > 0 => Token::Error,
                _ => Token::Muted,
            };
            let at = Point {
                x: node.rect.x + inset,
                y: node.rect.y + top + n,
            };
            self.text(canvas, at, node.rect.width - 2 * inset, line, token);
        }
        if service.errors > 0 {
            let at = Point {
                x: node.rect.right() - 1 - inset,
                y: node.rect.y + top,
            };
            let failed = canvas.glyphs.failed.chars().next().unwrap_or('!');
            self.sign(canvas, at, failed, Token::Error);
        }
    }

    fn frame(&self, canvas: &mut Canvas<'_>, node: &NodeBox, service: &Service, token: Token) {
        let frame = frame_of(service, self.is_selected(node.node), canvas.charset());
        let [top_left, top_right, bottom_left, bottom_right, across, down] = frame;
        let rect = node.rect;
        let (right, bottom) = (rect.right() - 1, rect.bottom() - 1);
        for x in rect.x..=right {
            self.sign(canvas, Point { x, y: rect.y }, across, token);
            self.sign(canvas, Point { x, y: bottom }, across, token);
        }
        for y in rect.y + 1..bottom {
            self.sign(canvas, Point { x: rect.x, y }, down, token);
            self.sign(canvas, Point { x: right, y }, down, token);
        }
        let corners = [(rect.x, rect.y, top_left), (right, rect.y, top_right)];
        for (x, y, corner) in corners
            .into_iter()
            .chain([(rect.x, bottom, bottom_left), (right, bottom, bottom_right)])
        {
            self.sign(canvas, Point { x, y }, corner, token);
        }
        let word = service.kind.word();
        if !word.is_empty() {
            let word = Shown::from(format!(" {word} "));
            self.text(
                canvas,
                Point {
                    x: rect.x + 2,
                    y: rect.y,
                },
                rect.width - 4,
                &word,
                Token::Muted,
            );
        }
        if node.self_loop.is_some() {
            let sign = if canvas.charset() == Charset::Unicode {
                '↻'
            } else {
                '@'
            };
            self.sign(canvas, node.loop_sign(), sign, token);
        }
    }

    fn edge(&self, canvas: &mut Canvas<'_>, path: &EdgePath, grid: &graph::Grid) {
        let (near, call) = (self.is_near(path), &self.open.graph[path.edge]);
        let token = if near { Token::Text } else { Token::Faint };
        self.sign(
            canvas,
            path.arrow(),
            path.heading.glyph(canvas.charset()),
            token,
        );
        if self.open.view == View::Boxes {
            let arm = grid.get(path.port).beside_frame().glyph(canvas.charset());
            self.sign(canvas, path.port, arm, token);
        }
        if let Some(at) = path.label {
            let label = self.open.figures.label(call, canvas.charset());
            let token = match (near, call.errors) {
                (false, _) => Token::Faint,
                (true, 0) => Token::Muted,
                (true, _) => Token::Error,
            };
            self.text(canvas, Point { x: at.x, y: at.y }, at.width, &label, token);
        }
    }
}

/// Corners, horizontal and vertical line of a box: double if selected, dashed if nothing was
/// received from the service itself, rounded if it is more than a service.
fn frame_of(service: &Service, selected: bool, charset: Charset) -> [char; 6] {
    match (charset, selected) {
        (Charset::Ascii, true) => ['#', '#', '#', '#', '=', '#'],
        (Charset::Ascii, false) => ['+', '+', '+', '+', '-', '|'],
        (Charset::Unicode, true) => ['╔', '╗', '╚', '╝', '═', '║'],
        (Charset::Unicode, false) if !service.instrumented => ['╭', '╮', '╰', '╯', '┄', '┆'],
        (Charset::Unicode, false) if service.kind != NodeKind::Service => {
            ['╭', '╮', '╰', '╯', '─', '│']
        }
        (Charset::Unicode, false) => ['┌', '┐', '└', '┘', '─', '│'],
    }
}
