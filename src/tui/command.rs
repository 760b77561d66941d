//! The actions that belong to no single page: quitting, help, palette, themes, copying the screen.

use crate::model::Notes;
use crate::text::Style as TimeStyle;

use super::answer::{Answer, Request};
use super::app::State;
use super::effect::Effect;
use super::job::Purpose;
use super::keymap::Action;
use super::message::Message;
use super::page::{Act, Page};
use super::screen::palette::Pick;
use super::screen::{
    Help, KeptTraces, Menu, MessageList, Overlay, Palette, Requests, Screen, Themes,
};
use super::session::left::Seat;
use super::session::place::{self, Place};
use super::snapshot;
use super::source::reading;
use super::update::ask;
use super::widget::picker::Item;

/// Performs an action that the topmost page did not know.
pub fn perform(state: &mut State, act: Act, effects: &mut Vec<Effect>) {
    match act.action {
        Action::Quit => quit(state, effects),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Dismiss => dismiss(state, effects),
        Action::Out => leave(state, act.letter, effects),
        Action::Help => help(state, "", effects),
        Action::Palette => palette(state, effects),
        Action::Backends => {
            let backends = Palette::backends(&state.shared);
            state.cover(Overlay::Palette(backends), effects);
        }
        Action::Themes => {
            let themes = Themes::new(&state.shared);
            state.cover(Overlay::Themes(themes), effects);
        }
        Action::GoMessages => state.cover(Overlay::Messages(MessageList::default()), effects),
        Action::GoKept => state.cover(Overlay::KeptTraces(KeptTraces::default()), effects),
        Action::Requests => state.cover(Overlay::Requests(Requests::default()), effects),
        Action::GoSearch => state.close_to(1, effects),
        Action::GoMap | Action::Graph => state.open(Screen::map(None), effects),
        Action::MouseCapture => mouse(state, effects),
        Action::TimeStyle => time_style(state),
        Action::CopyScreen => copy(state, "the screen as text", snapshot::text, effects),
        Action::CopySvg => copy(state, "the screen as SVG", snapshot::svg, effects),
        Action::Split => split(state, effects),
        Action::Keep => keep(state, None, effects),
        Action::Note => {
            let present = note_here(state).unwrap_or_default();
            let palette = Palette::prompting(&state.shared, &format!("note {present}"));
            state.cover(Overlay::Palette(palette), effects);
        }
        Action::WithoutNote => keep(state, Some(String::new()), effects),
        Action::Clear => clear(state, act.letter, effects),
        Action::Demo => ask(
            state,
            Purpose::Errand,
            "starting the demo".to_owned(),
            Request::StartDemo,
            effects,
        ),
        _ if place::act(state, act, effects) => {}
        _ => say_unknown(state, act.action),
    }
}

/// An answer to a job of the application itself.
pub fn answered(state: &mut State, purpose: Purpose, answer: Answer, effects: &mut Vec<Effect>) {
    match answer {
        Answer::Stats(figures) => {
            let now = state.shared.now;
            state.shared.source.count(figures, now);
        }
        Answer::Opened(opened) => {
            let name = opened.name.clone();
            state.begin(opened, effects);
            state.shared.say(Message::note(format!("reading {name}")));
        }
        Answer::Kept(said) => {
            state.shared.say(Message::note(said));
            look_at_kept(state, effects);
            let again = Act::of(Action::Refresh);
            state.on_screen(effects, |page, cx| {
                page.held().is_some() && page.act(again, cx)
            });
        }
        Answer::Written(said) => {
            state.shared.say(Message::note(said));
            look_at_kept(state, effects);
        }
        Answer::Wanted(kept) => state.shared.kept = kept,
        Answer::Progress(progress) => reading::tell(state, progress),
        Answer::Loaded(remarks) => reading::conclude(state, remarks),
        Answer::Failed(why) if purpose == Purpose::Errand => state.shared.say(Message::error(why)),
        _ => {}
    }
}

/// Has the names of kept traces looked at, for their marks.
pub fn look_at_kept(state: &mut State, effects: &mut Vec<Effect>) {
    let label = "looking at what is kept".to_owned();
    ask(state, Purpose::Kept, label, Request::Wanted, effects);
}

/// Ends the program, keeping what outlives it.
pub fn quit(state: &State, effects: &mut Vec<Effect>) {
    effects.push(Effect::Save(state.session()));
    effects.push(Effect::Keep(state.held()));
    effects.push(Effect::Quit);
}

/// Two traces beside each other: the topmost two, or this one twice. Again: this one alone.
fn split(state: &mut State, effects: &mut Vec<Effect>) {
    if state.beside().is_some() {
        state.shared.beside = false;
        return;
    }
    state.shared.beside = true;
    if state.beside().is_some() {
        return;
    }
    let seat = state.screen().and_then(|screen| screen.page().seat());
    if let Some(Seat::Trace { id, standing }) = seat
        && let Ok(id) = id.parse()
    {
        state.open(Screen::standing(id, *standing), effects);
        let said = "twice: Tab goes to the other, gt shows another trace here, S ends it";
        state.shared.say(Message::note(said));
    } else {
        state.shared.beside = false;
    }
}

/// The note on the span under the cursor.
fn note_here(state: &State) -> Option<String> {
    let Some(Place::Span(_, Some(span))) = state.place() else {
        return None;
    };
    let trace = state.screen()?.page().held()?;
    let note = Notes::of(&trace).on(span).cloned();
    note.map(|note| note.text)
}

