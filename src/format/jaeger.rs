//! Jaeger's JSON: an answer of its API, a download of its UI, a bare trace, a list of traces.
//!
//! Jaeger writes a trace's spans before the processes that they name. A trace is therefore read
//! in two passes over its text: the spans are skipped, the processes read, and then the spans are
//! decoded, each straight into columns. Nothing is kept of a span but one scratch for all.
//!
//! ```text
//! {"data":[{"traceID":"a1","spans":[{"traceID":"a1","spanID":"1","processID":"p1",...}],
//!           "processes":{"p1":{"serviceName":"shop","tags":[...]}},"warnings":null}]}
//! ```
//!
//! How tags become kind, status and scope, and back: `OpenTelemetry`'s
//! `pkg/translator/jaeger`, which Jaeger itself uses. Two deliberate differences: what that
//! would drop without need is kept as an attribute, and no status is guessed from an HTTP code.

mod document;
mod fill;
mod process;
mod span;
mod tag;
mod write;

use super::findings::Findings;
use super::json::{JsonError, JsonKind, JsonReader, JsonResult};
use super::problem::{Problem, Reason};
use crate::model::{BlockBuilder, TraceId};

use fill::Filler;
use process::Processes;
use span::{Draft, Issue};

pub(super) use document::Document;
pub use write::{AnswerError, JaegerWriter, Precision};

/// Decodes Jaeger JSON: one document or several, one after another.
///
/// What is wrong with one value costs that value, one span or one trace, and is reported.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(
    text: &[u8],
    builder: &mut BlockBuilder,
    findings: &mut Findings,
) -> Result<(), Problem> {
    decode_in_blocks(text, builder, findings, &mut |_| false)
}

/// Decodes Jaeger JSON as [`decode`] does, and asks after each span whether its block is full:
/// `hand_over` may take the block out of the builder, and then says so. A trace may be cut so;
/// that is how the first rows of a large one show before all of it is read.
///
/// # Errors
/// As [`decode`].
pub fn decode_in_blocks(
    text: &[u8],
    builder: &mut BlockBuilder,
    findings: &mut Findings,
    hand_over: &mut dyn FnMut(&mut BlockBuilder) -> bool,
) -> Result<(), Problem> {
    let mut decoder = Decoder {
        text,
        json: JsonReader::new(text),
        builder,
        findings,
        hand_over,
        path: String::new(),
        draft: Draft::default(),
        filler: Filler::default(),
    };
    let result = decoder.documents();
    let flaws = decoder.json.flaws();
    let path = std::mem::take(&mut decoder.path);
    findings.report_flaws(text, flaws);
    result.map_err(|error| findings.json_problem(text, error, path))
}

struct Decoder<'a, 'o> {
    text: &'a [u8],
    json: JsonReader<'a>,
    builder: &'o mut BlockBuilder,
    findings: &'o mut Findings,
    hand_over: &'o mut dyn FnMut(&mut BlockBuilder) -> bool,
    /// The trace that is being read, as `data[3]`; empty for a bare one.
    path: String,
    draft: Draft<'a>,
    filler: Filler,
}

