//! The query language: TraceQL, asked of every source of spans alike.
//!
//! [`parse`] makes a typed [`tree`](tree::Tree) of a text, or says where it went wrong and what
//! to write instead; a tree prints back as text. The grammar and what is refused are those of
//! Grafana Tempo 3.0, with one scope more: `tag.` has the meaning of Jaeger's tags.
//!
//! No I/O, and nothing of screens or servers.
//!
//! ```
//! use vizsla::traceql;
//!
//! let tree = traceql::parse("{status=error}>>{ kind=client }")?;
//! assert_eq!(tree.to_string(), "{ status = error } >> { kind = client }");
//!
//! let error = traceql::parse(r#"{ status = "error" }"#).unwrap_err();
//! assert_eq!(error.hint.as_deref(), Some("write status = error"));
//! # Ok::<(), traceql::QueryError>(())
//! ```

pub mod attribute;
mod check;
pub mod complete;
pub mod duration;
mod error;
pub mod eval;
pub mod form;
mod lexer;
pub mod logfmt;
pub mod metrics;
mod number;
pub mod operator;
mod parser;
mod pattern;
mod place;
mod print;
mod suggest;
pub mod tree;
mod types;
pub mod words;

pub use attribute::{Attribute, Intrinsic, Scope};
pub use complete::Vocabulary;
pub use error::{Fault, QueryError};
pub use eval::{Bits, Bound, Census, Evaluator, Facts, Match, Needs, Note, Query};
pub use form::Form;
pub use metrics::{Metrics, Steps};
pub use parser::parse;
pub use place::{Place, Placed};
pub use tree::Tree;
pub use types::Type;

#[cfg(test)]
mod tests;
