//! One span as it is written, before its process and its tags are understood.

use std::borrow::Cow;
use std::ops::Range;

use super::issue::Issue;
use super::list::{optional, strings};
use super::model;
use super::process::Process;
use super::tag::{Binary, Tag, Tags, read_elevated};
use crate::format::json::{JsonError, JsonReader, JsonResult};
use crate::format::problem::Reason;
use crate::model::{SpanId, Time, TraceId};

/// A reference to another span.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reference {
    /// `None` if it names no trace: then it means its own.
    pub trace_id: Option<TraceId>,
    pub span_id: SpanId,
    pub child_of: bool,
}

/// A log: an event with a range of [`Draft::fields`].
#[derive(Debug, Clone)]
pub(super) struct Log {
    pub time: Time,
    pub fields: Range<usize>,
}

/// A span's fields, borrowed from the text. One draft serves all spans of an input.
#[derive(Debug, Default)]
pub(super) struct Draft<'a> {
    pub trace_id: Option<TraceId>,
    pub span_id: Option<SpanId>,
    pub parent_span_id: SpanId,
    pub operation: Cow<'a, str>,
    pub references: Vec<Reference>,
    /// Nanoseconds; negative ones were written by somebody.
    pub start: i128,
    /// Nanoseconds; `None` if it is not given.
    pub duration: Option<i128>,
    pub flags: u32,
    pub tags: Vec<Tag<'a>>,
    pub logs: Vec<Log>,
    pub fields: Vec<Tag<'a>>,
    pub warnings: Vec<Cow<'a, str>>,
    pub process_id: Option<Cow<'a, str>>,
    pub process: Option<Process<'a>>,
    pub issues: Vec<Issue>,
    /// Who reads its tags.
    pub reader: Tags<'a>,
    /// The last trace id read, as text and as what it means: spans repeat it.
    known: Option<(Cow<'a, str>, TraceId)>,
}

impl<'a> Draft<'a> {
    /// A draft of spans whose tags write bytes so.
    pub(super) fn with(binary: Binary) -> Self {
        Self {
            reader: Tags::with(binary),
            ..Self::default()
        }
    }

    pub(super) fn clear(&mut self) {
        self.trace_id = None;
        self.span_id = None;
        self.parent_span_id = SpanId(0);
        self.operation = Cow::Borrowed("");
        self.references.clear();
        self.start = 0;
        self.duration = None;
        self.flags = 0;
        self.tags.clear();
        self.logs.clear();
        self.fields.clear();
        self.warnings.clear();
        self.process_id = None;
        self.process = None;
        self.issues.clear();
    }

