//! From the state to cells. Pure, and O(visible rows).

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::text::Shown;

use super::app::State;
use super::canvas::{Canvas, Drawn};
use super::job::PageId;
use super::page::Look;
use super::screen::Screen;
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
        too_small(area, &mut canvas);
        return canvas.finish();
    }
    let crumbs = state.crumbs();
    let focused = state.overlays().is_empty();
    match state.beside().zip(halves(area)) {
        Some((pair, areas)) => beside(state, pair, areas, &mut canvas),
        None => {
            if let Some((id, screen)) = state.screen_id() {
                page(state, (id, screen), &crumbs, (focused, true), &mut canvas);
            }
        }
    }
    for (at, (id, overlay)) in state.overlays().iter().enumerate() {
        let focused = at + 1 == state.overlays().len();
        // A popup hides the clicks of what lies under it.
        canvas.hit(area, super::canvas::hit::Target::Nothing);
        overlay.page().draw(
            &Look {
                shared: &state.shared,
                id: *id,
                crumbs: &crumbs,
                focused,
                current: true,
            },
            &mut canvas,
        );
    }
    which_key::draw(&state.shared, state.context(), &mut canvas);
    if !focused || !state.shared.pending.prefix().is_empty() {
        canvas.unlink();
    }
    canvas.finish()
}

/// Says so, in two lines where one has no room.
fn too_small(area: Rect, canvas: &mut Canvas<'_>) {
    let needs = format!("vizsla needs {}x{},", LEAST.0, LEAST.1);
    let has = format!("has {}x{}", area.width, area.height);
    let line = Shown::from(format!("{needs} {has}"));
    if line.width() <= area.width.into() || area.height < 2 {
        canvas.text(0, 0, area.width, &line, Token::Text);
        return;
    }
    for (y, text) in (0..).zip([needs, has]) {
        canvas.text(0, y, area.width, &Shown::from(text), Token::Text);
    }
}

fn page(
    state: &State,
    (id, screen): (PageId, &Screen),
    crumbs: &[Shown<'static>],
    (focused, current): (bool, bool),
    canvas: &mut Canvas<'_>,
) {
    let look = Look {
        shared: &state.shared,
        id,
        crumbs,
        focused,
        current,
    };
    screen.page().draw(&look, canvas);
}

/// Two screens, each with its own crumbs. The one with the keys is drawn last: what is asked of the
/// frame is asked of it.
fn beside(state: &State, pair: [(PageId, &Screen); 2], areas: [Rect; 2], canvas: &mut Canvas<'_>) {
    let keys = state.screen_id().map(|(id, _)| id);
    let mut halves = [(pair[0], areas[0]), (pair[1], areas[1])];
    halves.sort_by_key(|((id, _), _)| Some(*id) == keys);
    let base = state.crumbs_below();
    for ((id, screen), area) in halves {
        let has_keys = Some(id) == keys;
        let mut crumbs = base.clone();
        crumbs.push(screen.page().crumb());
        let focused = has_keys && state.overlays().is_empty();
        canvas.inset(area, has_keys, |part| {
            page(state, (id, screen), &crumbs, (focused, has_keys), part);
        });
    }
    let [first, second] = areas;
    for y in second.top()..second.bottom() {
        if second.x > first.x {
            canvas.put(second.x - 1, y, canvas.glyphs.vertical, Token::Border);
        }
    }
}

/// Two halves with a rule between them, beside each other or one above the other; none where they
/// would be too small.
fn halves(area: Rect) -> Option<[Rect; 2]> {
    if area.width > 2 * LEAST.0 {
        let width = (area.width - 1) / 2;
        let right = area.width - 1 - width;
        return Some([
            Rect { width, ..area },
            Rect {
                x: area.x + width + 1,
                width: right,
                ..area
            },
        ]);
    }
    let height = area.height / 2;
    (height >= LEAST.1).then(|| {
        [
            Rect { height, ..area },
            Rect {
                y: area.y + height,
                height: area.height - height,
                ..area
            },
        ]
    })
}

/// Draws into a new buffer of the terminal's size.
pub fn render(state: &State) -> (Buffer, Drawn) {
    let (width, height) = state.shared.size;
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let drawn = view(state, &mut buffer);
    (buffer, drawn)
}
