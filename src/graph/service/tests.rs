//! The same spans give the same graph, in whatever portions and order they come.

use std::sync::Arc;

use petgraph::visit::EdgeRef;

use super::*;
use crate::model::{Block, BlockBuilder, Trace, scenario};

const RIDES: &str = "\
web: click 0..900 client res.telemetry.sdk.language=webjs
  frontend: GET /dispatch 10..800 server
    frontend: GET /customer 20..300 client
      customer: GET /customer 30..290 server
        mysql: SELECT 40..280 server db.system=mysql
    driver: FindNearest 310..500 server error
      redis: GetDriver 320..350 client db.system=redis peer.service=redis error
      redis: GetDriver 350..380 client db.system=redis peer.service=redis
    frontend: publish 510..520 producer messaging.destination.name=rides
    frontend: GET /pay 520..600 client server.address=pay.example error
billing: process 530..540 consumer messaging.destination.name=rides
  billing: charge 531..539
";

/// `parent->child calls errors p50` of each edge.
fn edges(graph: &ServiceGraph) -> Vec<String> {
    let line = |e: petgraph::graph::EdgeReference<'_, Call>| {
        let (from, to) = (&graph[e.source()].name, &graph[e.target()].name);
        let Call {
            calls,
            errors,
            durations,
            ..
        } = e.weight();
        let p50 = durations.quantile(0.5).unwrap_or_default().0 / 1_000_000;
        format!("{from}->{to} {calls} {errors} {p50}")
    };
    graph.edge_references().map(line).collect()
}

fn from_traces(block: Block) -> ServiceGraph {
    let mut calls = Calls::new();
    for trace in Trace::all_of(&[Arc::new(block)]) {
        calls.add_trace(&trace);
    }
    service_graph([&calls])
}

#[test]
fn edges_nodes_and_their_kinds() {
    let graph = from_traces(scenario::block(RIDES));
    let expected = [
        "billing->billing 1 0 8",
        "customer->mysql 1 0 240",
        "driver->redis 2 1 30",
        "frontend->customer 1 0 260",
        "frontend->driver 1 1 190",
        "frontend->frontend 3 1 80",
        "frontend->pay.example 1 1 80",
        "frontend->rides 1 0 10",
        "rides->billing 1 0 10",
        "web->frontend 1 0 790",
    ];
    assert_eq!(edges(&graph), expected);
    let inferred = graph.edge_weights().filter(|call| call.inferred).count();
    assert_eq!(inferred, 3, "pay.example, and rides in and out");
    let kinds: Vec<String> = graph
        .node_weights()
        .map(|node| format!("{} {} {}", node.name, node.kind.word(), node.instrumented))
        .collect();
    let expected = [
        "billing  true",
        "customer  true",
        "driver  true",
        "frontend  true",
        "mysql db true",
        "pay.example ext false",
        "redis cache true",
        "rides queue false",
        "web user true",
    ];
    assert_eq!(kinds, expected);
}

/// One block for each row, in the order given.
fn singly(block: &Block, rows: impl Iterator<Item = u32>) -> Vec<Block> {
    rows.map(|row| {
        let mut builder = BlockBuilder::new();
        builder.append(block).span(row);
        builder.finish()
    })
    .collect()
}

#[test]
fn portions_and_order_do_not_matter() {
    let block = scenario::block(RIDES);
    let whole = edges(&from_traces(scenario::block(RIDES)));
    let rows = 0..block.len() as u32;
    let mut at_once = Calls::new();
    at_once.add_block(&block);
    assert_eq!(edges(&service_graph([&at_once])), whole);
    for blocks in [singly(&block, rows.clone()), singly(&block, rows.rev())] {
        let mut calls = Calls::new();
        for block in &blocks {
            calls.add_block(block);
        }
        assert_eq!(edges(&service_graph([&calls])), whole);
    }
}

/// The graph of a join, each row a piece of its own.
fn joined(block: &Block, counts: impl Fn(u32) -> bool) -> Option<ServiceGraph> {
    let blocks = singly(block, 0..block.len() as u32);
    let counted: Vec<[u64; 1]> = (0..)
        .map(|row| [u64::from(counts(row))])
        .take(blocks.len())
        .collect();
    let join = Join::new(blocks.iter().zip(&counted).map(|(block, rows)| Piece {
        block,
        traces: &[7],
        group: 3,
        rows,
    }));
    let mut joined = join.joined();
    (0..join.parts()).for_each(|part| join.join_part(part, &mut joined));
    Join::graph(&[joined])
}

#[test]
fn a_join_tells_what_trees_tell() {
    let block = scenario::block(RIDES);
    let whole = from_traces(scenario::block(RIDES));
    let told = joined(&block, |_| true).unwrap();
    assert_eq!(edges(&told), edges(&whole));
    let kinds = |graph: &ServiceGraph| {
        let nodes = graph.node_weights().cloned();
        nodes
            .map(|node| Service { own: None, ..node })
            .collect::<Vec<_>>()
    };
    assert_eq!(kinds(&told), kinds(&whole));

    let failed = joined(&block, |row| block.is_error(row)).unwrap();
    let expected = [
        "driver->redis 1 1 30",
        "frontend->driver 1 1 190",
        "frontend->pay.example 1 1 80",
        "frontend->frontend 1 1 80",
    ];
    let mut found = edges(&failed);
    found.sort();
    let mut expected = expected.map(str::to_owned);
    expected.sort();
    assert_eq!(found, expected);

    let shared = "a: get 10..90 client id=2\nb: get 20..80 server id=2\n";
    assert!(joined(&scenario::block(shared), |_| true).is_none());
}

#[test]
fn one_span_of_many_is_joined_as_its_tree_tells() {
    let block = Arc::new(scenario::block(RIDES));
    for row in 0..block.len() as u32 {
        let told = joined(&block, |other| other == row).unwrap();
        let mut calls = Calls::new();
        for trace in Trace::all_of(&[Arc::clone(&block)]) {
            let id = block.span(row).span_id();
            calls.add_spans_of(&trace, |span| trace.span(span).span_id() == id);
        }
        assert_eq!(edges(&told), edges(&service_graph([&calls])), "row {row}");
    }
}

#[test]
fn halves_of_a_shared_span_are_one_call() {
    // Zipkin: client and server of a call have one id; the server's children are its own.
    let block = scenario::block(
        "a: root 0..100 server id=1\na: get 10..90 client id=2 parent=1\n\
         b: get 20..80 server id=2 parent=1\nb: work 30..40 id=3 parent=2\n",
    );
    let mut calls = Calls::new();
    calls.add_block(&block);
    assert_eq!(calls.repeated_ids(), 1);
    let expected = ["a->a 1 0 80", "a->b 1 0 60", "b->b 1 0 10"];
    assert_eq!(edges(&service_graph([&calls])), expected);
    assert_eq!(edges(&from_traces(block)), expected);
}

#[test]
fn a_generation_takes_its_calls_with_it() {
    let mut generations = Generations::new();
    generations.add(1, &scenario::block("a: x 0..10\n  b: y 1..9\n"));
    generations.add(2, &scenario::block("a: x 0..10\n  b: y 1..3\n"));
    assert_eq!(edges(&generations.graph()), ["a->b 2 0 2"]);
    generations.forget(1);
    assert_eq!(edges(&generations.graph()), ["a->b 1 0 2"]);
}
