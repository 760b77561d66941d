//! The same edges as the graph, one a row, most calls first.

use petgraph::graph::EdgeIndex;
use ratatui::layout::Rect;

use crate::graph::service::ServiceGraph;
use crate::text::{self, Shown};
use crate::tui::canvas::Canvas;
use crate::tui::hit::{Pane, Target};
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

pub fn draw(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    let figures = ["CALLS/S", "ERR %", "P50", "P95", "P99"];
    let change = if open.mapped.before.is_some() && area.width >= 100 {
        CHANGE
    } else {
        0
    };
    let names = area
        .width
        .saturating_sub(COLUMN * figures.len() as u16 + 6 + change)
        / 2;
    let left = area.x + 3;
    canvas.text(left, area.y, names, &"PARENT".into(), Token::Muted);
    canvas.text(
        left + names + 1,
        area.y,
        names,
        &"CHILD".into(),
        Token::Muted,
    );
    let column = |n: u16| left + 2 * names + 1 + COLUMN * (n + 1);
    for (n, head) in (0..).zip(figures) {
        canvas.right(column(n), area.y, COLUMN, &head.into(), Token::Muted);
    }
    if change > 0 {
        canvas.text(
            column(4) + 3,
            area.y,
            change,
            &"CHANGE".into(),
            Token::Muted,
        );
    }
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
        let (edge, charset) = (edges[row], canvas.charset());
        let Some((parent, child)) = open.graph.edge_endpoints(edge) else {
            continue;
        };
        for (x, node) in [(left, parent), (left + names + 1, child)] {
            let name = &open.graph[node].name;
            canvas.text(
                x,
                y,
                names,
                &Shown::new(name),
                look.shared.colours.token(name),
            );
        }
        let call = &open.graph[edge];
        let quantile = |q: f64| {
            call.durations
                .quantile(q)
                .map_or("-".to_owned(), |d| text::duration(d.0, charset))
        };
        let failed = match call.errors {
            0 => "0 %".to_owned(),
            errors => format!(
                "{} {}",
                canvas.glyphs.failed,
                text::share(errors, call.calls)
            ),
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
            canvas.right(column(n), y, COLUMN, &Shown::from(cell), token);
        }
        let changed = super::draw::changed(open, edge, canvas.glyphs).filter(|_| change > 0);
        if let Some(changed) = changed {
            canvas.phrase(column(4) + 3, y, change - 3, &changed);
        }
        if row == open.list.cursor() {
            let head = Rect {
                x: left,
                width: Shown::new(parent_name(open, edge)).width() as u16 + 1,
                ..line
            };
            canvas.cursor(line, head, true);
        }
    }
}
