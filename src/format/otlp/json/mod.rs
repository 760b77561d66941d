//! OTLP JSON, in all the shapes that tools write, straight into the columns of a block.
//!
//! The specification's own form is the collector's: `{"resourceSpans":[...]}` with ids in hex. Also
//! read: names in `snake_case`, enums by name, ids in base64 and Tempo's `batches` (jsonpb), Tempo's
//! `{"trace":{...}}` and Jaeger's `{"result":{...}}` around it, `instrumentationLibrarySpans` of
//! before 0.15, a `ResourceSpans` on its own (Java's `logging-otlp`), arrays of all of these, and
//! documents one after another. Logs and metrics may stand among them.
//!
//! Fields may come in any order. Where the resource is named behind its spans, or its schema is,
//! as the collector does it, the rows are given their resource when the batch ends. Unknown fields
//! are passed over; a value of a wrong type costs its span, or, in an attribute, event or link,
//! just that.

mod batch;
mod log;
mod metric;
mod span;
mod value;

pub(in crate::format) use value::any_value;

use crate::format::cache::Cache;
use crate::format::findings::Findings;
use crate::format::json::{JsonError, JsonKind, JsonReader, JsonResult};
use crate::format::otlp::Signal;
use crate::format::output::Output;
use crate::format::problem::{Problem, Reason};
use crate::model::{BlockBuilder, PairIx, ResourceIx, ScopeIx};

/// Objects around an export request that are entered.
const WRAPPERS: usize = 4;

/// Decodes OTLP JSON into one block: one document or several, of traces, logs or metrics.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let Output {
        builder, findings, ..
    } = out;
    let mut decoder = Decoder::new(text, builder, findings);
    let result = decoder.documents();
    let (path, flaws) = (decoder.path(), decoder.json.flaws());
    findings.report_flaws(text, flaws);
    result.map_err(|error| findings.json_problem(text, error, path))
}

struct Decoder<'a, 'b> {
    text: &'a [u8],
    json: JsonReader<'a>,
    builder: &'b mut BlockBuilder,
    findings: &'b mut Findings,
    /// Interned attributes, by the text of their object.
    pairs: Cache<'a, PairIx>,
    /// Room for the attributes of one span, event or link.
    attributes: Vec<PairIx>,
    /// Room for the lists of events and links of one span, which follow it into the builder.
    details: Vec<(span::Detail, JsonReader<'a>)>,
    signal: Signal,
    /// Where in the document we are: resource, scope, record.
    position: [Option<usize>; 3],
}

impl<'a, 'b> Decoder<'a, 'b> {
    fn new(text: &'a [u8], builder: &'b mut BlockBuilder, findings: &'b mut Findings) -> Self {
        Self {
            text,
            json: JsonReader::new(text),
            builder,
            findings,
            pairs: Cache::default(),
            attributes: Vec::new(),
            details: Vec::new(),
            signal: Signal::Traces,
            position: [None; 3],
        }
    }

    fn documents(&mut self) -> JsonResult<()> {
        while !self.json.at_end() {
            if self.json.peek()? != JsonKind::Array {
                self.document(0)?;
                continue;
            }
            self.json.enter_array()?;
            while self.json.next_item()? {
                self.document(0)?;
            }
        }
        Ok(())
    }

    /// An export request, something around one, or a batch on its own.
    fn document(&mut self, wrappers: usize) -> JsonResult<()> {
        let start = self.json.clone();
        if let Err(error) = self.json.attempt(JsonReader::enter_object)? {
            self.note(error);
            return Ok(());
        }
        let (mut is_partial, mut told) = (false, None);
        while let Some(key) = self.json.next_key()? {
            match &*key {
                "status" if self.json.peek()? == JsonKind::String => {
                    is_partial = self.json.string()? == "PARTIAL";
                }
                "message" if self.json.peek()? == JsonKind::String => {
                    told = Some(self.json.string()?);
                }
                "resourceSpans" | "resource_spans" | "batches" => self.batches(Signal::Traces)?,
                "resourceLogs" | "resource_logs" => self.batches(Signal::Logs)?,
                "resourceMetrics" | "resource_metrics" => {
                    self.findings.metric_points += metric::points(&mut self.json)?;
                }
                "trace" | "result"
                    if wrappers < WRAPPERS && self.json.peek()? == JsonKind::Object =>
                {
                    self.document(wrappers + 1)?;
                }
                "scopeSpans" | "scope_spans" | "instrumentationLibrarySpans" => {
                    return self.lone_batch(&start, Signal::Traces);
                }
                "scopeLogs" | "scope_logs" => return self.lone_batch(&start, Signal::Logs),
                _ => drop(self.json.skip()?),
            }
        }
        if is_partial {
            self.note_partial(start.position(), told.as_deref().unwrap_or_default());
        }
        Ok(())
    }

