//! One report of a span as it is written, of either version.

use std::borrow::Cow;

use super::v1;
use crate::format::json::{JsonError, JsonReader, JsonResult};
use crate::model::{Kind, SpanId, TraceId};

/// What makes reports those of one span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub trace: TraceId,
    pub span: SpanId,
}

/// Something wrong within a report that did not cost it.
#[derive(Debug)]
pub(super) struct Issue {
    pub path: String,
    pub error: JsonError,
}

/// One side of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Endpoint<'a> {
    pub service: Cow<'a, str>,
    pub ipv4: Cow<'a, str>,
    pub ipv6: Cow<'a, str>,
    pub port: u16,
}

/// Something that happened at a time.
#[derive(Debug, Clone)]
pub(super) struct Annotation<'a> {
    pub micros: u64,
    pub value: Cow<'a, str>,
    /// Version 1 only: where it happened.
    pub endpoint: Option<Endpoint<'a>>,
}

/// A tag of version 1.
#[derive(Debug, Clone)]
pub(super) struct BinaryAnnotation<'a> {
    pub key: Cow<'a, str>,
    pub value: Cow<'a, str>,
    pub endpoint: Option<Endpoint<'a>>,
}

/// A span in the shape of version 2. Zero times are absent ones.
#[derive(Debug, Clone, Default)]
pub(super) struct Span<'a> {
    pub trace_id: TraceId,
    pub id: SpanId,
    pub parent_id: SpanId,
    pub kind: Option<Kind>,
    pub name: Cow<'a, str>,
    pub micros: u64,
    pub duration: u64,
    pub local: Endpoint<'a>,
    pub remote: Endpoint<'a>,
    pub annotations: Vec<Annotation<'a>>,
    pub tags: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub debug: bool,
    pub shared: bool,
}

/// A span as it is written; of version 1 if it has binary annotations or annotations with an
/// endpoint.
#[derive(Debug, Default)]
pub(super) struct Report<'a> {
    pub span: Span<'a>,
    pub binary: Vec<BinaryAnnotation<'a>>,
    pub issues: Vec<Issue>,
    is_v1: bool,
}

impl<'a> Report<'a> {
    /// A report of version 2.
    pub(super) fn v2(span: Span<'a>) -> Self {
        Self {
            span,
            ..Self::default()
        }
    }

    /// A report of version 1.
    pub(super) fn v1(span: Span<'a>, binary: Vec<BinaryAnnotation<'a>>) -> Self {
        Self {
            span,
            binary,
            is_v1: true,
            ..Self::default()
        }
    }

    /// The ids, if both are valid.
    pub(super) fn key(&self) -> Option<Key> {
        let key = Key {
            trace: self.span.trace_id,
            span: self.span.id,
        };
        (!key.trace.is_zero() && !key.span.is_zero()).then_some(key)
    }

    /// Reads a report, keys in any order. Values of a wrong type are left out and noted.
    pub(super) fn read(&mut self, json: &mut JsonReader<'a>) -> JsonResult<()> {
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            let at = json.position();
            if json.take_null()? {
                continue;
            }
            json.seek(at);
            if let Err(error) = json.attempt(|json| self.member(&key, json))? {
                self.issues.push(Issue {
                    path: key.into_owned(),
                    error,
                });
            } else if json.position() == at {
                json.skip()?;
            }
        }
        Ok(())
    }

    /// One member; what it does not know it leaves unread.
    fn member(&mut self, key: &str, json: &mut JsonReader<'a>) -> JsonResult<()> {
        let span = &mut self.span;
        match key {
            "traceId" => span.trace_id = trace_id(json)?.unwrap_or_default(),
            "id" => span.id = id(json)?.unwrap_or_default(),
            "parentId" => span.parent_id = id(json)?.unwrap_or_default(),
            "kind" => span.kind = Kind::from_name(&json.string()?),
            "name" => span.name = json.string()?,
            "timestamp" => span.micros = micros(json)?,
            "duration" => span.duration = micros(json)?,
            "localEndpoint" => span.local = endpoint(json)?,
            "remoteEndpoint" => span.remote = endpoint(json)?,
            "debug" => span.debug = json.bool()?,
            "shared" => span.shared = json.bool()?,
            "tags" => self.tags(json)?,
            "annotations" => self.annotations(json)?,
            "binaryAnnotations" => self.binary_annotations(json)?,
            _ => {}
        }
        Ok(())
    }

    fn tags(&mut self, json: &mut JsonReader<'a>) -> JsonResult<()> {
        json.enter_object()?;
        while let Some(key) = json.next_key()? {
            match json.attempt(JsonReader::scalar_text)? {
                Ok(value) => self.span.tags.push((key, value.unwrap_or_default())),
                Err(error) => self.issues.push(Issue {
                    path: format!("tags.{key}"),
                    error,
                }),
            }
        }
        Ok(())
    }

    fn annotations(&mut self, json: &mut JsonReader<'a>) -> JsonResult<()> {
        json.enter_array()?;
        let mut index = 0;
        while json.next_item()? {
            match json.attempt(annotation)? {
                Ok(annotation) => {
                    self.is_v1 |= annotation.endpoint.is_some();
                    self.span.annotations.push(annotation);
                }
                Err(error) => self.issues.push(Issue {
                    path: format!("annotations[{index}]"),
                    error,
                }),
            }
            index += 1;
        }
        Ok(())
    }

    fn binary_annotations(&mut self, json: &mut JsonReader<'a>) -> JsonResult<()> {
        self.is_v1 = true;
        json.enter_array()?;
        let mut index = 0;
        while json.next_item()? {
            match json.attempt(binary_annotation)? {
                Ok(annotation) => self.binary.push(annotation),
                Err(error) => self.issues.push(Issue {
                    path: format!("binaryAnnotations[{index}]"),
                    error,
                }),
            }
            index += 1;
        }
        Ok(())
    }

    /// The spans of version 2 that the report stands for: two, if it holds both halves of a call.
    pub(super) fn into_spans(mut self, spans: &mut Vec<Span<'a>>) {
        if self.span.parent_id == self.span.id {
            self.span.parent_id = SpanId(0);
        }
        if self.is_v1 {
            v1::convert(self, spans);
        } else {
            spans.push(self.span);
        }
    }
}

