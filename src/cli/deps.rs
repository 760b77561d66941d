//! `vizsla deps`: who calls whom.

use std::collections::HashMap;
use std::io::Write;

use clap::Args;
use petgraph::graph::DiGraph;
use tokio_util::sync::CancellationToken;

use crate::backend::{Dependencies, Edge, Node};
use crate::format::json::JsonWriter;
use crate::graph::{Label, dot, mermaid};
use crate::text::{count, duration, plural};

use super::args::SourceArgs;
use super::output::{Cell, Column, Format, Look, Record, optional, write_document, write_rows};
use super::question::QuestionArgs;
use super::window::WindowArgs;
use super::{Failure, Outcome, Session};

const FORMATS: &[Format] = &[
    Format::Table,
    Format::Json,
    Format::Ndjson,
    Format::Csv,
    Format::Md,
    Format::Dot,
    Format::Mermaid,
];

/// Arguments of `deps`.
#[derive(Debug, Args)]
#[command(before_long_help = "Examples:
  vizsla deps -s orders.json.gz
  vizsla deps -s prod '{ span.tenant = \"acme\" }'
  vizsla deps -s prod --since 15m --format dot | dot -Tsvg > calls.svg")]
pub struct DepsArgs {
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    question: QuestionArgs,
    #[command(flatten)]
    window: WindowArgs,
    /// How they are written
    #[arg(long, value_name = "FORMAT", default_value = "table", value_parser = Format::among(FORMATS))]
    format: Format,
}

impl Record for Node {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("service").string(&self.service);
        json.key("spans").raw(self.spans);
        json.key("errors").raw(self.errors);
        if !self.kind.is_empty() {
            json.key("kind").string(self.kind);
        }
        json.end_object();
    }
}

impl Record for Edge {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("parent").string(&self.parent);
        json.key("child").string(&self.child);
        json.key("calls").raw(self.calls);
        json.key("errors").raw(self.errors);
        for (key, nanos) in [
            ("p50_nano", self.p50),
            ("p95_nano", self.p95),
            ("p99_nano", self.p99),
        ] {
            optional(json, key, nanos.map(|nanos| nanos.0));
        }
        json.end_object();
    }
}

const COLUMNS: &[Column<Edge>] = &[
    Column::left("PARENT", "parent", |row, _| Cell::text(&row.parent)),
    Column::left("CHILD", "child", |row, _| Cell::text(&row.child)),
    Column::right("CALLS", "calls", |row, _| Cell::count(row.calls)),
    Column::right("ERRORS", "errors", |row, _| Cell::errors(row.errors)),
    Column::right("P50", "p50_nano", |row, look| {
        Cell::known(row.p50, |nanos| Cell::duration(nanos.0, look))
    }),
    Column::right("P95", "p95_nano", |row, look| {
        Cell::known(row.p95, |nanos| Cell::duration(nanos.0, look))
    }),
    Column::right("P99", "p99_nano", |row, look| {
        Cell::known(row.p99, |nanos| Cell::duration(nanos.0, look))
    }),
];

pub(super) fn run(args: &DepsArgs, session: &mut Session) -> Result<Outcome, Failure> {
    let question = &args.question;
    let found = session.ask(&args.source, async |backend, look| {
        let window = args.window.on(backend.capabilities(), &look.clock)?.window;
        let cancel = CancellationToken::new();
        if *question == QuestionArgs::default() {
            return Ok(backend.dependencies(window, cancel).await?);
        }
        let (graph, traces) = backend
            .calls_of(question.traceql()?, window, cancel)
            .await?;
        Ok(Dependencies::of_graph(&graph, traces))
    })?;
    let (out, look) = (&mut session.out, &session.look);
    match args.format {
        Format::Json => write_document(out, |json| {
            document(&found, json);
            Ok(())
        })?,
        Format::Dot => out.write_all(
            dot(&graph(&found), "services", node_label, |e| {
                edge_label(e, look)
            })
            .as_bytes(),
        )?,
        Format::Mermaid => {
            out.write_all(mermaid(&graph(&found), node_label, |e| edge_label(e, look)).as_bytes())?;
        }
        format => write_rows(out, look, format, COLUMNS, &found.edges)?,
    }
    Ok(Outcome::of(!found.nodes.is_empty()))
}

fn document(found: &Dependencies, json: &mut JsonWriter<'_>) {
    json.begin_object();
    json.key("nodes").begin_array();
    found.nodes.iter().for_each(|node| node.json(json));
    json.end_array();
    json.key("edges").begin_array();
    found.edges.iter().for_each(|edge| edge.json(json));
    json.end_array();
    json.end_object();
}

/// The calls as a graph; an end that is no node of its own becomes one.
fn graph(found: &Dependencies) -> DiGraph<Node, &Edge> {
    let mut graph = DiGraph::new();
    let mut places = HashMap::new();
    for node in &found.nodes {
        places.insert(node.service.as_str(), graph.add_node(node.clone()));
    }
    for edge in &found.edges {
        let [parent, child] = [&edge.parent, &edge.child].map(|name| {
            *places.entry(name.as_str()).or_insert_with(|| {
                graph.add_node(Node {
                    service: name.clone(),
                    spans: 0,
                    errors: 0,
                    kind: "",
                })
            })
        });
        graph.add_edge(parent, child, edge);
    }
    graph
}

fn node_label(node: &Node) -> Label {
    let failed = if node.errors > 0 {
        format!("\n{} failed", count(node.errors))
    } else {
        String::new()
    };
    let spans = if node.spans > 0 {
        format!("\n{}", plural(node.spans, "span"))
    } else {
        String::new()
    };
    Label {
        text: format!("{}{spans}{failed}", node.service),
        strong: node.errors > 0,
    }
}

fn edge_label(edge: &Edge, look: &Look) -> Label {
    let slow = edge
        .p95
        .map(|nanos| format!("\np95 {}", duration(nanos.0, look.charset)))
        .unwrap_or_default();
    let failed = if edge.errors > 0 {
        format!("\n{} failed", count(edge.errors))
    } else {
        String::new()
    };
    Label {
        text: format!("{}{slow}{failed}", count(edge.calls)),
        strong: edge.errors > 0,
    }
}
