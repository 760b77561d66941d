//! Documents in progress wait for their final ones, which may stand anywhere in a data set.

use std::collections::{HashMap, HashSet};

use super::segment::{Document, trace_id};
use crate::format::findings::Piece;
use crate::format::json::{JsonReader, JsonResult};
use crate::format::walk::Walk;
use crate::model::{SpanId, TraceId};

/// What makes documents those of one segment.
type Key = (TraceId, SpanId);

/// Documents whose segments are not done, and the segments that are.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    finals: HashSet<Key>,
    /// Of several documents of a segment, the last one, which tells most.
    in_progress: HashMap<Key, Held>,
    /// How many came so far.
    count: u64,
    bytes: usize,
}

/// A document that waits.
#[derive(Debug)]
pub(super) struct Held {
    pub text: Vec<u8>,
    pub place: Piece,
    number: u64,
}

impl Held {
    fn bytes(&self) -> usize {
        self.text.len() + self.place.input.len() + size_of::<(Key, Self)>()
    }
}

impl Waiting {
    /// Heap bytes, about.
    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.finals.len() * 2 * size_of::<Key>()
    }

    /// The documents that waited in vain, in the order in which they came.
    pub(super) fn in_vain(self) -> Vec<Held> {
        let mut held: Vec<Held> = self.in_progress.into_values().collect();
        held.sort_unstable_by_key(|held| held.number);
        held
    }

    fn hold(&mut self, key: Key, text: Vec<u8>, place: Piece) {
        if self.finals.contains(&key) {
            return;
        }
        self.count += 1;
        let held = Held {
            text,
            place,
            number: self.count,
        };
        self.bytes += held.bytes();
        let before = self.in_progress.insert(key, held);
        self.bytes -= before.map_or(0, |before| before.bytes());
    }

    fn supersede(&mut self, key: Key) {
        let before = self.in_progress.remove(&key);
        self.bytes -= before.map_or(0, |before| before.bytes());
        self.finals.insert(key);
    }
}

impl Walk<'_, '_, Document> {
    /// Reads a document, or has it wait if its segment is in progress.
    pub(super) fn take_document(&mut self, is_quoted: bool) -> JsonResult<()> {
        match look(&self.json, is_quoted) {
            Some((key, true)) => {
                let place = self.place(self.json.position());
                let text = if is_quoted {
                    self.json.string()?.into_owned().into_bytes()
                } else {
                    self.json.skip()?.to_owned()
                };
                self.state.waiting.hold(key, text, place);
                return Ok(());
            }
            Some((key, false)) => self.state.waiting.supersede(key),
            None => {}
        }
        if is_quoted {
            self.quoted(|inner| inner.span(Walk::segment))
        } else {
            self.span(Self::segment)
        }
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
