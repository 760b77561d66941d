//! What can be clicked, and how clicks and wheels are told to pages.

use crate::tui::keymap::Action;

/// A part of a screen that takes keys or clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The query line, tabs or filters.
    Bar,
    /// Scatter plot, minimap.
    Strip,
    /// The ruler over bars.
    Ruler,
    /// The list, tree or graph.
    Body,
    /// The second pane.
    Detail,
    /// All of the page.
    Page,
    /// All of the body, whatever parts it has.
    Whole,
    /// The border between names and bars.
    NamesEdge,
    /// The border before the second pane.
    DetailEdge,
    /// The list inside a popup.
    Popup,
}

/// What a cell stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Part of a popup that takes no click, and hides what lies under it.
    Nothing,
    /// A breadcrumb, counted from the outermost screen.
    Crumb(usize),
    /// A hint or a button: the action it performs.
    Action(Action),
    /// A row of a list, by its index in the list, not on the screen.
    Row(Pane, usize),
    /// The other of two screens that stand beside each other.
    Beside,
    /// Somewhere in a pane; the page is told the cell.
    Spot(Pane),
}

/// What the mouse did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gesture {
    /// A click of the left button.
    Click,
    /// A second click on the same cell within 400 ms.
    DoubleClick,
    /// A click of the right button.
    Menu,
    /// The left button moved while held: the cell where it went down.
    Drag { from: (u16, u16) },
    /// The left button was let go after a drag that began there.
    Drop { from: (u16, u16) },
    /// The wheel, rows down (positive) or up.
    Wheel(i16),
}

/// A gesture on something a page drew. `x` and `y` count from the target's top left corner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    pub gesture: Gesture,
    pub target: Target,
    pub x: u16,
    pub y: u16,
    /// The cell, counted from the screen's corner.
    pub cell: (u16, u16),
}
