//! What fits where: three classes of size, and the parts of the body.

use ratatui::layout::Rect;

use super::super::view::View;
use super::super::{Focus, Open};

/// What fits: three classes of size, as the three terminals that people have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    pub fn of(width: u16, height: u16) -> Self {
        match (width, height) {
            (180.., 45..) => Self::Large,
            (100.., 30..) => Self::Medium,
            _ => Self::Small,
        }
    }

    pub fn minimap(self) -> u16 {
        match self {
            Self::Small => 1,
            Self::Medium => 2,
            Self::Large => 4,
        }
    }
}

/// Where the parts of the body are.
pub struct Panes {
    pub tree: Rect,
    /// Where bars begin within the tree.
    pub bars: u16,
    pub detail: Option<Rect>,
}

impl Panes {
    pub fn of(open: &Open, body: Rect, size: Size) -> Self {
        let (mut tree, mut detail) = (body, None);
        match size {
            // These tell their cursor's thing themselves.
            _ if matches!(open.view, View::Flame | View::Json) && open.focus != Focus::Detail => {}
            Size::Large if open.detail.shown && body.width * 3 / 10 >= 56 => {
                let width = body.width * 3 / 10;
                tree.width -= width + 1;
                detail = Some(Rect {
                    x: tree.right() + 1,
                    width,
                    ..body
                });
            }
            Size::Large | Size::Medium if open.detail.shown => {
                let height = 9.min(body.height / 2);
                tree.height -= height;
                detail = Some(Rect {
                    y: tree.bottom(),
                    height,
                    ..body
                });
            }
            Size::Small if open.focus == Focus::Detail => {
                let height = body.height * 6 / 10;
                tree.height -= height;
                detail = Some(Rect {
                    y: tree.bottom(),
                    height,
                    ..body
                });
            }
            _ => {}
        }
        let share = match size {
            Size::Small => 45,
            Size::Medium => 40,
            Size::Large => 43,
        };
        let bars = (u32::from(tree.width) * share / 100) as u16;
        Self {
            tree,
            bars: bars.max(24).min(tree.width),
            detail,
        }
    }
}
