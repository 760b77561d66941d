//! Ranges of traces that are joined by themselves, and the rows of a piece that belong to each.

use super::Piece;
use crate::model::{Parted, Row};

/// Spans of one part, more or less: what is known of them is to stay in the processor's cache.
/// Tests have many parts.
const SPANS_A_PART: usize = if cfg!(test) { 16 } else { 16 * 1024 };

/// Traces that are joined together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    /// Their numbers.
    pub from: u32,
    pub to: u32,
}

/// A span of a part.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Member {
    pub row: Row,
    /// Of its trace, counted from the part's first.
    pub trace: u32,
}

/// Parts of the traces from `low` to `high`: ranges of as many traces, which are about as many
/// spans, of which there are so many in all.
pub(super) fn ranges(low: u32, high: u32, spans: usize) -> Vec<Part> {
    let traces = high as usize - low as usize + 1;
    let parts = spans.div_ceil(SPANS_A_PART).clamp(1, traces);
    let border = |part: usize| low + (traces * part / parts) as u32;
    let part = |number: usize| Part {
        from: border(number),
        to: border(number + 1) - 1,
    };
    (0..parts).map(part).collect()
}

/// The rows of a piece by part; `parts` are those of its group.
pub(super) fn parted(piece: &Piece<'_>, parts: &[Part]) -> Parted<Member> {
    // By trace first: a block has fewer of these than rows.
    let place = |&number: &u32| {
        let part = parts.partition_point(|part| part.to < number);
        let trace = parts.get(part).map_or(0, |part| number - part.from);
        (part, trace)
    };
    let places: Vec<(usize, u32)> = piece.traces.iter().map(place).collect();
    let rows = (0..).zip(piece.block.trace_column().iter());
    let members = rows.filter_map(|(row, trace)| {
        let &(part, trace) = places.get(trace as usize)?;
        Some((part, Member { row, trace }))
    });
    Parted::new(members, parts.len())
}
