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
//! its parent. A document that is in progress has no end; where the final one is there too, in this
//! file or another of the same data set, only that is read. What the fields become: the X-Ray receiver of the OpenTelemetry collector,
//! with today's names of the semantic conventions. Fields: "AWS X-Ray segment documents".

mod cause;
mod fields;
mod segment;
mod waiting;

use super::course::Course;
use super::json::JsonResult;
use super::output::Output;
use super::problem::Problem;
use super::walk::Walk;
use segment::Document;
use waiting::Waiting;

/// Begins to decode X-Ray documents.
pub(super) fn course() -> Box<dyn Course> {
    Box::<Waiting>::default()
}

impl Course for Waiting {
    fn piece(&mut self, text: &[u8], room: usize, mut out: Output<'_>) -> Result<(), Problem> {
        let document = Document {
            waiting: std::mem::take(self),
            ..Document::default()
        };
        let walk = Walk::new(text, out.again(), document);
        let result = walk.documents_and(Walk::xray_document, |walk| {
            *self = std::mem::take(&mut walk.state.waiting);
            Ok(())
        });
        if self.bytes() > room {
            self.finish(out);
        }
        result
    }

    fn finish(&mut self, mut out: Output<'_>) {
        for held in std::mem::take(self).in_vain() {
            out.findings.at_piece(held.place);
            let document = Document::default();
            let walk = Walk::new(&held.text, out.again(), document);
            let read = |walk: &mut Walk<'_, '_, Document>| {
                walk.span(Walk::segment)?;
                walk.offer();
                Ok(())
            };
            if let Err(problem) = walk.documents(read) {
                out.findings.report(problem);
            }
        }
    }

    /// The final document of a segment may stand in another file.
    fn outlasts_its_input(&self) -> bool {
        true
    }
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
