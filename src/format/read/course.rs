//! Decoders that keep something from one piece of an input to the next.
//!
//! Most formats need no such thing: a piece of a document is a document. A profile knows the parents
//! of its slices when it has seen all of them, an agent names its service once for all lines that
//! follow, and a report of something unfinished waits for the final one.

use crate::format::findings::Findings;
use crate::format::problem::Problem;
use crate::model::{BlockBuilder, TraceId};

/// Bytes of an input by which its trace is told from those of others.
const HEAD: usize = 4 << 10;

/// What is kept from one piece of an input to the next, and what becomes of the pieces.
pub(in crate::format) trait Course {
    /// Decodes the next piece. If more than `room` bytes would be kept, it lets go of some, and says
    /// what that costs.
    ///
    /// # Errors
    /// The problem that ended the reading of this piece, if one did.
    fn piece(&mut self, text: &[u8], room: usize, out: Out<'_>) -> Result<(), Problem>;

    /// Nothing more comes: hands over what was kept.
    fn finish(&mut self, out: Out<'_>);

    /// Whether it goes on in the next input of the same format.
    fn outlasts_its_input(&self) -> bool {
        false
    }
}

/// Where what is decoded goes.
pub(in crate::format) struct Out<'o> {
    pub builder: &'o mut BlockBuilder,
    pub findings: &'o mut Findings,
    /// Offers the block, which may be taken.
    pub hand_over: &'o mut dyn FnMut(&mut BlockBuilder) -> bool,
}

impl Out<'_> {
    /// The same, for a while.
    pub(in crate::format) fn again(&mut self) -> Out<'_> {
        Out {
            builder: self.builder,
            findings: self.findings,
            hand_over: self.hand_over,
        }
    }

    /// The id of a trace that has none: made of the input's name and its `beginning`.
    pub(in crate::format) fn trace_id(&self, beginning: &[u8]) -> TraceId {
        let head = beginning.get(..HEAD).unwrap_or(beginning);
        let head = String::from_utf8_lossy(head);
        TraceId::of_text(&format!("{}\n{head}", self.findings.input()))
    }
}
