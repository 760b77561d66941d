//! A drawing as plain text: for `deps --format text`, for tests and for tickets.

use petgraph::graph::{EdgeIndex, NodeIndex};
use unicode_width::UnicodeWidthChar;

use super::drawing::{Drawing, NodeBox, Point, Rect};
use crate::text::{Charset, Shown};

/// Draws boxes, lines, labels and arrow heads; rows end in a line break, without spaces before it.
///
/// `lines` gives the lines inside a node's frame, `label` the text above an edge; what does not
/// fit is cut.
pub fn render(
    drawing: &Drawing,
    charset: Charset,
    lines: impl Fn(NodeIndex) -> Vec<Shown<'static>>,
    label: impl Fn(EdgeIndex) -> Shown<'static>,
) -> String {
    let window = Rect {
        x: 0,
        y: 0,
        width: drawing.size.width,
        height: drawing.size.height,
    };
    let grid = drawing.grid(window);
    let mut canvas = Canvas::new(window);
    for y in 0..window.height {
        for x in 0..window.width {
            let mask = grid.get(Point { x, y });
            canvas.put(Point { x, y }, mask.glyph(charset));
        }
    }
    for node in &drawing.boxes {
        canvas.frame(node, charset);
        for (line, y) in lines(node.node)
            .iter()
            .zip(node.rect.y + 1..node.rect.bottom() - 1)
        {
            canvas.write(
                Point {
                    x: node.rect.x + 2,
                    y,
                },
                line.as_str(),
                node.rect.width - 4,
            );
        }
    }
    for path in &drawing.paths {
        let mask = grid.get(path.port);
        canvas.put(path.arrow(), path.heading.glyph(charset));
        canvas.put(path.port, mask.beside_frame().glyph(charset));
        if let Some(at) = path.label {
            canvas.write(
                Point { x: at.x, y: at.y },
                label(path.edge).as_str(),
                at.width,
            );
        }
    }
    canvas.finish()
}

/// Rows of characters; a `\0` is the second half of a wide one.
struct Canvas {
    rows: Vec<Vec<char>>,
}

impl Canvas {
    fn new(window: Rect) -> Self {
        let (width, height) = (window.width.max(0) as usize, window.height.max(0) as usize);
        Self {
            rows: vec![vec![' '; width]; height],
        }
    }

    fn put(&mut self, at: Point, glyph: char) {
        let row = usize::try_from(at.y)
            .ok()
            .and_then(|y| self.rows.get_mut(y));
        let cell = usize::try_from(at.x).ok().and_then(|x| row?.get_mut(x));
        if let Some(cell) = cell {
            *cell = glyph;
        }
    }

    fn write(&mut self, at: Point, text: &str, width: i32) {
        let mut x = 0;
        for glyph in text.chars() {
            let columns = glyph.width().unwrap_or(0) as i32;
            if columns == 0 {
                continue;
            }
            if x + columns > width {
                break;
            }
            self.put(
                Point {
                    x: at.x + x,
                    y: at.y,
                },
                glyph,
            );
            for half in 1..columns {
                self.put(
                    Point {
                        x: at.x + x + half,
                        y: at.y,
                    },
                    '\0',
                );
            }
            x += columns;
        }
    }

    fn frame(&mut self, node: &NodeBox, charset: Charset) {
        let frame: [char; 7] = match charset {
            Charset::Unicode => ['┌', '┐', '└', '┘', '─', '│', '↻'],
            Charset::Ascii => ['+', '+', '+', '+', '-', '|', '@'],
        };
        let [
            top_left,
            top_right,
            bottom_left,
            bottom_right,
            across,
            down,
            sign,
        ] = frame;
        let (left, top) = (node.rect.x, node.rect.y);
        let (right, bottom) = (node.rect.right() - 1, node.rect.bottom() - 1);
        for x in left..=right {
            self.put(Point { x, y: top }, across);
            self.put(Point { x, y: bottom }, across);
        }
        for y in top + 1..bottom {
            self.put(Point { x: left, y }, down);
            self.put(Point { x: right, y }, down);
        }
        let corners = [(left, top, top_left), (right, top, top_right)];
        let below = [(left, bottom, bottom_left), (right, bottom, bottom_right)];
        for (x, y, corner) in corners.into_iter().chain(below) {
            self.put(Point { x, y }, corner);
        }
        if node.self_loop.is_some() {
            self.put(node.loop_sign(), sign);
        }
    }

    fn finish(self) -> String {
        let mut text = String::new();
        for row in self.rows {
            let line: String = row.into_iter().filter(|&glyph| glyph != '\0').collect();
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use petgraph::graph::DiGraph;

    use super::*;
    use crate::graph::{EdgeSpec, Options, Size, layout};

    fn text(calls: &[(&'static str, &'static str, bool)], charset: Charset) -> String {
        let mut graph = DiGraph::<&str, bool>::new();
        for &(from, to, heavy) in calls {
            let [from, to] = [from, to].map(|name| {
                let known = graph.node_indices().find(|&node| graph[node] == name);
                known.unwrap_or_else(|| graph.add_node(name))
            });
            graph.add_edge(from, to, heavy);
        }
        let drawing = layout(
            &graph,
            |_, name| Size {
                width: name.len() as i32 + 4,
                height: 3,
            },
            |_, &heavy| EdgeSpec { label: 4, heavy },
            Options::default(),
        );
        render(
            &drawing,
            charset,
            |node| vec![Shown::new(graph[node])],
            |_| Shown::new("12/s"),
        )
    }

    #[test]
    fn the_ride_hailing_system() {
        let calls = [
            ("frontend", "customer", false),
            ("frontend", "driver", false),
            ("frontend", "route", true),
            ("customer", "mysql", false),
            ("driver", "redis", true),
        ];
        let drawn = text(&calls, Charset::Unicode);
        let expected = [
            "             12/s    ┌──────────┐ 12/s   ┌───────┐",
            "             ┌──────►│ customer ├───────►│ mysql │",
            "             │       └──────────┘        └───────┘",
            "             │",
            "┌──────────┐ │ 12/s  ┌────────┐ 12/s     ┌───────┐",
            "│ frontend ┝━╅──────►│ driver ┝━━━━━━━━━►│ redis │",
            "└──────────┘ ┃       └────────┘          └───────┘",
            "             ┃",
            "             ┃ 12/s  ┌───────┐",
            "             ┗━━━━━━►│ route │",
            "                     └───────┘",
        ];
        assert_eq!(drawn.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn callbacks_and_loops_in_ascii() {
        let calls = [("a", "b", false), ("b", "a", false), ("b", "b", false)];
        let expected = [
            "+---+        +-@-+",
            "| a +<------>+ b |",
            "+---+        +---+",
        ];
        assert_eq!(
            text(&calls, Charset::Ascii).lines().collect::<Vec<_>>(),
            expected
        );
    }
}
