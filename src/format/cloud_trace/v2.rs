//! `Span` of version 2, which is a clone of `OpenCensus`'s.

use super::label::Meaning;
use super::{Cloud, hex};
use crate::format::draft::Rejection;
use crate::format::json::JsonResult;
use crate::format::walk::timestamp;
use crate::model::{Kind, OwnedValue, PairIx, SpanId, Status, Sym, Time, TraceId, Value};

/// Bits of OTLP's span flags: whether it is known that the parent is remote, and whether it is.
const REMOTE_IS_KNOWN: u32 = 1 << 8;
const IS_REMOTE: u32 = 1 << 9;

impl Cloud<'_, '_> {
    pub(super) fn v2(&mut self) -> JsonResult<Result<(), Rejection>> {
        self.begin();
        let mut project = String::new();
        self.object(|walk, key| {
            match key {
                "name" => {
                    let path = walk.json.string()?;
                    let mut parts = path.split('/');
                    let mut behind = |name| {
                        let found = parts.next() == Some(name);
                        parts.next().filter(|_| found).unwrap_or_default()
                    };
                    behind("projects").clone_into(&mut project);
                    walk.state.draft.trace_id = behind("traces").parse().unwrap_or_default();
                    let span_id = hex(behind("spans"));
                    if walk.state.draft.span_id.is_zero() {
                        walk.state.draft.span_id = span_id;
                    }
                }
                _ => walk.v2_member(key)?,
            }
            Ok(())
        })?;
        Ok(self.add(&project))
    }

    fn v2_member(&mut self, key: &str) -> JsonResult<()> {
        match key {
            "spanId" => self.state.draft.span_id = hex(&self.json.string()?),
            "parentSpanId" => self.state.draft.parent_id = hex(&self.json.string()?),
            "displayName" => self.state.draft.operation = self.cut_string()?,
            "startTime" => self.state.draft.start = timestamp(&mut self.json)?,
            "endTime" => self.state.draft.end = Some(timestamp(&mut self.json)?),
            "spanKind" => {
                self.state.draft.kind = Kind::from_name(&self.json.string()?).unwrap_or_default();
            }
            "status" => self.v2_status()?,
            "sameProcessAsParentSpan" => {
                let remote = if self.json.bool()? { 0 } else { IS_REMOTE };
                self.state.draft.flags = REMOTE_IS_KNOWN | remote;
            }
            "attributes" => {
                self.state.draft.dropped[0] = self.v2_attributes(Self::v2_span_attribute)?;
            }
            "stackTrace" => {
                let pair = self.attribute("gcp.stack_trace")?;
                self.state.draft.attributes.push(pair);
            }
            "timeEvents" => self.object(|walk, key| {
                match key {
                    "timeEvent" => walk.items(Self::v2_event)?,
                    "droppedAnnotationsCount" | "droppedMessageEventsCount" => {
                        walk.state.draft.dropped[1] += walk.v2_count()?;
                    }
                    _ => {}
                }
                Ok(())
            })?,
            "links" => self.object(|walk, key| {
                match key {
                    "link" => walk.items(Self::v2_link)?,
                    "droppedLinksCount" => walk.state.draft.dropped[2] = walk.v2_count()?,
                    _ => {}
                }
                Ok(())
            })?,
            _ => {}
        }
        Ok(())
    }

    /// Small counts: they are summed.
    fn v2_count(&mut self) -> JsonResult<u32> {
        Ok(self.json.integer()?.clamp(0, i128::from(u32::MAX >> 2)) as u32)
    }

    /// A `TruncatableString`.
    fn cut_string(&mut self) -> JsonResult<Sym> {
        let mut text = Sym::EMPTY;
        self.object(|walk, key| {
            if key == "value" {
                text = walk.sym()?;
            }
            Ok(())
        })?;
        Ok(text)
    }

    /// Codes are those of gRPC.
    fn v2_status(&mut self) -> JsonResult<()> {
        self.state.draft.status = Status::Ok;
        self.object(|walk, key| {
            match key {
                "code" if walk.json.clone().integer().unwrap_or(0) != 0 => {
                    walk.state.draft.status = Status::Error;
                }
                "message" => walk.state.draft.message = walk.sym()?,
                _ => {}
            }
            Ok(())
        })
    }

