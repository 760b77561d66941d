//! The terminal user interface: the only room that knows ratatui and crossterm.
//!
//! It is Elm-shaped. [`app`] holds one state; [`update`] takes a message, changes it and returns
//! effects as values; [`view`] draws the state into cells; [`runtime`] owns the terminal, the jobs
//! and the clock, and [`harness`] stands in for it where there is no terminal. Screens are an enum
//! on a stack, popups a second, small stack over it; both answer to [`page::Page`].
//!
//! ```text
//! keys, mouse, signals, timers, job answers, store epoch
//!        │ Msg                                     ┌──► jobs, clipboard, quit
//!        ▼                                         │ Effect
//!   update(&mut State, now, Msg) ──────────────────┘
//!        │ urgency
//!        ▼
//!   view(&State, &mut Buffer) ──► Drawn (what is where), kept for the next key or click
//! ```
//!
//! # How a screen is added
//!
//! Take `screen/search/` as the example; a small one is `screen/menu.rs`.
//!
//! 1. **State**: a struct in `screen/NAME/mod.rs` (`Debug, Clone, PartialEq`), plain data only: what
//!    it shows, a [`widget::list::List`] per list, which pane has the focus. Large things are
//!    shared as [`answer::Held`]. Derived figures are computed when data arrives, not while drawing.
//! 2. **Seat**: a variant of [`screen::Screen`] (boxed) and an arm in its `page` and `page_mut`. A
//!    trace is opened through `Screen::trace`, which search, paste and rides call.
//! 3. **Update**: `impl Page`. `opened` asks for what it needs by `cx.ask(Purpose, "fetching …",
//!    Request::…)`; `answered` takes the parts; `act` does an [`keymap::Action`] and returns false
//!    for those it does not know (quitting, help, palette, copying the screen are done by
//!    [`command`]); `changed` is told of new data and should ask again at most once a second
//!    (`cx.after(.., Timer::Refresh)`), keeping the cursor on its thing (`List::follow`).
//!    Navigation: `cx.go(Move::Open(..))`, `Move::Over(..)` for popups, `Move::Leave`.
//!    What must be computed off the UI task is a new [`answer::Request`] with an arm in
//!    `runtime/ask.rs`, answered by a new [`answer::Answer`].
//! 4. **Actions**: rows in the table of `keymap/action.rs` (in the section of the screen) and, if it
//!    has keys of its own, contexts in `keymap/context.rs`. Tests hold that no key is bound twice in
//!    a chain of contexts and none is another's prefix. `context()` returns the context of the
//!    focused pane, `hints()` the actions worth teaching.
//! 5. **View**: `draw` fills a [`widget::frame::Chrome`], calls `frame::draw`, and draws into the
//!    areas it returns, row by row, visible rows only, with [`canvas::Canvas`]: text is always
//!    [`crate::text::Shown`], looks are always a [`theme::Token`], glyphs come from `canvas.glyphs`.
//!    `canvas.pane(Pane::Body, area)` records where a pane is, so that `cx.rows(Pane::Body)` knows
//!    its height for page moves; `canvas.cursor_at(y)` keeps popups off the cursor's row.
//!    Services take their hue from `look.shared.colours.token(name)`, and are met (given a slot) by
//!    `cx.shared.colours.meet(name)` when data arrives.
//! 6. **Hits**: `canvas.hit(rect, Target::Row(Pane::Body, index))` for what can be clicked, or
//!    `Target::Spot(Pane::Strip)` for an area; `touched` is told the gesture and the cell within it.
//!    `Target::Action(..)` needs no code.
//! 7. **Tests**: drive it by keys with [`Harness`] over [`Fixed`] (a backend of
//!    given traces) and compare `harness.text()`.

mod answer;
mod app;
mod canvas;
mod command;
mod effect;
mod harness;
mod job;
mod keymap;
mod message;
mod msg;
mod page;
mod runtime;
mod screen;
mod session;
mod setup;
mod shared;
mod snapshot;
mod source;
mod terminal;
mod theme;
mod update;
mod value;
mod view;
mod widget;
mod writing;

pub use harness::Harness;
pub use harness::fixed::Fixed;
pub use keymap::{KeyRow, Keymap, key::KeyError, key_table};
pub use message::Message;
pub use runtime::{Stage, run};
pub use session::Session;
pub use session::standing::{Standing, StandingError};
pub use setup::{Setup, depth};
pub use source::host::{Alone, Errand, Host};
pub use source::{Listening, Surroundings};
pub use theme::{Appearance, Glyphs, Theme, ThemeError, names as theme_names};
pub use writing::picture::flame_picture;
