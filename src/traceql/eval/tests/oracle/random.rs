//! Traces and queries at random, of few names and values, so that they meet.

use std::sync::Arc;

use proptest::prelude::*;

use crate::model::{
    BlockBuilder, Kind, OwnedValue, PairIx, ResourceFields, ScopeFields, SpanFields, SpanId,
    Status, Sym, Time, Trace, TraceId, Value,
};
use crate::traceql::operator::SetOp;

/// A span's parts, as indexes into small pools.
#[derive(Debug, Clone)]
pub(super) struct Span {
    parent: u64,
    name: usize,
    start: u64,
    length: u64,
    kind: usize,
    status: i64,
    attributes: Vec<(usize, usize)>,
    resource: Vec<(usize, usize)>,
    scope: Vec<(usize, usize)>,
    events: Vec<Vec<(usize, usize)>>,
    links: Vec<Vec<(usize, usize)>>,
}

const KEYS: [&str; 4] = ["a", "b", "service.name", "error"];

fn values() -> Vec<OwnedValue> {
    vec![
        OwnedValue::Int(1),
        OwnedValue::Int(-2),
        OwnedValue::Double(1.5),
        OwnedValue::Str("x".into()),
        OwnedValue::Str("1".into()),
        OwnedValue::Bool(true),
        OwnedValue::Bool(false),
        OwnedValue::Empty,
        OwnedValue::Array(vec![OwnedValue::Int(1), OwnedValue::Str("x".into())]),
        OwnedValue::Array(vec![OwnedValue::Bool(true)]),
        OwnedValue::Array(vec![OwnedValue::Int(7)]),
        OwnedValue::Bytes(vec![1]),
    ]
}

fn pairs() -> impl Strategy<Value = Vec<(usize, usize)>> {
    proptest::collection::vec((0..KEYS.len(), 0..12_usize), 0..4)
}

pub(super) fn span() -> impl Strategy<Value = Span> {
    let shape = (
        0..10_u64,
        0..3_usize,
        0..50_u64,
        0..50_u64,
        0..6_usize,
        0..3_i64,
    );
    let lists = || proptest::collection::vec(pairs(), 0..3);
    (shape, pairs(), pairs(), pairs(), lists(), lists()).prop_map(
        |(
            (parent, name, start, length, kind, status),
            attributes,
            resource,
            scope,
            events,
            links,
        )| Span {
            parent,
            name,
            start,
            length,
            kind,
            status,
            attributes,
            resource,
            scope,
            events,
            links,
        },
    )
}

pub(super) fn trace_of(spans: &[Span]) -> Trace {
    let values = values();
    let blocks = spans.chunks(4).enumerate().map(|(part, chunk)| {
        let mut builder = BlockBuilder::new();
        for (i, span) in chunk.iter().enumerate() {
            add(&mut builder, &values, (part * 4 + i + 1) as u64, span);
        }
        Arc::new(builder.finish())
    });
    let blocks: Vec<_> = blocks.collect();
    Trace::all_of(&blocks).remove(0)
}

