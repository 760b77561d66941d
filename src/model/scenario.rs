//! Traces in a few lines of indented text, for tests, documentation and demonstrations.
//!
//! ```text
//! shop: GET /cart 0..120 server error http.status=500
//!   cart: load items 10..90 client
//!     mysql: SELECT 20..80 +30:lock
//! ```
//!
//! A line is `SERVICE: OPERATION START..END [WORD...]`, times in milliseconds (fractions
//! allowed) since [`EPOCH`]; indentation makes children. Words: a kind (`server`), `error` or
//! `ok` (status), `id=HEX`, `parent=HEX` (instead of the indentation's), `msg=TEXT` (status
//! message), `+MS:NAME` (an event, milliseconds after the span's start), `KEY=VALUE` (an
//! attribute: integers, `true` and `false` are typed), `res.KEY=VALUE` (of the resource). Span
//! ids count from 1. Lines that start with `#` and empty lines do not count.

use std::sync::Arc;

use super::block::{Block, ResourceIx};
use super::builder::BlockBuilder;
use super::dictionary::PairIx;
use super::fields::{ResourceFields, ScopeFields, SpanFields};
use super::id::{SpanId, TraceId};
use super::kind::{Kind, Status};
use super::time::{Nanos, Time};
use super::trace::Trace;
use super::value::Value;

/// Time zero of a scenario: 2026-01-01T00:00:00Z.
pub const EPOCH: Time = Time(1_767_225_600_000_000_000);

/// The id of a scenario's trace.
pub const TRACE: TraceId = TraceId(0x5ce0_a510);

/// The scenario as a trace.
///
/// # Panics
/// If the text is not a scenario: this is for texts that the program itself holds.
pub fn trace(text: &str) -> Trace {
    let block = Arc::new(block(text));
    let rows = (0..block.len() as u32).collect();
    Trace::new(TRACE, vec![(block, rows)])
}

/// The scenario as a block, rows in the order of its lines.
///
/// # Panics
/// As [`trace`].
pub fn block(text: &str) -> Block {
    let mut builder = BlockBuilder::new();
    add(&mut builder, TRACE, text);
    builder.finish()
}

/// Adds a scenario's spans to a block that is being built, as the trace `id`.
///
/// # Panics
/// As [`trace`].
pub fn add(builder: &mut BlockBuilder, id: TraceId, text: &str) {
    let scope = ScopeFields {
        name: builder.string("scenario"),
        ..ScopeFields::default()
    };
    let scope = builder.scope(scope);
    let mut ancestors: Vec<(usize, SpanId)> = Vec::new();
    let mut next_id = 0;
    for line in text
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.trim().starts_with('#'))
    {
        let indent = line.len() - line.trim_start().len();
        ancestors.retain(|&(other, _)| other < indent);
        next_id += 1;
        let parent_id = ancestors.last().map_or(SpanId(0), |&(_, id)| id);
        let mut span = Line::parse(line.trim());
        span.fields(builder, SpanId(next_id), parent_id);
        let fields = SpanFields {
            trace_id: id,
            scope,
            ..span.fields
        };
        builder.span(&fields, &span.attributes);
        for &(offset, name) in &span.events {
            let name = builder.string(name);
            builder.event(fields.start + offset, name, &[], 0);
        }
        let message = builder.string(span.message);
        builder.status_message(message);
        ancestors.push((indent, fields.span_id));
    }
}

struct Line<'a> {
    service: &'a str,
    operation: String,
    words: Vec<&'a str>,
    fields: SpanFields,
    attributes: Vec<PairIx>,
    events: Vec<(Nanos, &'a str)>,
    message: &'a str,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Self {
        let (service, rest) = line
            .split_once(": ")
            .unwrap_or_else(|| panic!("no `service: ` in {line:?}"));
        let words: Vec<&str> = rest.split_whitespace().collect();
        let at = words.iter().position(|word| range(word).is_some());
        let at = at.unwrap_or_else(|| panic!("no START..END in {line:?}"));
        let (start, end) = range(words[at]).unwrap_or_default();
        let fields = SpanFields {
            trace_id: TRACE,
            span_id: SpanId(0),
            parent_id: SpanId(0),
            start,
            end: Some(end),
            operation: super::Sym::EMPTY,
            kind: Kind::Internal,
            status: Status::Unset,
            error: false,
            resource: ResourceIx(0),
            scope: super::ScopeIx(0),
        };
        Self {
            service,
            operation: words[..at].join(" "),
            words: words[at + 1..].to_vec(),
            fields,
            attributes: Vec::new(),
            events: Vec::new(),
            message: "",
        }
    }

    fn fields(&mut self, builder: &mut BlockBuilder, id: SpanId, parent_id: SpanId) {
        self.fields.span_id = id;
        self.fields.parent_id = parent_id;
        self.fields.operation = builder.string(&self.operation);
        let mut resource = vec![builder.attribute("service.name", Value::Str(self.service))];
        for word in std::mem::take(&mut self.words) {
            self.word(builder, word, &mut resource);
        }
        self.fields.resource = builder.resource(ResourceFields {
            attributes: &resource,
            ..ResourceFields::default()
        });
    }

    fn word(&mut self, builder: &mut BlockBuilder, word: &'a str, resource: &mut Vec<PairIx>) {
        if let Some(kind) = Kind::from_name(word) {
            self.fields.kind = kind;
            return;
        }
        if let Some((offset, name)) = word
            .strip_prefix('+')
            .and_then(|event| event.split_once(':'))
        {
            self.events.push((
                Nanos(millis(offset).unwrap_or_else(|| panic!("no time in {word:?}"))),
                name,
            ));
            return;
        }
        match word.split_once('=') {
            None if word == "error" => self.fields.status = Status::Error,
            None if word == "ok" => self.fields.status = Status::Ok,
            None => panic!("what is {word:?}?"),
            Some(("id", hex)) => self.fields.span_id = hex.parse().unwrap_or_default(),
            Some(("parent", hex)) => self.fields.parent_id = hex.parse().unwrap_or_default(),
            Some(("msg", text)) => self.message = text,
            Some((key, text)) => match key.strip_prefix("res.") {
                Some(key) => resource.push(builder.attribute(key, typed(text))),
                None => self.attributes.push(builder.attribute(key, typed(text))),
            },
        }
    }
}

fn typed(text: &str) -> Value<'_> {
    match (text.parse(), text) {
        (Ok(n), _) => Value::Int(n),
        (_, "true") => Value::Bool(true),
        (_, "false") => Value::Bool(false),
        _ => Value::Str(text),
    }
}

fn millis(text: &str) -> Option<u64> {
    text.parse::<f64>()
        .ok()
        .filter(|ms| *ms >= 0.0)
        .map(|ms| (ms * 1e6).round() as u64)
}

fn range(word: &str) -> Option<(Time, Time)> {
    let (from, to) = word.split_once("..")?;
    Some((EPOCH + Nanos(millis(from)?), EPOCH + Nanos(millis(to)?)))
}
