//! Places one can go back to: where jumps started, on whatever screen, and places remembered
//! under a letter.
//!
//! A page tells where its cursor is (`Page::place`) and finds a place again
//! (`Page::find_place`); the rest is done here: every action that hunts, opens or goes to an end
//! is a jump if the cursor is elsewhere after it.

use std::collections::BTreeMap;

use crate::model::{SpanId, TraceId};

use super::Bookmark;
use crate::tui::answer::Request;
use crate::tui::app::State;
use crate::tui::effect::Effect;
use crate::tui::job::Purpose;
use crate::tui::keymap::{Action, Category};
use crate::tui::message::Message;
use crate::tui::page::Act;
use crate::tui::screen::Screen;
use crate::tui::update::ask;

/// How many opened traces are gone round among.
const OPEN: usize = 9;
/// How many jumps are remembered.
const JUMPS: usize = 100;

/// A thing that a cursor can be on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A trace in the list of the search.
    Row(TraceId),
    /// A span of an open trace; none while the trace is not there.
    Span(TraceId, Option<SpanId>),
    /// A service of the map.
    Service(String),
    /// A call of the map, by parent and child.
    Call(String, String),
}

impl Place {
    /// Whether both are on the same screen.
    fn is_beside(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Span(one, _), Self::Span(other, _)) => one == other,
            (Self::Row(_), Self::Row(_))
            | (Self::Service(_) | Self::Call(..), Self::Service(_) | Self::Call(..)) => true,
            _ => false,
        }
    }

    /// The screen that shows it, where none does yet. The search is always there.
    fn screen(&self) -> Option<Screen> {
        match self {
            Self::Row(_) => None,
            Self::Span(id, _) => Some(Screen::trace(*id, crate::text::Shown::default())),
            Self::Service(service) | Self::Call(service, _) => {
                Some(Screen::map(Some(service.clone())))
            }
        }
    }
}

/// The jumps so far, and the places with a letter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Places {
    letters: BTreeMap<char, Place>,
    back: Vec<Place>,
    forward: Vec<Place>,
    /// Traces that were opened, for going round among them.
    open: Vec<TraceId>,
}

impl Places {
    /// No jumps yet, and the letters that former sessions gave to places in traces.
    pub fn remembered(marks: &[Bookmark]) -> Self {
        let place = |mark: &Bookmark| {
            let place = Place::Span(mark.trace.parse().ok()?, mark.span.parse().ok());
            Some((mark.letter, place))
        };
        Self {
            letters: marks.iter().filter_map(place).collect(),
            ..Self::default()
        }
    }

    /// A jump starts here.
    pub fn leave(&mut self, here: Place) {
        self.forward.clear();
        if self.back.last() != Some(&here) {
            self.back.push(here);
        }
        let excess = self.back.len().saturating_sub(JUMPS);
        self.back.drain(..excess);
    }

    /// A trace was opened.
    pub fn opened(&mut self, id: TraceId) {
        if !self.open.contains(&id) {
            self.open.push(id);
            let excess = self.open.len().saturating_sub(OPEN);
            self.open.drain(..excess);
        }
    }

    /// Which of the open traces it is, from 1, and how many there are; none if it is the only one.
    pub fn tab(&self, id: TraceId) -> Option<(usize, usize)> {
        let at = self.open.iter().position(|open| *open == id)?;
        (self.open.len() > 1).then_some((at + 1, self.open.len()))
    }

    /// The open trace beside this one, where it was left.
    fn next_tab(&self, here: Option<&Place>, forward: bool) -> Option<Place> {
        let len = self.open.len();
        let at = match here {
            Some(Place::Span(id, _)) => self.open.iter().position(|open| open == id),
            _ => None,
        };
        let next = match (at, forward) {
            (Some(_), _) if len < 2 => return None,
            (Some(at), true) => (at + 1) % len,
            (Some(at), false) => (at + len - 1) % len,
            // From elsewhere to the one that was opened last.
            (None, _) => len.checked_sub(1)?,
        };
        let id = *self.open.get(next)?;
        let left = |place: &&Place| matches!(place, Place::Span(of, Some(_)) if *of == id);
        let place = self.back.iter().rev().find(left).cloned();
        Some(place.unwrap_or(Place::Span(id, None)))
    }

    /// Where the last jump started; the way forward leads here again.
    fn back(&mut self, here: Option<Place>) -> Option<Place> {
        let to = pop_other(&mut self.back, here.as_ref())?;
        self.forward.extend(here);
        Some(to)
    }

    /// Where the last step back came from.
    fn forward(&mut self, here: Option<Place>) -> Option<Place> {
        let to = pop_other(&mut self.forward, here.as_ref())?;
        self.back.extend(here);
        Some(to)
    }

    /// The place before this one; asked again, it is this one.
    fn last(&mut self, here: Option<Place>) -> Option<Place> {
        let to = pop_other(&mut self.back, here.as_ref())?;
        self.back.extend(here);
        Some(to)
    }

    /// The place of the next letter in use, or of the one before. `here` is where to count from.
    fn beside(&self, here: Option<&Place>, forward: bool) -> Option<Place> {
        let all: Vec<&Place> = self.letters.values().collect();
        let at = all.iter().position(|place| Some(*place) == here);
        let len = all.len().max(1);
        let next = match (at, forward) {
            (Some(at), true) => (at + 1) % len,
            (Some(at), false) => (at + len - 1) % len,
            (None, true) => 0,
            (None, false) => len - 1,
        };
        all.get(next).map(|place| (*place).clone())
    }
}

