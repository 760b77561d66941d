//! `TraceSpan` of version 1.

use super::Cloud;
use super::label::Meaning;
use crate::format::draft::Rejection;
use crate::format::json::JsonResult;
use crate::format::walk::timestamp;
use crate::model::{Kind, SpanId, Status, Value};

impl Cloud<'_, '_> {
    pub(super) fn v1(&mut self) -> JsonResult<Result<(), Rejection>> {
        self.begin();
        self.object(|walk, key| {
            let json = &mut walk.json;
            match key {
                "spanId" => walk.state.draft.span_id = decimal_id(json.integer()?),
                "parentSpanId" => walk.state.draft.parent_id = decimal_id(json.integer()?),
                "kind" => {
                    walk.state.draft.kind = match &*json.string()? {
                        "RPC_SERVER" => Kind::Server,
                        "RPC_CLIENT" => Kind::Client,
                        _ => Kind::Unspecified,
                    };
                }
                "name" => walk.state.draft.operation = walk.sym()?,
                "startTime" => walk.state.draft.start = timestamp(json)?,
                "endTime" => walk.state.draft.end = Some(timestamp(json)?),
                "labels" => walk.object(Self::label)?,
                _ => {}
            }
            Ok(())
        })?;
        self.state.draft.trace_id = self.state.trace_id;
        let project = self.state.project.clone();
        Ok(self.add(&project))
    }

    /// A label, whose value is always a string.
    fn label(&mut self, key: &str) -> JsonResult<()> {
        let value = self.json.scalar_text()?.unwrap_or_default();
        let state = &mut self.state;
        match Meaning::of(key) {
            Meaning::Service => value.as_ref().clone_into(&mut state.resource.service),
            Meaning::Resource(name) => {
                let pair = self.out.builder.attribute(name, Value::Str(&value));
                state.resource.others.push(pair);
            }
            Meaning::Number(name) => {
                let pair = match value.trim().parse() {
                    Ok(number) => self.out.builder.attribute(name, Value::Int(number)),
                    Err(_) => self.out.builder.attribute(name, Value::Str(&value)),
                };
                let is_failure = value.trim().parse().is_ok_and(|code: u16| code >= 500);
                if name == "http.response.status_code" && is_failure {
                    state.draft.status = Status::Error;
                }
                state.draft.attributes.push(pair);
            }
            Meaning::Text(name) => {
                match name {
                    "error.type" => state.draft.status = Status::Error,
                    "component" => value.as_ref().clone_into(&mut state.resource.component),
                    _ => {}
                }
                let pair = self.out.builder.attribute(name, Value::Str(&value));
                state.draft.attributes.push(pair);
            }
            Meaning::Message => {
                state.draft.status = Status::Error;
                state.draft.message = self.out.builder.string(&value);
            }
        }
        Ok(())
    }
}

/// A span id in decimal; 0 is none.
fn decimal_id(id: i128) -> SpanId {
    SpanId(u64::try_from(id).unwrap_or(0))
}
