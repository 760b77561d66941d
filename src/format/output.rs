//! Where a decoder puts what it reads.

use super::findings::Findings;
use super::problem::Problem;
use crate::model::{BlockBuilder, TraceId};

/// Bytes of an input by which its trace is told from those of others.
const HEAD: usize = 4 << 10;

/// A decoder of one document or several, one after another, or of one message.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub type Decode = fn(&[u8], Output<'_>) -> Result<(), Problem>;

/// Takes a block that is full out of the builder, and then says so.
type HandOver<'o> = &'o mut dyn FnMut(&mut BlockBuilder) -> bool;

/// Where a decoder puts what it reads: spans into a block, and what has to be told beside them.
pub struct Output<'o> {
    /// The block that is being filled.
    pub builder: &'o mut BlockBuilder,
    /// What was left out, and why.
    pub findings: &'o mut Findings,
    pub(super) hand_over: Option<HandOver<'o>>,
}

impl<'o> Output<'o> {
    /// One block for all of it.
    pub fn new(builder: &'o mut BlockBuilder, findings: &'o mut Findings) -> Self {
        Self {
            builder,
            findings,
            hand_over: None,
        }
    }

    /// Several blocks: wherever one may end, `hand_over` may take it out of the builder, and then
    /// says so. A trace may be cut so; that is how the first rows of a large one show before all
    /// of it is read.
    #[must_use]
    pub fn in_blocks(self, hand_over: HandOver<'o>) -> Self {
        Self {
            hand_over: Some(hand_over),
            ..self
        }
    }

    /// The same, for a while.
    pub(super) fn again(&mut self) -> Output<'_> {
        let hand_over = self.hand_over.as_mut();
        Output {
            builder: self.builder,
            findings: self.findings,
            hand_over: hand_over.map(|hand_over| &mut **hand_over as HandOver<'_>),
        }
    }

    /// The same for a while, with other findings.
    pub(super) fn telling<'s>(&'s mut self, findings: &'s mut Findings) -> Output<'s> {
        Output {
            findings,
            ..self.again()
        }
    }

    /// Offers the block; tells whether it was taken, so that another one begins.
    pub(super) fn offer(&mut self) -> bool {
        let hand_over = self.hand_over.as_deref_mut();
        hand_over.is_some_and(|hand_over| hand_over(self.builder))
    }

    /// The id of a trace that has none: made of the input's name and its `beginning`.
    pub(super) fn trace_id(&self, beginning: &[u8]) -> TraceId {
        let head = beginning.get(..HEAD).unwrap_or(beginning);
        let head = String::from_utf8_lossy(head);
        TraceId::of_text(&format!("{}\n{head}", self.findings.input()))
    }
}
