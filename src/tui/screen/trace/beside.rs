//! What an open trace has worked out beside the interface, and takes when it is there.

use crate::analysis::{GroupBy, Weight};
use crate::model::Cancellation;
use crate::text;

use super::open::Open;
use super::study::{AT_ONCE, Studied, Study, Subject, Want};
use super::view::flame::FlameView;
use super::view::sheet::Grouping;
use super::view::{Body, View};

impl Open {
    /// Has what a view shows built: at once where that is quick.
    pub fn build(&mut self, view: View, by: Vec<GroupBy>) {
        let Some(explained) = self.explained.clone() else {
            return;
        };
        self.stop_building();
        let among = self.in_sight().filter(|_| view == View::Statistics);
        let grouping = Grouping { by, among };
        if !view.is_slow() || self.trace.len() <= AT_ONCE {
            let body = Body::of(
                view,
                grouping,
                &self.seen(),
                &explained,
                &Cancellation::never(),
            );
            self.bodies.extend(body.map(|body| (view, body)));
            self.sift_sheet(view, usize::MAX);
            return;
        }
        self.building = Some(self.span().unwrap_or(0));
        self.bodies.remove(&view);
        let spans = text::plural(self.trace.len() as u64, "span");
        let label = format!("building the {} of {spans}", view.what());
        self.want(label, Subject::View(view, grouping));
    }

    /// What is being built is not wanted any more.
    pub fn stop_building(&mut self) {
        if self.building.take().is_some() {
            self.wants.push(Want::NoView);
        }
    }

    /// Has the table of the view sorted: at once where that is quick.
    pub fn sort(&mut self, letter: char, height: usize) {
        let view = self.view;
        let Some(Body::Sheet(sheet)) = self.bodies.get(&view) else {
            return;
        };
        if sheet.len() > AT_ONCE {
            let rows = text::plural(sheet.len() as u64, "row");
            let subject = Subject::Sort(view, Box::new(sheet.clone()), letter);
            self.want(format!("sorting {rows}"), subject);
            return;
        }
        self.with_body(|body, seen| {
            if let Body::Sheet(sheet) = body {
                sheet.sort_by(letter, height, seen, &Cancellation::never());
            }
        });
    }

    /// Weighs the frames of the flame graph in the next way: at once where that is quick.
    pub fn weigh(&mut self, by: impl FnOnce(&FlameView) -> Weight) {
        let Some((Body::Flame(flame), explained)) = self
            .bodies
            .get_mut(&View::Flame)
            .zip(self.explained.as_ref())
        else {
            return;
        };
        flame.want(by(flame));
        let flame = flame.clone();
        if flame.len() > AT_ONCE {
            let frames = text::plural(flame.len() as u64, "frame");
            self.want(format!("weighing {frames}"), Subject::Weigh(flame));
            return;
        }
        let flame = flame.weighed((&self.trace, &explained.path), &Cancellation::never());
        let body = Body::Flame(Box::new(flame));
        self.bodies.insert(View::Flame, body);
    }

    /// Runs the find line: at once where that is quick.
    pub fn seek(&mut self) {
        if self.trace.len() <= AT_ONCE {
            self.find.run(&self.trace);
        } else if let Some((text, among)) = self.find.begin() {
            let subject = Subject::Find(text, among);
            self.want("looking through the spans".to_owned(), subject);
        } else {
            self.wants.push(Want::NoHits);
        }
    }

    /// Has it looked up what the find line can go on with, once for each trace.
    pub fn ask_names(&mut self) {
        if self.find.wants_names() {
            self.want("looking at attributes".to_owned(), Subject::Names);
        }
    }

    fn want(&mut self, label: String, subject: Subject) {
        let study = Study {
            trace: self.trace.clone(),
            explained: self.explained.clone(),
            charset: self.charset,
            subject,
        };
        self.wants.push(Want::Study(label, Box::new(study)));
    }

    /// Takes what was worked out.
    pub fn studied(&mut self, studied: Studied, height: usize) {
        match studied {
            Studied::Body(view, body) => self.built(view, body, height),
            Studied::Hits(hits) => {
                self.find.take(hits);
                self.go_to_first_hit(height);
            }
            Studied::AllHits => self.found(None, height),
            Studied::NoHits(why) => self.found(Some(why), height),
            Studied::Names(names) => self.find.know(names),
        }
    }

    /// A view is there, a table is sorted or a graph weighed: the cursor stays on its span.
    fn built(&mut self, view: View, mut body: Body, height: usize) {
        let span = self.building.take_if(|_| self.view == view);
        match (self.bodies.get(&view), &mut body) {
            (Some(Body::Sheet(before)), Body::Sheet(sorted)) => sorted.stand_as(before, height),
            (Some(Body::Flame(before)), Body::Flame(weighed)) => weighed.stand_as(before),
            _ => {}
        }
        self.bodies.insert(view, body);
        self.sift_sheet(view, height);
        if let Some(span) = span {
            self.go(span, height);
            self.anchor = self.span().map(|shown| (shown, span));
            self.stand_as_left();
        }
        self.describe();
    }

    fn found(&mut self, error: Option<String>, height: usize) {
        self.find.end(error);
        if self.find.hits_as == super::find::Hits::Only {
            self.sift(height);
        }
    }

    /// Whoever pressed Enter before anything was found goes there now.
    fn go_to_first_hit(&mut self, height: usize) {
        let from = self.span().unwrap_or(0).checked_sub(1);
        let hit = from.map_or(self.find.hits.nth(0), |from| self.find.step(from, true, 1));
        if let Some(hit) = hit.filter(|_| std::mem::take(&mut self.find.eager)) {
            self.go(hit, height);
        }
    }
}
