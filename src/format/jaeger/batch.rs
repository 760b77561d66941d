//! Spans of Jaeger's binary forms, each filled into the same draft as those of its JSON.

use std::borrow::Cow;

use super::fill::Filler;
use super::process::{Process, Processes};
use super::span::Draft;
use crate::format::findings::Findings;
use crate::format::problem::{Problem, Reason};
use crate::model::BlockBuilder;

/// The name by which a span tells that its process stands in itself.
const OWN: &str = "own";

/// A batch that is being read.
pub(super) struct Batch<'a, 'b> {
    pub(super) draft: Draft<'a>,
    pub(super) findings: &'b mut Findings,
    builder: &'b mut BlockBuilder,
    hand_over: &'b mut dyn FnMut(&mut BlockBuilder) -> bool,
    filler: Filler,
    processes: Processes<'a>,
    /// Spans that were read.
    index: usize,
}

impl<'a, 'b> Batch<'a, 'b> {
    pub(super) fn new(
        builder: &'b mut BlockBuilder,
        findings: &'b mut Findings,
        hand_over: &'b mut dyn FnMut(&mut BlockBuilder) -> bool,
    ) -> Self {
        // A batch without a process has spans without a service.
        let mut processes = Processes::default();
        processes.insert(Cow::Borrowed(""), Process::unknown());
        Self {
            draft: Draft::default(),
            findings,
            builder,
            hand_over,
            filler: Filler::default(),
            processes,
            index: 0,
        }
    }

    /// The process of all spans that follow and name none of their own.
    pub(super) fn process(&mut self, process: Process<'a>) {
        self.processes.insert(Cow::Borrowed(""), process);
    }

    /// Puts the draft, which was read from `at` on, into the block.
    pub(super) fn add(&mut self, at: usize) {
        if self.draft.process.is_some() {
            self.draft.process_id = Some(Cow::Borrowed(OWN));
        }
        let filled = self.filler.fill(
            &mut self.draft,
            None,
            (at, self.index),
            &mut self.processes,
            self.builder,
        );
        match filled {
            Err(message) => self.reject(at, Reason::BadId, message),
            Ok(()) => {
                if (self.hand_over)(self.builder) {
                    self.processes.new_block();
                }
            }
        }
        self.index += 1;
    }

    /// Leaves out the span at hand.
    pub(super) fn reject(&mut self, at: usize, reason: Reason, message: &str) {
        if self.findings.is_full() {
            return self.findings.count(reason, 1);
        }
        let path = format!("spans[{}]", self.index);
        let place = self.findings.place_in_bytes(at, path);
        self.findings.report(Problem {
            place,
            reason,
            message: message.to_owned(),
            spans: 1,
        });
    }
}

#[cfg(test)]
mod tests;