    /// Says that Tempo did not answer the whole trace.
    #[cold]
    fn note_partial(&mut self, at: usize, told: &str) {
        let place = self.findings.place_in_text(self.text, at, String::new());
        self.findings.report(Problem {
            place,
            reason: Reason::Truncated,
            message: format!("the server answered a part of the trace only: {told}"),
            spans: 0,
        });
    }

    fn lone_batch(&mut self, start: &JsonReader<'a>, signal: Signal) -> JsonResult<()> {
        self.json.go_to(start);
        self.signal = signal;
        self.position = [Some(0), None, None];
        self.batch()?;
        self.position = [None; 3];
        Ok(())
    }

    fn batches(&mut self, signal: Signal) -> JsonResult<()> {
        self.signal = signal;
        self.each(0, Self::batch)
    }

    /// Calls `read` for every item of a list, or for none of null, counting them at `level` of the
    /// position. What is no list is noted and passed over.
    fn each(
        &mut self,
        level: usize,
        mut read: impl FnMut(&mut Self) -> JsonResult<()>,
    ) -> JsonResult<()> {
        if self.json.take_null()? {
            return Ok(());
        }
        if let Err(error) = self.json.attempt(JsonReader::enter_array)? {
            self.note(error);
            return Ok(());
        }
        let mut index = 0;
        while self.json.next_item()? {
            self.set_position(level, Some(index));
            // Behind white space, so that places in messages are those of the value.
            self.json.peek()?;
            read(self)?;
            index += 1;
        }
        self.set_position(level, None);
        Ok(())
    }

    fn set_position(&mut self, level: usize, index: Option<usize>) {
        if let Some(place) = self.position.get_mut(level) {
            *place = index;
        }
    }

    /// Calls `member` for every member of an object that is not null, or for none of null.
    fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, &str) -> JsonResult<()>,
    ) -> JsonResult<()> {
        if self.json.take_null()? {
            return Ok(());
        }
        self.json.enter_object()?;
        while let Some(key) = self.json.next_key()? {
            if !self.json.take_null()? {
                member(self, &key)?;
            }
        }
        Ok(())
    }

    /// Reads a value that may turn out to be wrong, which is noted; then it is passed over.
    fn lenient<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> JsonResult<T>,
    ) -> JsonResult<Option<T>> {
        let before = self.json.clone();
        match read(self) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_recoverable() => {
                self.note(error);
                self.json.go_to(&before);
                self.json.skip()?;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// Reports a value that was passed over, and costs no span.
    #[cold]
    fn note(&mut self, error: JsonError) {
        let problem = self.findings.json_problem(self.text, error, self.path());
        self.findings.report(problem);
    }

    /// Reports that the record at hand was left out, for an error at `at`.
    #[cold]
    fn reject(&mut self, at: usize, reason: Reason, message: String) {
        let spans = u64::from(self.signal == Signal::Traces);
        self.findings.rejected_logs += 1 - spans;
        if self.findings.is_full() {
            return self.findings.count(reason, spans);
        }
        let place = self.findings.place_in_text(self.text, at, self.path());
        self.findings.report(Problem {
            place,
            reason,
            message,
            spans,
        });
    }

    /// Where we are, as a path.
    fn path(&self) -> String {
        let names = match self.signal {
            Signal::Logs => ["resourceLogs", "scopeLogs", "logRecords"],
            _ => ["resourceSpans", "scopeSpans", "spans"],
        };
        let known = names
            .iter()
            .zip(self.position)
            .map_while(|(name, index)| Some(format!("{name}[{}]", index?)));
        known.collect::<Vec<_>>().join(".")
    }
}

/// Stands in the rows until the batch is read to its end.
const PENDING_RESOURCE: ResourceIx = ResourceIx(0);
/// As [`PENDING_RESOURCE`].
const PENDING_SCOPE: ScopeIx = ScopeIx(0);

#[cfg(test)]
mod tests;
