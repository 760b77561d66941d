//! From the why line to the traces that show it.
//!
//! What the backend tells of all its traces comes first; where it cannot, what stands out among
//! the traces found. Evidence that is a query is asked beside the list: the cursor goes to the first
//! trace of the list that it finds, and only if there is none the list becomes that question.

use std::time::Duration;

use crate::analysis::{Evidence, Words, survey};
use crate::backend::{SearchRequest, Sort};
use crate::model::{Nanos, TraceId};
use crate::text::Shown;
use crate::traceql::form::When;
use crate::tui::answer::{Answer, Request};
use crate::tui::canvas::phrase::Phrase;
use crate::tui::job::Purpose;
use crate::tui::message::Message;
use crate::tui::page::{Cx, Page as _, Timer};
use crate::tui::theme::Glyphs;
use crate::tui::widget;

use super::form::Asked;
use super::{Search, act, why, window};

/// What all operations do is asked for at most this often.
const SURVEY: Duration = Duration::from_secs(5);
/// And while nothing stood out the last time, as in what has only begun to arrive.
const SURVEY_OF_LITTLE: Duration = Duration::from_millis(500);
/// Traces looked at for evidence.
const LOOKED_AT: usize = 200;

/// What is being looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hunt {
    /// The query whose traces are evidence, and its time, while it is asked.
    question: Option<(String, When)>,
    found: Vec<TraceId>,
    /// When all operations were asked about last.
    surveyed: Option<Duration>,
}

/// Asks how all operations fare, if that is not known well enough; of what came since it was asked
/// last, when it is time.
pub fn survey_all(search: &mut Search, cx: &mut Cx<'_>) {
    let told = search.told.as_ref();
    let pause = if told.is_some_and(|told| told.findings.is_empty()) {
        SURVEY_OF_LITTLE
    } else {
        SURVEY
    };
    let due = search.hunt.surveyed.map(|at| at + pause);
    if let Some(due) = due.filter(|due| cx.shared.now < *due) {
        return cx.after(due.saturating_sub(cx.shared.now), Timer::Survey);
    }
    if !cx.waits(Purpose::Why) {
        search.hunt.surveyed = Some(cx.shared.now);
        cx.ask(Purpose::Why, "looking for what stands out", Request::Trends);
    }
}

/// The why line.
pub fn line(search: &Search, glyphs: &Glyphs) -> Phrase {
    match &search.told {
        Some(told) => widget::why::line(told, search.finding, glyphs.charset),
        None => why::line(
            &search.findings,
            search.results.rows().len(),
            glyphs.between,
        ),
    }
}

/// How many findings there are.
pub fn len(search: &Search) -> usize {
    search
        .told
        .as_ref()
        .map_or(search.findings.len(), |told| told.findings.len())
}

/// Goes to the evidence of a finding.
pub fn go(search: &mut Search, finding: usize, cx: &mut Cx<'_>) {
    let Some(told) = &search.told else {
        let evidence = search.findings.get(finding).map(|finding| finding.evidence);
        let row = search
            .results
            .rows()
            .iter()
            .position(|row| Some(row.trace_id) == evidence);
        if let Some(row) = row {
            act::go_to(search, row, cx);
        }
        return;
    };
    let Some(found) = told.findings.get(finding) else {
        return;
    };
    let query = match &found.evidence {
        Evidence::Operation(operation) => operation.traceql(),
        Evidence::Call { child, .. } => {
            format!("{{ resource.service.name = {child:?} && status = error }}")
        }
        Evidence::Spans(_) => return,
    };
    let when = while_it_was_so(&found.evidence).unwrap_or(search.asked.when);
    let request = SearchRequest {
        query: query.clone(),
        window: window::asked(when, cx.shared),
        limit: LOOKED_AT,
        sort: Sort::Newest,
    };
    (search.hunt.question, search.hunt.found) = (Some((query, when)), Vec::new());
    cx.ask(
        Purpose::Why,
        "looking for traces that show it",
        Request::Search(request),
    );
}

/// The time of something that is over. The traces may have begun a minute before it.
fn while_it_was_so(evidence: &Evidence) -> Option<When> {
    let Evidence::Operation(operation) = evidence else {
        return None;
    };
    let (since, until) = operation.since.zip(operation.until)?;
    Some(When::Between(since - Nanos::from_millis(60_000), until))
}

/// Answers to both kinds of question.
pub fn answered(search: &mut Search, answer: Answer, cx: &mut Cx<'_>) {
    match answer {
        Answer::Trends(trends) => {
            let traces = cx.shared.source.stats.as_ref().map(|stats| stats.traces);
            let words = Words {
                charset: cx.shared.charset(),
                clock: &cx.shared.clock,
            };
            // What is said of an empty store is outdated with the first span.
            if trends.as_ref().is_some_and(|trends| trends.spans() == 0) {
                search.hunt.surveyed = None;
            }
            search.told = trends.map(|trends| survey(&trends, traces, words));
        }
        Answer::Rows(rows) => search
            .hunt
            .found
            .extend(rows.into_iter().map(|row| row.trace_id)),
        Answer::Found(_) => arrive(search, cx),
        Answer::Failed(why) => cx.say(Message::error(why)),
        _ => {}
    }
}

/// The evidence is known: to the first of it in the list, else the list becomes it.
fn arrive(search: &mut Search, cx: &mut Cx<'_>) {
    let Some((query, when)) = search.hunt.question.take() else {
        return;
    };
    let found = std::mem::take(&mut search.hunt.found);
    let listed = search
        .results
        .rows()
        .iter()
        .position(|row| found.contains(&row.trace_id));
    match listed {
        Some(row) => {
            cx.leave(search.place());
            act::go_to(search, row, cx);
        }
        None if found.is_empty() => cx.say(Message::note(
            "no trace that shows it is left in this time: T widens it",
        )),
        None => {
            // The next press goes on to the next finding, not to this one again.
            let finding = search.finding;
            let asked = Asked {
                query,
                when,
                ..search.asked.clone()
            };
            search.ask(asked, cx);
            search.finding = finding;
            cx.say(Message::note(Shown::new(
                "these traces show it: u goes back",
            )));
        }
    }
}
