//! Graphs as Mermaid flowcharts (<https://mermaid.js.org/syntax/flowchart.html>), which many
//! trackers and wikis render.

use std::fmt::Write as _;

use petgraph::graph::DiGraph;
use petgraph::visit::{EdgeRef, IntoNodeReferences};

use super::dot::Label;

/// Writes `flowchart LR`; emphasised edges are thick, emphasised nodes have class `strong`.
pub fn mermaid<N, E>(
    graph: &DiGraph<N, E>,
    node: impl Fn(&N) -> Label,
    edge: impl Fn(&E) -> Label,
) -> String {
    let mut out = String::from("flowchart LR\n");
    let mut any_strong = false;
    // Writing to a string does not fail.
    for (id, weight) in graph.node_references() {
        let Label { text, strong } = node(weight);
        any_strong |= strong;
        let class = if strong { ":::strong" } else { "" };
        let _ = writeln!(out, "  n{}[\"{}\"]{class}", id.index(), escaped(&text));
    }
    for e in graph.edge_references() {
        let Label { text, strong } = edge(e.weight());
        let arrow = if strong { "==>" } else { "-->" };
        let label = if text.is_empty() {
            text
        } else {
            format!("|\"{}\"|", escaped(&text))
        };
        let _ = writeln!(
            out,
            "  n{} {arrow}{label} n{}",
            e.source().index(),
            e.target().index()
        );
    }
    if any_strong {
        out.push_str("  classDef strong stroke-width:3px\n");
    }
    out
}

/// Text inside quotes, with Mermaid's entity codes for what it would take as syntax or HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for glyph in text.chars() {
        match glyph {
            '"' => out.push_str("#quot;"),
            '#' => out.push_str("#35;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '`' => out.push_str("#96;"),
            '\n' => out.push_str("<br/>"),
            glyph if glyph.is_control() => out.push('\u{fffd}'),
            glyph => out.push(glyph),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_text_never_markup() {
        let mut graph = DiGraph::new();
        let a = graph.add_node("a\"]<b>#1");
        graph.add_edge(a, a, 7);
        let node = |n: &&str| Label {
            text: (*n).to_owned(),
            strong: true,
        };
        let edge = |e: &u32| Label {
            text: format!("{e}/s"),
            strong: true,
        };
        let expected = "flowchart LR\n  n0[\"a#quot;]#lt;b#gt;#35;1\"]:::strong\n  \
            n0 ==>|\"7/s\"| n0\n  classDef strong stroke-width:3px\n";
        assert_eq!(mermaid(&graph, node, edge), expected);
    }
}
