//! `LogRecord`.

use crate::format::json::{JsonKind, JsonResult};
use crate::model::{LogFields, SpanId, Sym, Time, TraceId, Value};

use super::span::{reason_of, span_id, trace_id};
use super::value::{Read, any_value};
use super::{Decoder, PENDING_RESOURCE, PENDING_SCOPE};

struct Draft<'a> {
    trace_id: TraceId,
    span_id: SpanId,
    time: Time,
    observed: Time,
    severity: u8,
    severity_text: Sym,
    event_name: String,
    body: Read<'a>,
}

impl<'a> Decoder<'a, '_> {
    /// Keeps a record that names a trace, and counts one that does not.
    pub(super) fn log(&mut self) -> JsonResult<()> {
        let start = self.json.clone();
        match self.log_draft() {
            Ok(draft) if draft.trace_id.is_zero() => self.findings.logs_without_trace += 1,
            Ok(draft) => self.add_log(&draft),
            Err(error) if error.is_recoverable() => {
                let problem = self.findings.json_problem(self.text, error, String::new());
                self.reject(error.position(), reason_of(error), problem.message);
                self.json.go_to(&start);
                self.json.skip()?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn log_draft(&mut self) -> JsonResult<Draft<'a>> {
        self.attributes.clear();
        let mut draft = Draft {
            trace_id: TraceId(0),
            span_id: SpanId(0),
            time: Time(0),
            observed: Time(0),
            severity: 0,
            severity_text: Sym::EMPTY,
            event_name: String::new(),
            body: Read::Empty,
        };
        self.object(|decoder, key| decoder.log_member(key, &mut draft))?;
        Ok(draft)
    }

    fn log_member(&mut self, key: &str, draft: &mut Draft<'a>) -> JsonResult<()> {
        let at = self.json.position();
        match key {
            "traceId" | "trace_id" => draft.trace_id = trace_id(&mut self.json)?,
            "spanId" | "span_id" => draft.span_id = span_id(&mut self.json)?,
            "timeUnixNano" | "time_unix_nano" => draft.time = self.time()?,
            "observedTimeUnixNano" | "observed_time_unix_nano" => {
                draft.observed = self.time()?;
            }
            "severityNumber" | "severity_number" if self.json.peek()? != JsonKind::String => {
                draft.severity = self.json.integer()?.clamp(0, 24) as u8;
            }
            "severityText" | "severity_text" => draft.severity_text = self.required_text()?,
            "eventName" | "event_name" => draft.event_name = self.json.string()?.into_owned(),
            "attributes" => self.attributes()?,
            "body" => {
                let mut too_deep = false;
                draft.body = any_value(&mut self.json, &mut too_deep)?;
                if too_deep {
                    self.note_depth(at);
                }
            }
            _ => drop(self.json.skip()?),
        }
        Ok(())
    }

    fn add_log(&mut self, draft: &Draft<'a>) {
        if !draft.event_name.is_empty() {
            self.attributes.push(
                self.builder
                    .attribute("event.name", Value::Str(&draft.event_name)),
            );
        }
        let unknown = draft.time.0 == 0;
        self.builder.log(&LogFields {
            trace_id: draft.trace_id,
            span_id: draft.span_id,
            time: if unknown { draft.observed } else { draft.time },
            severity: draft.severity,
            severity_text: draft.severity_text,
            body: draft.body.value(),
            attributes: &self.attributes,
            resource: PENDING_RESOURCE,
            scope: PENDING_SCOPE,
        });
    }
}
