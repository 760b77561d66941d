//! The map as cells: boxes, routed edges, labels, and two lines about what is selected.

use petgraph::Direction as Way;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;
use ratatui::layout::Rect;

use crate::graph::service::{Call, NodeKind, Service};
use crate::graph::view::Direction;
use crate::graph::{self, EdgePath, NodeBox, Point};
use crate::text::{self, Charset, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
use crate::tui::page::{Look, Page};
use crate::tui::phrase::Phrase;
use crate::tui::theme::{Glyphs, Token};
use crate::tui::widget::frame::{self, Chrome, Fact};

use super::{MapScreen, Open, Selection, Stage, View, table};

pub fn draw(screen: &MapScreen, look: &Look<'_>, canvas: &mut Canvas<'_>) {
    let chrome = chrome(screen, look, canvas);
    let areas = frame::draw(look, canvas, screen.context(), &chrome);
    let body = areas.body;
    match &screen.stage {
        Stage::Open(open) if open.graph.node_count() == 0 => {
            let text = Phrase::text(
                "no calls between services yet: spans are on their way, or none were sent",
            );
            canvas.phrase(body.x + 2, body.y + 1, body.width.saturating_sub(4), &text);
        }
        Stage::Open(open) => {
            bar(open, canvas, areas.bar);
            opened(open, look, canvas, body);
        }
        Stage::Failed(why) => {
            let why = Phrase::of(Token::Error, why.clone());
            canvas.phrase(body.x + 2, body.y + 1, body.width.saturating_sub(4), &why);
        }
        Stage::Loading => {}
    }
}

fn chrome(screen: &MapScreen, _look: &Look<'_>, canvas: &Canvas<'_>) -> Chrome {
    let hints = screen.hints();
    let Stage::Open(open) = &screen.stage else {
        return Chrome {
            why: Phrase::of(Token::Muted, "not known yet"),
            hints,
            ..Chrome::default()
        };
    };
    let failing = open
        .graph
        .edge_weights()
        .filter(|call| call.errors > 0)
        .count();
    let mut facts = vec![
        Phrase::of(
            Token::Muted,
            text::plural(open.graph.node_count() as u64, "service"),
        ),
        Phrase::of(
            Token::Muted,
            text::plural(open.graph.edge_count() as u64, "edge"),
        ),
    ];
    if let Some(traces) = open.mapped.traces {
        facts.insert(
            0,
            Phrase::of(
                Token::Muted,
                format!("of {}", text::plural(traces, "trace")),
            ),
        );
    }
    if failing > 0 {
        facts.push(Phrase::of(
            Token::Error,
            format!("{} {failing}", canvas.glyphs.failed),
        ));
    }
    let line = open.mapped.why.line.as_str();
    let between = crate::analysis::between(canvas.charset());
    let why = match line.split_once(between) {
        Some((answer, rest)) => Phrase::of(Token::Strong, answer.to_owned())
            .and(Token::Text, format!("{between}{rest}")),
        None => Phrase::text(line.to_owned()),
    };
    let position = Phrase::of(Token::Muted, selected(open, canvas.glyphs.right));
    Chrome {
        facts: Fact::least_first(facts),
        why,
        strip: 0,
        position,
        hints,
    }
}

fn selected(open: &Open, arrow: &str) -> String {
    match open.selected_names() {
        Some((parent, Some(child))) => format!("{parent} {arrow} {child}"),
        Some((service, None)) => service,
        None => String::new(),
    }
}

fn bar(open: &Open, canvas: &mut Canvas<'_>, area: Rect) {
    if area.height == 0 {
        return;
    }
    let mut x = 1;
    for (name, here) in [
        ("graph", open.view != View::Table),
        ("table", open.view == View::Table),
    ] {
        let token = if here { Token::Accent } else { Token::Muted };
        x = canvas.text(x, area.y, area.width, &name.into(), token) + 3;
    }
    let mut words = match &open.focus {
        None => "everything".to_owned(),
        Some(focus) => {
            let way = match focus.direction {
                Direction::Both => "both ways",
                Direction::Callees => "callees",
                Direction::Callers => "callers",
            };
            format!(
                "{}, {} away, {way}",
                focus.service,
                text::plural(focus.hops as u64, "hop")
            )
        }
    };
    words.push_str(if open.figures.seconds > 0.0 {
        "   calls/s, errors, p95"
    } else {
        "   calls, errors, p95"
    });
    canvas.text(
        x,
        area.y,
        area.width.saturating_sub(x + 1),
        &Shown::from(words),
        Token::Muted,
    );
}

fn opened(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, body: Rect) {
    let about = Rect {
        y: body.bottom().saturating_sub(1),
        height: 1,
        ..body
    };
    let area = Rect {
        height: body.height.saturating_sub(2),
        ..body
    };
    if open.view == View::Table {
        table::draw(
            open,
            look,
            canvas,
            Rect {
                height: body.height.saturating_sub(1),
                ..body
            },
        );
    } else {
        canvas.pane(Pane::Body, area);
        canvas.hit(area, Target::Spot(Pane::Body));
        Painter { open, look, area }.paint(canvas);
    }
    canvas.phrase(
        about.x + 1,
        about.y,
        about.width.saturating_sub(2),
        &told(open, canvas.charset()),
    );
}

/// The selected service or call in one line.
fn told(open: &Open, charset: Charset) -> Phrase {
    let figures = |call: &Call| open.figures.label(call, charset);
    match open.selection {
        Some(Selection::Node(node)) => {
            let service = &open.graph[node];
            let mut phrase = Phrase::of(Token::Strong, Shown::new(&service.name).into_owned());
            for (way, word) in [(Way::Incoming, "in"), (Way::Outgoing, "out")] {
                let mut edges: Vec<_> = open.graph.edges_directed(node, way).collect();
                edges.sort_by_key(|edge| std::cmp::Reverse(edge.weight().calls));
                for (n, edge) in edges.iter().take(4).enumerate() {
                    let other = if way == Way::Incoming {
                        edge.source()
                    } else {
                        edge.target()
                    };
                    let head = if n == 0 {
                        format!("   {word}: ")
                    } else {
                        ", ".to_owned()
                    };
                    phrase.push(Token::Muted, head);
                    phrase.push(
                        Token::Text,
                        Shown::new(&open.graph[other].name).into_owned(),
                    );
                    let token = if edge.weight().errors > 0 {
                        Token::Error
                    } else {
                        Token::Muted
                    };
                    phrase.push(token, format!(" {}", figures(edge.weight())));
                }
            }
            phrase
        }
        Some(Selection::Edge(edge)) => {
            let call = &open.graph[edge];
            let quantile = |q: f64| {
                call.durations
                    .quantile(q)
                    .map_or("-".to_owned(), |d| text::duration(d.0, charset))
            };
            let rest = format!(
                "   {} calls   p50 {}  p95 {}  p99 {}",
                text::count(call.calls),
                quantile(0.5),
                quantile(0.95),
                quantile(0.99)
            );
            let phrase = Phrase::of(Token::Strong, selected(open, Glyphs::of(charset).right))
                .and(Token::Text, rest);
            match call.errors {
                0 => phrase,
                errors => phrase.and(
                    Token::Error,
                    format!(
                        "   {} failed, {}",
                        text::count(errors),
                        text::share(errors, call.calls)
                    ),
                ),
            }
        }
        None => Phrase::default(),
    }
}

/// Paints the part of the drawing that the area shows.
struct Painter<'a> {
    open: &'a Open,
    look: &'a Look<'a>,
    area: Rect,
}

impl Painter<'_> {
    fn paint(&self, canvas: &mut Canvas<'_>) {
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
