//! Spans as documents of Elasticsearch and `OpenSearch`: answers of a search, lines of elasticdump
//! or of a bulk request, or the documents themselves, one a line or in a list.
//!
//! Five writers keep spans there, each in its own shape; each document is told by its own keys, so
//! that one index may hold several:
//!
//! | writer | told by |
//! |---|---|
//! | Jaeger | `traceID`, `spanID` |
//! | Elastic APM (ECS), also nested | `trace.id`, `transaction.id`, `span.id` |
//! | `OpenSearch` Data Prepper, SS4O | `traceId`, `spanId` |
//! | Elastic's OpenTelemetry mode | `trace_id`, `span_id` |
//! | the collector's exporter in raw mode | `TraceId`, `SpanId` |
//!
//! ```text
//! {"took":3,"hits":{"total":{"value":1},"hits":[
//!   {"_index":"jaeger-span-2026-11-22","_id":"1","_source":{"traceID":"a1","spanID":"1",...}}]}}
//! ```

mod apm;
pub mod intake;
mod otel;

use super::jaeger;
use super::json::{JsonKind, JsonReader, JsonResult};
use super::output::Output;
use super::problem::{Problem, Reason};
use super::row::Row;
use super::walk::Walk;
use crate::model::PairIx;

/// Envelopes within envelopes: an answer of `_msearch` has four.
const DEEPEST: u32 = 8;

/// Decodes documents: one or several, one after another, in whatever envelopes.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(text: &[u8], out: Output<'_>) -> Result<(), Problem> {
    let walk = Walk::new(text, out, State::default());
    walk.documents(|walk| walk.document(DEEPEST))
}

/// What is kept from one document to the next: scratch only.
#[derive(Default)]
struct State<'a> {
    row: Row,
    pairs: Vec<PairIx>,
    apm: apm::Facts,
    jaeger: jaeger::Document<'a>,
    /// The hit at hand has come with its document.
    has_source: bool,
    /// Its fields stand for its document: each is a list of its values.
    is_fields: bool,
}

/// What a document is, by its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Others are within it.
    Envelope,
    /// A line of a bulk request that says what is done with the next line.
    Action,
    Jaeger,
    Apm,
    Otel,
    /// Nothing that is known.
    Other,
}

impl<'a> Walk<'a, '_, State<'a>> {
    /// A document, or an envelope around some. The recursion ends with `depth`.
    fn document(&mut self, depth: u32) -> JsonResult<()> {
        let at = self.json.position();
        let shape = match shape(self.json.clone()) {
            Ok(shape) => shape,
            Err(error) if error.is_recoverable() => {
                return self.lenient(|_| Err(error)).map(|_: Option<()>| ());
            }
            // What is wrong with it is told where the rest of it is passed over.
            Err(error) => return self.span(|_| Err(error)),
        };
        match shape {
            Shape::Envelope if depth > 0 => {
                self.state.has_source = false;
                return self.object(|walk, key| walk.within(key, depth));
            }
            Shape::Action => {}
            Shape::Jaeger => self.jaeger()?,
            Shape::Apm => self.span(Self::apm)?,
            Shape::Otel => self.span(Self::otel)?,
            Shape::Envelope | Shape::Other => {
                self.tell(
                    at,
                    Reason::Unsupported,
                    "a document that is no span".to_owned(),
                );
            }
        }
        if self.json.position() == at {
            self.json.skip()?;
        }
        self.offer();
        Ok(())
    }

    /// A member of an envelope.
    fn within(&mut self, key: &str, depth: u32) -> JsonResult<()> {
        if !is_envelope(key) || (key == "fields" && self.state.has_source) {
            return Ok(());
        }
        self.state.has_source |= key == "_source";
        self.state.is_fields = key == "fields";
        if self.json.peek()? == JsonKind::Array {
            self.items(|walk| walk.document(depth - 1))
        } else {
            self.document(depth - 1)
        }
    }

    /// The leaves of a document, by their dotted keys.
    fn leaves(&mut self, read: fn(&mut Self, &str) -> JsonResult<()>) -> JsonResult<()> {
        if self.state.is_fields {
            self.flat(|walk, key| walk.only(|walk| read(walk, key)))
        } else {
            self.flat(read)
        }
    }

    /// Reads the only value of a list; any other value as it stands.
    fn only(&mut self, read: impl FnOnce(&mut Self) -> JsonResult<()>) -> JsonResult<()> {
        if !is_single(self.json.clone())? {
            return read(self);
        }
        self.json.enter_array()?;
        self.json.next_item()?;
        let at = self.json.position();
        read(self)?;
        if self.json.position() == at {
            self.json.skip()?;
        }
        self.json.next_item().map(drop)
    }

    /// A document of Jaeger, which its own decoder reads.
    fn jaeger(&mut self) -> JsonResult<()> {
        self.span(|walk| {
            let result = walk.state.jaeger.read(&mut walk.json, walk.out.builder)?;
            for issue in walk.state.jaeger.take_issues() {
                walk.tell(
                    issue.at,
                    issue.reason,
                    format!("{}: {}", issue.path, issue.message),
                );
            }
            Ok(result)
        })
    }
}

/// Whether documents are behind a key.
fn is_envelope(key: &str) -> bool {
    matches!(
        key,
        "hits" | "_source" | "fields" | "responses" | "docs" | "rawResponse"
    )
}

/// Whether a list of one value comes next.
fn is_single(mut json: JsonReader<'_>) -> JsonResult<bool> {
    if json.peek()? != JsonKind::Array {
        return Ok(false);
    }
    json.enter_array()?;
    if !json.next_item()? {
        return Ok(false);
    }
    json.skip()?;
    Ok(!json.next_item()?)
}

/// Tells a document by the first key that decides it.
fn shape(mut json: JsonReader<'_>) -> JsonResult<Shape> {
    json.enter_object()?;
    let mut is_first = true;
    while let Some(key) = json.next_key()? {
        match &*key {
            "index" | "create" | "update" | "delete" if is_first => return Ok(Shape::Action),
            "traceID" | "spanID" => return Ok(Shape::Jaeger),
            "traceId" | "spanId" | "trace_id" | "span_id" | "TraceId" | "SpanId" => {
                return Ok(Shape::Otel);
            }
            "trace" | "transaction" | "span" | "processor" | "parent" => return Ok(Shape::Apm),
            key if is_envelope(key) => return Ok(Shape::Envelope),
            key if key.starts_with("span.attributes.") => {}
            key if ["trace.", "transaction.", "span.", "processor."]
                .iter()
                .any(|prefix| key.starts_with(prefix)) =>
            {
                return Ok(Shape::Apm);
            }
            _ => {}
        }
        is_first = false;
        json.skip()?;
    }
    Ok(Shape::Other)
}

#[cfg(test)]
mod tests;
