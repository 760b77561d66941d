//! Turning from view to view, and standing in one that was built anew as it was left.

use crate::analysis::Weight;
use crate::model::Nanos;

use super::super::view::sheet::usual_groups;
use super::super::view::stance::Stance;
use super::super::view::{Body, View};
use super::{Moves, Open};

impl Open {
    /// Turns to another view, the cursor on the same span. False if what the view shows is not
    /// known yet.
    pub fn turn(&mut self, view: View, height: usize) -> bool {
        self.turn_to(view, self.meant(), height)
    }

    /// The span that the reader means: a view may show it as part of something that another span
    /// stands for.
    fn meant(&self) -> Option<usize> {
        let span = self.span();
        match self.anchor {
            Some((shown, meant)) if span == Some(shown) => Some(meant),
            _ => span,
        }
    }

    fn turn_to(&mut self, view: View, span: Option<usize>, height: usize) -> bool {
        if view != View::Waterfall && !self.bodies.contains_key(&view) {
            if self.explained.is_none() {
                return false;
            }
            let by = match self.stances.get(&view) {
                Some(stance) if !stance.by.is_empty() => stance.by.clone(),
                _ => usual_groups(),
            };
            self.build(view, by);
        } else {
            self.stop_building();
        }
        self.view = view;
        match span {
            Some(span) => self.go(span, height),
            None => self.describe(),
        }
        self.stand_as_left();
        self.anchor = self.span().zip(span);
        true
    }

    /// How the reader stands in a view other than the waterfall, or is to stand once it is built.
    pub fn stance(&self, view: View) -> Stance {
        match self.bodies.get(&view) {
            Some(body) => Stance::of(body, &self.seen()),
            None => self.stances.get(&view).cloned().unwrap_or_default(),
        }
    }

    /// Puts the views away, to be built anew of spans that stand elsewhere. Returns the one that is
    /// shown and the span that is meant in it.
    pub(super) fn leave(&mut self, moves: &Moves) -> (View, Option<usize>) {
        let meant = self.meant().and_then(|span| moves.to(span));
        for (view, body) in &std::mem::take(&mut self.bodies) {
            let mut stance = Stance::of(body, &self.seen());
            if *view != self.view {
                // Whoever turns to it comes with a span.
                stance.place = None;
            }
            self.stances.insert(*view, stance);
        }
        let left = std::mem::take(&mut self.stances).into_iter();
        self.stances = left
            .map(|(view, stance)| (view, stance.moved(moves)))
            .collect();
        (self.view, meant)
    }

    /// Turns to the view that was shown before it was put away.
    pub(super) fn turn_back(&mut self, (view, meant): (View, Option<usize>)) {
        match view {
            View::Waterfall => self.describe(),
            view => _ = self.turn_to(view, meant, usize::MAX),
        }
    }

    /// What stands out is told anew, the reader where he was.
    pub(super) fn renew_findings(&mut self) {
        if self.bodies.contains_key(&View::Findings) {
            self.renew(View::Findings);
        }
    }

    /// What a view shows is told anew, the reader where he was if it is shown.
    pub fn renew(&mut self, view: View) {
        let meant = self.meant();
        let stance = self.stance(view);
        self.stances.insert(view, stance);
        self.bodies.remove(&view);
        if self.view == view {
            self.turn_to(view, meant, usize::MAX);
        }
    }

    /// Once the view is built, stands in it as it was left.
    pub fn stand_as_left(&mut self) {
        if !self.bodies.contains_key(&self.view) {
            return;
        }
        let Some(stance) = self.stances.remove(&self.view) else {
            return;
        };
        let here = self.span();
        match self.bodies.get_mut(&self.view) {
            Some(Body::Sheet(_)) => self.sort_as_left(&stance),
            Some(Body::Flame(flame)) => {
                flame.upside_down |= stance.upside_down;
                if let Some((zoom, here)) = stance.zoom.zip(here) {
                    flame.zoom_to(zoom);
                    flame.go(here);
                }
                if stance.weight != Weight::Total {
                    self.weigh(|_| stance.weight);
                }
            }
            Some(Body::Graph(graph)) => graph.colouring = stance.colouring,
            Some(Body::Json(_)) => self.open_as_left(&stance),
            None => {}
        }
        if let Some(here) = here {
            self.place_as_left(&stance, here);
        }
        self.describe();
    }

    fn sort_as_left(&mut self, stance: &Stance) {
        let Some(Body::Sheet(sheet)) = self.bodies.get_mut(&self.view) else {
            return;
        };
        let sort = stance.sort.as_ref();
        let letter = sort.and_then(|(word, least_first)| sheet.turn_order(word, *least_first));
        if let Some(letter) = letter {
            self.sort(letter, usize::MAX);
        }
    }

    fn open_as_left(&mut self, stance: &Stance) {
        self.with_body(|body, seen| {
            let Body::Json(json) = body else { return };
            json.tell_as(stance.form);
            for &span in &stance.opened {
                let critical = seen.explained.map_or(Nanos(0), |e| e.path.time_of(span));
                json.open(span, seen.trace, critical);
            }
        });
    }

    /// The cursor on the row of its span that it was on.
    fn place_as_left(&mut self, stance: &Stance, here: usize) {
        let (row, place) = (stance.row, stance.place);
        let above = stance.above.unwrap_or(usize::MAX);
        self.with_body(|body, seen| match (body, place) {
            (Body::Sheet(sheet), place) => {
                match row {
                    Some(row) if sheet.span_of(row, seen.explained) == Some(here) => {
                        sheet.list.go(row, usize::MAX, sheet.len());
                    }
                    _ => {}
                }
                match place {
                    Some(place) => sheet.go_back(place, here, seen),
                    None => sheet.list.leave_above(above),
                }
            }
            (Body::Json(json), Some(place)) => json.go_back(place, here),
            (Body::Json(json), None) => {
                let spans = seen.trace.len();
                let tells = |row: &usize| json.row(*row, spans).map(|(span, _)| span) == Some(here);
                match row.filter(tells) {
                    Some(row) => json.list.go(row, usize::MAX, json.len(spans)),
                    None => json.go(here, usize::MAX, spans),
                }
                json.list.leave_above(above);
            }
            _ => {}
        });
    }
}
