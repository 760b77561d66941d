//! What people paste to find a trace: an id, a header of any tracing system, a line of a log, a URL
//! of another user interface.
//!
//! [`find`] looks for the least mistakable first: headers and values whose grammar is like no
//! other, then fields of logs by their names, then URLs, then lone tokens that look like ids.
//!
//! ```
//! use vizsla::format::pasted;
//!
//! let line = "14:02:11 ERROR [shop,0af7651916cd43dd8448eb211c80319c,b7ad6b7169203331] no stock";
//! let found = pasted::find(line);
//! assert_eq!(found[0].trace_id.to_string(), "0af7651916cd43dd8448eb211c80319c");
//! assert_eq!(found[0].why, "32 hexadecimal digits");
//! ```

mod field;
mod plain;
mod token;
mod value;

use crate::model::{SpanId, TraceId};

/// Bytes of a text that are looked at: nobody means the rest of a whole file.
const LONGEST: usize = 64 << 10;

/// A trace that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The trace.
    pub trace_id: TraceId,
    /// The span that stands beside it; of a header, the caller's.
    pub span_id: Option<SpanId>,
    /// What gave it away, in words.
    pub why: &'static str,
    /// Whether it can be nothing else: it has a name, a grammar like no other, or is all there is.
    pub is_certain: bool,
}

/// The traces that a text names, the likeliest first, each once.
pub fn find(text: &str) -> Vec<Found> {
    let text = plain::text(start(text, LONGEST));
    let mut found: Vec<Found> = Vec::new();
    let mut keep = |candidate: Found| {
        let known = found
            .iter_mut()
            .find(|other| other.trace_id == candidate.trace_id);
        match known {
            Some(known) => known.span_id = known.span_id.or(candidate.span_id),
            None if is_likely(candidate.trace_id) => found.push(candidate),
            None => {}
        }
    };
    field::find(&text, &mut keep);
    token::find(&text, &mut keep);
    found
}

/// The likeliest trace that a text names.
pub fn trace_id(text: &str) -> Option<TraceId> {
    find(text).first().map(|found| found.trace_id)
}

/// The beginning of a text, of at most so many bytes, cut between characters.
fn start(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Zero is no id, and one digit repeated is an example's.
fn is_likely(id: TraceId) -> bool {
    let digits = format!("{:x}", id.0);
    let first = digits.chars().next();
    !id.is_zero() && (digits.len() < 8 || digits.chars().any(|digit| Some(digit) != first))
}

#[cfg(test)]
mod tests;
