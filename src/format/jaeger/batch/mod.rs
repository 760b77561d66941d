//! Spans of Jaeger's binary forms, each filled into the same draft as those of its JSON.

use std::borrow::Cow;

use super::fill::Filler;
use super::process::{Process, Processes};
use super::span::Draft;
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};

/// The name by which a span tells that its process stands in itself.
const OWN: &str = "own";

/// A batch that is being read.
pub(super) struct Batch<'a, 'b> {
    pub(super) draft: Draft<'a>,
    pub(super) out: Output<'b>,
    filler: Filler,
    processes: Processes<'a>,
    /// Spans that were read.
    index: usize,
}

impl<'a, 'b> Batch<'a, 'b> {
    pub(super) fn new(out: Output<'b>) -> Self {
        // A batch without a process has spans without a service.
        let mut processes = Processes::default();
        processes.insert(Cow::Borrowed(""), Process::unknown());
        Self {
            draft: Draft::default(),
            out,
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
            self.out.builder,
        );
        match filled {
            Err(message) => self.reject(at, Reason::BadId, message),
            Ok(()) => {
                if self.out.offer() {
                    self.processes.new_block();
                }
            }
        }
        self.index += 1;
    }

    /// Leaves out the span at hand.
    pub(super) fn reject(&mut self, at: usize, reason: Reason, message: &str) {
        if self.out.findings.is_full() {
            return self.out.findings.count(reason, 1);
        }
        let path = format!("spans[{}]", self.index);
        let place = self.out.findings.place_in_bytes(at, path);
        self.out.findings.report(Problem {
            place,
            reason,
            message: message.to_owned(),
            spans: 1,
        });
    }
}

#[cfg(test)]
mod tests;