    /// Calls `put` for each attribute of an `Attributes`; returns how many were dropped.
    fn v2_attributes(&mut self, put: fn(&mut Self, &str, &OwnedValue)) -> JsonResult<u32> {
        let mut dropped = 0;
        self.object(|walk, key| {
            match key {
                "attributeMap" => walk.object(|walk, key| {
                    let value = walk.v2_value()?;
                    put(walk, key, &value);
                    Ok(())
                })?,
                "droppedAttributesCount" => dropped = walk.v2_count()?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(dropped)
    }

    fn v2_value(&mut self) -> JsonResult<OwnedValue> {
        let mut value = OwnedValue::Empty;
        self.object(|walk, key| {
            match key {
                "stringValue" => walk.object(|walk, key| {
                    if key == "value" {
                        value = OwnedValue::Str(walk.json.string()?.into_owned());
                    }
                    Ok(())
                })?,
                "intValue" => {
                    let number = walk.json.integer()?;
                    value = OwnedValue::Int(number.clamp(i64::MIN.into(), i64::MAX.into()) as i64);
                }
                "boolValue" => value = OwnedValue::Bool(walk.json.bool()?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(value)
    }

    fn v2_span_attribute(&mut self, key: &str, value: &OwnedValue) {
        let builder = &mut *self.out.builder;
        let state = &mut self.state;
        value.with(|value| match (Meaning::of(key), value) {
            (Meaning::Service, Value::Str(name)) => name.clone_into(&mut state.resource.service),
            (Meaning::Resource(name), _) => {
                state.resource.others.push(builder.attribute(name, value));
            }
            (Meaning::Number(name), Value::Str(text)) => {
                let value = text.trim().parse().map_or(value, Value::Int);
                state.draft.attributes.push(builder.attribute(name, value));
            }
            (Meaning::Text("component"), Value::Str(name)) => {
                name.clone_into(&mut state.resource.component);
                state
                    .draft
                    .attributes
                    .push(builder.attribute("component", value));
            }
            (Meaning::Number(name) | Meaning::Text(name), _) => {
                state.draft.attributes.push(builder.attribute(name, value));
            }
            (Meaning::Service | Meaning::Message, _) => {
                state.draft.attributes.push(builder.attribute(key, value));
            }
        });
    }

    /// Keeps an attribute of an event or a link.
    fn v2_pair(&mut self, key: &str, value: &OwnedValue) {
        let builder = &mut *self.out.builder;
        let pair = value.with(|value| builder.attribute(key, value));
        self.state.pairs.push(pair);
    }

    /// An annotation, or a message that was sent or received.
    fn v2_event(&mut self) -> JsonResult<()> {
        let (mut time, mut name, mut dropped) = (Time(0), Sym::EMPTY, 0);
        self.state.pairs.clear();
        self.object(|walk, key| {
            match key {
                "time" => time = timestamp(&mut walk.json)?,
                "annotation" => walk.object(|walk, key| {
                    match key {
                        "description" => name = walk.cut_string()?,
                        "attributes" => dropped = walk.v2_attributes(Self::v2_pair)?,
                        _ => {}
                    }
                    Ok(())
                })?,
                "messageEvent" => {
                    name = walk.out.builder.string("message");
                    walk.object(|walk, key| {
                        let name = match key {
                            "type" => "message.type",
                            "id" => "message.id",
                            "uncompressedSizeBytes" => "message.uncompressed_size",
                            "compressedSizeBytes" => "message.compressed_size",
                            _ => return Ok(()),
                        };
                        let pair: PairIx = walk.attribute(name)?;
                        walk.state.pairs.push(pair);
                        Ok(())
                    })?;
                }
                _ => {}
            }
            Ok(())
        })?;
        let state = &mut self.state;
        state.draft.event(time, name, &state.pairs, dropped);
        Ok(())
    }

    fn v2_link(&mut self) -> JsonResult<()> {
        let (mut trace_id, mut span_id, mut dropped) = (TraceId(0), SpanId(0), 0);
        self.state.pairs.clear();
        self.object(|walk, key| {
            match key {
                "traceId" => trace_id = walk.trace_id()?,
                "spanId" => span_id = hex(&walk.json.string()?),
                "type" => {
                    let pair = walk.attribute("opencensus.link.type")?;
                    walk.state.pairs.push(pair);
                }
                "attributes" => dropped = walk.v2_attributes(Self::v2_pair)?,
                _ => {}
            }
            Ok(())
        })?;
        let state = &mut self.state;
        state.draft.link(trace_id, span_id, &state.pairs, dropped);
        Ok(())
    }
}
