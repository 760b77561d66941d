//! From the state to cells. Pure, and O(visible rows).

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text::Shown;

use super::app::State;
use super::canvas::{Canvas, Drawn};
use super::page::Look;
use super::theme::Token;
use super::widget::which_key;

/// Smaller than this is not worth drawing on.
pub const LEAST: (u16, u16) = (40, 10);

/// Draws the whole screen into a buffer of its size.
pub fn view(state: &State, buffer: &mut Buffer) -> Drawn {
    let area = buffer.area;
    let mut canvas = Canvas::new(buffer, &state.shared.theme, state.shared.glyphs);
    canvas.clear(area, Token::Ground);
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let need = format!(
            "vizsla needs {}x{}, has {}x{}",
            LEAST.0, LEAST.1, area.width, area.height
        );
        canvas.text(0, 0, area.width, &Shown::from(need), Token::Text);
        return canvas.finish();
    }
    let crumbs = state.crumbs();
    if let Some((id, screen)) = state.screen_id() {
        let focused = state.overlays().is_empty();
        screen.page().draw(
            &Look {
                shared: &state.shared,
                id,
                crumbs: &crumbs,
                focused,
            },
            &mut canvas,
        );
    }
    for (at, (id, overlay)) in state.overlays().iter().enumerate() {
        let focused = at + 1 == state.overlays().len();
        // A popup hides the clicks of what lies under it.
        canvas.hit(area, super::hit::Target::Nothing);
        overlay.page().draw(
            &Look {
                shared: &state.shared,
                id: *id,
                crumbs: &crumbs,
                focused,
            },
            &mut canvas,
        );
    }
    which_key::draw(&state.shared, state.context(), &mut canvas);
    canvas.finish()
}

/// Draws into a new buffer of the terminal's size.
pub fn render(state: &State) -> (Buffer, Drawn) {
    let (width, height) = state.shared.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let drawn = view(state, &mut buffer);
    (buffer, drawn)
}
