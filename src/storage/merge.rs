//! Small blocks become large ones: one dictionary instead of hundreds, columns that are
//! scanned in one go. Readers of the small ones keep them; positions do not change.

use std::ops::Range;
use std::sync::Arc;

use super::generation::{Generation, NOWHERE, Part};
use crate::model::{Block, BlockBuilder, LogIx, PairIx, Row};

/// Parts of one size class that are merged together.
const FAN: usize = 128;

/// Rows from which a part is left alone.
const SEALED: usize = 64 * 1024;

/// The parts at the end of a generation that are to be merged, if it is worth it: enough rows
/// for a sealed part, or many parts of one class. Each row is copied at most three times,
/// whether spans come in ones or in thousands. `closing` takes whatever is not sealed.
pub(super) fn due(generation: &Generation, closing: bool) -> Option<Range<usize>> {
    let parts = &generation.parts;
    let tail = |limit: usize| {
        let mut pairs = 0;
        let run = parts.iter().rev().map(|part| {
            let block = &part.block;
            pairs += block.dictionary().pair_count();
            (block.len() + block.log_count(), pairs)
        });
        let run = run.take_while(|&(size, pairs)| size < limit && pairs < PairIx::MOST);
        run.fold((0, 0), |(count, rows), (size, _)| (count + 1, rows + size))
    };
    let (count, rows) = tail(SEALED);
    if count > 1 && (rows >= SEALED || closing) {
        return Some(parts.len() - count..parts.len());
    }
    let limits = [FAN, FAN * FAN];
    let run = limits
        .into_iter()
        .rev()
        .map(|limit| tail(limit).0)
        .find(|&count| count >= FAN);
    run.map(|count| parts.len() - count..parts.len())
}

/// One part in place of several that follow each other.
pub(super) fn merged(parts: &[Arc<Part>]) -> Option<Part> {
    let first = parts.first()?;
    let mut builder = BlockBuilder::new();
    let blocks: Vec<&Block> = parts.iter().map(|part| &*part.block).collect();
    builder.reserve(&blocks);
    for part in parts {
        builder.append_all(&part.block);
    }
    let block = builder.finish();
    let mut entries = vec![NOWHERE; block.trace_ids().len()].into_boxed_slice();
    let rows = parts
        .iter()
        .flat_map(|part| (0..part.block.len() as Row).map(|row| part.entry_of(row)));
    for (trace, entry) in block.trace_column().iter().zip(rows) {
        if let Some(of_trace) = entries.get_mut(trace as usize) {
            *of_trace = entry;
        }
    }
    let logs = parts
        .iter()
        .flat_map(|part| (0..part.block.log_count() as LogIx).map(move |log| (part, log)));
    for (index, (part, log)) in logs.enumerate() {
        let old = part.entries.get(part.block.log(log).trace_ix().0 as usize);
        let new = entries.get_mut(block.log(index as LogIx).trace_ix().0 as usize);
        if let (Some(&old), Some(new)) = (old, new) {
            *new = old;
        }
    }
    Some(Part {
        first: first.first,
        first_log: first.first_log,
        block: Arc::new(block),
        entries,
        earlier: parts
            .iter()
            .flat_map(|part| part.earlier.iter().copied())
            .collect(),
        earlier_log: parts
            .iter()
            .flat_map(|part| part.earlier_log.iter().copied())
            .collect(),
    })
}
