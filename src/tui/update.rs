//! From a message to a new state and to effects. Pure: no clock, no terminal, no waiting.

use std::time::Duration;

use super::answer::{Answer, Request};
use super::app::{APP, State};
use super::canvas::hit::{Gesture, Pane, Target, Touch};
use super::effect::Effect;
use super::job::{JobId, Purpose, Slot};
use super::keymap::{Action, Key, Press};
use super::message::Message;
use super::msg::Msg;
use super::page::{Act, Move, Timer};
use super::screen::Screen;
use super::session::place;
use super::shared::Urgency;

/// The store's figures are asked for at most this often.
const FIGURES: Duration = Duration::from_secs(1);

/// Takes one message that happened `now`, and says what is to be done.
pub fn update(state: &mut State, now: Duration, msg: Msg) -> Vec<Effect> {
    let mut effects = Vec::new();
    state.shared.now = now;
    match msg {
        Msg::Key(key) => press(state, key, &mut effects),
        Msg::Paste(text) => paste(state, &text, &mut effects),
        Msg::Mouse { gesture, x, y } => mouse(state, gesture, x, y, &mut effects),
        Msg::Resize(width, height) => {
            state.shared.size = (width, height);
            urge(state, Urgency::Key);
        }
        Msg::Answer(id, answer) => answered(state, id, answer, &mut effects),
        Msg::Changed(_) => changed(state, &mut effects),
        Msg::Wake => wake(state, &mut effects),
        Msg::Resumed => {
            effects.push(Effect::Redraw);
            urge(state, Urgency::Key);
        }
        Msg::Edited(text) => {
            urge(state, Urgency::Key);
            state.on_top(&mut effects, |page, cx| page.edited(&text, cx));
        }
        Msg::Notice(message) => state.shared.say(message),
    }
    effects
}

fn urge(state: &mut State, urgency: Urgency) {
    state.shared.urgency = state.shared.urgency.max(urgency);
}

fn press(state: &mut State, key: Key, effects: &mut Vec<Effect>) {
    urge(state, Urgency::Key);
    state.shared.messages.dismiss();
    let context = state.context();
    let mut pending = std::mem::take(&mut state.shared.pending);
    let press = pending.press(&state.shared.keymap, context, key);
    state.shared.pending = pending;
    state.shared.pressed = state.shared.now;
    match press {
        Press::Act {
            action,
            count,
            letter,
        } => perform(
            state,
            Act {
                action,
                count,
                letter,
            },
            effects,
        ),
        Press::Type(c) => _ = state.on_top(effects, |page, cx| page.typed(c, cx)),
        Press::Wait | Press::Cancelled => {}
        Press::Unknown(keys) => unknown(state, &keys, effects),
    }
}

/// A letter that is no key of a menu may be one of its choices; a sequence that leads nowhere says so.
fn unknown(state: &mut State, keys: &[Key], effects: &mut Vec<Effect>) {
    let letter = keys
        .first()
        .and_then(|key| key.typed())
        .filter(|_| keys.len() == 1);
    match letter {
        Some(c) if !state.overlays().is_empty() => {
            state.on_top(effects, |page, cx| page.typed(c, cx));
        }
        None if keys.len() > 1 => {
            let typed = super::keymap::key::label(keys);
            state.shared.say(Message::doubt(format!(
                "{typed} is bound to nothing here: ? lists the keys"
            )));
        }
        _ => {}
    }
}

/// Performs an action on the topmost page, or for the whole application if the page does not know it.
///
/// Whoever hunts, opens or leaves will find back: where the cursor was is remembered.
pub fn perform(state: &mut State, act: Act, effects: &mut Vec<Effect>) {
    let here = state.place().filter(|_| place::is_jump(act.action));
    let at = |state: &State| {
        state
            .screen_id()
            .map(|(id, screen)| (id, screen.page().row()))
    };
    let before = at(state);
    done(state, act, effects);
    if let (Some((one, Some(from))), Some((other, Some(to)))) = (before, at(state))
        && one == other
        && from != to
    {
        state.along(to as isize - from as isize);
    }
    if let Some(here) = here.filter(|here| state.place().as_ref() != Some(here)) {
        state.shared.places.leave(here);
    }
}

fn done(state: &mut State, act: Act, effects: &mut Vec<Effect>) {
    if !state
        .on_top(effects, |page, cx| page.act(act, cx))
        .unwrap_or(false)
    {
        super::command::perform(state, act, effects);
    }
}

/// Goes where a page wants to.
pub fn go(state: &mut State, to: Move, effects: &mut Vec<Effect>) {
    match to {
        Move::Open(screen) => {
            state.open(screen, effects);
            // Whoever is killed comes back here, too.
            effects.push(Effect::Save(state.session()));
        }
        Move::Over(overlay) => state.cover(overlay, effects),
        Move::Leave => {
            if !state.close(effects) {
                super::command::quit(state, effects);
            }
        }
        Move::Perform(act) => perform(state, act, effects),
        Move::Help(topic) => super::command::help(state, &topic, effects),
        Move::Source(source) => {
            let label = format!("opening {source}");
            ask(
                state,
                Purpose::Errand,
                label,
                Request::OpenSource(source),
                effects,
            );
        }
        Move::Query(query) => {
            state.close_to(1, effects);
            state.on_top(effects, |page, cx| page.asked(&query, cx));
        }
        Move::Narrow(term) => {
            state.close_to(1, effects);
            state.on_top(effects, |page, cx| page.narrowed(term, cx));
        }
        Move::Picked(what) => _ = state.on_screen(effects, |page, cx| page.picked(&what, cx)),
        Move::Write(path) => super::writing::begin(state, &path, effects),
        Move::Swap => state.swap(),
        Move::Note(text) => super::command::keep(state, Some(text), effects),
        Move::Quit => super::command::quit(state, effects),
    }
}

