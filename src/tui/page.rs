//! What every screen and popup answers to, and what it may do in answer.
//!
//! A page changes its own state, and asks for everything else through its [`Cx`]: jobs, timers,
//! messages, other pages. It never waits, never prints, never touches the terminal.

use std::time::Duration;

use crate::model::{Trace, TraceId};
use crate::text::Shown;
use crate::traceql::form::When;
use crate::traceql::tree::Field;

use super::answer::{Answer, Held, Request};
use super::canvas::Canvas;
use super::canvas::hit::{Pane, Touch};
use super::effect::Effect;
use super::job::{PageId, Purpose, Slot};
use super::keymap::{Action, Context};
use super::message::Message;
use super::screen::palette::Pick;
use super::screen::{Overlay, Screen};
use super::session::left::Seat;
use super::session::place::Place;
use super::shared::Shared;
use super::widget::picker::Item;

/// An action with what was typed before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    pub action: Action,
    /// The count, if one was typed.
    pub count: Option<u32>,
    /// The letter or digit that a wildcard of the binding received.
    pub letter: Option<char>,
}

impl Act {
    /// The action alone.
    pub fn of(action: Action) -> Self {
        Self {
            action,
            count: None,
            letter: None,
        }
    }

    /// How often to do it: the count, or once.
    pub fn times(self) -> usize {
        self.count.unwrap_or(1).max(1) as usize
    }
}

/// What a timer of a page is for. A page has at most one of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Timer {
    /// Live data may be asked for again.
    Refresh,
    /// What stands out may be asked for again.
    Survey,
    /// The cursor has rested for a while.
    Rest,
}

impl Timer {
    /// Whether the screen is only complete once this has rung: `snap` waits for it.
    pub fn settles(self) -> bool {
        match self {
            Self::Refresh | Self::Survey => false,
            Self::Rest => true,
        }
    }
}

/// Where to go next. Done by the application after the page has answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// One level in.
    Open(Screen),
    /// A popup over this page.
    Over(Overlay),
    /// Close this page. Closing the last screen ends the program.
    Leave,
    /// Perform an action on the page beneath, as if its key had been pressed there.
    Perform(Act),
    /// Show the help, narrowed to a topic if there is one.
    Help(String),
    /// Read from another source: a name, URL or path.
    Source(String),
    /// Run a query on the search screen, opening one if there is none.
    Query(String),
    /// Run the query of the search screen, narrowed by a term.
    Narrow(Field),
    /// A name for the action of the screen that asked for one.
    Picked(String),
    /// Write the traces in view into a file.
    Write(String),
    /// Make a note on the span under the cursor.
    Note(String),
    /// The keys go to the page beside this one.
    Swap,
    /// End the program.
    Quit,
}

/// What a page may do while it answers.
pub struct Cx<'a> {
    /// What all pages share.
    pub shared: &'a mut Shared,
    pub(super) id: PageId,
    pub(super) effects: &'a mut Vec<Effect>,
    pub(super) moves: &'a mut Vec<Move>,
}

impl Cx<'_> {
    /// Starts a job of this page; what ran for the same purpose is cancelled. `label` tells what is
    /// waited for: `asking jaeger prod`.
    pub fn ask(&mut self, purpose: Purpose, label: impl Into<Shown<'static>>, request: Request) {
        let slot = Slot {
            page: self.id,
            purpose,
        };
        let id = self.shared.jobs.start(slot, label.into(), self.shared.now);
        self.effects.push(Effect::Ask(id, request));
    }

    /// Stops a job of this page, if it runs.
    pub fn stop(&mut self, purpose: Purpose) {
        let slot = Slot {
            page: self.id,
            purpose,
        };
        if self.shared.jobs.cancel(slot) {
            self.effects.push(Effect::Cancel(slot));
        }
    }

    /// Whether this page waits for a job of that purpose.
    pub fn waits(&self, purpose: Purpose) -> bool {
        self.shared
            .jobs
            .get(Slot {
                page: self.id,
                purpose,
            })
            .is_some()
    }

    /// Rings [`Page::rung`] after `delay`, in place of an earlier timer of that kind.
    pub fn after(&mut self, delay: Duration, timer: Timer) {
        let due = self.shared.now + delay;
        self.shared
            .timers
            .retain(|(_, page, kind)| (*page, *kind) != (self.id, timer));
        self.shared.timers.push((due, self.id, timer));
    }

    /// Whether a timer of that kind is set.
    pub fn is_set(&self, timer: Timer) -> bool {
        self.shared
            .timers
            .iter()
            .any(|(_, page, kind)| (*page, *kind) == (self.id, timer))
    }

    /// Says something over the hint row and keeps it.
    pub fn say(&mut self, message: Message) {
        self.shared.say(message);
    }

    /// Puts text into the clipboard and says what it was.
    pub fn copy(&mut self, what: &str, text: String) {
        self.shared.copied = Some(what.to_owned());
        self.effects.push(Effect::Copy(text));
    }

    /// A jump starts here. Only for jumps that come later than the action that asked for them:
    /// those at once are noticed by themselves.
    pub fn leave(&mut self, here: Option<Place>) {
        if let Some(here) = here {
            self.shared.places.leave(here);
        }
    }

    /// Edits text in the user's editor; [`Page::edited`] gets what comes back.
    pub fn edit(&mut self, text: String) {
        self.effects.push(Effect::Edit(text));
    }

    /// Goes somewhere.
    pub fn go(&mut self, to: Move) {
        self.moves.push(to);
    }

    /// The rows that the last frame gave a pane, at least one.
    pub fn rows(&self, pane: Pane) -> usize {
        self.shared.drawn.rows(pane)
    }
}

