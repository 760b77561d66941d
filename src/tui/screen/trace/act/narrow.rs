//! Putting spans out of sight: services, operations, short ones, all but hits.

use crate::model::Bits;
use crate::tui::keymap::Action;
use crate::tui::message::Message;
use crate::tui::page::{Act, Cx};
use crate::tui::widget::waterfall::Row;

use super::super::Open;
use super::super::find::Hits;
use super::super::view::{Body, View};
use super::super::without::Without;

fn is_narrowing(action: Action) -> bool {
    matches!(
        action,
        Action::WithoutService
            | Action::AroundService
            | Action::WithoutOperation
            | Action::WithoutShorter
            | Action::ShowAll
            | Action::HitsAs
    )
}

impl Open {
    pub(super) fn act_narrow(&mut self, act: Act, height: usize, cx: &mut Cx<'_>) -> bool {
        let before = self.without.clone();
        if is_narrowing(act.action) && !self.view.is_sifted() {
            cx.say(Message::note(
                "waterfall, statistics, table and events leave spans out: vw, vs, vt, ve",
            ));
            return true;
        }
        match act.action {
            Action::WithoutService | Action::AroundService => self.hide_service(act.action),
            Action::WithoutOperation => self.hide_operation(),
            Action::WithoutShorter => self.hide_shorter(),
            Action::ShowAll => {
                self.without = Without::default();
                self.find.hits_as = Hits::Marked;
            }
            Action::HitsAs => {
                self.next_hits_as(height, cx);
                return true;
            }
            _ => return false,
        }
        self.sift(height);
        if self.rows.is_bare() {
            self.without = before;
            self.sift(height);
            cx.say(Message::doubt(
                "that would leave no span: xS leaves a service out and keeps what it called",
            ));
        }
        true
    }

    /// Sifts the rows anew, the cursor on its span or near it.
    pub fn sift(&mut self, height: usize) {
        let span = self.span();
        let only = (self.find.hits_as == Hits::Only).then_some(&self.find.hits);
        let sieve = self.without.sieve(&self.trace, only);
        self.left_out = sieve.count(&self.trace);
        self.rows.sift(&self.trace, sieve);
        for view in [View::Table, View::Events] {
            self.sift_sheet(view, height);
        }
        let row = span.map_or(0, |span| self.rows.row_of(span));
        self.list.go(row, height, self.rows.len());
        self.recount();
        self.describe();
    }

    /// The spans that are not out of sight in a table, if not all are to be seen: where only hits
    /// are, their ancestors are out of it too.
    pub fn in_sight(&self) -> Option<Bits> {
        let hits = (self.find.hits_as == Hits::Only).then_some(&self.find.hits);
        (self.left_out > 0).then(|| {
            let mut shown = self.rows.sieve().shown(&self.trace);
            if let Some(hits) = hits {
                shown.retain(|span| hits.contains(span));
            }
            shown
        })
    }

    /// Counts statistics anew if they are of other spans than those in sight.
    fn recount(&mut self) {
        let is_stale = match self.bodies.get(&View::Statistics) {
            Some(Body::Sheet(sheet)) => sheet.counted_among() != self.in_sight().as_ref(),
            _ => self.view == View::Statistics && self.building.is_some(),
        };
        if is_stale {
            self.renew(View::Statistics);
        }
    }

    /// Leaves out of a table what is left out of the rows.
    pub fn sift_sheet(&mut self, view: View, height: usize) {
        if !matches!(view, View::Table | View::Events) || !self.bodies.contains_key(&view) {
            return;
        }
        let kept = self.in_sight();
        if let Some(Body::Sheet(sheet)) = self.bodies.get_mut(&view) {
            sheet.sift(kept, height);
        }
    }

    fn hide_service(&mut self, action: Action) {
        let Some(span) = self.span() else { return };
        let service = self.trace.span(span).service().to_owned();
        let hidden = if action == Action::AroundService {
            &mut self.without.around
        } else {
            &mut self.without.services
        };
        if !hidden.contains(&service) {
            hidden.push(service);
        }
    }

    /// Shows again what the row under the cursor stands for, wherever it is hidden.
    pub(super) fn act_hidden(&mut self, act: Act, height: usize) -> bool {
        let Some(Row::Hidden(hidden)) = self.rows.get(self.list.cursor()) else {
            return false;
        };
        if !matches!(act.action, Action::Fold | Action::OpenFold) {
            return false;
        }
        let span = self.trace.span(hidden.first);
        self.without.show(span.service(), span.operation());
        self.sift(height);
        true
    }

    fn hide_operation(&mut self) {
        let Some(span) = self.span() else { return };
        let s = self.trace.span(span);
        let operation = (s.service().to_owned(), s.operation().to_owned());
        self.without.operations.push(operation);
    }

    /// Without what is shorter than the span under the cursor.
    fn hide_shorter(&mut self) {
        if let Some(span) = self.span() {
            self.without.shorter = Some(self.trace.duration_of(span));
        }
    }

    /// Hits are marked, then alone, then all else is folded.
    fn next_hits_as(&mut self, height: usize, cx: &mut Cx<'_>) {
        if self.find.hits.is_empty() {
            cx.say(Message::note("no hits: / finds"));
            return;
        }
        let (next, said) = match self.find.hits_as {
            Hits::Marked => (Hits::Only, "only hits and what leads to them"),
            Hits::Only => (Hits::Unfolded, "all but the hits is folded"),
            Hits::Unfolded => (Hits::Marked, "hits are marked among all spans"),
        };
        self.find.hits_as = next;
        match next {
            Hits::Unfolded => {
                let (trace, find) = (&self.trace, &self.find);
                self.rows.fold_where(trace, |span| {
                    !find.hits_within(span + 1..trace.subtree(span).end)
                });
            }
            Hits::Only | Hits::Marked => self.rows.open_all(&self.trace),
        }
        self.sift(height);
        cx.say(Message::note(said));
    }
}