/// A trace id of up to 32 digits; `None` if it is none.
pub(super) fn trace_id(json: &mut JsonReader<'_>) -> JsonResult<Option<TraceId>> {
    Ok(json.string()?.trim().parse().ok())
}

/// A span id of up to 16 digits; `None` if it is none.
pub(super) fn id(json: &mut JsonReader<'_>) -> JsonResult<Option<SpanId>> {
    if json.take_null()? {
        return Ok(None);
    }
    Ok(json.string()?.trim().parse().ok())
}

/// Microseconds; negative ones count as absent.
pub(super) fn micros(json: &mut JsonReader<'_>) -> JsonResult<u64> {
    if json.take_null()? {
        return Ok(0);
    }
    Ok(u64::try_from(json.integer()?).unwrap_or(0))
}

fn text<'a>(json: &mut JsonReader<'a>) -> JsonResult<Cow<'a, str>> {
    json.scalar_text().map(Option::unwrap_or_default)
}

fn endpoint<'a>(json: &mut JsonReader<'a>) -> JsonResult<Endpoint<'a>> {
    let mut endpoint = Endpoint::default();
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        match &*key {
            "serviceName" => endpoint.service = text(json)?,
            "ipv4" => endpoint.ipv4 = text(json)?,
            "ipv6" => endpoint.ipv6 = text(json)?,
            "port" => {
                // Old Java clients wrote ports above 32767 as negative numbers.
                let port = if json.take_null()? {
                    0
                } else {
                    json.integer()?
                };
                endpoint.port =
                    u16::try_from(port).unwrap_or(i16::try_from(port).unwrap_or(0) as u16);
            }
            _ => drop(json.skip()?),
        }
    }
    Ok(endpoint)
}

fn annotation<'a>(json: &mut JsonReader<'a>) -> JsonResult<Annotation<'a>> {
    let mut annotation = Annotation {
        micros: 0,
        value: Cow::Borrowed(""),
        endpoint: None,
    };
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        match &*key {
            "timestamp" => annotation.micros = micros(json)?,
            "value" => annotation.value = text(json)?,
            "endpoint" if !json.take_null()? => annotation.endpoint = Some(endpoint(json)?),
            "endpoint" => {}
            _ => drop(json.skip()?),
        }
    }
    Ok(annotation)
}

fn binary_annotation<'a>(json: &mut JsonReader<'a>) -> JsonResult<BinaryAnnotation<'a>> {
    let mut annotation = BinaryAnnotation {
        key: Cow::Borrowed(""),
        value: Cow::Borrowed(""),
        endpoint: None,
    };
    json.enter_object()?;
    while let Some(key) = json.next_key()? {
        match &*key {
            "key" => annotation.key = text(json)?,
            "value" => annotation.value = text(json)?,
            "endpoint" if !json.take_null()? => annotation.endpoint = Some(endpoint(json)?),
            "endpoint" => {}
            _ => drop(json.skip()?),
        }
    }
    Ok(annotation)
}
