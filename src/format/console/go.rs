//! Spans of Go's `stdouttrace`: `SpanStub` of `go.opentelemetry.io/otel/sdk/trace/tracetest`.

use std::borrow::Cow;

use super::{Console, Scope};
use crate::format::json::JsonResult;
use crate::format::walk::{any_value, parsed, timestamp};
use crate::model::{Kind, OwnedValue, PairIx, SpanId, Status, Sym, Time, TraceId};

/// What a span context says.
#[derive(Debug, Clone, Copy, Default)]
struct Context {
    trace_id: TraceId,
    span_id: SpanId,
    flags: u32,
    state: Sym,
    remote: bool,
}

/// Bits of OTLP's span flags: whether it is known that the parent is remote, and whether it is.
const REMOTE_IS_KNOWN: u32 = 1 << 8;
const IS_REMOTE: u32 = 1 << 9;

impl Context {
    /// W3C's flags in the low byte, and in the next one where the context came from.
    fn remote_flags(self) -> u32 {
        REMOTE_IS_KNOWN | if self.remote { IS_REMOTE } else { 0 }
    }
}

impl Console<'_, '_> {
    /// One span, into the draft.
    pub(super) fn go(&mut self) -> JsonResult<()> {
        self.object(Self::go_member)
    }

    fn go_member(&mut self, key: &str) -> JsonResult<()> {
        match key {
            "Name" => self.state.draft.operation = self.sym()?,
            "SpanContext" => {
                let context = self.go_context()?;
                let draft = &mut self.state.draft;
                (draft.trace_id, draft.span_id) = (context.trace_id, context.span_id);
                draft.trace_state = context.state;
                draft.flags |= context.flags;
            }
            "Parent" => {
                let parent = self.go_context()?;
                self.state.draft.parent_id = parent.span_id;
                if !parent.span_id.is_zero() {
                    self.state.draft.flags |= parent.remote_flags();
                }
            }
            "SpanKind" => {
                let kind = i64::try_from(self.json.integer()?).unwrap_or(0);
                self.state.draft.kind = Kind::from_otlp(kind);
            }
            "StartTime" => self.state.draft.start = timestamp(&mut self.json)?,
            "EndTime" => {
                let end = timestamp(&mut self.json)?;
                self.state.draft.end = (end.0 > 0).then_some(end);
            }
            "Attributes" => {
                let pairs = self.go_attributes()?;
                self.state.draft.attributes = pairs;
            }
            "Events" | "MessageEvents" => self.items(Self::go_event)?,
            "Links" => self.items(Self::go_link)?,
            "Status" => self.go_status()?,
            "DroppedAttributes" | "DroppedAttributeCount" => {
                self.state.draft.dropped[0] = self.go_count()?;
            }
            "DroppedEvents" | "DroppedMessageEventCount" => {
                self.state.draft.dropped[1] = self.go_count()?;
            }
            "DroppedLinks" | "DroppedLinkCount" => self.state.draft.dropped[2] = self.go_count()?,
            "Resource" => {
                let pairs = self.go_attributes()?;
                self.state.resource = pairs;
            }
            "InstrumentationScope" | "InstrumentationLibrary" => self.go_scope()?,
            _ => {}
        }
        Ok(())
    }

    fn go_count(&mut self) -> JsonResult<u32> {
        Ok(self.json.integer()?.clamp(0, u32::MAX.into()) as u32)
    }

