//! The outer reader: documents, answers of the API, traces, bare spans, and the spans in them.

use super::fill::Filler;
use super::issue::Issue;
use super::list::strings;
use super::process::{Awaited, Processes};
use super::span::Draft;
use crate::format::json::{JsonError, JsonKind, JsonReader, JsonResult};
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::model::{Mark, TraceId};

pub(super) struct Decoder<'a, 'o> {
    text: &'a [u8],
    json: JsonReader<'a>,
    out: Output<'o>,
    /// Whether the last trace goes on in another piece.
    pub(super) is_part: bool,
    /// Processes of the trace that goes on, if they are known.
    behind: Option<&'a [u8]>,
    /// What its spans wait for, if they are not.
    awaited: Option<Awaited>,
    /// The trace that is being read, as `data[3]`; empty for a bare one.
    path: String,
    draft: Draft<'a>,
    filler: Filler,
}

/// What is known of a trace beside its spans, and where in the builder these begin.
struct Around<'a> {
    id: Option<TraceId>,
    processes: Processes<'a>,
    mark: Mark,
}

impl<'a, 'o> Decoder<'a, 'o> {
    pub(super) fn new(text: &'a [u8], behind: Option<&'a [u8]>, out: Output<'o>) -> Self {
        Self {
            text,
            json: JsonReader::new(text),
            out,
            is_part: false,
            behind,
            awaited: None,
            path: String::new(),
            draft: Draft::default(),
            filler: Filler::default(),
        }
    }

