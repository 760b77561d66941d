//! The whole state of the interface: what pages share, the stack of screens, the popups over it.

mod beside;

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::Trace;
use crate::text::Shown;

use super::answer::{Held, Opened, Request};
use super::canvas::Drawn;
use super::effect::Effect;
use super::job::{Jobs, PageId, Purpose};
use super::keymap::{Context, Pending};
use super::message::Messages;
use super::page::{Cx, Move, Page};
use super::screen::{Overlay, Screen};
use super::session::Session;
use super::session::place::{Place, Places};
use super::session::standing::Standing;
use super::setup::Setup;
use super::shared::{Shared, Urgency};
use super::source::{Source, Surroundings};
use super::theme::ServiceColours;
use super::update::{ask, figures};

/// The application's own slot, for what belongs to no page: figures of the store, errands.
pub const APP: PageId = PageId(0);

/// Screens, popups, and what they share.
#[derive(Debug, Clone)]
pub struct State {
    pub shared: Shared,
    screens: Vec<(PageId, Screen)>,
    overlays: Vec<(PageId, Overlay)>,
    pages: u32,
    query: String,
    /// Where to stand in the trace that is opened first.
    standing: Option<Standing>,
    /// Whether it is begun anew, wherever the source was left.
    fresh: bool,
}

impl State {
    /// The state before the first frame, and what is to be done at once.
    pub fn new(
        setup: Setup,
        opened: Opened,
        around: Surroundings,
        size: (u16, u16),
    ) -> (Self, Vec<Effect>) {
        let mut colours = ServiceColours::default();
        for (service, slot) in &setup.session.hues {
            colours.restore(service.clone(), *slot);
        }
        let shared = Shared {
            now: Duration::ZERO,
            clock: setup.clock,
            time_style: setup.time_style,
            size,
            keymap: setup.keymap,
            pending: Pending::default(),
            pressed: Duration::ZERO,
            theme: setup.theme,
            theme_name: setup.theme_name,
            depth: setup.depth,
            appearance: setup.appearance,
            theme_folder: setup.theme_folder,
            glyphs: setup.glyphs,
            colours,
            jobs: Jobs::default(),
            timers: Vec::new(),
            messages: Messages::default(),
            copied: None,
            places: Places::default(),
            drawn: Drawn::default(),
            urgency: Urgency::Key,
            mouse: setup.mouse,
            beside: false,
            session: setup.session,
            links: setup.links,
            hyperlinks: setup.hyperlinks,
            source: Source::new(Opened::default(), around),
            kept: BTreeSet::new(),
        };
        let (screens, overlays) = (Vec::new(), Vec::new());
        let mut state = Self {
            shared,
            screens,
            overlays,
            pages: APP.0,
            query: setup.query,
            standing: setup.standing,
            fresh: setup.fresh,
        };
        let mut effects = Vec::new();
        state.begin(opened, &mut effects);
        (state, effects)
    }

    /// Starts anew on a backend: its search, and over it the trace that was asked for.
    pub fn begin(&mut self, opened: Opened, effects: &mut Vec<Effect>) {
        let first = opened.first;
        while let Some((id, _)) = self.overlays.pop() {
            self.forget(id, effects);
        }
        while let Some((id, _)) = self.screens.pop() {
            self.forget(id, effects);
        }
        self.shared.places = Places::remembered(&self.shared.session.marks);
        self.shared.source = Source::new(opened, std::mem::take(&mut self.shared.source.around));
        let query = std::mem::take(&mut self.query);
        let asked = first.is_some() || !query.is_empty() || self.standing.is_some();
        let fresh = std::mem::take(&mut self.fresh) || asked;
        let search = super::screen::Search::new(&query, &self.shared);
        self.open(Screen::Search(Box::new(search)), effects);
        if let Some(id) = first {
            self.open(Screen::trace(id, Shown::default()), effects);
        }
        if !fresh {
            super::session::left::resume(self, effects);
        }
        figures(self, effects);
        super::command::look_at_kept(self, effects);
        if !self.shared.source.opened.capabilities.live {
            let label = format!("reading {}", self.shared.source.name());
            ask(self, Purpose::Load, label, Request::Load, effects);
        }
    }

    /// What is known of the backend by now: a server may have said what it is.
    pub fn know(&mut self, opened: Opened) {
        let known = &mut self.shared.source.opened;
        (known.name, known.source) = (opened.name, opened.source);
        (known.words, known.capabilities) = (opened.words, opened.capabilities);
    }

    /// Puts a screen on top.
    pub fn open(&mut self, mut screen: Screen, effects: &mut Vec<Effect>) {
        if let Screen::Trace(trace) = &mut screen
            && let Some(standing) = self.standing.take()
        {
            trace.stand(standing);
        }
        let id = self.next_page();
        self.screens.push((id, screen));
        if let Some(Place::Span(id, _)) = self.place() {
            self.shared.places.opened(id);
        }
        self.on_top(effects, |page, cx| page.opened(cx));
    }

    /// Puts a popup on top.
    pub fn cover(&mut self, overlay: Overlay, effects: &mut Vec<Effect>) {
        let id = self.next_page();
        self.overlays.push((id, overlay));
        self.on_top(effects, |page, cx| page.opened(cx));
    }

    fn next_page(&mut self) -> PageId {
        self.pages += 1;
        PageId(self.pages)
    }