/// What a page sees while it draws.
pub struct Look<'a> {
    /// What all pages share.
    pub shared: &'a Shared,
    /// The page that draws.
    pub id: PageId,
    /// The names of the screens, outermost first, this one included.
    pub crumbs: &'a [Shown<'static>],
    /// Whether the page has the keys: no popup lies over it.
    pub focused: bool,
    /// Whether it would have them without a popup: not the other one of two beside each other.
    pub current: bool,
}

impl Look<'_> {
    /// The job of this page for that purpose, while it runs.
    pub fn job(&self, purpose: Purpose) -> Option<&super::job::Job> {
        self.shared.jobs.get(Slot {
            page: self.id,
            purpose,
        })
    }
}

/// A screen or popup. Only `context` and `draw` must be written; the rest is ignored by default.
pub trait Page {
    /// Where its keys are looked up now. It depends on the focus: a text field takes text.
    fn context(&self) -> Context;

    /// Draws all of it. Costs O(visible rows).
    fn draw(&self, look: &Look<'_>, canvas: &mut Canvas<'_>);

    /// The last breadcrumb.
    fn crumb(&self) -> Shown<'static> {
        Shown::default()
    }

    /// It was opened, and may ask for what it needs.
    fn opened(&mut self, _cx: &mut Cx<'_>) {}

    /// What lay over it was closed.
    fn uncovered(&mut self, _cx: &mut Cx<'_>) {}

    /// An action. Returns false if it means nothing here; the application may then know it.
    fn act(&mut self, _act: Act, _cx: &mut Cx<'_>) -> bool {
        false
    }

    /// A character for the focused text field.
    fn typed(&mut self, _c: char, _cx: &mut Cx<'_>) {}

    /// Text was pasted while a text field has the focus.
    fn pasted(&mut self, text: &str, cx: &mut Cx<'_>) {
        text.chars()
            .filter(|c| !c.is_control())
            .for_each(|c| self.typed(c, cx));
    }

    /// The mouse, on something that the last frame showed.
    fn touched(&mut self, _touch: &Touch, _cx: &mut Cx<'_>) {}

    /// An answer to a job of this page that is still wanted.
    fn answered(&mut self, _purpose: Purpose, _answer: Answer, _cx: &mut Cx<'_>) {}

    /// A job of this page was stopped by the user; what it brought stays.
    fn stopped(&mut self, _purpose: Purpose, _cx: &mut Cx<'_>) {}

    /// Run this query, if the page has one.
    fn asked(&mut self, _query: &str, _cx: &mut Cx<'_>) {}

    /// Narrow the query by this term, if the page has one.
    fn narrowed(&mut self, _term: Field, _cx: &mut Cx<'_>) {}

    /// The backend has new data.
    fn changed(&mut self, _cx: &mut Cx<'_>) {}

    /// A timer of this page rang.
    fn rung(&mut self, _timer: Timer, _cx: &mut Cx<'_>) {}

    /// The traces in view, for writing them: the marked ones, else all.
    fn traces(&self) -> Vec<TraceId> {
        Vec::new()
    }

    /// A name was picked for the action that asked for one.
    fn picked(&mut self, _what: &str, _cx: &mut Cx<'_>) {}

    /// The text of the focused field was edited outside.
    fn edited(&mut self, _text: &str, _cx: &mut Cx<'_>) {}

    /// What its cursor is on, for the way back.
    fn place(&self) -> Option<Place> {
        None
    }

    /// Puts the cursor on a place that was told by [`Page::place`], at once or when what is asked
    /// for is there. False if it is not here.
    fn find_place(&mut self, _place: &Place, _cx: &mut Cx<'_>) -> bool {
        false
    }

    /// How it is opened again when the program comes back to this source.
    fn seat(&self) -> Option<Seat> {
        None
    }

    /// The row of its cursor.
    fn row(&self) -> Option<usize> {
        None
    }

    /// Its cursor goes along with that of the page beside it.
    fn along(&mut self, _rows: isize) {}

    /// The trace that it shows, if it is there.
    fn held(&self) -> Option<Held<Trace>> {
        None
    }

    /// A search is to ask what it asked when the program ended, and to put its cursor there. False
    /// if it does so anyway, or is no search.
    fn resumed(
        &mut self,
        _query: &str,
        _when: When,
        _row: Option<Place>,
        _cx: &mut Cx<'_>,
    ) -> bool {
        false
    }

    /// What it knows by name is looked at: it may ask for what is still missing.
    fn recalled(&mut self, _cx: &mut Cx<'_>) {}

    /// What the palette should find beside actions and commands.
    fn offers(&self) -> Vec<Item<Pick>> {
        Vec::new()
    }

    /// Actions worth teaching here, most useful first, each with a word of its own or an empty one
    /// for the table's.
    fn hints(&self) -> Vec<(Action, &'static str)> {
        Vec::new()
    }
}
