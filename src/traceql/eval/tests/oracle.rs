//! The compiled evaluation agrees with a naive one, on data and queries at random.

use proptest::prelude::*;

use crate::model::{
    BlockBuilder, Cancellation, Kind, OwnedValue, PairIx, ResourceFields, ScopeFields, SpanFields,
    SpanId, Status, Sym, Time, Trace, TraceId, Value,
};
use crate::traceql::eval::Datum;
use crate::traceql::eval::expr::{self, Patterns};
use crate::traceql::eval::{Around, Facts, Query, Spot};
use crate::traceql::number::Number;
use crate::traceql::operator::{Compare, Keep, Logic, Relation, SetOp};
use crate::traceql::tree::{Aggregate, Body, Field, Fold, Pipeline, ScalarFilter, SetExpr, Stage};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A span's parts, as indexes into small pools.
#[derive(Debug, Clone)]
struct Span {
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

fn span() -> impl Strategy<Value = Span> {
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

fn trace_of(spans: &[Span]) -> Trace {
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

fn query() -> impl Strategy<Value = String> {
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

/// A trace, read as it is written.
struct Naive<'a> {
    trace: &'a Trace,
    facts: Facts<'a>,
    patterns: &'a Patterns,
}

impl Naive<'_> {
    fn spot(&self, span: usize) -> Spot<'_> {
        let around = Around {
            facts: Some(&self.facts),
            tree: Some((self.trace, span)),
        };
        Spot::new(self.trace.span(span), around)
    }

    /// All spans of the groups that a pipeline leaves.
    fn pipeline(&self, pipeline: &Pipeline) -> Vec<usize> {
        let mut groups = vec![(0..self.trace.len()).collect::<Vec<_>>()];
        for stage in &pipeline.stages {
            groups = match &stage.value {
                Stage::Spans(set) => {
                    let groups = groups.iter();
                    groups.map(|spans| self.set(set, spans)).collect()
                }
                Stage::Filter(filter) => {
                    groups.retain(|spans| self.passes(filter, spans));
                    groups
                }
                Stage::By(field) => groups
                    .iter()
                    .flat_map(|spans| self.split(field, spans))
                    .collect(),
                Stage::Coalesce => vec![all_of(groups)],
                Stage::Select(_) => groups,
            };
            groups.retain(|spans| !spans.is_empty());
        }
        all_of(groups)
    }

    /// A set by its definition, each pair of spans asked.
    fn set(&self, set: &SetExpr, among: &[usize]) -> Vec<usize> {
        let spans = among.iter().copied();
        match set {
            SetExpr::Filter(None) => spans.collect(),
            SetExpr::Filter(Some(field)) => spans
                .filter(|&span| expr::holds(field, &self.spot(span), self.patterns))
                .collect(),
            SetExpr::Pipeline(_) => Vec::new(),
            SetExpr::Operation { op, left, right } => {
                let (left, right) = (self.set(left, among), self.set(right, among));
                spans
                    .filter(|span| kept(*op, self.trace, &left, &right, *span))
                    .collect()
            }
        }
    }

    fn passes(&self, filter: &ScalarFilter, spans: &[usize]) -> bool {
        let found = match &filter.aggregate.value {
            Aggregate::Count => spans.len() as f64,
            Aggregate::Over(fold, field) => {
                let read =
                    |&span: &usize| expr::value(field, &self.spot(span), self.patterns).number();
                let numbers: Vec<Number> = spans.iter().filter_map(read).collect();
                let values = || numbers.iter().map(|number| number.to_f64());
                let sum: f64 = values().sum();
                let Some(least) = values().reduce(f64::min) else {
                    return false;
                };
                match fold {
                    Fold::Min => least,
                    Fold::Max => values().fold(least, f64::max),
                    Fold::Sum => sum,
                    Fold::Avg if matches!(numbers[0], Number::Duration(_)) => {
                        (sum / numbers.len() as f64).round()
                    }
                    Fold::Avg => sum / numbers.len() as f64,
                }
            }
        };
        let asked = Datum::literal(&filter.value)
            .number()
            .map_or(f64::NAN, Number::to_f64);
        match filter.op {
            Compare::Equal => found.total_cmp(&asked).is_eq(),
            Compare::NotEqual => found.total_cmp(&asked).is_ne(),
            Compare::Less => found < asked,
            Compare::LessEqual => found <= asked,
            Compare::Greater => found > asked,
            Compare::GreaterEqual => found >= asked,
            Compare::Matches | Compare::NotMatches => false,
        }
    }

    /// Spans with equal values stand together.
    fn split(&self, field: &Field, spans: &[usize]) -> Vec<Vec<usize>> {
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for &span in spans {
            let value = format!("{:?}", expr::value(field, &self.spot(span), self.patterns));
            match groups.iter_mut().find(|(known, _)| *known == value) {
                Some((_, spans)) => spans.push(span),
                None => groups.push((value, vec![span])),
            }
        }
        groups.into_iter().map(|(_, spans)| spans).collect()
    }
}

fn all_of(groups: Vec<Vec<usize>>) -> Vec<usize> {
    let all: BTreeSet<usize> = groups.into_iter().flatten().collect();
    all.into_iter().collect()
}

fn kept(op: SetOp, trace: &Trace, left: &[usize], right: &[usize], span: usize) -> bool {
    let (in_left, in_right) = (left.contains(&span), right.contains(&span));
    match op {
        SetOp::Logic(Logic::Or) => in_left || in_right,
        SetOp::Logic(Logic::And) => (in_left || in_right) && !left.is_empty() && !right.is_empty(),
        SetOp::Structural(keep, relation) => {
            let as_right = left.iter().any(|&a| stands(relation, trace, a, span));
            let as_left = right.iter().any(|&b| stands(relation, trace, span, b));
            match keep {
                Keep::Right => in_right && as_right,
                Keep::RightWithout => in_right && !as_right,
                Keep::Both => (in_right && as_right) || (in_left && as_left),
            }
        }
    }
}

/// Whether `b` is the child, parent, ... of `a`.
fn stands(relation: Relation, trace: &Trace, a: usize, b: usize) -> bool {
    let above = |span: usize| std::iter::successors(trace.parent(span), |&up| trace.parent(up));
    match relation {
        Relation::Child => trace.parent(b) == Some(a),
        Relation::Parent => trace.parent(a) == Some(b),
        Relation::Descendant => above(b).any(|up| up == a),
        Relation::Ancestor => above(a).any(|up| up == b),
        Relation::Sibling => {
            let family = |span| (trace.parent(span), trace.missing_parent(span));
            a != b && family(a) == family(b)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn compiled_and_naive_agree(spans in proptest::collection::vec(span(), 1..8), text in query()) {
        let trace = trace_of(&spans);
        // Some of what is put together at random is refused; that is tested elsewhere.
        let Ok(query) = Query::parse(&text) else { return Ok(()) };
        let Body::Spans(pipeline) = &query.tree().body else { return Ok(()) };
        let naive = Naive {
            trace: &trace,
            facts: Facts::of(&trace),
            patterns: &query.patterns,
        };
        let wanted = naive.pipeline(pipeline);
        let found = query.eval(&trace).map_or_else(Vec::new, |found| found.spans);
        let found: Vec<usize> = found.into_iter().map(|span| span as usize).collect();
        prop_assert_eq!(&found, &wanted, "{}", text);

        // Candidates may be too many, but a trace that matches has one.
        let facts = Facts::of(&trace);
        let mut candidate = false;
        for (at, block) in trace.blocks().iter().enumerate() {
            let cancellation = Cancellation::never();
            let bound = query.bind(block, &cancellation);
            let rows = bound.candidates(block, &cancellation);
            prop_assert!(rows.is_empty() || query.may_match_in(block), "{}", text);
            candidate |= !rows.is_empty();
            if query.needs() > super::Needs::Facts {
                continue;
            }
            for span in (0..trace.len()).filter(|&span| trace.place(span).0 == at) {
                let row = trace.place(span).1;
                let accepted = rows.contains(row as usize) && bound.accepts(block, row, &facts);
                prop_assert_eq!(accepted, wanted.contains(&span), "{}", text);
            }
        }
        prop_assert!(candidate || wanted.is_empty(), "{}", text);
    }
}