    /// Closes what is on top, a popup or a screen. False if it was the last screen.
    pub fn close(&mut self, effects: &mut Vec<Effect>) -> bool {
        let popup = self.overlays.pop().map(|(id, _)| id);
        let Some(id) = popup.or_else(|| self.screens.pop().map(|(id, _)| id)) else {
            return false;
        };
        self.forget(id, effects);
        self.shared.beside &= popup.is_some();
        if popup.is_none() && !self.screens.is_empty() {
            self.on_top(effects, |page, cx| page.uncovered(cx));
        }
        !self.screens.is_empty()
    }

    /// Closes everything above the outermost `n` screens, popups first.
    pub fn close_to(&mut self, n: usize, effects: &mut Vec<Effect>) {
        while !self.overlays.is_empty() || self.screens.len() > n.max(1) {
            self.close(effects);
        }
    }

    fn forget(&mut self, id: PageId, effects: &mut Vec<Effect>) {
        effects.extend(self.shared.jobs.leave(id).into_iter().map(Effect::Cancel));
        self.shared.timers.retain(|(_, page, _)| *page != id);
    }

    /// Lets the topmost page answer, then goes where it wants to.
    pub fn on_top<T>(
        &mut self,
        effects: &mut Vec<Effect>,
        answer: impl FnOnce(&mut dyn Page, &mut Cx<'_>) -> T,
    ) -> Option<T> {
        let id = self
            .overlays
            .last()
            .map(|(id, _)| *id)
            .or_else(|| self.screens.last().map(|(id, _)| *id))?;
        self.on_page(id, effects, answer)
    }

    /// Lets the topmost screen answer, whatever popups lie over it.
    pub fn on_screen<T>(
        &mut self,
        effects: &mut Vec<Effect>,
        answer: impl FnOnce(&mut dyn Page, &mut Cx<'_>) -> T,
    ) -> Option<T> {
        let id = self.screens.last().map(|(id, _)| *id)?;
        self.on_page(id, effects, answer)
    }

    /// Lets one page answer, wherever it is in the stacks, then goes where it wants to.
    pub fn on_page<T>(
        &mut self,
        id: PageId,
        effects: &mut Vec<Effect>,
        answer: impl FnOnce(&mut dyn Page, &mut Cx<'_>) -> T,
    ) -> Option<T> {
        let screen = self
            .screens
            .iter_mut()
            .find(|(page, _)| *page == id)
            .map(|(_, screen)| screen.page_mut());
        let overlay = self
            .overlays
            .iter_mut()
            .find(|(page, _)| *page == id)
            .map(|(_, overlay)| overlay.page_mut());
        let page = screen.or(overlay)?;
        let mut moves: Vec<Move> = Vec::new();
        let mut cx = Cx {
            shared: &mut self.shared,
            id,
            effects,
            moves: &mut moves,
        };
        let answered = answer(page, &mut cx);
        for to in moves {
            super::update::go(self, to, effects);
        }
        Some(answered)
    }

    /// All pages, screens first.
    pub fn page_ids(&self) -> Vec<PageId> {
        let screens = self.screens.iter().map(|(id, _)| *id);
        screens
            .chain(self.overlays.iter().map(|(id, _)| *id))
            .collect()
    }

    /// The topmost page.
    pub fn top(&self) -> Option<&dyn Page> {
        let popup = self.overlays.last().map(|(_, overlay)| overlay.page());
        popup.or_else(|| self.screen().map(Screen::page))
    }

    /// The topmost screen.
    pub fn screen(&self) -> Option<&Screen> {
        self.screens.last().map(|(_, screen)| screen)
    }

    /// The topmost screen with its id.
    pub fn screen_id(&self) -> Option<(PageId, &Screen)> {
        self.screens.last().map(|(id, screen)| (*id, screen))
    }

    /// The topmost popup.
    pub fn popup(&mut self) -> Option<&mut Overlay> {
        self.overlays.last_mut().map(|(_, overlay)| overlay)
    }

    /// The popups, lowest first.
    pub fn overlays(&self) -> &[(PageId, Overlay)] {
        &self.overlays
    }

    /// The screens, outermost first.
    pub fn screens(&self) -> impl Iterator<Item = &Screen> {
        self.screens.iter().map(|(_, screen)| screen)
    }

    /// Where keys are looked up now.
    pub fn context(&self) -> Context {
        self.top().map_or(Context::Global, Page::context)
    }

    /// What the cursor of the topmost screen is on.
    pub fn place(&self) -> Option<Place> {
        self.screen()?.page().place()
    }

    /// Backend and screens, for header and title.
    pub fn crumbs(&self) -> Vec<Shown<'static>> {
        let backend = self.shared.source.name();
        let mut crumbs: Vec<_> = std::iter::once(backend)
            .chain(self.screens.iter().map(|(_, screen)| screen.page().crumb()))
            .collect();
        let tab = match self.place() {
            Some(Place::Span(id, _)) => self.shared.places.tab(id),
            _ => None,
        };
        if let (Some((at, of)), Some(last)) = (tab, crumbs.last_mut()) {
            *last = Shown::from(format!("[{at}/{of}] {last}"));
        }
        crumbs
    }

    /// The traces on the screens, if only this process has them.
    pub fn held(&self) -> Vec<Held<Trace>> {
        let capabilities = self.shared.source.opened.capabilities;
        let alone = capabilities.live && capabilities.clear && !self.shared.source.around.demo;
        let held = self.screens().filter_map(|screen| screen.page().held());
        held.filter(|_| alone).collect()
    }

    /// What outlives the program, as of now.
    pub fn session(&self) -> Session {
        let hues = self
            .shared
            .colours
            .iter()
            .map(|(name, slot)| (name.to_owned(), slot))
            .collect();
        let mut session = self.shared.session.clone();
        session.hues = hues;
        super::session::left::remember(self, &mut session.left);
        session
    }
}