/// Keeps the trace under the cursor for good, with a note on its span if there is one to make; an
/// empty one takes the present one away.
pub fn keep(state: &mut State, note: Option<String>, effects: &mut Vec<Effect>) {
    let (id, span) = match state.place() {
        Some(Place::Row(id)) => (id, None),
        Some(Place::Span(id, span)) => (id, span),
        _ => {
            return state
                .shared
                .say(Message::note("no trace is under the cursor here"));
        }
    };
    let note = match (note, span) {
        (None, _) => None,
        (Some(text), Some(span)) if !text.is_empty() || note_here(state).is_some() => {
            Some((span, text))
        }
        (Some(_), _) => {
            let said = "a note is made on a span: open a trace, then A and its words";
            return state.shared.say(Message::note(said));
        }
    };
    let label = format!("keeping trace {id}");
    ask(
        state,
        Purpose::Errand,
        label,
        Request::Keep(id, note),
        effects,
    );
}

/// One level out. The last screen asks once if traces held in memory would be lost.
fn leave(state: &mut State, letter: Option<char>, effects: &mut Vec<Effect>) {
    let last = state.screens().count() <= 1 && state.overlays().is_empty();
    let traces = state.shared.source.volatile();
    match letter {
        _ if !last => _ = state.close(effects),
        Some('n') => {}
        None if traces > 0 => {
            let traces = crate::text::plural(traces, "trace");
            let question = format!("quit? {traces} held in memory would be lost");
            let menu = Menu::confirm(Action::Out, question, "quit", "stay");
            state.cover(Overlay::Menu(menu), effects);
        }
        _ => quit(state, effects),
    }
}

/// Esc: the popup, else the oldest job. The page itself was asked first.
fn dismiss(state: &mut State, effects: &mut Vec<Effect>) {
    if !state.overlays().is_empty() {
        state.close(effects);
    } else if let Some(slot) = state.shared.jobs.oldest_slot() {
        // Reading has the last word itself: how much was read, and what was not.
        if slot != reading::SLOT {
            state.shared.jobs.cancel(slot);
        }
        effects.push(Effect::Cancel(slot));
        state.on_page(slot.page, effects, |page, cx| {
            page.stopped(slot.purpose, cx);
        });
    }
}

/// Shows what is valid here, or what of it has to do with a topic.
pub fn help(state: &mut State, topic: &str, effects: &mut Vec<Effect>) {
    let context = state
        .screen()
        .map_or(state.context(), |screen| screen.page().context());
    let help = Help::new(context, &state.shared.keymap).about(topic);
    state.cover(Overlay::Help(help), effects);
}

fn palette(state: &mut State, effects: &mut Vec<Effect>) {
    for id in state.page_ids() {
        state.on_page(id, effects, |page, cx| page.recalled(cx));
    }
    let Some(context) = state.screen().map(|screen| screen.page().context()) else {
        return;
    };
    let palette = Palette::new(&state.shared, context, offers(state));
    state.cover(Overlay::Palette(palette), effects);
}

/// What all screens have a name for.
fn offers(state: &State) -> Vec<Item<Pick>> {
    let pages = state.screens().map(Screen::page);
    pages.flat_map(Page::offers).collect()
}

/// More has a name now: the palette that is open finds it, too.
pub fn offer_again(state: &mut State) {
    let offers = offers(state);
    if let Some(Overlay::Palette(palette)) = state.popup() {
        palette.offer(offers);
    }
}

fn mouse(state: &mut State, effects: &mut Vec<Effect>) {
    state.shared.mouse = !state.shared.mouse;
    effects.push(Effect::Mouse(state.shared.mouse));
    let said = if state.shared.mouse {
        "the mouse works here; Shift and drag selects text"
    } else {
        "the mouse selects text; M gives it back to vizsla"
    };
    state.shared.say(Message::note(said));
}

fn time_style(state: &mut State) {
    let (style, said) = match state.shared.time_style {
        TimeStyle::Local => (TimeStyle::Utc, "times in UTC"),
        TimeStyle::Utc => (TimeStyle::Relative, "times before now"),
        TimeStyle::Relative => (TimeStyle::Local, "times in the local zone"),
    };
    state.shared.time_style = style;
    state.shared.say(Message::note(said));
}

fn copy(
    state: &mut State,
    what: &str,
    write: fn(&ratatui::buffer::Buffer, &super::theme::Theme) -> String,
    effects: &mut Vec<Effect>,
) {
    let (buffer, _) = super::view::render(state);
    state.shared.copied = Some(what.to_owned());
    effects.push(Effect::Copy(write(&buffer, &state.shared.theme)));
}

fn clear(state: &mut State, letter: Option<char>, effects: &mut Vec<Effect>) {
    let held = state
        .shared
        .source
        .stats
        .as_ref()
        .map_or(0, |stats| stats.traces);
    match letter {
        _ if !state.shared.source.opened.capabilities.clear => {
            let name = state.shared.source.name();
            state.shared.say(Message::doubt(format!(
                "{name} cannot be emptied from here"
            )));
        }
        Some('y') => ask(
            state,
            Purpose::Errand,
            "clearing".to_owned(),
            Request::Clear,
            effects,
        ),
        Some(_) => {}
        None => {
            let question = format!("forget all {}?", crate::text::plural(held, "trace"));
            let menu = Menu::confirm(Action::Clear, question, "forget them", "keep them");
            state.cover(Overlay::Menu(menu), effects);
        }
    }
}

fn say_unknown(state: &mut State, action: Action) {
    let sentence = action.entry().sentence;
    if !matches!(
        action.entry().category,
        super::keymap::Category::Move | super::keymap::Category::Edit
    ) {
        state
            .shared
            .say(Message::doubt(format!("nothing here to do: {sentence}")));
    }
}
