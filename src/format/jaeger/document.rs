//! A span of Jaeger as a document of Elasticsearch or `OpenSearch`: the same JSON with its process
//! inline, and three differences (`internal/storage/elasticsearch/dbmodel`). Some tags stand as
//! members of an object `tag` with `@` for the dots of their keys, values of any type may be
//! text, and binary ones are in hex.

use super::fill::Filler;
use super::issue::Issue;
use super::process::Processes;
use super::span::Draft;
use super::tag::Binary;
use crate::format::draft::Rejection;
use crate::format::json::{JsonReader, JsonResult};
use crate::model::BlockBuilder;

/// Reads such documents, with scratch that all of them share.
#[derive(Debug)]
pub(in crate::format) struct Document<'a> {
    draft: Draft<'a>,
    filler: Filler,
}

impl Default for Document<'_> {
    fn default() -> Self {
        Self {
            draft: Draft::with(Binary::Hex),
            filler: Filler::default(),
        }
    }
}

impl<'a> Document<'a> {
    /// Reads one document into the block.
    pub(in crate::format) fn read(
        &mut self,
        json: &mut JsonReader<'a>,
        builder: &mut BlockBuilder,
    ) -> JsonResult<Result<(), Rejection>> {
        self.draft.read(json)?;
        let (mut processes, mark) = (Processes::default(), builder.mark());
        let filled = self
            .filler
            .fill(&mut self.draft, None, (0, 0), &mut processes, builder);
        // A document without a process is one without a service.
        processes.settle(mark, builder);
        Ok(filled.map_err(Rejection::bad_id))
    }

    /// What was wrong with values of the document that was read last.
    pub(in crate::format) fn take_issues(&mut self) -> Vec<Issue> {
        std::mem::take(&mut self.draft.issues)
    }
}