fn add(builder: &mut BlockBuilder, values: &[OwnedValue], id: u64, span: &Span) {
    let mut list = |pairs: &[(usize, usize)]| -> Vec<PairIx> {
        let pair = |&(key, value): &(usize, usize)| {
            values[value].with(|value: Value<'_>| builder.attribute(KEYS[key], value))
        };
        pairs.iter().map(pair).collect()
    };
    let attributes = list(&span.attributes);
    let (resource, scope) = (list(&span.resource), list(&span.scope));
    let events: Vec<_> = span.events.iter().map(|pairs| list(pairs)).collect();
    let links: Vec<_> = span.links.iter().map(|pairs| list(pairs)).collect();
    let resource = builder.resource(ResourceFields {
        attributes: &resource,
        ..ResourceFields::default()
    });
    let name = builder.string("x");
    let scope = builder.scope(ScopeFields {
        name,
        attributes: &scope,
        ..ScopeFields::default()
    });
    let operation = builder.string(["x", "y", "1"][span.name]);
    let fields = SpanFields {
        trace_id: TraceId(0xa1),
        span_id: SpanId(id),
        parent_id: SpanId(span.parent),
        start: Time(span.start),
        end: Some(Time(span.start + span.length)),
        operation,
        kind: Kind::ALL[span.kind],
        status: Status::from_otlp(span.status),
        error: false,
        resource,
        scope,
    };
    builder.span(&fields, &attributes);
    for (i, pairs) in events.iter().enumerate() {
        let name = builder.string(["x", "y"][i % 2]);
        builder.event(Time(span.start + i as u64 * 10), name, pairs, 0);
    }
    for (i, pairs) in links.iter().enumerate() {
        builder.link(TraceId(i as u128), SpanId(1), pairs, Sym::EMPTY, 0, 0);
    }
}

/// A field as text, true or false.
fn field() -> impl Strategy<Value = String> {
    let scopes = ["", "span", "resource", "event", "link", "instrumentation"];
    let key = (proptest::sample::select(scopes.to_vec()), 0..KEYS.len())
        .prop_map(|(scope, key)| format!("{scope}.{}", KEYS[key]));
    let literal = proptest::sample::select(vec![
        "1", "-2", "1.5", "\"x\"", "\"1\"", "true", "false", "10ns", "error", "server",
    ]);
    let order = proptest::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let regex = proptest::sample::select(vec!["=~", "!~"]);
    let equality = proptest::sample::select(vec!["=", "!="]);
    let number = proptest::sample::select(vec!["0", "10", "25ns", "7.5", "-1"]);
    let leaf = prop_oneof![
        4 => (key.clone(), equality.clone(), literal.clone()).prop_map(|(k, op, v)| format!("{k} {op} {v}")),
        2 => (key.clone(), order.clone(), number.clone()).prop_map(|(k, op, v)| format!("{k} {op} {v}")),
        1 => (key.clone(), regex).prop_map(|(k, op)| format!("{k} {op} \"x|y\"")),
        1 => key.clone(),
        1 => (key.clone(), equality.clone()).prop_map(|(k, op)| if k == "resource.service.name" {
            format!("{k} != nil")
        } else {
            format!("{k} {op} nil")
        }),
        1 => (key.clone(), key.clone()).prop_map(|(a, b)| format!("{a} = {b}")),
        1 => (key, number.clone()).prop_map(|(k, n)| format!("{k} + 1 > {n}")),
        1 => (order.clone(), number.clone()).prop_map(|(op, n)| format!("duration {op} {n}")),
        1 => (number.clone(), order.clone()).prop_map(|(n, op)| format!("{n} {op} duration")),
        1 => (order.clone(), number).prop_map(|(op, n)| format!("event:timeSinceStart {op} {n}")),
        1 => proptest::sample::select(vec![
            "name = \"x\"", "name != \"x\"", "name =~ \"x|1\"", "status = error", "status != ok",
            "kind = server", "kind != client", "event:name = \"y\"", "link:traceID = \"1\"",
            "instrumentation:name = \"x\"", "trace:id = \"a1\"", "span:id = \"0000000000000001\"",
            "trace:duration > 40ns", "rootName = \"x\"", "span:childCount > 0", "nestedSetParent < 0",
        ]).prop_map(str::to_owned),
        1 => (0..KEYS.len(), equality, literal).prop_map(|(k, op, v)| format!("tag.{} {op} {v}", KEYS[k])),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) || ({b})")),
        ]
    })
}

pub(super) fn query() -> impl Strategy<Value = String> {
    let ops: Vec<&str> = SetOp::all().map(SetOp::symbol).collect();
    let leaf = field().prop_map(|field| format!("{{ {field} }}"));
    let set = leaf.prop_recursive(2, 4, 2, move |inner| {
        (inner.clone(), proptest::sample::select(ops.clone()), inner)
            .prop_map(|(a, op, b)| format!("({a}) {op} ({b})"))
    });
    let stages = prop_oneof![
        2 => Just(Vec::new()),
        1 => proptest::collection::vec(stage(), 1..4),
    ];
    (set, stages).prop_map(|(set, stages)| [vec![set], stages].concat().join(" | "))
}

/// What may follow in a pipeline.
fn stage() -> impl Strategy<Value = String> {
    let order = || proptest::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let fold = proptest::sample::select(vec!["min", "max", "sum", "avg"]);
    let of = proptest::sample::select(vec!["duration", ".a", "span.b"]);
    let by = proptest::sample::select(vec!["name", "kind", ".a", "resource.service.name", ".b"]);
    prop_oneof![
        2 => (order(), 0..5).prop_map(|(op, n)| format!("count() {op} {n}")),
        2 => (fold, of, order(), 0..30).prop_map(|(fold, of, op, n)| {
            let unit = if of == "duration" { "ns" } else { "" };
            format!("{fold}({of}) {op} {n}{unit}")
        }),
        2 => by.prop_map(|by| format!("by({by})")),
        1 => Just("coalesce()".to_owned()),
        1 => Just("select(.a)".to_owned()),
        1 => field().prop_map(|field| format!("{{ {field} }}")),
    ]
}
