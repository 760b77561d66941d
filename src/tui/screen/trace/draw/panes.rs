//! What fits where: three classes of size, and the parts of the body, as the reader moved them.

use ratatui::layout::Rect;

use crate::tui::session::{PaneForm, Session, Splits};

use super::super::view::View;
use super::super::{Focus, Open};

/// Per cent that the names of a waterfall may take. Where the bars would be narrower than that
/// leaves them, they are not drawn at all.
const NAMES: (u16, u16) = (15, 85);
/// Per cent that the second pane may take.
const DETAIL: (u16, u16) = (15, 75);
/// Columns that names have at the least.
const NAME: u16 = 24;
/// Columns of a second pane beside the tree.
const BESIDE: u16 = 56;
/// Columns that each of them has at the least where the reader wants them side by side.
const NARROW: u16 = 46;

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

    /// The per cent of the names, if nobody moved them.
    fn names(self) -> u16 {
        match self {
            Self::Small => 45,
            Self::Medium => 40,
            Self::Large => 43,
        }
    }
}

/// A border between parts that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Border {
    /// Between names and bars.
    Names,
    /// Before the second pane.
    Detail,
}

/// Where the parts of the body are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panes {
    pub tree: Rect,
    /// Where bars begin within the tree; at its end if there are none.
    pub bars: u16,
    pub detail: Option<Rect>,
    /// The row in which the cursor's span is told where no pane does.
    pub brief: Option<Rect>,
    body: Rect,
}

impl Panes {
    pub fn of(open: &Open, body: Rect, size: Size, session: &Session) -> Self {
        let split = session.splits[size as usize];
        let part = |of: u16, usual: u16| {
            let share = split.detail.map_or(usual, u16::from);
            percent(of, share.clamp(DETAIL.0, DETAIL.1))
        };
        let focused = has_keys(open);
        let tells_itself = matches!(open.view, View::Flame | View::Json);
        let wanted = if size == Size::Small || tells_itself {
            focused
        } else {
            open.detail.shown
        };
        let height = match (size, split.detail) {
            (Size::Small, _) => part(body.height, 60),
            (_, None) => 9.min(body.height / 2),
            (_, Some(_)) => part(body.height, 30),
        };
        let fits = size == Size::Large && part(body.width, 30) >= BESIDE;
        let (mut tree, detail) = match session.pane {
            _ if !wanted => (body, None),
            PaneForm::Alone if is_alone(open, size, session) => {
                (Rect { height: 0, ..body }, Some(body))
            }
            PaneForm::Alone => (body, None),
            PaneForm::Beside if body.width >= 2 * NARROW => {
                beside(body, part(body.width, 45).max(NARROW))
            }
            PaneForm::Fitting if fits => beside(body, part(body.width, 30)),
            PaneForm::Fitting | PaneForm::Beside | PaneForm::Below => below(body, height),
        };
        let mut brief = None;
        if size == Size::Small && detail.is_none() && !tells_itself && tree.height >= 4 {
            (tree, brief) = below(tree, 1);
        }
        Self {
            tree,
            bars: names(tree.width, size, split),
            detail,
            brief,
            body,
        }
    }

    /// Moves a border by a step, left and up or right and down.
    pub fn step(&self, border: Border, size: Size, forward: bool, splits: &mut [Splits; 3]) {
        let by = |at: u16, step: u16| {
            if forward {
                at + step
            } else {
                at.saturating_sub(step)
            }
        };
        let no_bars = self.bars == self.tree.width;
        let to = match (border, self.detail) {
            (Border::Names, _) if no_bars && !forward => {
                (self.tree.x + percent(self.tree.width, NAMES.1), 0)
            }
            (Border::Names, _) => (by(self.tree.x + self.bars, 3), 0),
            (Border::Detail, Some(detail)) => (by(detail.x, 3), by(detail.y, 1)),
            (Border::Detail, None) => return,
        };
        self.place(border, size, to, splits);
    }

    /// Moves a border to a cell.
    pub fn place(&self, border: Border, size: Size, (x, y): (u16, u16), splits: &mut [Splits; 3]) {
        let split = &mut splits[size as usize];
        match border {
            Border::Names => {
                let share = share(x.saturating_sub(self.tree.x), self.tree.width);
                // At the edge the bars are put away.
                let share = if share > NAMES.1 { 100 } else { share };
                split.names = Some(share.clamp(NAMES.0, 100) as u8);
            }
            Border::Detail => {
                let beside = self.detail.is_some_and(|detail| detail.x > self.body.x);
                let share = if beside {
                    share(self.body.right().saturating_sub(x), self.body.width)
                } else {
                    share(self.body.bottom().saturating_sub(y), self.body.height)
                };
                split.detail = Some(share.clamp(DETAIL.0, DETAIL.1) as u8);
            }
        }
    }
}

/// Whether the detail stands where all else would.
pub fn is_alone(open: &Open, size: Size, session: &Session) -> bool {
    let wanted = size == Size::Small || open.detail.shown;
    session.pane == PaneForm::Alone && wanted && has_keys(open)
}

/// Whether the detail has the keys.
fn has_keys(open: &Open) -> bool {
    matches!(open.focus, Focus::Detail | Focus::Filter)
}

/// Names of a waterfall that wide.
fn names(width: u16, size: Size, split: Splits) -> u16 {
    let share = split.names.map_or(size.names(), u16::from);
    if share > NAMES.1 {
        return width;
    }
    percent(width, share.max(NAMES.0)).max(NAME).min(width)
}

/// The columns at the left, and those cut off at their right, a rule between them.
fn beside(area: Rect, width: u16) -> (Rect, Option<Rect>) {
    let width = width.min(area.width.saturating_sub(2));
    let left = Rect {
        width: area.width - width - 1,
        ..area
    };
    let x = left.right() + 1;
    (left, Some(Rect { x, width, ..area }))
}

/// The rows above, and those cut off below them.
fn below(area: Rect, height: u16) -> (Rect, Option<Rect>) {
    let height = height.min(area.height.saturating_sub(1));
    let above = Rect {
        height: area.height - height,
        ..area
    };
    let cut = Rect {
        y: above.bottom(),
        height,
        ..area
    };
    (above, (height > 0).then_some(cut))
}

fn percent(of: u16, share: u16) -> u16 {
    (u32::from(of) * u32::from(share) / 100) as u16
}

/// The per cent that a part is, rounded up, so that it comes out as long again.
fn share(part: u16, of: u16) -> u16 {
    (u32::from(part) * 100).div_ceil(u32::from(of.max(1))) as u16
}
