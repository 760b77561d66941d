//! The screens and the popups, as enums: a stack of screens says where the user is, a second,
//! small stack holds what lies over it.

pub mod columns;
pub mod groups;
pub mod help;
pub mod kept;
pub mod map;
pub mod menu;
pub mod messages;
pub mod pager;
pub mod palette;
pub mod requests;
pub mod search;
pub mod themes;
pub mod trace;

use crate::model::{SpanId, TraceId};
use crate::text::Shown;

use super::page::Page;
use super::session::standing::Standing;

pub use columns::Columns;
pub use groups::Groups;
pub use help::Help;
pub use kept::KeptTraces;
pub use map::MapScreen;
pub use menu::Menu;
pub use messages::MessageList;
pub use pager::Pager;
pub use palette::Palette;
pub use requests::Requests;
pub use search::Search;
pub use themes::Themes;
pub use trace::TraceScreen;

/// One level of the stack of screens.
#[derive(Debug, Clone, PartialEq)]
pub enum Screen {
    /// Traces found by a query.
    Search(Box<Search>),
    /// One trace.
    Trace(Box<TraceScreen>),
    /// Traces in groups.
    Groups(Box<Groups>),
    /// Who calls whom.
    Map(Box<MapScreen>),
    /// One value.
    Pager(Box<Pager>),
}

/// A popup over the screens.
#[derive(Debug, Clone, PartialEq)]
pub enum Overlay {
    /// What every key does here.
    Help(Help),
    /// Anything by name.
    Palette(Palette),
    /// The themes, with preview.
    Themes(Themes),
    /// All messages so far.
    Messages(MessageList),
    /// What the backend was asked.
    Requests(Requests),
    /// A few choices by letter.
    Menu(Menu),
    /// Columns of the waterfall.
    Columns(Columns),
    /// Traces that are kept.
    KeptTraces(KeptTraces),
}

impl Screen {
    /// The screen as a page.
    pub fn page(&self) -> &dyn Page {
        match self {
            Self::Search(search) => search.as_ref(),
            Self::Trace(trace) => trace.as_ref(),
            Self::Groups(groups) => groups.as_ref(),
            Self::Map(map) => map.as_ref(),
            Self::Pager(pager) => pager.as_ref(),
        }
    }

    /// The screen as a page, to be changed.
    pub fn page_mut(&mut self) -> &mut dyn Page {
        match self {
            Self::Search(search) => search.as_mut(),
            Self::Trace(trace) => trace.as_mut(),
            Self::Groups(groups) => groups.as_mut(),
            Self::Map(map) => map.as_mut(),
            Self::Pager(pager) => pager.as_mut(),
        }
    }

    /// The service map, with a service selected.
    pub fn map(service: Option<String>) -> Self {
        Self::Map(Box::new(MapScreen::new(service)))
    }

    /// The screen of a trace that a search found by these of its spans.
    pub fn found_trace(id: TraceId, title: Shown<'static>, matched: Vec<SpanId>) -> Self {
        Self::Trace(Box::new(TraceScreen::new(id, title).with_matched(matched)))
    }

    /// The screen of a trace, opened where somebody stood.
    pub fn standing(id: TraceId, standing: Standing) -> Self {
        let mut screen = TraceScreen::new(id, Shown::default());
        screen.stand(standing);
        Self::Trace(Box::new(screen))
    }

    /// The screen of one trace, which goes to that span when it is there.
    pub fn trace_at(id: TraceId, span: SpanId) -> Self {
        Self::Trace(Box::new(TraceScreen::new(id, Shown::default()).at(span)))
    }

    /// The screen of one trace, which fetches it; `title` is what is known of it so far.
    pub fn trace(id: TraceId, title: Shown<'static>) -> Self {
        Self::Trace(Box::new(TraceScreen::new(id, title)))
    }
}

impl Overlay {
    /// The popup as a page.
    pub fn page(&self) -> &dyn Page {
        match self {
            Self::Help(help) => help,
            Self::Palette(palette) => palette,
            Self::Themes(themes) => themes,
            Self::Messages(messages) => messages,
            Self::Requests(requests) => requests,
            Self::Menu(menu) => menu,
            Self::Columns(columns) => columns,
            Self::KeptTraces(kept) => kept,
        }
    }

    /// The popup as a page, to be changed.
    pub fn page_mut(&mut self) -> &mut dyn Page {
        match self {
            Self::Help(help) => help,
            Self::Palette(palette) => palette,
            Self::Themes(themes) => themes,
            Self::Messages(messages) => messages,
            Self::Requests(requests) => requests,
            Self::Menu(menu) => menu,
            Self::Columns(columns) => columns,
            Self::KeptTraces(kept) => kept,
        }
    }
}