    /// Reads all of the text: what spans of its last trace wait for, and what ended the reading.
    pub(super) fn run(mut self) -> (Option<Awaited>, Result<(), Problem>) {
        let result = self.documents();
        self.out.findings.report_flaws(self.text, self.json.flaws());
        let result =
            result.map_err(|error| self.out.findings.json_problem(self.text, error, self.path));
        (self.awaited, result)
    }

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
                "operationName" => {
                    self.json.go_to(&start);
                    return self.bare_span();
                }
                _ => drop(self.json.skip()?),
            }
        }
        Ok(())
    }

    /// A span without a trace around it: its process stands in it.
    fn bare_span(&mut self) -> JsonResult<()> {
        self.within(|decoder, around| {
            decoder.span(None, around)?;
            decoder.offer(around);
            Ok(())
        })
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

    /// A trace. Whatever ends it, its spans get their resources.
    fn trace(&mut self) -> JsonResult<()> {
        self.within(Self::members)
    }

    fn within(
        &mut self,
        read: impl FnOnce(&mut Self, &mut Around<'a>) -> JsonResult<()>,
    ) -> JsonResult<()> {
        let mut around = Around {
            id: None,
            processes: Processes::default(),
            mark: self.out.builder.mark(),
        };
        let result = read(self, &mut around);
        let Around {
            mut processes,
            mark,
            ..
        } = around;
        if self.is_part && !processes.are_described() {
            let Some(behind) = self.behind else {
                self.wait(processes, mark);
                return result;
            };
            processes.describe(behind);
        }
        for missed in processes.settle(mark, self.out.builder) {
            self.report(missed);
        }
        result
    }

    /// The processes of the trace at hand stand in another piece.
    fn wait(&mut self, processes: Processes<'a>, mark: Mark) {
        let findings = &*self.out.findings;
        let place = |at, path: String| findings.place_in_bytes(at, join(&self.path, &path));
        let awaited = processes.into_awaited(mark, place);
        // There is but one trace that goes on: another one before it has no processes.
        let before = std::mem::replace(&mut self.awaited, awaited);
        for problem in super::explain(b"", before.as_slice(), self.out.builder) {
            self.out.findings.report(problem);
        }
    }

    fn members(&mut self, around: &mut Around<'a>) -> JsonResult<()> {
        self.json.enter_object()?;
        while let Some(key) = self.json.next_key()? {
            match &*key {
                "traceID" => {
                    let id = self.json.attempt(JsonReader::string)?.ok();
                    around.id = id.and_then(|id| id.parse().ok());
                }
                "processes" => self.processes(&mut around.processes)?,
                "warnings" => {
                    let warnings = self.json.attempt(strings)?.unwrap_or_default();
                    self.filler.warn(warnings, around.mark, self.out.builder);
                }
                "spans" => {
                    let spans = self.json.clone();
                    if let Err(error) = self.spans(around) {
                        self.json.go_to(&spans);
                        self.json.skip().map_err(|_| error)?;
                        self.report_json(error, "spans");
                    }
                }
                _ => drop(self.json.skip()?),
            }
        }
        Ok(())
    }

    fn processes(&mut self, processes: &mut Processes<'a>) -> JsonResult<()> {
        let mut issues = Vec::new();
        let reader = &mut self.draft.reader;
        let read = self
            .json
            .attempt(|json| processes.read(json, &mut issues, reader))?;
        if let Err(error) = read {
            self.report_json(error, "processes");
        }
        for issue in issues {
            self.report(issue);
        }
        Ok(())
    }

    fn spans(&mut self, around: &mut Around<'a>) -> JsonResult<()> {
        if self.json.take_null()? {
            return Ok(());
        }
        self.json.enter_array()?;
        let mut index = 0;
        while self.json.next_item()? {
            self.span(Some(index), around)?;
            self.offer(around);
            index += 1;
        }
        Ok(())
    }

    /// Offers the block, if no span in it waits for its process.
    fn offer(&mut self, around: &mut Around<'a>) {
        if !around.processes.are_awaited() && self.out.offer() {
            around.processes.new_block();
            around.mark = self.out.builder.mark();
        }
    }

    /// One span, by its place in the list of a trace. If its text is broken, but its brackets match, only it is lost.
    fn span(&mut self, index: Option<usize>, around: &mut Around<'a>) -> JsonResult<()> {
        let start = self.json.clone();
        if let Err(error) = self.draft.read(&mut self.json) {
            self.json.go_to(&start);
            self.json.skip().map_err(|_| error)?;
            let problem =
                self.out
                    .findings
                    .json_problem(self.text, error, self.path_of(&in_spans(index)));
            self.out.findings.report(Problem {
                spans: 1,
                ..problem
            });
            return Ok(());
        }
        let at = (start.position(), index.unwrap_or(0));
        let filled = self.filler.fill(
            &mut self.draft,
            around.id,
            at,
            &mut around.processes,
            self.out.builder,
        );
        if let Err(message) = filled {
            let path = self.path_of(&in_spans(index));
            self.out.findings.reject_span(
                self.text,
                start.position(),
                path,
                Reason::BadId,
                message,
            );
            return Ok(());
        }
        if !self.draft.issues.is_empty() {
            for mut issue in std::mem::take(&mut self.draft.issues) {
                issue.path = join(&in_spans(index), &issue.path);
                self.report(issue);
            }
        }
        Ok(())
    }

    fn path_of(&self, inner: &str) -> String {
        join(&self.path, inner)
    }

    fn report_json(&mut self, error: JsonError, inner: &str) {
        let problem = self
            .out
            .findings
            .json_problem(self.text, error, self.path_of(inner));
        self.out.findings.report(problem);
    }

    fn report(&mut self, issue: Issue) {
        let place = self
            .out
            .findings
            .place_in_text(self.text, issue.at, self.path_of(&issue.path));
        self.out.findings.report(Problem {
            place,
            reason: issue.reason,
            message: issue.message,
            spans: 0,
        });
    }
}

/// Where a span stands in its trace; a bare one is all there is.
fn in_spans(index: Option<usize>) -> String {
    index.map_or_else(String::new, |index| format!("spans[{index}]"))
}

fn join(path: &str, inner: &str) -> String {
    let dot = if path.is_empty() || inner.is_empty() {
        ""
    } else {
        "."
    };
    format!("{path}{dot}{inner}")
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
