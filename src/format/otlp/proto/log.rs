//! `LogRecord`.

use crate::format::protobuf::{Field, Message};
use crate::model::{LogFields, ResourceIx, ScopeIx, SpanId, Sym, Time, TraceId, Value};

use super::value::with_value;
use super::{Decoder, Result, span_id, trace_id};

impl<'a> Decoder<'a, '_> {
    /// Keeps a record that names a trace, and counts one that does not.
    pub(super) fn log(
        &mut self,
        record: Message<'a>,
        resource: ResourceIx,
        scope: ScopeIx,
    ) -> Result<()> {
        self.attributes.clear();
        let (mut trace, mut span) = (Some(TraceId(0)), Some(SpanId(0)));
        let (mut time, mut observed, mut severity) = (Time(0), Time(0), 0);
        let (mut severity_text, mut event_name, mut body) = (Sym::EMPTY, None, None);
        let mut message = record;
        while let Some((number, field)) = message.field()? {
            match (number, field) {
                (1, Field::Fixed64(at)) => time = Time(at),
                (2, Field::Varint(number)) => severity = number.min(24) as u8,
                (3, Field::Bytes(text)) => severity_text = self.string(text),
                (5, Field::Bytes(any)) => body = Some(any),
                (6, Field::Bytes(pair)) => self.attribute(pair)?,
                (9, Field::Bytes(id)) => trace = log_trace_id(id.bytes()),
                (10, Field::Bytes(id)) => span = span_id(id.bytes()),
                (11, Field::Fixed64(at)) => observed = Time(at),
                (12, Field::Bytes(text)) => event_name = Some(text),
                _ => {}
            }
        }
        let (Some(trace_id), Some(span_id)) = (trace, span) else {
            self.reject(record, || {
                "a log record's trace or span id of a wrong length".to_owned()
            });
            return Ok(());
        };
        if trace_id.is_zero() {
            self.findings.logs_without_trace += 1;
            return Ok(());
        }
        if let Some(name) = event_name.filter(|name| !name.bytes().is_empty()) {
            let name = String::from_utf8_lossy(name.bytes());
            self.attributes
                .push(self.builder.attribute("event.name", Value::Str(&name)));
        }
        let time = if time.0 == 0 { observed } else { time };
        let builder = &mut *self.builder;
        let attributes = &self.attributes;
        let mut add = |body: Value<'_>| {
            builder.log(&LogFields {
                trace_id,
                span_id,
                time,
                severity,
                severity_text,
                body,
                attributes,
                resource,
                scope,
            });
        };
        if let Some(any) = body {
            return with_value(any, add);
        }
        add(Value::Empty);
        Ok(())
    }
}

/// A record may name no trace, by no bytes or by zeros.
fn log_trace_id(bytes: &[u8]) -> Option<TraceId> {
    if bytes.iter().all(|&byte| byte == 0) {
        Some(TraceId(0))
    } else {
        trace_id(bytes)
    }
}
