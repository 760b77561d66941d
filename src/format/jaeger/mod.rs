//! Jaeger's JSON: an answer of its API, a download of its UI, a bare trace, a bare span, a list of
//! such; and what protobuf's JSON makes of its model (`grpcurl`, Kafka).
//!
//! Jaeger writes a trace's spans before the processes that they name. Spans go straight into
//! columns, with a stand-in for their resource, and get the real one when the processes were read.
//! Of a large trace that comes in pieces they may stand in another piece: [`decode_part`] and
//! [`explain`].
//!
//! ```text
//! {"data":[{"traceID":"a1","spans":[{"traceID":"a1","spanID":"1","processID":"p1",...}],
//!           "processes":{"p1":{"serviceName":"shop","tags":[...]}},"warnings":null}]}
//! ```
//!
//! How tags become kind, status and scope, and back: `OpenTelemetry`'s
//! `pkg/translator/jaeger`, which Jaeger itself uses. Two deliberate differences: what that
//! would drop without need is kept as an attribute, and no status is guessed from an HTTP code.

mod batch;
mod document;
mod fill;
mod issue;
mod list;
mod model;
mod process;
mod proto;
mod reader;
mod span;
mod tag;
mod thrift;
mod write;

use super::output::Output;
use super::problem::{Problem, Reason};
use crate::model::BlockBuilder;

use process::Processes;
use reader::Decoder;

pub(super) use document::Document;
pub(super) use process::Awaited;
pub use proto::decode as decode_proto;
pub use thrift::{Shape, decode as decode_thrift, decode_shape};
pub use write::{AnswerError, JaegerWriter, Precision};

/// Decodes Jaeger JSON: one document or several, one after another.
///
/// What is wrong with one value costs that value, one span or one trace, and is reported.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    Decoder::new(text, None, out).run().1
}

/// Decodes a piece of a large trace. Its processes, if they are not in the piece, are
/// `processes`, the text of their object; if that is not known yet, the answer says what the
/// spans wait for.
pub(super) fn decode_part(
    text: &[u8],
    processes: Option<&[u8]>,
    out: Output<'_>,
) -> (Option<Awaited>, Result<(), Problem>) {
    let mut decoder = Decoder::new(text, processes, out);
    decoder.is_part = true;
    decoder.run()
}

/// Gives spans that were decoded by [`decode_part`] the processes they wait for. What nothing
/// describes is a problem.
pub(super) fn explain(
    processes: &[u8],
    awaited: &[Awaited],
    builder: &mut BlockBuilder,
) -> Vec<Problem> {
    if awaited.is_empty() {
        return Vec::new();
    }
    let mut processes = Processes::of(processes);
    let missed = awaited
        .iter()
        .flat_map(|awaited| processes.explain(awaited, builder));
    missed
        .map(|(place, message)| Problem {
            place,
            reason: Reason::WrongType,
            message,
            spans: 0,
        })
        .collect()
}

#[cfg(test)]
mod tests;
