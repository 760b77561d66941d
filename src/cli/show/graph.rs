//! The calls of a trace, merged by the path that leads to them: as a tree of rows, or as a graph
//! for other tools.

use std::io::{self, Write};

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::format::json::JsonWriter;
use crate::graph::{Label, Lead, Step, dot, mermaid};
use crate::text::{Charset, count, duration, plural};

use super::super::output::{Cell, Column, Format, Record, optional};
use super::rows::indented;

/// Writes the steps as a graph.
pub(super) fn write(
    out: &mut dyn Write,
    charset: Charset,
    format: Format,
    graph: &DiGraph<Step, Lead>,
) -> io::Result<()> {
    let node = |step: &Step| label(step, charset);
    let text = if format == Format::Dot {
        dot(graph, "trace", node, |&lead| leading(lead))
    } else {
        mermaid(graph, node, |&lead| leading(lead))
    };
    out.write_all(text.as_bytes())
}

fn label(step: &Step, charset: Charset) -> Label {
    let (spans, total) = (plural(step.spans.len() as u64, "span"), step.total.0);
    let failed = match step.errors {
        0 => String::new(),
        errors => format!(", {} failed", count(errors)),
    };
    let (total, own) = (duration(total, charset), duration(step.own.0, charset));
    Label {
        text: format!(
            "{}\n{}\n{spans}{failed}\n{total}, self {own}",
            step.service, step.operation
        ),
        strong: step.errors > 0,
    }
}

fn leading(lead: Lead) -> Label {
    let text = if lead.message { "message" } else { "" };
    Label {
        text: text.to_owned(),
        strong: false,
    }
}

/// A step and where it stands among the rows.
pub(super) struct StepRow<'g> {
    step: &'g Step,
    parent: Option<usize>,
    depth: usize,
    message: bool,
}

/// The steps in depth-first order, in that of their first spans.
pub(super) fn of(graph: &DiGraph<Step, Lead>) -> Vec<StepRow<'_>> {
    let first = |node: NodeIndex| graph[node].spans.first().copied();
    let latest_first = |mut nodes: Vec<NodeIndex>| {
        nodes.sort_by_key(|&node| std::cmp::Reverse(first(node)));
        nodes
    };
    let roots = latest_first(graph.externals(Direction::Incoming).collect());
    let mut stack: Vec<(NodeIndex, Option<usize>, usize)> =
        roots.into_iter().map(|root| (root, None, 0)).collect();
    let mut rows = Vec::with_capacity(graph.node_count());
    while let Some((node, parent, depth)) = stack.pop() {
        let mut leads = graph.edges_directed(node, Direction::Incoming);
        let at = rows.len();
        rows.push(StepRow {
            step: &graph[node],
            parent,
            depth,
            message: leads.any(|edge| edge.weight().message),
        });
        let next = latest_first(graph.neighbors(node).collect());
        stack.extend(next.into_iter().map(|next| (next, Some(at), depth + 1)));
    }
    rows
}

pub(super) fn columns<'g>() -> Vec<Column<StepRow<'g>>> {
    vec![
        Column::left("STEP", "step", |row: &StepRow<'g>, _| {
            indented(row.depth, &row.step.service, &row.step.operation)
        }),
        Column::right("DEPTH", "depth", |row, _| Cell::count(row.depth as u64)),
        Column::right("SPANS", "spans", |row, _| {
            Cell::count(row.step.spans.len() as u64)
        }),
        Column::right("ERR", "errors", |row, _| Cell::errors(row.step.errors)),
        Column::right("TOTAL", "duration_nano", |row, look| {
            Cell::duration(row.step.total.0, look)
        }),
        Column::right("AVG", "average_nano", |row, look| {
            Cell::duration(row.average(), look)
        }),
        Column::right("SELF", "self_nano", |row, look| {
            Cell::duration(row.step.own.0, look)
        }),
    ]
}

impl StepRow<'_> {
    fn average(&self) -> u64 {
        self.step.total.0 / (self.step.spans.len() as u64).max(1)
    }
}

impl Record for StepRow<'_> {
    fn json(&self, json: &mut JsonWriter<'_>) {
        json.begin_object();
        json.key("service").string(&self.step.service);
        json.key("operation").string(&self.step.operation);
        json.key("depth").raw(self.depth);
        // The position of the caller among all rows.
        optional(json, "parent", self.parent.map(|parent| parent as u64));
        json.key("message").raw(self.message);
        json.key("spans").raw(self.step.spans.len());
        json.key("errors").raw(self.step.errors);
        json.key("duration_nano").raw(self.step.total.0);
        json.key("average_nano").raw(self.average());
        json.key("self_nano").raw(self.step.own.0);
        json.end_object();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::trace_graph;
    use crate::model::scenario;

    #[test]
    fn steps_stand_below_their_callers_once_for_all_alike() {
        let text = "a: r 0..100\n  b: x 0..40\n    c: z 5..9\n  d: y 45..50\n  b: x 50..90\n    c: w 60..70 error\n";
        let trace = scenario::trace(text);
        let (graph, _) = trace_graph(&trace, usize::MAX);
        let told: Vec<_> = of(&graph)
            .iter()
            .map(|row| (row.step.operation.clone(), row.parent, row.step.spans.len()))
            .collect();
        let want = [
            ("r", None, 1),
            ("x", Some(0), 2),
            ("z", Some(1), 1),
            ("w", Some(1), 1),
            ("y", Some(0), 1),
        ];
        assert_eq!(
            told,
            want.map(|(name, parent, n)| (name.to_owned(), parent, n))
        );
    }
}
