//! Spans that were decoded before it is known what emitted them.
//!
//! Jaeger describes the processes of a trace behind its spans. Pieces of a large trace are decoded
//! as they come, and held until its processes are read, which another thread seeks ahead.

use std::mem;
use std::sync::Arc;

use super::behind::Behind;
use crate::format::findings::Findings;
use crate::format::jaeger::{self, Awaited};
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::model::BlockBuilder;

/// What is held, all of one trace.
#[derive(Debug, Default)]
pub(super) struct Held {
    behind: Option<Behind>,
    /// Builders that are full, with what their spans wait for.
    full: Vec<(BlockBuilder, Vec<Awaited>)>,
    /// What the spans in the builder at hand wait for.
    awaited: Vec<Awaited>,
    bytes: usize,
    /// Too much was held.
    gave_up: bool,
    /// What was told: of all pieces of a trace, once.
    told: Vec<String>,
}

impl Held {
    /// Whether nothing is held.
    pub(super) fn is_empty(&self) -> bool {
        self.full.is_empty() && self.awaited.is_empty()
    }

    /// Whether what is held waits for the same as a piece that seeks `behind`.
    pub(super) fn waits_for(&self, behind: Option<&Behind>) -> bool {
        match (&self.behind, behind) {
            (None, _) => true,
            (Some(own), Some(other)) => Arc::ptr_eq(own, other),
            (Some(_), None) => false,
        }
    }

    /// Whether it need not be held any longer.
    pub(super) fn is_explained(&self) -> bool {
        self.gave_up || self.behind.as_ref().is_some_and(|it| it.get().is_some())
    }

    /// Decodes a piece of a trace that seeks `behind`. If more than `room` bytes are held, they
    /// are held no longer.
    pub(super) fn decode(
        &mut self,
        text: &[u8],
        behind: &Behind,
        builder: &mut BlockBuilder,
        findings: &mut Findings,
        room: usize,
    ) -> Result<(), Problem> {
        self.behind = Some(Arc::clone(behind));
        let known = behind.get().filter(|text| !text.is_empty());
        let processes = known.map(Vec::as_slice);
        let (awaited, result) =
            jaeger::decode_part(text, processes, Output::new(builder, findings));
        self.awaited.extend(awaited);
        let held = self.bytes + builder.bytes();
        if held > room && !self.is_explained() {
            self.gave_up = true;
            findings.report(too_far(held, findings));
        }
        result
    }

    /// Puts the builder aside if its spans wait.
    pub(super) fn keep(&mut self, builder: &mut BlockBuilder) {
        if !self.awaited.is_empty() {
            self.bytes += builder.bytes();
            let held = (mem::take(builder), mem::take(&mut self.awaited));
            self.full.push(held);
        }
    }

    /// Explains what is held and lets it go: all builders but the one at hand.
    pub(super) fn release(
        &mut self,
        builder: &mut BlockBuilder,
        findings: &mut Findings,
    ) -> Vec<BlockBuilder> {
        let processes = self.behind.as_ref().and_then(|behind| behind.get());
        let processes = processes.map(Vec::as_slice).unwrap_or_default();
        let mut full = mem::take(&mut self.full);
        let mut problems = Vec::new();
        for (builder, awaited) in &mut full {
            problems.extend(jaeger::explain(processes, awaited, builder));
        }
        problems.extend(jaeger::explain(processes, &self.awaited, builder));
        self.awaited.clear();
        self.bytes = 0;
        for problem in problems {
            if !self.gave_up && !self.told.contains(&problem.message) {
                self.told.push(problem.message.clone());
                findings.report(problem);
            }
        }
        full.into_iter().map(|(builder, _)| builder).collect()
    }
}

fn too_far(bytes: usize, findings: &Findings) -> Problem {
    let held = bytes >> 20;
    Problem {
        place: findings.place_in_bytes(0, String::new()),
        reason: Reason::TooLarge,
        message: format!(
            "the processes of a trace stand behind {held} MiB of its spans: these show no service"
        ),
        spans: 0,
    }
}
