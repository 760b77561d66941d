//! Documents in progress wait for their final ones, which may stand anywhere in a text.

use std::collections::{HashMap, HashSet};

use super::segment::{Document, trace_id};
use crate::format::json::{JsonReader, JsonResult};
use crate::format::walk::Walk;
use crate::model::{SpanId, TraceId};

/// What makes documents those of one segment.
type Key = (TraceId, SpanId);

/// Documents of a text whose segments are not done, and the segments that are.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    finals: HashSet<Key>,
    /// Where they stand, and whether as strings. Of several, the last one tells most.
    in_progress: HashMap<Key, (usize, bool)>,
}

impl Walk<'_, '_, Document> {
    /// Reads a document, or has it wait if its segment is in progress.
    pub(super) fn take_document(&mut self, is_quoted: bool) -> JsonResult<()> {
        let at = self.json.position();
        let waiting = &mut self.state.waiting;
        match look(&self.json, is_quoted) {
            Some((key, true)) => {
                if !waiting.finals.contains(&key) {
                    waiting.in_progress.insert(key, (at, is_quoted));
                }
                return self.json.skip().map(drop);
            }
            Some((key, false)) => {
                waiting.in_progress.remove(&key);
                waiting.finals.insert(key);
            }
            None => {}
        }
        self.read_document(is_quoted)
    }

    fn read_document(&mut self, is_quoted: bool) -> JsonResult<()> {
        if is_quoted {
            self.quoted(|inner| inner.span(Walk::segment))
        } else {
            self.span(Self::segment)
        }
    }

    /// Reads the documents that waited in vain.
    pub(super) fn read_waiting(&mut self) -> JsonResult<()> {
        let in_progress = std::mem::take(&mut self.state.waiting.in_progress);
        let mut places: Vec<(usize, bool)> = in_progress.into_values().collect();
        places.sort_unstable();
        for (at, is_quoted) in places {
            self.json.seek(at);
            self.read_document(is_quoted)?;
            self.offer();
        }
        Ok(())
    }
}

/// Whose document comes next, and whether it is in progress. `None` if it has no ids, or breaks
/// off: then it is read, and what is wrong with it told.
fn look(json: &JsonReader<'_>, is_quoted: bool) -> Option<(Key, bool)> {
    let mut json = json.clone();
    if !is_quoted {
        return members(&mut json).ok()?;
    }
    let text = json.string().ok()?;
    members(&mut JsonReader::new(text.as_bytes())).ok()?
}

fn members(json: &mut JsonReader<'_>) -> JsonResult<Option<(Key, bool)>> {
    let (mut trace, mut span, mut has_end) = (TraceId(0), SpanId(0), false);
    json.enter_object()?;
    while let Some(name) = json.next_key()? {
        let text = json.clone().string().unwrap_or_default();
        match &*name {
            "trace_id" => trace = trace_id(&text).unwrap_or_default(),
            "id" => span = text.parse().unwrap_or_default(),
            "end_time" => has_end = true,
            _ => {}
        }
        json.skip()?;
    }
    let has_ids = !trace.is_zero() && !span.is_zero();
    Ok(has_ids.then_some(((trace, span), !has_end)))
}
