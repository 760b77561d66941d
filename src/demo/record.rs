//! A span as the process that made it holds it until it has ended.

use std::borrow::Cow;

use super::cast::{self, Who};
use crate::model::{
    Block, BlockBuilder, Kind, PairIx, SpanFields, SpanId, Status, Time, TraceId, Value,
};

/// The value of an attribute.
#[derive(Debug, Clone)]
pub enum Fact {
    /// A string.
    Text(Cow<'static, str>),
    /// A whole number.
    Number(i64),
}

impl From<&'static str> for Fact {
    fn from(text: &'static str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Fact {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Fact {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

/// Keys and values.
pub type Facts = Vec<(&'static str, Fact)>;

/// What happened within a span.
#[derive(Debug)]
pub struct Event {
    time: Time,
    name: Cow<'static, str>,
    facts: Facts,
}

/// The ids by which one span refers to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Context {
    /// Its trace.
    pub trace_id: TraceId,
    /// Itself.
    pub span_id: SpanId,
}

/// One span.
#[derive(Debug)]
pub struct Record {
    who: Who,
    context: Context,
    parent: SpanId,
    name: &'static str,
    kind: Kind,
    start: Time,
    end: Time,
    failure: Option<&'static str>,
    facts: Facts,
    events: Vec<Event>,
    links: Vec<Context>,
}

impl Record {
    /// A span that begins.
    pub fn begin(
        who: Who,
        name: &'static str,
        kind: Kind,
        context: Context,
        parent: SpanId,
        start: Time,
    ) -> Self {
        let (facts, events, links) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            who,
            context,
            parent,
            name,
            kind,
            start,
            end: start,
            failure: None,
            facts,
            events,
            links,
        }
    }

    /// Its ids.
    pub fn context(&self) -> Context {
        self.context
    }

    /// When it ended.
    pub fn end(&self) -> Time {
        self.end
    }

    /// Adds an attribute.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Fact>) -> Self {
        self.facts.push((key, value.into()));
        self
    }

    /// Adds an attribute later.
    pub fn note(&mut self, key: &'static str, value: impl Into<Fact>) {
        self.facts.push((key, value.into()));
    }

    /// Adds an event.
    pub fn event(&mut self, time: Time, name: impl Into<Cow<'static, str>>, facts: Facts) {
        self.events.push(Event {
            time,
            name: name.into(),
            facts,
        });
    }

    /// Adds a link.
    pub fn link(&mut self, to: Context) {
        self.links.push(to);
    }

    /// Marks it failed.
    pub fn fail(&mut self, message: &'static str) {
        self.failure = Some(message);
    }

    /// Ends it.
    #[must_use]
    pub fn until(mut self, end: Time) -> Self {
        self.end = end;
        self
    }
}

/// The records as a block.
pub fn block(records: &[Record]) -> Block {
    let mut builder = BlockBuilder::new();
    let mut pairs = Vec::new();
    for record in records {
        add(&mut builder, record, &mut pairs);
    }
    builder.finish()
}

fn add(builder: &mut BlockBuilder, record: &Record, pairs: &mut Vec<PairIx>) {
    let Some((resource, scope)) = cast::introduce(record.who, builder) else {
        return;
    };
    intern(builder, &record.facts, pairs);
    let fields = SpanFields {
        trace_id: record.context.trace_id,
        span_id: record.context.span_id,
        parent_id: record.parent,
        start: record.start,
        end: Some(record.end),
        operation: builder.string(record.name),
        kind: record.kind,
        status: if record.failure.is_some() {
            Status::Error
        } else {
            Status::Unset
        },
        error: false,
        resource,
        scope,
    };
    builder.span(&fields, pairs);
    if let Some(message) = record.failure {
        let message = builder.string(message);
        builder.status_message(message);
    }
    for event in &record.events {
        let name = builder.string(&event.name);
        intern(builder, &event.facts, pairs);
        builder.event(event.time, name, pairs, 0);
    }
    for link in &record.links {
        builder.link(
            link.trace_id,
            link.span_id,
            &[],
            crate::model::Sym::EMPTY,
            0,
            0,
        );
    }
}

fn intern(builder: &mut BlockBuilder, facts: &Facts, pairs: &mut Vec<PairIx>) {
    pairs.clear();
    pairs.extend(facts.iter().map(|(key, fact)| {
        let value = match fact {
            Fact::Text(text) => Value::Str(text),
            Fact::Number(number) => Value::Int(*number),
        };
        builder.attribute(key, value)
    }));
}