/// The newest that is not `here`: going back to where one is would be no way back.
fn pop_other(places: &mut Vec<Place>, here: Option<&Place>) -> Option<Place> {
    let to = places.pop()?;
    if Some(&to) == here {
        return places.pop();
    }
    Some(to)
}

/// Whether an action is a jump wherever the cursor is elsewhere after it.
pub fn is_jump(action: Action) -> bool {
    let category = action.entry().category;
    matches!(action, Action::Top | Action::Bottom)
        || matches!(
            category,
            Category::Levels | Category::Hunt | Category::GoTo | Category::This
        )
}

/// Marks, and the ways back and forth. Returns false for any other action.
pub fn act(state: &mut State, act: Act, effects: &mut Vec<Effect>) -> bool {
    let here = state.place();
    let places = &mut state.shared.places;
    let to = match (act.action, act.letter) {
        (Action::SetMark, Some(letter)) => {
            if let Some(here) = here {
                mark(state, letter, here, effects);
            }
            return true;
        }
        (Action::GoToMark, Some(letter)) => {
            stored(places.letters.get(&letter).cloned(), places, here)
        }
        (Action::NextMark, _) => stored(places.beside(here.as_ref(), true), places, here),
        (Action::PreviousMark, _) => stored(places.beside(here.as_ref(), false), places, here),
        (Action::NextTrace | Action::PreviousTrace, _) => {
            let to = places.next_tab(here.as_ref(), act.action == Action::NextTrace);
            // It takes the place of the one that is shown.
            if to.is_some() && matches!(here, Some(Place::Span(..))) {
                let screens = state.screens().count();
                state.close_to(screens - 1, effects);
            }
            to
        }
        (Action::JumpBack, _) => places.back(here),
        (Action::JumpForward, _) => places.forward(here),
        (Action::LastPlace, _) => places.last(here),
        _ => return false,
    };
    match to {
        Some(place) => visit(state, &place, effects),
        None => state.shared.say(Message::note(none(act.action))),
    }
    true
}

/// Gives a letter to a place; if that is in a trace, for the time after this session too.
fn mark(state: &mut State, letter: char, here: Place, effects: &mut Vec<Effect>) {
    let marks = &mut state.shared.session.marks;
    marks.retain(|mark| mark.letter != letter);
    if let Place::Span(trace, Some(span)) = here {
        marks.push(Bookmark {
            letter,
            trace: trace.to_string(),
            span: span.to_string(),
        });
        let label = format!("keeping trace {trace}");
        ask(
            state,
            Purpose::Errand,
            label,
            Request::Bookmark(trace),
            effects,
        );
    }
    state.shared.places.letters.insert(letter, here);
}

/// A place with a letter; going there is a jump.
fn stored(to: Option<Place>, places: &mut Places, here: Option<Place>) -> Option<Place> {
    if let (Some(_), Some(here)) = (&to, here) {
        places.leave(here);
    }
    to
}

fn none(action: Action) -> &'static str {
    match action {
        Action::GoToMark => "no place of that letter: m and a letter remember one",
        Action::NextMark | Action::PreviousMark => {
            "no place has a letter: m and a letter remember one"
        }
        Action::NextTrace | Action::PreviousTrace => "no other trace is open",
        Action::JumpForward => "no way forward from here",
        _ => "no way back from here: jumps make one",
    }
}

/// Goes to a place: on the screen that shows it, else on one of its own.
pub fn visit(state: &mut State, place: &Place, effects: &mut Vec<Effect>) {
    let shows = |screen: &Screen| {
        let there = screen.page().place();
        there.is_some_and(|there| there.is_beside(place))
            || matches!((screen, place), (Screen::Search(_), Place::Row(_)))
    };
    let at = state
        .screens()
        .collect::<Vec<_>>()
        .into_iter()
        .rposition(shows);
    match (at, place.screen()) {
        (Some(at), _) => state.close_to(at + 1, effects),
        (None, Some(screen)) => state.open(screen, effects),
        (None, None) => {}
    }
    let found = state.on_screen(effects, |page, cx| page.find_place(place, cx));
    if found != Some(true) {
        state
            .shared
            .say(Message::note("that place is no longer shown here"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(n: u128) -> Place {
        Place::Row(TraceId(n))
    }

    #[test]
    fn back_forth_and_to_the_last_place() {
        let mut places = Places::default();
        places.leave(row(1));
        places.leave(row(2));
        assert_eq!(places.back(Some(row(3))), Some(row(2)));
        assert_eq!(places.back(Some(row(2))), Some(row(1)));
        assert_eq!(places.back(Some(row(1))), None);
        assert_eq!(places.forward(Some(row(1))), Some(row(2)));
        assert_eq!(places.last(Some(row(2))), Some(row(1)));
        assert_eq!(places.last(Some(row(1))), Some(row(2)));
        places.leave(row(5));
        assert_eq!(places.forward(Some(row(6))), None);
    }

    #[test]
    fn letters_are_gone_through_in_their_order() {
        let mut places = Places::default();
        assert_eq!(places.beside(None, true), None);
        places.letters.insert('b', row(2));
        places.letters.insert('a', row(1));
        assert_eq!(places.beside(Some(&row(1)), true), Some(row(2)));
        assert_eq!(places.beside(Some(&row(2)), true), Some(row(1)));
        assert_eq!(places.beside(Some(&row(9)), false), Some(row(2)));
    }
}