    /// Reads a span, keys in any order. Values of a wrong type are left out and noted.
    pub(super) fn read(&mut self, json: &mut JsonReader<'a>) -> JsonResult<()> {
        self.clear();
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            let at = json.position();
            if let Err(error) = json.attempt(|json| self.member(&key, json))? {
                self.note_json(error, key.into_owned());
            } else if json.position() == at {
                json.skip()?;
            }
        }
        Ok(())
    }

    /// One member of the span; what it does not know it leaves unread.
    fn member(&mut self, key: &str, json: &mut JsonReader<'a>) -> JsonResult<()> {
        match key {
            "traceID" => self.trace_id = self.trace_id(json)?,
            "spanID" => self.span_id = self.id(json, key)?,
            "parentSpanID" => self.parent_span_id = self.id(json, key)?.unwrap_or_default(),
            "operationName" => self.operation = json.scalar_text()?.unwrap_or_default(),
            "references" => self.references(json)?,
            "startTime" if self.start == 0 => self.start = micros(json)?.unwrap_or(0),
            "duration" if self.duration.is_none() => self.duration = micros(json)?,
            "startTimeUnixNano" => self.start = json.integer()?,
            "durationNano" => self.duration = Some(json.integer()?),
            "flags" => self.flags = optional(json, JsonReader::integer)?.unwrap_or(0) as u32,
            "tags" => self
                .reader
                .list(json, &"tags", &mut self.tags, &mut self.issues)?,
            "tag" => read_elevated(json, &mut self.tags)?,
            "logs" => self.logs(json)?,
            "warnings" => self.warnings = strings(json)?,
            "processID" => self.process_id = optional(json, JsonReader::string)?,
            "process" => {
                self.process = optional(json, |json| {
                    Process::read(json, &"process", &mut self.issues, &mut self.reader)
                })?;
            }
            _ => model::member(self, key, json)?,
        }
        Ok(())
    }

    fn trace_id(&mut self, json: &mut JsonReader<'a>) -> JsonResult<Option<TraceId>> {
        let text = json.string()?;
        if let Some((known, id)) = &self.known
            && *known == text
        {
            return Ok(Some(*id));
        }
        let id = text
            .trim()
            .parse()
            .ok()
            .filter(|id: &TraceId| !id.is_zero());
        self.known = id.map(|id| (text, id));
        Ok(id)
    }

    fn id(&mut self, json: &mut JsonReader<'a>, key: &str) -> JsonResult<Option<SpanId>> {
        let at = json.position();
        let Some(text) = optional(json, JsonReader::string)? else {
            return Ok(None);
        };
        let text = text.trim();
        match text.parse() {
            Ok(id) => return Ok(Some(id)),
            Err(error) if !text.is_empty() && key != "spanID" => {
                let message = format!("{text:?} is no span id: {error}");
                self.issues.push(Issue {
                    at,
                    path: key.to_owned(),
                    reason: Reason::BadId,
                    message,
                });
            }
            Err(_) => {}
        }
        Ok(None)
    }

    fn references(&mut self, json: &mut JsonReader<'a>) -> JsonResult<()> {
        json.each(|json, index| {
            let at = json.position();
            let path = || format!("references[{index}]");
            match json.attempt(|json| self.reference(json))? {
                Ok(Some(reference)) => self.references.push(reference),
                Ok(None) => {
                    let message = "a reference without a valid trace and span id".to_owned();
                    self.issues.push(Issue {
                        at,
                        path: path(),
                        reason: Reason::BadId,
                        message,
                    });
                }
                Err(error) => self.note_json(error, path()),
            }
            Ok(())
        })
    }

    fn reference(&mut self, json: &mut JsonReader<'a>) -> JsonResult<Option<Reference>> {
        let mut span_id: Option<SpanId> = None;
        let mut trace_id = Some(None);
        let mut child_of = true;
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            match &*key {
                "refType" => child_of = !follows(json)?,
                "traceID" => trace_id = self.trace_id(json)?.map(Some),
                "spanID" => span_id = json.string()?.trim().parse().ok(),
                "traceId" => trace_id = model::trace_id(json)?.map(Some),
                "spanId" => span_id = model::span_id(json)?,
                _ => drop(json.skip()?),
            }
        }
        let both = trace_id.zip(span_id);
        Ok(both.map(|(trace_id, span_id)| Reference {
            trace_id,
            span_id,
            child_of,
        }))
    }

    fn logs(&mut self, json: &mut JsonReader<'a>) -> JsonResult<()> {
        json.each(|json, index| {
            if let Err(error) = json.attempt(|json| self.log(json, index))? {
                self.note_json(error, format!("logs[{index}]"));
            }
            Ok(())
        })
    }

    fn log(&mut self, json: &mut JsonReader<'a>, index: usize) -> JsonResult<()> {
        let from = self.fields.len();
        let mut time = 0;
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            match &*key {
                "timestamp" if time == 0 => time = micros(json)?.unwrap_or(0),
                "timeUnixNano" => time = json.integer()?,
                "fields" => {
                    let path = format_args!("logs[{index}]");
                    self.reader
                        .list(json, &path, &mut self.fields, &mut self.issues)?;
                }
                _ => drop(json.skip()?),
            }
        }
        self.log_since(from, time);
        Ok(())
    }

    /// A log, in nanoseconds, of the fields that were read `from` one on.
    pub(super) fn log_since(&mut self, from: usize, time: i128) {
        self.logs.push(Log {
            time: Time::of_nanos(time),
            fields: from..self.fields.len(),
        });
    }

    fn note_json(&mut self, error: JsonError, path: String) {
        self.issues.push(Issue::of_json(error, path));
    }
}

/// Microseconds as nanoseconds; fractions of a microsecond count.
fn micros(json: &mut JsonReader<'_>) -> JsonResult<Option<i128>> {
    if json.take_null()? {
        return Ok(None);
    }
    match model::written(json)? {
        Some(nanos) => Ok(Some(nanos)),
        None => json.scaled(1000).map(Some),
    }
}

/// Whether a reference is one of the second kind, by its name or by its number.
fn follows(json: &mut JsonReader<'_>) -> JsonResult<bool> {
    let kind = json.scalar_text()?.unwrap_or_default();
    Ok(kind == "1" || kind.eq_ignore_ascii_case("FOLLOWS_FROM"))
}
