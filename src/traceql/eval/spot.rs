//! A place to read from: a span, one of its events and links, and its trace if that is known.

use std::borrow::Cow;

use super::datum::Datum;
use crate::model::{Attributes, EventRef, LinkRef, Nanos, SpanRef, Trace, TraceId, Value};
use crate::traceql::attribute::{Attribute, Intrinsic, Scope};
use crate::traceql::number::Number;

/// What a query can ask of a trace as a whole, without its tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts<'a> {
    /// From its first start to its last end.
    pub duration: Nanos,
    /// The operation of its earliest span without a parent; empty if it has none.
    pub root_name: &'a str,
    /// The service of that span.
    pub root_service: &'a str,
}

impl<'a> Facts<'a> {
    /// Those of a trace.
    pub fn of(trace: &'a Trace) -> Self {
        let root = trace.true_root().map(|root| trace.span(root));
        Self {
            duration: trace.duration(),
            root_name: root.map_or("", SpanRef::operation),
            root_service: root.map_or("", SpanRef::service),
        }
    }
}

/// What is known of the trace around a span.
#[derive(Debug, Clone, Copy, Default)]
pub struct Around<'a> {
    /// The trace as a whole.
    pub facts: Option<&'a Facts<'a>>,
    /// Its tree, and the span's number in it.
    pub tree: Option<(&'a Trace, usize)>,
}

/// Where an expression reads.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The span.
    pub span: SpanRef<'a>,
    /// The event that `event.` means here.
    pub event: Option<EventRef<'a>>,
    /// The link that `link.` means here.
    pub link: Option<LinkRef<'a>>,
    /// The trace, if known.
    pub around: Around<'a>,
}

impl<'a> Spot<'a> {
    /// A span alone.
    pub fn new(span: SpanRef<'a>, around: Around<'a>) -> Self {
        Self {
            span,
            event: None,
            link: None,
            around,
        }
    }

    /// The span again, without a particular event or link.
    #[must_use]
    pub fn alone(&self) -> Self {
        Self::new(self.span, self.around)
    }

    /// The value of an attribute here; nil if it is not there, or not known.
    pub fn read(&self, attribute: &Attribute) -> Datum<'a> {
        match attribute {
            Attribute::Intrinsic(intrinsic) => self.intrinsic(*intrinsic),
            Attribute::Keyed { scope, key } => {
                self.keyed(*scope, key).map_or(Datum::Nil, Datum::of)
            }
        }
    }

    fn keyed(&self, scope: Scope, key: &str) -> Option<Value<'a>> {
        let present =
            |attributes: Attributes<'a>| attributes.get(key).filter(|value| *value != Value::Empty);
        let span = self.span;
        match scope {
            Scope::Span => present(span.attributes()),
            Scope::Resource => present(span.resource().attributes()),
            Scope::Instrumentation => present(span.scope().attributes()),
            Scope::Event => present(self.event?.attributes()),
            Scope::Link => present(self.link?.attributes()),
            Scope::Any => present(span.attributes())
                .or_else(|| present(span.resource().attributes()))
                .or_else(|| present(span.scope().attributes())),
            // The first place that has it, for display; comparisons of tags ask every place.
            Scope::Tag => present(span.attributes())
                .or_else(|| present(span.scope().attributes()))
                .or_else(|| present(span.resource().attributes()))
                .or_else(|| span.events().find_map(|event| present(event.attributes())))
                .or_else(|| span.links().find_map(|link| present(link.attributes()))),
        }
    }

    fn intrinsic(&self, intrinsic: Intrinsic) -> Datum<'a> {
        let span = self.span;
        match intrinsic {
            Intrinsic::Name => Datum::text(span.operation()),
            Intrinsic::Duration => duration(span.duration()),
            Intrinsic::Status => Datum::Status(span.status()),
            Intrinsic::StatusMessage => Datum::text(span.status_message()),
            Intrinsic::Kind => Datum::Kind(span.kind()),
            Intrinsic::SpanId => owned(format!("{:016x}", span.span_id().0)),
            Intrinsic::ParentId if span.parent_id().is_zero() => Datum::text(""),
            Intrinsic::ParentId => owned(format!("{:016x}", span.parent_id().0)),
            Intrinsic::TraceId => trace_id(span.trace_id()),
            Intrinsic::InstrumentationName => Datum::text(span.scope().name()),
            Intrinsic::InstrumentationVersion => Datum::text(span.scope().version()),
            Intrinsic::EventName => self
                .event
                .map_or(Datum::Nil, |event| Datum::text(event.name())),
            Intrinsic::EventTime => self.event.map_or(Datum::Nil, |event| {
                let offset = i128::from(event.time().0) - i128::from(span.start().0);
                Datum::Number(Number::Duration(clamped(offset)))
            }),
            Intrinsic::LinkTraceId => self
                .link
                .map_or(Datum::Nil, |link| trace_id(link.trace_id())),
            Intrinsic::LinkSpanId => self.link.map_or(Datum::Nil, |link| {
                owned(format!("{:016x}", link.span_id().0))
            }),
            Intrinsic::TraceDuration | Intrinsic::RootName | Intrinsic::RootService => {
                self.of_trace(intrinsic)
            }
            Intrinsic::ChildCount
            | Intrinsic::NestedSetLeft
            | Intrinsic::NestedSetRight
            | Intrinsic::NestedSetParent => self.in_tree(intrinsic),
        }
    }

    fn of_trace(&self, intrinsic: Intrinsic) -> Datum<'a> {
        let Some(facts) = self.around.facts else {
            return Datum::Nil;
        };
        match intrinsic {
            Intrinsic::RootName => Datum::text(facts.root_name),
            Intrinsic::RootService => Datum::text(facts.root_service),
            _ => duration(facts.duration),
        }
    }

    /// Nested sets number the tree depth first, entering (left) and leaving (right) a span.
    fn in_tree(&self, intrinsic: Intrinsic) -> Datum<'a> {
        let Some((trace, span)) = self.around.tree else {
            return Datum::Nil;
        };
        // Entered before: every earlier span. Left before: those that are no ancestors.
        let entering = |span: usize| (2 * span + 1 - trace.depth(span)) as i64;
        let number = match intrinsic {
            Intrinsic::ChildCount => trace.children(span).count() as i64,
            Intrinsic::NestedSetLeft => entering(span),
            Intrinsic::NestedSetRight => entering(span) + 2 * trace.subtree(span).len() as i64 - 1,
            _ => match trace.parent(span) {
                Some(parent) => entering(parent),
                // A missing parent has no number; only true roots are below zero.
                None if trace.missing_parent(span).is_some() => 0,
                None => -1,
            },
        };
        Datum::Number(Number::Int(number))
    }
}

fn duration(nanos: Nanos) -> Datum<'static> {
    Datum::Number(Number::Duration(clamped(i128::from(nanos.0))))
}

fn clamped(nanos: i128) -> i64 {
    nanos.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

fn owned(text: String) -> Datum<'static> {
    Datum::Text(Cow::Owned(text))
}

/// Hex without leading zeros, as Tempo has it.
fn trace_id(id: TraceId) -> Datum<'static> {
    owned(format!("{:x}", id.0))
}
