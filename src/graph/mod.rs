//! Service graphs, and their layered layout on a grid of cells. No I/O, no terminal.
//!
//! - [`service`] finds who calls whom among spans and gives a petgraph graph.
//! - [`layout`] turns any petgraph graph with node sizes into a [`Drawing`]: boxes, routed edges
//!   and label places, in integer cells, left to right.
//! - [`trace_graph`] merges the calls of one trace into a graph.
//! - [`view`] makes large graphs small: the neighbourhood of a node, or the busiest nodes and one
//!   node for the rest.
//! - [`text`], [`dot()`] and [`mermaid()`] write graphs for people and for other tools.
//!
//! ```
//! use petgraph::graph::DiGraph;
//! use vizsla::graph::{EdgeSpec, Options, Size, layout};
//!
//! let mut calls = DiGraph::<&str, u64>::new();
//! let frontend = calls.add_node("frontend");
//! let mysql = calls.add_node("mysql");
//! calls.add_edge(frontend, mysql, 3);
//! let drawing = layout(
//!     &calls,
//!     |_, name| Size { width: name.len() as i32 + 4, height: 3 },
//!     |_, _| EdgeSpec::default(),
//!     Options::default(),
//! );
//! assert_eq!(drawing.boxes.len(), 2);
//! assert_eq!(drawing.paths.len(), 1);
//! ```

mod dot;
mod drawing;
mod layout;
mod mask;
mod mermaid;
pub mod service;
pub mod text;
mod trace;

pub mod view;

pub use dot::{Label, dot};
pub use drawing::{Drawing, EdgePath, Heading, Hit, NodeBox, Point, Rect, Size};
pub use layout::{EdgeSpec, Options, layout};
pub use mask::{Grid, Mask};
pub use mermaid::mermaid;
pub use trace::{Lead, Step, trace_graph, trace_graph_until};
