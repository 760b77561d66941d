//! The same edges as the graph, one a row, most calls first.

use petgraph::graph::EdgeIndex;
use ratatui::layout::Rect;

use crate::graph::service::ServiceGraph;
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::page::Look;
use crate::tui::theme::Token;

use super::Open;

/// The edges in the order of the rows.
pub fn rows(graph: &ServiceGraph) -> Vec<EdgeIndex> {
    let mut edges: Vec<EdgeIndex> = graph.edge_indices().collect();
    edges.sort_by_key(|&edge| std::cmp::Reverse(graph[edge].calls));
    edges
}

fn parent_name(open: &Open, edge: EdgeIndex) -> &str {
    let parent = open.graph.edge_endpoints(edge).map(|(parent, _)| parent);
    parent.map_or("", |parent| &open.graph[parent].name)
}

/// Width of each column of figures.
const COLUMN: u16 = 11;
/// And of what is different from the time before.
const CHANGE: u16 = 26;
/// The figures of a call.
const FIGURES: [&str; 5] = ["CALLS/S", "ERR %", "P50", "P95", "P99"];

/// Where the columns of the table stand.
#[derive(Clone, Copy)]
struct Columns {
    left: u16,
    /// Width of each of the two names.
    name: u16,
    /// Width of the change; zero where it is not shown.
    change: u16,
}

impl Columns {
    fn new(area: Rect, compares: bool) -> Self {
        let change = if compares && area.width >= 100 {
            CHANGE
        } else {
            0
        };
        let figures = COLUMN * FIGURES.len() as u16;
        Self {
            left: area.x + 3,
            name: area.width.saturating_sub(figures + 6 + change) / 2,
            change,
        }
    }

    fn child(self) -> u16 {
        self.left + self.name + 1
    }

    /// The right end of a figure.
    fn figure(self, n: u16) -> u16 {
        self.left + 2 * self.name + 1 + COLUMN * (n + 1)
    }

    fn changed(self) -> u16 {
        self.figure(FIGURES.len() as u16 - 1) + 3
    }
}

/// Draws the rows that there is room for.
pub fn draw(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let columns = Columns::new(area, open.mapped.before.is_some());
    head(columns, canvas, area.y);
    let body = Rect {
        y: area.y + 1,
        height: area.height.saturating_sub(1),
        ..area
    };
    canvas.pane(Pane::Body, body);
    let edges = rows(&open.graph);
    for (y, row) in (body.y..).zip(open.list.window(body.height.into(), edges.len())) {
        let line = Rect {
            y,
            height: 1,
            ..body
        };
        canvas.hit(line, Target::Row(Pane::Body, row));
        let edge = edges[row];
        names(open, edge, look, (columns, y), canvas);
        figures(open, edge, (columns, y), canvas);
        if row == open.list.cursor() {
            let head = Rect {
                x: columns.left,
                width: Shown::new(parent_name(open, edge)).width() as u16 + 1,
                ..line
            };
            canvas.cursor(line, head, true);
        }
    }
}

fn head(columns: Columns, canvas: &mut Canvas<'_>, y: u16) {
    let Columns { left, name, change } = columns;
    canvas.text(left, y, name, &"PARENT".into(), Token::Muted);
    canvas.text(columns.child(), y, name, &"CHILD".into(), Token::Muted);
    for (n, figure) in (0..).zip(FIGURES) {
        let end = columns.figure(n);
        canvas.right(end, y, COLUMN, &figure.into(), Token::Muted);
    }
    if change > 0 {
        canvas.text(columns.changed(), y, change, &"CHANGE".into(), Token::Muted);
    }
}

fn names(
    open: &Open,
    edge: EdgeIndex,
    look: &Look<'_>,
    (columns, y): (Columns, u16),
    canvas: &mut Canvas<'_>,
) {
    let Some((parent, child)) = open.graph.edge_endpoints(edge) else {
        return;
    };
    for (x, node) in [(columns.left, parent), (columns.child(), child)] {
        let name = &open.graph[node].name;
        let token = look.shared.colours.token(name);
        canvas.text(x, y, columns.name, &Shown::new(name), token);
    }
}

fn figures(open: &Open, edge: EdgeIndex, (columns, y): (Columns, u16), canvas: &mut Canvas<'_>) {
    let (call, charset) = (&open.graph[edge], canvas.charset());
    let quantile = |q: f64| {
        let quantile = call.durations.quantile(q);
        quantile.map_or("-".to_owned(), |d| text::duration(d.0, charset))
    };
    let failed = match call.errors {
        0 => "0 %".to_owned(),
        errors => {
            let share = text::share(errors, call.calls);
            format!("{} {share}", canvas.glyphs.failed)
        }
    };
    let cells = [
        open.figures.rate(call.calls),
        failed,
        quantile(0.5),
        quantile(0.95),
        quantile(0.99),
    ];
    for (n, cell) in (0..).zip(cells) {
        let token = if n == 1 && call.errors > 0 {
            Token::Error
        } else {
            Token::Text
        };
        canvas.right(columns.figure(n), y, COLUMN, &Shown::from(cell), token);
    }
    let changed = super::draw::changed(open, edge, canvas.glyphs);
    if let Some(changed) = changed.filter(|_| columns.change > 0) {
        canvas.phrase(columns.changed(), y, columns.change - 3, &changed);
    }
}
