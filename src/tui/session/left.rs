//! Where the reader was when the program ended, so that the next run begins there.
//!
//! It is kept for each source by itself: whoever opens another file begins anew, and whoever comes
//! back to this one is where they were, as far as what they looked at is still there.

use serde::{Deserialize, Serialize};

use crate::model::{Nanos, Time, TraceId};
use crate::traceql::form::When;

use super::place::Place;
use super::standing::Standing;
use crate::tui::app::State;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::screen::Screen;

/// How many sources are remembered.
const SOURCES: usize = 30;
/// How many screens of each.
const SEATS: usize = 8;

/// The screens of one source, outermost first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Left {
    /// What reopens the source.
    pub source: Vec<String>,
    /// The search, and what lay over it.
    pub seats: Vec<Seat>,
    /// Whether the last two stood beside each other.
    pub beside: bool,
}

/// One screen, as far as it can be opened again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// A search, with the trace under its cursor.
    Search {
        query: String,
        when: Lookback,
        row: Option<String>,
    },
    /// A trace, and where one stood in it.
    Trace { id: String, standing: Box<Standing> },
    /// The service map.
    Map { service: Option<String> },
}

/// Which time was searched, in ns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lookback {
    Always,
    Last(u64),
    Between(u64, u64),
}

impl From<When> for Lookback {
    fn from(when: When) -> Self {
        match when {
            When::Always => Self::Always,
            When::Last(Nanos(length)) => Self::Last(length),
            When::Between(Time(from), Time(to)) => Self::Between(from, to),
        }
    }
}

impl From<Lookback> for When {
    fn from(back: Lookback) -> Self {
        match back {
            Lookback::Always => Self::Always,
            Lookback::Last(length) => Self::Last(Nanos(length)),
            Lookback::Between(from, to) => Self::Between(Time(from), Time(to)),
        }
    }
}

impl Left {
    /// Where the reader is now; nothing if the source cannot be opened again.
    fn now(state: &State) -> Option<Self> {
        let source = key(state)?;
        let seats = state.screens().filter_map(|screen| screen.page().seat());
        Some(Self {
            source,
            seats: seats.take(SEATS).collect(),
            beside: state.shared.beside,
        })
    }
}

/// What a source is remembered by. Standard input is read only once, and a demo tells another story
/// each time.
fn key(state: &State) -> Option<Vec<String>> {
    let opened = &state.shared.source.opened;
    let named = |name: &str| vec![name.to_owned()];
    match opened.name.as_str() {
        "demo" => None,
        "embedded" => Some(named("embedded")),
        _ if opened.words.iter().any(|word| word == "-") => None,
        _ => Some(opened.words.clone()).filter(|words| !words.is_empty()),
    }
}

/// Adds where the reader is now to what is remembered, as the newest.
pub fn remember(state: &State, lefts: &mut Vec<Left>) {
    if let Some(now) = Left::now(state) {
        lefts.retain(|left| left.source != now.source);
        lefts.push(now);
        let excess = lefts.len().saturating_sub(SOURCES);
        lefts.drain(..excess);
    }
}

/// Opens what was open when this source was left. What is not there any more the screens say
/// themselves. False if there was nothing but a search as it always begins.
pub fn resume(state: &mut State, effects: &mut Vec<Effect>) -> bool {
    let lefts = &state.shared.session.left;
    let left = key(state).and_then(|key| lefts.iter().find(|left| left.source == key));
    let Some(left) = left.cloned() else {
        return false;
    };
    let mut resumed = false;
    for seat in left.seats {
        match seat {
            Seat::Search { query, when, row } => {
                let row = row.and_then(|id| id.parse().ok()).map(Place::Row);
                let back = state.on_screen(effects, |page, cx| {
                    page.resumed(&query, when.into(), row, cx)
                });
                resumed |= back == Some(true);
            }
            Seat::Trace { id, standing } => {
                let Ok(id) = id.parse::<TraceId>() else {
                    continue;
                };
                state.open(Screen::standing(id, *standing), effects);
                resumed = true;
            }
            Seat::Map { service } => {
                state.open(Screen::map(service), effects);
                resumed = true;
            }
        }
    }
    state.shared.beside = left.beside;
    if resumed {
        let said = "where you left it: gs goes to the search, --fresh begins anew";
        state.shared.say(Message::note(said));
    }
    resumed
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::backend::Backend;
    use crate::config::Depth;
    use crate::model::scenario;
    use crate::text::{Charset, Clock};
    use crate::tui::harness::Harness;
    use crate::tui::harness::fixed::Fixed;
    use crate::tui::session::Session;
    use crate::tui::setup::Setup;
    use crate::tui::source::host::Alone;

    const TRACE: &str = "a: r 0..100\n  b: x 1..50 error\n  c: y 60..90\n    d: z 61..62\n";

    async fn start(session: Session, backend: impl Backend + 'static) -> Harness {
        let clock = Clock::frozen(scenario::EPOCH.0 + 1_000_000_000);
        let mut setup = Setup::plain(clock, Depth::Truecolor, Charset::Unicode);
        // As it is read from the file.
        let kept = serde_json::to_string(&session).unwrap();
        setup.session = serde_json::from_str(&kept).unwrap();
        let host = Arc::new(Alone);
        Harness::start(setup, Arc::new(backend), host, None, (120, 40)).await
    }

    fn fixed() -> Fixed {
        Fixed::new(vec![scenario::trace(TRACE)])
    }

    #[tokio::test]
    async fn coming_back_is_where_one_was() {
        for keys in [
            "<Enter>ef",
            "<Enter>vf",
            "/{ status = error }<Enter><Enter>3jzc",
            "/{ status = error }<Enter>",
            "d",
            "<Enter>jjSzM",
        ] {
            let mut harness = start(Session::default(), fixed()).await;
            harness.keys(keys).await.unwrap();
            let seen = |harness: &Harness| {
                let text = harness.text();
                let rows: Vec<String> = text.lines().map(str::to_owned).collect();
                rows.split_last().map(|(_, rows)| rows.to_vec())
            };
            let was = seen(&harness);
            harness.keys("<C-c>").await.unwrap();
            let saved = harness.saved.take().unwrap();
            let back = start(saved, fixed()).await;
            assert_eq!(seen(&back), was, "after {keys}");
            assert!(back.text().contains("where you left it"), "{}", back.text());
        }
    }

    #[tokio::test]
    async fn what_is_gone_is_said_and_other_sources_begin_anew() {
        let mut harness = start(Session::default(), fixed()).await;
        harness.keys("<Enter>e<C-c>").await.unwrap();
        let saved = harness.saved.take().unwrap();
        let mut gone = start(saved.clone(), Fixed::new(Vec::new())).await;
        assert!(
            gone.text().contains("fixed has no trace"),
            "{}",
            gone.text()
        );
        gone.keys("q").await.unwrap();
        assert!(gone.text().contains("search"), "{}", gone.text());
        let mut elsewhere = saved;
        elsewhere.left[0].source = vec!["other.json".to_owned()];
        let harness = start(elsewhere, fixed()).await;
        assert!(!harness.text().contains("where you left it"));
    }
}
