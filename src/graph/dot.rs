//! Graphs in the language of Graphviz (<https://graphviz.org/doc/info/lang.html>).

use std::fmt::Write as _;

use petgraph::graph::DiGraph;
use petgraph::visit::{EdgeRef, IntoNodeReferences};

/// How a node or an edge is written in DOT or Mermaid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Label {
    /// What stands in the box or beside the edge; line breaks are kept.
    pub text: String,
    /// Drawn with emphasis: a failing node, a heavy edge.
    pub strong: bool,
}

/// Writes `digraph NAME`, left to right, nodes named `n0`, `n1`, ... by their indices.
pub fn dot<N, E>(
    graph: &DiGraph<N, E>,
    name: &str,
    node: impl Fn(&N) -> Label,
    edge: impl Fn(&E) -> Label,
) -> String {
    let mut out = format!(
        "digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n",
        quoted(name)
    );
    for (id, weight) in graph.node_references() {
        let Label { text, strong } = node(weight);
        let style = if strong { ", style=bold" } else { "" };
        // Writing to a string does not fail.
        let _ = writeln!(out, "  n{} [label={}{style}];", id.index(), quoted(&text));
    }
    for e in graph.edge_references() {
        let Label { text, strong } = edge(e.weight());
        let style = if strong { ", penwidth=2" } else { "" };
        let (from, to) = (e.source().index(), e.target().index());
        let _ = writeln!(out, "  n{from} -> n{to} [label={}{style}];", quoted(&text));
    }
    out.push_str("}\n");
    out
}

/// A quoted DOT string. A backslash would begin an escape such as `\N`, so it is doubled.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for glyph in text.chars() {
        match glyph {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            glyph if glyph.is_control() => out.push('\u{fffd}'),
            glyph => out.push(glyph),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_break_out_of_their_quotes() {
        let mut graph = DiGraph::new();
        let a = graph.add_node("a\"];evil[\\");
        let b = graph.add_node("b\u{1b}[2J");
        graph.add_edge(a, b, 3);
        let text = |text: String| Label {
            text,
            strong: false,
        };
        let dot = dot(
            &graph,
            "g",
            |n| text((*n).to_owned()),
            |e| text(e.to_string()),
        );
        let expected = "digraph \"g\" {\n  rankdir=LR;\n  node [shape=box];\n  \
            n0 [label=\"a\\\"];evil[\\\\\"];\n  n1 [label=\"b\u{fffd}[2J\"];\n  \
            n0 -> n1 [label=\"3\"];\n}\n";
        assert_eq!(dot, expected);
    }
}
