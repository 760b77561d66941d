//! AWS X-Ray: segment documents, and answers of `BatchGetTraces`, which hold them as strings.
//!
//! ```text
//! {"format":"json","version":1}
//! {"trace_id":"1-581cf771-a006649127e371903a2de979","id":"70de5b6f19ff9a0a","name":"shop",
//!  "start_time":1478293361.271,"end_time":1478293361.449,"subsegments":[{"id":"...","name":"DynamoDB",
//!  "namespace":"aws","start_time":...,"end_time":...}]}
//! ```
//!
//! A segment is what one service did for one request: a span of a server, named like its service.
//! Its subsegments are spans below it, in the same resource; one that is sent on its own names
//! its parent. A document that is in progress has no end; where the final one is there too, only
//! that is read, or, where it comes much later, shown. What the fields become: the X-Ray receiver of the OpenTelemetry collector,
//! with today's names of the semantic conventions. Fields: "AWS X-Ray segment documents".

mod cause;
mod fields;
mod segment;
mod waiting;

use super::findings::Findings;
use super::json::JsonResult;
use super::problem::Problem;
use super::walk::Walk;
use crate::model::BlockBuilder;
use segment::Document;

/// Decodes X-Ray documents, and asks after each whether the block is full.
///
/// # Errors
/// The problem that ended the reading, if one did; what was read before it is in the builder.
pub fn decode(
    text: &[u8],
    builder: &mut BlockBuilder,
    findings: &mut Findings,
    hand_over: &mut dyn FnMut(&mut BlockBuilder) -> bool,
) -> Result<(), Problem> {
    Walk::new(text, builder, findings, hand_over, Document::default())
        .documents_and(Walk::xray_document, Walk::read_waiting)
}

/// What a document is.
enum Shape {
    Segment,
    /// `{"format":"json","version":1}`, which the daemon wants before each segment.
    Header,
    /// An answer of `BatchGetTraces` or `ListRetrievedTraces`.
    Answer,
}

impl Walk<'_, '_, Document> {
    /// A segment, the daemon's header, or an answer around some segments.
    fn xray_document(&mut self) -> JsonResult<()> {
        match self.shape() {
            Shape::Segment => self.take_document(false)?,
            Shape::Header => drop(self.json.skip()?),
            Shape::Answer => self.object(|walk, key| match key {
                "Traces" => walk.items(Self::trace),
                _ => Ok(()),
            })?,
        }
        self.offer();
        Ok(())
    }

    /// What the next document is, by its keys.
    fn shape(&self) -> Shape {
        let mut json = self.json.clone();
        if json.enter_object().is_err() {
            return Shape::Segment;
        }
        while let Ok(Some(key)) = json.next_key() {
            match &*key {
                "Traces" | "UnprocessedTraceIds" | "NextToken" => return Shape::Answer,
                "format" => return Shape::Header,
                "trace_id" | "id" | "name" | "start_time" => break,
                _ => {}
            }
            if json.skip().is_err() {
                break;
            }
        }
        Shape::Segment
    }

    /// A trace of an answer.
    fn trace(&mut self) -> JsonResult<()> {
        self.object(|walk, key| match key {
            "Segments" | "Spans" => walk.items(|walk| {
                walk.object(|walk, key| match key {
                    "Document" => walk.take_document(true),
                    _ => Ok(()),
                })
            }),
            _ => Ok(()),
        })?;
        self.offer();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
