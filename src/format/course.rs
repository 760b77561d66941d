//! Decoders that keep something from one piece of an input to the next.
//!
//! Most formats need no such thing: a piece of a document is a document. A profile knows the parents
//! of its slices when it has seen all of them, an agent names its service once for all lines that
//! follow, and a report of something unfinished waits for the final one.

use super::output::Output;
use super::problem::Problem;

/// What is kept from one piece of an input to the next, and what becomes of the pieces.
pub(super) trait Course {
    /// Decodes the next piece. If more than `room` bytes would be kept, it lets go of some, and says
    /// what that costs.
    ///
    /// # Errors
    /// The problem that ended the reading of this piece, if one did.
    fn piece(&mut self, text: &[u8], room: usize, out: Output<'_>) -> Result<(), Problem>;

    /// Nothing more comes: hands over what was kept.
    fn finish(&mut self, out: Output<'_>);

    /// Whether it goes on in the next input of the same format.
    fn outlasts_its_input(&self) -> bool {
        false
    }
}
