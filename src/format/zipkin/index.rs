//! Which spans of a text belong together: found before any is decoded.

use std::collections::{HashMap, HashSet};

use super::span::{Key, Span, id, micros, trace_id};
use crate::format::json::{JsonKind, JsonReader, JsonResult};
use crate::model::{Nanos, SpanId, Time, TraceId};

/// Parents asked for a start before a span is left without one.
const GENERATIONS: usize = 64;

/// Where spans with the same ids stand, and when spans start that others may take it from.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Offsets of all reports of the spans that are reported more than once.
    repeated: HashMap<Key, Vec<usize>>,
    /// Start and parent of each span, if any span lacks a start.
    starts: HashMap<Key, (u64, SpanId)>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    key: Key,
    parent: SpanId,
    at: usize,
    micros: u64,
}

impl Index {
    /// The index of a text; of a broken one, up to where it breaks.
    pub(super) fn of(text: &[u8]) -> Self {
        let mut entries = Vec::new();
        let _ = collect(&mut JsonReader::new(text), &mut entries);
        let mut index = Self::default();
        let mut seen = HashSet::with_capacity(entries.len());
        for entry in &entries {
            if !seen.insert(entry.key) {
                index.repeated.entry(entry.key).or_default();
            }
        }
        drop(seen);
        for entry in &entries {
            if let Some(reports) = index.repeated.get_mut(&entry.key) {
                reports.push(entry.at);
            }
        }
        if entries.iter().any(|entry| entry.micros == 0) {
            for entry in &entries {
                index.start(entry.key, entry.micros, entry.parent);
            }
        }
        index
    }

    /// The index of spans that are all at hand, each with its reports beside it: when they start.
    pub(super) fn of_spans<'s, 'a: 's>(spans: impl Iterator<Item = &'s Span<'a>> + Clone) -> Self {
        let mut index = Self::default();
        if spans.clone().any(|span| span.micros == 0) {
            for span in spans {
                let key = Key {
                    trace: span.trace_id,
                    span: span.id,
                };
                index.start(key, span.micros, span.parent_id);
            }
        }
        index
    }

    /// Takes note of when a span starts: at the earliest that one of its reports says.
    fn start(&mut self, key: Key, micros: u64, parent: SpanId) {
        let known = self.starts.entry(key).or_insert((micros, parent));
        known.0 = match (known.0, micros) {
            (0, other) | (other, 0) => other,
            (one, other) => one.min(other),
        };
    }

    /// The offsets of the other reports of a span, if the report at `at` is the first of them.
    pub(super) fn others(&self, key: Key, at: usize) -> Option<Vec<usize>> {
        let Some(reports) = self.repeated.get(&key) else {
            return Some(Vec::new());
        };
        let (&first, others) = reports.split_first()?;
        (first == at).then(|| others.to_owned())
    }

    /// The start of the nearest relative that has one: the other half of the call, or an ancestor.
    pub(super) fn start_near(&self, trace: TraceId, span: SpanId, parent: SpanId) -> Option<Time> {
        let mut next = span;
        for _ in 0..GENERATIONS {
            let known = self.starts.get(&Key { trace, span: next });
            let (start, above) = known
                .copied()
                .unwrap_or((0, if next == span { parent } else { SpanId(0) }));
            if start > 0 {
                return Some(Time(0) + Nanos::from_micros(start));
            }
            if above.is_zero() {
                return None;
            }
            next = above;
        }
        None
    }
}

fn collect(json: &mut JsonReader<'_>, entries: &mut Vec<Entry>) -> JsonResult<()> {
    let mut open = 0_usize;
    loop {
        if open == 0 && json.at_end() {
            return Ok(());
        }
        if open > 0 && !json.next_item()? {
            open -= 1;
            continue;
        }
        match json.peek()? {
            JsonKind::Array => {
                json.enter_array()?;
                open += 1;
            }
            JsonKind::Object => {
                let start = json.clone();
                if let Ok(found) = entry(json) {
                    entries.extend(found);
                } else {
                    json.go_to(&start);
                    json.skip()?;
                }
            }
            _ => drop(json.skip()?),
        }
    }
}

fn entry(json: &mut JsonReader<'_>) -> JsonResult<Option<Entry>> {
    let at = json.position();
    let (mut trace, mut span, mut parent, mut start) = (None, None, None, 0);
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        match &*key {
            "traceId" => trace = trace_id(json)?,
            "id" => span = id(json)?,
            "parentId" => parent = id(json)?,
            "timestamp" => start = micros(json)?,
            _ => drop(json.skip()?),
        }
    }
    let key = trace.zip(span).map(|(trace, span)| Key { trace, span });
    Ok(key.map(|key| Entry {
        key,
        parent: parent.unwrap_or_default(),
        at,
        micros: start,
    }))
}
