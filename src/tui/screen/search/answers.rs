//! What the search screen does with the answers to what it asked: traces, names, an ordered ride.

use std::collections::BTreeMap;

use crate::backend::SearchDone;
use crate::tui::answer::{Answer, Request};
use crate::tui::job::Purpose;
use crate::tui::message::Message;
use crate::tui::page::{Cx, Page as _};
use crate::tui::shared::Shared;

use super::why::{self, Usual};
use super::{Search, hunt};

impl Search {
    /// A source of one trace is that trace.
    fn open_the_only_one(&mut self, done: SearchDone, cx: &mut Cx<'_>) {
        let only = self.unasked && done.complete && done.of == Some(1);
        // Asked only once, lest leaving the trace leads back to it.
        self.unasked &= !done.complete;
        let here = self.results.here().filter(|_| only);
        if let Some(id) = here.map(|row| row.trace_id) {
            self.open(id, cx);
        }
    }

    /// What stands out is worked out when an answer is complete, not for every frame.
    pub(super) fn study(&mut self, shared: &mut Shared) {
        for service in self
            .results
            .rows()
            .iter()
            .flat_map(|row| row.services.keys())
        {
            shared.colours.meet(service);
        }
        self.usual = Usual::of(self.results.rows());
        self.findings = why::findings(self.results.rows(), &self.usual, shared.charset());
    }

    pub(super) fn found(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Rows(rows) => {
                self.results.arrived(rows);
                if self.results.found.is_none() {
                    self.study(cx.shared);
                }
            }
            Answer::Pushdown(pushdown) => self.results.pushdown = pushdown,
            Answer::Progress(progress) => self.results.progress = Some(progress),
            Answer::Note(note) if !self.results.notes.contains(&note) => {
                self.results.notes.push(note);
            }
            Answer::Found(done) => {
                self.results.complete(done);
                self.study(cx.shared);
                if let Some(row) = self.wanted.take() {
                    self.find_place(&row, cx);
                }
                hunt::survey_all(self, cx);
                self.open_the_only_one(done, cx);
            }
            Answer::Failed(why) => {
                // Below a long list nobody would see it.
                if !self.results.rows().is_empty() {
                    cx.say(Message::error(why.clone()));
                }
                self.results.failed(why);
            }
            _ => {}
        }
    }

    /// Names for completion and form.
    pub(super) fn named(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Services(rows) => {
                let named = rows
                    .into_iter()
                    .map(|row| (row.service, row.spans.unwrap_or(0)));
                self.names.services = named.collect();
                cx.ask(
                    Purpose::Names,
                    "asking for operations",
                    Request::Operations(None),
                );
            }
            Answer::Operations(rows) => {
                let mut names: BTreeMap<String, u64> = BTreeMap::new();
                for row in rows {
                    *names.entry(row.operation).or_default() += row.spans.unwrap_or(0);
                }
                self.names.operations = names.into_iter().collect();
            }
            Answer::Census(census) => self.names.census = Some(census),
            _ => {}
        }
    }

    /// The trace of a ride: opened as soon as it is there.
    pub(super) fn ordered(&mut self, answer: Answer, cx: &mut Cx<'_>) {
        match answer {
            Answer::Ordered(id) => {
                self.awaited = Some(id);
                cx.ask(Purpose::Trace, "waiting for the ride", Request::Trace(id));
            }
            Answer::Trace(id, Some(_)) if self.awaited.take().is_some() => self.open(id, cx),
            Answer::Failed(why) => cx.say(Message::error(why)),
            _ => {}
        }
    }
}
