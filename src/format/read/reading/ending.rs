//! Handing over what was decoded, at the end of an input or before.

use std::ops::ControlFlow;

use super::Reading;
use crate::format::Format;
use crate::format::course::Course;
use crate::format::findings::Findings;
use crate::format::read::counts::Counts;
use crate::format::read::cutting::place;
use crate::format::read::held::Held;
use crate::model::Mark;

impl Reading<'_> {
    /// Hands over what there is, but for what waits to be explained.
    pub(super) fn hand_over(&mut self) -> ControlFlow<()> {
        if !self.held.is_empty() {
            return ControlFlow::Continue(());
        }
        let mut findings = self.findings.take().unwrap_or_default();
        let flow = self.flush(&mut findings);
        self.findings = self.input.is_some().then_some(findings);
        flow
    }

    pub(super) fn flush(&mut self, findings: &mut Findings) -> ControlFlow<()> {
        for problem in findings.take_problems() {
            self.sink.problem(problem);
        }
        if self.builder.is_empty() {
            return ControlFlow::Continue(());
        }
        self.count();
        self.counted = Mark::default();
        let block = self.builder.finish();
        self.enlarge();
        self.sink.block(block)
    }

    /// Counts what is in the builder and not counted yet.
    fn count(&mut self) {
        let mut counts = Counts::default();
        counts.add(&self.builder, self.counted);
        counts.count(self.input.as_mut());
        self.counted = self.builder.mark();
    }

    /// Finishes what was kept between pieces, unless it goes on in another input.
    fn finish_courses(&mut self, all: bool, findings: &mut Findings) -> ControlFlow<()> {
        let goes_on = |(_, course): &(Format, Box<dyn Course>)| !all && course.outlasts_its_input();
        let (goes_on, done): (Vec<_>, Vec<_>) = std::mem::take(&mut self.courses)
            .into_iter()
            .partition(goes_on);
        self.courses = goes_on;
        for (_, mut course) in done {
            self.offering(findings, |out| course.finish(out)).1?;
        }
        ControlFlow::Continue(())
    }

    /// Hands over all that waited for the end of the input.
    fn finish(&mut self, findings: &mut Findings) -> ControlFlow<()> {
        self.release(findings)?;
        self.finish_courses(false, findings)
    }

    /// The input at hand has ended, or with a break the whole reading.
    pub(super) fn close(&mut self, flow: ControlFlow<()>) -> ControlFlow<()> {
        let (Some(mut findings), Some(input)) = (self.findings.take(), &self.input) else {
            return flow;
        };
        findings.at_piece(place(&input.name, 0));
        let flow = match flow {
            ControlFlow::Continue(()) => self.finish(&mut findings),
            ControlFlow::Break(()) => flow,
        };
        self.held = Held::default();
        if flow.is_continue() {
            self.count();
        }
        for problem in findings.take_problems() {
            self.sink.problem(problem);
        }
        if let Some(problem) = findings.rest() {
            self.sink.problem(problem);
        }
        if let Some(mut input) = self.input.take() {
            input.out_of_range += findings.out_of_range;
            if let Some(problem) = input.far_times() {
                self.sink.problem(problem);
            }
            self.sink.ended(input.with(findings));
        }
        flow
    }

    /// The reading has ended, or with a break nobody wants more of it.
    pub(super) fn end(&mut self, flow: ControlFlow<()>) -> ControlFlow<()> {
        if flow.is_continue()
            && let Some(mut findings) = self.findings.take()
        {
            let finished = self.finish_courses(true, &mut findings);
            self.findings = Some(findings);
            self.close(finished)?;
        } else {
            self.close(flow)?;
        }
        self.flush(&mut Findings::default())
    }
}
