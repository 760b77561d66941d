//! Zipkin's JSON, versions 2 and 1: lists of spans, lists of such lists, one span or list a line.
//!
//! One span may be reported in parts: the client's and the server's half of a call under one id,
//! or an unfinished span that is completed by a later report. Parts are merged before they become
//! a row, as Zipkin merges them when it reads a trace (`zipkin2.internal.Trace`). So that most
//! spans can go straight into columns, a first pass over the text only finds the ids that occur
//! more than once.
//!
//! ```text
//! [{"traceId":"1","id":"2","parentId":"1","kind":"CLIENT","name":"get","timestamp":10,"duration":5,
//!   "localEndpoint":{"serviceName":"shop"},"tags":{"http.method":"GET"}}]
//! ```
//!
//! Of a list that is too large to be held, the spans of a trace that stand together are one piece.
//! Reports of one span that stand further apart, between those of other traces, are not merged here.
//! They need not be: the halves of a call are two rows anyway, and a trace puts the server's below the
//! client's wherever they came from (`model/tree.rs`); what was reported twice alike is there once, and
//! an unfinished report gives way to the finished one of the same service, name and start
//! (`model/trace/assemble.rs`), counted among the trace's duplicates. What else has the same id stays
//! beside it, with a warning.
//!
//! What tags and endpoints become: `OpenTelemetry`'s `pkg/translator/zipkin`. Version 1 is
//! turned into version 2 first, as Zipkin does (`zipkin2.v1.V1SpanConverter`).

mod binary;
mod fill;
mod index;
mod merge;
mod proto;
mod span;
mod thrift;
mod v1;
mod write;

use super::json::{JsonError, JsonKind, JsonReader, JsonResult};
use super::output::Output;
use super::problem::{Problem, Reason};

use fill::Filler;
use index::Index;
use span::{Report, Span};

pub use proto::decode as decode_proto;
pub use thrift::decode as decode_thrift;
pub use write::ZipkinWriter;

/// Decodes Zipkin JSON of either version: one document or several, one after another.
///
/// What is wrong with one value costs that value or one span, and is reported.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let mut decoder = Decoder {
        text,
        json: JsonReader::new(text),
        index: Index::of(text),
        out,
        path: Vec::new(),
        filler: Filler::default(),
    };
    let result = decoder.values();
    let path = decoder.path_of("");
    result.map_err(|error| decoder.out.findings.json_problem(text, error, path))
}

struct Decoder<'a, 'o> {
    text: &'a [u8],
    json: JsonReader<'a>,
    index: Index,
    out: Output<'o>,
    /// Positions in the lists that are open.
    path: Vec<usize>,
    filler: Filler,
}

impl<'a> Decoder<'a, '_> {
    /// Every span of the text, however the lists around them nest.
    fn values(&mut self) -> JsonResult<()> {
        loop {
            match self.path.last_mut() {
                None if self.json.at_end() => return Ok(()),
                None => {}
                Some(position) => {
                    *position = position.wrapping_add(1);
                    if !self.json.next_item()? {
                        self.path.pop();
                        continue;
                    }
                }
            }
            match self.json.peek()? {
                JsonKind::Array => {
                    self.json.enter_array()?;
                    self.path.push(usize::MAX);
                }
                JsonKind::Object => self.span()?,
                found => self.stranger(found)?,
            }
        }
    }

    fn stranger(&mut self, found: JsonKind) -> JsonResult<()> {
        let at = self.json.position();
        self.json.skip()?;
        self.report_json(
            JsonError::Type {
                at,
                expected: "a span",
                found,
            },
            "",
            0,
        );
        Ok(())
    }

    /// One span. If its text is broken, but its brackets match, only it is lost.
    fn span(&mut self) -> JsonResult<()> {
        let start = self.json.clone();
        let mut report = Report::default();
        if let Err(error) = report.read(&mut self.json) {
            self.json.go_to(&start);
            self.json.skip().map_err(|_| error)?;
            self.report_json(error, "", 1);
            return Ok(());
        }
        for issue in report.issues.drain(..) {
            self.report_json(issue.error, &issue.path, 0);
        }
        let Some(key) = report.key() else {
            let message = "a span without a valid traceId and id";
            let path = self.path_of("");
            self.out.findings.reject_span(
                self.text,
                start.position(),
                path,
                Reason::BadId,
                message,
            );
            return Ok(());
        };
        let Some(others) = self.index.others(key, start.position()) else {
            return Ok(());
        };
        let mut spans = Vec::new();
        report.into_spans(&mut spans);
        for &at in &others {
            self.part(at, &mut spans);
        }
        for span in merge::merge(spans) {
            self.filler.fill(&span, &self.index, self.out.builder);
        }
        self.out.offer();
        Ok(())
    }

    /// A further report of the same span; what is wrong with it is told when its turn comes.
    fn part(&self, at: usize, spans: &mut Vec<Span<'a>>) {
        let mut json = JsonReader::new(self.text);
        json.seek(at);
        let mut report = Report::default();
        if report.read(&mut json).is_ok() {
            report.into_spans(spans);
        }
    }

    fn path_of(&self, inner: &str) -> String {
        use std::fmt::Write as _;
        let mut path = String::new();
        for position in self.path.iter().filter(|&&position| position != usize::MAX) {
            let _ = write!(path, "[{position}]");
        }
        let dot = if path.is_empty() || inner.is_empty() {
            ""
        } else {
            "."
        };
        path + dot + inner
    }

    fn report_json(&mut self, error: JsonError, inner: &str, spans: u64) {
        let problem = self
            .out
            .findings
            .json_problem(self.text, error, self.path_of(inner));
        self.out.findings.report(Problem { spans, ..problem });
    }
}

#[cfg(test)]
mod tests;
