//! What tracers of Datadog send to its agent: traces as lists of spans, in JSON (`v0.3`, `v0.4`) and
//! in `MessagePack` (`v0.4`, and `v0.5` with its table of strings).
//!
//! Ids are numbers of 64 bits, which no double holds. The high half of a trace's id is the tag
//! `_dd.p.tid`, which only the first span of a list has. Times are in nanoseconds. Links and events of a
//! span have members of their own, or stand as JSON in its tags `_dd.span_links` and `events`.
//!
//! ```text
//! [[{"trace_id":9532127138774266268,"span_id":13235353014750950193,"parent_id":0,"service":"shop",
//!    "name":"web.request","resource":"GET /orders","type":"web","start":1793714531204000000,
//!    "duration":730500000,"error":1,"meta":{"span.kind":"server"},"metrics":{"_top_level":1}}]]
//! ```

mod json;
mod links;
mod msgpack;
mod packed;
mod payloads;

pub use json::decode;
pub(super) use packed::begins as begins_packed;
pub use packed::decode as decode_packed;
pub(super) use payloads::Payloads;

use super::draft::Rejection;
use super::row::Row;
use crate::model::{BlockBuilder, Kind, SpanId, Status, Sym, Time, TraceId, Value};

/// The tag that holds the high half of a trace's id, in hex.
const HIGH: &str = "_dd.p.tid";
/// Tags whose text is JSON: the span's links, and its events.
const LINKS: &str = "_dd.span_links";
const EVENTS: &str = "events";

/// A span that is read, whatever it is written in. One serves for all.
#[derive(Debug, Default)]
struct Span {
    row: Row,
    /// The low half of the trace's id.
    trace: u64,
    kind: Option<Kind>,
    failed: bool,
}

impl Span {
    fn clear(&mut self) {
        self.row.clear();
        (self.trace, self.kind, self.failed) = (0, None, false);
    }

    /// A member that is a number; false if there is none of this name.
    fn number(&mut self, key: &str, number: i128) -> bool {
        let id = u64::try_from(number).unwrap_or(0);
        match key {
            "trace_id" => self.trace = id,
            "span_id" => self.row.draft.span_id = SpanId(id),
            "parent_id" => self.row.draft.parent_id = SpanId(id),
            "start" => self.row.draft.start = Time::of_nanos(number),
            "duration" => self.row.duration = Some(number),
            "error" => self.failed = number != 0,
            _ => return false,
        }
        true
    }

    /// A member that is text; false if there is none of this name.
    fn text(&mut self, key: &str, text: &str, builder: &mut BlockBuilder) -> bool {
        let mut attribute = |key| builder.attribute(key, Value::Str(text));
        match key {
            "service" => self.row.service = Some(attribute("service.name")),
            "resource" => self.row.draft.attributes.push(attribute("resource.name")),
            "type" if text.is_empty() => {}
            "type" => {
                self.row.draft.attributes.push(attribute("span.type"));
                self.kind = self.kind.or(kind_of_type(text));
            }
            "name" => self.row.draft.operation = builder.string(text),
            _ => return false,
        }
        true
    }

    /// A tag.
    fn tag(&mut self, key: &str, text: &str, builder: &mut BlockBuilder) {
        match key {
            "span.kind" => self.kind = Kind::from_name(text).or(self.kind),
            "error.message" | "error.msg" => self.row.draft.message = builder.string(text),
            HIGH => {}
            LINKS if self.links(text, builder).is_ok() => {}
            EVENTS if self.events(text, builder).is_ok() => {}
            _ => {
                let pair = builder.attribute(key, Value::Str(text));
                self.row.draft.attributes.push(pair);
            }
        }
    }

    /// A tag that is a number. All are doubles, most are whole.
    fn metric(&mut self, key: &str, number: f64, builder: &mut BlockBuilder) {
        let is_whole = number.fract() == 0.0 && number.abs() < 9e15;
        let value = if is_whole {
            Value::Int(number as i64)
        } else {
            Value::Double(number)
        };
        let pair = builder.attribute(key, value);
        self.row.draft.attributes.push(pair);
    }

    /// Puts the span into the block; `high` is the other half of its trace's id.
    fn add(&mut self, high: u64, builder: &mut BlockBuilder) -> Result<(), Rejection> {
        let draft = &mut self.row.draft;
        if self.trace != 0 {
            draft.trace_id = TraceId(u128::from(high) << 64 | u128::from(self.trace));
        }
        draft.kind = self.kind.unwrap_or_default();
        if self.failed {
            draft.status = Status::Error;
        } else {
            draft.message = Sym::EMPTY;
        }
        self.row.add(builder)
    }
}

/// What a type says of the kind, where no tag does.
fn kind_of_type(name: &str) -> Option<Kind> {
    Some(match name {
        "web" => Kind::Server,
        "http" | "sql" | "db" | "cache" | "redis" | "memcached" | "mongodb" | "cassandra"
        | "elasticsearch" => Kind::Client,
        "worker" => Kind::Consumer,
        _ => return None,
    })
}

/// The high half of a trace's id.
fn high_half(text: &str) -> Option<u64> {
    u64::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests;
