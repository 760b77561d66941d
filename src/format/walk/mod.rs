//! A walk through JSON documents that hold spans: what the decoders of the rarer formats share.
//!
//! It knows where it is, so that every problem has its place, and what a problem costs: a value
//! of a wrong type costs that value, a broken span costs that span, text that is no JSON ends the
//! walk. A format adds its own state, and methods on a walk with that state:
//!
//! ```ignore
//! impl Walk<'_, '_, Xray> {
//!     fn segment(&mut self) -> JsonResult<()> {
//!         self.object(|walk, key| match key { "id" => ..., _ => Ok(()) })
//!     }
//! }
//! ```

mod value;

use std::fmt::Write as _;

pub(super) use value::{any_value, parsed, timestamp};

use super::draft::Rejection;
use super::findings::{Findings, Piece};
use super::json::{JsonError, JsonKind, JsonReader, JsonResult};
use super::output::Output;
use super::problem::{Problem, Reason};
use crate::model::{PairIx, Sym};

/// A walk, with the state `S` of its format.
pub(super) struct Walk<'a, 'b, S> {
    pub json: JsonReader<'a>,
    pub out: Output<'b>,
    pub state: S,
    text: &'a [u8],
    /// The lists and members that are open.
    path: Vec<Step>,
}

/// A step down into a document.
#[derive(Debug, Clone)]
enum Step {
    /// A member by its name.
    Member(String),
    /// An item by its index.
    Item(usize),
}

impl<'a, 'b, S> Walk<'a, 'b, S> {
    pub(super) fn new(text: &'a [u8], out: Output<'b>, state: S) -> Self {
        Self {
            json: JsonReader::new(text),
            out,
            state,
            text,
            path: Vec::new(),
        }
    }

    /// Walks through all documents: `read` is called for each, and for each item of one that is
    /// a list.
    ///
    /// # Errors
    /// The problem that ended the walk, if one did; what was read before it is in the builder.
    pub(super) fn documents(
        self,
        read: impl FnMut(&mut Self) -> JsonResult<()>,
    ) -> Result<(), Problem> {
        self.documents_and(read, |_| Ok(()))
    }

    /// As [`Self::documents`], and calls `finish` at the end, also where that comes too early.
    ///
    /// # Errors
    /// As [`Self::documents`].
    pub(super) fn documents_and(
        mut self,
        mut read: impl FnMut(&mut Self) -> JsonResult<()>,
        finish: impl FnOnce(&mut Self) -> JsonResult<()>,
    ) -> Result<(), Problem> {
        let mut all = || -> JsonResult<()> {
            while !self.json.at_end() {
                self.path.clear();
                if self.json.peek()? == JsonKind::Array {
                    self.items(&mut read)?;
                } else {
                    read(&mut self)?;
                }
            }
            Ok(())
        };
        let read = all().map_err(|error| (error, self.path("")));
        self.path.clear();
        let finished = finish(&mut self).map_err(|error| (error, self.path("")));
        self.out.findings.report_flaws(self.text, self.json.flaws());
        let result = read.and(finished);
        result.map_err(|(error, path)| self.out.findings.json_problem(self.text, error, path))
    }

    /// Calls `read` for each item of a list, and for none of null.
    pub(super) fn items(
        &mut self,
        mut read: impl FnMut(&mut Self) -> JsonResult<()>,
    ) -> JsonResult<()> {
        if self.json.take_null()? {
            return Ok(());
        }
        self.json.enter_array()?;
        let mut index = 0;
        while self.json.next_item()? {
            self.path.push(Step::Item(index));
            let depth = self.path.len();
            self.lenient(&mut read)?;
            self.path.truncate(depth.saturating_sub(1));
            index += 1;
        }
        Ok(())
    }

    /// Calls `read` with the key of each member of an object that is not null; of null, for none.
    /// A value that it leaves alone is passed over; one of a wrong type is noted and passed over.
    pub(super) fn object(
        &mut self,
        mut read: impl FnMut(&mut Self, &str) -> JsonResult<()>,
    ) -> JsonResult<()> {
        if self.json.take_null()? {
            return Ok(());
        }
        self.json.enter_object()?;
        while let Some(key) = self.json.next_key()? {
            if self.json.take_null()? {
                continue;
            }
            self.below(&key, |walk| read(walk, &key))?;
        }
        Ok(())
    }

