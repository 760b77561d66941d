//! How much goes into blocks: counted by input, though a block may have spans of several.

use super::Input;
use crate::model::{BlockBuilder, Mark};

/// What goes into a block of one input.
#[derive(Default)]
pub(super) struct Counts {
    spans: usize,
    logs: usize,
    out_of_range: usize,
}

impl Counts {
    /// Adds what was put into a builder since a mark.
    pub(super) fn add(&mut self, builder: &BlockBuilder, since: Mark) {
        self.spans += builder.spans_since(since);
        self.logs += builder.logs_since(since);
        self.out_of_range += builder.out_of_range_since(since);
    }

    /// Counts it as that input's.
    pub(super) fn count(self, input: Option<&mut Input>) {
        if let Some(input) = input {
            input.spans += self.spans as u64;
            input.logs += self.logs as u64;
            input.out_of_range += self.out_of_range as u64;
        }
    }
}