/// Starts a job of the application itself.
pub fn ask(
    state: &mut State,
    purpose: Purpose,
    label: String,
    request: Request,
    effects: &mut Vec<Effect>,
) {
    let slot = Slot { page: APP, purpose };
    let id = state
        .shared
        .jobs
        .start(slot, label.into(), state.shared.now);
    effects.push(Effect::Ask(id, request));
}

/// Pasted outside of a text field, the first trace id in the text opens its trace.
fn paste(state: &mut State, text: &str, effects: &mut Vec<Effect>) {
    urge(state, Urgency::Key);
    if state.context().takes_text() {
        state.on_top(effects, |page, cx| page.pasted(text, cx));
        return;
    }
    let Some(id) = crate::format::pasted::trace_id(text) else {
        state.shared.say(Message::doubt(
            "no trace id in what was pasted: / asks a query",
        ));
        return;
    };
    if let Some(here) = state.place() {
        state.shared.places.leave(here);
    }
    state.open(Screen::trace(id, crate::text::Shown::default()), effects);
}

fn mouse(state: &mut State, gesture: Gesture, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let (area, target) = match state.shared.drawn.target(x, y) {
        Some((area, target)) => (area, target.clone()),
        None => (ratatui::layout::Rect::ZERO, Target::Spot(Pane::Body)),
    };
    urge(state, Urgency::Key);
    let clicked = matches!(gesture, Gesture::Click | Gesture::DoubleClick);
    match target {
        Target::Nothing => {}
        Target::Crumb(0) if clicked => {
            super::command::perform(state, Act::of(Action::Backends), effects);
        }
        Target::Crumb(n) if clicked => state.close_to(n, effects),
        Target::Beside => {
            if clicked {
                state.swap();
            }
        }
        Target::Action(action) if clicked => perform(state, Act::of(action), effects),
        target => {
            let cell = (x, y);
            let (x, y) = (x.saturating_sub(area.x), y.saturating_sub(area.y));
            let touch = Touch {
                gesture,
                target,
                x,
                y,
                cell,
            };
            state.on_top(effects, |page, cx| page.touched(&touch, cx));
            if gesture == Gesture::Menu {
                super::command::perform(state, Act::of(Action::Palette), effects);
            }
        }
    }
}

/// An answer that is still wanted goes to the page that asked; late ones are dropped.
fn answered(state: &mut State, id: JobId, answer: Answer, effects: &mut Vec<Effect>) {
    if !state.shared.jobs.is_current(id) {
        return;
    }
    if answer.is_last() {
        state.shared.jobs.end(id);
    }
    urge(state, Urgency::Data);
    if id.slot.page == APP {
        return super::command::answered(state, id.slot.purpose, answer, effects);
    }
    state.on_page(id.slot.page, effects, |page, cx| {
        page.answered(id.slot.purpose, answer, cx);
    });
    if id.slot.purpose == Purpose::Names {
        super::command::offer_again(state);
    }
}

/// New data: every page may ask anew, each at its own pace, and the figures are fetched once a second.
fn changed(state: &mut State, effects: &mut Vec<Effect>) {
    for id in state.page_ids() {
        state.on_page(id, effects, |page, cx| page.changed(cx));
    }
    figures(state, effects);
}

/// Asks for the store's figures, now or when a second has passed.
pub fn figures(state: &mut State, effects: &mut Vec<Effect>) {
    let shared = &mut state.shared;
    if !shared.source.opened.capabilities.stats {
        return;
    }
    let due = shared
        .source
        .asked
        .map_or(shared.now, |asked| asked + FIGURES);
    if shared.now >= due {
        ask_figures(state, effects);
    } else if !shared.timers.iter().any(|(_, page, _)| *page == APP) {
        shared.timers.push((due, APP, Timer::Refresh));
    }
}

fn ask_figures(state: &mut State, effects: &mut Vec<Effect>) {
    let slot = Slot {
        page: APP,
        purpose: Purpose::Names,
    };
    if state.shared.jobs.get(slot).is_none() {
        ask(
            state,
            Purpose::Names,
            "counting".to_owned(),
            Request::Stats,
            effects,
        );
    }
}

/// Rings the timers that are due; a frame that asked for a wake-up is drawn anew.
fn wake(state: &mut State, effects: &mut Vec<Effect>) {
    let now = state.shared.now;
    let timers = std::mem::take(&mut state.shared.timers);
    let (due, later) = timers
        .into_iter()
        .partition::<Vec<_>, _>(|(at, ..)| *at <= now);
    state.shared.timers = later;
    if state.shared.drawn.wake.is_some_and(|at| at <= now) {
        state.shared.drawn.wake = None;
        urge(state, Urgency::Data);
    }
    for (_, page, timer) in due {
        if page == APP {
            ask_figures(state, effects);
        } else {
            state.on_page(page, effects, |page, cx| page.rung(timer, cx));
            urge(state, Urgency::Data);
        }
    }
}