    /// Reads a value that may turn out to be of a wrong type, which is noted; then it is passed
    /// over.
    pub(super) fn lenient<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> JsonResult<T>,
    ) -> JsonResult<Option<T>> {
        let (before, depth) = (self.json.clone(), self.path.len());
        match read(self) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_recoverable() => {
                self.note(error);
                self.path.truncate(depth);
                self.json.go_to(&before);
                self.json.skip()?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Reads one span. If its text is broken, but its brackets match, or if it lacks what a span
    /// needs, only it is lost, and told.
    pub(super) fn span(
        &mut self,
        read: impl FnOnce(&mut Self) -> JsonResult<Result<(), Rejection>>,
    ) -> JsonResult<()> {
        let (before, depth) = (self.json.clone(), self.path.len());
        match read(self) {
            Ok(Ok(())) => {}
            Ok(Err(rejection)) => self.reject(before.position(), rejection),
            Err(error) => {
                let problem = self
                    .out
                    .findings
                    .json_problem(self.text, error, self.path(""));
                self.path.truncate(depth);
                self.json.go_to(&before);
                self.json.skip().map_err(|_| error)?;
                self.out.findings.report(Problem {
                    spans: 1,
                    ..problem
                });
            }
        }
        Ok(())
    }

    /// Offers the block to whoever takes the spans; whether it was taken, and a new one begins.
    pub(super) fn offer(&mut self) -> bool {
        self.out.offer()
    }

    /// Takes a step down to a member, for the time of a call.
    pub(super) fn below(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> JsonResult<()>,
    ) -> JsonResult<()> {
        let (depth, at) = (self.path.len(), self.json.position());
        self.path.push(Step::Member(name.to_owned()));
        self.lenient(read)?;
        if self.json.position() == at {
            self.json.skip()?;
        }
        self.path.truncate(depth);
        Ok(())
    }

    /// Walks through JSON that stands in a string, with a state of its own. Its problems have the
    /// place of the string.
    pub(super) fn quoted(
        &mut self,
        read: impl FnOnce(&mut Walk<'_, '_, S>) -> JsonResult<()>,
    ) -> JsonResult<()>
    where
        S: Default,
    {
        let at = self.json.position();
        let text = self.json.string()?;
        let mut findings = Findings::default();
        let text = text.as_bytes();
        let mut inner = Walk::new(
            text,
            Output::new(self.out.builder, &mut findings),
            S::default(),
        );
        if let Err(error) = read(&mut inner) {
            let path = inner.path("");
            let problem = findings.json_problem(text, error, path);
            findings.report(Problem {
                spans: 1,
                ..problem
            });
        }
        let outer = self.path("");
        for problem in findings.take_problems() {
            let dot = if problem.place.path.is_empty() {
                ""
            } else {
                "."
            };
            let path = format!("{outer}{dot}{}", problem.place.path);
            let place = self.out.findings.place_in_text(self.text, at, path);
            self.out.findings.report(Problem { place, ..problem });
        }
        self.out.findings.more_problems += findings.more_problems;
        Ok(())
    }

    /// Reports a value of a wrong type, which costs no span.
    #[cold]
    pub(super) fn note(&mut self, error: JsonError) {
        let problem = self
            .out
            .findings
            .json_problem(self.text, error, self.path(""));
        self.out.findings.report(problem);
    }

    /// Reports something that costs no span.
    #[cold]
    pub(super) fn tell(&mut self, at: usize, reason: Reason, message: String) {
        self.lose(at, reason, message, 0);
    }

    /// Counts a log record that names no trace.
    pub(super) fn log_without_trace(&mut self) {
        self.out.findings.logs_without_trace += 1;
    }

    /// Reports that some spans were left out.
    #[cold]
    pub(super) fn lose(&mut self, at: usize, reason: Reason, message: String, spans: u64) {
        let place = self
            .out
            .findings
            .place_in_text(self.text, at, self.path(""));
        self.out.findings.report(Problem {
            place,
            reason,
            message,
            spans,
        });
    }

    /// Reports that one span was left out.
    #[cold]
    pub(super) fn reject(&mut self, at: usize, rejection: Rejection) {
        if self.out.findings.is_full() {
            return self.out.findings.count(rejection.reason, 1);
        }
        let path = self.path("");
        self.out
            .findings
            .reject_span(self.text, at, path, rejection.reason, rejection.message);
    }

    /// Where a part of the text stands in the input, to be read another time.
    pub(super) fn place(&self, at: usize) -> Piece {
        let place = self
            .out
            .findings
            .place_in_text(self.text, at, String::new());
        Piece {
            input: place.input,
            offset: place.offset.unwrap_or(0),
            lines: place.line.unwrap_or(1) - 1,
            prefix: 0,
        }
    }

    /// Interns a string; of a number or a boolean, its text.
    pub(super) fn sym(&mut self) -> JsonResult<Sym> {
        let text = self.json.scalar_text()?.unwrap_or_default();
        Ok(self.out.builder.string(&text))
    }

    /// Interns the next value, whatever it is, as an attribute.
    pub(super) fn attribute(&mut self, key: &str) -> JsonResult<PairIx> {
        let at = self.json.position();
        let mut too_deep = false;
        let value = any_value(&mut self.json, &mut too_deep)?;
        if too_deep {
            self.tell(
                at,
                Reason::TooDeep,
                "values nested too deep were left out".to_owned(),
            );
        }
        let builder = &mut *self.out.builder;
        Ok(value.with(|value| builder.attribute(key, value)))
    }

    /// Adds the members of an object as attributes.
    pub(super) fn attributes(&mut self, pairs: &mut Vec<PairIx>) -> JsonResult<()> {
        self.object(|walk, key| {
            pairs.push(walk.attribute(key)?);
            Ok(())
        })
    }

    /// Where we are, as a path: `Traces[0].Segments[3]`.
    fn path(&self, inner: &str) -> String {
        let mut path = String::new();
        for step in &self.path {
            let dot = if path.is_empty() { "" } else { "." };
            let _ = match step {
                Step::Member(name) => write!(path, "{dot}{name}"),
                Step::Item(index) => write!(path, "[{index}]"),
            };
        }
        path + inner
    }
}