    fn go_context(&mut self) -> JsonResult<Context> {
        let mut context = Context::default();
        self.object(|walk, key| {
            let json = &mut walk.json;
            match key {
                "TraceID" => context.trace_id = parsed(json, "a trace id", |id| id.parse().ok())?,
                "SpanID" => context.span_id = parsed(json, "a span id", |id| id.parse().ok())?,
                "TraceFlags" => {
                    context.flags = parsed(json, "flags in hex", |flags| {
                        u32::from_str_radix(flags, 16).ok()
                    })?;
                }
                "TraceState" => context.state = walk.sym()?,
                "Remote" => context.remote = json.bool()?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(context)
    }

    fn go_status(&mut self) -> JsonResult<()> {
        self.object(|walk, key| {
            match key {
                "Code" => {
                    walk.state.draft.status = match walk.json.scalar_text()?.as_deref() {
                        Some("Ok" | "2") => Status::Ok,
                        Some("Error" | "1") => Status::Error,
                        _ => Status::Unset,
                    };
                }
                "Description" => walk.state.draft.message = walk.sym()?,
                _ => {}
            }
            Ok(())
        })
    }

    /// A list of keys with values of a named type.
    fn go_attributes(&mut self) -> JsonResult<Vec<PairIx>> {
        let mut pairs = Vec::new();
        self.items(|walk| {
            let (mut name, mut value) = (Cow::Borrowed(""), OwnedValue::Empty);
            walk.object(|walk, key| {
                match key {
                    "Key" => name = walk.json.string()?.into_owned().into(),
                    "Value" => value = walk.go_value()?,
                    _ => {}
                }
                Ok(())
            })?;
            let builder = &mut *walk.out.builder;
            pairs.push(value.with(|value| builder.attribute(&name, value)));
            Ok(())
        })?;
        Ok(pairs)
    }

    /// A value and its type: what JSON writes as `2` may be a double.
    fn go_value(&mut self) -> JsonResult<OwnedValue> {
        let (mut is_double, mut value) = (false, OwnedValue::Empty);
        self.object(|walk, key| {
            match key {
                "Type" => is_double = walk.json.string()?.starts_with("FLOAT64"),
                "Value" => {
                    value = any_value(&mut walk.json, &mut false)?.into_owned();
                }
                _ => {}
            }
            Ok(())
        })?;
        if is_double {
            as_double(&mut value);
        }
        Ok(value)
    }

    fn go_event(&mut self) -> JsonResult<()> {
        let (mut name, mut time, mut pairs, mut dropped) = (Sym::EMPTY, Time(0), Vec::new(), 0);
        self.object(|walk, key| {
            match key {
                "Name" => name = walk.sym()?,
                "Time" => time = timestamp(&mut walk.json)?,
                "Attributes" => pairs = walk.go_attributes()?,
                "DroppedAttributeCount" => dropped = walk.go_count()?,
                _ => {}
            }
            Ok(())
        })?;
        self.state.draft.event(time, name, &pairs, dropped);
        Ok(())
    }

    fn go_link(&mut self) -> JsonResult<()> {
        let (mut context, mut pairs, mut dropped) = (Context::default(), Vec::new(), 0);
        self.object(|walk, key| {
            match key {
                "SpanContext" => context = walk.go_context()?,
                "Attributes" => pairs = walk.go_attributes()?,
                "DroppedAttributeCount" => dropped = walk.go_count()?,
                _ => {}
            }
            Ok(())
        })?;
        let flags = context.flags | context.remote_flags();
        let draft = &mut self.state.draft;
        draft.link(context.trace_id, context.span_id, &pairs, dropped);
        draft.link_context(context.state, flags);
        Ok(())
    }

    fn go_scope(&mut self) -> JsonResult<()> {
        let mut scope = Scope::default();
        self.object(|walk, key| {
            match key {
                "Name" => scope.name = walk.sym()?,
                "Version" => scope.version = walk.sym()?,
                "SchemaURL" => scope.schema_url = walk.sym()?,
                "Attributes" => scope.attributes = walk.go_attributes()?,
                _ => {}
            }
            Ok(())
        })?;
        self.state.scope = scope;
        Ok(())
    }
}

/// Whole numbers, alone or in a list, that stand for doubles.
fn as_double(value: &mut OwnedValue) {
    match value {
        OwnedValue::Int(number) => *value = OwnedValue::Double(*number as f64),
        OwnedValue::Array(items) => {
            for item in items {
                if let OwnedValue::Int(number) = item {
                    *item = OwnedValue::Double(*number as f64);
                }
            }
        }
        _ => {}
    }
}
