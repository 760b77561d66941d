//! Who calls whom as a matrix: rows call columns. A cell is a shade for how often, and the mark of
//! failures.

use petgraph::graph::{EdgeIndex, NodeIndex};
use ratatui::layout::Rect;

use crate::text::Shown;
use crate::tui::canvas::Canvas;
use crate::tui::canvas::hit::{Pane, Target};
use crate::tui::keymap::Action;
use crate::tui::page::{Act, Look};
use crate::tui::theme::Token;

use super::{Open, Selection};

/// The narrowest and the widest column.
const COLUMN: (u16, u16) = (4, 14);
/// Names of rows are cut to this.
const NAME: u16 = 24;

/// Where the cursor is: row, column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    pub row: usize,
    pub column: usize,
}

/// The services in the order of rows and columns: as the graph has them, from left to right.
pub fn services(open: &Open) -> Vec<NodeIndex> {
    let mut boxes: Vec<_> = open.drawing.boxes.iter().collect();
    boxes.sort_by_key(|b| (b.rect.x, b.rect.y));
    boxes.into_iter().map(|b| b.node).collect()
}

/// The call of a cell.
pub fn call(open: &Open, services: &[NodeIndex], cell: Cell) -> Option<EdgeIndex> {
    let (parent, child) = (services.get(cell.row)?, services.get(cell.column)?);
    open.graph.find_edge(*parent, *child)
}

/// The cell of what is selected.
pub fn cell_of(open: &Open, services: &[NodeIndex]) -> Option<Cell> {
    let at = |node| services.iter().position(|other| *other == node);
    match open.selection? {
        Selection::Node(node) => Some(Cell {
            row: at(node)?,
            column: open.cell.column,
        }),
        Selection::Edge(edge) => {
            let (parent, child) = open.graph.edge_endpoints(edge)?;
            Some(Cell {
                row: at(parent)?,
                column: at(child)?,
            })
        }
    }
}

impl Open {
    /// Moves through the cells. False for what means nothing here.
    pub(super) fn act_matrix(&mut self, act: Act) -> bool {
        let services = services(self);
        let last = services.len().saturating_sub(1);
        let by = act.times();
        let Cell { row, column } = self.cell;
        self.cell = match act.action {
            Action::Down => Cell {
                row: row.saturating_add(by).min(last),
                column,
            },
            Action::Up => Cell {
                row: row.saturating_sub(by),
                column,
            },
            Action::Right => Cell {
                row,
                column: column.saturating_add(by).min(last),
            },
            Action::Left => Cell {
                row,
                column: column.saturating_sub(by),
            },
            Action::Top => Cell { row: 0, column },
            Action::Bottom => Cell { row: last, column },
            Action::NextEdge => self.next_call(&services, true),
            Action::PreviousEdge => self.next_call(&services, false),
            _ => return false,
        };
        self.select_cell(&services);
        true
    }

    /// What the cursor's cell stands for is selected: the call, else the calling service.
    pub(super) fn select_cell(&mut self, services: &[NodeIndex]) {
        let call = call(self, services, self.cell).map(Selection::Edge);
        let caller = services.get(self.cell.row).copied().map(Selection::Node);
        self.selection = call.or(caller);
    }

    /// The next cell with a call, row by row.
    fn next_call(&self, services: &[NodeIndex], forward: bool) -> Cell {
        let width = services.len().max(1);
        let cells = width * width;
        let here = self.cell.row * width + self.cell.column;
        let at = |n: usize| Cell {
            row: n / width,
            column: n % width,
        };
        let steps = (1..=cells).map(|step| {
            if forward {
                (here + step) % cells
            } else {
                (here + cells - step % cells) % cells
            }
        });
        let found = steps
            .map(at)
            .find(|cell| call(self, services, *cell).is_some());
        found.unwrap_or(self.cell)
    }
}

/// Draws the part of the matrix around the cursor that there is room for.
pub fn draw(open: &Open, look: &Look<'_>, canvas: &mut Canvas<'_>, area: Rect) {
    canvas.pane(Pane::Body, area);
    let services = services(open);
    let count = services.len();
    let named = |node: NodeIndex| Shown::new(&open.graph[node].name).into_owned();
    let widths = services.iter().map(|node| named(*node).width() as u16);
    let head = widths.max().unwrap_or(0).clamp(6, NAME);
    let left = area.x + 3 + head + 2;
    let room = area.right().saturating_sub(left + 1);
    let wanted = room / (count.max(1) as u16);
    let width = wanted.clamp(COLUMN.0, COLUMN.1);
    let shown = usize::from((room / width).max(1)).min(count);
    let rows = usize::from(area.height.saturating_sub(1).max(1)).min(count);
    let from =
        |at: usize, shown: usize| (at + 1).saturating_sub(shown).min(count - shown.min(count));
    let (top, first) = (from(open.cell.row, rows), from(open.cell.column, shown));
    canvas.text(area.x + 3, area.y, head, &"CALLS".into(), Token::Muted);
    for (column, node) in services.iter().enumerate().skip(first).take(shown) {
        let x = left + (column - first) as u16 * width;
        let token = if column == open.cell.column {
            Token::Accent
        } else {
            look.shared.colours.token(&open.graph[*node].name)
        };
        canvas.text(x, area.y, width - 1, &named(*node), token);
    }
    let most = open.graph.edge_weights().map(|call| call.calls).max();
    for (row, node) in services.iter().enumerate().skip(top).take(rows) {
        let y = area.y + 1 + (row - top) as u16;
        let line = Rect {
            y,
            height: 1,
            ..area
        };
        let name = &open.graph[*node].name;
        canvas.text(
            area.x + 3,
            y,
            head,
            &named(*node),
            look.shared.colours.token(name),
        );
        for column in first..(first + shown).min(count) {
            let x = left + (column - first) as u16 * width;
            let place = Rect::new(x, y, width - 1, 1);
            canvas.hit(place, Target::Row(Pane::Body, row * count + column));
            cell(
                open,
                canvas,
                place,
                call(open, &services, Cell { row, column }),
                most.unwrap_or(1),
            );
            if (Cell { row, column }) == open.cell {
                canvas.over(place, Token::Cursor);
            }
        }
        if row == open.cell.row {
            canvas.cursor(
                line,
                Rect::new(area.x + 3, y, named(*node).width() as u16, 1),
                true,
            );
        }
    }
}

/// A shade for how often, the rate where there is room, and a mark if calls failed.
fn cell(open: &Open, canvas: &mut Canvas<'_>, area: Rect, edge: Option<EdgeIndex>, most: u64) {
    let Some(edge) = edge else {
        canvas.put(area.x, area.y, canvas.glyphs.between, Token::Faint);
        return;
    };
    let call = &open.graph[edge];
    // By size, not by number: a rare call is seen beside a frequent one.
    let part = (call.calls as f64 + 1.0).ln() / (most as f64 + 1.0).ln();
    let step = 2 + (part * 5.0) as u8;
    canvas.repeat(
        area.x,
        area.y,
        2,
        canvas.glyphs.heat(step.min(7)),
        Token::Heat(step.min(7)),
    );
    let mut x = area.x + 2;
    if area.width >= 8 {
        let rate = Shown::from(open.figures.rate(call.calls));
        x = canvas.text(x + 1, area.y, area.width - 4, &rate, Token::Text);
    }
    if call.errors > 0 && x < area.right() {
        canvas.put(x, area.y, canvas.glyphs.failed, Token::Error);
    }
}
