//! Links and events that tracers put into tags as JSON, where the version of the API has no
//! members for them.
//!
//! ```text
//! "_dd.span_links": "[{\"trace_id\":\"5b8e...\",\"span_id\":\"eee1...\",\"attributes\":{\"why\":\"batch\"},\"flags\":1}]"
//! "events": "[{\"name\":\"exception\",\"time_unix_nano\":1793714531204000000,\"attributes\":{\"n\":1}}]"
//! ```

use super::Span;
use crate::format::json::{JsonReader, JsonResult};
use crate::format::row::{count, span_id, trace_id};
use crate::format::walk::any_value;
use crate::model::{BlockBuilder, PairIx, SpanId, Sym, Time, TraceId};

impl Span {
    /// Takes links in JSON, with ids in hex.
    pub(super) fn links(&mut self, text: &str, builder: &mut BlockBuilder) -> JsonResult<()> {
        each(text, |json| {
            let (mut trace, mut span, mut state, mut flags) =
                (TraceId(0), SpanId(0), Sym::EMPTY, 0);
            let mut pairs = Vec::new();
            while let Some(key) = json.next_key()? {
                match &*key {
                    "trace_id" => trace = trace_id(json)?,
                    "span_id" => span = span_id(json)?,
                    "attributes" => attributes(json, builder, &mut pairs)?,
                    "tracestate" => state = builder.string(&json.string()?),
                    "flags" => flags = count(json)?,
                    _ => drop(json.skip()?),
                }
            }
            self.row.draft.link(trace, span, &pairs, 0);
            self.row.draft.link_context(state, flags);
            Ok(())
        })
    }

    /// Takes events in JSON.
    pub(super) fn events(&mut self, text: &str, builder: &mut BlockBuilder) -> JsonResult<()> {
        each(text, |json| {
            let (mut name, mut time, mut pairs) = (Sym::EMPTY, Time(0), Vec::new());
            while let Some(key) = json.next_key()? {
                match &*key {
                    "name" => name = builder.string(&json.string()?),
                    "time_unix_nano" => time = Time::of_nanos(json.integer()?),
                    "attributes" => attributes(json, builder, &mut pairs)?,
                    _ => drop(json.skip()?),
                }
            }
            self.row.draft.event(time, name, &pairs, 0);
            Ok(())
        })
    }
}

/// Calls `read` within each object of a list.
fn each(text: &str, mut read: impl FnMut(&mut JsonReader<'_>) -> JsonResult<()>) -> JsonResult<()> {
    let mut json = JsonReader::new(text.as_bytes());
    json.enter_array()?;
    while json.next_item()? {
        json.enter_object()?;
        read(&mut json)?;
    }
    Ok(())
}

fn attributes(
    json: &mut JsonReader<'_>,
    builder: &mut BlockBuilder,
    pairs: &mut Vec<PairIx>,
) -> JsonResult<()> {
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        let value = any_value(json, &mut false)?;
        pairs.push(value.with(|value| builder.attribute(&key, value)));
    }
    Ok(())
}
