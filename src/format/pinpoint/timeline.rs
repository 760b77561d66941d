//! `traceViewerData`: the same calls as events of Chrome's tracing, in which calls of no
//! millisecond are left out.

use super::{Method, Pinpoint};
use crate::format::decimal::decimal;
use crate::format::json::JsonResult;
use crate::model::{Nanos, SpanId, Status, Time, Value};

impl Pinpoint<'_, '_> {
    /// A slice; events of other phases draw arrows.
    pub(super) fn slice(&mut self) -> JsonResult<()> {
        let mut method = Method::default();
        let (mut is_slice, mut start, mut duration) = (false, 0, 0);
        self.object(|walk, key| {
            match key {
                "ph" => is_slice = walk.json.string()? == "X",
                "name" => method.draft.operation = walk.sym()?,
                "ts" => start = walk.micros()?,
                "dur" => duration = walk.micros()?,
                "args" => walk.object(|walk, key| walk.argument(key, &mut method))?,
                _ => {}
            }
            Ok(())
        })?;
        if is_slice {
            method.draft.start = Time(start);
            method.draft.end = Some(Time(start) + Nanos(duration));
            self.state.method(method);
        }
        Ok(())
    }

    /// Microseconds, in nanoseconds.
    fn micros(&mut self) -> JsonResult<u64> {
        let text = self.json.scalar_text()?.unwrap_or_default();
        let nanos = decimal(&text, 3).and_then(|nanos| u64::try_from(nanos).ok());
        Ok(nanos.unwrap_or(0))
    }

    fn argument(&mut self, key: &str, method: &mut Method) -> JsonResult<()> {
        match key {
            "id" => method.draft.span_id = self.row_id()?,
            "parentId" => method.draft.parent_id = self.row_id()?,
            "Application Name" => method.application = self.json.string()?.into_owned(),
            "Agent Id" => method.agent = self.json.string()?.into_owned(),
            "API Type" => {
                let text = self.json.string()?;
                method.is_client = text.to_ascii_uppercase().contains("CLIENT");
                let pair = self
                    .out
                    .builder
                    .attribute("pinpoint.api_type", Value::Str(&text));
                method.draft.attributes.push(pair);
            }
            "Exception" => {
                method.draft.status = Status::Error;
                method.draft.message = self.sym()?;
            }
            "Query" => {
                let pair = self.attribute("db.query.text")?;
                method.draft.attributes.push(pair);
            }
            _ => {
                let pair = self.attribute(key)?;
                method.draft.attributes.push(pair);
            }
        }
        Ok(())
    }

    fn row_id(&mut self) -> JsonResult<SpanId> {
        let text = self.json.scalar_text()?.unwrap_or_default();
        Ok(SpanId(text.trim().parse().unwrap_or(0)))
    }
}
