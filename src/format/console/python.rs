//! Spans of Python's `ConsoleSpanExporter`: `ReadableSpan.to_json` of `opentelemetry-sdk`.

use super::Console;
use crate::format::json::JsonResult;
use crate::format::walk::{parsed, timestamp};
use crate::model::{Kind, SpanId, Status, Sym, Time, TraceId};

impl Console<'_, '_> {
    /// One span, into the draft.
    pub(super) fn python(&mut self) -> JsonResult<()> {
        self.object(Self::python_member)
    }

    fn python_member(&mut self, key: &str) -> JsonResult<()> {
        match key {
            "name" => self.state.draft.operation = self.sym()?,
            "context" => {
                let (trace_id, span_id, state) = self.python_context()?;
                let draft = &mut self.state.draft;
                (draft.trace_id, draft.span_id, draft.trace_state) = (trace_id, span_id, state);
            }
            "parent_id" => self.state.draft.parent_id = parsed(&mut self.json, SPAN_ID, id)?,
            "kind" => {
                self.state.draft.kind = parsed(&mut self.json, "a span kind", |text| {
                    Kind::from_name(text.strip_prefix("SpanKind.").unwrap_or(text))
                })?;
            }
            "start_time" => self.state.draft.start = timestamp(&mut self.json)?,
            "end_time" => self.state.draft.end = Some(timestamp(&mut self.json)?),
            "status" => self.object(|walk, key| {
                match key {
                    "status_code" => walk.state.draft.status = status(&walk.json.string()?),
                    "description" => walk.state.draft.message = walk.sym()?,
                    _ => {}
                }
                Ok(())
            })?,
            "attributes" => {
                let mut pairs = std::mem::take(&mut self.state.draft.attributes);
                let result = self.attributes(&mut pairs);
                self.state.draft.attributes = pairs;
                result?;
            }
            "events" => self.items(Self::python_event)?,
            "links" => self.items(Self::python_link)?,
            "resource" => self.python_resource()?,
            _ => {}
        }
        Ok(())
    }

    fn python_context(&mut self) -> JsonResult<(TraceId, SpanId, Sym)> {
        let (mut trace_id, mut span_id, mut state) = Default::default();
        self.object(|walk, key| {
            match key {
                "trace_id" => trace_id = parsed(&mut walk.json, TRACE_ID, id)?,
                "span_id" => span_id = parsed(&mut walk.json, SPAN_ID, id)?,
                "trace_state" => {
                    let text = trace_state(&walk.json.string()?);
                    state = walk.out.builder.string(&text);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok((trace_id, span_id, state))
    }

    fn python_event(&mut self) -> JsonResult<()> {
        let (mut name, mut time) = (Sym::EMPTY, Time(0));
        let mut pairs = std::mem::take(&mut self.state.pairs);
        pairs.clear();
        let result = self.object(|walk, key| {
            match key {
                "name" => name = walk.sym()?,
                "timestamp" => time = timestamp(&mut walk.json)?,
                "attributes" => walk.attributes(&mut pairs)?,
                _ => {}
            }
            Ok(())
        });
        self.state.draft.event(time, name, &pairs, 0);
        self.state.pairs = pairs;
        result
    }

    fn python_link(&mut self) -> JsonResult<()> {
        let mut context = Default::default();
        let mut pairs = std::mem::take(&mut self.state.pairs);
        pairs.clear();
        let result = self.object(|walk, key| {
            match key {
                "context" => context = walk.python_context()?,
                "attributes" => walk.attributes(&mut pairs)?,
                _ => {}
            }
            Ok(())
        });
        let (trace_id, span_id, state) = context;
        self.state.draft.link(trace_id, span_id, &pairs, 0);
        self.state.draft.link_context(state, 0);
        self.state.pairs = pairs;
        result
    }

    /// The resource: attributes with a schema, or, before 1.11, the attributes alone.
    fn python_resource(&mut self) -> JsonResult<()> {
        let mut pairs = std::mem::take(&mut self.state.resource);
        let result = self.object(|walk, key| {
            match key {
                "attributes" => walk.attributes(&mut pairs)?,
                "schema_url" => walk.state.resource_schema = walk.sym()?,
                _ => pairs.push(walk.attribute(key)?),
            }
            Ok(())
        });
        self.state.resource = pairs;
        result
    }
}

const TRACE_ID: &str = "a trace id in hex";
const SPAN_ID: &str = "a span id in hex";

fn id<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.strip_prefix("0x").unwrap_or(text).parse().ok()
}

fn status(name: &str) -> Status {
    match name {
        "OK" => Status::Ok,
        "ERROR" => Status::Error,
        _ => Status::Unset,
    }
}

/// A trace state, which Python prints as `['{key=a, value=b}', ...]` or so, as W3C writes it.
fn trace_state(text: &str) -> String {
    let entries = text.split("key=").skip(1).filter_map(|entry| {
        let (key, rest) = entry.split_once(", value=")?;
        Some(format!("{key}={}", rest.split('}').next()?))
    });
    entries.collect::<Vec<_>>().join(",")
}
