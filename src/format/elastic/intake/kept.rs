//! What is kept from one line to the next, which may be far apart.

use std::collections::HashMap;
use std::rc::Rc;

use super::Intake;
use crate::format::findings::{Findings, Piece};
use crate::format::output::Output;
use crate::format::walk::Walk;
use crate::model::{OwnedValue, SpanId, Time};

/// Transactions whose start is remembered: spans are sent soon before or behind theirs.
const STARTS: usize = 1 << 18;

/// Names and values of a service's metadata.
type Metadata = Rc<[(String, OwnedValue)]>;

/// What is kept from one line to the next.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// What the last line of metadata said.
    pub metadata: Metadata,
    /// When transactions began, for spans that count from there: the latest, and those before.
    starts: [HashMap<SpanId, Time>; 2],
    /// Spans whose transaction is not known yet.
    late: Vec<Late>,
    late_bytes: usize,
}

/// A span that waits for its transaction.
#[derive(Debug)]
struct Late {
    text: Vec<u8>,
    metadata: Metadata,
    place: Piece,
}

impl Kept {
    /// Heap bytes that grow with the input, about.
    pub(super) fn bytes(&self) -> usize {
        self.late_bytes
    }

    /// Remembers when a transaction began.
    pub(super) fn note_start(&mut self, transaction: SpanId, start: Time) {
        let [latest, before] = &mut self.starts;
        if latest.len() >= STARTS {
            *before = std::mem::take(latest);
        }
        latest.insert(transaction, start);
    }

    /// When a transaction began.
    pub(super) fn start_of(&self, transaction: SpanId) -> Option<Time> {
        let mut known = self.starts.iter();
        known.find_map(|starts| starts.get(&transaction).copied())
    }

    /// Keeps a span until its transaction is known.
    pub(super) fn keep_late(&mut self, text: &[u8], place: Piece) {
        self.late_bytes += text.len() + size_of::<Late>() + place.input.len();
        self.late.push(Late {
            text: text.to_owned(),
            metadata: Rc::clone(&self.metadata),
            place,
        });
    }

    /// Decodes the spans that wait. Those whose transaction did not come have no start of their own.
    pub(super) fn let_go(&mut self, out: &mut Output<'_>) {
        self.late_bytes = 0;
        let now = Rc::clone(&self.metadata);
        for late in std::mem::take(&mut self.late) {
            // What is wrong with it was told when it came, but whether it is a span at all.
            let mut findings = Findings::default();
            findings.at_piece(late.place);
            let lines = Intake::going_on(Self {
                metadata: late.metadata,
                ..std::mem::take(self)
            });
            let walk = Walk::new(&late.text, out.telling(&mut findings), lines);
            let result = walk.documents_and(Walk::late, |walk| {
                *self = std::mem::take(&mut walk.state.kept);
                Ok(())
            });
            let problems = findings.take_problems().into_iter().chain(result.err());
            for problem in problems.filter(|problem| problem.spans > 0) {
                out.findings.report(problem);
            }
        }
        self.metadata = now;
    }
}
