//! Why a segment failed: exceptions with their stacks.

use std::fmt::Write as _;

use super::segment::Document;
use crate::format::draft::Draft;
use crate::format::json::{JsonKind, JsonResult};
use crate::format::walk::Walk;
use crate::model::{BlockBuilder, PairIx, Status, Time, Value};

/// An exception of a cause.
#[derive(Debug, Default)]
pub(super) struct Exception {
    kind: String,
    message: String,
    stack: String,
    /// What else it says: id, cause, remote, truncated, skipped.
    others: Vec<PairIx>,
}

impl Exception {
    /// Adds it to a span as an event, of which the first gives the status its message.
    pub(super) fn add(self, time: Time, draft: &mut Draft, builder: &mut BlockBuilder) {
        if draft.message == crate::model::Sym::EMPTY {
            draft.message = builder.string(&self.message);
        }
        let mut pairs = Vec::with_capacity(self.others.len() + 3);
        let mut put = |key, text: &str| {
            if !text.is_empty() {
                pairs.push(builder.attribute(key, Value::Str(text)));
            }
        };
        put("exception.type", &self.kind);
        put("exception.message", &self.message);
        if !self.stack.is_empty() {
            let trace = format!("{}: {}{}", self.kind, self.message, self.stack);
            put("exception.stacktrace", &trace);
        }
        pairs.extend(self.others);
        let name = builder.string("exception");
        draft.event(time, name, &pairs, 0);
    }
}

impl Walk<'_, '_, Document> {
    /// A cause: the id of an exception told elsewhere, or exceptions.
    pub(super) fn cause(&mut self) -> JsonResult<()> {
        if let Some(draft) = self.state.draft() {
            draft.status = Status::Error;
        }
        if self.json.peek()? != JsonKind::Object {
            let pair = self.attribute("aws.xray.cause")?;
            self.state.push(pair);
            return Ok(());
        }
        self.object(|walk, key| {
            match key {
                "exceptions" => walk.items(Self::exception)?,
                "working_directory" | "paths" | "message" => {
                    let pair = walk.attribute(&format!("aws.xray.cause.{key}"))?;
                    walk.state.push(pair);
                }
                _ => {}
            }
            Ok(())
        })
    }

    fn exception(&mut self) -> JsonResult<()> {
        let mut exception = Exception::default();
        self.object(|walk, key| {
            match key {
                "type" => exception.kind = walk.text()?,
                "message" => exception.message = walk.text()?,
                "stack" => walk.items(|walk| walk.frame(&mut exception.stack))?,
                "id" | "cause" | "remote" | "truncated" | "skipped" => {
                    let pair = walk.attribute(&format!("aws.xray.exception.{key}"))?;
                    exception.others.push(pair);
                }
                _ => {}
            }
            Ok(())
        })?;
        if let Some(segment) = self.state.segment() {
            segment.exceptions.push(exception);
        }
        Ok(())
    }

    fn frame(&mut self, stack: &mut String) -> JsonResult<()> {
        let (mut path, mut line, mut label) = (String::new(), String::new(), String::new());
        self.object(|walk, key| {
            match key {
                "path" => path = walk.text()?,
                "line" => line = walk.text()?,
                "label" => label = walk.text()?,
                _ => {}
            }
            Ok(())
        })?;
        let _ = write!(stack, "\n\tat {label}({path}:{line})");
        Ok(())
    }

    fn text(&mut self) -> JsonResult<String> {
        Ok(self.json.scalar_text()?.unwrap_or_default().into_owned())
    }
}