impl<'a> Decoder<'a, '_> {
    fn documents(&mut self) -> JsonResult<()> {
        while !self.json.at_end() {
            match self.json.peek()? {
                JsonKind::Array => self.list("")?,
                _ => self.object()?,
            }
            self.path.clear();
        }
        Ok(())
    }

    /// A list of traces, or of answers that hold some.
    fn list(&mut self, name: &str) -> JsonResult<()> {
        self.json.enter_array()?;
        let mut index = 0;
        while self.json.next_item()? {
            self.path = format!("{name}[{index}]");
            self.object()?;
            index += 1;
        }
        Ok(())
    }

    /// A trace, or an answer of the API around some.
    fn object(&mut self) -> JsonResult<()> {
        let start = self.json.clone();
        if let Err(error) = self.json.attempt(JsonReader::enter_object)? {
            self.report_json(error, "");
            return Ok(());
        }
        while let Some(key) = self.json.next_key()? {
            match &*key {
                "data" if self.json.peek()? == JsonKind::Array => self.list("data")?,
                "data" if self.json.peek()? == JsonKind::Object => self.object_in_data()?,
                "errors" => self.errors()?,
                "spans" => {
                    self.json.go_to(&start);
                    return self.trace();
                }
                _ => drop(self.json.skip()?),
            }
        }
        Ok(())
    }

    fn object_in_data(&mut self) -> JsonResult<()> {
        "data".clone_into(&mut self.path);
        self.trace()
    }

    /// What the server said instead of, or beside, its data.
    fn errors(&mut self) -> JsonResult<()> {
        self.path.clear();
        if self.json.peek()? != JsonKind::Array {
            return self.json.skip().map(drop);
        }
        self.json.enter_array()?;
        while self.json.next_item()? {
            let at = self.json.position();
            let Ok(message) = self.json.attempt(error_message)? else {
                continue;
            };
            let message = format!("the server answered: {message}");
            self.report(Issue {
                at,
                path: "errors".to_owned(),
                reason: Reason::Unsupported,
                message,
            });
        }
        Ok(())
    }

    fn trace(&mut self) -> JsonResult<()> {
        self.json.enter_object()?;
        let mut processes = Processes::default();
        let mut trace_id = None;
        let mut warnings = Vec::new();
        let mut spans = None;
        while let Some(key) = self.json.next_key()? {
            match &*key {
                "traceID" => {
                    trace_id = self
                        .json
                        .attempt(JsonReader::string)?
                        .ok()
                        .and_then(|id| id.parse().ok());
                }
                "processes" => self.processes(&mut processes)?,
                "warnings" => warnings = self.json.attempt(span::strings)?.unwrap_or_default(),
                "spans" => {
                    let start = self.json.clone();
                    if let Err(error) = self.json.skip() {
                        self.json.go_to(&start);
                        self.spans(trace_id, &mut processes)?;
                        return Err(error);
                    }
                    spans = Some(start);
                }
                _ => drop(self.json.skip()?),
            }
        }
        let Some(spans) = spans else { return Ok(()) };
        let end = self.json.clone();
        self.json.go_to(&spans);
        self.filler
            .warn_first(warnings.iter().map(|warning| &**warning));
        if let Err(error) = self.spans(trace_id, &mut processes) {
            self.report_json(error, "spans");
        }
        self.json.go_to(&end);
        Ok(())
    }

    fn processes(&mut self, processes: &mut Processes<'a>) -> JsonResult<()> {
        let mut issues = Vec::new();
        let read = self
            .json
            .attempt(|json| processes.read(json, &mut issues))?;
        if let Err(error) = read {
            self.report_json(error, "processes");
        }
        for issue in issues {
            self.report(issue);
        }
        Ok(())
    }

    fn spans(
        &mut self,
        trace_id: Option<TraceId>,
        processes: &mut Processes<'a>,
    ) -> JsonResult<()> {
        if self.json.take_null()? {
            return Ok(());
        }
        self.json.enter_array()?;
        let mut index = 0;
        while self.json.next_item()? {
            self.span(index, trace_id, processes)?;
            if (self.hand_over)(self.builder) {
                processes.new_block();
            }
            index += 1;
        }
        Ok(())
    }

    /// One span. If its text is broken, but its brackets match, only it is lost.
    fn span(
        &mut self,
        index: usize,
        trace_id: Option<TraceId>,
        processes: &mut Processes<'a>,
    ) -> JsonResult<()> {
        let start = self.json.clone();
        if let Err(error) = self.draft.read(&mut self.json) {
            self.json.go_to(&start);
            self.json.skip().map_err(|_| error)?;
            let problem = self.findings.json_problem(
                self.text,
                error,
                self.path_of(&format!("spans[{index}]")),
            );
            self.findings.report(Problem {
                spans: 1,
                ..problem
            });
            return Ok(());
        }
        let filled = self
            .filler
            .fill(&self.draft, trace_id, processes, self.builder);
        if let Err(message) = filled {
            let path = self.path_of(&format!("spans[{index}]"));
            self.findings
                .reject_span(self.text, start.position(), path, Reason::BadId, message);
            return Ok(());
        }
        if !self.draft.issues.is_empty() {
            for mut issue in std::mem::take(&mut self.draft.issues) {
                issue.path = format!("spans[{index}].{}", issue.path);
                self.report(issue);
            }
        }
        if let Some(unknown) = processes.take_unknown() {
            let message = format!("there is no process {unknown:?}; its spans have no service");
            let path = format!("spans[{index}].processID");
            self.report(Issue {
                at: start.position(),
                path,
                reason: Reason::WrongType,
                message,
            });
        }
        Ok(())
    }

    fn path_of(&self, inner: &str) -> String {
        let dot = if self.path.is_empty() || inner.is_empty() {
            ""
        } else {
            "."
        };
        format!("{}{dot}{inner}", self.path)
    }

    fn report_json(&mut self, error: JsonError, inner: &str) {
        let problem = self
            .findings
            .json_problem(self.text, error, self.path_of(inner));
        self.findings.report(problem);
    }

    fn report(&mut self, issue: Issue) {
        let place = self
            .findings
            .place_in_text(self.text, issue.at, self.path_of(&issue.path));
        self.findings.report(Problem {
            place,
            reason: issue.reason,
            message: issue.message,
            spans: 0,
        });
    }
}

fn error_message<'a>(json: &mut JsonReader<'a>) -> JsonResult<std::borrow::Cow<'a, str>> {
    let mut message = None;
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        if key == "msg" {
            message = json.scalar_text()?;
        } else {
            json.skip()?;
        }
    }
    Ok(message.unwrap_or_default())
}

#[cfg(test)]
mod tests;
